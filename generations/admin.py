"""Takes and consent in Django's admin; limits, alerts and webhooks stand in modules of their own."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from generations.models import ConsentRecord, Generation, Project, Registration
from generations.telling import dollars, recipe
from providers.admin_bases import ById, Named, ReadOnly
from providers.models import ProviderAccount

from .admin_alerts import AlertAdmin
from .admin_allow import AllowListAdmin
from .admin_limits import QuotaAdmin
from .admin_webhooks import WebhookAdmin

__all__ = ["AlertAdmin", "AllowListAdmin", "QuotaAdmin", "WebhookAdmin"]


@admin.register(Generation)
class TakeAdmin(ById, ReadOnly):
    list_display = (
        *("created_at", "status", "title", "project", "author", "account", "model"),
        *("held", "actual"),
    )
    list_filter = ("status", ("failure_class", Named), "account", "mode")
    list_select_related = ("project", "author", "account", "model")
    ordering = ("-id",)
    list_per_page = 50
    # what the gateway sent stays on the take's page; addresses of results may open without a key
    exclude = ("result_url", "job_handle", "lease_holder")

    @admin.display(description=_("prompt"))
    def title(self, row: Generation) -> str:
        return recipe.title(row, 60)

    @admin.display(description=_("held"))
    def held(self, row: Generation) -> str:
        return "-" if row.held_usd is None else dollars(row.held_usd)

    @admin.display(description=_("charged"))
    def actual(self, row: Generation) -> str:
        return "-" if row.actual_usd is None else dollars(row.actual_usd)

    def looked_for(self, word: str) -> Q:
        people = get_user_model().objects.filter(
            Q(username__icontains=word) | Q(display_name__icontains=word)
        )
        projects = Project.objects.filter(Q(name__icontains=word) | Q(slug=word))
        jobs = Generation.objects.filter(account__in=list(ProviderAccount.objects.all()), job_id=word)
        mine = Q(author__in=people.values("pk")) | Q(project__in=projects.values("pk"))
        return mine | Q(pk__in=jobs.values("pk")) | super().looked_for(word)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Generation]:
        return super().get_queryset(request).defer("recipe", "request", "price_detail")


@admin.register(ConsentRecord)
class ConsentAdmin(ReadOnly):
    """The rows as they are; *View on site* is the record's page, where it is withdrawn."""

    list_display = ("created_at", "user", "account", "flow", "version", "withdrawn_at", "withdrawn_by")
    list_filter = ("flow", "version", "account", ("withdrawn_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "account", "withdrawn_by")
    search_fields = ("user__username", "user__display_name", "text_sha256", "files__sha256")
    date_hierarchy = "created_at"


@admin.register(Registration)
class RegistrationAdmin(ReadOnly):
    """What gateways keep of the studio's pictures; asked for on the page of each file."""

    list_display = ("asked_at", "state", "account", "remote_id", "asset", "asked_by", "checked_at", "problem")
    list_filter = ("state", "account")
    list_select_related = ("account", "asset", "asked_by")
    search_fields = ("sha256", "remote_id", "asked_by__username")
    exclude = ("lease_holder", "lease_until")
