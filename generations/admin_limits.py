"""Limits in Django's admin: here, for they name projects, clients and people."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from generations.models import LimitRequest
from generations.services import limit_changes, limit_requests, limits
from providers import limits as making
from providers import periods, quota_words, quotas
from providers.admin_bases import Audited, Named, ReadOnly
from providers.models import Quota
from providers.models.money import studio_zone
from providers.seen import SeenForm

Scope = Quota.Scope
_NAMED_BY = {
    Scope.ACCOUNT: ("name",),
    Scope.MODEL: ("label", "wire_id", "account__name"),
    Scope.PROJECT: ("name", "slug"),
    Scope.CLIENT: ("name",),
    Scope.PERSON: ("display_name", "username"),
}


def _choosable(scope: str) -> QuerySet[Any]:
    """What a new limit may apply to."""
    rows = limits.rows_of(scope)
    if scope == Scope.MODEL:
        return rows.filter(retired_at=None)
    return rows.active() if scope in (Scope.PROJECT, Scope.PERSON) else rows


def _groups() -> list[Any]:
    found: list[Any] = [
        (Scope.STUDIO.value, Scope.STUDIO.label),
        (Scope.ROLE.label, [(f"role:{role}", label) for role, label in quota_words.roles().items()]),
    ]
    for scope in _NAMED_BY:
        found.append(
            (scope.label, [(f"{scope}:{row.pk}", limits.label_of(row)) for row in _choosable(scope)])
        )
    return found


class QuotaForm(SeenForm):
    """How much: all that changes of a limit once it counts."""

    class Meta:
        model = Quota
        fields: tuple[str, ...] = ("limit", "soft_limit")

    def clean_limit(self) -> Any:
        told = {"measure": self.cleaned_data.get("measure", self.instance.measure)}
        fault = making.faults_of(Quota(**told, limit=self.cleaned_data["limit"])).get("limit")
        if fault:
            raise ValidationError(fault)
        return self.cleaned_data["limit"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors:
            told = {name: said.get(name, getattr(self.instance, name)) for name in _JUDGED}
            for name, words in making.faults_of(Quota(**told)).items():
                self.add_error(name if name in self.fields else None, words)
        return said


_JUDGED = ("measure", "limit", "soft_limit", "time_zone")


class NewQuotaForm(QuotaForm):
    """One choice instead of a scope and a bare id."""

    applies_to = forms.ChoiceField(label=_("Applies to"))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [(name, name.replace("_", " ")) for name in sorted(periods.zones())],
        initial=studio_zone,
        help_text=_("Hours, days, weeks and months begin at its clock. Empty: the studio's."),
    )

    class Meta(QuotaForm.Meta):
        fields = ("measure", "period", "time_zone", "limit", "soft_limit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["applies_to"].choices = _groups()

    def clean_time_zone(self) -> str:
        return self.cleaned_data["time_zone"] or studio_zone()

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        scope, _colon, which = said.get("applies_to", "").partition(":")
        row = self.instance
        row.scope, row.scope_id, row.role = scope, None, ""
        if scope == Scope.ROLE:
            row.role = which
        elif which:
            row.scope_id = UUID(which)
        same = Quota.objects.filter(
            scope=scope,
            scope_id=row.scope_id,
            role=row.role,
            measure=said.get("measure"),
            period=said.get("period"),
        )
        if scope and same.exists():
            raise ValidationError(limit_changes.THERE_IS_ONE)
        return said


class Told(NamedTuple):
    name: str  # of what it applies to
    standing: quotas.Standing


def _with_standings(rows: Iterable[Any]) -> list[Any]:
    """Limits, each with ``told``. Of a role it is the fullest counter that counts here."""
    rows = list(rows)
    names = limits.names_of(rows)
    standings = {item.quota.pk: item for item in limits.standings_for(None, rows)}
    for row in rows:
        row.told = Told(names[row.pk], standings[row.pk])
    return rows


class HowFull(admin.SimpleListFilter):
    title = _("how full")
    parameter_name = "full"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return [("warned", _("people are warned")), ("up", _("used up"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Quota]) -> QuerySet[Quota]:
        if self.value() not in ("warned", "up"):
            return queryset
        there = limits.standings_for(None, list(queryset))
        if self.value() == "up":
            return queryset.filter(pk__in=[item.quota.pk for item in there if item.left <= 0])
        return queryset.filter(pk__in=[item.quota.pk for item in there if quotas.near([item])])


@admin.register(Quota)
class QuotaAdmin(Audited):
    subject = "quota"
    form = QuotaForm
    list_display = (
        *("applies_to", "measure", "period", "limit", "soft_limit"),
        *("used", "left", "begins_anew", "time_zone"),
    )
    list_filter = ("scope", "measure", "period", ("role", Named), HowFull)
    search_fields = ("role",)  # and by name: see below

    def shown_as(self, obj: Any) -> str:
        return f"{limits.name_of(obj)}, {limit_requests.sum_of(obj, obj.limit)}"

    def looked_up(self, rows: list[Any]) -> list[Any]:
        return _with_standings(rows)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Quota], search_term: str
    ) -> tuple[QuerySet[Quota], bool]:
        for word in search_term.split():
            mine = Q(role__icontains=word)
            for scope, columns in _NAMED_BY.items():
                named = Q()
                for column in columns:
                    named |= Q(**{f"{column}__icontains": word})
                ids = limits.rows_of(scope).filter(named).values("pk")
                mine |= Q(scope=scope, scope_id__in=ids)
            queryset = queryset.filter(mine)
        return queryset, False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        names = ("applies_to", "measure", "period", "time_zone", "limit", "soft_limit")
        if obj is None:
            words = _("It counts at once what is in flight now, or what this period has used already.")
            return [(None, {"fields": names, "description": words})]
        words = _(
            "Whom a limit counts, what and for how long stays as it was made. Make another one instead."
        )
        there = (*names, "used", "left", "begins_anew", "seen")
        return [(None, {"fields": there, "description": words})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The counter goes by them: under another measure or scope it would count what it never counted."""
        told = ("used", "left", "begins_anew")
        return ("applies_to", "measure", "period", "time_zone", *told) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        if obj is None:
            options["form"] = NewQuotaForm
        return super().get_form(request, obj, change, **options)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            limit_changes.write_sums(request.user, obj, obj.limit, obj.soft_limit)
        else:
            limit_changes.write_new(request.user, obj)
        (item,) = limits.standings_for(None, [obj])
        if item.left < 0:
            used = quota_words.amount(obj, item.used, unit=True)
            words = _now("%(used)s are used or held already: nothing new goes until there is room again.")
            messages.warning(request, words % {"used": used})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        limit_changes.remove(request.user, obj)

    @admin.display(description=_("applies to"))
    def applies_to(self, row: Any) -> str:
        return _told(row).name

    @admin.display(description=_("used"))
    def used(self, row: Any) -> str:
        return quota_words.amount(row, max(_told(row).standing.used, Decimal(0)))

    @admin.display(description=_("left"))
    def left(self, row: Any) -> str:
        return quota_words.amount(row, max(_told(row).standing.left, Decimal(0)))

    @admin.display(description=_("begins anew"))
    def begins_anew(self, row: Any) -> str:
        return quota_words.begins_anew(row) or "-"


def _told(row: Any) -> Told:
    """A row of a page of its own has not been looked up with others."""
    if not hasattr(row, "told"):
        _with_standings([row])
    told: Told = row.told
    return told


@admin.register(LimitRequest)
class LimitRequestAdmin(ReadOnly):
    """What was asked of limits; *View on site* is where it is answered."""

    list_display = ("asked_at", "asked_by", "about", "amount", "state", "answered_by", "answered_at")
    list_filter = ("state",)
    list_select_related = ("asked_by", "answered_by")
    search_fields = ("asked_by__username", "asked_by__display_name", "about", "words", "answer")
