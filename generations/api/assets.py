"""/api/v1/assets: the files that takes start from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from generations.models import Asset, Verb
from generations.schemas import Word
from generations.services.assets import save_upload

from . import answers, show
from .errors import not_found
from .find import get_project

router = Router(tags=["assets"])


@router.post("", response={201: answers.Asset})
def upload(request: HttpRequest, project: Form[Word], file: File[UploadedFile]) -> Status:
    """Keep a picture, clip or sound in a project. Known bytes answer with the asset there already is."""
    where = get_project(request.user, project, Verb.COMPOSE)
    return Status(201, show.asset(save_upload(request.user, where, file, name=file.name or "")))


@router.get("/{uuid:asset_id}", response=answers.Asset)
def one_asset(request: HttpRequest, asset_id: UUID) -> dict[str, Any]:
    row = Asset.objects.visible_to(request.user).select_related("project").filter(pk=asset_id).first()
    if row is None:
        raise not_found()
    return show.asset(row)
