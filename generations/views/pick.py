"""Assets in the composer: the picker of one slot, and the file that was picked put into it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations.asset_cards import card
from generations.models import Project
from generations.roles import PLACES
from generations.services import asset_library, assets
from generations.services.asset_library import Wanted
from providers.gateways.values import Role

from .composer import check_kind, put_in_slot
from .opening import open_writable

MOST = 40
MOST_RECENT = 8


@require_safe
def pick(request: HttpRequest, slug: str) -> HttpResponse:
    """The files that a slot takes, with ``q`` those that fit it; what was used last stands in front."""
    project = open_writable(request, slug)
    slot = request.GET.get("slot", "")
    if slot not in PLACES:
        raise Http404
    text, before = request.GET.get("q", "")[:200], _id_or_none(request.GET.get("before", ""))
    context = _found(request.user, project, Role(slot), text, before)
    return render(request, "generations/_pick.html", {**context, "slot": slot, "q": text})


def _found(user: Any, project: Project, role: Role, text: str, before: UUID | None) -> dict[str, Any]:
    kinds = [kind.value for kind in PLACES[role].kinds]
    first = [] if text or before else asset_library.used_last(user, project, kinds, MOST_RECENT)
    rows = asset_library.narrow(asset_library.usable(user, project), Wanted(text=text, kinds=tuple(kinds)))
    page = asset_library.page(user, rows.exclude(pk__in=[asset.pk for asset in first]), before, MOST)
    return {
        "recent": [card(asset) for asset in first],
        "cards": [card(asset) for asset in page.assets],
        "before": page.before,
        "part": before is not None,
    }


def _id_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_POST
def put(request: HttpRequest, slug: str) -> HttpResponse:
    """One picked file for one slot; answers as an upload into it."""
    project = open_writable(request, slug)
    role, pk = request.POST.get("slot", ""), _id_or_none(request.POST.get("asset", ""))
    if role not in PLACES:
        return JsonResponse({"error": _("Choose one of the slots.")}, status=422)
    asset = get_object_or_404(asset_library.usable(request.user, project), pk=pk)
    try:
        check_kind(asset, Role(role))
    except assets.UploadRefused as error:
        return JsonResponse({"error": str(error.message), "code": error.code}, status=422)
    return put_in_slot(request.user, project, request.POST, Role(role), asset)
