"""The cheapest real take an account can make: what proves a key and a gateway for the least money."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

from providers import prices
from providers.gateways.capabilities import Audio, from_plain
from providers.gateways.values import Mode
from providers.models import ProviderAccount, VideoModel

from .compose import Wish, request_of

PROMPT = "A calm sea under a clear sky, slow waves, soft light."


def find_cheapest(account: ProviderAccount) -> Wish | None:
    """By the price rules, without asking the gateway. Where none names a price: the shortest and smallest
    clip of the first model. None where no model makes clips from words."""
    models = VideoModel.objects.offered().filter(account=account).select_related("account")
    possible = (
        (_price(model, values), index, place, Wish(model=model, values=values))
        for index, model in enumerate(models)
        for place, values in enumerate(_settings(model))
    )
    found = min(possible, key=lambda item: (item[0] is None, item[0] or 0, *item[1:3]), default=None)
    return found[3] if found else None


def _price(model: VideoModel, values: dict[str, Any]) -> Decimal | None:
    request = request_of(model.wire_id, Mode.TEXT_TO_VIDEO, (), values)
    return prices.estimate(prices.from_plain(model.price_rule), request).amount_usd


def _settings(model: VideoModel) -> Iterator[dict[str, Any]]:
    caps = from_plain(model.capabilities)
    if Mode.TEXT_TO_VIDEO not in caps.modes:
        return
    durations = [caps.shortest_duration()]
    sizes: list[str | None] = [choice.value for choice in caps.resolutions] or [None]
    for duration_s, resolution in product(durations, sizes):
        yield {
            "prompt": PROMPT,
            "duration_s": duration_s,
            "resolution": resolution,
            "aspect_ratio": caps.default_ratio(Mode.TEXT_TO_VIDEO),
            "generate_audio": False if caps.audio == Audio.OPTIONAL else None,
        }
