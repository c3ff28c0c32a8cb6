"""The studio page: the feed, and the composer below it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from generations import composer
from generations.forms import read_typed
from generations.models import Draft, Generation, Project

from .feed import feed_context
from .frame import page_of
from .opening import open_project


@require_GET
def studio(request: HttpRequest, slug: str) -> HttpResponse:
    return render_studio(request, open_project(request.user, slug))


def render_studio(
    request: HttpRequest, project: Any, *, desk: composer.Desk | None = None, status: int = 200, **said: Any
) -> HttpResponse:
    """The whole page; ``desk`` and what is said about it come from a form that was sent without scripts."""
    context = {**page_of(request, project, "studio"), **feed_context(project)}
    if context["can_compose"]:
        desk = desk or draft_desk(request.user, project)
        context["composer"] = composer.context_of(desk, **said)
        context["composer"]["focus"] = not context["feed"]["any"] or "focus" in request.GET
        context["sandbox_banner"] = banner_of(desk)
    return render(request, "generations/studio.html", context, status=status)


def banner_of(desk: composer.Desk) -> bool:
    """While the chosen account is a sandbox, or there is no other."""
    sandboxes = [offer.model.account.sandbox for offer in desk.offers]
    chosen = desk.offer is not None and desk.offer.model.account.sandbox
    return chosen or (bool(sandboxes) and all(sandboxes))


def draft_desk(user: Any, project: Project) -> composer.Desk:
    """What the person left here; with no draft the model of their last take."""
    draft = Draft.objects.filter(user=user, project=project).first()
    body = dict(draft.body) if draft else {}
    if not body.get("model"):
        last = Generation.objects.filter(project=project, author=user).order_by("-id").values("model_id").first()
        body["model"] = str(last["model_id"]) if last else ""
    return composer.lay(user, project, read_typed(body))
