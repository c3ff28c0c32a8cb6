"""Alerts in Django's admin: open and past ones, filtered, exported, acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from generations.models import Alert
from generations.services import alerts
from generations.telling import alarms
from providers.admin_bases import ReadOnly

COLUMNS = (
    *("id", "kind", "severity", "about", "opened_at", "last_seen_at", "closed_at"),
    *("acknowledged_by", "acknowledged_at", "title", "what"),
)


class State(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return [("open", _("open")), ("past", _("over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        if self.value() not in ("open", "past"):
            return queryset
        return queryset.filter(closed_at__isnull=self.value() == "open")


@admin.register(Alert)
class AlertAdmin(ReadOnly):
    list_display = ("alert", "severity", "opened_at", "state", "acknowledged")
    list_filter = (State, "kind", "severity", "account")
    list_select_related = ("account", "acknowledged_by")
    list_per_page = 50
    show_full_result_count = False
    change_list_template = "admin/alerts_list.html"
    change_form_template = "admin/alert.html"
    actions = ("acknowledge_these",)
    fields = (
        "what",
        "advice",
        "severity",
        "opened_at",
        "last_seen_at",
        "closed_at",
        "acknowledged",
    )
    readonly_fields = fields

    def export_columns(self, request: HttpRequest) -> Sequence[str]:
        return COLUMNS

    def get_urls(self) -> list[Any]:
        guarded = self.admin_site.admin_view
        own = [
            path(
                "<uuid:pk>/acknowledge",
                guarded(require_POST(self.acknowledge_one)),
                name="alert-acknowledge",
            ),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        answer = super().changelist_view(request, {"title": _("Alerts"), **(extra_context or {})})
        if request.method == "GET":
            alerts.saw(request.user)
        return answer

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        row = self.get_object(request, object_id)
        kwargs["extra_context"] = {"told": alarms.of(row) if row else None, "title": str(row or "")}
        return super().change_view(request, object_id, *args, **kwargs)

    @admin.display(description=_("alert"), ordering="kind")
    def alert(self, row: Alert) -> str:
        told = alarms.of(row)
        return format_html("{}<br><small>{}</small>", told.title, told.what or told.advice)

    @admin.display(description=_("state"), ordering="closed_at")
    def state(self, row: Alert) -> str:
        return alarms.lasted(row) if row.closed_at else format_html("<strong>{}</strong>", _now("open"))

    @admin.display(description=_("acknowledged"), ordering="acknowledged_at")
    def acknowledged(self, row: Alert) -> str:
        return str(row.acknowledged_by or "-") if row.acknowledged_at else "-"

    def title(self, row: Alert) -> str:
        return alarms.of(row).title

    @admin.display(description=_("how it stands"))
    def what(self, row: Alert) -> str:
        return alarms.of(row).what or "-"

    @admin.display(description=_("what to do"))
    def advice(self, row: Alert) -> str:
        told = alarms.of(row)
        if not told.url:
            return told.advice
        return format_html('{} <a href="{}">{}</a>', told.advice, told.url, _now("Go there"))

    @admin.action(description=_("Acknowledge"))
    def acknowledge_these(self, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
        done = sum(alerts.acknowledge(request.user, row) for row in queryset.select_related("account"))
        self.message_user(request, _now("%(n)d acknowledged.") % {"n": done})

    def acknowledge_one(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """From the first page or its own, and back there."""
        row = get_object_or_404(Alert.objects.select_related("account"), pk=pk)
        if alerts.acknowledge(request.user, row):
            messages.success(request, _now("Acknowledged: %(what)s.") % {"what": alarms.of(row).title})
        else:
            messages.info(request, _now("Somebody was faster, or it is over."))
        own = reverse("admin:generations_alert_change", args=[pk])
        return redirect(own if request.POST.get("back") == "own" else "admin:index")
