"""Versions: takes of one shot or one idea under one card, numbered in the order in which they were made.

A number is never given twice in a stack, so that *version 2* stays the same clip whatever is taken out. On
top is the newest version that is not in the trash, unless a person put another one there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from generations.models import Change, Generation, Project, Stack, Verb
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
        takes = _with_their_stacks(project, ids)
        if len(takes) < 2:
            raise NoStack(_("Choose two takes or more to stack them."))
        if len(takes) > MOST:
            raise NoStack(_("A stack has %(n)d versions at most.") % {"n": MOST})
        target = _target(user, project, takes)
        before = _as_they_are(takes)
        gone = {take.stack_id for take in takes} - {target.pk}
        _number(takes, target)
        put_on_top([target.pk, *gone], newest=True)
        note(user, project, before, "stacked")
        return _keep(user, project, "stack", before, {"stack": str(target.pk)})


def _with_their_stacks(project: Project, ids: Sequence[UUID]) -> list[Generation]:
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


def unstack(user: Any, project: Project, ids: Sequence[UUID]) -> Change:
    """Each stands for itself again; what is left of a stack as a single take does too.

    :raises NotAllowed, NoStack:
    """
    require_alive(user, project, Verb.COMPOSE)
    with transaction.atomic():
        rows = locked(list(ids)).filter(project=project).exclude(stack=None)
        stacks = set(rows.values_list("stack", flat=True))
        if not stacks:
            raise NoStack(_("None of these takes is in a stack."))
        family = list(locked(list(_in(stacks))))
        out = {take.pk for take in family if take.pk in set(ids)}
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
        take = Generation.objects.filter(project=project, pk__in=ids[:1], trashed_at=None).first()
        if take is None or take.stack_id is None or len(ids) > 1:
            raise NoStack(_("Choose one version that is not in the trash."))
        family = list(locked(list(_in([take.stack_id]))))
        before = _as_they_are(family)
        _set_top(take.stack_id, take.pk)
        note(user, project, [take.pk], "put on top")
        return _keep(user, project, "top", before, {"take": str(take.pk)})


def put_on_top(stacks: Iterable[UUID | None], *, newest: bool = False) -> None:
    """After versions went or were thrown away: where the one on top is gone, the newest that is left.

    :param newest: versions came: the newest in any case.
    """
    for stack_id in {pk for pk in stacks if pk}:
        rows = Generation.objects.filter(stack=stack_id).order_by("-version_no")
        versions = list(rows.values_list("pk", "trashed_at", "is_top"))
        live = [row for row in versions if row[1] is None] or versions
        standing = [pk for pk, _trashed, top in live if top]
        if live and (newest or len(standing) != 1):
            _set_top(stack_id, live[0][0])


def _set_top(stack_id: UUID, top: UUID) -> None:
    rows = Generation.objects.filter(stack=stack_id)
    rows.exclude(pk=top).filter(is_top=True).update(is_top=False)
    rows.filter(pk=top, is_top=False).update(is_top=True)


def restore(before: Before) -> list[UUID]:
    """Put takes back as ``_as_they_are`` kept them. Inside a transaction that holds their rows."""
    ids = [UUID(pk) for pk in before]
    takes = list(Generation.objects.filter(pk__in=ids))
    touched = {take.stack_id for take in takes}
    there = set(
        Stack.objects.filter(pk__in=[was["stack"] for was in before.values() if was["stack"]]).values_list(
            "pk", flat=True
        )
    )
    for take in takes:
        was = before[str(take.pk)]
        stack_id = UUID(was["stack"]) if was["stack"] else None
        kept = stack_id in there
        take.stack_id = stack_id if kept else None
        take.version_no, take.is_top = (was["no"], was["top"]) if kept else (None, True)
    Generation.objects.bulk_update(takes, ["stack", "version_no", "is_top"])
    put_on_top(touched - {take.stack_id for take in takes})
    return ids


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
