"""Who looks at cards of takes, and what all cards of a page share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.utils import timezone

from generations.models import MAY, Generation, Project, Status, Verb
from generations.services import card_facts, elsewhere, line, rerun, starts, typical


@dataclass(frozen=True)
class Looking:
    """Who looks, and what all cards of a page share; made once a page."""

    role: str | None
    now: datetime
    expected: Mapping[UUID, typical.Typical]
    places: Mapping[UUID, int]
    archived: bool = False  # nothing new is made here
    viewer_id: UUID | None = None
    starts: Mapping[UUID, float] = field(default_factory=dict)  # in how many seconds, where that can be told
    facts: Mapping[UUID, card_facts.Facts] = field(default_factory=dict)
    rerun: Mapping[UUID, Generation] = field(
        default_factory=dict
    )  # of refused ones: where each was run since

    @cached_property
    def twins(self) -> set[tuple[bool, str]]:
        """The models that more than one account offers, by name; asked once a page, where one has to know."""
        return elsewhere.twins()

    def makes(self, verb: Verb) -> bool:
        return not self.archived and self.may(verb)

    def may(self, verb: Verb) -> bool:
        return self.role is not None and verb in MAY[self.role]


def looking(project: Project, takes: Sequence[Generation]) -> Looking:
    """:param project: from ``open_project``, which knows the person and their role."""
    waiting = [take for take in takes if take.status in (Status.SUBMITTING, Status.RUNNING)]
    lines = line.lines_of(takes)
    return Looking(
        project.role_here,
        timezone.now(),
        typical.usual({take.model_id for take in waiting}),
        line.numbers(lines),
        project.archived_at is not None,
        project.viewer_id,
        starts.expected_s(takes, lines),
        card_facts.of(takes, project.viewer_id) if takes else {},
        rerun.at_other_accounts(takes),
    )
