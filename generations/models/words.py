"""What the search looks through. SQLite keeps an FTS5 table beside it, PostgreSQL a vector inside it; both
are filled by the database itself from ``words`` (see migration 0033)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Lookup

from .generation import Generation
from .project import Project

if TYPE_CHECKING:
    from uuid import UUID


class TakeWords(models.Model):
    """One row a take. ``words``: each once, with a space between, as ``services.words`` spells them. Rows are
    made in the order of takes, so that their ids give the order of pages."""

    id = models.BigAutoField(primary_key=True)
    generation = models.OneToOneField(Generation, on_delete=models.CASCADE, related_name="found_by")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    words = models.TextField()

    generation_id: UUID

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="words_of_a_project")]

    def __str__(self) -> str:
        return self.words[:60]


class WordsIndex(models.Model):
    """The FTS5 table of SQLite, so that queries can be joined to it; never written by the studio."""

    row = models.OneToOneField(
        TakeWords,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_column="rowid",
        db_constraint=False,
        related_name="index",
    )
    # the hidden column of the table's own name, which stands for all of them
    everything = models.TextField(db_column="generations_wordsindex")

    class Meta:
        managed = False
        db_table = "generations_wordsindex"

    def __str__(self) -> str:
        return str(self.pk)


class _InSQLite(Lookup):
    """``index__everything__fts``: the value is a query in the language of FTS5."""

    lookup_name = "fts"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} MATCH {right}", (*left_params, *right_params)


class _InPostgres(Lookup):
    """``words__vector``: the value is a query in the language of ``tsquery``."""

    lookup_name = "vector"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        column = left.rpartition(".")[0] + '."vector"'
        return f"{column} @@ {right}::tsquery", (*left_params, *right_params)


WordsIndex._meta.get_field("everything").register_lookup(_InSQLite)
TakeWords._meta.get_field("words").register_lookup(_InPostgres)
