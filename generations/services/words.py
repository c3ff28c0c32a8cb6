"""What the search finds a take by: its prompt, its tags, its author, its model and what was noted on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Q

from generations.models import Generation, TakeWords
from generations.words import looked_for, words_of

_AT_ONCE = 500


def keep(takes: Iterable[UUID]) -> None:
    """Write the words of these takes anew, inside the transaction that changed them."""
    ids = list(takes)
    for start in range(0, len(ids), _AT_ONCE):
        rows = Generation.objects.filter(pk__in=ids[start : start + _AT_ONCE]).order_by("pk")
        rows = rows.select_related("author", "model").prefetch_related("taggings__tag")
        TakeWords.objects.bulk_create(
            [TakeWords(generation=take, project_id=take.project_id, words=_words(take)) for take in rows],
            update_conflicts=True,
            unique_fields=["generation"],
            update_fields=["project", "words"],
        )


def keep_of_person(user_id: UUID) -> None:
    """After somebody changed their name. May run twice; a take made meanwhile has the new name already."""
    keep(Generation.objects.filter(author_id=user_id).order_by("pk").values_list("pk", flat=True))


def _words(take: Generation) -> str:
    tags = [tagging.tag for tagging in take.taggings.all()]
    names = [take.author.display_name, take.author.username, take.model.label, *(tag.name for tag in tags)]
    return " ".join([*words_of(take.prompt, *names), *(_sign_of(tag.pk) for tag in tags)])


def _sign_of(tag_id: int) -> str:
    """A whole tag as a word that nobody can write: its first sign is no letter."""
    return f"¤{tag_id}"


def matching(project_id: UUID, text: str, tags: Sequence[int] = ()) -> Q:
    """Takes of the project that have all these tags, and in which every word of ``text`` stands, or a longer
    one that begins with it.

    Whoever pages through them orders by ``row_column``, which both databases then read from an index,
    however many there are. Nothing stands under a text of signs alone.
    """
    wanted = looked_for(text)
    if text and not wanted:
        return Q(pk__in=[])
    if not wanted and not tags:
        return Q()
    exact = [*(_sign_of(pk) for pk in tags), *(word for word in wanted if len(word) == 1)]
    begun = [word for word in wanted if len(word) > 1]  # nearly everything begins with a single letter
    if connection.vendor == "sqlite":
        return Q(found_by__index__everything__fts=_for_sqlite(project_id, exact, begun))
    return Q(found_by__project=project_id, found_by__words__vector=_for_postgres(exact, begun))


def row_column() -> str:
    """What orders the takes that ``matching`` finds, by the time of making."""
    return "found_by__index__pk" if connection.vendor == "sqlite" else "found_by__id"


def _for_sqlite(project_id: UUID, exact: Iterable[str], begun: Iterable[str]) -> str:
    words = [f'words : "{word}"' for word in exact] + [f'words : "{word}" *' for word in begun]
    return " AND ".join([f'project : "{project_id.hex}"', *words])


def _for_postgres(exact: Iterable[str], begun: Iterable[str]) -> str:
    return " & ".join([*(f"'{word}'" for word in exact), *(f"'{word}':*" for word in begun)])
