"""Takes whose real cost is still to be asked for."""

from __future__ import annotations

from django.db import models

from .generation import Generation


class CostLookUp(models.Model):
    """One finished take that is charged at an estimate so far. The row goes with the answer, or when its
    tries are used up; ``due_at`` is when the next one is due."""

    generation = models.OneToOneField(
        Generation, on_delete=models.CASCADE, primary_key=True, related_name="cost_look_up"
    )
    attempt = models.PositiveIntegerField()
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.generation_id}, try {self.tries}"
