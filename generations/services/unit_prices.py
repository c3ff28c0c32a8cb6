"""What a model costs by the second or by the clip, at the settings that stand in a composer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers import prices
from providers.gateways.values import Input, Mode

from . import carry
from .compose import request_of
from .offers import Offer

# what a price may hang on
SETTINGS = ("duration_s", "resolution", "aspect_ratio", "generate_audio")


def settings_for(offer: Offer, mode: Mode, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of the values those that this model takes; in the place of the others what it would begin with."""
    told: dict[str, Any] = {}
    for name in SETTINGS:
        value = values.get(name)
        fits = value is not None and carry.takes(offer.caps, mode, name, value)
        told[name] = value if fits else carry.default_of(offer.caps, mode, name)
    return told


def unit_price(
    offer: Offer, mode: Mode, values: Mapping[str, Any], inputs: tuple[Input, ...] = ()
) -> prices.UnitPrice | None:
    """By the price rule alone, without asking anybody; None where it says nothing of such settings."""
    rule = prices.from_plain(offer.model.price_rule)
    if rule is None:
        return None
    return prices.unit_price(rule, request_of("", mode, inputs, settings_for(offer, mode, values)))


def usual_price(offer: Offer) -> prices.UnitPrice | None:
    """Where nothing was chosen yet, in the mode that the model is for first."""
    return unit_price(offer, offer.modes[0], {}) if offer.modes else None
