"""The tables and the ledger's lines as CSV: the same numbers as the page, to the last digit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from generations import spend_files
from providers.cells import csv_of

from .spend import for_spenders, read


@for_spenders
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    form, status = read(request)
    if status != 200:
        return _wrong(form)
    by = form.cleaned_data["by"] or "project"
    return _file(spend_files.table(request.user, form.wanted(), by), f"spend-by-{by}")


@for_spenders
@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """Every line of every attempt that is asked for."""
    form, status = read(request)
    return (
        _wrong(form)
        if status != 200
        else _file(spend_files.lines(request.user, form.wanted()), "ledger-lines")
    )


def _wrong(form: Any) -> HttpResponse:
    return HttpResponse("\n".join(form.problems), status=422, content_type="text/plain; charset=utf-8")


def _file(rows: Iterable[Iterable[Any]], name: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(csv_of(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate().isoformat()}.csv"'
    return answer
