"""What a person hears of their takes: the header's counts, the bell's list, and that something was seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations.services import news as service
from generations.services import notify, watching
from generations.watch import bell_of, watch_of

IN_THE_BELL, ON_THE_PAGE = 12, 60


@require_safe
def watch(request: HttpRequest) -> HttpResponse:
    """The header's part of every page; 204 while the version shown is the present one."""
    state = watching.state_of(request.user)
    if request.GET.get("v") == state.version:
        return HttpResponse(status=204)
    return _answer(request, state)


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The bell's list; a page of its own to a browser that follows the link."""
    short = getattr(request, "htmx", False)
    context = {"bell": bell_of(request.user, IN_THE_BELL if short else ON_THE_PAGE, short=short)}
    return render(request, "generations/_news.html" if short else "generations/news.html", context)


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """A visible page shows these takes as they are. Answers with the header's part as it is now."""
    takes = [pk for pk in map(_id, request.POST.getlist("take")) if pk][: service.MOST_AT_ONCE]
    service.saw(request.user, takes)
    notify.saw(request.user, takes)
    return _answer(request, watching.state_of(request.user))


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """All that was news by ``until``, when the page was drawn; what came since was not shown."""
    until = _moment(request.POST.get("until", ""))
    service.saw_all(request.user, until)
    notify.saw_all(request.user, until)
    if getattr(request, "htmx", False):
        return _answer(request, watching.state_of(request.user))
    messages.success(request, _("All marked as read."))
    return HttpResponseRedirect(reverse("news"))


def _answer(request: HttpRequest, state: watching.State) -> HttpResponse:
    return render(request, "generations/_watch.html", {"watch": watch_of(request.user, state)})


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    return found if timezone.is_aware(found) else None


def _id(text: Any) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
