"""What the page of one take shows of the team's sorting: stars, tags and the versions beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import ngettext

from generations.cards import mean_words
from generations.file_urls import small_among
from generations.models import Generation, Output
from generations.services import gallery, waiting
from generations.telling import reviews

MOST_OFFERED = 100  # tags of the project


def sorting(user: Any, take: Generation) -> dict[str, Any]:
    """:returns: ``mine``: this person's stars, 0 for none; ``mean`` of all; ``versions`` by number."""
    return {
        "mine": take.ratings.filter(person=user).values_list("stars", flat=True).first() or 0,
        "mean": mean_words(take.stars),
        "tags": sorted(tagging.tag.name for tagging in take.taggings.select_related("tag")),
        "offered": gallery.tags_of(take.project, MOST_OFFERED),
        "versions": _versions(take),
    }


def _versions(take: Generation) -> list[dict[str, Any]]:
    """Of its stack, the oldest first; empty where it is in none."""
    if take.stack_id is None:
        return []
    rows = waiting.told(Generation.objects.filter(stack=take.stack_id).order_by("version_no"))
    return [_version(row, take) for row in rows.prefetch_related("outputs")]


def _said(row: Any) -> str:
    """How it stands in review, and how many notes on it are open."""
    badge = reviews.badge(row)
    n = row.open_notes
    notes = ngettext("%(n)d note open", "%(n)d notes open", n) % {"n": n} if n else ""
    return ", ".join(filter(None, [badge["word"] if badge else "", notes]))


def _version(row: Generation, shown: Generation) -> dict[str, Any]:
    kinds = {output.kind for output in row.outputs.all()}
    both = Output.Kind.VIDEO in kinds and row.pk != shown.pk
    return {
        "no": row.version_no,
        "url": row.get_absolute_url(),
        "poster_url": small_among(kinds, row.pk),
        "is_shown": row.pk == shown.pk,
        "is_top": row.is_top,
        "said": _said(row),
        "is_trashed": row.trashed_at is not None,
        "compare_url": _compare(shown, sorted([row, shown], key=_number)) if both else "",
    }


def _number(take: Generation) -> int:
    return take.version_no or 0


def _compare(shown: Generation, takes: Sequence[Generation]) -> str:
    chosen = [*(("take", take.pk) for take in takes), ("back", shown.get_absolute_url())]
    return f"{reverse('compare', args=[shown.project.slug])}?{urlencode(chosen)}"
