"""Replies as plain values, and what is never kept of them."""

import base64
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.gateways.base import Gateway, Step
from providers.gateways.errors import BadReply, Busy, Unavailable
from providers.gateways.exchange import read_reply
from providers.gateways.wire import (
    JSON_CAP_BYTES,
    RAW_CAP_CHARS,
    Reply,
    as_money,
    people_text,
    raw_text,
    redact,
    retry_after,
)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"null", b'{"a":', b"\xff\xfe"])
def test_anything_but_an_object_is_a_bad_reply(body: bytes) -> None:
    with pytest.raises(BadReply):
        Reply(200, {}, body).json()
    assert Reply(200, {}, body).json_or_empty() == {}


@pytest.mark.parametrize(
    "secret",
    [
        "Bearer abcdefgh123",
        "sk-abcdefgh123",
        "VENICE_INFERENCE_KEY_abcdefgh123",
        "vs_abcdefgh123",
        "sandbox-abcdefgh123",
        "https://x.example.com/a.mp4?X-Amz-Signature=abcdefgh123&a=1",
        "https://x.example.com/a.mp4?a=1&X-Tos-Credential=abcdefgh123",
        "https://private-share.venice.ai/v1/share/read/abcdefgh123",
        "data:image/png;base64," + base64.b64encode(b"abcdefgh123" * 3).decode(),
        "my odd key abcdefgh123",
    ],
)
def test_secrets_are_taken_out(secret: str) -> None:
    told = redact(f'{{"error": "so {secret} fails"}}', "my odd key abcdefgh123")
    assert "abcdefgh123" not in told and "YWJjZGVm" not in told
    assert told.startswith('{"error": "so ')


@given(st.text())
def test_redacting_never_fails_and_is_done_once(text: str) -> None:
    assert redact(redact(text)) == redact(text)


def test_long_answers_are_cut() -> None:
    assert len(raw_text(b"x" * 100_000)) == RAW_CAP_CHARS
    assert people_text("a\n\n b" + "x" * 9000)[:4] == "a bx" and len(people_text("x" * 9000)) == 500


def test_a_json_answer_is_read_up_to_a_mebibyte() -> None:
    reply = read_reply(httpx.Response(200, content=b"x" * (2 * JSON_CAP_BYTES)))
    assert len(reply.body) == JSON_CAP_BYTES and not reply.is_video


def test_a_file_with_an_error_status_is_no_result() -> None:
    reply = read_reply(httpx.Response(404, content=b"\x00\x00\x00\x20ftypisom" + bytes(20)))
    assert not reply.is_video


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        *(("5", 5), ("0", 1), ("99999", 3600), ("soon", None), ("", None)),
        ("Sun, 06 Nov 1994 08:50:07 GMT", 30),
        ("Sunday, 06-Nov-94 08:50:07 GMT", 30),
        ("Sun Nov  6 08:50:07 1994", 30),
        ("Sun, 06 Nov 1994 09:50:07 +0100", 30),
        ("Sun, 06 Nov 1994 08:49:36 GMT", 1),  # it is over
        ("Mon, 07 Nov 1994 08:49:37 GMT", 3600),
        *(("Sun, 36 Nov 1994 08:49:37 GMT", None), ("Sun, 06 Nov 99999 08:49:37 GMT", None)),
        *(("06 Nov", None), ("Sun, 06 Nov 1994 08:49:37 +9999999999", None)),
    ],
)
def test_waits_as_told_within_reason(told: str, seconds: float | None) -> None:
    headers = {"retry-after": told, "date": "Sun, 06 Nov 1994 08:49:37 GMT"}
    assert retry_after(Reply(429, headers, b"")) == seconds


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_a_date_counts_by_our_clock_where_the_answer_tells_no_time(date: str) -> None:
    told = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < (retry_after(Reply(429, {"retry-after": told, "date": date}, b"")) or 0) <= 90


@given(told=st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ [\d:]+ [-+A-Z\d]+"))
def test_no_wait_that_is_told_breaks_the_reading(told: str) -> None:
    found = retry_after(Reply(429, {"retry-after": told, "date": told}, b""))
    assert found is None or 1 <= found <= 3600


@given(status=st.integers(300, 599), body=st.binary(max_size=200))
def test_every_failed_poll_becomes_an_error_of_ours(status: int, body: bytes) -> None:
    error = _Plain().error_of(Reply(status, {}, body), Step.POLL)
    assert error.message and error.status == status
    if status not in (401, 402, 403):
        assert isinstance(error, (Busy, Unavailable))


@pytest.mark.parametrize(
    ("value", "amount"),
    [(0.55, "0.55"), (1, "1"), ("1", None), (True, None), (float("nan"), None), (-1, None)],
)
def test_amounts_are_numbers_from_nought_up(value: object, amount: str | None) -> None:
    found = as_money(value)
    assert (None if found is None else str(found)) == amount


class _Plain(Gateway):
    name, label = "plain", "Plain"
