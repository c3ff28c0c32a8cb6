"""Inputs that are given as addresses, until they are files of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models

from providers.ids import new_id

from .asset import Asset
from .project import Project

if TYPE_CHECKING:
    from uuid import UUID


class InputLink(models.Model):
    """One address, fetched once: for all takes of one request (``batch_id``), or for a composer (none).

    ``done_at`` is set when there is an ``asset``, or a ``problem`` in one sentence for people. Until then it
    is worked on under a lease, as takes are.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    batch_id = models.UUIDField(null=True)
    url = models.TextField()
    asset = models.ForeignKey(Asset, on_delete=models.SET_NULL, null=True, related_name="+")
    problem = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_holder = models.UUIDField(null=True)
    not_before = models.DateTimeField(null=True)

    asset_id: UUID | None

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch_id", "url"], name="one_link_per_request")]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(done_at=None), name="links_to_fetch")
        ]

    def __str__(self) -> str:
        return self.host

    @property
    def host(self) -> str:
        """All that is shown and logged of an address: its query may be a key."""
        return urlsplit(self.url).hostname or ""
