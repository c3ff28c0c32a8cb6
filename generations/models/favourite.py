"""A model that a person marked, so that it stands first in their picker."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class FavouriteModel(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourite_models"
    )
    model = models.ForeignKey("providers.VideoModel", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "model"], name="one_mark_per_person_and_model")
        ]

    def __str__(self) -> str:
        return f"{self.model} of {self.user}"
