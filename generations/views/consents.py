"""A person's own consent records: what they attested, when, to which words, and how to take it back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from generations.models import ConsentRecord, Project, Status
from generations.services import attested
from generations.services import consent as service

PAGE = 25


@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """Newest first; ``before`` is the last record of the page before."""
    mine = ConsentRecord.objects.visible_to(request.user).order_by("-id")
    before = _id(request.GET.get("before"))
    if before:
        mine = mine.filter(pk__lt=before)
    found = list(mine.select_related("account", "generation__project")[: PAGE + 1])
    projects = {record.generation.project_id for record in found}
    visible = set(
        Project.objects.visible_to(request.user).filter(pk__in=projects).values_list("pk", flat=True)
    )
    context = {
        "records": [_shown(record, visible) for record in found[:PAGE]],
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    return render(request, "generations/consents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET says what a withdrawal does and whom it touches; POST does it."""
    record = get_object_or_404(
        ConsentRecord.objects.visible_to(request.user).select_related("account", "generation__project"), pk=pk
    )
    if request.method != "POST" and not record.withdrawn_at:
        context = _consequences(request.user, record)
        return render(request, "generations/consent_withdraw.html", context)
    if request.method == "POST" and service.withdraw(request.user, record):
        messages.success(request, _("Withdrawn. Nothing more is sent that stands on this statement."))
    else:
        messages.info(request, _("This statement was withdrawn before."))
    return redirect("consents")


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _shown(record: ConsentRecord, visible: Collection[UUID]) -> dict[str, Any]:
    """A record as the list has it. Who has left a project reads no prompts of it."""
    take = record.generation
    hashes = sorted({item["sha256"] for item in record.inputs})
    return {"record": record, "hashes": hashes, "take": take if take.project_id in visible else None}


def _consequences(user: Any, record: ConsentRecord) -> dict[str, Any]:
    """The record with the takes that its withdrawal stops, and those that go on."""
    ended = list(attested.together(record).select_related("account"))
    ids, touched = [one.pk for one in ended], list(attested.open_takes(ended))
    projects = {take.project_id for take in touched} | {record.generation.project_id}
    visible = set(Project.objects.visible_to(user).filter(pk__in=projects).values_list("pk", flat=True))
    queued = [take for take in touched if take.status == Status.QUEUED and attested.stands_on(take, ids)]
    return {
        **_shown(record, visible),
        "others": len(ended) - 1,
        "stopped": [_named(take, visible) for take in queued],
        "going_on": [_named(take, visible) for take in touched if take.status in _GOES_ON],
    }


_GOES_ON = (Status.SUBMITTING, Status.UNCERTAIN, Status.RUNNING, Status.STORING)


def _named(take: Any, visible: Collection[UUID]) -> dict[str, Any]:
    return {"take": take, "visible": take.project_id in visible}
