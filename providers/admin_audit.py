"""The audit log in Django's admin: read, searched, filtered, exported, and its chain checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from . import audit_chain, audit_checks, audit_words
from .admin_bases import Capped, Named, ReadOnly
from .admin_export import Line
from .models import AuditCheck, AuditEvent

COLUMNS = (
    *("number", "at", "actor_name", "verb", "subject", "subject_id", "before", "after", "address"),
    *("actor_id", "previous", "digest"),
)


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) if value else "–"


def _lines(rows: QuerySet[AuditEvent]) -> Iterator[Line]:
    """With what the digests are taken of, so that the chain can be followed from the file alone."""
    for event in rows.iterator(chunk_size=500):
        link = getattr(event, "link", None)
        number, previous = (link.number, link.previous) if link else (0, "")
        yield {**audit_chain.line_of(event, number, previous), "digest": link.digest if link else ""}


class AuditAdmin(ReadOnly):
    list_display = ("at", "actor_name", "verb", "subject", "subject_id", "change", "address")
    list_filter = ("verb", "subject", ("actor_name", Named), ("at", admin.DateFieldListFilter))
    search_fields = ("actor_name", "verb", "subject_id", "address", "before", "after")
    date_hierarchy = "at"
    list_per_page = 50
    show_full_result_count = False
    paginator = Capped
    change_list_template = "admin/audit_list.html"
    export_name = "audit-log"
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
        check = self.admin_site.admin_view(require_POST(self.check_chain))
        state = self.admin_site.admin_view(require_safe(self.check_state))
        own = [path("check", check, name="audit-check"), path("check/state", state, name="audit-check-state")]
        return [*own, *super().get_urls()]

    def export_columns(self, request: HttpRequest) -> Sequence[str]:
        return COLUMNS

    def export_rows(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        """Oldest first, up to the line that this export itself will write."""
        newest = AuditEvent.objects.aggregate(pk=Max("pk"))["pk"] or 0
        return super().export_rows(request).filter(pk__lte=newest).order_by("pk")

    def export_lines(self, rows: QuerySet[AuditEvent], columns: Sequence[str]) -> Iterator[Line]:
        return _lines(rows)

    @admin.display(description=lazy("change"))
    def change(self, row: AuditEvent) -> str:
        return audit_words.change(row)

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

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {**_checks(), **(extra_context or {})})

    def check_chain(self, request: HttpRequest) -> HttpResponse:
        """A worker reads all of it; the page shows how far it is."""
        audit_checks.begin(str(request.user), whole=True)
        return redirect("admin:providers_auditevent_changelist")

    def check_state(self, request: HttpRequest) -> HttpResponse:
        return render(request, "admin/_audit_check.html", _checks())


def _checks() -> dict[str, Any]:
    """The look that is under way, and the newest that is over."""
    return {"under_way": AuditCheck.objects.filter(running=True).first(), "last": audit_checks.latest()}
