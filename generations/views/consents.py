"""A person's own consent records: what they attested, when, to which words, and how to take it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from generations.models import ConsentRecord
from generations.services import withdrawal
from generations.telling import consents as telling

from .finding import read_id

PAGE = 25


@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """Newest first; ``before`` is the last record of the page before."""
    mine = ConsentRecord.objects.visible_to(request.user).order_by("-id")
    before = read_id(request.GET.get("before"))
    if before:
        mine = mine.filter(pk__lt=before)
    mine = mine.select_related("account", "user", "withdrawn_by", "generation__project")
    found = list(mine[: PAGE + 1])
    context = {
        "records": telling.shown(request.user, found[:PAGE]),
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    return render(request, "generations/consents.html", context)


@require_safe
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One record whole: for its person, and for administrators."""
    row = find_record(ConsentRecord.objects.readable_by(request.user), pk)
    return render(request, "generations/consent_record.html", telling.whole(request.user, row))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET says what a withdrawal does and whom it touches; POST does it."""
    row = find_record(ConsentRecord.objects.visible_to(request.user), pk)
    if request.method != "POST" and not row.withdrawn_at:
        context = telling.consequences(request.user, row)
        return render(request, "generations/consent_withdraw.html", context)
    if request.method == "POST" and withdrawal.withdraw(request.user, row):
        messages.success(request, _("Withdrawn. Nothing more is sent that stands on this statement."))
    else:
        messages.info(request, _("This statement was withdrawn before."))
    return redirect("consents")


def find_record(rows: Any, pk: UUID) -> ConsentRecord:
    """:raises Http404:"""
    found: ConsentRecord = get_object_or_404(
        rows.select_related("account", "user", "withdrawn_by", "generation__project"), pk=pk
    )
    return found
