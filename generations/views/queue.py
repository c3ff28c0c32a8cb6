"""The queue: what is on its way, mine or the team's, and what its author does with the turns of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from generations.models import Generation
from generations.queue_rows import context_of
from generations.services import queue as service
from generations.services import queues

from .answers import came_from
from .finding import read_id, take_for
from .statuses import REFUSALS, status_of


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "generations/queue.html", context_of(request.user, mine=_mine(request)))


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """204 while the version shown is the present one."""
    if request.GET.get("v") == queues.version_of(request.user):
        return HttpResponse(status=204)
    return render(request, "generations/_queue.html", context_of(request.user, mine=_mine(request)))


def _mine(request: HttpRequest) -> bool:
    return request.GET.get("who") != "team"


@require_POST
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """``to`` says by how much, or ``place_of`` names another take of mine: to where that one stands."""
    to, place_of = request.POST.get("to", ""), read_id(request.POST.get("place_of"))
    return _do(request, pk, lambda user, take: service.move(user, take, to, place_of))


@require_POST
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _do(request, pk, service.pause, _("Paused. It keeps its turn."))


@require_POST
def unpause(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _do(request, pk, service.unpause, _("In line again."))


def _do(
    request: HttpRequest, pk: UUID, verb: Callable[[Any, Generation], None], words: str = ""
) -> HttpResponse:
    """The page shows what came of it by its own poll."""
    take = take_for(request.user, pk)
    try:
        verb(request.user, take)
    except REFUSALS as error:
        return _said(request, str(error), status_of(error))
    return _said(request, words)


@require_POST
def pause_all(request: HttpRequest) -> HttpResponse:
    count = service.pause_all(request.user)
    return _said(request, ngettext("%(n)d take paused.", "%(n)d takes paused.", count) % {"n": count})


@require_POST
def unpause_all(request: HttpRequest) -> HttpResponse:
    count = service.unpause_all(request.user)
    words = ngettext("%(n)d take is in line again.", "%(n)d takes are in line again.", count)
    return _said(request, words % {"n": count})


def _said(request: HttpRequest, words: str, status: int = 204) -> HttpResponse:
    """htmx gets a toast; a plain form goes back to the page it stood on, a refused one to the queue."""
    bad = status >= 400
    if getattr(request, "htmx", False):
        answer = HttpResponse(status=status)
        if words:
            answer["HX-Trigger"] = json.dumps(
                {"studio:toast": {"text": words, "level": "error" if bad else ""}}
            )
        return answer
    if words:
        messages.add_message(request, messages.ERROR if bad else messages.SUCCESS, words)
    if bad:
        context = context_of(request.user, mine=True)
        return render(request, "generations/queue.html", context, status=status)
    return HttpResponseRedirect(came_from(request) or reverse("queue"))
