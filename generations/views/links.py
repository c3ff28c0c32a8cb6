"""A link in the composer: asked for, and looked at until its file is in the slot."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations.models import InputLink
from generations.roles import PLACES
from generations.services import assets, links
from providers.gateways.values import Role

from .composer import check_kind, put_in_slot
from .opening import open_writable


@require_POST
def ask(request: HttpRequest, slug: str) -> JsonResponse:
    """202 with the address at which to look, and what to say meanwhile."""
    project = open_writable(request, slug)
    url = request.POST.get("url", "").strip()
    if why := links.problem_with(url):
        return JsonResponse({"error": why}, status=422)
    with transaction.atomic():
        link = links.ask_for(project, request.user, url)
    words = _("Fetching the input from %(hosts)s…") % {"hosts": link.host}
    look_at = reverse("link", args=[slug, link.pk])
    return JsonResponse({"look": look_at, "words": words, "short": _("Fetching…")}, status=202)


@require_safe
def look(request: HttpRequest, slug: str, pk: UUID) -> JsonResponse:
    """202 while it is on its way; then the file as an upload into this slot answers, or why there is none."""
    project = open_writable(request, slug)
    link = get_object_or_404(InputLink, project=project, owner=request.user, batch_id=None, pk=pk)
    role = request.GET.get("slot", "")
    if link.problem or role not in PLACES:
        return JsonResponse({"error": link.problem or _("Choose one of the slots.")}, status=422)
    if link.asset is None:
        return JsonResponse({}, status=202)
    try:
        check_kind(link.asset.kind, Role(role))
    except assets.UploadRefused as error:
        return JsonResponse({"error": str(error.message), "code": error.code}, status=422)
    return put_in_slot(request.user, project, request.GET, Role(role), link.asset)
