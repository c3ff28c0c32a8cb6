"""/api/v1/assets: the files that takes start from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from generations.models import Asset, Verb
from generations.schemas import EditIn, Word
from generations.services.assets import save_upload
from generations.services.derived import derive_asset, read_edit

from . import answers, show
from .errors import ApiError, not_found
from .find import get_project

router = Router(tags=["assets"])


@router.post("", response={201: answers.Asset})
def upload(request: HttpRequest, project: Form[Word], file: File[UploadedFile]) -> Status:
    """Keep a picture, clip or sound in a project. Known bytes answer with the asset there already is."""
    where = get_project(request.user, project, Verb.COMPOSE)
    return Status(201, show.asset(save_upload(request.user, where, file, name=file.name or "")))


@router.get("/{uuid:asset_id}", response=answers.Asset)
def one_asset(request: HttpRequest, asset_id: UUID) -> dict[str, Any]:
    return show.asset(_visible(request, asset_id))


@router.post("/{uuid:asset_id}/derive", response={201: answers.Asset})
def derive(request: HttpRequest, asset_id: UUID, body: EditIn) -> Status:
    """Make a copy that is cropped, padded, trimmed, scaled or converted, or a picture out of a clip; the file
    itself stays as it is. The same wish answers with the same copy."""
    row = _visible(request, asset_id)
    if not row.project.allows(request.user, Verb.COMPOSE):
        raise ApiError(403, "not_allowed", _("Your role in this project does not allow that."))
    copy = derive_asset(request.user, row, read_edit(row, body.dict(exclude_none=True)))
    return Status(201, show.asset(copy))


def _visible(request: HttpRequest, asset_id: UUID) -> Asset:
    """:raises ApiError: 404."""
    row = Asset.objects.visible_to(request.user).select_related("project").filter(pk=asset_id).first()
    if row is None:
        raise not_found()
    return row
