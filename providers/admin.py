"""Accounts, models, money and the audit log in Django's admin. A key goes in and is never shown."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as WrongShape

from . import accounts, capability_rows, discovery, model_history, prices, standings
from .admin_audit import AuditAdmin
from .admin_bases import Audited, ById, ReadOnly, uuid_of
from .gateways.capabilities import from_plain
from .gateways.registry import all_gateways
from .models import AuditEvent, BadKey, LedgerEntry, ProviderAccount, VideoModel, audit, refuse_bad_key
from .seen import SeenForm

A_LONG_TIME_S = 10 * 365 * 86400.0


# --- accounts ------------------------------------------------------------------------------------


class AccountForm(SeenForm):
    gateway = forms.ChoiceField(
        label=_("Gateway"), choices=lambda: [(name, found.label) for name, found in all_gateways().items()]
    )
    base_url = forms.URLField(
        label=_("Base address"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=_("Empty: the gateway's own."),
    )
    key = forms.CharField(
        label=_("Key"),
        required=False,
        strip=True,
        max_length=500,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_(
            "Goes in and never comes out. Empty: the saved one stays. With another one, takes that the saved "
            "one made are asked about with it until they are done. Another address clears all keys."
        ),
    )
    leaked = forms.BooleanField(
        label=_("The saved key has leaked"),
        required=False,
        help_text=_(
            "It is erased with this change instead of being kept for its takes; some gateways then lose them."
        ),
    )

    def clean_base_url(self) -> str:
        """Takes in flight hold the address where it is."""
        address: str = self.cleaned_data["base_url"] or ""
        saved = ProviderAccount.objects.filter(pk=self.instance.pk).first()
        try:
            if saved and address:
                accounts.refuse_address_in_use(saved, address)
        except accounts.AddressInUse as error:
            raise forms.ValidationError(str(error)) from error
        return address

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        try:
            refuse_bad_key(key)
            if self.data.get("leaked"):
                accounts.refuse_leaked(self.instance, key)
        except BadKey as error:
            raise forms.ValidationError(str(error)) from None
        return key

    class Meta:
        model = ProviderAccount
        fields = (
            "gateway",
            "name",
            "base_url",
            "enabled",
            "max_in_flight",
            "submits_per_min",
            "polls_per_min",
            "low_balance_usd",
        )


@admin.register(ProviderAccount)
class AccountAdmin(Audited):
    subject = "account"
    form = AccountForm
    list_display = ("name", "gateway", "base_url", "shown_key", "state", "sandbox")
    list_filter = ("gateway", "sandbox", "enabled")
    search_fields = ("name", "gateway", "base_url")
    readonly_fields = (
        *("shown_key", "key_saved_at", "sandbox", "paused_until", "pause_reason", "last_check"),
        *("balance", "calls_left", "last_discovery"),
    )
    actions = ("test_key", "discover", "refresh_catalogue", "pause", "end_pause")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new account's limits come from its gateway; they can be changed afterwards."""
        if obj is None:
            return ("gateway", "name", "base_url", "key")
        return (*AccountForm.Meta.fields, "key", "leaked", "seen", *self.readonly_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("gateway", *self.readonly_fields) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # takes and ledger lines name it; switch it off instead

    @admin.display(description=_("key in use"))
    def shown_key(self, row: ProviderAccount) -> str:
        return row.masked_key or "-"

    @admin.display(description=_("state"))
    def state(self, row: ProviderAccount) -> str:
        return row.state_words()

    @admin.display(description=_("last check of the key"))
    def last_check(self, row: ProviderAccount) -> str:
        return row.last_check() or "-"

    @admin.display(description=_("balance, as the gateway told it"))
    def balance(self, row: ProviderAccount) -> str:
        return standings.money_words(row) or "-"

    @admin.display(description=_("calls left, as the gateway told it"))
    def calls_left(self, row: ProviderAccount) -> str:
        return standings.calls_words(row) or "-"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The address first, for it clears the key; then the key that was typed for it."""
        said = form.cleaned_data
        if not change:
            self._create(request, obj, said)
            return
        address, saved = obj.base_url, ProviderAccount.objects.get(pk=obj.pk)
        form.changed_data = [name for name in form.changed_data if name not in ("base_url", "key", "leaked")]
        obj.base_url = saved.base_url
        super().save_model(request, obj, form, change)
        if address:
            accounts.change_address(obj, address, actor=request.user)
        if said["key"]:
            accounts.save_key(obj, said["key"], actor=request.user, leaked=said["leaked"])

    def _create(self, request: HttpRequest, obj: Any, said: dict[str, Any]) -> None:
        made = accounts.create_account(
            said["gateway"], said["name"], said["key"], base_url=said["base_url"] or "", actor=request.user
        )
        obj.pk, obj._state.adding = made.pk, False
        obj.refresh_from_db()
        if obj.discovery_rung_at:
            words = _("The gateway is asked for its models now; what it says stands here within a minute.")
            self.message_user(request, words)

    @admin.action(description=_("Test the key (free)"))
    def test_key(self, request: HttpRequest, queryset: QuerySet[ProviderAccount]) -> None:
        for account in queryset:
            found = accounts.check_key(account)
            audit(request.user, "test key", "account", account.pk, after={"ok": found.ok})
            level = messages.SUCCESS if found.ok else messages.ERROR
            self.message_user(request, f"{account}: {found.message}", level)

    @admin.display(description=_("models, last asked"))
    def last_discovery(self, row: ProviderAccount) -> str:
        told = dict(row.discovery)
        at = told.pop("at", "")
        return f"{at[:16].replace('T', ' ')}: {discovery.Changes(**told).words}" if at else "-"

    @admin.action(description=_("Ask the gateway for its models"))
    def discover(self, request: HttpRequest, queryset: QuerySet[ProviderAccount]) -> None:
        for account in queryset:
            found = discovery.discover(account, actor=request.user)
            level = messages.ERROR if found.error else messages.SUCCESS
            self.message_user(request, f"{account}: {found.words}", level)

    @admin.action(description=_("Refresh models from the catalogue"))
    def refresh_catalogue(self, request: HttpRequest, queryset: QuerySet[ProviderAccount]) -> None:
        for account in queryset:
            changed = accounts.sync_catalogue(account)
            audit(request.user, "refresh catalogue", "account", account.pk, after={"changed": changed})
            self.message_user(request, _("%(name)s: %(n)s models changed.") % {"name": account, "n": changed})

    @admin.action(description=_("Pause"))
    def pause(self, request: HttpRequest, queryset: QuerySet[ProviderAccount]) -> None:
        for account in queryset:
            reason = _("Paused by %(name)s.") % {"name": request.user}
            accounts.pause(account.pk, A_LONG_TIME_S, reason)
            audit(request.user, "pause", "account", account.pk)
        self.message_user(request, _("Paused: nothing new is sent; what runs is still collected."))

    @admin.action(description=_("End the pause"))
    def end_pause(self, request: HttpRequest, queryset: QuerySet[ProviderAccount]) -> None:
        for account in queryset:
            accounts.resume(account, actor=request.user)
        self.message_user(request, _("The pause is over."))


# --- models ----------------------------------------------------------------------------------------


EDITABLE = {"label", "family", "capabilities", "price_rule"}


class ModelForm(SeenForm):
    class Meta:
        model = VideoModel
        fields: tuple[str, ...] = ("label", "family", "allowed", "capabilities", "price_rule")

    def clean_capabilities(self) -> Any:
        """:raises ValidationError: naming the key that has the wrong shape, or that there is not."""
        try:
            from_plain(self.cleaned_data["capabilities"])
            if unknown := capability_rows.unknown(self.cleaned_data["capabilities"]):
                words = _("%(key)s: there is no such capability.")
                raise ValidationError([ValidationError(words, params={"key": key}) for key in unknown])
        except WrongShape as error:
            raise ValidationError([_place(item) for item in error.errors()[:5]]) from error
        except (TypeError, ValueError, AttributeError) as error:
            raise ValidationError(_("These are no capabilities.")) from error
        return self.cleaned_data["capabilities"]

    def clean_price_rule(self) -> Any:
        try:
            prices.from_plain(self.cleaned_data["price_rule"] or {})
        except WrongShape as error:
            raise ValidationError([_("This is no price rule."), *map(_place, error.errors()[:5])]) from error
        except Exception as error:  # whatever shape was typed
            raise ValidationError(_("This is no price rule.")) from error
        return self.cleaned_data["price_rule"] or {}


class NewModelForm(ModelForm):
    class Meta(ModelForm.Meta):
        fields = ("account", "wire_id", "label", "family", "allowed", "capabilities", "price_rule")


def _place(item: Any) -> str:
    return f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"


@admin.register(VideoModel)
class ModelAdmin(Audited):
    subject = "model"
    object_history_template = "admin/model_history.html"
    form = ModelForm
    list_display = ("label", "wire_id", "account", "family", "source", "listed", "allowed", "retired_at")
    list_filter = ("account", "allowed", "listed", "source")
    search_fields = ("label", "wire_id", "family")
    # discovery alone retires and brings back; who wants a model gone unticks *allowed*
    readonly_fields = (
        *("account", "wire_id", "takes", "source", "listed", "retired_at", "deprecation", "updated_at"),
    )
    actions = ("allow", "disallow", "copy")
    list_select_related = ("account",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Account and id are chosen once, when a model is added by hand."""
        return self.readonly_fields if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The table to read, and what it is made of folded away; a fault in that unfolds it."""
        if obj is None:
            return [(None, {"fields": NewModelForm.Meta.fields})]
        words = _(
            "What the table is made of, as JSON. Whatever is changed here, no list overwrites any more."
        )
        edited = {"fields": ("capabilities", "price_rule"), "classes": ("collapse",), "description": words}
        return [
            (None, {"fields": ("account", "wire_id", "label", "family", "allowed", "takes", "seen")}),
            (_("Edit capabilities and prices"), edited),
            (None, {"fields": self.readonly_fields[3:]}),
        ]

    @admin.display(description=_("what it takes"))
    def takes(self, row: VideoModel) -> str:
        lines = capability_rows.rows(row.capabilities)
        line = '<tr><th scope="row">{1}<br><code>{0}</code></th><td>{2}</td></tr>'
        table = format_html_join("", line, lines)
        return format_html('<table class="captable"><tbody>{}</tbody></table>', table) if lines else "-"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        if obj is None:
            options["form"] = NewModelForm
        return super().get_form(request, obj, change, **options)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """``?like=<id>``: a new model begins as a copy of that one."""
        like = request.GET.get("like", "")
        found = VideoModel.objects.filter(pk=like).first() if uuid_of(like) else None
        if found is None:
            return super().get_changeform_initial_data(request)
        names = ("account", "label", "family", "capabilities", "price_rule")
        return {name: getattr(found, name) for name in names}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = model_history.values_of(VideoModel.objects.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)
        if change:
            model_history.note(obj, before, request.user)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Every change of what it takes and costs, whoever made it."""
        told = model_history.told(pk) if (pk := uuid_of(object_id)) else []
        return super().history_view(request, object_id, {"changes": told, **(extra_context or {})})

    def write(self, obj: Any, names: Collection[str] | None) -> None:
        """What an administrator edited is no longer overwritten by the catalogue."""
        if names is None:
            obj.source, obj.listed = "added", False
        elif obj.source != "added" and EDITABLE & set(names):
            obj.source, names = "edited", {*names, "source"}
        super().write(obj, names)

    @admin.action(description=_("Allow"))
    def allow(self, request: HttpRequest, queryset: QuerySet[VideoModel]) -> None:
        self._set(request, queryset, True)

    @admin.action(description=_("Do not offer"))
    def disallow(self, request: HttpRequest, queryset: QuerySet[VideoModel]) -> None:
        self._set(request, queryset, False)

    @admin.action(description=_("Add another one like this"))
    def copy(self, request: HttpRequest, queryset: QuerySet[VideoModel]) -> Any:
        """For a model that the gateway serves and no list names."""
        like = queryset.values_list("pk", flat=True)[0]
        return redirect(f"{reverse('admin:providers_videomodel_add')}?like={like}")

    def _set(self, request: HttpRequest, queryset: QuerySet[VideoModel], allowed: bool) -> None:
        for row in queryset.exclude(allowed=allowed):
            before = model_history.values_of(row)
            VideoModel.objects.filter(pk=row.pk).update(allowed=allowed)
            row.allowed = allowed
            model_history.note(row, before, request.user)
            audit(
                request.user,
                "allow" if allowed else "disallow",
                "model",
                row.pk,
                before={"allowed": not allowed},
                after={"allowed": allowed},
            )


# --- what is only read -----------------------------------------------------------------------------


@admin.register(LedgerEntry)
class LedgerAdmin(ById, ReadOnly):
    list_display = ("created_at", "kind", "amount_usd", "basis", "account", "model", "take_id", "attempt")
    list_filter = ("kind", "basis", "account")
    ordering = ("-created_at",)
    list_select_related = ("account",)

    def looked_for(self, word: str) -> Q:
        if pk := uuid_of(word):
            return Q(take_id=pk) | Q(person_id=pk) | Q(project_id=pk)
        accounts = ProviderAccount.objects.filter(name__icontains=word)
        return Q(account__in=accounts.values("pk")) | Q(model=word)


admin.site.register(AuditEvent, AuditAdmin)
