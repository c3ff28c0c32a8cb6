"""How long a take of a model usually needs: seconds from acceptance to the stored file, by our history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from uuid import UUID

from django.core.cache import cache
from django.db.models import F
from django.db.models.functions import Coalesce

from generations.models import Generation, Status

KEPT_S = 60  # how long a reckoned usual time is kept
ENOUGH_TAKES = 5  # one or two say nothing about the next
ENOUGH_FOR_TAIL = 10
LOOKED_AT = 400


@dataclass(frozen=True)
class Usual:
    """Half of the last takes were done in ``p50_s``, nine of ten in ``p90_s`` (None: too few to say)."""

    p50_s: float
    p90_s: float | None = None


def usual(models: Collection[UUID]) -> dict[UUID, Usual]:
    """By model, where there are ENOUGH_TAKES of our own; at most one query, none for a minute after it."""
    wanted = set(models)
    known = cache.get_many([_key(pk) for pk in wanted])
    unknown = [pk for pk in wanted if _key(pk) not in known]
    if unknown:
        reckoned = _reckon(unknown)
        fresh = {_key(pk): reckoned.get(pk) for pk in unknown}
        cache.set_many(fresh, KEPT_S)
        known |= fresh
    return {pk: known[_key(pk)] for pk in wanted if known[_key(pk)]}


def expected_s(takes: Sequence[Generation]) -> dict[UUID, float]:
    """The median alone, by model of the takes."""
    return {pk: found.p50_s for pk, found in usual({take.model_id for take in takes}).items()}


def _key(model_id: UUID) -> str:
    return f"usual:{model_id}"


def _reckon(models: Collection[UUID]) -> dict[UUID, Usual]:
    done = Generation.objects.filter(status=Status.COMPLETED, model_id__in=models, completed_at__isnull=False)
    since = Coalesce(F("accepted_at"), F("submitted_at"), F("created_at"))
    rows = done.annotate(since=since).order_by("-id").values_list("model_id", "since", "completed_at")
    times: dict[UUID, list[float]] = {}
    for model_id, began, ended in rows[:LOOKED_AT]:
        times.setdefault(model_id, []).append((ended - began).total_seconds())
    return {pk: _usual(values) for pk, values in times.items() if len(values) >= ENOUGH_TAKES}


def _usual(values: list[float]) -> Usual:
    tail = quantiles(values, n=10, method="inclusive")[-1] if len(values) >= ENOUGH_FOR_TAIL else None
    return Usual(median(values), tail)
