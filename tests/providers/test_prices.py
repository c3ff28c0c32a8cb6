"""Estimates out of price rules."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.catalogue import load
from providers.gateways.values import AUTO_S, Mode, Role, VideoRequest
from providers.prices import (
    Price,
    PriceRule,
    Rate,
    UnitPrice,
    cost_of_tokens,
    estimate,
    from_plain,
    read_rule,
    to_plain,
    unit_price,
)

from .battery import picture
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


BY_HEIGHT = {
    "per_second": {"to_720_lines": D("0.013"), "to_1080_lines": D("0.025"), "more_lines": D("0.10")},
    "of_source": True,
    "doubled_from_fps": 48,
}


@pytest.mark.parametrize(
    ("height", "factor", "fps", "usd"),
    [
        (360, 2, 24.0, "0.07"),
        (540, 2, 24.0, "0.13"),
        (541, 2, 24.0, "0.50"),
        (720, 1, 24.0, "0.07"),
        (720, 4, 47.9, "0.50"),
        (720, 4, 48.0, "1.00"),
        (None, 2, 24.0, "0.50"),  # rather too much than too little
        (360, None, None, "0.07"),
    ],
)
def test_an_enlarged_clip_is_priced_by_what_comes_out(
    height: int | None, factor: int | None, fps: float | None, usd: str
) -> None:
    source = clip(Role.SOURCE_VIDEO, duration_s=5.0, height=height, fps=fps)
    found = rule(BY_HEIGHT)
    told = estimate(found, request(inputs=(source,), duration_s=None, upscale_factor=factor))
    assert (told.amount_usd, told.basis) == (D(usd), "estimated")
    assert ("count twice" in " ".join(told.detail)) == (fps == 48.0)
    assert from_plain(to_plain(found)) == found


def test_the_shipped_upscale_has_an_estimate_with_its_source() -> None:
    shipped = next(model.price for model in load("venice") if model.wire_id == "topaz-video-upscale")
    assert shipped and shipped.source.endswith("/video-upscaling") and shipped.checked_on


@pytest.mark.parametrize(
    "case",
    [
        (BY_HEIGHT, {"duration_s": None}),
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
        {"per_million_tokens": 7},
        {"per_second": {"to_many_lines": 1}},
        {"per_second": 1, "doubled_from_fps": "48"},
        {"per_second": 1, "tokens": {"fps": 24, "longest_s": 15, "sizes": {}}},
        {"per_million_tokens": 7, "tokens": {"fps": 24}},
        {"per_million_tokens": 7, "tokens": {"longest_s": 15, "a_second": {"720p": "many"}}},
        {
            "per_million_tokens": 7,
            "tokens": {"fps": 24, "longest_s": 15, "sizes": {"720p": {"16:9": "wide"}}},
        },
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


SIZES = {"720p": {"16:9": "1280x720", "1:1": "960x960"}}
TOKENS = {"fps": 24, "longest_s": 15, "sizes": SIZES}


def by_tokens(rates: Any) -> PriceRule:
    return rule({"per_million_tokens": rates, "tokens": TOKENS})


def test_tokens_follow_from_length_and_size() -> None:
    found = estimate(by_tokens(D(7)), request(aspect_ratio="16:9"))
    assert found.amount_usd == D("0.77") and found.basis == "estimated"
    assert found.detail[0] == "108,900 tokens × 7 USD a million (720p)"


def test_a_clip_among_the_inputs_has_its_own_rate_and_adds_frames() -> None:
    rule_ = by_tokens({"no_video": D(10), "video": D(5)})
    clip = picture(Role.REFERENCE_VIDEO, mime="video/mp4", duration_s=4.0)
    plain = request(duration_s=4.0, aspect_ratio="16:9")
    assert estimate(rule_, plain).amount_usd == D("0.88")  # 87,300 tokens
    with_clip = request(duration_s=4.0, aspect_ratio="16:9", inputs=(clip,))
    assert estimate(rule_, with_clip).amount_usd == D("0.87")  # 173,700 tokens
    with_picture = request(duration_s=4.0, aspect_ratio="16:9", inputs=(picture(),))
    assert estimate(rule_, with_picture).amount_usd == D("0.88")


def test_tokens_may_be_counted_by_the_second() -> None:
    counted = {"longest_s": 15, "a_second": {"480p": 10_128, "720p": 20_256}}
    rates = {"no_video": D(10), "video": D(5)}
    by_pace = rule({"per_million_tokens": rates, "tokens": counted})
    assert estimate(by_pace, request()).amount_usd == D("1.02")  # 101,280 tokens
    assert estimate(by_pace, request(resolution="480p")).amount_usd == D("0.51")
    with_clip = request(inputs=(clip(Role.REFERENCE_VIDEO, duration_s=2.5),))
    assert estimate(by_pace, with_clip).amount_usd == D("0.76")  # 151,920 tokens
    assert estimate(by_pace, request(duration_s=AUTO_S)).amount_usd == D("3.04")
    assert estimate(by_pace, request(resolution="1080p")).amount_usd is None
    assert from_plain(to_plain(by_pace)) == by_pace


def test_what_the_model_chooses_is_priced_at_its_most() -> None:
    auto = estimate(by_tokens(D(7)), request(duration_s=AUTO_S, aspect_ratio="adaptive"))
    assert (
        auto.amount_usd == estimate(by_tokens(D(7)), request(duration_s=15.0, aspect_ratio="1:1")).amount_usd
    )
    assert "15 s, its longest" in auto.detail[1]
    assert estimate(rule({"per_second": D(1)}), request(duration_s=AUTO_S)).basis == "unknown"


def test_a_clip_as_long_as_its_references_is_reckoned_from_them() -> None:
    with_clips = rule({"per_second": D(1), "with_clips": True})
    assert estimate(with_clips, request(duration_s=AUTO_S)).basis == "unknown"
    follows = request(duration_s=AUTO_S, inputs=(clip(Role.REFERENCE_VIDEO, duration_s=4.2),))
    assert estimate(with_clips, follows).amount_usd == D("9.20")


def test_tokens_of_an_unknown_size_have_no_price() -> None:
    assert estimate(by_tokens(D(7)), request(resolution="4k")).amount_usd is None
    assert estimate(by_tokens(D(7)), request(duration_s=None)).amount_usd is None


def test_what_was_counted_is_priced_by_the_same_rates() -> None:
    rule_ = by_tokens({"720p": {"no_video": D("5.6")}})
    assert cost_of_tokens(rule_, request(), 40_594) == D("0.227327")
    assert cost_of_tokens(rule_, request(resolution="480p"), 40_594) is None
    assert cost_of_tokens(rule({"per_second": D(1)}), request(), 40_594) is None


def test_a_rule_by_tokens_survives_being_written_down() -> None:
    kept = by_tokens({"no_video": D("7.0"), "video": D("4.3")})
    assert from_plain(to_plain(kept)) == kept


def test_unit_price_spreads_the_whole_sum_over_the_seconds_asked_for() -> None:
    by_second = rule({"per_second": {"720p": D("0.11")}, "per_job": D("0.05")})
    assert unit_price(by_second, request()) == UnitPrice(D("0.12"), "second")
    assert unit_price(by_second, request(duration_s=10.0)) == UnitPrice(D("0.115"), "second")
    assert unit_price(rule({"per_video": D("0.30")}), request()) == UnitPrice(D("0.06"), "second")


def test_unit_price_without_a_length_is_that_of_a_clip_or_the_rate() -> None:
    assert unit_price(rule({"per_video": D("0.30")}), request(duration_s=None)) == UnitPrice(
        D("0.30"), "video"
    )
    auto = request(duration_s=AUTO_S)
    assert unit_price(rule({"per_second": D("0.11")}), auto) == UnitPrice(D("0.11"), "second")
    assert unit_price(rule({"per_second": {"1080p": D("0.2")}}), request()) is None
    assert unit_price(None, request()) is None


def test_unit_price_of_tokens_is_reckoned_from_their_count() -> None:
    sizes = {"720p": {"16:9": "1280x720"}}
    tokens = rule({"per_million_tokens": D(7), "tokens": {"fps": 24, "longest_s": 12, "sizes": sizes}})
    five = unit_price(tokens, request(aspect_ratio="16:9"))
    assert five is not None and five.per == "second"
    whole = estimate(tokens, request(aspect_ratio="16:9")).amount_usd
    assert whole is not None and abs(five.usd * 5 - whole) < D("0.01")
