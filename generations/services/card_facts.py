"""What stands on the cards of takes beside the rows themselves, for a whole page in one query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from generations.models import Comment, Generation, Rating


class Facts(NamedTuple):
    stars: int = 0  # this person's own; 0: none
    versions: int = 0  # of its stack; 0 outside of one
    open_notes: int = 0  # of both sides
    shot_code: str | None = None


def of(takes: Sequence[Generation], viewer: UUID | None) -> dict[UUID, Facts]:
    """:param viewer: whose stars are meant."""
    rows = Generation.objects.filter(pk__in=[take.pk for take in takes]).order_by()
    mine = Rating.objects.filter(generation=OuterRef("pk"), person=viewer).order_by()
    notes = Comment.objects.open().filter(generation=OuterRef("pk")).order_by()
    stack = Generation.objects.filter(stack=OuterRef("stack")).order_by()
    told = rows.values_list(
        "pk",
        _or_none(mine.values("stars")),
        _or_none(_counted(stack, "stack")),
        _or_none(_counted(notes, "generation")),
        "shot__code",
    )
    return {pk: Facts(*facts) for pk, *facts in told}


def _counted(rows: QuerySet[Any], by: str) -> QuerySet[Any]:
    return rows.values(by).annotate(n=Count("pk")).values("n")


def _or_none(rows: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(rows[:1], output_field=IntegerField()), Value(0))
