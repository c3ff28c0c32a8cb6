"""One file: what it is, where it was used, what people say of it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations import asset_facts
from generations.asset_cards import card, uses_words
from generations.forms_library import AssetForm
from generations.models import Asset, Registration, Verb
from generations.roles import PLACES
from generations.services import asset_library, assets, characters, compose, from_takes, registrable, use_file
from generations.services.assets import UploadRefused
from generations.services.refusals import NotAllowed
from providers.gateways.values import Role

from .frame import rail_assets, rail_of

MOST_TAKES = 12
MOST_COPIES = 24


_STATES = Registration.State
_UNDER_WAY = (_STATES.WAITING, _STATES.SENDING, _STATES.PROCESSING)  # the page looks again by itself


@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    asset = find_asset(request.user, pk)
    return _shown(request, asset, AssetForm(None, asset=asset, user=request.user))


@require_POST
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """409 where somebody else has changed the same field since the page was shown; both are told."""
    _for(request, pk, Verb.COMPOSE)
    with transaction.atomic():
        Asset.objects.select_for_update().get(pk=pk)  # as it is now, and until it is written
        asset = _for(request, pk, Verb.COMPOSE)
        if asset.project.archived_at:
            raise Http404
        form = AssetForm(request.POST, asset=asset, user=request.user)
        if not form.is_valid():
            return _shown(request, asset, form, status=409 if form.is_late else 422)
        asset_library.describe(asset, form.description())
    return _done(request, asset, _("Saved."))


@require_POST
def trash(request: HttpRequest, pk: UUID) -> HttpResponse:
    asset = _for(request, pk, Verb.TRASH)
    try:
        assets.trash_asset(request.user, asset)
    except UploadRefused as error:
        messages.error(request, error.message)
        return redirect("asset", pk)
    words = _("Moved to the trash. It can be restored for 30 days.")
    if names := [row.name for row in characters.with_file(request.user, asset)]:
        without = _("Without it until then: %(names)s.") % {"names": ", ".join(names)}
        words = f"{words} {without}"
    return _done(request, asset, words)


@require_POST
def restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    asset = _for(request, pk, Verb.TRASH)
    assets.restore_asset(request.user, asset)
    return _done(request, asset, _("Restored."))


@require_POST
def share(request: HttpRequest, pk: UUID) -> HttpResponse:
    """With the whole studio."""
    words = _("Everybody in the studio can use it now.")
    return _sharing(request, pk, lambda asset: asset_library.share(request.user, asset), words)


@require_POST
def unshare(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _sharing(request, pk, asset_library.unshare, _("It belongs to its project alone again."))


@require_POST
def register(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give it to a gateway's account to keep: ``account``, ``confirmed``, and ``again`` after a lost try."""
    asset: Asset = find_asset(request.user, pk)
    if not registrable.may(request.user, asset):
        raise PermissionDenied
    told, ticks = request.POST, {name: bool(request.POST.get(name)) for name in ("confirmed", "again")}
    try:
        registrable.ask(request.user, asset, told.get("account", ""), **ticks)
    except registrable.NotRegistrable as error:
        messages.error(request, error.message)
        return redirect("asset", pk)
    return _done(request, asset, _("It is being registered. This page says how it stands."))


@require_POST
def stop_using(request: HttpRequest, pk: UUID) -> HttpResponse:
    """No take names the registered picture any more."""
    asset: Asset = find_asset(request.user, pk)
    if not registrable.may(request.user, asset):
        raise PermissionDenied
    try:
        registrable.stop(request.user, asset, request.POST.get("account", ""))
    except registrable.NotRegistrable as error:
        messages.error(request, error.message)
        return redirect("asset", pk)
    return _done(request, asset, _("No take uses it by that name any more."))


@require_POST
def use(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Into this person's composer of its project, as ``role``."""
    asset = asset_for(request, pk, Verb.COMPOSE)
    try:
        use_file.put_in(request.user, asset, Role(request.POST.get("role", "")))
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except (ValueError, compose.Refused):
        messages.error(request, _("Such a file cannot stand there."))
        return redirect("asset", pk)
    return redirect(f"{asset.project.get_absolute_url()}?focus=prompt")


def _sharing(request: HttpRequest, pk: UUID, act: Callable[[Asset], None], words: str) -> HttpResponse:
    asset = find_asset(request.user, pk)
    if not asset_library.may_share(request.user, asset):
        raise PermissionDenied
    act(asset)
    return _done(request, asset, words)


def find_asset(user: Any, pk: UUID) -> Any:
    """:raises Http404: for strangers as for ids that do not exist, and for what has left the trash."""
    rows = asset_library.rows_for(user).exclude(file="").select_related("project", "owner", "derived_from")
    return get_object_or_404(rows.prefetch_related("tags"), pk=pk)


def asset_for(request: HttpRequest, pk: UUID, verb: Verb) -> Asset:
    """A file that this person may change so, in a project that is open; without an original that is nothing
    to that project.

    :raises Http404, PermissionDenied:
    """
    asset = _for(request, pk, verb)
    if asset.trashed_at or asset.project.archived_at:
        raise Http404
    asset.hide_original_from(asset.project)
    return asset


def _for(request: HttpRequest, pk: UUID, verb: Verb) -> Asset:
    asset: Asset = find_asset(request.user, pk)
    if not asset_library.may(request.user, asset, verb):
        raise PermissionDenied
    return asset


def _done(request: HttpRequest, asset: Asset, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("asset", asset.pk)


def _shown(request: HttpRequest, asset: Any, form: AssetForm, status: int = 200) -> HttpResponse:
    """:param asset: from ``find_asset``."""
    project = asset.project if asset.project_seen else None
    context = {
        "asset": asset,
        "card": card(asset),
        "facts": asset_facts.lines(asset),
        "form": form,
        "fields": [form[name] for name in ("name", "tags", "notes")],
        "rights": [form[name] for name in ("source", "licence", "likeness", "release")],
        "said": [
            (form[name].label, text) for name in asset_library.RIGHTS if (text := asset.rights.get(name))
        ],
        "made_by": from_takes.take_behind(request.user, asset),
        **_kin(request.user, asset),
        **_used(request.user, asset),
        **_verbs(request.user, asset),
        "places": _places(request.user, asset),
        "registrations": (choices := registrable.choices(asset)),
        "registering": any(one.row and one.row.state in _UNDER_WAY for one in choices),
        "can_register": registrable.may(request.user, asset),
        "project": project,
        "home_url": reverse("assets", args=[project.slug]) if project else reverse("library"),
        "rail_projects": rail_of(request.user, project),
        "rail_assets": rail_assets(project),
    }
    return render(request, "generations/asset.html", context, status=status)


def _kin(user: Any, asset: Asset) -> dict[str, Any]:
    """Its original, its copies and its release, as far as this person may see them."""
    seen = Asset.objects.visible_to(user).exclude(file="").prefetch_related("tags").select_related("owner")
    copies = seen.live().filter(derived_from=asset).order_by("-id")[:MOST_COPIES]
    near = seen.in_bulk([pk for pk in (asset.derived_from_id, asset.release_id) if pk])
    original, release = near.get(asset.derived_from_id), near.get(asset.release_id)
    return {
        "copies": [card(copy) for copy in copies],
        "original": card(original) if original else None,
        "release": card(release) if release else None,
    }


def _used(user: Any, asset: Asset) -> dict[str, Any]:
    takes = asset_library.takes_with(user, asset, MOST_TAKES)
    uses = asset_library.uses_of(user, [asset]).get(asset.pk)
    return {
        "takes": takes,
        "members": characters.with_file(user, asset),
        "uses": uses_words(uses),
        "more_takes": max((uses.takes if uses else 0) - len(takes), 0),
    }


def _places(user: Any, asset: Asset) -> list[tuple[str, Any]]:
    """What it can be in the composer of its project, for who composes there."""
    if not asset_library.may_edit(user, asset):
        return []
    return [(role.value, PLACES[role].label) for role in use_file.roles_of(user, asset)]


def _verbs(user: Any, asset: Asset) -> dict[str, bool]:
    return {
        "can_edit": asset_library.may_edit(user, asset),
        "can_trash": asset_library.may(user, asset, Verb.TRASH),
        "can_share": asset_library.may_share(user, asset) and not asset.trashed_at,
    }
