"""The pages of a guest: the door, and the takes of the link. See ``guest_door`` for who gets in.

The door opens by POST alone: programs that only look at an address, to preview it in a chat, use up no view.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from generations import guest_page
from generations.guest_page import Visit
from generations.models import ShareLink
from generations.services import guest_copies, guest_looks, guest_tries, guests, share_takes
from generations.services.share_takes import Shown

from .guest_door import closed, for_guests, hint_for, key_of, let_in, visit_of, was_in

_KEY = re.compile("[0-9a-f]{16}")


@for_guests
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponse:
    """GET: the first take for who is in, else the door; POST goes through it."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if request.method == "POST" and guest_tries.too_fast(address):
        return wait(request, _("Too many tries from this address. Wait a minute."), 60)
    share = guests.link_of(token)
    if share is None:
        return closed(request, was_in=was_in(request, token))
    is_in, enters = guests.guest_of(share, key_of(request)), request.method == "POST"
    if is_in:
        return _on(request, token) if enters else show(request, visit_of(request, token), "")
    if not guests.is_open(share):
        return closed(request)
    return _enter(request, share, token, address) if enters else _door(request, share, token)


def _door(
    request: HttpRequest, share: ShareLink, token: str, *, key: str = "", problem: str = ""
) -> HttpResponse:
    """:param key: of the take that they wanted to see, which nobody looks at before they are in."""
    context = {"brand": share.brand, "asks": bool(share.passphrase), "problem": problem}
    context |= {"door_url": reverse("guest", args=[token]), "take": key}
    return render(request, "guests/door.html", context, status=422 if problem else 200)


def _enter(request: HttpRequest, share: ShareLink, token: str, address: str) -> HttpResponse:
    if share.passphrase:
        if guest_tries.locked_out(share, address):
            return wait(request, _("Too many wrong passphrases. Wait 15 minutes."), 15 * 60)
        if not guests.passes(share, request.POST.get("passphrase", "")[:1000]):
            key, problem = request.POST.get("take", "")[:40], _("This is not the passphrase.")
            return _door(request, share, token, key=key, problem=problem)
        guest_tries.opened(share, address)
    begun = guests.begin(share)
    return let_in(_on(request, token), token, begun[1]) if begun else closed(request)


def _on(request: HttpRequest, token: str) -> HttpResponse:
    """To the take that they came for, else to the first."""
    key = request.POST.get("take", "")
    return redirect("guest-take", token, key) if _KEY.fullmatch(key) else redirect("guest", token)


def wait(request: HttpRequest, message: str, seconds: int) -> HttpResponse:
    response = render(request, "guests/wait.html", {"message": message}, status=429)
    response["Retry-After"] = str(seconds)
    return response


@for_guests
@require_safe
def take(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """The page of one take; who has no session yet stands at the door."""
    share = guests.link_of(token)
    if share is None:
        return closed(request, was_in=was_in(request, token))
    if guests.guest_of(share, key_of(request)) is None:
        return _door(request, share, token, key=key) if guests.is_open(share) else closed(request)
    return show(request, visit_of(request, token), key)


@for_guests
@require_safe
def live(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """204 while the browser shows the present version; a take that is gone shows what is left."""
    return show(request, visit_of(request, token), key, live=True)


@for_guests
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    raise Http404


def show(
    request: HttpRequest, visit: Visit, key: str, *, live: bool = False, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page or its live fragment; without a key the first take. 204 to a look at what is as it was."""
    listed = share_takes.listed(visit.share)
    look, known = guest_looks.look_of(visit.share, visit.guest, listed), request.GET.get("v", "")
    if live and look.is_as(key, known):
        return HttpResponse(status=204)
    takes = share_takes.read(visit.share, listed)
    now = _current(takes, key)
    if now is None and key and not live and not problem:
        status = 404  # the link holds: the others are offered
    guest_copies.ask_for(one.take for one in takes)
    context: dict[str, Any] = guest_page.context(visit, takes, now)
    settled = all(guest_copies.is_settled(one.take) for one in takes)
    look.remember(now.key if now else "", context["version"], settled=settled)
    if live and known == context["version"]:
        return HttpResponse(status=204)
    context["live_url"] = f"{visit.root}/{now.key if now else key or '0' * 16}/live"
    context |= {**guest_page.frame(visit, request.user), "problem": problem}
    context["hint"] = hint_for(request, visit.share)
    part = live or bool(getattr(request, "htmx", False))
    template = "guests/_page.html" if part else "guests/page.html"
    return render(request, template, context, status=status)


def _current(takes: list[Shown], key: str) -> Shown | None:
    if not key:
        return takes[0] if takes else None
    return next((one for one in takes if one.key == key), None)


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Another page of the guest, whoever asked."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
