"""Webhooks in Django's admin. A secret is shown once, when it is made; what was sent and what was answered is
listed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from generations.models import WEBHOOK_KINDS, Webhook, WebhookDelivery
from generations.services import webhooks
from generations.services.refusals import WrongState
from generations.services.webhook_sending import TEST
from generations.services.webhooks import BadWebhook
from providers.admin_bases import Audited, ReadOnly
from providers.seen import SeenForm

NEWEST = 20


class WebhookForm(SeenForm):
    kinds = forms.MultipleChoiceField(
        label=_("Told of"),
        choices=lambda: [(kind, str(label).capitalize()) for kind, label in WEBHOOK_KINDS],
        widget=forms.CheckboxSelectMultiple,
        initial=[kind for kind, _label in WEBHOOK_KINDS],
    )

    class Meta:
        model = Webhook
        fields = ("name", "url", "kinds", "enabled")

    def full_clean(self) -> None:
        """The page begins at the first field that is not taken."""
        super().full_clean()
        if wrong := next((name for name in self.fields if name in self.errors), ""):
            self.fields[wrong].widget.attrs["autofocus"] = True

    def clean_url(self) -> str:
        try:
            return webhooks.checked_url(self.cleaned_data["url"])
        except BadWebhook as error:
            raise ValidationError(error.message) from error


@admin.register(Webhook)
class WebhookAdmin(Audited):
    subject = "webhook"
    form = WebhookForm
    list_display = ("name", "host", "enabled", "how_it_does")
    list_filter = ("enabled",)
    search_fields = ("name", "url")
    readonly_fields = ("secret_saved_at", "old_secret")
    change_form_template = "admin/webhook.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        names = (*WebhookForm.Meta.fields, *(("seen", *self.readonly_fields) if obj else ()))
        words = _("What happens is sent there at once, as a signed POST of JSON (Standard Webhooks).")
        return [(None, {"fields": names, "description": words})]

    def get_urls(self) -> list[Any]:
        guarded = self.admin_site.admin_view
        own = [
            path("<uuid:pk>/secret", guarded(require_POST(self.rotate)), name="webhook-secret"),
            path("<uuid:pk>/test", guarded(require_POST(self.test)), name="webhook-test"),
            path(
                "deliveries/<uuid:pk>/again",
                guarded(require_POST(self.again)),
                name="webhook-again",
            ),
        ]
        return [*own, *super().get_urls()]

    def looked_up(self, rows: list[Any]) -> list[Any]:
        newest = WebhookDelivery.objects.filter(webhook__in=rows).order_by().values("webhook")
        ids = [one["last"] for one in newest.annotate(last=Max("pk"))]  # ids go up with time
        last = {one.webhook_id: one for one in WebhookDelivery.objects.filter(pk__in=ids)}
        for row in rows:
            row.last = last.get(row.pk)
        return rows

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """One button: what follows is the secret."""
        kwargs["extra_context"] = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, *args, **kwargs)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        rows = WebhookDelivery.objects.filter(webhook=self.get_object(request, object_id))
        kwargs["extra_context"] = {"deliveries": [_shown(row) for row in rows[:NEWEST]]}
        return super().change_view(request, object_id, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """:raises IntegrityError: somebody was faster; ``Audited`` has the form checked once more."""
        try:
            self._save(request, obj, form, change)
        except BadWebhook as error:
            raise IntegrityError(str(error)) from error

    def _save(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        said = {name: form.cleaned_data[name] for name in WebhookForm.Meta.fields}
        if change:
            webhooks.change(request.user, obj, **said)
            return
        enabled = said.pop("enabled")
        made, obj.shown_secret = webhooks.make(request.user, **said)
        if not enabled:
            webhooks.change(request.user, made, enabled=False)
        obj.pk, obj._state.adding = made.pk, False
        obj.refresh_from_db()

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self._show_secret(request, obj, obj.shown_secret)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Its deliveries go with it; they are a list to read, nothing that must be kept."""
        return [str(obj) for obj in objs], {}, set(), []

    def rotate(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        hook = get_object_or_404(Webhook, pk=pk)
        try:
            secret = webhooks.rotate(request.user, hook)
        except WrongState as error:
            messages.error(request, str(error))
            return redirect("admin:generations_webhook_change", pk)
        hook.refresh_from_db()
        return self._show_secret(request, hook, secret, rotated=True)

    def _show_secret(
        self, request: HttpRequest, hook: Any, secret: str, *, rotated: bool = False
    ) -> HttpResponse:
        """In the answer itself, and nowhere else."""
        context = {
            **self.admin_site.each_context(request),
            "title": hook.name,
            "hook": hook,
            "secret": secret,
            "rotated": rotated,
            "earlier": webhooks.earlier_secrets(hook, timezone.now()),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/webhook_secret.html", context)

    def test(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        hook = get_object_or_404(Webhook, pk=pk)
        row = webhooks.send_test(request.user, hook)
        words = {"status": row.status, "answer": row.answer or _now("an empty body")}
        if row.delivered_at:
            messages.success(request, _now("The test was taken in: %(status)s, %(answer)s") % words)
        elif row.status:
            messages.error(request, _now("The test was refused: %(status)s, %(answer)s") % words)
        else:
            messages.error(request, row.problem)
        return redirect("admin:generations_webhook_change", pk)

    def again(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        row = get_object_or_404(WebhookDelivery, pk=pk)
        _again(request, row)
        return redirect("admin:generations_webhook_change", row.webhook_id)

    @admin.display(description=_("address"))
    def host(self, row: Webhook) -> str:
        """What follows in it may be as good as a password."""
        return urlsplit(row.url).netloc

    @admin.display(description=_("last delivery"))
    def how_it_does(self, row: Any) -> str:
        return _state(row.last) if getattr(row, "last", None) else "-"

    @admin.display(description=_("secrets before it"))
    def old_secret(self, row: Webhook) -> str:
        count = webhooks.earlier_secrets(row, timezone.now())
        if not count:
            return "-"
        words = ngettext("one signs until %(at)s UTC", "%(n)d sign until %(at)s UTC", count)
        return words % {"n": count, "at": f"{row.before_until:%Y-%m-%d %H:%M}"}


# in the list, on the webhook's page and in the filter alike
_STATES = {"delivered": _("delivered"), "waiting": _("waiting"), "given up": _("given up")}


class HowItWent(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"
    CHOICES = {
        "delivered": Q(delivered_at__isnull=False),
        "waiting": Q(next_try_at__isnull=False),
        "given up": Q(given_up_at__isnull=False),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return [(name, _STATES[name]) for name in self.CHOICES]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]
    ) -> QuerySet[WebhookDelivery]:
        chosen = self.CHOICES.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


@admin.register(WebhookDelivery)
class DeliveryAdmin(ReadOnly):
    list_display = ("created_at", "webhook", "type", "state", "status", "attempts", "tried_at")
    list_filter = (HowItWent, "webhook", "type")
    list_select_related = ("webhook",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("event_id",)
    actions = ("send_again",)
    fields = (
        *("webhook", "type", "event_id", "state", "created_at", "attempts", "tried_at", "next_try_at"),
        *("delivered_at", "given_up_at", "status", "answer", "problem", "body"),
    )

    @admin.display(description=_("state"))
    def state(self, row: WebhookDelivery) -> str:
        return _state(row)

    @admin.action(description=_("Send again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        for row in queryset:
            _again(request, row)


def _again(request: HttpRequest, row: WebhookDelivery) -> None:
    try:
        webhooks.send_again(request.user, row)
    except WrongState as error:
        messages.error(request, f"{row}: {error}")
    else:
        messages.success(request, _now("It is sent again."))


def _state(row: WebhookDelivery) -> str:
    """The filter's word, and how often it was tried where that says more."""
    if row.delivered_at:
        return str(_STATES["delivered"])
    word = str(_STATES["given up" if row.given_up_at else "waiting"])
    if not row.attempts or row.type == TEST:
        return word
    tries = ngettext("%(n)d try", "%(n)d tries", row.attempts) % {"n": row.attempts}
    return _now("%(word)s, after %(tries)s") % {"word": word, "tries": tries}


def _shown(row: WebhookDelivery) -> dict[str, Any]:
    family = "good" if row.delivered_at else "bad" if row.given_up_at else "act" if row.attempts else "wait"
    icons = {"good": "circle-check", "bad": "circle-x", "act": "refresh-cw", "wait": "clock"}
    return {
        "row": row,
        "state": _state(row),
        "family": family,
        "icon": icons[family],
        "url": reverse("admin:generations_webhookdelivery_change", args=[row.pk]),
    }
