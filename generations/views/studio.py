"""The studio page: the feed, and the composer below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from generations import composer, standstill
from generations.desk import Desk, lay
from generations.forms import read_typed
from generations.models import Draft, Generation, Project
from generations.services import drafts, feed, shots

from .feed import feed_context
from .finding import read_id
from .frame import page_of
from .once import key_for
from .opening import open_project


@require_safe
def studio(request: HttpRequest, slug: str) -> HttpResponse:
    """``shot``, its id, stands in the composer; the draft has it with the first change that is kept."""
    project = open_project(request.user, slug)
    shot = read_id(request.GET.get("shot"))
    if "shot" in request.GET and shots.find(project, shot) is None:
        messages.error(request, _("This shot is not there any more."))
    return render_studio(request, project, shot=shot)


def render_studio(
    request: HttpRequest,
    project: Any,
    *,
    desk: Desk | None = None,
    shot: UUID | None = None,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    """The whole page; ``desk`` and what is said about it come from a form that was sent without scripts.
    ``shot`` is put in the place of the one in the draft, there any more or not."""
    page = feed.first_page(project)
    context = {**page_of(request, project, "studio"), **feed_context(project, page)}
    if context["can_compose"]:
        draft = drafts.of(request.user, project)
        seen = seen_of(request) if desk else drafts.Seen(draft.version)
        desk = desk or laid(draft, page.takes, shot)
        context["composer"] = {**composer.context_of(desk, **said), **_kept(request, draft, seen)}
        context["composer"]["focus"] = (
            not context["feed"]["any"] or shot is not None or "focus" in request.GET
        )
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


def laid(draft: Draft, takes: Sequence[Generation] = (), shot: UUID | None = None) -> Desk:
    """What the person left here; with no model in it that of their last take on the page.

    :param shot: in the place of the draft's own."""
    body = {**draft.body, **({"shot": str(shot)} if shot else {})}
    if not body.get("model"):
        mine = [take for take in takes if take.author_id == draft.user_id]
        body["model"] = str(max(mine, key=lambda take: take.id.int).model_id) if mine else ""
    return lay(draft.user, draft.project, read_typed(body))
