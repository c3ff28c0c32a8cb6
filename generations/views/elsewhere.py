"""Running takes at another account: what there is with its price, and the click. One take, or all of mine
that wait for one account."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from generations.services import elsewhere, failover
from generations.services.elsewhere import Shelves
from generations.telling import elsewhere as telling
from providers.gateways.plain import keepable_text
from providers.models import ProviderAccount

from .amounts import agreed
from .answers import go, refused
from .finding import read_id, take_for
from .statuses import REFUSALS, status_of


@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST: ``account`` with the price that was shown, and a key that works once."""
    found = take_for(request.user, pk)
    if request.method == "POST":
        return _run(request, found)
    try:
        rows = [_row(item) for item in failover.offered(request.user, found)]
    except REFUSALS as error:
        return HttpResponse(str(error), status=status_of(error))
    stays = "" if rows else elsewhere.why_stays(request.user, found)
    context = {"take": found, "rows": rows, "stays": stays, "once": secrets.token_urlsafe(18)}
    name = "_take_elsewhere" if getattr(request, "htmx", False) else "take_elsewhere"
    return render(request, f"generations/{name}.html", context)


def _row(item: failover.Offered) -> dict[str, Any]:
    return {
        "account": item.way.account,
        "quote": item.quote,
        "differs": telling.differences(item),
        "shown": "unknown" if item.quote.amount_usd is None else str(item.quote.amount_usd),
    }


def _run(request: HttpRequest, found: Any) -> HttpResponse:
    said = request.POST
    limit, unknown = agreed(said.get("shown"))
    key = keepable_text(said.get("once", "")[:100])
    to = read_id(said.get("account"))
    try:
        made = failover.run(request.user, found, to, key=key, shown_usd=limit, some_unknown=unknown)
    except REFUSALS as error:
        return refused(request, found, status_of(error), error)
    words = _("Paused at %(account)s.") if made.paused_at else _("In line at %(account)s.")
    messages.success(request, words % {"account": made.account.name})
    return go(request, made.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest, pk: UUID) -> HttpResponse:
    """My takes that wait for this account. POST: ``to`` with their ids and the sum that was shown."""
    account = get_object_or_404(ProviderAccount, pk=pk)
    if request.method == "POST":
        return _run_all(request, account)
    return _line_page(request, account)


def _line_page(
    request: HttpRequest, account: ProviderAccount, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    shelves = Shelves(request.user)
    going = failover.could_go(shelves, account)
    groups = failover.together(shelves, going)
    count = failover.in_vain(request.user, account).count()
    context = {
        "account": account,
        "closed": account.why_closed(),
        "count": count,
        "groups": [_group(group, count) for group in groups],
        "most": failover.MOST_AT_ONCE if groups and going.count() > failover.MOST_AT_ONCE else None,
        "problem": problem,
    }
    return render(request, "generations/line_elsewhere.html", context, status=status)


def _group(group: failover.Together, count: int) -> dict[str, Any]:
    """``differs``: what differs, with how many of the takes it is about where it is not all of them."""
    told: dict[str, int] = {}
    for item in group.items:
        for words in telling.settings_differ(item):
            told[words] = told.get(words, 0) + 1
    all_of_them = len(group.items)
    some = _("%(words)s (%(n)d of %(all)d)")
    return {
        "account": group.account,
        "takes": [item.take for item in group.items],
        "some": all_of_them < count,
        "total": group.total,
        "known": group.known,
        "shown": str(group.known),
        "unknown": group.total is None,
        "basis": group.basis,
        "differs": [
            words if n == all_of_them else some % {"words": words, "n": n, "all": all_of_them}
            for words, n in told.items()
        ],
    }


def _run_all(request: HttpRequest, account: ProviderAccount) -> HttpResponse:
    said = request.POST
    takes = [pk for text in said.getlist("take")[: failover.MOST_AT_ONCE] if (pk := read_id(text))]
    limit, _free = agreed(said.get("shown"))
    unknown = said.get("some_unknown") == "1"
    try:
        count = failover.run_all(
            request.user, account, read_id(said.get("to")), takes, shown_usd=limit, some_unknown=unknown
        )
    except REFUSALS as error:
        return _line_page(request, account, status=status_of(error), problem=str(error))
    words = ngettext("%(n)d take is in line there.", "%(n)d takes are in line there.", count)
    messages.success(request, words % {"n": count})
    return go(request, reverse("queue"))
