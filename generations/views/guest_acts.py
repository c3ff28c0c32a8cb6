"""What guests write and decide, by POST alone. Who has no name yet is asked for it first; who decides gives
an address as well, where the studio can mail a code."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from generations import forms_notes
from generations.guest_page import Visit, seen_key
from generations.models import Audience, Comment, Guest, Review
from generations.services import (
    client_decisions,
    comments,
    guest_codes,
    guest_notes,
    guest_tries,
    guests,
    review,
    share_takes,
)
from generations.services.refusals import NotAllowed
from generations.services.share_takes import Shown
from generations.services.writers import Writer

from .guest import go, show, wait
from .guest_door import for_guests, guest_in, visit_of
from .statuses import REFUSALS, status_of

GONE = lazy("This take is not part of the link any more; nothing was sent.")
BACK = "back-"  # and the word that is taken back
SENT_AT_ONCE = 30  # notes a minute of one address


@for_guests
@require_POST
def note(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """``body``, with ``frame`` on a frame, with ``to`` (a note's key) as a reply; ``name`` the first time."""
    visit, one = _take(request, token, key)
    guest = guest_in(visit)
    if one is None:
        return show(request, visit, key, problem=str(GONE), status=409)
    if visit.share.may_comment and guest_tries.too_fast(
        _address(request), guest_tries.Kind.NOTE, SENT_AT_ONCE
    ):
        return show(request, visit, key, problem=_("That was quick. Wait a minute."), status=429)
    return _do(request, visit, key, lambda: _write(visit, guest, one, request.POST))


def _write(visit: Visit, guest: Guest, one: Shown, given: QueryDict) -> Comment:
    """:raises NotAllowed, NoName, BadNote, NoSuchNote, WrongState:"""
    if not visit.share.may_comment:
        raise NotAllowed(_("This link does not allow notes."))
    if not guest.name:
        guests.name(guest, given.get("name", ""))
    parent = _parent(visit, one, given.get("to", ""))
    return comments.write(
        Writer(guest=guest),
        one.take,
        body=given.get("body", ""),
        audience=Audience.CLIENT,
        frame=forms_notes.number(given, "frame") if parent is None else None,
        drawing=forms_notes.drawing(given) if parent is None else [],
        parent=parent,
    )


@for_guests
@require_POST
def take_back(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """A note of one's own goes; ``note`` is its key."""
    visit, one = _take(request, token, key)
    found = guest_notes.find(visit.share, one.take, request.POST.get("note", "")) if one else None
    if found is None:
        return show(request, visit, key, problem=_("There is no such note."), status=409)
    return _do(request, visit, key, lambda: comments.delete(Writer(guest=guest_in(visit)), found))


def _do(request: HttpRequest, visit: Visit, key: str, verb: Callable[[], Comment]) -> HttpResponse:
    """What the page shows after it, or why nothing was done. The page is told which note it was, and shows
    what was drawn on it."""
    try:
        done = verb()
    except comments.NoSuchNote as error:
        return show(request, visit, key, problem=str(error), status=409)
    except REFUSALS as error:
        return show(request, visit, key, problem=str(error), status=status_of(error))
    response = _shown(request, visit, key)
    named = {"id": share_takes.key_of(visit.share, "note", done.pk)}
    response["HX-Trigger"] = json.dumps({"note:done": named})
    return response


@for_guests
@require_POST
def decide(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """``review``: approved, changes, or back- and the word that they take back; ``seen``: the clip that they
    looked at."""
    visit, one = _take(request, token, key)
    if one is None:
        return show(request, visit, key, problem=str(GONE), status=409)
    guest = guest_in(visit)
    if visit.share.may_approve and (not guest.name or guest_codes.needed(guest)):
        kept = {name: request.POST.get(name, "")[:40] for name in ("review", "seen")}
        return go(request, f"{reverse('guest-who', args=[token])}?{urlencode({'take': key, **kept})}")
    if guest_tries.too_fast(_address(request), guest_tries.Kind.NOTE, SENT_AT_ONCE):
        return show(request, visit, key, problem=_("That was quick. Wait a minute."), status=429)
    status, problem = _decide(visit, one, request.POST)
    return (
        show(request, visit, key, problem=problem, status=status) if problem else _shown(request, visit, key)
    )


def _decide(visit: Visit, one: Shown, given: Any) -> tuple[int, str]:
    """A newer version that this link does not show is no matter of theirs.

    :returns: a status, and what is wrong; empty where it is done.
    """
    said = given.get("review", "")
    if not visit.share.may_approve:
        return 403, _("This link does not allow decisions.")
    if not guest_in(visit).name:
        return 422, _("Say who you are first.")
    if said.removeprefix(BACK) not in client_decisions.WORDS:
        return 422, _("Approve it, or ask for changes.")
    if given.get("seen") != seen_key(visit.share, one.take):
        return 409, _("The clip is another one since you looked. Look at it again, then decide.")
    guest, seen = guest_in(visit), review.Seen(review.sha256_of(one.take), anyway=True)
    try:
        if said.startswith(BACK):
            client_decisions.take_back(guest, one.take, said.removeprefix(BACK))
        else:
            client_decisions.decide(guest, one.take, Review(said), seen=seen)
    except REFUSALS as error:
        return status_of(error), str(error)
    return 200, ""


class WhoForm(forms.Form):
    """A name, and an address where a code is mailed."""

    name = forms.CharField(
        label=lazy("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=lazy("Your mail address"),
        max_length=254,
        help_text=lazy("A code is sent there, so that nobody else decides in your name."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, data: Any, *, visit: Visit) -> None:
        guest = guest_in(visit)
        super().__init__(data, initial={"name": guest.name, "email": guest.email}, label_suffix="")
        if guest.name:
            del self.fields["name"]
        if not guest_codes.needed(guest):
            del self.fields["email"]
        for first in list(self.fields.values())[:1]:
            first.widget.attrs["autofocus"] = True


@for_guests
@require_http_methods(["GET", "HEAD", "POST"])
def who(request: HttpRequest, token: str) -> HttpResponse:
    """Who they are, before they decide. With ``code``: what came by mail; then what they meant is done."""
    visit = visit_of(request, token)
    if not visit.share.may_approve:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    if "code" in request.POST:
        return _confirm(request, visit, given)
    form = WhoForm(request.POST if request.method == "POST" else None, visit=visit)
    if not form.is_valid():
        return _who(request, visit, given, form)
    guest = guest_in(visit)
    try:
        if form.cleaned_data.get("name"):
            guests.name(guest, form.cleaned_data["name"])
        if form.cleaned_data.get("email"):
            guest_codes.ask(guest, form.cleaned_data["email"], _address(request))
            guest.refresh_from_db()
            return _who(request, visit, given, None)
    except guests.NoName as error:
        form.add_error("name", str(error))
        return _who(request, visit, given, form)
    except guest_codes.TooOften as error:
        return wait(request, str(error), 60)
    return _finish(request, visit, given)


def _confirm(request: HttpRequest, visit: Visit, given: Any) -> HttpResponse:
    guest = guest_in(visit)
    if guest_codes.needed(guest) and not guest_codes.check(guest, given.get("code", "")[:40]):
        return _who(request, visit, given, None, _("This is not the code, or its time is over."))
    return _finish(request, visit, given)


def _who(
    request: HttpRequest, visit: Visit, given: Any, form: WhoForm | None, problem: str = ""
) -> HttpResponse:
    """Without a form: the place for the code."""
    status = 422 if problem or (form is not None and form.is_bound) else 200
    one = share_takes.find(visit.share, given.get("take", ""))
    context = {
        "form": form,
        "email": guest_in(visit).email,
        "problem": problem,
        "back": f"{visit.root}/{one.key}#decide" if one else visit.root,
        "kept": {name: given.get(name, "")[:40] for name in ("take", "review", "seen")},
        "approves": given.get("review") == Review.APPROVED,
        "share_title": visit.share.title,
        "take_title": one.title if one else "",
    }
    return render(request, "guests/who.html", context, status=status)


def _finish(request: HttpRequest, visit: Visit, given: Any) -> HttpResponse:
    """Now that it is known who they are: what they had pressed."""
    one = share_takes.find(visit.share, given.get("take", ""))
    if one is None:
        return go(request, visit.root)
    status, problem = _decide(visit, one, given)
    if problem:
        return show(request, visit, one.key, problem=problem, status=status)
    return _shown(request, visit, one.key)


def _take(request: HttpRequest, token: str, key: str) -> tuple[Visit, Shown | None]:
    visit = visit_of(request, token)
    return visit, share_takes.find(visit.share, key)


def _shown(request: HttpRequest, visit: Visit, key: str) -> HttpResponse:
    """A view may find the take no more for what was decided: then what it still finds."""
    if share_takes.find(visit.share, key) is None:
        return go(request, visit.root)
    if not getattr(request, "htmx", False):
        return go(request, f"{visit.root}/{key}")
    return show(request, visit, key)


def _parent(visit: Visit, one: Shown, key: str) -> Any:
    """:raises NoSuchNote: there is none that this link's guests read."""
    found = guest_notes.find(visit.share, one.take, key) if key else None
    if key and found is None:
        raise comments.NoSuchNote(_("There is no such note."))
    return found


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
