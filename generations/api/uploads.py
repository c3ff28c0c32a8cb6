"""/api/v1/uploads: files in parts, by tus 1.0 (core, creation, expiration, termination).

The one door for programs and for the pages' own script (static/js/upload.js). What tus leaves open: the
request that brings the last byte also looks at the file, and refuses it with 422; ``GET`` tells what
became of it.
See https://tus.io/protocols/resumable-upload (read 2026-11).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import UTC
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.http import http_date
from django.utils.translation import gettext as _
from ninja import Router

from generations.models import Upload, Verb
from generations.services import chunks
from generations.services.assets import UploadRefused

from . import answers_assets
from .errors import ApiError, not_found
from .find import get_open_project

router = Router(tags=["uploads"])
VERSION = "1.0.0"
PART = "application/offset+octet-stream"
_STATUS = {"too_big": 413, "no_room": 507, "too_many": 429, "not_examined": 500}
_TUS = {"description": "tus 1.0.0; every request but OPTIONS and GET bears `Tus-Resumable: 1.0.0`"}


@router.api_operation(["OPTIONS"], "", openapi_extra=_TUS)
def offers(request: HttpRequest) -> HttpResponse:
    """What of tus is spoken here."""
    more = {"Tus-Version": VERSION, "Tus-Extension": "creation,expiration,termination"}
    return _reply(204, more | {"Tus-Max-Size": str(chunks.most_bytes())})


@router.get("", response=list[answers_assets.Upload])
def unfinished(request: HttpRequest) -> list[dict[str, Any]]:
    """Your own uploads that wait for more bytes."""
    return [_told(row) for row in chunks.unfinished(request.user).select_related("project")]


@router.post("", openapi_extra=_TUS)
def begin(request: HttpRequest) -> HttpResponse:
    """A place for a file: `Upload-Length` bytes, named by `filename` and for the `project` (slug or id) of
    `Upload-Metadata`. 201 with its `Location`."""
    _require_version(request)
    size, told = _number(request, "Upload-Length"), _metadata(request)
    project = get_open_project(request.user, told.get("project", ""))
    try:
        row = chunks.begin(request.user, project, name=told.get("filename", ""), size_bytes=size)
    except UploadRefused as error:
        return _refusal(error)
    return _reply(201, {"Location": f"/api/v1/uploads/{row.pk}", **_expires(row)})


@router.get("/{uuid:upload_id}", response=answers_assets.Upload)
def state(request: HttpRequest, upload_id: UUID) -> dict[str, Any]:
    """How far it is; at the end its asset, or why it was refused."""
    return _told(_mine(request, upload_id))


@router.api_operation(["HEAD"], "/{uuid:upload_id}", openapi_extra=_TUS)
def offset(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """`Upload-Offset`: how many bytes are here."""
    _require_version(request)
    row = _mine(request, upload_id)
    try:
        here = chunks.offset_of(row)
    except chunks.Gone as error:
        raise not_found() from error
    length = {"Upload-Offset": str(here), "Upload-Length": str(row.size_bytes)}
    return _reply(200, {**length, **_expires(row), "Cache-Control": "no-store"})


@router.api_operation(["PATCH"], "/{uuid:upload_id}", openapi_extra=_TUS)
def part(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The bytes from `Upload-Offset` on. 409 where the file does not end there: ask with HEAD and go on; 423
    while another request looks at the whole file."""
    return _append(request, upload_id)


@router.post("/{uuid:upload_id}", openapi_extra=_TUS)
def part_by_post(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """As PATCH, for callers that cannot send it: with `X-HTTP-Method-Override: PATCH`."""
    if request.headers.get("X-HTTP-Method-Override") != "PATCH":
        raise ApiError(405, "method_not_allowed", _("This address does not take that method."))
    return _append(request, upload_id)


@router.delete("/{uuid:upload_id}", openapi_extra=_TUS)
def drop(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Forget it. An asset that it became stays."""
    _require_version(request)
    chunks.drop(_mine(request, upload_id))
    return _reply(204)


def _append(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    _require_version(request)
    row = _mine(request, upload_id)
    if request.content_type != PART:
        raise ApiError(415, "unsupported_type", _("A part is sent as %(type)s.") % {"type": PART})
    at = _number(request, "Upload-Offset")
    if row.problem:
        return _refusal(UploadRefused(row.problem, row.code))
    try:
        here = chunks.append(row, at, _blocks(request))
    except chunks.WrongOffset as error:
        words = _("The file goes on at byte %(offset)s.") % {"offset": error.offset}
        return _error(409, "wrong_offset", words, {"Upload-Offset": str(error.offset)})
    except chunks.Busy:
        return _error(423, "busy", _("The file is being looked at; ask again in a moment."))
    except chunks.Gone as error:
        raise not_found() from error
    except UploadRefused as error:
        return _refusal(error)
    row.refresh_from_db()
    return _reply(204, {"Upload-Offset": str(here), **_expires(row)})


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    """What arrives, as far as the connection holds."""
    try:
        while block := request.read(chunks.BLOCK_BYTES):
            yield block
    except UnreadablePostError:
        return


def _mine(request: HttpRequest, upload_id: UUID) -> Upload:
    """The caller's own, while they may still add to its project. :raises ApiError: 404."""
    rows = Upload.objects.select_related("project", "owner").filter(owner=request.user)
    row = rows.filter(pk=upload_id).first()
    if row is None or not row.project.allows(request.user, Verb.COMPOSE):
        raise not_found()
    return row


def _require_version(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise ApiError(412, "wrong_version", _("Send Tus-Resumable: 1.0.0."), field="Tus-Resumable")


def _number(request: HttpRequest, name: str) -> int:
    given = request.headers.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise ApiError(400, "bad_request", _("Give a whole number of bytes."), field=name)
    return int(given)


def _metadata(request: HttpRequest) -> dict[str, str]:
    """``name base64, name base64``. :raises ApiError: 400."""
    found = {}
    for pair in filter(None, request.headers.get("Upload-Metadata", "").split(",")):
        name, _space, value = pair.strip().partition(" ")
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError) as error:
            words = _("Pairs of a name and a base64 text, with commas between.")
            raise ApiError(400, "bad_request", words, field="Upload-Metadata") from error
        found[name] = text.replace("\x00", "")
    return found


def _told(row: Upload) -> dict[str, Any]:
    try:
        here = chunks.offset_of(row)
    except chunks.Gone:
        here = row.offset
    problem = {"code": row.code, "message": row.problem} if row.problem else None
    return {
        "id": row.pk,
        "project": row.project.slug,
        "name": row.name,
        "size_bytes": row.size_bytes,
        "offset": here,
        "head_sha256": chunks.head_sha256(row) or None,
        "asset": row.asset_id,
        "known": row.known,
        "problem": problem,
        "expires_at": row.expires_at,
    }


def _expires(row: Upload) -> dict[str, str]:
    return {"Upload-Expires": http_date(row.expires_at.astimezone(UTC).timestamp())}


def _refusal(error: UploadRefused) -> HttpResponse:
    code = error.code if error.code in ("no_room", "too_many") else f"file_{error.code}"
    return _error(_STATUS.get(error.code, 422), code, error.message)


def _error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> HttpResponse:
    told = {"Tus-Resumable": VERSION, **(headers or {})}
    return JsonResponse(ApiError(status, code, message).plain(), status=status, headers=told)


def _reply(status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(status=status, headers={"Tus-Resumable": VERSION, **(headers or {})})
