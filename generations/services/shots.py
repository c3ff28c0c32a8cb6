"""The shots of a project: made, changed, put in order and removed.

Whoever changes which shots there are, their order, or which takes they have, holds the project first (see
``hold``): then stacks, takes and shots, in this order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from generations.labels import clean_line, clean_lines, searchable
from generations.models import Generation, Project, Shot, Verb
from generations.services.allowed import require_alive
from generations.services.culling import Before, note
from generations.services.selection import locked, portions
from providers.models import audit

from . import shot_words
from . import words as searched
from .refusals import BadField, Outdated

MOST = 1000  # shots of a project
MOST_CODE_CHARS = 40
MOST_TITLE_CHARS = 200
MOST_NOTE_CHARS = 2000
LONGEST_S = Decimal(3600)
MOVED = "moved to a shot"  # in the history of a take
GONE = lazy("The chosen shot is not there any more; choose another one, or none.")


class ShotRefused(BadField):
    """``field`` is code, title, note, duration_s or after."""


@dataclass(frozen=True)
class Words:
    """What a person says of a shot.

    :ivar duration_s: seconds, to a thousandth; None: nobody has said.
    """

    code: str
    title: str = ""
    note: str = ""
    duration_s: Decimal | None = None


def in_order(project: Project) -> QuerySet[Shot]:
    return Shot.objects.filter(project=project).order_by("order", "id")


def any_in(project: Any) -> bool:
    """Of a project from ``open_project``, which found that out beside the rest, without a question."""
    known: bool | None = getattr(project, "has_shots", None)
    return in_order(project).exists() if known is None else known


def hold(project: Project) -> None:
    """Until the transaction ends, nobody else changes this project's shots, or which takes they have. Takes
    can be made meanwhile."""
    rows = Project.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk=project.pk).values_list("pk", flat=True))


def find(project: Project, pk: UUID | None) -> Shot | None:
    return Shot.objects.filter(project=project, pk=pk).first() if pk else None


def by_code(project: Project, code: str) -> Shot | None:
    """However it is capitalised."""
    return Shot.objects.filter(project=project, code_key=key_of(code)).first()


def key_of(code: str) -> str:
    return searchable(clean_line(code))


def add(user: Any, project: Project, words: Words, *, after: UUID | None = None) -> Shot:
    """:param after: the shot behind which it comes; None: it is the last one.
    :raises NotAllowed, ShotRefused: nothing was changed."""
    return add_all(user, project, [words], after=after)[0]


def add_all(user: Any, project: Project, wanted: Sequence[Words], *, after: UUID | None = None) -> list[Shot]:
    """In this order, one behind the other; all of them or none.

    :raises NotAllowed, ShotRefused: of the first that cannot be.
    """
    require_alive(user, project, Verb.COMPOSE)
    with transaction.atomic():
        hold(project)
        there = set(Shot.objects.filter(project=project).values_list("code_key", flat=True))
        if len(there) + len(wanted) > MOST:
            raise ShotRefused("code", _("A project has %(n)s shots at most.") % {"n": f"{MOST:,}"})
        place = _place_behind(project, after)
        made = []
        for number, words in enumerate(map(clean, wanted)):
            _require_free(words.code, there)
            there.add(key_of(words.code))
            made.append(_row(user, project, words, place + number))
        rows = Shot.objects.filter(project=project, order__gte=place)
        rows.update(order=F("order") + len(made))
        return Shot.objects.bulk_create(made)


def _row(user: Any, project: Project, words: Words, place: int) -> Shot:
    return Shot(
        project=project,
        made_by=user,
        order=place,
        code=words.code,
        code_key=key_of(words.code),
        title=words.title,
        note=words.note,
        duration_s=words.duration_s,
    )


def _place_behind(project: Project, after: UUID | None) -> int:
    """:raises ShotRefused: that shot is gone."""
    if after is None:
        last = Shot.objects.filter(project=project).aggregate(last=Max("order"))["last"]
        return int(last or 0) + 1
    before = find(project, after)
    if before is None:
        raise ShotRefused("after", _("The shot before it was removed meanwhile."))
    return before.order + 1


def _require_free(code: str, there: Iterable[str]) -> None:
    if key_of(code) in there:
        raise ShotRefused("code", _("There is a shot “%(code)s” already.") % {"code": code})


def name_of(shot: Shot) -> str:
    """What its takes are found by."""
    return f"{shot.code} {shot.title}".strip()


def version_of(shot: Shot) -> str:
    """Changes with whatever a person says of it."""
    said = f"{shot.code}\n{shot.title}\n{shot.duration_s or 0:.3f}\n{shot.note}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def change(user: Any, shot: Shot, words: Words, *, seen: str = "") -> Shot:
    """:param seen: ``version_of`` the shot as whoever changes it read it; empty: whatever it is.
    :raises NotAllowed, ShotRefused, Outdated: nothing was changed."""
    require_alive(user, shot.project, Verb.COMPOSE)
    words = clean(words)
    with transaction.atomic():
        hold(shot.project)
        others = Shot.objects.filter(project=shot.project).exclude(pk=shot.pk)
        _require_free(words.code, others.values_list("code_key", flat=True))
        few = shot_words.hold_few([shot.pk])
        row = Shot.objects.select_for_update().filter(pk=shot.pk).first()
        if row is None:
            raise ShotRefused("code", _("This shot was removed meanwhile."))
        if seen and seen != version_of(row):
            raise Outdated(_("Somebody has changed this shot meanwhile."))
        was = name_of(row)
        is_named_anew = (row.code, row.title) != (words.code, words.title)
        row.code, row.code_key, row.title = words.code, key_of(words.code), words.title
        row.note, row.duration_s = words.note, words.duration_s
        row.save(update_fields=["code", "code_key", "title", "note", "duration_s"])
        if is_named_anew:
            shot_words.renamed(shot.project, {shot.pk: was}, few=few)
        return row


def place(user: Any, shot: Shot, *, after: UUID | None) -> None:
    """Put it behind another one; None: it comes first. What others have moved meanwhile stays there.

    :raises NotAllowed, ShotRefused: that other shot is gone.
    """
    require_alive(user, shot.project, Verb.COMPOSE)
    with transaction.atomic():
        hold(shot.project)
        ids = list(in_order(shot.project).values_list("pk", flat=True))
        if shot.pk not in ids or (after is not None and after not in ids):
            raise ShotRefused("after", _("This shot, or the one before it, was removed meanwhile."))
        if after == shot.pk:
            return
        ids.remove(shot.pk)
        ids.insert(ids.index(after) + 1 if after else 0, shot.pk)
        _number(ids)


def arrange(project: Project, first: Sequence[UUID]) -> None:
    """These in this order before all others, which keep theirs. Inside a transaction that holds the
    project."""
    named = set(first)
    there = in_order(project).values_list("pk", flat=True)
    _number([*first, *(pk for pk in there if pk not in named)])


def _number(ids: Sequence[UUID]) -> None:
    """All shots of a project get their places anew, from 1."""
    places = {pk: number for number, pk in enumerate(ids, start=1)}
    moved = [row for pk, row in Shot.objects.in_bulk(ids).items() if row.order != places[pk]]
    for row in moved:
        row.order = places[row.pk]
    Shot.objects.bulk_update(moved, ["order"], batch_size=200)


def remove(user: Any, shot: Shot) -> int:
    """Its takes stay in the project, without a shot.

    :returns: how many those are.
    :raises NotAllowed:
    """
    require_alive(user, shot.project, Verb.COMPOSE)
    with transaction.atomic():
        hold(shot.project)
        _hold_takes(shot)
        row = Shot.objects.select_for_update().filter(pk=shot.pk).first()
        if row is None:
            return 0
        left = list(Generation.objects.filter(shot=shot.pk).values_list("pk", flat=True))
        said = {"project": shot.project.name, "code": row.code, "title": row.title, "takes": len(left)}
        row.delete()
        shot_words.removed(shot.project, shot.pk, name_of(row), left)
        audit(user, "removed", "shot", shot.pk, before=said)
        return len(left)


def _hold_takes(shot: Shot) -> None:
    """Those that it has now, in the order in which everybody holds takes."""
    ids = list(Generation.objects.filter(shot=shot.pk).order_by("pk").values_list("pk", flat=True))
    for some in portions(ids):
        list(locked(some).values_list("pk", flat=True))


def hold_for_takes(wanted: Iterable[Shot | None]) -> set[UUID]:
    """The shots that new takes are for, held so that none is removed or renamed before they are saved.

    :returns: those that are still there.
    """
    ids = {shot.pk for shot in wanted if shot}
    if not ids:
        return set()
    if connection.vendor == "sqlite":  # who writes is alone
        return set(Shot.objects.filter(pk__in=ids).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_KEY_SHARE, [sorted(ids)])
        return {pk for (pk,) in cursor.fetchall()}


# waits for who renames or removes a shot, or chooses its take; not for new takes or a new order
_KEY_SHARE = "SELECT id FROM generations_shot WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


def put(takes: Iterable[UUID], shot: UUID | None) -> None:
    """Give takes that are held to a shot, or to none. A shot that had chosen one of them has no chosen take
    then."""
    ids = list(takes)
    rows = Generation.objects.filter(pk__in=ids)
    had = Shot.objects.filter(chosen_take__in=rows.values("pk"))
    lost = (had.exclude(pk=shot) if shot else had).select_for_update(of=("self",)).order_by("pk")
    Shot.objects.filter(pk__in=list(lost.values_list("pk", flat=True))).update(chosen_take=None)
    rows.update(shot=shot)
    searched.keep(ids)


def move(user: Any, project: Project, takes: Iterable[UUID], shot: UUID | None) -> None:
    """``put``, with a line in the history of each take that was elsewhere."""
    ids = list(takes)
    to = Shot.objects.filter(pk=shot).values_list("code", flat=True).first() if shot else None
    came: dict[str, list[UUID]] = {}
    for pk, was, code in Generation.objects.filter(pk__in=ids).values_list("pk", "shot", "shot__code"):
        if was != shot:
            came.setdefault(code or "", []).append(pk)
    put(ids, shot)
    for code, some in came.items():
        note(user, project, some, MOVED, {"from": code, "to": to or ""})


def choose_again(back: Before) -> None:
    """Of takes that came back to their ``shot`` and are there: what was ``chosen`` is so again, unless
    another one was meanwhile."""
    for pk, was in back.items():
        if was.get("chosen"):
            still = Generation.objects.filter(pk=pk, shot=was["shot"])
            rows = Shot.objects.filter(pk=was["shot"], chosen_take=None)
            rows.filter(pk__in=still.values("shot")).update(chosen_take=UUID(pk))


def clean(words: Words) -> Words:
    """In one spelling, without odd spaces.

    :raises ShotRefused:
    """
    code, title = clean_line(words.code), clean_line(words.title)
    note = clean_lines(words.note)
    if not code:
        raise ShotRefused("code", _("Give the shot a code, as SH010."))
    _require_short("code", code, MOST_CODE_CHARS)
    _require_short("title", title, MOST_TITLE_CHARS)
    _require_short("note", note, MOST_NOTE_CHARS)
    return Words(code, title, note, _seconds(words.duration_s))


def _require_short(field: str, text: str, most: int) -> None:
    if len(text) > most:
        raise ShotRefused(field, _("At most %(n)d signs; these are %(m)d.") % {"n": most, "m": len(text)})


def _seconds(given: Decimal | None) -> Decimal | None:
    if given is None:
        return None
    if not given.is_finite() or not 0 < given <= LONGEST_S:
        words = _("A shot is longer than nothing and no longer than %(n)d seconds.")
        raise ShotRefused("duration_s", words % {"n": LONGEST_S})
    return max(given.quantize(Decimal("0.001")), Decimal("0.001"))
