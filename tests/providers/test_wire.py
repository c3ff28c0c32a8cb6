"""Replies as plain values, and what is never kept of them."""

import base64

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.gateways.base import Gateway, Step, retry_after
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
    ("told", "seconds"), [("5", 5), ("0", 1), ("99999", 3600), ("soon", None), ("", None)]
)
def test_waits_as_told_within_reason(told: str, seconds: float | None) -> None:
    assert retry_after(Reply(429, {"retry-after": told}, b"")) == seconds


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
