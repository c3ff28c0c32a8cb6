"""ElkAPI against the replies of its own page, of new-api and of Ark; what its tokens cost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from providers.catalogue import load
from providers.gateways.values import AUTO_S
from providers.prices import cost_of_tokens, estimate
from providers.sandbox.dialects._elkapi_checks import SIZES

from .battery import ProviderBattery
from .elkapi_samples import SEEDANCE, ElkAPISamples, clip


class TestElkAPI(ElkAPISamples, ProviderBattery):
    def price(self, **changes: Any) -> Decimal | None:
        model = next(m for m in load("elkapi") if m.wire_id == SEEDANCE)
        return estimate(model.price, replace(self.bare, **{"resolution": "720p", **changes})).amount_usd

    def test_the_price_counts_tokens_as_measured(self) -> None:
        assert self.price(duration_s=4.0) == Decimal("0.62")  # 87,300 at 7 dollars a million
        assert self.price(duration_s=4.0, inputs=(clip(),)) == Decimal("0.75")  # 173,700 at 4.30
        assert self.price(duration_s=5.0) == Decimal("0.77")  # 108,900

    def test_4k_is_cheaper_a_token_and_costs_more_a_clip(self) -> None:
        four_k = {"resolution": "4k", "duration_s": 5.0}
        assert self.price(**four_k) == Decimal("3.93")  # 980,100 tokens at 4 dollars a million
        assert self.price(**four_k, aspect_ratio="21:9") == Decimal("3.93")  # 980,127 of 4398 × 1886
        assert self.price(**four_k, inputs=(clip(),)) == Decimal("4.40")  # 1,757,700 with its 4 s, at 2.50

    def test_sizes_are_those_that_the_vendor_makes(self) -> None:
        """Of every resolution and ratio, as its page lists them (read 2026-10)."""
        model = next(m for m in load("elkapi") if m.wire_id == SEEDANCE)
        assert model.price and model.price.tokens
        told = {(size.resolution, size.aspect_ratio): size.pixels for size in model.price.tokens.sizes}
        for resolution, sizes in SIZES.items():
            for ratio, (width, height) in sizes.items():
                turned = ":".join(reversed(ratio.split(":")))
                assert told[resolution, ratio] == width * height
                assert told.get((resolution, turned), width * height) == width * height
        assert {name for name, _ in told} == set(SIZES)
        assert len(told) == 6 * len(SIZES)

    def test_what_the_model_chooses_is_held_at_its_most(self) -> None:
        assert self.price(duration_s=AUTO_S) == self.price(duration_s=15.0)
        ratios = [choice.value for choice in self.caps.aspect_ratios]
        assert self.price(aspect_ratio="adaptive") == max(self.price(aspect_ratio=r) or 0 for r in ratios)

    def test_counted_tokens_have_a_cost(self) -> None:
        model = next(m for m in load("elkapi") if m.wire_id == SEEDANCE)
        request = replace(self.bare, resolution="720p")
        assert cost_of_tokens(model.price, request, 108_900) == Decimal("0.762300")
        assert cost_of_tokens(model.price, replace(request, resolution="8k"), 108_900) is None
        assert cost_of_tokens(None, request, 108_900) is None

    def test_only_what_the_page_names_is_listed(self) -> None:
        listed = {m.wire_id for m in load("elkapi") if m.listed}
        assert listed == {SEEDANCE, "doubao-seedance-2-0-fast-260128"}
