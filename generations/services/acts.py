"""What can be done to many takes at once, by name: one table for the page, its keys and the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from generations.models import Change, Project, Shot
from generations.services import culling, review, shot_takes, stacks, throwing


class Act(StrEnum):
    MARK = "mark"
    RATE = "rate"
    TAG = "tag"
    UNTAG = "untag"
    STACK = "stack"
    UNSTACK = "unstack"
    TOP = "top"
    MOVE = "move"
    TRASH = "trash"
    RESTORE = "restore"
    ASK = "ask"
    APPROVE = "approve"


@dataclass(frozen=True)
class With:
    """What an act needs besides the takes; each reads its own.

    :ivar mark: a ``Mark`` or nothing.
    :ivar stars: 0 to 5.
    :ivar tags: clean ones, see ``culling.clean_tags``.
    :ivar reviewer: who is asked, ``due_on`` until when.
    :ivar shot: where they go; None: out of their shots.
    """

    mark: str = ""
    stars: int = 0
    tags: tuple[str, ...] = ()
    reviewer: Any = None
    due_on: date | None = None
    shot: Shot | None = None


def do(user: Any, project: Project, act: Act, ids: Sequence[UUID], given: With) -> Change:
    """:raises NotAllowed, culling.BadTags, stacks.NoStack, Refused, WrongState: nothing was changed."""
    return _DO[act](user, project, ids, given)


_DO: Mapping[Act, Callable[[Any, Project, Sequence[UUID], With], Change]] = {
    Act.MARK: lambda user, project, ids, given: culling.mark(user, project, ids, given.mark),
    Act.RATE: lambda user, project, ids, given: culling.rate(user, project, ids, given.stars),
    Act.TAG: lambda user, project, ids, given: culling.tag(user, project, ids, given.tags),
    Act.UNTAG: lambda user, project, ids, given: culling.untag(user, project, ids, given.tags),
    Act.STACK: lambda user, project, ids, _given: stacks.stack(user, project, ids),
    Act.UNSTACK: lambda user, project, ids, _given: stacks.unstack(user, project, ids),
    Act.TOP: lambda user, project, ids, _given: stacks.show_on_top(user, project, ids),
    Act.MOVE: lambda user, project, ids, given: shot_takes.move(user, project, ids, given.shot),
    Act.TRASH: lambda user, project, ids, _given: throwing.trash(user, project, ids),
    Act.RESTORE: lambda user, project, ids, _given: throwing.restore(user, project, ids),
    Act.ASK: lambda user, project, ids, given: review.ask_all(
        user, project, ids, reviewer=given.reviewer, due_on=given.due_on
    ),
    Act.APPROVE: lambda user, project, ids, _given: review.approve_all(user, project, ids),
}
