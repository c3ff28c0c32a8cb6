"""Files of takes and assets. Every request, every range of it, asks anew whether this person may see it."""

from __future__ import annotations

import json
import re
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from generations.facenotes import MOST_LOOKS, note_of
from generations.filenames import file_name, name_of
from generations.models import Asset, Generation, Output
from generations.services import looking_in
from generations.services.offers import list_offers
from generations.services.travel import asset_at
from generations.serving import serve_file
from generations.storage import media_store
from generations.telling import recipe

from .finding import read_id, take_for

_SLOT = re.compile(r"[a-z_]{1,30}-\d{1,3}")


@require_safe
def media_output(request: HttpRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """One file of a take, to be shown: with ranges, an open one a mebibyte at a time."""
    return _output(request, pk, kind, download=False)


@require_safe
def take_download(request: HttpRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """The same file, to be kept, under a name that says what it is."""
    return _output(request, pk, kind, download=True)


@login_not_required
@require_safe
def gateway_input(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """One input file for a gateway that fetches it: no sign-in, only as long as its take is there."""
    asset = asset_at(token)
    if asset is None:
        raise Http404
    response = serve_file(
        request, media_store().path(asset.file), mime=asset.mime, etag=asset.sha256, filename=name
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _output(request: HttpRequest, pk: UUID, kind: str, *, download: bool) -> HttpResponseBase:
    takes = Generation.objects.visible_to(request.user)
    rows = Output.objects.filter(generation__in=takes).select_related(
        "generation__project", "generation__model"
    )
    output = get_object_or_404(rows, generation=pk, kind=kind)
    looking_in.trace(request.user, output.generation.project)
    return serve_file(
        request,
        media_store().path(output.file),
        mime=output.mime,
        etag=output.sha256,
        filename=name_of(output.generation, output),
        download=download,
    )


@require_safe
def take_recipe(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything needed to make the take again, as a JSON file."""
    take = take_for(request.user, pk)
    body = json.dumps(recipe.document(take), ensure_ascii=False, indent=2)
    response = HttpResponse(body + "\n", content_type="application/json; charset=utf-8")
    name = file_name(take, "recipe", ".json")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
def asset_thumb(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The small picture of an asset; sounds have none."""
    asset = _asset(request, pk)
    return _small_picture(request, asset, asset.thumb, "thumb")


@require_safe
def asset_face(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The note under a slot once its file was looked at for faces; empty where there is nothing to say."""
    asset, model = _asset(request, pk), read_id(request.GET.get("model"))
    offer = next((one for one in list_offers() if one.model.pk == model), None)
    looks, slot = request.GET.get("looks", ""), request.GET.get("slot", "")
    asked = int(looks) if looks.isascii() and looks.isdigit() and len(looks) < 3 else MOST_LOOKS
    note = note_of(asset, offer, slot if _SLOT.fullmatch(slot) else "", looks=asked)
    return render(request, "generations/_slot_face.html", {"face": note})


@require_safe
def asset_strip(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Ten tiles of a clip side by side."""
    asset = _asset(request, pk)
    return _small_picture(request, asset, asset.strip, "strip")


def _small_picture(request: HttpRequest, asset: Asset, file: str, what: str) -> HttpResponseBase:
    """:raises Http404: where it has not been made, or cannot be."""
    if not file:
        raise Http404
    etag, name = f"{asset.sha256}-{what}", f"{asset.name} ({what}).webp"
    return serve_file(request, media_store().path(file), mime="image/webp", etag=etag, filename=name)


@require_safe
def asset_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """An asset's original bytes; with ``?download`` to be kept."""
    asset = _asset(request, pk)
    if not asset.file:
        raise Http404
    return serve_file(
        request,
        media_store().path(asset.file),
        mime=asset.mime,
        etag=asset.sha256,
        filename=asset.name,
        download="download" in request.GET,
    )


def _asset(request: HttpRequest, pk: UUID) -> Asset:
    return get_object_or_404(Asset.objects.visible_to(request.user), pk=pk)
