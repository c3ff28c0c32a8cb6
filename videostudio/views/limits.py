"""Limits: how those stand that hold you, asking for more, and the answer. One page for all of it.

Making and removing limits is the admin's; it lives on this side of the house because the password does.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations.models import LimitRequest
from generations.services import limit_requests, limits, notify
from generations.services.refusals import BadField, NotAllowed, WrongState
from generations.views.statuses import status_of
from providers import quota_words
from providers.models import Quota
from providers.quotas import Standing

from ..fresh import fresh_password

MOST_OLD = 12


class AskForm(forms.Form):
    amount = forms.DecimalField(
        label=gettext_lazy("How much more"), max_digits=14, decimal_places=2, min_value=Decimal("0.01")
    )
    words = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """``to`` counts with *Raise* alone."""

    verb = forms.ChoiceField(choices=[("raise", ""), ("refuse", "")])
    to = forms.DecimalField(label=gettext_lazy("New limit"), max_digits=14, decimal_places=2, required=False)
    words = forms.CharField(label=gettext_lazy("Words"), max_length=500, required=False)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A page of its own: the composer keeps what stands in it meanwhile."""
    quota = limits.those_for(request.user).filter(pk=pk).first()
    if quota is None or not limits.holds(quota, request.user):
        raise Http404
    form = AskForm(request.POST or None)
    problem, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                limit_requests.ask(request.user, quota, **form.cleaned_data)
            except BadField as error:
                form.add_error(error.field, error.message)
            except WrongState as error:
                problem, status = str(error), status_of(error)
            else:
                messages.success(request, _("Asked. You hear of the answer in the bell."))
                return redirect("limits")
    shown = {"form": form, "problem": problem, "row": _row(request.user, quota)}
    return render(request, "videostudio/limit_ask.html", shown, status=status)


@require_POST
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """``verb=raise`` with ``to``, or ``verb=refuse`` with words."""
    user: Any = request.user
    if not user.is_producer:
        raise Http404
    row = get_object_or_404(LimitRequest.objects.select_related("quota", "asked_by"), pk=pk)
    answered: HttpResponse = fresh_password(_answer)(request, row)
    return answered


def _answer(request: HttpRequest, row: LimitRequest) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, problem=_("Name the new limit as a number."), at=row.pk, status=422)
    said = form.cleaned_data
    try:
        if said["verb"] == "raise":
            limit_requests.raise_limit(request.user, row, said["to"] or Decimal(0), said["words"])
        else:
            limit_requests.refuse(request.user, row, said["words"])
    except BadField as error:
        return _page(request, problem=error.message, at=row.pk, status=422)
    except (NotAllowed, WrongState) as error:
        return _page(request, problem=str(error), status=status_of(error))
    messages.success(request, _("Answered; %(name)s hears of it.") % {"name": row.asked_by})
    return redirect("limits")


def _page(
    request: HttpRequest, *, problem: str = "", at: UUID | None = None, status: int = 200
) -> HttpResponse:
    """:param at: the request whose form said something wrong: it keeps what was typed."""
    user: Any = request.user
    mine = LimitRequest.objects.filter(asked_by=user).select_related("quota", "answered_by")
    rows = list(limits.those_for(user))
    names, holding = limits.names_of(rows), set(limits.holding(user).values_list("pk", flat=True))
    context = {
        "problem": problem,
        "asked": [_asked(user, row, request, at) for row in limit_requests.open_ones()]
        if user.is_producer
        else [],
        "rows": [
            {**_told(item, names[item.quota.pk]), "holds": item.quota.pk in holding}
            for item in limits.standings_for(user, rows)
        ],
        "mine": mine[:MOST_OLD],
        "lifters": quota_words.who_lifts(),
    }
    response = render(request, "videostudio/limits.html", context, status=status)
    if request.method == "GET":
        notify.saw_limits(user)
    return response


def _row(user: Any, quota: Quota) -> dict[str, Any]:
    return _told(limits.standings_for(user, [quota])[0], limits.name_of(quota))


def _told(item: Standing, name: str) -> dict[str, Any]:
    quota = item.quota
    return {
        "id": quota.pk,
        "name": name,
        "sum": limit_requests.sum_of(quota, quota.limit),
        "used": quota_words.amount(quota, max(item.used, Decimal(0)), unit=True),
        "left": quota_words.amount(quota, max(item.left, Decimal(0)), unit=True),
        "share": float(item.used / quota.limit) if quota.limit else 1.0,
        "over": item.left < 0,
        "anew": quota_words.begins_anew(quota),
        "warns_at": "" if quota.soft_limit is None else quota_words.amount(quota, quota.soft_limit),
        "unit": quota.get_measure_display(),
    }


def _asked(user: Any, row: LimitRequest, request: HttpRequest, at: UUID | None) -> dict[str, Any]:
    quota = row.quota
    typed = request.POST if at == row.pk else {}
    return {
        "row": row,
        "more": quota_words.amount(quota, row.amount, unit=True) if quota else row.amount,
        "to": typed.get("to") or (quota.limit + row.amount if quota else row.amount),
        "words": typed.get("words", ""),
        "unit": quota.get_measure_display() if quota else "",
        "own": bool(quota and quota.scope == Quota.Scope.ROLE),
        "may": limit_requests.may_answer(user, row),
    }
