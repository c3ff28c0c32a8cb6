"""Files of a link's takes, and drawings of its notes. Whether the link still holds is asked at every request,
each range of a clip included; members see the same in their preview."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from generations import guest_page
from generations.filenames import SUFFIXES, joined
from generations.models import GuestCopy, Output, ShareLink
from generations.services import guest_copies, guest_notes, share_takes
from generations.services.share_takes import Shown
from generations.serving import serve_file
from generations.storage import media_store

from .guest_door import discreet, for_guests, visit_of


@for_guests
@require_safe
def file(request: HttpRequest, token: str, key: str, kind: str) -> HttpResponseBase:
    return _serve(request, visit_of(request, token).share, key, kind)


@for_guests
@require_safe
def download(request: HttpRequest, token: str, key: str) -> HttpResponseBase:
    """The clip to be kept, where the link allows it."""
    share = visit_of(request, token).share
    if not share.may_download:
        return HttpResponse(_("This link does not allow downloads."), status=403, content_type="text/plain")
    return _serve(request, share, key, "download")


@require_safe
def preview_file(request: HttpRequest, pk: UUID, key: str, kind: str) -> HttpResponseBase:
    """As guests get it, for who may share the project."""
    share = get_object_or_404(ShareLink.objects.visible_to(request.user), pk=pk)
    if kind == "download" and not share.may_download:
        raise PermissionDenied
    return discreet(_serve(request, share, key, kind))


@for_guests
@require_safe
def drawing(request: HttpRequest, token: str, key: str, note: str) -> HttpResponse:
    """The shapes of a note that guests of this link read; the page asks for them when the note is chosen."""
    return _shapes(visit_of(request, token).share, key, note)


@require_safe
def preview_drawing(request: HttpRequest, pk: UUID, key: str, note: str) -> HttpResponseBase:
    share = get_object_or_404(ShareLink.objects.visible_to(request.user), pk=pk)
    return discreet(_shapes(share, key, note))


def _shapes(share: ShareLink, key: str, note: str) -> HttpResponse:
    """:raises Http404: no such take in this link, no such note there, or it has no drawing."""
    one = share_takes.find(share, key)
    found = guest_notes.find(share, one.take, note) if one else None
    if found is None or not found.drawing:
        raise Http404
    return JsonResponse({"shapes": found.drawing})


def _serve(request: HttpRequest, share: ShareLink, key: str, kind: str) -> HttpResponseBase:
    """:raises Http404: no such take in this link, or its file is not there yet."""
    one = share_takes.find(share, key)
    found = _found(one, kind) if one else None
    if one is None or found is None:
        raise Http404
    return serve_file(
        request,
        media_store().path(found.file),
        mime=found.mime,
        etag=found.sha256,
        filename=name_of(share, one, kind, SUFFIXES.get(found.mime, "")),
        download=kind == "download",
    )


def _found(one: Shown, kind: str) -> Output | GuestCopy | None:
    if kind == "video":
        return guest_page.played(one.take)
    if kind == "download":
        return guest_copies.ready(one.take)
    return next((out for out in one.take.outputs.all() if out.kind == kind), None)


def name_of(share: ShareLink, one: Shown, kind: str, suffix: str) -> str:
    """``First Light 03 - The pier - V2.mp4``: the link's title, the number, caption and version there; guests
    read all of that anyway, and nothing else stands in it."""
    part = {"poster": _("poster"), "small": _("small poster"), "strip": _("strip")}.get(kind, "")
    return joined([f"{share.title} {one.number:02d}", one.caption, one.version, part], suffix)
