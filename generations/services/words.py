"""What the search finds a take by: its prompt, its tags, its author, its model, its shot and what was noted
on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Prefetch
from django.db.models.expressions import RawSQL

from generations.models import Comment, Generation, TakeWords
from generations.words import looked_for, words_of

_AT_ONCE = 500
_MOST_NAMED = 2000  # ids that are read and named again; more of them stay with the database
_NO_WORD = "¤"  # nobody can write it, and no take has it


def keep(takes: Iterable[UUID]) -> None:
    """Write the words of these takes anew, inside the transaction that changed them."""
    ids = list(takes)
    for start in range(0, len(ids), _AT_ONCE):
        rows = Generation.objects.filter(pk__in=ids[start : start + _AT_ONCE]).order_by("pk")
        rows = rows.select_related("author", "model", "shot").prefetch_related("taggings__tag", _notes())
        TakeWords.objects.bulk_create(
            [TakeWords(generation=take, project_id=take.project_id, words=_words(take)) for take in rows],
            update_conflicts=True,
            unique_fields=["generation"],
            update_fields=["project", "words"],
        )


def keep_of_person(user_id: UUID) -> None:
    """After somebody changed their name. May run twice; a take made meanwhile has the new name already."""
    ids = list(Generation.objects.filter(author_id=user_id).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        with transaction.atomic():  # or a tag that comes between reading and writing would not be found
            rows = Generation.objects.select_for_update().filter(pk__in=ids[start : start + _AT_ONCE])
            keep(list(rows.order_by("pk").values_list("pk", flat=True)))


def _words(take: Generation) -> str:
    tags = [tagging.tag for tagging in take.taggings.all()]
    names = [take.author.display_name, take.author.username, take.model.label, *(tag.name for tag in tags)]
    shot = [take.shot.code, take.shot.title] if take.shot else []
    notes = [text for note in take.comments.all() for text in (note.body, *_lines(note))]
    return " ".join([*words_of(*names, *shot, take.prompt, *notes), *(_sign_of(tag.name) for tag in tags)])


def _notes() -> Prefetch:
    """Of both sides: only members search."""
    said = Comment.objects.alive().only("generation_id", "body", "checklist").order_by("id")
    return Prefetch("comments", said)


def _lines(note: Comment) -> list[str]:
    return [item["text"] for item in note.checklist]


def _sign_of(tag: str) -> str:
    """A whole tag as a word that nobody can write: its first sign is no letter."""
    return f"¤{sha256(tag.encode()).hexdigest()[:24]}"


@dataclass(frozen=True)
class Some:
    """:ivar ids: for ``pk__in``.
    :ivar all_there: whether these are all that match."""

    ids: Any
    all_there: bool


@dataclass(frozen=True)
class Match:
    """Takes of a project that have all these tags, and in which every word stands, or a longer one that
    begins with it. Always asked as a list of ids, so that no planner asks the index of words once for
    every take."""

    project_id: UUID
    exact: tuple[str, ...]
    begun: tuple[str, ...]

    def ids(self) -> RawSQL:
        """All of them, for ``pk__in``."""
        return _listed(*self._statement())

    def newest(self, most: int, *, beyond: UUID | None = None, oldest: bool = False) -> Some:
        """So many of them. What was made within the same moment may change places, so ``most`` should be a
        multiple of what is shown.

        :param beyond: only takes made before this one; with ``oldest``, which begins at the other end, after.
        """
        way, than = ("ASC", ">") if oldest else ("DESC", "<")
        sql, params = self._statement()
        if beyond:
            sql += f" AND w.generation_id {than} %s"
            params.append(beyond.hex if _is_sqlite() else beyond)
        sql += f" ORDER BY {'f.rowid' if _is_sqlite() else 'w.id'} {way} LIMIT {int(most)}"
        if most > _MOST_NAMED:
            found = _listed(sql, params)
            return Some(found, Generation.objects.filter(pk__in=found).order_by().count() < most)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            ids = [row[0] if isinstance(row[0], UUID) else UUID(row[0]) for row in cursor.fetchall()]
        return Some(ids, len(ids) < most)

    def _statement(self) -> tuple[str, list[Any]]:
        return (_SQLITE if _is_sqlite() else _POSTGRES), self._values()

    def _values(self) -> list[Any]:
        if _is_sqlite():
            words = [f'words : "{word}"' for word in self.exact]
            words += [f'words : "{word}" *' for word in self.begun]
            return [" AND ".join([f'project : "{self.project_id.hex}"', *words])]
        words = [f"'{word}'" for word in self.exact] + [f"'{word}':*" for word in self.begun]
        return [self.project_id, " & ".join(words)]


_SQLITE = (
    "SELECT w.generation_id FROM generations_wordsindex f "
    "CROSS JOIN generations_takewords w ON w.id = f.rowid WHERE f.generations_wordsindex MATCH %s"
)
_POSTGRES = (
    "SELECT w.generation_id FROM generations_takewords w WHERE w.project_id = %s AND w.vector @@ %s::tsquery"
)


def _listed(sql: str, params: Sequence[Any]) -> RawSQL:
    return RawSQL(sql, params)  # noqa: S611 - one of the statements above; what people write is in the values


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def match(project_id: UUID, text: str, tags: Sequence[str] = ()) -> Match | None:
    """None where neither words nor tags are looked for. A text of signs alone matches nothing."""
    wanted = looked_for(text)
    if text and not wanted:
        return Match(project_id, (_NO_WORD,), ())
    if not wanted and not tags:
        return None
    exact = [*(_sign_of(tag) for tag in tags), *(word for word in wanted if len(word) == 1)]
    # nearly everything begins with a single letter
    return Match(project_id, tuple(exact), tuple(word for word in wanted if len(word) > 1))
