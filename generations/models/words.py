"""What the search looks through. SQLite keeps an FTS5 table beside it, PostgreSQL a vector inside it; both
are filled by the database itself from ``words`` (see migration 0033)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

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
