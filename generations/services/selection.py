"""Which takes a person means: those that they ticked, or all that a filter finds, but some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from generations.models import Generation, Project
from generations.services import gallery

MOST = 10_000  # takes in one go
AT_ONCE = 1000  # in one statement


class TooMany(Exception):
    """More than can be changed in one go; nothing was."""

    def __init__(self) -> None:
        super().__init__(_("At most %(n)s takes in one go; narrow the filter.") % {"n": f"{MOST:,}"})


@dataclass(frozen=True)
class Selection:
    """Takes of one project.

    :ivar ids: those that were ticked; nothing to a selection by ``every``.
    :ivar every: all that this filter finds, made before ``seen`` (an id of that moment), without ``but``.
    """

    project: Project
    ids: tuple[UUID, ...] = ()
    every: gallery.Filter | None = None
    but: tuple[UUID, ...] = ()
    seen: UUID | None = None

    def takes(self) -> list[UUID]:
        """Their ids in the order of the page, each once. Ids of other projects' takes are left out.

        :raises TooMany:
        """
        if self.every is None:
            return _there(self.project, self.ids)
        rows = gallery.in_order(gallery.find(self.project, self.every), self.every)
        if self.seen:
            rows = rows.filter(pk__lte=self.seen)
        but = set(self.but)
        found = rows.values_list("pk", flat=True)[: MOST + len(but) + 1]
        return _few([pk for pk in found if pk not in but])


def _there(project: Project, ids: Sequence[UUID]) -> list[UUID]:
    wanted = _few(list(dict.fromkeys(ids)))
    rows = Generation.objects.filter(project=project, purged_at=None)
    found: set[UUID] = set()
    for some in portions(wanted):
        found.update(rows.filter(pk__in=some).values_list("pk", flat=True))
    return [pk for pk in wanted if pk in found]


def _few(ids: list[UUID]) -> list[UUID]:
    if len(ids) > MOST:
        raise TooMany
    return ids


def portions(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """As many as one statement should name."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def locked(ids: Sequence[UUID]) -> QuerySet[Generation]:
    """The rows of one portion, held until the transaction ends; in one order, so that two never wait for
    each other."""
    return Generation.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
