"""What was spent, the takes behind each number, their receipts, and what to reconcile."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from generations import spend_page, spend_reconcile, spend_takes
from generations.forms_spend import SpendForm, query
from generations.models import Generation
from generations.services import spend, spend_scope
from generations.services.refusals import NotAllowed
from generations.telling import receipt
from generations.telling import spend as words

from .finding import read_id


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
    take = get_object_or_404(rows.select_related("project", "account", "author", "model"), pk=pk)
    context = {"take": take, "receipt": receipt.of(take), "tabs": spend_page.tabs(request.user, {}, "")}
    return render(request, "generations/spend_receipt.html", context)
