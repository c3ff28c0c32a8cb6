"""/api/v1/generations/{id}/content and its pictures: the stored files, by the byte."""

from __future__ import annotations

from pathlib import PurePosixPath
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router

from generations.models import Generation, Output
from generations.services import looking_in
from generations.serving import serve_file
from generations.storage import media_store

from .errors import not_found

router = Router(tags=["files"])
_FILE = {
    "responses": {
        200: {
            "description": "the file",
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        },
        206: {"description": "the part that Range asked for; an open range gets up to 1 MiB"},
        304: {"description": "not changed since If-None-Match"},
        416: {"description": "the file has no such part"},
    }
}


def _serve(request: HttpRequest, take_id: UUID, kind: Output.Kind) -> HttpResponseBase:
    takes = Generation.objects.visible_to(request.user)
    rows = Output.objects.filter(generation__in=takes, generation=take_id, kind=kind)
    output = rows.select_related("generation__project").first()
    if output is None or not output.file:
        raise not_found()
    looking_in.trace(request.user, output.generation.project)
    name = f"{take_id}{PurePosixPath(output.file).suffix}"
    path = media_store().path(output.file)
    return serve_file(request, path, mime=output.mime, etag=output.sha256, filename=name)


@router.api_operation(["GET", "HEAD"], "/{uuid:take_id}/content", openapi_extra=_FILE)
def content(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    """The clip, as the gateway delivered it."""
    return _serve(request, take_id, Output.Kind.VIDEO)


@router.api_operation(["GET", "HEAD"], "/{uuid:take_id}/poster", openapi_extra=_FILE)
def poster(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    return _serve(request, take_id, Output.Kind.POSTER)


@router.api_operation(["GET", "HEAD"], "/{uuid:take_id}/small", openapi_extra=_FILE)
def small(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    """The poster at 480 pixels a side, for lists."""
    return _serve(request, take_id, Output.Kind.SMALL)


@router.api_operation(["GET", "HEAD"], "/{uuid:take_id}/strip", openapi_extra=_FILE)
def strip(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    """Ten frames side by side."""
    return _serve(request, take_id, Output.Kind.STRIP)


@router.api_operation(["GET", "HEAD"], "/{uuid:take_id}/last_frame", openapi_extra=_FILE)
def last_frame(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    return _serve(request, take_id, Output.Kind.LAST_FRAME)


@router.api_operation(["GET", "HEAD"], "/{uuid:take_id}/sounded", openapi_extra=_FILE)
def sounded(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    """An enlarged clip with the sound of its source, where the gateway delivered it silent."""
    return _serve(request, take_id, Output.Kind.SOUNDED)


@router.api_operation(["GET", "HEAD"], "/{uuid:take_id}/proxy", openapi_extra=_FILE)
def proxy(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    """A copy to review frame by frame, where a browser cannot find or show each frame of the clip itself."""
    return _serve(request, take_id, Output.Kind.PROXY)
