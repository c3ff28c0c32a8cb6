"""The studio page: the feed, and the composer below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from generations import composer
from generations.desk import Desk, lay
from generations.forms import read_typed
from generations.models import Draft, Generation, Project
from generations.services import feed

from .feed import feed_context
from .frame import page_of
from .opening import open_project


@require_safe
def studio(request: HttpRequest, slug: str) -> HttpResponse:
    return render_studio(request, open_project(request.user, slug))


def render_studio(
    request: HttpRequest, project: Any, *, desk: Desk | None = None, status: int = 200, **said: Any
) -> HttpResponse:
    """The whole page; ``desk`` and what is said about it come from a form that was sent without scripts."""
    page = feed.first_page(project)
    context = {**page_of(request, project, "studio"), **feed_context(project, page)}
    if context["can_compose"]:
        desk = desk or draft_desk(request.user, project, page.takes)
        context["composer"] = composer.context_of(desk, **said)
        context["composer"]["focus"] = not context["feed"]["any"] or "focus" in request.GET
        context["sandbox_banner"] = banner_of(desk)
    return render(request, "generations/studio.html", context, status=status)


def banner_of(desk: Desk) -> bool:
    """While the chosen account is a sandbox, or there is no other."""
    sandboxes = [offer.model.account.sandbox for offer in desk.offers]
    chosen = desk.offer is not None and desk.offer.model.account.sandbox
    return chosen or (bool(sandboxes) and all(sandboxes))


def draft_desk(user: Any, project: Project, takes: Sequence[Generation]) -> Desk:
    """What the person left here; with no model in it that of their last take on the page."""
    draft = Draft.objects.filter(user=user, project=project).first()
    body = dict(draft.body) if draft else {}
    if not body.get("model"):
        mine = [take for take in takes if take.author_id == user.pk]
        body["model"] = str(max(mine, key=lambda take: take.id.int).model_id) if mine else ""
    return lay(user, project, read_typed(body))
