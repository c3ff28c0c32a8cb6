"""The draft of a composer: saved while a person types, told apart from another tab's, and taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from generations.desk import lay
from generations.forms import Typed, read_typed
from generations.models import Draft
from generations.services import drafts, past_prompts

from .opening import open_writable
from .studio import laid, render_composer, seen_of


@require_POST
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """``{"version"}``; 409 with the question whose words to keep where another tab has saved meanwhile."""
    project = open_writable(request, slug)
    typed = read_typed(request.POST)
    try:
        draft = drafts.save(request.user, project, typed.as_draft(), seen_of(request))
    except drafts.ChangedElsewhere as error:
        context = {"project": project, "theirs": error.draft, "mine": typed.prompt}
        return render(request, "generations/_draft_conflict.html", context, status=409)
    return JsonResponse({"version": draft.version})


@require_POST
def set_aside(request: HttpRequest, slug: str) -> HttpResponse:
    """A page that goes away unsaved leaves its words in the history."""
    project = open_writable(request, slug)
    past_prompts.remember(request.user, project, [read_typed(request.POST).prompt], sent=False)
    return HttpResponse(status=204)


@require_POST
def keep_mine(request: HttpRequest, slug: str) -> HttpResponse:
    """This tab's composer is the draft; the words of the other one stay in the history."""
    project = open_writable(request, slug)
    typed = read_typed(request.POST)
    draft = drafts.save_over(request.user, project, typed.as_draft(), tab=seen_of(request).tab)
    if not request.htmx:
        return redirect("studio", slug)
    return render_composer(request, lay(request.user, project, typed), draft=draft)


@require_POST
def use_theirs(request: HttpRequest, slug: str) -> HttpResponse:
    """The other tab's draft comes here; the words of this one stay in the history."""
    project = open_writable(request, slug)
    past_prompts.remember(request.user, project, [read_typed(request.POST).prompt], sent=False)
    return _shown(request, drafts.of(request.user, project))


@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Back to what stood here before a take or a recipe was put in."""
    project = open_writable(request, slug)
    return _shown(request, drafts.undo(request.user, project, tab=seen_of(request).tab))


def _shown(request: HttpRequest, draft: Draft) -> HttpResponse:
    if not request.htmx:
        return redirect("studio", draft.project.slug)
    return render_composer(request, laid(draft), draft=draft)


def keep(request: HttpRequest, project: Any, typed: Typed) -> Draft | None:
    """Save what a page's composer holds now; None where another tab's words stand there and stay."""
    try:
        return drafts.save(request.user, project, typed.as_draft(), seen_of(request))
    except drafts.ChangedElsewhere:
        return None
