"""Takes, consent and limits in Django's admin. Limits are here because they name projects and people."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from generations.models import ConsentRecord, Generation, Project, Registration
from providers import limits
from providers.admin_bases import Audited, ReadOnly
from providers.models import ProviderAccount, Quota
from providers.seen import SeenForm

Scope = Quota.Scope


def _rows(scope: str) -> QuerySet[Any]:
    """What a limit of this scope may apply to."""
    return {
        Scope.ACCOUNT: ProviderAccount.objects.all(),
        Scope.PROJECT: Project.objects.active(),
        Scope.PERSON: get_user_model().objects.active(),
    }[Scope(scope)]


class QuotaForm(SeenForm):
    """How much: all that changes of a limit once it counts."""

    class Meta:
        model = Quota
        fields: tuple[str, ...] = ("limit",)

    def clean_limit(self) -> Any:
        if self.cleaned_data["limit"] < 0:
            raise ValidationError(_("A limit is zero or more."))
        return self.cleaned_data["limit"]


class NewQuotaForm(QuotaForm):
    """One choice instead of a scope and a bare id."""

    applies_to = forms.ChoiceField(label=_("applies to"))

    class Meta(QuotaForm.Meta):
        fields = ("measure", "period", "limit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: list[Any] = [(Scope.STUDIO.value, Scope.STUDIO.label)]
        for scope in (Scope.ACCOUNT, Scope.PROJECT, Scope.PERSON):
            groups.append((scope.label, [(f"{scope}:{row.pk}", str(row)) for row in _rows(scope)]))
        self.fields["applies_to"].choices = groups

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        scope, _colon, scope_id = said.get("applies_to", "").partition(":")
        self.instance.scope, self.instance.scope_id = scope, UUID(scope_id) if scope_id else None
        same = Quota.objects.filter(
            scope=scope,
            scope_id=self.instance.scope_id,
            measure=said.get("measure"),
            period=said.get("period"),
        )
        if scope and same.exists():
            raise ValidationError(_("There is such a limit already; change that one."))
        return said


@admin.register(Quota)
class QuotaAdmin(Audited):
    subject = "quota"
    form = QuotaForm
    list_display = ("applies_to", "measure", "period", "limit")
    list_filter = ("scope", "measure")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        names = ("applies_to", "measure", "period", "limit")
        if obj is None:
            words = _("It counts at once what is in flight now, or what this period has used already.")
            return [(None, {"fields": names, "description": words})]
        words = _(
            "Whom a limit counts, what and for how long stays as it was made. Make another one instead."
        )
        return [(None, {"fields": (*names, "seen"), "description": words})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The counter goes by them: under another measure or scope it would count what it never counted."""
        return ("applies_to", "measure", "period") if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        if obj is None:
            options["form"] = NewQuotaForm
        return super().get_form(request, obj, change, **options)

    def write(self, obj: Any, names: Collection[str] | None) -> None:
        if names is None:
            limits.make(obj)
        else:
            super().write(obj, names)

    @admin.display(description=_("applies to"))
    def applies_to(self, row: Quota) -> str:
        if row.scope == Scope.STUDIO:
            return str(row.get_scope_display())
        found = _rows(row.scope).filter(pk=row.scope_id).first()
        return f"{row.get_scope_display()}: {found or row.scope_id}"


@admin.register(Generation)
class TakeAdmin(ReadOnly):
    list_display = ("id", "status", "project", "author", "account", "model", "held_usd", "actual_usd")
    list_filter = ("status", "failure_class", "account", "mode")
    list_select_related = ("project", "author", "account", "model")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    # what the gateway sent stays on the take's page; addresses of results may open without a key
    exclude = ("result_url", "job_handle", "lease_holder")

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
