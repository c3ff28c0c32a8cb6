"""How many seconds of clip a take asks for, as limits count them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from generations.models import Generation
from providers.gateways.capabilities import from_plain
from providers.gateways.values import AUTO_S, Role, VideoRequest
from providers.models import VideoModel


def asked_by(model: VideoModel, request: VideoRequest) -> Decimal | None:
    """As was asked; else as long as the source clip; else the most that the model makes, which chooses then.
    None where nothing of it is known."""
    source = request.first(Role.SOURCE_VIDEO)
    return _reckon(model, request.duration_s, source.duration_s if source else None)


def asked_by_take(take: Generation) -> Decimal | None:
    """The same of a take that is there."""
    told = take.request.get("duration_s")
    source = None
    if not _is_length(told):
        row = take.inputs.filter(role=Role.SOURCE_VIDEO).select_related("asset").order_by("position").first()
        source = row.asset.duration_s if row else None
    return _reckon(take.model, told, source)


def total(each: Sequence[Decimal | None]) -> Decimal | None:
    known = [item for item in each if item is not None]
    return sum(known, Decimal(0)) if len(known) == len(each) else None


def _reckon(model: VideoModel, told: Any, source_s: float | None) -> Decimal | None:
    if not _is_length(told):
        lengths = [value for value in from_plain(model.capabilities).durations_s if value != AUTO_S]
        told = source_s or max(lengths, default=None)
    return None if told is None else Decimal(str(round(float(told), 3)))


def _is_length(told: Any) -> bool:
    return isinstance(told, (int, float)) and told > 0
