"""Signing a take off, taking that back, and the certificate: as a page, to print, and as JSON."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations.filenames import clip_name, file_name
from generations.models import Generation, SignOff, Verification
from generations.services import sign_off, sign_off_check
from generations.telling import reviews

from .answers import done, refused
from .finding import take_for
from .statuses import REFUSALS, status_of


@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    take = take_for(request.user, pk)
    sha256 = request.POST.get("sha256", "")[:64]
    try:
        sign_off.sign(request.user, take, file_sha256=sha256, file_name=clip_name(take))
    except REFUSALS as error:
        return refused(request, take, status_of(error), error)
    return done(request, take, _("%(version)s is signed off.") % {"version": _version(take)})


@require_POST
def withdraw(request: HttpRequest, pk: UUID, signed: UUID) -> HttpResponse:
    take = take_for(request.user, pk)
    made = _find(take, signed)
    try:
        sign_off.withdraw(request.user, made, request.POST.get("reason", ""))
    except REFUSALS as error:
        return refused(request, take, status_of(error), error)
    return done(request, take, _("The sign-off is withdrawn."))


@require_safe
def certificate(request: HttpRequest, pk: UUID, signed: UUID) -> HttpResponse:
    """What was signed, and whether it still fits what is here; the file is not read for that."""
    take = take_for(request.user, pk)
    made = _find(take, signed)
    context = {
        "take": take,
        "project": take.project,
        "made": made,
        "said": made.statement,
        "version": f"V{made.statement['take']['version']}",
        "client": [_client(line) for line in made.statement.get("client", [])],
        "withdrawal": sign_off_check.withdrawal_of(made),
        "words": sign_off_check.check_words(made.statement, made.sha256, made.seal),
        "fits": sign_off.fits(made, take),
        "steps": sign_off_check.STEPS,
        "may_withdraw": sign_off.may_withdraw(request.user, made, made.project.verbs_of(request.user)),
    }
    return render(request, "generations/certificate.html", context)


def _client(said: dict[str, Any]) -> dict[str, str]:
    """A guest's word as the statement has it, for people."""
    sure = Verification(said["verified_by"]).label
    words = reviews.CLIENT_WORDS[said["review"]][1]
    return {"words": str(words), "who": f"{said['by']} ({sure})", "at": said["at"], "id": said["id"]}


@require_safe
def as_json(request: HttpRequest, pk: UUID, signed: UUID) -> HttpResponse:
    take = take_for(request.user, pk)
    text = json.dumps(sign_off_check.certificate(_find(take, signed)), ensure_ascii=False, indent=2)
    response = HttpResponse(f"{text}\n", content_type="application/json; charset=utf-8")
    name = file_name(take, "certificate", ".json")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _find(take: Generation, pk: UUID) -> SignOff:
    """:raises Http404:"""
    rows = SignOff.objects.select_related("generation", "project", "withdrawal__person")
    return get_object_or_404(rows, pk=pk, generation=take)


def _version(take: Generation) -> str:
    return reviews.version(take) or _("This take")
