"""The characters of a project and of the studio: list, make, change, archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations.models import Asset, Character, CharacterFile, Verb
from generations.roles import ACCEPTED
from generations.services import assets, characters
from generations.services.characters import CharacterRefused
from generations.services.refusals import Outdated
from generations.serving import serve_file
from generations.storage import media_store
from providers.gateways.plain import keepable_text

from .frame import page_of
from .opening import may, open_project, open_writable

MOST_PICKED = 60  # the newest files of the project, to choose from
MOST_UPLOADED = 11
MOST_LISTED = 200  # the search looks through all


@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    project = open_project(request.user, slug)
    writable = may(project, Verb.COMPOSE) and not project.archived_at
    words = keepable_text(request.GET.get("q", "")[:200])
    found = characters.listed(request.user, project, words=words).select_related("project")
    away = characters.listed(request.user, project, archived=True, words=words).select_related("project")
    rows, rested = list(found[: MOST_LISTED + 1]), list(away[: MOST_LISTED + 1])
    more = max(len(rows), len(rested)) > MOST_LISTED
    context = {
        **page_of(request, project, "characters"),
        "characters": [_card(request.user, row, writable) for row in rows[:MOST_LISTED]],
        "archived": [_card(request.user, row, writable) for row in rested[:MOST_LISTED]],
        "q": words,
        "more": more,
        "can_compose": writable,
    }
    return render(request, "generations/characters.html", context)


def _card(user: Any, row: Any, writable: bool) -> dict[str, Any]:
    files = row.assets
    return {
        "row": row,
        "main": _shown(row, files[0]) if files else None,
        "pictures": sum(asset.kind == Asset.Kind.IMAGE for asset in files),
        "clip": any(asset.kind == Asset.Kind.CLIP for asset in files),
        "sound": any(asset.kind == Asset.Kind.SOUND for asset in files),
        "may_change": writable and characters.may_change(user, row),
    }


def _shown(row: Character | None, asset: Asset) -> dict[str, Any]:
    thumb = ""
    if asset.thumb:
        mine = row is not None and row.pk and any(file.asset_id == asset.pk for file in row.files.all())
        thumb = reverse("character-thumb", args=[row.pk, asset.pk]) if row and mine else ""
        thumb = thumb or reverse("asset-thumb", args=[asset.pk])
    return {"id": str(asset.pk), "name": asset.name, "kind": asset.kind, "thumb_url": thumb}


def new(request: HttpRequest, slug: str) -> HttpResponse:
    return _form(request, open_writable(request, slug), None)


def edit(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """For those who may change it: of the studio's, administrators and producers."""
    project = open_writable(request, slug)
    return _form(request, project, _mine(request, project, pk))


def _mine(request: HttpRequest, project: Any, pk: UUID) -> Character:
    rows = Character.objects.visible_to(request.user).in_project(project)
    row = get_object_or_404(rows.prefetch_related(CharacterFile.prefetched()), pk=pk)
    if not characters.may_change(request.user, row):
        raise PermissionDenied
    return row


def _form(request: HttpRequest, project: Any, row: Character | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, project, row, row.assets if row else [])
    files, problems = _files(request, project, row)
    if set(request.POST) & {"first", "out"}:  # only the files were moved about
        return _page(request, project, row, files, problems, typed=request.POST)
    if not problems:
        try:
            saved = _save(request, project, row, files)
        except CharacterRefused as error:
            problems = [error.message]
        except Outdated as error:
            return _outdated(request, project, pk_of(row), files, str(error))
        else:
            messages.success(request, _("“%(name)s” is kept.") % {"name": saved.name})
            return redirect("characters", project.slug)
    return _page(request, project, row, files, problems, typed=request.POST, status=422)


def pk_of(row: Character | None) -> UUID:
    assert row is not None  # only one that was there can have changed
    return row.pk


def _outdated(
    request: HttpRequest, project: Any, pk: UUID, files: Sequence[Asset], words: str
) -> HttpResponse:
    """What was typed stays; beside it how it is now. Saving once more puts the one in place of the other."""
    now = _mine(request, project, pk)
    return _page(request, project, now, files, typed=request.POST, standing=now, meanwhile=words, status=409)


def _save(request: HttpRequest, project: Any, row: Character | None, files: Sequence[Asset]) -> Character:
    told = {name: keepable_text(request.POST.get(name, "")) for name in ("name", "notes")}
    studio = bool(request.POST.get("studio")) and characters.may_share(request.user)
    if row is not None:
        seen = request.POST.get("seen") or None
        return characters.change(request.user, row, files=files, studio=studio, seen=seen, **told)
    return characters.create(request.user, project, files=files, studio=studio, **told)


def _files(request: HttpRequest, project: Any, row: Character | None) -> tuple[list[Asset], list[str]]:
    """Those that stood there in their order, those picked, and those that come with the form."""
    named = [*request.POST.getlist("file"), *request.POST.getlist("pick")]
    wanted = [pk for text in named if (pk := _uuid(text))]
    own = {asset.pk: asset for asset in row.assets} if row else {}
    found = Asset.objects.visible_to(request.user).live().filter(project=project).in_bulk(wanted) | own
    files, problems = [found[pk] for pk in dict.fromkeys(wanted) if pk in found], []
    for file in request.FILES.getlist("files")[:MOST_UPLOADED]:
        try:
            files.append(assets.save_upload(request.user, project, file, name=file.name or ""))
        except assets.UploadRefused as error:
            problems.append(f"{file.name}: {error.message}")
    first, out = _uuid(request.POST.get("first", "")), _uuid(request.POST.get("out", ""))
    files = [asset for asset in files if asset.pk != out]
    return sorted(files, key=lambda asset: asset.pk != first), problems


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _page(
    request: HttpRequest,
    project: Any,
    row: Character | None,
    files: Sequence[Asset],
    problems: Sequence[str] = (),
    *,
    typed: Any = None,
    standing: Character | None = None,
    meanwhile: str = "",
    status: int = 200,
) -> HttpResponse:
    """:param standing: how it is now, where somebody else has changed it ``meanwhile``."""
    here = {asset.pk for asset in files}
    kinds = [kind for kind, most in characters.MOST.items() if most]
    mine = Asset.objects.visible_to(request.user).live().filter(project=project, kind__in=kinds)
    recent = mine.exclude(file="")
    context = {
        **page_of(request, project, "characters"),
        "character": row,
        "name": typed.get("name", "") if typed else (row.name if row else ""),
        "notes": typed.get("notes", "") if typed else (row.notes if row else ""),
        "studio": bool(typed.get("studio")) if typed else False,
        "files": [_shown(row, asset) for asset in files],
        "picks": [_shown(None, asset) for asset in recent[:MOST_PICKED] if asset.pk not in here],
        "accept": ",".join(ACCEPTED[Asset.Kind(kind)] for kind in kinds),
        "may_share": characters.may_share(request.user) and not (row and row.project is None),
        "unsaved": typed is not None,
        "seen": _seen(row, typed, standing),
        "standing": standing,
        "meanwhile": meanwhile,
        "standing_files": [_shown(standing, asset) for asset in standing.assets] if standing else [],
        "problems": problems,
        "most_notes": characters.MOST_NOTES,
    }
    return render(request, "generations/character.html", context, status=status)


def _seen(row: Character | None, typed: Any, standing: Character | None) -> str:
    """While somebody edits, it is the version that they began with; until they were shown another one."""
    if typed is not None and standing is None:
        return str(typed.get("seen", ""))
    return characters.version_of(row) if row else ""


@require_POST
def archive(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Out of the lists, or back into them; prompts and takes that name it stay as they are."""
    project = open_writable(request, slug)
    row = _mine(request, project, pk)
    away = request.POST.get("archived") != "0"
    try:
        characters.change(request.user, row, archived=away)
    except CharacterRefused as error:
        messages.error(request, error.message)
    return redirect("characters", slug)


@require_safe
def thumb(request: HttpRequest, pk: UUID, asset_id: UUID) -> HttpResponseBase:
    """A character of the studio is seen everywhere, also where its files do not lie."""
    row = get_object_or_404(Character.objects.visible_to(request.user), pk=pk)
    asset = next((file for file in row.assets if file.pk == asset_id and file.thumb), None)
    if asset is None:
        raise Http404
    path = media_store().path(asset.thumb)
    etag = f"{asset.sha256}-thumb"
    return serve_file(request, path, mime="image/webp", etag=etag, filename=f"{asset.name}.webp")
