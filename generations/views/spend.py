"""What was spent, the takes behind each number, their receipts, and what to reconcile."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations import spend_page, spend_reconcile, spend_takes
from generations.forms_spend import SpendForm, query
from generations.models import Generation
from generations.services import compose, guesses, spend, spend_scope
from generations.services.refusals import NotAllowed
from generations.telling import receipt
from generations.telling import spend as words
from providers.gateways.problem import Problem

from .answers import came_from
from .finding import read_id
from .statuses import REFUSALS, status_of

_BESIDE = ("project", "account", "author", "model")


def for_spenders(view: Callable[..., Any]) -> Callable[..., Any]:
    """403 for people who may see no project's money."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            spend_scope.require(request.user)
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from None
        return view(request, *args, **kwargs)

    return guarded


def read(request: HttpRequest) -> tuple[SpendForm, int]:
    """The form of this address and a status. Where it makes no sense, its errors stand on an empty form's
    page with 422: a filter that is quietly left out would change every number.

    :raises Http404: it names what this person may not see.
    """
    form = SpendForm(request.GET)
    if not form.is_valid():
        return form.stand_in(), 422
    if not spend_scope.may_name(request.user, form.wanted()):
        raise Http404
    return form, 200


@for_spenders
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    form, status = read(request)
    return render(request, "generations/spend.html", spend_page.page_of(request.user, form), status=status)


@for_spenders
@require_safe
def takes(request: HttpRequest) -> HttpResponse:
    """The newest first, by pages; the address is the filter."""
    form, status = read(request)
    head = spend_page.head_of(request.user, form, at="spend-takes")
    wanted = head["wanted"]
    total = spend.whole(request.user, wanted)
    rows, older = spend_takes.list_of(request.user, wanted, read_id(request.GET.get("before")))
    context = {
        **head,
        "tabs": spend_page.tabs(request.user, head["asked"], "spend"),
        "which": words.WHICH.get(wanted.which, ""),
        "back_url": f"{reverse('spend')}?{query(head['asked'], which=None)}",
        "rows": rows,
        "older_url": spend_page.takes_url(head["asked"], before=older) if older else "",
        "count": words.takes(total.facts.takes),
        "sums": spend_page.cells(total, wanted.purse, lambda which: ""),
        "columns": words.COLUMNS,
        "lines_url": f"{reverse('spend-lines-csv')}?{query(head['asked'])}",
    }
    return render(request, "generations/spend_takes.html", context, status=status)


@for_spenders
@require_safe
def reconcile(request: HttpRequest) -> HttpResponse:
    form, status = read(request)
    context = spend_reconcile.page_of(request.user, form)
    return render(request, "generations/spend_reconcile.html", context, status=status)


@for_spenders
@require_safe
def one_receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The receipt alone, for those who pay for a take that is not theirs to look at."""
    if Generation.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect(f"/t/{pk}#h-receipt")
    rows = Generation.objects.filter(project__in=spend_scope.projects_for(request.user))
    return _receipt(request, get_object_or_404(rows.select_related(*_BESIDE), pk=pk))


def _receipt(request: HttpRequest, take: Generation, status: int = 200) -> HttpResponse:
    context = {
        "take": take,
        "receipt": receipt.of(take),
        "guess": guesses.may_say(request.user, take),
        "tabs": spend_page.tabs(request.user, {}, ""),
    }
    return render(request, "generations/spend_receipt.html", context, status=status)


@for_spenders
@require_POST
def billing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Of a take charged on a guess: ``said`` is *billed* or *not_billed*. Back to the page that asked."""
    rows = Generation.objects.filter(project__in=spend_scope.projects_for(request.user))
    take = get_object_or_404(rows.select_related(*_BESIDE), pk=pk)
    said, reason = request.POST.get("said"), request.POST.get("reason", "")
    try:
        if said not in ("billed", "not_billed"):
            raise compose.Refused([Problem("said", _("Say whether the gateway billed it."))])
        guesses.say(request.user, take, billed=said == "billed", reason=reason)
    except REFUSALS as error:
        messages.error(request, str(error))
        take.refresh_from_db()
        return _receipt(request, take, status_of(error))
    note = _("Noted: it was billed.") if said == "billed" else _("Noted: its money was given back.")
    messages.success(request, note)
    return redirect(came_from(request) or reverse("spend-receipt", args=[pk]))
