"""What a take's verbs answer: the page or its fragment as it stands now, and one sentence about it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from generations.models import Generation

from .take_context import take_context

FRAGMENT, PAGE = "generations/_take.html", "generations/take.html"


def shown(
    request: HttpRequest,
    take: Generation,
    *,
    status: int = 200,
    said: str = "",
    bad: bool = False,
    action: dict[str, Any] | None = None,
    **more: Any,
) -> Any:
    """The take as it is now; htmx gets the fragment and a toast, a plain form the page.

    :param action: a button in the toast, see static/js/toast.js.
    :param more: what the page shows besides.
    """
    context = {**take_context(request, take), **more}
    if not getattr(request, "htmx", False):
        if said:
            messages.add_message(request, messages.ERROR if bad else messages.SUCCESS, said)
        return render(request, PAGE, context, status=status)
    response = render(request, FRAGMENT, context, status=status)
    if said:
        toast = {"text": said, "level": "error" if bad else "", **({"action": action} if action else {})}
        # whatever was done: an older offer to take a decision back is of a take that was another one
        moved = {} if bad else {"takes:changed": {"change": "", "group": "review", "takes": [str(take.pk)]}}
        response["HX-Trigger"] = json.dumps({**moved, "studio:toast": toast})
    return response


def refused(request: HttpRequest, take: Generation, status: int, error: Exception | str) -> HttpResponse:
    """Nothing happened: say why, over the fresh state."""
    take.refresh_from_db()
    return shown(request, take, status=status, said=str(error), bad=True)


def done(
    request: HttpRequest, take: Generation, said: str, *, action: dict[str, Any] | None = None
) -> HttpResponse:
    """It happened. A plain form goes back to the page that it stood on."""
    if getattr(request, "htmx", False):
        take.refresh_from_db()
        return shown(request, take, said=said, action=action)
    messages.success(request, said)
    return HttpResponseRedirect(came_from(request) or take.get_absolute_url())


def heard(status: int, events: dict[str, Any]) -> HttpResponse:
    """To htmx, where nothing is drawn: what scripts of the page hear, by name."""
    # HX-Reswap: an answer of 409 and 422 is drawn elsewhere, this one has nothing to draw
    return HttpResponse(status=status, headers={"HX-Trigger": json.dumps(events), "HX-Reswap": "none"})


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser to another page, whoever asked."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def own_page(request: HttpRequest, address: str) -> str:
    """Path and query of an address of this studio; empty for any other."""
    parts = urlsplit(address) if _is_ours(request, address) else urlsplit("")
    page = urlunsplit(("", "", parts.path, parts.query, ""))
    return page if _is_ours(request, page) else ""


def _is_ours(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())


def came_from(request: HttpRequest) -> str:
    """The page of this studio that the form stood on, or nothing."""
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if _is_ours(request, address):
            return address
    return ""
