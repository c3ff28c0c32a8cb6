"""Whom a note names, and who is told of it; nobody twice for one note."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from generations.models import Comment, Generation, Mention, Notification

from .notify import tell
from .writers import Writer

Kind = Notification.Kind


def people_of(project_id: UUID) -> QuerySet[Any]:
    """Who can be named in a project's notes."""
    people = get_user_model().objects.filter(memberships__project=project_id, is_active=True)
    return people.order_by("display_name", "username")


def named(body: str, people: Iterable[Any]) -> list[Any]:
    """Those whose ``@Display Name`` or ``@username`` stands in the text. Of two names of which one begins
    with the other the longer is meant."""
    people = list(people)
    by_name = _by_name(people)
    pattern = _pattern({name for person in people for name in (person.display_name, person.username)})
    found = pattern.findall(body) if pattern else []
    # letters that only look alike in another case (ı, İ) name nobody
    meant = [person for name in found for person in by_name.get(name.casefold(), [])]
    return list({person.pk: person for person in meant}.values())


def parts(body: str, names: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in pieces, for showing: ``(words, whether they name somebody)``."""
    pattern = _pattern(set(names))
    if pattern is None:
        return [(body, False)]
    found, at = [], 0
    for match in pattern.finditer(body):
        found += [(body[at : match.start()], False), (match.group(), True)]
        at = match.end()
    return [(words, is_name) for words, is_name in [*found, (body[at:], False)] if words]


def _by_name(people: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for person in people:
        for name in {person.display_name.casefold(), person.username.casefold()} - {""}:
            found.setdefault(name, []).append(person)
    return found


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """An address such as jo@example.com names nobody."""
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    if not longest_first:
        return None
    either = "|".join(re.escape(name) for name in longest_first)
    return re.compile(rf"(?<![\w@.])@({either})(?!\w)", re.IGNORECASE)


def tell_of(by: Writer, take: Generation, comment: Comment) -> None:
    """After a note was written: whom it names, then whose thread it answers, then whose take it is on. Of a
    guest's the one who made the link hears as well."""
    told = _mention(by, take, comment)
    if comment.parent_id:
        told |= _tell(by, take, comment, Kind.REPLY, _in_the_thread(comment) - told)
    if comment.parent_id and by.guest is None:
        return
    others = {take.author_id} | ({by.guest.share.made_by_id} if by.guest else set())
    _tell(by, take, comment, Kind.NOTE, others - told)


def tell_of_new_names(by: Writer, take: Generation, comment: Comment) -> None:
    """After an edit: those who were not named before."""
    _mention(by, take, comment)


def _mention(by: Writer, take: Generation, comment: Comment) -> set[UUID]:
    """Keep whom the words name now, and tell whom they did not name before. A guest names nobody."""
    people = named(comment.body, people_of(take.project_id)) if by.person and "@" in comment.body else []
    ids = {person.pk for person in people}
    before = set(Mention.objects.filter(comment=comment).values_list("person_id", flat=True))
    Mention.objects.filter(comment=comment, person__in=before - ids).delete()
    Mention.objects.bulk_create(Mention(comment=comment, person_id=pk) for pk in ids - before)
    return _tell(by, take, comment, Kind.MENTION, ids - before)


def _in_the_thread(comment: Comment) -> set[UUID]:
    """Who wrote the note that is answered, or answered it before."""
    thread = Comment.objects.filter(Q(pk=comment.parent_id) | Q(parent=comment.parent_id))
    return set(thread.exclude(author=None).alive().values_list("author_id", flat=True))


def _tell(by: Writer, take: Generation, comment: Comment, kind: Kind, people: set[UUID]) -> set[UUID]:
    tell(people, kind, by, take, comment=comment)
    return people
