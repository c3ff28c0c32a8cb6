"""The playlist of a project's reviews: one take in the player, the others beside it; live as other pages."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from generations.file_urls import small_among
from generations.models import Decision, Generation, Output, Review, Verb
from generations.services import decision_back, waiting
from generations.services.waiting import Which
from generations.telling import recipe, reviews

from .answers import go, heard
from .answers import refused as not_done
from .finding import read_id, take_for
from .frame import page_of
from .opening import may, open_project
from .take_context import take_context

MOST = 100  # in one list
WORDS: dict[Which, Any] = {
    Which.MINE: lazy("Waits for me"),
    Which.ALL: lazy("All in review"),
    Which.CHANGES: lazy("Changes requested"),
    Which.DUE: lazy("With a day"),
}


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Another take is another page: player and notes begin anew."""
    project = open_project(request.user, slug)
    which, chosen = _which(request.GET), read_id(request.GET.get("take"))
    context = list_context(request, project, which, chosen)
    return render(request, "generations/reviews.html", {**context, **page_of(request, project, "review")})


@require_safe
def live(request: HttpRequest, slug: str) -> HttpResponse:
    """204 while the browser shows the present version: a few questions, for open pages ask all the time."""
    project = open_project(request.user, slug)
    listed = _listed(request.user, project, _which(request.GET), read_id(request.GET.get("take")))
    if request.GET.get("v") == _live(project, listed)["version"]:
        return HttpResponse(status=204)
    return render(request, "generations/_reviews.html", _context(request, project, listed))


@dataclass(frozen=True)
class Listed:
    """The list, one longer than what is shown of it, and the take in the player: at this place in the list,
    or at None where it is not in it (any more)."""

    which: Which
    takes: list[Any]
    at: int | None
    shown: Generation | None


def _listed(user: Any, project: Any, which: Which, chosen: UUID | None) -> Listed:
    """:param chosen: the take to show, also where it is not in the list any more; else the first."""
    rows = waiting.told(waiting.takes(user, project, which)).select_related("author", "reviewer")
    takes = list(rows.prefetch_related("outputs")[: MOST + 1])
    at = next((n for n, take in enumerate(takes) if take.pk == chosen), None)
    gone = _chosen(user, project, chosen) if at is None else None
    at = 0 if at is None and gone is None and takes else at
    return Listed(which, takes, at, gone if at is None else takes[at])


def list_context(request: HttpRequest, project: Any, which: Which, chosen: UUID | None) -> dict[str, Any]:
    """:param chosen: as ``_listed`` takes it."""
    return _context(request, project, _listed(request.user, project, which, chosen))


def _context(request: HttpRequest, project: Any, listed: Listed) -> dict[str, Any]:
    which, shown, takes = listed.which, listed.shown, listed.takes[:MOST]
    context = {
        "project": project,
        "which": which.value,
        "filters": _filters(project, which),
        "rows": [_row(project, which, take, shown) for take in takes],
        "more": len(listed.takes) > MOST,
        "playlist": _around(project, which, takes, listed.at),
        "may_decide": may(project, Verb.DECIDE),
        "live": _live(project, listed),
        "back": _last_word(request.user, project, which),
    }
    if shown is None:
        return context
    # the player, the notes and the decision are those of the take's own page
    return {**take_context(request, take_for(request.user, shown.pk)), **context}


def _last_word(user: Any, project: Any, which: Which) -> dict[str, str] | None:
    """The person's last decision here, while it can be taken back; one question."""
    line = decision_back.standing(user, project).first()
    if line is None:
        return None
    take = line.generation
    return {
        "url": _back_url(line, which),
        "word": str(Review(line.review).label),
        "take": reviews.version(take) or recipe.title(take, 40),
    }


def _chosen(user: Any, project: Any, pk: UUID | None) -> Generation | None:
    """A clip of the project, though it does not wait (any more): somebody else was faster, say."""
    if pk is None:
        return None
    rows = waiting.told(Generation.objects.visible_to(user).filter(project=project, pk=pk))
    return rows.exclude(review="", client_review="").filter(outputs__kind=Output.Kind.VIDEO).first()


def _which(given: Any) -> Which:
    asked = given.get("which", "")
    return Which(asked) if asked in set(Which) else Which.MINE


def address(project: Any, which: Which, take: UUID | str = "") -> str:
    """Of the page as it shows this take of this list."""
    given = {"which": which.value, **({"take": str(take)} if take else {})}
    return f"{reverse('review', args=[project.slug])}?{urlencode(given)}"


def _filters(project: Any, which: Which) -> list[dict[str, Any]]:
    return [
        {"name": one.value, "words": words, "url": address(project, one), "current": one == which}
        for one, words in WORDS.items()
    ]


def _around(project: Any, which: Which, takes: list[Generation], at: int | None) -> dict[str, Any]:
    """Where the take that shows stands in the list; one that is in it no more is before its first."""
    place = -1 if at is None else at
    before = takes[place - 1] if place > 0 else None
    after = takes[place + 1] if place + 1 < len(takes) else None
    return {
        "at": place + 1,
        "all": len(takes),
        "back_url": address(project, which, before.pk) if before else "",
        "on_url": address(project, which, after.pk) if after else "",
        "next": after.pk if after else "",
        "which": which.value,
    }


def _row(project: Any, which: Which, take: Any, shown: Generation | None) -> dict[str, Any]:
    kinds = {output.kind for output in take.outputs.all()}
    return {
        "id": take.pk,
        "url": address(project, which, take.pk),
        "title": recipe.title(take, 90),
        "version": reviews.version(take),
        "poster_url": small_among(kinds, take.pk),
        "author": str(take.author),
        "asked_by": take.asked_by or "",
        "reviewer": str(take.reviewer) if take.reviewer else "",
        "due": reviews.due(take.review_due_on),
        "client": reviews.client_badge(take),
        "open_notes": take.open_notes,
        "current": shown is not None and take.pk == shown.pk,
    }


def _live(project: Any, listed: Listed) -> dict[str, str | bool]:
    """``version`` changes with whatever the list or the take that shows says."""
    shown = listed.shown
    both = [*listed.takes, *([shown] if shown else [])]
    told = [f"{take.pk}{take.review_no}{take.changed_at.timestamp()}{take.reviewer_id}" for take in both]
    given = {"which": listed.which.value, **({"take": str(shown.pk)} if shown else {})}
    return {
        "url": f"{reverse('review-live', args=[project.slug])}?{urlencode(given)}",
        "version": hashlib.sha256("".join(told).encode()).hexdigest()[:16],
        "busy": False,
    }


# --- what a decision that was made here answers ---------------------------------------------------


def is_asked(request: HttpRequest) -> bool:
    return request.POST.get("which", "") in set(Which)


def after(
    request: HttpRequest, take: Generation, said: str, *, on: bool, line: Decision | None = None
) -> HttpResponse:
    """On to the next take after a decision, else the same one as it is now."""
    which = _which(request.POST)
    if on or not getattr(request, "htmx", False):
        messages.success(request, said, extra_tags=_back_url(line, which) if line else "")
        chosen = read_id(request.POST.get("next_take")) if on else take.pk
        return go(request, address(take.project, which, chosen or ""))
    return _fragment(request, take, which, 200, {"text": said})


def _back_url(line: Decision, which: Which | None) -> str:
    url = reverse("take-decide-back", args=[line.generation_id, line.pk])
    return f"{url}?which={which.value}" if which else url


def way_back(line: Decision) -> dict[str, Any]:
    """The button of a toast that takes this decision back."""
    undoes = {"change": str(line.pk), "group": "review", "takes": [str(line.generation_id)]}
    return {"words": _("Undo"), "url": _back_url(line, None), "values": {}, "undoes": undoes}


def taken_back(request: HttpRequest, take: Generation, line: UUID, said: str) -> HttpResponse:
    """The playlist with this take in the player; the page of the take, where it was that."""
    if request.GET.get("which", "") in set(Which):
        messages.success(request, said)
        return go(request, address(take.project, _which(request.GET), take.pk))
    if not getattr(request, "htmx", False):
        messages.success(request, said)
        return redirect(take)
    back = {"change": str(line), "group": "review", "takes": [str(take.pk)]}
    return heard(204, {"takes:changed": back, "studio:toast": {"text": said}, "live:refresh": {}})


def not_taken_back(request: HttpRequest, take: Generation, status: int, error: Exception) -> HttpResponse:
    if request.GET.get("which", "") in set(Which):
        messages.error(request, str(error))
        return go(request, address(take.project, _which(request.GET)))
    if not getattr(request, "htmx", False):
        return not_done(request, take, status, error)
    return heard(status, {"studio:toast": {"text": str(error), "level": "error"}, "live:refresh": {}})


def refused(
    request: HttpRequest, take: Generation, status: int, error: Exception, **more: Any
) -> HttpResponse:
    which, toast = _which(request.POST), {"text": str(error), "level": "error"}
    return _fragment(request, take, which, status, toast, **more)


def _fragment(
    request: HttpRequest,
    take: Generation,
    which: Which,
    status: int,
    toast: dict[str, str],
    **more: Any,
) -> HttpResponse:
    project = open_project(request.user, take.project.slug)
    context = {**list_context(request, project, which, take.pk), **more}
    if not getattr(request, "htmx", False):
        messages.error(request, toast["text"])
        around = page_of(request, project, "review")
        return render(request, "generations/reviews.html", {**context, **around}, status=status)
    response = render(request, "generations/_reviews.html", context, status=status)
    response["HX-Trigger"] = json.dumps({"studio:toast": toast})
    return response
