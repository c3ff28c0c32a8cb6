"""Versions: takes of one shot or one idea under one card, numbered in the order in which they were made.

A number is never given twice in a stack, so that *version 2* stays the same clip whatever is taken out. On
top is the newest version that has its clip and is not in the trash, unless a person put another one there.
All versions are in one shot, or in none. Stacks are held before takes (see ``hold``), or two people would
choose the top of one at the same time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from generations.models import Change, Generation, Project, Shot, Stack, Status, Verb
from generations.services import shots
from generations.services.allowed import require_alive
from generations.services.culling import Before, note
from generations.services.selection import locked

MOST = 200  # versions of one idea


class NoStack(ValueError):
    """The words say why these takes cannot be stacked."""


def stack(user: Any, project: Project, ids: Sequence[UUID]) -> Change:
    """All of them become versions of one: of the stack that one of them is in already, else of a new one.
    What other stacks hold comes along.

    :raises NotAllowed, NoStack:
    """
    require_alive(user, project, Verb.COMPOSE)
    with transaction.atomic():
        shots.hold(project)
        takes = _with_their_stacks(project, ids)
        if len(takes) < 2:
            raise NoStack(_("Choose two takes or more to stack them."))
        if len(takes) > MOST:
            raise NoStack(_("A stack has %(n)d versions at most.") % {"n": MOST})
        target = _target(user, project, takes)
        after = {"stack": str(target.pk)}
        if all(take.stack_id == target.pk for take in takes):
            return _keep(user, project, "stack", {}, after)
        before = _as_they_are(takes)
        shot = _shot_of(takes, target)
        _as_they_were_in_shots(before, takes, shot)
        _number(takes, target)
        shots.move(user, project, [take.pk for take in takes if take.shot_id != shot], shot)
        put_on_top([target.pk], newest=True)
        note(user, project, before, "stacked")
        return _keep(user, project, "stack", before, after)


def hold(takes: Sequence[UUID], stacks: Iterable[str] = ()) -> None:
    """Lock the stacks of these takes, and those that are named, until the transaction ends: in one order, and
    before any take is locked."""
    of_takes = Generation.objects.filter(pk__in=takes).exclude(stack=None).values("stack")
    rows = Stack.objects.select_for_update().filter(Q(pk__in=of_takes) | Q(pk__in=set(stacks)))
    list(rows.order_by("pk").values_list("pk", flat=True))


def _with_their_stacks(project: Project, ids: Sequence[UUID]) -> list[Generation]:
    hold(ids)
    chosen = Generation.objects.filter(project=project, pk__in=ids)
    stacks = set(chosen.exclude(stack=None).values_list("stack", flat=True))
    others = Generation.objects.filter(stack__in=stacks).values_list("pk", flat=True)
    return list(locked([*chosen.values_list("pk", flat=True), *others]))


def _target(user: Any, project: Project, takes: Sequence[Generation]) -> Stack:
    """The one that most of them are in; the others give way."""
    sizes = Counter(take.stack_id for take in takes if take.stack_id)
    if not sizes:
        return Stack.objects.create(project=project, made_by=user)
    return Stack.objects.select_for_update().get(pk=max(sizes, key=lambda pk: (sizes[pk], pk)))


def _number(takes: Sequence[Generation], target: Stack) -> None:
    """Those that are in already keep their numbers; the others follow, the oldest first."""
    new = [take for take in takes if take.stack_id != target.pk]
    for number, take in enumerate(sorted(new, key=lambda take: take.pk), start=target.last_no + 1):
        take.stack, take.version_no = target, number
    Generation.objects.bulk_update(new, ["stack", "version_no"])
    target.last_no += len(new)
    target.save(update_fields=["last_no"])


def _shot_of(takes: Sequence[Generation], target: Stack) -> UUID | None:
    """That of the stack which the others join, else the one that most of them are in."""
    inside = [take.shot_id for take in takes if take.shot_id and take.stack_id == target.pk]
    found = Counter(inside or [take.shot_id for take in takes if take.shot_id])
    return max(found, key=lambda pk: (found[pk], pk)) if found else None


def in_one_shot(user: Any, project: Project, stacks: Iterable[UUID | None]) -> None:
    """After versions were put into shots one by one, or came back to their stack: all of a stack are where
    its top is. Inside a transaction that holds the project and these stacks."""
    rows = Generation.objects.filter(stack__in={pk for pk in stacks if pk})
    versions = list(rows.values_list("pk", "stack", "shot", "is_top"))
    tops = {stack: shot for _pk, stack, shot, is_top in versions if is_top}
    astray: dict[UUID | None, list[UUID]] = {}
    for pk, stack, shot, _is_top in versions:
        if stack in tops and shot != tops[stack]:
            astray.setdefault(tops[stack], []).append(pk)
    for wanted, takes in astray.items():
        shots.move(user, project, takes, wanted)


def unstack(user: Any, project: Project, ids: Sequence[UUID]) -> Change:
    """Each stands for itself again; what is left of a stack as a single take does too.

    :raises NotAllowed, NoStack:
    """
    require_alive(user, project, Verb.COMPOSE)
    with transaction.atomic():
        hold(ids)
        rows = locked(ids).filter(project=project).exclude(stack=None)
        stacks = set(rows.values_list("stack", flat=True))
        if not stacks:
            raise NoStack(_("None of these takes is in a stack."))
        family = list(locked(list(_in(stacks))))
        out = {take.pk for take in family} & set(ids)
        lonely = _left_alone(family, out)
        before = _as_they_are([take for take in family if take.pk in out | lonely])
        Generation.objects.filter(pk__in=out | lonely).update(stack=None, version_no=None, is_top=True)
        put_on_top(stacks)
        note(user, project, before, "unstacked")
        return _keep(user, project, "unstack", before, {})


def _left_alone(family: Iterable[Generation], out: set[UUID]) -> set[UUID]:
    stays: dict[UUID | None, list[UUID]] = {}
    for take in family:
        if take.pk not in out:
            stays.setdefault(take.stack_id, []).append(take.pk)
    return {takes[0] for takes in stays.values() if len(takes) == 1}


def show_on_top(user: Any, project: Project, ids: Sequence[UUID]) -> Change:
    """This version stands for its stack from now on, until another one is put there or made.

    :param ids: one.
    :raises NotAllowed, NoStack:
    """
    require_alive(user, project, Verb.COMPOSE)
    with transaction.atomic():
        hold(ids[:1])
        shown = Generation.objects.filter(project=project, status=Status.COMPLETED, trashed_at=None)
        take = shown.filter(pk__in=ids[:1]).first()
        if take is None or take.stack_id is None or len(ids) > 1:
            raise NoStack(_("Choose one version that has its clip and is not in the trash."))
        family = list(locked(list(_in([take.stack_id]))))
        before = _as_they_are(family)
        _set_tops({take.stack_id: take.pk})
        note(user, project, [take.pk], "put on top")
        return _keep(user, project, "top", before, {"take": str(take.pk)})


def put_on_top(stacks: Iterable[UUID | None], *, newest: bool = False) -> None:
    """After versions came back, went or were thrown away: where not one of those worth it is on top, the
    newest of them.

    :param newest: versions came: the newest in any case.
    """
    rows = Generation.objects.filter(stack__in={pk for pk in stacks if pk}).order_by("-version_no")
    by_stack: dict[UUID, list[Generation]] = {}
    for version in rows.only("stack", "status", "trashed_at", "is_top"):
        if version.stack_id:
            by_stack.setdefault(version.stack_id, []).append(version)
    tops = {}
    for stack_id, versions in by_stack.items():
        worth = _worth_showing(versions)
        standing = [version.pk for version in worth if version.is_top]
        tops[stack_id] = standing[0] if len(standing) == 1 and not newest else worth[0].pk
    _set_tops(tops)


def settle(takes: Sequence[UUID]) -> None:
    """As ``put_on_top``, for the stacks that these takes are in."""
    put_on_top(Generation.objects.filter(pk__in=takes).values_list("stack", flat=True))


def clip_came(take: UUID) -> None:
    """A version without a clip stands for its stack only until one has its own."""
    with transaction.atomic():
        hold([take])
        settle([take])


def _worth_showing(versions: list[Generation]) -> list[Generation]:
    """Those with a clip, else those that are not in the trash, else all."""
    live = [version for version in versions if version.trashed_at is None]
    return [version for version in live if version.status == Status.COMPLETED] or live or versions


def _set_tops(tops: Mapping[UUID, UUID]) -> None:
    """:param tops: stack -> the take that stands for it."""
    rows = Generation.objects.filter(stack__in=tops)
    rows.filter(is_top=True).exclude(pk__in=tops.values()).update(is_top=False)
    rows.filter(is_top=False, pk__in=tops.values()).update(is_top=True)


def restore(user: Any, project: Project, before: Before) -> None:
    """Put takes back as ``_as_they_are`` kept them, inside a transaction that holds the project, their rows
    and stacks. A stack keeps one top: what comes back as one takes the place of the one that stood in for it.
    What was moved meanwhile goes where that top is."""
    takes = list(Generation.objects.filter(pk__in=[UUID(pk) for pk in before]))
    back = _back_to_shots(user, project, takes, before)
    touched = {take.stack_id for take in takes}
    named = {was["stack"] for was in before.values() if was["stack"]}
    there = set(Stack.objects.filter(pk__in=named).values_list("pk", flat=True))
    for take in takes:
        was = before[str(take.pk)]
        stack_id = UUID(was["stack"]) if was["stack"] else None
        kept = stack_id in there
        take.stack_id = stack_id if kept else None
        take.version_no, take.is_top = (was["no"], was["top"]) if kept else (None, True)
    Generation.objects.bulk_update(takes, ["stack", "version_no", "is_top"])
    _set_tops({take.stack_id: take.pk for take in takes if take.stack_id and take.is_top})
    touched |= {take.stack_id for take in takes}
    put_on_top(touched)
    in_one_shot(user, project, touched)
    shots.choose_again(back)


def _as_they_were_in_shots(before: Before, takes: Iterable[Generation], shot: UUID | None) -> None:
    """Add to ``before`` of which shot a take was that goes to another one with its stack, and whether it was
    chosen there."""
    going = [take for take in takes if take.shot_id != shot]
    chosen = set(Shot.objects.filter(chosen_take__in=going).values_list("chosen_take", flat=True))
    for take in going:
        was, now = (str(pk) if pk else "" for pk in (take.shot_id, shot))
        before[str(take.pk)] |= {"shot": was, "went": now, "chosen": take.pk in chosen}


def _back_to_shots(user: Any, project: Project, takes: Sequence[Generation], before: Before) -> Before:
    """Those that went to another shot with their stack and were not moved since, where that one is still
    there.

    :returns: what ``before`` says of them.
    """
    named = {was["shot"] for was in before.values() if was.get("shot")}
    there = {str(pk) for pk in Shot.objects.filter(pk__in=named).values_list("pk", flat=True)}
    wanted: dict[str, list[Generation]] = {}
    for take in takes:
        was, now = before[str(take.pk)], str(take.shot_id) if take.shot_id else ""
        if was.get("went") == now and (not was["shot"] or was["shot"] in there):
            wanted.setdefault(was["shot"], []).append(take)
    for shot, mine in wanted.items():
        shots.move(user, project, [take.pk for take in mine], UUID(shot) if shot else None)
    return {str(take.pk): before[str(take.pk)] for mine in wanted.values() for take in mine}


def _as_they_are(takes: Iterable[Generation]) -> Before:
    return {
        str(take.pk): {
            "stack": str(take.stack_id) if take.stack_id else "",
            "no": take.version_no,
            "top": take.is_top,
        }
        for take in takes
    }


def _in(stacks: Iterable[UUID | None]) -> Iterable[UUID]:
    return Generation.objects.filter(stack__in=[pk for pk in stacks if pk]).values_list("pk", flat=True)


def _keep(user: Any, project: Project, kind: str, before: Before, after: dict[str, Any]) -> Change:
    return Change.objects.create(project=project, person=user, kind=kind, before=before, after=after)
