"""A file that can be made to fit: the one click, the dialog with other ways, and the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations import fixdialog
from generations.desk import Desk, lay, with_another, with_typed
from generations.forms import read_typed
from generations.media.edits import Edit
from generations.models import Asset, Verb
from generations.services.assets import UploadRefused
from generations.services.compose import Refused
from generations.services.derived import derive_asset, original_of
from generations.services.fits import CannotMend
from providers.gateways.values import Role

from .asset import asset_for
from .composer import posted
from .drafts import keep
from .opening import open_writable
from .studio import render_composer


@require_POST
def fix(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Put a copy that fits in the place of this file: the usual one, or as the fields ``fix_…`` ask for."""
    desk, place, errors = _laid(request, slug, pk)
    if place is None:
        return _shown(request, desk, errors)
    try:
        source, edit = _asked(desk, place, request)
        copy = derive_asset(request.user, source, edit, desk.project)
    except UploadRefused as error:
        return _shown(request, desk, [*errors, error.message])
    except (Refused, CannotMend) as error:
        return _shown(request, desk, [*errors, str(error)])
    return _shown(request, with_another(_following(desk, place, edit), pk, copy.pk), errors)


def _following(desk: Desk, place: int, edit: Edit) -> Desk:
    """A first frame leads: cut or padded to another ratio that the model makes, the clip is to have it."""
    values = desk.typed.values
    leads = desk.uses[place][0] == Role.FIRST_FRAME and edit.op in ("crop", "pad")
    leads = leads and values.get("aspect_ratio", "") is not None  # left to the gateway, it follows by itself
    if not leads or edit.ratio not in desk.caps.ratios(desk.mode):
        return desk
    return with_typed(desk, values={**values, "aspect_ratio": edit.ratio})


@require_POST
def original(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Give the original back in the place of its copy."""
    desk, place, errors = _laid(request, slug, pk)
    source = original_of(desk.uses[place][1]) if place is not None else None
    return _shown(request, with_another(desk, pk, source.pk) if source else desk, errors)


@require_POST
def ways(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The dialog: what could be done to this file, shown before it is done."""
    desk, place, _errors = _laid(request, slug, pk)
    if place is None:
        raise Http404
    return render(request, "generations/_fix.html", {"fix": fixdialog.context_of(desk, place)})


def _laid(request: HttpRequest, slug: str, pk: UUID) -> tuple[Desk, int | None, list[str]]:
    """The composer as it was sent, and where in it this file stands: first of all where it does not fit.

    :raises Http404: for a file that this person may not see.
    """
    project = open_writable(request, slug)
    mine = Asset.objects.visible_to(request.user).usable_in(project)
    asset = get_object_or_404(mine, pk=pk)
    data, refused = posted(request, project)
    desk = lay(request.user, project, read_typed(data))
    places = [at for at, (_role, file) in enumerate(desk.uses) if file.pk == asset.pk]
    worse = [at for at in places if desk.fit(at).light == "fix"]
    return desk, next(iter([*worse, *places]), None), refused


def _asked(desk: Desk, place: int, request: HttpRequest) -> tuple[Asset, Edit]:
    """:raises Refused: for what makes no sense; CannotMend: for what cannot be, or needs no copy."""
    if fields := _fields_of(request):
        return fixdialog.wish_of(desk, place, fields)
    fit = desk.fit(place)
    if fit.source is None or fit.edit is None:
        raise CannotMend(_("This file needs no other copy."))
    return fit.source, fit.edit


@require_safe
def copy_ways(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The dialog over a file by itself; of a document nothing can be made."""
    asset = asset_for(request, pk, Verb.COMPOSE)
    if asset.kind == Asset.Kind.DOCUMENT:
        raise Http404
    return render(request, "generations/_fix.html", {"fix": fixdialog.context_of_copy(asset)})


@require_POST
def make_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A copy of the file as the fields ``fix_…`` ask for, beside it in its project; leads to the copy."""
    asset = asset_for(request, pk, Verb.COMPOSE)
    try:
        source, edit = fixdialog.wish_for_copy(asset, _fields_of(request))
        copy = derive_asset(request.user, source, edit, asset.project)
    except UploadRefused as error:
        messages.error(request, error.message)
        return redirect("asset", pk)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("asset", pk)
    messages.success(request, _("The copy is made; the file itself stays as it is."))
    return redirect("asset", copy.pk)


def _fields_of(request: HttpRequest) -> dict[str, str]:
    given = request.POST.items()
    return {name.removeprefix("fix_"): str(value) for name, value in given if name.startswith("fix_")}


def _shown(request: HttpRequest, desk: Desk, errors: list[str]) -> Any:
    """The composer as it stands now, kept; without scripts on its page."""
    draft = keep(request, desk.project, desk.typed)
    if request.htmx:
        return render_composer(request, desk, draft=draft, errors=errors)
    for words in errors:
        messages.error(request, words)
    return redirect("studio", desk.project.slug)
