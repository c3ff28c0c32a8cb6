"""Estimates out of price rules."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.gateways.values import Mode, Role, VideoRequest
from providers.prices import Price, PriceRule, Rate, estimate, from_plain, read_rule, to_plain

from .inputs import clip


def request(**overrides: Any) -> VideoRequest:
    fields: dict[str, Any] = {"duration_s": 5.0, "resolution": "720p", **overrides}
    return VideoRequest("m", Mode.TEXT_TO_VIDEO, "x", **fields)


def rule(text: dict[str, Any]) -> PriceRule:
    return read_rule(text, "https://example.com", date(2026, 9, 28))


D = Decimal


def test_seconds_times_the_rate_of_the_resolution() -> None:
    found = estimate(rule({"per_second": {"480p": D("0.055"), "720p": D("0.11")}}), request())
    assert found.amount_usd == D("0.55") and found.basis == "estimated"
    assert found.detail[0] == "5 s × 0.11 USD (720p)"
    assert "2026-09-28" in found.detail[-1]


def test_sound_not_asked_for_is_priced_as_off() -> None:
    switch = rule({"per_second": {"on": D("0.154"), "off": D("0.077")}})
    assert estimate(switch, request()).amount_usd == D("0.39")
    assert estimate(switch, request(generate_audio=True)).amount_usd == D("0.77")


def test_flat_prices_by_length_resolution_and_sound() -> None:
    flat = rule({"per_video": {"5s": {"720p": {"on": D("1.14"), "off": D("0.57")}}, "8s": {"720p": 2}}})
    assert estimate(flat, request(generate_audio=True)).amount_usd == D("1.14")
    assert estimate(flat, request(duration_s=8.0)).amount_usd == D("2.00")


def test_a_fee_for_the_job_is_added() -> None:
    found = estimate(rule({"per_second": D("0.1"), "per_job": D("0.0115")}), request())
    assert found.amount_usd == D("0.52") and len(found.detail) == 3


def test_seconds_of_clips_among_the_inputs_are_billed_where_the_rule_says_so() -> None:
    clips = (clip(Role.REFERENCE_VIDEO, duration_s=4.0), clip(Role.REFERENCE_VIDEO, duration_s=2.5))
    for with_clips, usd in ((True, D("1.15")), (False, D("0.50"))):
        found = rule({"per_second": D("0.1"), "with_clips": with_clips})
        assert estimate(found, request(inputs=clips)).amount_usd == usd
        assert from_plain(to_plain(found)) == found


@pytest.mark.parametrize(
    "case",
    [
        (None, {}),
        ({"per_second": {"4k": 1}}, {}),
        ({"per_second": 1}, {"duration_s": None}),
        ({"per_video": {"5s": 1}}, {"duration_s": 6.0}),
    ],
)
def test_unknown_rather_than_guessed(case: tuple[dict[str, Any] | None, dict[str, Any]]) -> None:
    text, overrides = case
    found = estimate(None if text is None else rule(text), request(**overrides))
    assert found.amount_usd is None and found.basis == "unknown" and found.detail


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"per_second": 1, "per_video": 1},
        {"per_second": True},
        {"per_second": "1"},
        {"per_second": 0.1},
        {"per_second": D(-1)},
        {"per_second": {"720p": {"on": None}}},
    ],
)
def test_a_rule_that_is_not_understood_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        rule(wrong)


@given(
    usd=st.decimals("0", "10", places=4),
    job=st.decimals("0", "1", places=4),
    seconds=st.floats(0.5, 60, allow_nan=False),
)
def test_never_below_the_exact_sum_and_at_most_a_cent_above(usd: D, job: D, seconds: float) -> None:
    found = estimate(PriceRule("second", (Rate(usd),), job), request(duration_s=seconds))
    exact = usd * D(str(seconds)) + job
    assert isinstance(found, Price) and found.amount_usd is not None
    assert exact <= found.amount_usd < exact + D("0.01")
    assert found.amount_usd.as_tuple().exponent == -2
