"""How long a model usually takes here: from acceptance to the stored file, out of our own finished takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from statistics import median
from uuid import UUID

from django.core.cache import cache
from django.db.models import F, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from generations.models import Generation, Status

SPAN = timedelta(days=30)
NEWEST = 50  # of one model; what came before them says less about the next
ENOUGH_TAKES = 5  # one or two say nothing about the next
KEPT_S = 300  # how long what was reckoned is kept: it moves slowly
_KEY = "typical-times"


@dataclass(frozen=True)
class Typical:
    """Half of the ``takes`` were done in ``p50_s``, nine in ten in ``p90_s``."""

    p50_s: float
    p90_s: float
    takes: int


def times() -> dict[UUID, Typical]:
    """By model, of those with ENOUGH_TAKES in the last SPAN; at most one query in KEPT_S."""
    known: dict[UUID, Typical] | None = cache.get(_KEY)
    if known is None:
        known = {model: typical(spans) for model, spans in _spans().items() if len(spans) >= ENOUGH_TAKES}
        cache.set(_KEY, known, KEPT_S)
    return known


def usual(models: Collection[UUID]) -> dict[UUID, Typical]:
    """Of these models alone; unknown ones are left out."""
    known = times() if models else {}
    return {pk: known[pk] for pk in models if pk in known}


def expected_s(takes: Sequence[Generation]) -> dict[UUID, float]:
    """Seconds that half of the takes of these takes' models needed, by model; unknown ones are left out."""
    return {pk: found.p50_s for pk, found in usual({take.model_id for take in takes}).items()}


def _spans() -> dict[UUID, list[float]]:
    since = timezone.now() - SPAN
    done = Generation.objects.filter(status=Status.COMPLETED, completed_at__gte=since)
    place = Window(RowNumber(), partition_by="model_id", order_by=F("completed_at").desc())
    began = Coalesce(F("accepted_at"), F("submitted_at"), F("created_at"))
    rows = done.annotate(began=began, place=place).filter(place__lte=NEWEST).order_by()
    found: dict[UUID, list[float]] = {}
    for model_id, start, end in rows.values_list("model_id", "began", "completed_at"):
        found.setdefault(model_id, []).append((end - start).total_seconds())
    return found


def typical(spans: Iterable[float]) -> Typical:
    ordered = sorted(spans)
    return Typical(median(ordered), ordered[ceil(0.9 * len(ordered)) - 1], len(ordered))
