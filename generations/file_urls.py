"""Where pages find the files of a take."""

from __future__ import annotations

from collections.abc import Container, Mapping
from uuid import UUID

from django.urls import reverse

from generations.models import Output


def file_url(take: UUID, kind: str) -> str:
    """:param kind: one of ``Output.Kind``."""
    return reverse("media-output", args=[take, str(kind)])


def url_among(there: Container[str], take: UUID, kind: str) -> str:
    """Empty where that kind is not among the files that are there."""
    return file_url(take, kind) if kind in there else ""


def small_among(there: Container[str], take: UUID) -> str:
    """The small poster; the large one until the small one has been made; empty where there is neither."""
    return url_among(there, take, Output.Kind.SMALL) or url_among(there, take, Output.Kind.POSTER)


def widths_among(outputs: Mapping[str, Output], take: UUID) -> str:
    """Both posters for ``srcset``, with their widths; empty where there is no choice."""
    found = [outputs.get(kind) for kind in (Output.Kind.SMALL, Output.Kind.POSTER)]
    sized = [one for one in found if one and one.width]
    return ", ".join(f"{file_url(take, one.kind)} {one.width}w" for one in sized) if len(sized) == 2 else ""
