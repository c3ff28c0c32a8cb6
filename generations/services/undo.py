"""Take back what was done to many takes, by the person who did it, as far as nobody changed them since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from generations.models import Change, Event, Generation, Project, Rating, Verb
from generations.services import culling, review, shot_takes, shots, stacks, throwing, words
from generations.services.allowed import require_alive, require_in
from generations.services.culling import Before
from generations.services.selection import locked, portions
from providers.models import audit

KEPT = timedelta(days=1)  # how long a change can be taken back
LOOKS = (
    "mark",
    "rate",
    "tag",
    "untag",
    "ask",
    "approve",
)  # of a card; the others change which cards there are
# what two changes have in common where the later one leaves the earlier one nothing to take back
_SAME = {
    "tag": ("tag", "untag"),
    "trash": ("trash", "restore"),
    "stack": ("stack", "unstack", "top"),
    "review": ("ask", "approve"),
}
GROUPS = {kind: name for name, kinds in _SAME.items() for kind in kinds}


@dataclass(frozen=True)
class Undone:
    """How many takes went back, and how many stay because they are no longer as the change left them."""

    done: int
    left: int


def find(user: Any, project: Project, pk: UUID | None = None) -> Change | None:
    """A person's own change in this project that can still be taken back: the one named, else the last."""
    since = timezone.now() - KEPT
    rows = Change.objects.filter(person=user, project=project, undone_at=None, made_at__gt=since)
    rows = rows.filter(pk=pk) if pk else rows.exclude(before={})
    found = rows.select_related("project").order_by("-id").first()
    # a decision is undone by another decision alone; what was done before it is not meant
    return None if found is None or found.kind == "approve" else found


def undo(user: Any, change: Change) -> Undone:
    """Once; a second call does nothing.

    :raises NotAllowed: the person's role does not allow it any more.
    """
    with transaction.atomic():
        first = Change.objects.filter(pk=change.pk, undone_at=None).update(undone_at=timezone.now())
        if not first:
            return Undone(0, 0)
        _require(user, change)
        ids = sorted(UUID(pk) for pk in change.before)
        if change.kind in _OF_SHOTS:
            shots.hold(change.project)
        if change.kind not in LOOKS:
            stacks.hold(ids, _stacks_before(change))
        if change.kind == shot_takes.KIND:
            done = shot_takes.undo(user, change, ids)
        else:
            left = (_left_by_others(user, change, some) for some in portions(ids))
            done = sum(_BACK[change.kind](user, change, some) for some in left)
        if done and change.kind in _UNTRASHED:
            named = [str(pk) for pk in ids[: throwing.MOST_NAMED]]
            told = {"takes": done, "ids": named, "undone": True}
            audit(user, _UNTRASHED[change.kind], "takes", change.project_id, after=told)
    return Undone(done, len(change.before) - done)


_OF_SHOTS = ("move", "stack", "unstack", "top")
_UNTRASHED = {"trash": "restored", "restore": "threw away"}  # what an undo of it does
_MARKED, _THROWN = tuple(culling.MARKED.values()), ("trashed", "restored")
_DECIDED = {"mark": _MARKED, "trash": _THROWN, "restore": _THROWN}


def _left_by_others(user: Any, change: Change, some: Sequence[UUID]) -> list[UUID]:
    """Without those about which somebody else decided since, even where they came to the same."""
    takes = list(locked(some).values_list("pk", flat=True))
    since = Event.objects.filter(generation__in=takes, at__gt=change.made_at).exclude(actor=user)
    theirs = set(since.filter(kind__in=_DECIDED.get(change.kind, ())).values_list("generation_id", flat=True))
    return [pk for pk in takes if pk not in theirs]


def _stacks_before(change: Change) -> set[str]:
    return {was["stack"] for was in change.before.values() if was and was.get("stack")}


def _require(user: Any, change: Change) -> None:
    """:raises NotAllowed:"""
    if change.kind in ("trash", "restore"):
        require_in(user, change.project, Verb.TRASH)
    else:
        stacking = change.kind in _OF_SHOTS
        require_alive(user, change.project, Verb.COMPOSE if stacking else Verb.COMMENT)


def forget(now: datetime) -> int:
    """:returns: how many changes that can no longer be taken back were dropped."""
    return Change.objects.filter(made_at__lt=now - KEPT).delete()[0]


def _of(change: Change, ids: Any) -> Before:
    return {str(pk): change.before[str(pk)] for pk in ids}


def _mark(user: Any, change: Change, some: Any) -> int:
    rows = locked(some).filter(mark=change.after["mark"])
    was = _of(change, rows.values_list("pk", flat=True))
    for mark in set(was.values()):
        takes = [pk for pk, old in was.items() if old == mark]
        Generation.objects.filter(pk__in=takes).update(mark=mark)
        culling.note(user, change.project, takes, culling.MARKED[mark])
    return len(was)


def _rate(user: Any, change: Change, some: Any) -> int:
    held = list(locked(some).values_list("pk", flat=True))
    given = dict(
        Rating.objects.filter(person=user, generation__in=held).values_list("generation_id", "stars")
    )
    was = _of(change, [pk for pk in held if given.get(pk, 0) == change.after["stars"]])
    culling.set_stars(user, {UUID(pk): stars for pk, stars in was.items()})
    for stars in set(was.values()):
        takes = [pk for pk, old in was.items() if old == stars]
        culling.note(user, change.project, takes, "rated", {"stars": stars})
    return len(was)


def _tag(user: Any, change: Change, some: Any) -> int:
    """What it added goes; and the other way about."""
    names = {UUID(pk): tags for pk, tags in _of(change, some).items()}
    if change.kind == "tag":
        done, said = culling.take_tags_off(names), "untagged"
    else:
        done, said = culling.add_tags(change.project, names, where_room=True), "tagged"
    culling.note(user, change.project, done, said, {"tags": change.after["tags"]})
    words.keep(UUID(pk) for pk in done)
    return len(done)


def _throw(user: Any, change: Change, some: Any) -> int:
    return len(throwing.move(user, some, "restore" if change.kind == "trash" else "trash"))


def _stack(user: Any, change: Change, some: Any) -> int:
    if change.kind == "top" and not Generation.objects.filter(pk=change.after["take"], is_top=True).exists():
        return 0  # another one was put there, or made, since
    rows = [take for take in locked(some) if _is_as_left(take, change)]
    was = _of(change, [take.pk for take in rows])
    stacks.restore(user, change.project, was)
    culling.note(user, change.project, was, _BACK_WORDS[change.kind])
    return len(was)


def _is_as_left(take: Generation, change: Change) -> bool:
    match change.kind:
        case "stack":
            return str(take.stack_id) == change.after["stack"]
        case "unstack":
            return take.stack_id is None
        case _:
            return str(take.stack_id) == change.before[str(take.pk)]["stack"]


_BACK_WORDS = {"stack": "unstacked", "unstack": "stacked", "top": "put on top"}
_BACK: Mapping[str, Callable[[Any, Change, Any], int]] = {
    "ask": lambda user, change, some: review.unask(user, change, some),
    "mark": _mark,
    "rate": _rate,
    "tag": _tag,
    "untag": _tag,
    "trash": _throw,
    "restore": _throw,
    "stack": _stack,
    "unstack": _stack,
    "top": _stack,
}
