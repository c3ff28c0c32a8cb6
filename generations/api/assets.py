"""/api/v1/assets: the files that takes start from."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from generations.models import Asset, Project, Verb
from generations.schemas import AssetChanges, EditIn, PartIn, RegistrationIn, Word
from generations.services import asset_library, from_takes, registrable
from generations.services import assets as service
from generations.services.asset_library import Description, Uses, Wanted
from generations.services.derived import derive_asset, read_edit
from generations.serving import serve_file
from generations.storage import media_store

from . import answers_assets, show
from .errors import ApiError, invalid, not_found
from .find import get_open_project, get_project, get_take, require_open
from .generations import Limit

router = Router(tags=["assets"])
bin_router = Router(tags=["assets"])
Kind = Literal["image", "clip", "sound", "document"]


@router.get("", response=answers_assets.Assets)
def list_assets(
    request: HttpRequest,
    project: Word | None = None,
    q: Annotated[str, Query(max_length=200, description="words of name, tags, notes and rights")] = "",
    kind: Kind | None = None,
    tag: Word | None = None,
    use: Literal["used", "unused"] | None = None,
    shared: bool = False,
    copies: Annotated[bool, Query(description="copies that were made of files too")] = False,
    trashed: bool = False,
    cursor: UUID | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Newest first: of a project, or all that you may see. ``cursor``: the ``next_cursor`` of the page
    before."""
    where = get_project(request.user, project) if project else None
    rows = asset_library.rows_for(request.user, where, shared=shared)
    kinds = (kind,) if kind else ()
    wanted = Wanted(q.replace("\x00", ""), kinds, tag or "", None, use or "", shared, copies, trashed)
    found = asset_library.page(request.user, asset_library.narrow(rows, wanted), cursor, limit)
    return {
        "items": [show.asset(row, found.uses.get(row.pk, Uses())) for row in found.assets],
        "next_cursor": str(found.before) if found.before else None,
    }


@router.post("", response={201: answers_assets.Asset})
def upload(request: HttpRequest, project: Form[Word], file: File[UploadedFile]) -> Status:
    """Keep a picture, clip or sound in a project. Known bytes answer with the asset there already is. Large
    files go in parts: ``/api/v1/uploads``."""
    where = get_open_project(request.user, project)
    return Status(201, show.asset(service.save_upload(request.user, where, file, name=file.name or "")))


@router.get("/{uuid:asset_id}", response=answers_assets.Asset)
def one_asset(request: HttpRequest, asset_id: UUID) -> dict[str, Any]:
    row = _visible(request, asset_id)
    return show.asset(row, asset_library.uses_of(request.user, [row]).get(row.pk, Uses()))


@router.patch("/{uuid:asset_id}", response=answers_assets.Asset)
def change(request: HttpRequest, asset_id: UUID, body: AssetChanges) -> dict[str, Any]:
    """Name, notes, tags and rights; the bytes of a file never change."""
    row = _allowed(request, asset_id, Verb.COMPOSE)
    require_open(row.project)
    asset_library.describe(row, _described(request, row, body))
    return one_asset(request, asset_id)


@router.post("/{uuid:asset_id}/derive", response={201: answers_assets.Asset})
def derive(request: HttpRequest, asset_id: UUID, body: EditIn, project: Word | None = None) -> Status:
    """Make a copy that is cropped, padded, trimmed, scaled or converted, or a picture out of a clip; the file
    itself stays as it is. The same wish answers with the same copy. ``project``: where it belongs, for a
    shared file; by default where the file does."""
    row = _visible(request, asset_id)
    where = _home_of_copy(request, row, project)
    copy = derive_asset(request.user, row, read_edit(row, body.dict(exclude_none=True)), where)
    return Status(201, show.asset(copy))


@router.post("/of_take/{uuid:take_id}", response={201: answers_assets.Asset})
def of_take(request: HttpRequest, take_id: UUID, body: PartIn) -> Status:
    """The clip of a finished take as a file of its project, or a picture of it: the first, the last, or the
    one at ``at_s``. Asked again, it is the same file; ``derivation`` says which take it is from."""
    take = get_take(request, take_id)
    if not take.project.allows(request.user, Verb.COMPOSE):
        raise _forbidden()
    require_open(take.project)
    return Status(201, show.asset(from_takes.asset_of(request.user, take, body.part, body.at_s)))


@router.post("/{uuid:asset_id}/share", response=answers_assets.Asset)
def share(request: HttpRequest, asset_id: UUID) -> dict[str, Any]:
    """With the whole studio: administrators, and producers in their projects."""
    asset_library.share(request.user, _to_share(request, asset_id))
    return one_asset(request, asset_id)


@router.post("/{uuid:asset_id}/unshare", response=answers_assets.Asset)
def unshare(request: HttpRequest, asset_id: UUID) -> dict[str, Any]:
    asset_library.unshare(_to_share(request, asset_id))
    return one_asset(request, asset_id)


@router.get("/{uuid:asset_id}/registrations", response=answers_assets.Registrations)
def registrations(request: HttpRequest, asset_id: UUID) -> dict[str, Any]:
    """The accounts whose gateway keeps pictures and takes them by name, and how this one stands there."""
    row = _visible(request, asset_id)
    return {"items": [show.registration(choice) for choice in registrable.choices(row)]}


@router.post("/{uuid:asset_id}/registrations", response={202: answers_assets.Registration})
def register(request: HttpRequest, asset_id: UUID, body: RegistrationIn) -> Status:
    """Give the picture to an account's gateway to keep. ``confirmed``: nobody real is shown without having
    agreed. ``again`` is needed after a try that was not answered: the gateway may have it twice then."""
    row: Asset = _visible(request, asset_id)
    if not registrable.may(request.user, row):
        raise _forbidden()
    ticks = {"confirmed": body.confirmed, "again": body.again}
    try:
        made = registrable.ask(request.user, row, str(body.account), **ticks)
    except registrable.NotRegistrable as error:
        raise invalid(error.field, error.message) from error
    return Status(202, show.registration(registrable.Choice(made.account, made)))


@router.delete("/{uuid:asset_id}/registrations/{uuid:account_id}", response=answers_assets.Registration)
def stop_using(request: HttpRequest, asset_id: UUID, account_id: UUID) -> dict[str, Any]:
    """No take names it any more, in whatever project; the gateway keeps what it has."""
    row: Asset = _visible(request, asset_id)
    if not registrable.may(request.user, row):
        raise _forbidden()
    try:
        ended = registrable.stop(request.user, row, str(account_id))
    except registrable.NotRegistrable as error:
        raise invalid(error.field, error.message) from error
    return show.registration(registrable.Choice(ended.account, ended))


@router.api_operation(["GET", "HEAD"], "/{uuid:asset_id}/content")
def content(request: HttpRequest, asset_id: UUID) -> HttpResponseBase:
    """The file itself, byte for byte."""
    row = _visible(request, asset_id)
    if not row.file:
        raise not_found()
    path = media_store().path(row.file)
    return serve_file(request, path, mime=row.mime, etag=row.sha256, filename=row.name)


@bin_router.post("/{uuid:asset_id}/trash", response=answers_assets.Asset)
def trash(request: HttpRequest, asset_id: UUID) -> dict[str, Any]:
    """Out of sight; restored within 30 days, or gone. Not while a take that has not ended uses it."""
    service.trash_asset(request.user, _allowed(request, asset_id, Verb.TRASH))
    return one_asset(request, asset_id)


@bin_router.post("/{uuid:asset_id}/restore", response=answers_assets.Asset)
def restore(request: HttpRequest, asset_id: UUID) -> dict[str, Any]:
    service.restore_asset(request.user, _allowed(request, asset_id, Verb.TRASH))
    return one_asset(request, asset_id)


def _described(request: HttpRequest, row: Asset, body: AssetChanges) -> Description:
    """What the file is called and what is said of it, with the changes laid over. :raises ApiError: 422."""
    given = body.rights.dict(exclude_unset=True) if body.rights else {}
    release_id = given.pop("release", row.release_id)
    release = (
        asset_library.releases_for(request.user, row).filter(pk=release_id).first() if release_id else None
    )
    if release_id and release is None:
        raise invalid("rights.release", _("No file of this project with the tag “release” has this id."))
    try:
        tags = asset_library.clean_tags(
            [tag.name for tag in row.tags.all()] if body.tags is None else body.tags
        )
    except ValueError as error:
        raise invalid("tags", _("Too many tags, or one too long."), [asset_library.MOST_TAGS]) from error
    rights = {**row.rights, **{name: text or "" for name, text in given.items()}}
    notes = row.notes if body.notes is None else body.notes
    return Description(body.name or row.name, notes, tags, rights, release)


def _visible(request: HttpRequest, asset_id: UUID) -> Any:
    """:raises ApiError: 404."""
    rows = asset_library.rows_for(request.user).select_related("project").prefetch_related("tags")
    row = rows.filter(pk=asset_id).first()
    if row is None:
        raise not_found()
    return row


def _allowed(request: HttpRequest, asset_id: UUID, verb: Verb) -> Asset:
    """:raises ApiError: 404, 403."""
    row: Asset = _visible(request, asset_id)
    if not asset_library.may(request.user, row, verb):
        raise _forbidden()
    return row


def _to_share(request: HttpRequest, asset_id: UUID) -> Asset:
    row: Asset = _visible(request, asset_id)
    if not asset_library.may_share(request.user, row):
        raise _forbidden()
    return row


def _home_of_copy(request: HttpRequest, row: Asset, project: str | None) -> Project:
    """:raises ApiError: 403, 404; also for a file that is no input of that project."""
    if project is None:
        if not asset_library.may(request.user, row, Verb.COMPOSE):
            raise _forbidden()
        require_open(row.project)
        return row.project
    where = get_open_project(request.user, project)
    if where.pk != row.project_id and row.shared_at is None:
        raise not_found("project")
    return where


def _forbidden() -> ApiError:
    return ApiError(403, "not_allowed", _("Your role in this project does not allow that."))
