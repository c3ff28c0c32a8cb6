"""The prompts panel of the composer: what a person wrote here, what the team saved, and its search."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from generations.models import PastPrompt, SavedPrompt, Verb
from generations.services import past_prompts, saved_prompts
from generations.services.compose import Refused
from generations.services.refusals import NotAllowed
from providers.gateways.plain import keepable_text

from .frame import page_of
from .opening import may, open_writable

MOST_LISTED = 200  # of the saved ones; the search looks through all
HISTORY = "history"
TABS: dict[str, Any] = {
    HISTORY: lazy("History"),
    "prompt": lazy("Saved"),
    "snippet": lazy("Snippets"),
    "negative": lazy("Negative"),
}


@require_safe
def panel(request: HttpRequest, slug: str) -> HttpResponse:
    """``tab`` is history or a kind, ``q`` the search. A dialog, its content, or a page without scripts."""
    return _shown(request, open_writable(request, slug), request.GET.get("tab", ""))


@require_safe
def past(request: HttpRequest, slug: str) -> HttpResponse:
    """``{"texts"}``, the latest first: what the composer walks through by key."""
    project = open_writable(request, slug)
    return JsonResponse({"texts": [row.text for row in past_prompts.find(request.user, project)]})


@require_POST
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """A new one, or with ``id`` another name or text for one that is there."""
    project = open_writable(request, slug)
    kind, name = request.POST.get("kind", ""), request.POST.get("name", "")
    text, chosen = request.POST.get("text", ""), request.POST.get("id", "")
    try:
        if chosen:
            row = get_object_or_404(_saved(project), pk=_uuid(chosen))
            kind = saved_prompts.change(request.user, row, name, text).kind
        else:
            saved_prompts.save(request.user, project, kind, name, text)
    except Refused as error:
        wrong = {"name": name, "text": text, "id": chosen, "error": str(error)}
        return _shown(request, project, kind, status=422, wrong=wrong)
    return _shown(request, project, kind)


@require_POST
def delete(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    project = open_writable(request, slug)
    row = get_object_or_404(_saved(project), pk=pk)
    try:
        saved_prompts.delete(request.user, row)
    except NotAllowed as error:
        return _shown(request, project, row.kind, status=403, wrong={"error": str(error)})
    return _shown(request, project, row.kind)


@require_POST
def forget(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Out of the person's history; the takes that were made of it keep their words."""
    project = open_writable(request, slug)
    get_object_or_404(PastPrompt, pk=pk, user=request.user, project=project).delete()
    return _shown(request, project, HISTORY)


def _saved(project: Any) -> Any:
    return SavedPrompt.objects.filter(project=project).select_related("project", "owner")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _shown(
    request: HttpRequest, project: Any, tab: str, *, status: int = 200, wrong: dict[str, str] | None = None
) -> HttpResponse:
    tab = tab if tab in TABS else HISTORY
    words = keepable_text(request.GET.get("q", "")[:200])
    listed = _past if tab == HISTORY else _items
    items = listed(request.user, project, tab, words)
    context = {
        "project": project,
        "tab": tab,
        "kinds": [{"name": name, "label": label, "current": name == tab} for name, label in TABS.items()],
        "q": words,
        "items": items[:MOST_LISTED],
        "more": len(items) > MOST_LISTED,
        "nothing": _nothing(tab, words),
        "wrong": wrong or {},
    }
    if not getattr(request, "htmx", False):
        context |= page_of(request, project, "studio")
        return render(request, "generations/prompts.html", context, status=status)
    part = "_prompts_dialog" if request.htmx.target == "dialog-host" else "_prompts"
    return render(request, f"generations/{part}.html", context, status=status)


def _past(user: Any, project: Any, _tab: str, words: str) -> list[dict[str, Any]]:
    return [{"row": row, "text": row.text, "past": True} for row in past_prompts.find(user, project, words)]


def _items(user: Any, project: Any, kind: str, words: str) -> list[dict[str, Any]]:
    owns = may(project, Verb.MANAGE)
    return [
        {
            "row": row,
            "text": row.text,
            "name": row.name,
            "variables": saved_prompts.variables_of(row.text),
            "deletable": owns or row.owner_id == user.pk,
        }
        for row in saved_prompts.find(project, kind, words)[: MOST_LISTED + 1]
    ]


def _nothing(tab: str, words: str) -> str:
    if words:
        return _("Nothing holds all of these words.")
    return {
        HISTORY: _("The prompts that you generate with are kept here, and those that you wrote others over."),
        "prompt": _("Prompts that the whole team can use. Write {{subject}} where something is filled in."),
        "snippet": _("Pieces of a prompt, put in at the cursor: a lens, a light, a camera move."),
        "negative": _("What clips should not show, for models that take a negative prompt."),
    }[tab]
