"""The picker of one slot of the composer, files and takes made here, and what was picked put into it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations.asset_cards import card
from generations.models import Asset, Generation, Project
from generations.roles import PLACES
from generations.services import asset_library, assets, chunks, compose, from_takes
from generations.services.asset_library import Wanted
from generations.take_cards import pick_card
from providers.gateways.values import Role

from .composer import check_kind, put_in_slot
from .finding import read_id
from .opening import open_writable

MOST = 40
MOST_RECENT = 8


@require_safe
def pick(request: HttpRequest, slug: str) -> HttpResponse:
    """The files that a slot takes, with ``q`` those that fit it; what was used last stands in front. With
    ``from=takes`` the finished takes of the project; with ``take`` the pictures that this one offers."""
    project = open_writable(request, slug)
    slot = request.GET.get("slot", "")
    if slot not in PLACES:
        raise Http404
    if request.GET.get("take"):
        take = get_object_or_404(_takes(request.user, project), pk=read_id(request.GET["take"]))
        return render(request, "generations/_pick_frames.html", {"take": pick_card(take)})
    text, before = request.GET.get("q", "")[:200], read_id(request.GET.get("before", ""))
    find = _made_here if request.GET.get("from") == "takes" else _found
    context = find(request.user, project, Role(slot), text, before)
    return render(request, "generations/_pick.html", {**context, "slot": slot, "q": text})


def _takes(user: Any, project: Project) -> Any:
    finished = Generation.objects.visible_to(user).filter(project=project).in_view()
    return finished.select_related("project", "model").prefetch_related("outputs")


def _made_here(user: Any, project: Project, role: Role, text: str, before: UUID | None) -> dict[str, Any]:
    """Nothing where neither clip nor picture is taken; a clip goes into its slot at once, of a picture the
    moment is asked first."""
    if not set(PLACES[role].kinds) & {from_takes.kind_of(part) for part in from_takes.PARTS}:
        return {"takes": [], "takes_none": True, "made_here": True, "part": before is not None}
    page = from_takes.page(project, text, before, MOST)
    return {
        "takes": [pick_card(take) for take in page.takes],
        "asks_moment": PLACES[role].kind == Asset.Kind.IMAGE,
        "made_here": True,
        "before": page.before,
        "part": before is not None,
    }


def _found(user: Any, project: Project, role: Role, text: str, before: UUID | None) -> dict[str, Any]:
    kinds = [kind.value for kind in PLACES[role].kinds]
    whole = not text and before is None
    first = asset_library.used_last(user, project, kinds, MOST_RECENT) if whole else []
    rows = asset_library.narrow(asset_library.usable(user, project), Wanted(text=text, kinds=tuple(kinds)))
    rest = rows.exclude(pk__in=[asset.pk for asset in first])
    page = asset_library.page(user, rest, before, MOST, counted=False)
    return {
        "unfinished": chunks.unfinished(user).filter(project=project).count() if whole else 0,
        "assets_url": reverse("assets", args=[project.slug]),
        "recent": [card(asset) for asset in first],
        "cards": [card(asset) for asset in page.assets],
        "before": page.before,
        "part": before is not None,
    }


@require_POST
def put(request: HttpRequest, slug: str) -> HttpResponse:
    """One picked file for one slot; answers as an upload into it. In the place of ``asset`` may stand
    ``take`` with ``part``: its clip, or its first picture, its last or that ``at_s``."""
    project = open_writable(request, slug)
    role = request.POST.get("slot", "")
    if role not in PLACES:
        return JsonResponse({"error": _("Choose one of the slots.")}, status=422)
    try:
        asset = _picked(request, project, Role(role))
    except assets.UploadRefused as error:
        return JsonResponse({"error": str(error.message), "code": error.code}, status=422)
    except compose.Refused as error:
        return JsonResponse({"error": str(error), "code": "invalid"}, status=422)
    return put_in_slot(request.user, project, request.POST, Role(role), asset)


def _picked(request: HttpRequest, project: Project, role: Role) -> Asset:
    """Of a take it is made here, after all that could refuse it.

    :raises Http404, Refused, UploadRefused:
    """
    if "take" not in request.POST:
        rows = asset_library.usable(request.user, project)
        found: Asset = get_object_or_404(rows, pk=read_id(request.POST.get("asset", "")))
        check_kind(found.kind, role)
        return found
    take = get_object_or_404(_takes(request.user, project), pk=read_id(request.POST["take"]))
    part = request.POST.get("part", "")
    if part not in from_takes.PARTS:
        raise Http404
    check_kind(from_takes.kind_of(part), role)
    return from_takes.asset_of(request.user, take, part, request.POST.get("at_s"), shown=True)
