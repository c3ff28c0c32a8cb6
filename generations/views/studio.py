"""The studio page: the feed, and the composer below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from generations import composer, standstill
from generations.desk import Desk, lay
from generations.forms import read_typed
from generations.models import Draft, Generation, Project, Verb
from generations.services import drafts, feed, shots

from .feed import feed_context
from .finding import read_id
from .frame import page_of
from .once import key_for
from .opening import may, open_project


@require_safe
def studio(request: HttpRequest, slug: str) -> HttpResponse:
    """``shot``, its id, is put into the composer, as a choice of this person."""
    project = open_project(request.user, slug)
    if "shot" not in request.GET or not may(project, Verb.COMPOSE) or project.archived_at:
        return render_studio(request, project)
    if shot := shots.find(project, read_id(request.GET["shot"])):
        drafts.put(request.user, project, shot=str(shot.pk))
    else:
        messages.error(request, _("This shot is not there any more."))
    return redirect(f"{project.get_absolute_url()}?focus=prompt")  # or a reload would choose it once more


def render_studio(
    request: HttpRequest, project: Any, *, desk: Desk | None = None, status: int = 200, **said: Any
) -> HttpResponse:
    """The whole page; ``desk`` and what is said about it come from a form that was sent without scripts."""
    page = feed.first_page(project)
    context = {**page_of(request, project, "studio"), **feed_context(project, page)}
    if context["can_compose"]:
        draft = drafts.of(request.user, project)
        seen = seen_of(request) if desk else drafts.Seen(draft.version)
        desk = desk or laid(draft, page.takes)
        context["composer"] = {**composer.context_of(desk, **said), **_kept(request, draft, seen)}
        context["composer"]["focus"] = not context["feed"]["any"] or "focus" in request.GET
        context["sandbox_banner"] = banner_of(desk)
        context["stop"] = standstill.over_composer(desk)
    else:
        context["stop"] = standstill.everywhere()
    return render(request, "generations/studio.html", context, status=status)


def render_composer(
    request: HttpRequest, desk: Desk, *, draft: Draft | None = None, status: int = 200, **said: Any
) -> HttpResponse:
    """The composer alone. ``draft`` is what the page has just saved or been given; without it the page knows
    of its draft what it knew before."""
    seen = seen_of(request)
    if draft:
        seen = drafts.Seen(draft.version, seen.tab)
    kept = _kept(request, draft or drafts.of(request.user, desk.project), seen)
    context = {
        "composer": {**composer.context_of(desk, **said), **kept},
        "sandbox_banner": banner_of(desk),
        "stop": standstill.over_composer(desk),
        "swapped": True,
    }
    return render(request, "generations/_composer.html", context, status=status)


def seen_of(request: HttpRequest) -> drafts.Seen:
    """The version of the draft that a posted composer shows, and the name of its page."""
    version, tab = request.POST.get("draft_version", ""), request.POST.get("draft_tab", "")
    number = int(version) if version.isdecimal() and len(version) < 10 else 0
    return drafts.Seen(number, tab if len(tab) == 32 and tab.isascii() and tab.isalnum() else "")


def _kept(request: HttpRequest, draft: Draft, seen: drafts.Seen) -> dict[str, Any]:
    """What the composer says of its draft and of its next click; a page that is opened gets a name of its
    own."""
    return {
        "idem_key": key_for(request, "form"),
        "draft_version": seen.version,
        "draft_tab": seen.tab or uuid4().hex,
        "draft_by": draft.tab,
        "replaced": draft.replaced.get("words", ""),
    }


def banner_of(desk: Desk) -> bool:
    """While the chosen account is a sandbox, or there is no other."""
    sandboxes = [offer.model.account.sandbox for offer in desk.offers]
    chosen = desk.offer is not None and desk.offer.model.account.sandbox
    return chosen or (bool(sandboxes) and all(sandboxes))


def draft_desk(user: Any, project: Project) -> Desk:
    return laid(drafts.of(user, project))


def laid(draft: Draft, takes: Sequence[Generation] = ()) -> Desk:
    """What the person left here; with no model in it that of their last take on the page."""
    body = dict(draft.body)
    if not body.get("model"):
        mine = [take for take in takes if take.author_id == draft.user_id]
        body["model"] = str(max(mine, key=lambda take: take.id.int).model_id) if mine else ""
    return lay(draft.user, draft.project, read_typed(body))
