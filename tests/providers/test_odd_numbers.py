"""Numbers and texts that a gateway could send but no database or clock can hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from providers.gateways._silkdock_body import _size
from providers.gateways._token360_list import ListedJobs
from providers.gateways._venice_models import read_model
from providers.gateways.base import Step
from providers.gateways.errors import Ambiguous, BadReply, Unsupported
from providers.gateways.registry import all_gateways, get_gateway
from providers.gateways.siliconflow import _code
from providers.gateways.values import Job
from providers.gateways.venice import _wait_s
from providers.gateways.wire import (
    Reply,
    as_money,
    as_number,
    people_text,
    raw_text,
    retry_after,
    whole_number,
)

ODD_DIGITS = ["72²", "٧٢", "7_2", "-7", "+7", " 7", "7" * 5000, ""]


@pytest.mark.parametrize("odd", ["NaN", "Infinity", "-Infinity", "1e400", "1" + "0" * 400])
def test_a_number_without_end_is_none(odd: str) -> None:
    value = json.loads(odd)
    assert as_number(value) is None and as_money(value) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("0720", 720), ("9" * 15, 10**15 - 1), ("1" + "0" * 15, None), ("9" * 5000, None)]
    + [(odd, None) for odd in ("", "72²", "٣", "-1", "+1", " 1", "1_0", "1.0", "x")],
)
def test_only_plain_digits_are_a_whole_number(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("told", ["nan", "inf", "-inf", "soon", "1e999"])
def test_a_wait_is_always_one_second_to_an_hour(told: str) -> None:
    asked = retry_after(Reply(429, {"retry-after": told}, b""))
    reset = _wait_s(Reply(429, {"x-ratelimit-reset-requests": told}, b""))
    assert all(wait_s is None or 1.0 <= wait_s <= 3600.0 for wait_s in (asked, reset))


def test_no_text_that_is_kept_holds_a_nul() -> None:
    assert "\x00" not in raw_text(b"a\x00b") + people_text("a\x00b")


def test_a_job_id_that_no_row_can_hold_makes_the_submit_uncertain() -> None:
    with pytest.raises(Ambiguous):
        get_gateway("token360").require_id("x" * 1025, Reply(200, {}, b"{}"))


def test_one_odd_line_does_not_hide_the_list() -> None:
    lines = [{"id": "a", "created_at": 9e14}, {"id": "b", "created_at": 1_700_000_000}]
    found = ListedJobs().read(Reply(200, {}, json.dumps({"data": lines}).encode()))
    assert [item.job_id for item in found] == ["b"]


def test_a_link_that_lives_for_ever_has_a_date() -> None:
    body = json.dumps({"url": "https://files.example.com/a.mp4", "expires_in": 9e14}).encode()
    result = get_gateway("token360").parse_fresh_link(Reply(200, {}, body), Job("a", "m"))
    assert result.expires_at is not None and result.expires_at > datetime.now(UTC)


@pytest.mark.parametrize("text", ODD_DIGITS)
def test_odd_digits_in_a_reply_count_for_nothing(text: str) -> None:
    listed = {"id": "m", "model_spec": {"constraints": {"durations": [f"{text}s", "5s"]}}}
    assert read_model(listed).capabilities["durations_s"] == [5.0]
    assert _code(Reply(400, {}, json.dumps({"code": text}).encode())) == 0


def test_odd_digits_in_a_listed_size_or_ratio_are_no_size() -> None:
    assert _size("72²x72²", "1:1") == {"resolution": "72²x72²", "aspect_ratio": "1:1"}
    with pytest.raises(Unsupported):
        _size("1920x1080", "adaptive")
    assert _size("1920x1080", "9:16") == {"size": "1080x1920"}


DEEP = [b'{"a":' * depth + b"1" + b"}" * depth for depth in (65, 900, 50_000)]


@pytest.mark.parametrize("body", [*DEEP, b'{"a":' + b"[" * 100_000])
def test_an_answer_nested_without_end_is_a_bad_reply(body: bytes) -> None:
    with pytest.raises(BadReply):
        Reply(200, {}, body).json()
    assert Reply(200, {}, body).json_or_empty() == {}
    assert Reply(200, {}, DEEP[0][5:-1]).json()


@pytest.mark.parametrize("name", sorted(all_gateways()))
@pytest.mark.parametrize("deep", DEEP)
def test_no_adapter_breaks_on_an_error_nested_without_end(name: str, deep: bytes) -> None:
    inside = json.dumps({"error": {"message": deep.decode()}, "message": deep.decode()}).encode()
    for body in (deep, inside):
        for status in (400, 403, 429, 500):
            assert get_gateway(name).error_of(Reply(status, {}, body), Step.POLL).message
