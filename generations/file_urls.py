"""Where pages find the files of a take."""

from __future__ import annotations

from collections.abc import Container
from uuid import UUID

from django.urls import reverse


def file_url(take: UUID, kind: str) -> str:
    """:param kind: one of ``Output.Kind``."""
    return reverse("media-output", args=[take, str(kind)])


def url_among(there: Container[str], take: UUID, kind: str) -> str:
    """Empty where that kind is not among the files that are there."""
    return file_url(take, kind) if kind in there else ""
