"""Sorting takes: marks, stars and tags, of one take or of thousands. Every change is one transaction, with
a line in the history of each take that it changed, and can be undone (see ``undo``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Avg, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from generations.labels import clean_line, searchable
from generations.models import Change, Event, Generation, Mark, Project, Rating, Tag, Tagging, Verb
from generations.services import words
from generations.services.allowed import require_alive
from generations.services.selection import locked, portions

MOST_TAGS = 20  # of one take
MOST_TAG_CHARS = 40
Before = dict[str, Any]  # id of a take -> how it was
MARKED = {Mark.PICK.value: "picked", Mark.REJECT.value: "rejected", "": "unmarked"}


class BadTags(ValueError):
    """The words say why."""


def mark(user: Any, project: Project, ids: Sequence[UUID], wanted: str) -> Change:
    """:param wanted: a ``Mark``, or nothing to take it off.
    :raises NotAllowed:"""
    require_alive(user, project, Verb.COMMENT)

    def change(some: Sequence[UUID]) -> Before:
        rows = locked(some).exclude(mark=wanted)
        before = {str(pk): was for pk, was in rows.values_list("pk", "mark")}
        Generation.objects.filter(pk__in=before).update(mark=wanted)
        return before

    return _changed(user, project, "mark", ids, change, {"mark": wanted}, MARKED[wanted])


def rate(user: Any, project: Project, ids: Sequence[UUID], stars: int) -> Change:
    """This person's stars; the mean of all people's follows.

    :param stars: 1 to 5, or 0 to take them off.
    :raises NotAllowed:
    """
    require_alive(user, project, Verb.COMMENT)

    def change(some: Sequence[UUID]) -> Before:
        held = set(locked(some).values_list("pk", flat=True))
        mine = Rating.objects.filter(person=user, generation__in=held)
        given = dict(mine.values_list("generation_id", "stars"))
        before = {str(pk): given.get(pk, 0) for pk in held if given.get(pk, 0) != stars}
        set_stars(user, {UUID(pk): stars for pk in before})
        return before

    return _changed(user, project, "rate", ids, change, {"stars": stars}, "rated", {"stars": stars})


def set_stars(user: Any, stars: Mapping[UUID, int]) -> None:
    """Write one person's stars, and the means of the takes that they are for."""
    Rating.objects.filter(person=user, generation__in=[pk for pk, n in stars.items() if not n]).delete()
    Rating.objects.bulk_create(
        [Rating(generation_id=pk, person=user, stars=n) for pk, n in stars.items() if n],
        update_conflicts=True,
        unique_fields=["generation", "person"],
        update_fields=["stars", "at"],
    )
    of_take = Rating.objects.filter(generation=OuterRef("pk")).order_by().values("generation")
    mean = Subquery(of_take.annotate(mean=Avg("stars")).values("mean"))
    Generation.objects.filter(pk__in=list(stars)).update(stars=Coalesce(mean, 0.0))


def tag(user: Any, project: Project, ids: Sequence[UUID], names: Sequence[str]) -> Change:
    """:param names: clean ones, see ``clean_tags``.
    :raises NotAllowed, BadTags: a take would have more than it may."""
    require_alive(user, project, Verb.COMMENT)

    def change(some: Sequence[UUID]) -> Before:
        return add_tags(project, dict.fromkeys(some, names))

    return _changed(user, project, "tag", ids, change, {"tags": list(names)}, "tagged", {"tags": list(names)})


def untag(user: Any, project: Project, ids: Sequence[UUID], names: Sequence[str]) -> Change:
    """:raises NotAllowed:"""
    require_alive(user, project, Verb.COMMENT)

    def change(some: Sequence[UUID]) -> Before:
        return take_tags_off(dict.fromkeys(some, names))

    told = {"tags": list(names)}
    return _changed(user, project, "untag", ids, change, told, "untagged", told)


def add_tags(project: Project, names: Mapping[UUID, Iterable[str]], *, where_room: bool = False) -> Before:
    """:param where_room: takes that would have too many stay as they are.
    :returns: what each take did not have before.
    :raises BadTags:"""
    wanted = {name for some in names.values() for name in some}
    Tag.objects.bulk_create([Tag(project=project, name=name) for name in wanted], ignore_conflicts=True)
    ids = dict(Tag.objects.filter(project=project, name__in=wanted).values_list("name", "pk"))
    has = _tags_of(locked(list(names)).values_list("pk", flat=True))
    new = {pk: [name for name in names[pk] if name not in had] for pk, had in has.items()}
    full = {pk for pk, more in new.items() if more and len(has[pk]) + len(more) > MOST_TAGS}
    if full and not where_room:
        raise BadTags(_("A take has %(n)d tags at most.") % {"n": MOST_TAGS})
    new = {pk: more for pk, more in new.items() if pk not in full}
    rows = [Tagging(tag_id=ids[name], generation_id=pk) for pk, more in new.items() for name in more]
    Tagging.objects.bulk_create(rows, ignore_conflicts=True)
    return {str(pk): more for pk, more in new.items() if more}


def take_tags_off(names: Mapping[UUID, Iterable[str]]) -> Before:
    """:returns: what each take had of them."""
    has = _tags_of(locked(list(names)).values_list("pk", flat=True))
    gone = {pk: [name for name in names[pk] if name in had] for pk, had in has.items()}
    by_name: dict[str, list[UUID]] = {}
    for pk, some in gone.items():
        for name in some:
            by_name.setdefault(name, []).append(pk)
    for name, takes in by_name.items():
        Tagging.objects.filter(tag__name=name, generation__in=takes).delete()
    return {str(pk): some for pk, some in gone.items() if some}


def _tags_of(takes: Iterable[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {pk: set() for pk in takes}
    rows = Tagging.objects.filter(generation__in=found).values_list("generation_id", "tag__name")
    for pk, name in rows:
        found[pk].add(name)
    return found


def clean_tags(given: Iterable[str]) -> tuple[str, ...]:
    """In lower case, each once, without odd spaces.

    :raises BadTags: none, too many, or one too long.
    """
    found = tuple(dict.fromkeys(name for text in given if (name := clean_line(searchable(text)))))
    if not found:
        raise BadTags(_("Write a tag."))
    if len(found) > MOST_TAGS or any(len(name) > MOST_TAG_CHARS for name in found):
        raise BadTags(_("At most %(n)d tags, each of %(c)d signs.") % {"n": MOST_TAGS, "c": MOST_TAG_CHARS})
    return found


def _changed(
    user: Any,
    project: Project,
    kind: str,
    ids: Sequence[UUID],
    change: Callable[[Sequence[UUID]], Before],
    after: dict[str, Any],
    event: str,
    detail: dict[str, Any] | None = None,
) -> Change:
    """Change the takes in portions, write each one's history, and keep what was before."""
    before: Before = {}
    with transaction.atomic():
        for some in portions(sorted(ids)):
            before |= change(some)
        note(user, project, before, event, detail)
        if kind in ("tag", "untag"):
            words.keep(UUID(pk) for pk in before)
        return Change.objects.create(project=project, person=user, kind=kind, after=after, before=before)


def note(
    user: Any, project: Project, ids: Iterable[Any], kind: str, detail: dict[str, Any] | None = None
) -> None:
    """One line in the history of each take."""
    Event.objects.bulk_create(
        (Event(project=project, generation_id=pk, kind=kind, actor=user, detail=detail or {}) for pk in ids),
        batch_size=1000,
    )
