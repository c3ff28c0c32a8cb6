"""ModelChange: what a model took or cost before, and since when it does not."""

from __future__ import annotations

from django.db import models

from providers.ids import new_id

from .account import VideoModel


class ModelChange(models.Model):
    """``what``: ``{"price_rule.rates": [before, after], …}``, one line for each key that differs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model = models.ForeignKey(VideoModel, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)
    what = models.JSONField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by}: {', '.join(self.what)}"
