"""The cut of a project: its shots in order, each with the take that stands for it, or missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from generations import clips
from generations.models import Generation, Output, Project, Shot
from generations.services import shot_takes, shots

SLATE_S = Decimal(3)  # of a missing shot of which nobody said how long it is


class Which(StrEnum):
    """What stands for a shot: its chosen take alone, or where none is chosen its newest clip."""

    CHOSEN = "chosen"
    NEWEST = "newest"


@dataclass(frozen=True)
class Piece:
    """A shot with its take; without one it is *missing*. ``frames`` at ``rate`` are the clip's own."""

    shot: Shot
    take: Generation | None = None
    rate: Fraction = Fraction(24)
    frames: int = 0

    @property
    def is_chosen(self) -> bool:
        return self.take is not None and self.take.pk == self.shot.chosen_take_id

    @property
    def seconds(self) -> Fraction:
        """Of the clip; of a missing shot how long it is meant to be."""
        if self.take is None:
            return Fraction(self.shot.duration_s or SLATE_S)
        return self.frames / self.rate

    @property
    def outputs(self) -> dict[str, Output]:
        return {output.kind: output for output in self.take.outputs.all()} if self.take else {}


def of(project: Project, which: Which) -> list[Piece]:
    """The whole of it, in three questions."""
    rows = list(with_newest(shots.in_order(project)))
    takes = takes_of(stands(shot, which) for shot in rows)
    return [piece(shot, takes, which) for shot in rows]


def with_newest(rows: QuerySet[Shot]) -> QuerySet[Shot]:
    """Shots with two ids of takes: ``fit``, the chosen one where that is not in the trash, and ``newest``,
    their newest one that could be chosen."""
    takes = Generation.objects.filter(**shot_takes.worthy())
    newest = takes.filter(shot=OuterRef("pk")).order_by("-id").values("pk")[:1]
    fit = takes.filter(pk=OuterRef("chosen_take")).values("pk")[:1]
    return rows.annotate(fit=Subquery(fit), newest=Subquery(newest))


def stands(shot: Any, which: Which) -> UUID | None:
    """:param shot: one of ``with_newest``."""
    found: UUID | None = shot.fit
    return found or (shot.newest if which == Which.NEWEST else None)


def is_open(shot: Any, which: Which) -> bool:
    """It has a take that could stand for it, and none that does.

    :param shot: one of ``with_newest``."""
    return stands(shot, which) is None and shot.newest is not None


def takes_of(ids: Iterable[UUID | None]) -> dict[UUID, Generation]:
    """With their files and what names them."""
    rows = Generation.objects.select_related("project", "author", "model", "account", "shot")
    return rows.prefetch_related("outputs").in_bulk([pk for pk in ids if pk])


def piece(shot: Any, takes: dict[UUID, Generation], which: Which) -> Piece:
    """:param takes: of ``takes_of``. A take whose clip is gone stands for nothing."""
    pk = stands(shot, which)
    take = takes.get(pk) if pk else None
    outputs = {output.kind: output for output in take.outputs.all()} if take else {}
    original, clip = outputs.get(Output.Kind.VIDEO), clips.played(outputs)
    if take is None or original is None or clip is None:
        return Piece(shot)
    pace = clips.pace(clip, original)
    return Piece(shot, take, Fraction(pace["rate"]), pace["frames"])
