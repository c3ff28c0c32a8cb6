"""A shot list from elsewhere: what it would do is told first, row by row; then it is all done, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from generations.models import Project, Shot, Verb
from generations.services import shot_words, shots
from generations.services.allowed import require_alive
from generations.services.shots import ShotRefused, Words

from .refusals import Outdated

FIELDS = ("title", "duration_s", "note")


class Given(Protocol):
    """A row of a file; None where it says nothing of that."""

    @property
    def number(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str | None: ...
    @property
    def note(self) -> str | None: ...
    @property
    def duration_s(self) -> Decimal | None: ...
    @property
    def problem(self) -> str: ...


class Fate(StrEnum):
    """What becomes of a row. *Left*: the shot differs, and was not to be changed."""

    NEW = "new"
    CHANGES = "changes"
    SAME = "same"
    LEFT = "left"
    CANNOT = "cannot"


@dataclass(frozen=True)
class Line:
    """A row with its fate. ``words`` as they will be kept; ``before`` what a changed field was; ``why`` it
    cannot be."""

    number: int
    fate: Fate
    words: Words
    shot: Shot | None = None
    before: dict[str, Any] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True)
class Plan:
    """``version`` changes with whatever it would do."""

    lines: list[Line]
    moves: int  # shots that the order of the file would move

    @property
    def can_go(self) -> bool:
        return not any(line.fate == Fate.CANNOT for line in self.lines)

    @property
    def does(self) -> int:
        """How many shots it makes or changes."""
        return sum(line.fate in (Fate.NEW, Fate.CHANGES) for line in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        return {fate.value: sum(line.fate == fate for line in self.lines) for fate in Fate}

    @property
    def version(self) -> str:
        told = [f"{line.fate}{line.words}{line.shot and line.shot.pk}{line.before}" for line in self.lines]
        return hashlib.sha256("\n".join([*told, str(self.moves)]).encode()).hexdigest()[:16]


def plan(project: Project, rows: Sequence[Given], *, update: bool, follow: bool) -> Plan:
    """What ``run`` would do now.

    :param update: shots that are there already become what the file says of them; what it leaves empty stays.
    :param follow: the shots of the file stand in its order, before all others.
    """
    there = {shot.code_key: shot for shot in shots.in_order(project)}
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for row in rows:
        line = _line(row, there, update)
        key = shots.key_of(line.words.code)
        if line.fate != Fate.CANNOT and key in seen:
            words = _("“%(code)s” stands in line %(n)d already.")
            line = replace(line, fate=Fate.CANNOT, why=words % {"code": row.code, "n": seen[key]})
        seen.setdefault(key, row.number)
        lines.append(line)
    new = [line for line in lines if line.fate == Fate.NEW]
    if new and len(there) + len(new) > shots.MOST:
        why = _("A project has %(n)s shots at most.") % {"n": f"{shots.MOST:,}"}
        lines = [replace(line, fate=Fate.CANNOT, why=why) if line in new else line for line in lines]
    return Plan(lines, _moves(there, lines) if follow else 0)


def _line(row: Given, there: dict[str, Shot], update: bool) -> Line:
    said = Words(row.code, row.title or "", row.note or "", row.duration_s)
    try:
        words = shots.clean(said)
    except ShotRefused as error:
        return Line(row.number, Fate.CANNOT, said, why=error.message)
    if row.problem:
        return Line(row.number, Fate.CANNOT, words, why=row.problem)
    shot = there.get(shots.key_of(words.code))
    if shot is None:
        return Line(row.number, Fate.NEW, words)
    kept = _over(shot, words)
    before = {name: getattr(shot, name) for name in FIELDS if getattr(shot, name) != getattr(kept, name)}
    fate = Fate.SAME if not before else Fate.CHANGES if update else Fate.LEFT
    return Line(row.number, fate, kept, shot, before)


def _over(shot: Shot, words: Words) -> Words:
    """What the file says over what is there; the code stays as it is spelt here."""
    seconds = shot.duration_s if words.duration_s is None else words.duration_s
    return Words(shot.code, words.title or shot.title, words.note or shot.note, seconds)


def _moves(there: dict[str, Shot], lines: Iterable[Line]) -> int:
    """How many that are there already would come to stand elsewhere among themselves."""
    before = [shot.pk for shot in there.values()]
    named = [line.shot.pk for line in lines if line.shot and line.fate != Fate.CANNOT]
    after = [*named, *(pk for pk in before if pk not in set(named))]
    return sum(a != b for a, b in zip(before, after, strict=True))


def run(
    user: Any, project: Project, rows: Sequence[Given], *, update: bool, follow: bool, seen: str = ""
) -> Plan:
    """All of it in one transaction.

    :param seen: ``version`` of the plan that was shown; empty: none was.
    :raises NotAllowed:
    :raises ShotRefused: a row cannot be; nothing was changed.
    :raises Outdated: the list is another by now, and so is the plan; nothing was changed.
    """
    require_alive(user, project, Verb.COMPOSE)
    with transaction.atomic():
        shots.hold(project)
        now = plan(project, rows, update=update, follow=follow)
        if seen and seen != now.version:
            raise Outdated(_("The list was changed meanwhile. This is what the file would do now."))
        for line in now.lines:
            if line.fate == Fate.CANNOT:
                raise ShotRefused("csv", _("Line %(n)d: %(why)s") % {"n": line.number, "why": line.why})
        made = iter(shots.add_all(user, project, [ln.words for ln in now.lines if ln.fate == Fate.NEW]))
        _change(project, (line for line in now.lines if line.fate == Fate.CHANGES))
        if follow:
            named = [line.shot.pk if line.shot else next(made).pk for line in now.lines]
            shots.arrange(project, named)
        return now


def _change(project: Project, lines: Iterable[Line]) -> None:
    changed: list[Shot] = []
    anew: dict[UUID, str] = {}
    for line in lines:
        assert line.shot is not None  # only what is there changes
        if "title" in line.before:
            anew[line.shot.pk] = shots.name_of(line.shot)
        line.shot.title, line.shot.note = line.words.title, line.words.note
        line.shot.duration_s = line.words.duration_s
        changed.append(line.shot)
    few = shot_words.hold_few(list(anew))
    list(Shot.objects.select_for_update().filter(pk__in=anew).order_by("pk").values_list("pk", flat=True))
    Shot.objects.bulk_update(changed, list(FIELDS), batch_size=200)
    shot_words.renamed(project, anew, few=few)
