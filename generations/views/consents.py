"""A person's own consent records: what they attested, when, to which words, and how to take it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations.models import ConsentRecord, Status, Verb
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
    context = {
        "records": [_shown(request.user, record) for record in found[:PAGE]],
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    return render(request, "generations/consents.html", context)


@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    record = get_object_or_404(ConsentRecord.objects.visible_to(request.user), pk=pk)
    if service.withdraw(request.user, record):
        messages.success(request, _("Withdrawn. Nothing more is sent that stands on this statement."))
    else:
        messages.info(request, _("This statement was withdrawn before."))
    return redirect("consents")


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _shown(user: Any, record: ConsentRecord) -> dict[str, Any]:
    """The record with the takes that a withdrawal touches. Who has left a project sees no names of it."""
    ended = [] if record.withdrawn_at else list(attested.together(record).select_related("account"))
    ids = [one.pk for one in ended]
    touched = {take.pk: take for one in ended for take in attested.open_takes(one)}.values()
    queued = [take for take in touched if take.status == Status.QUEUED]
    return {
        "record": record,
        "others": len(ended) - 1,
        "hashes": sorted({item["sha256"] for item in record.inputs}),
        "take": record.generation if record.generation.project.allows(user, Verb.SEE) else None,
        "stopped": [_named(user, take) for take in queued if attested.stands_on(take, ids)],
        "going_on": [_named(user, take) for take in touched if take.status in _GOES_ON],
    }


_GOES_ON = (Status.SUBMITTING, Status.UNCERTAIN, Status.RUNNING, Status.STORING)


def _named(user: Any, take: Any) -> dict[str, Any]:
    return {"take": take, "visible": take.project.allows(user, Verb.SEE)}
