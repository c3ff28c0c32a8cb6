"""Two to four clips beside each other, in step, and what was asked of each."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from generations import clips
from generations.cards import aspect
from generations.file_urls import file_url, url_among
from generations.models import Generation, Output, Status, Verb
from generations.services import card_facts
from generations.services.batch import with_files
from generations.telling import compared

from .answers import own_page
from .frame import page_of
from .opening import may, open_project

MOST = 4
_WORDS = {
    "gallery": lazy("Back to the gallery"),
    "batch": lazy("Back to the batch"),
    "studio": lazy("To the studio"),
    "take": lazy("Back to the take"),
}


@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """The stored takes that the address names, in its order; of others there is nothing to see."""
    project = open_project(request.user, slug)
    takes = _takes(project, request.GET.getlist("take"))
    names, facts = compared.names(takes), card_facts.of(takes, request.user.pk)
    sorts = project.archived_at is None and may(project, Verb.COMMENT)
    context = {
        **page_of(request, project, "studio"),
        "clips": [
            {
                **_clip(take, letter),
                "name": name,
                "stars": facts[take.pk].stars,
                "can_sort": sorts and take.trashed_at is None,
            }
            for take, letter, name in zip(takes, "ABCD", names, strict=False)
        ],
        "differences": compared.differences(takes),
        "enough": len(takes) > 1,
        "studio_url": reverse("studio", args=[project.slug]),
        "back": _back(request, project, takes),
    }
    return render(request, "generations/compare.html", context)


def _takes(project: Any, wanted: list[str]) -> list[Generation]:
    ids = list(dict.fromkeys(pk for text in wanted[: 4 * MOST] if (pk := _uuid(text))))
    rows = Generation.objects.filter(project=project, status=Status.COMPLETED, purged_at=None)
    found = rows.select_related("model", "account").in_bulk(ids)
    return with_files([found[pk] for pk in ids if pk in found][:MOST])


def _back(request: HttpRequest, project: Any, takes: list[Generation]) -> dict[str, Any]:
    """Where one came from, by ``back``; else the batch that they all stand in; else the studio."""
    page = own_page(request, request.GET.get("back", ""))
    words = _WORDS.get(_name_of(page), "")
    if words:
        return {"url": page, "words": words}
    batches = {take.batch_id for take in takes}
    if len(batches) == 1:
        return {"url": reverse("batch", args=[batches.pop()]), "words": _WORDS["batch"]}
    return {"url": reverse("studio", args=[project.slug]), "words": _WORDS["studio"]}


def _name_of(page: str) -> str:
    try:
        return resolve(urlsplit(page).path).url_name or ""
    except Resolver404:
        return ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _clip(take: Generation, letter: str) -> dict[str, Any]:
    kinds = {output.kind: output for output in take.outputs.all()}
    clip = clips.played(kinds)
    original = kinds.get(Output.Kind.VIDEO)
    return {
        "letter": letter,
        "take": take,
        "url": reverse("take", args=[take.pk]),
        "video_url": file_url(take.pk, clip.kind) if clip else "",
        "poster_url": url_among(kinds, take.pk, Output.Kind.POSTER),
        **(clips.pace(clip, original) if clip and original else {}),
        "proxy": clips.why_proxy(clip, original) if clip and original else "",
        "aspect_css": aspect(take),
    }
