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
    """By the price rules, without asking the gateway; None where no rule names a price."""
    models = VideoModel.objects.offered().filter(account=account).select_related("account")
    priced = (
        (amount, index, Wish(model=model, values=values))
        for index, model in enumerate(models)
        for amount, values in _priced(model)
    )
    found = min(priced, key=lambda item: item[:2], default=None)
    return found[2] if found else None


def _priced(model: VideoModel) -> Iterator[tuple[Decimal, dict[str, Any]]]:
    rule = prices.from_plain(model.price_rule)
    for values in _settings(model):
        request = request_of(model.wire_id, Mode.TEXT_TO_VIDEO, (), values)
        amount = prices.estimate(rule, request).amount_usd
        if amount is not None:
            yield amount, values


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
