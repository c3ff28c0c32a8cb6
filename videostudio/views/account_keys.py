"""The keys of an account: the one that is used, and those that are kept for the jobs that they made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from generations.services import spent_keys
from providers import accounts, former_keys
from providers.gateways.errors import Refused
from providers.models import FormerKey, ProviderAccount


def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    account = get_object_or_404(ProviderAccount, pk=pk)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Keys of %(account)s") % {"account": account},
        "account": account,
        "in_flight": spent_keys.needed(account, account.key_no),
        "former": [(row, spent_keys.needed(account, row.no)) for row in account.former_keys.all()],
        "longest_days": former_keys.LONGEST.days,
    }
    return render(request, "admin/account_keys.html", context)


def end(request: HttpRequest, pk: UUID, row: UUID) -> HttpResponse:
    found = FormerKey.objects.filter(pk=row, account=pk).first()
    if found and former_keys.end(found, "ended by hand", actor=request.user):
        words = _("%(key)s is erased here. That it ends at the gateway too has to be done there.")
        messages.success(request, words % {"key": found})
    else:
        messages.info(request, _("That key was gone already."))
    return redirect("admin:account-keys", pk)


def take_back(request: HttpRequest, pk: UUID, row: UUID) -> HttpResponse:
    found = FormerKey.objects.select_related("account").filter(pk=row, account=pk).first()
    try:
        if found and accounts.take_back(found, actor=request.user):
            messages.success(request, _("%(key)s is used again for what is new.") % {"key": found})
        else:
            messages.info(request, _("That key was gone already."))
    except Refused as error:
        messages.error(request, error.message)
    return redirect("admin:account-keys", pk)
