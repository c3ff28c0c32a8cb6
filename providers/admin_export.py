"""A table of Django's admin, taken along as CSV or JSON lines, as the present filter shows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any, NamedTuple

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import lookup_field
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponseBadRequest,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from .cells import csv_of, plain
from .models import audit

Line = dict[str, Any]
_AT_ONCE = 500


def _as_csv(columns: Sequence[str], lines: Iterable[Line]) -> Iterator[str]:
    return csv_of(chain([columns], ([_cell(line[name]) for name in columns] for line in lines)))


def _cell(value: Any) -> str:
    return plain(json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value)


def _as_jsonl(columns: Sequence[str], lines: Iterable[Line]) -> Iterator[str]:
    return (f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


class Format(NamedTuple):
    mime: str
    write: Callable[[Sequence[str], Iterable[Line]], Iterator[str]]


FORMATS = {
    "csv": Format("text/csv; charset=utf-8", _as_csv),
    "jsonl": Format("application/x-ndjson; charset=utf-8", _as_jsonl),
}


class LookedUp(ChangeList):
    """A page of rows with whatever their columns need."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        table: Any = self.model_admin
        self.result_list = list(table.looked_up(list(self.result_list)))


class Exported(admin.ModelAdmin):
    """Who took it along stands in the audit log. The columns are those of the list, after the row's id; other
    columns, other lines or another name are a subclass's word."""

    change_list_template = "admin/exported_list.html"
    export_name = ""  # of the file; empty: the table's name in the admin's addresses

    def export_columns(self, request: HttpRequest) -> Sequence[str]:
        shown = [name for name in self.get_list_display(request) if isinstance(name, str)]
        return ("id", *(name for name in shown if name != "id"))

    def export_rows(self, request: HttpRequest) -> QuerySet[Any]:
        """As the list has them, in its order."""
        return self.get_changelist_instance(request).get_queryset(request)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LookedUp

    def looked_up(self, rows: list[Any]) -> Iterable[Any]:
        """So many rows at once, of a page or of an export, with whatever their columns need."""
        return rows

    def export_lines(self, rows: QuerySet[Any], columns: Sequence[str]) -> Iterator[Line]:
        found = rows.iterator(chunk_size=_AT_ONCE)
        while some := list(islice(found, _AT_ONCE)):
            for row in self.looked_up(some):
                yield {name: self._value(row, name) for name in columns}

    def _value(self, row: Any, name: str) -> Any:
        if name == "id":
            return str(row.pk)
        return json_value(lookup_field(name, row, self)[2])

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_safe(self.export))
        return [path("export.<str:kind>", view, name=f"{self._place()}_export"), *super().get_urls()]

    def _place(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        query, place = request.GET.urlencode(), f"admin:{self._place()}_export"
        exports = [(kind, f"{reverse(place, args=[kind])}?{query}") for kind in FORMATS]
        return super().changelist_view(request, {"exports": exports, **(extra_context or {})})

    def export(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """:raises Http404: there is no such format."""
        if kind not in FORMATS:
            raise Http404
        try:
            rows = self.export_rows(request)
        except IncorrectLookupParameters:
            return HttpResponseBadRequest(_("There is no such filter."))
        name = self.export_name or str(self.opts.verbose_name_plural).replace(" ", "-")
        columns = self.export_columns(request)
        lines = self.export_lines(rows, columns)
        with override(None):  # the log names tables alike, whatever language somebody reads
            told = {"format": kind, "filter": request.GET.urlencode()[:300]}
            audit(request.user, "exported", str(self.opts.verbose_name_plural), after=told)
        response = StreamingHttpResponse(FORMATS[kind].write(columns, lines), content_type=FORMATS[kind].mime)
        response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
        return response


def json_value(value: Any) -> Any:
    """As JSON keeps it: sums as text, times in ISO 8601, rows by their name."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (dict, list, bool, int, float, str, type(None))) and not isinstance(value, Decimal):
        return value
    return str(value)
