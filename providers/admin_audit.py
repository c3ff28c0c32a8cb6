"""The audit log in Django's admin: read, searched, filtered, exported, and its chain checked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from . import audit_chain
from .admin_bases import Named, ReadOnly
from .cells import csv_of, plain
from .models import AuditEvent, audit

COLUMNS = (
    *("number", "at", "actor_name", "verb", "subject", "subject_id", "before", "after", "address"),
    *("actor_id", "previous", "digest"),
)
_MOST_WORDS = 160


def _change(before: Any, after: Any) -> str:
    if before is None or after is None:
        return _short(after if before is None else before)
    return _short(after) if before == after else f"{_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) if value else "–"


def _lines(rows: QuerySet[AuditEvent]) -> Iterator[dict[str, Any]]:
    """With what the digests are taken of, so that the chain can be followed from the file alone."""
    for event in rows.iterator(chunk_size=500):
        link = getattr(event, "link", None)
        number, previous = (link.number, link.previous) if link else (0, "")
        yield {**audit_chain.line_of(event, number, previous), "digest": link.digest if link else ""}


def _as_csv(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    return csv_of(chain([COLUMNS], map(_cells, lines)))


def _cells(line: dict[str, Any]) -> list[str]:
    return [plain(_short(line[name]) if line[name] is not None else "") for name in COLUMNS]


def _as_jsonl(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    return (f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


class Format(NamedTuple):
    mime: str
    write: Callable[[Iterable[dict[str, Any]]], Iterator[str]]


FORMATS = {
    "csv": Format("text/csv; charset=utf-8", _as_csv),
    "jsonl": Format("application/x-ndjson; charset=utf-8", _as_jsonl),
}


class AuditAdmin(ReadOnly):
    list_display = ("at", "actor_name", "verb", "subject", "subject_id", "change", "address")
    list_filter = ("verb", "subject", ("actor_name", Named), ("at", admin.DateFieldListFilter))
    search_fields = ("actor_name", "verb", "subject_id", "address", "before", "after")
    date_hierarchy = "at"
    list_per_page = 50
    show_full_result_count = False
    change_list_template = "admin/audit_list.html"
    fields = (
        "at",
        "actor_name",
        "actor_id",
        "verb",
        "subject",
        "subject_id",
        "address",
        "was",
        "became",
        "place",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        return super().get_queryset(request).select_related("link")

    def get_urls(self) -> list[Any]:
        guarded = self.admin_site.admin_view
        own = [
            path("export.<str:kind>", guarded(require_safe(self.export)), name="audit-export"),
            path("check", guarded(require_POST(self.check_chain)), name="audit-check"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        query = request.GET.urlencode()
        exports = [(kind, f"{reverse('admin:audit-export', args=[kind])}?{query}") for kind in FORMATS]
        return super().changelist_view(request, {"exports": exports, **(extra_context or {})})

    @admin.display(description=lazy("change"))
    def change(self, row: AuditEvent) -> str:
        """``limit: 5 → 7``; of what is new or gone, its value alone."""
        names = list(dict.fromkeys([*row.before, *row.after]))
        words = "; ".join(f"{name}: {_change(row.before.get(name), row.after.get(name))}" for name in names)
        return words if len(words) <= _MOST_WORDS else f"{words[:_MOST_WORDS]}…"

    @admin.display(description=lazy("before"))
    def was(self, row: AuditEvent) -> str:
        return _pretty(row.before)

    @admin.display(description=lazy("after"))
    def became(self, row: AuditEvent) -> str:
        return _pretty(row.after)

    @admin.display(description=lazy("place in the chain"))
    def place(self, row: AuditEvent) -> str:
        link = getattr(row, "link", None)
        return f"{link.number}: {link.digest}" if link else _("It is just being added.")

    def export(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """What the present filter shows, oldest first; a line of its own says who took it along."""
        if kind not in FORMATS:
            raise Http404
        newest = AuditEvent.objects.aggregate(pk=Max("pk"))["pk"] or 0
        shown = self.get_changelist_instance(request).get_queryset(request)
        rows = shown.filter(pk__lte=newest).order_by("pk")
        told = {"format": kind, "filter": request.GET.urlencode()[:300]}
        audit(request.user, "exported", "audit log", after=told)
        response = StreamingHttpResponse(FORMATS[kind].write(_lines(rows)), content_type=FORMATS[kind].mime)
        response["Content-Disposition"] = f'attachment; filename="audit-log.{kind}"'
        return response

    def check_chain(self, request: HttpRequest) -> HttpResponse:
        audit_chain.link_new()
        report = audit_chain.verify()
        for words in report.wrong:
            messages.error(request, words)
        for words in report.notes:
            messages.info(request, words)
        if report.ok:
            told = {"n": f"{report.lines:,}", "number": report.end[0], "digest": report.end[1]}
            words = _(
                "The chain holds: %(n)s lines, none changed or missing. Its end is %(number)s:%(digest)s."
            )
            messages.success(request, words % told)
        return redirect("admin:providers_auditevent_changelist")
