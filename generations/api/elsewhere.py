"""/api/v1/generations/{id}/alternatives and /failover, and the same for a whole line: the same model at
another account, where a take was refused for its account or waits in vain."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from generations.schemas import ElsewhereIn, LineElsewhereIn, Word
from generations.services import create, failover
from generations.telling import elsewhere as telling
from providers.models import ProviderAccount

from . import answers_elsewhere, answers_takes, show
from .errors import invalid, price_moved
from .find import get_take, id_or
from .making import IdempotencyKey

router = Router(tags=["generations"], by_alias=True)
lines = Router(tags=["queue"], by_alias=True)


@router.get("/{uuid:take_id}/alternatives", response=answers_elsewhere.Alternatives)
def alternatives(request: HttpRequest, take_id: UUID) -> dict[str, Any]:
    """Other accounts where this take could be run now, each with its price and what would differ. None where
    it was not refused for its account and waits for none that is closed: what may be accepted stays."""
    found = failover.offered(request.user, get_take(request, take_id))
    return {"items": [_alternative(item) for item in found]}


@router.post("/{uuid:take_id}/failover", response={202: answers_takes.Take})
def run(request: HttpRequest, take_id: UUID, body: ElsewhereIn, key: IdempotencyKey = None) -> Status:
    """A refused take is made anew there; one in line moves there as it is, its hold with it."""
    take, to = get_take(request, take_id), _account("account", body.account)

    def act() -> Any:
        return failover.run(
            request.user, take, to.pk, key=key or secrets.token_urlsafe(18), shown_usd=_most(body.max_usd)
        )

    return Status(202, show.take(get_take(request, _priced(act).pk)))


@lines.get("/alternatives", response=answers_elsewhere.LineAlternatives)
def line_alternatives(request: HttpRequest, account: Word) -> dict[str, Any]:
    """Where your takes in line for a closed account could be run, with the sum of their prices."""
    groups = failover.offered_together(request.user, _account("account", account))
    return {"items": [_group(group) for group in groups]}


@lines.post("/failover", response={202: answers_elsewhere.Moved})
def run_line(request: HttpRequest, body: LineElsewhereIn) -> Status:
    """All of them or none: moved, and held, in one step."""
    account, to = _account("account", body.account), _account("to", body.to)
    takes = body.takes or _all_that_fit(request, account, to)

    def act() -> int:
        return failover.run_all(request.user, account, to.pk, takes, shown_usd=_most(body.max_usd))

    return Status(202, {"moved": _priced(act)})


def _all_that_fit(request: HttpRequest, account: ProviderAccount, to: ProviderAccount) -> Sequence[UUID]:
    groups = failover.offered_together(request.user, account)
    return [item.take.pk for group in groups if group.account.pk == to.pk for item in group.items]


def _account(field: str, word: str) -> ProviderAccount:
    """:raises ApiError: 422."""
    found = ProviderAccount.objects.filter(id_or("name", word)).first()
    if found is None:
        raise invalid(field, _("There is no such account."))
    return found


def _most(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _priced(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except create.PriceMoved as error:
        words = _("This costs more than max_usd, or its price is not known.")
        raise price_moved(words, error.quote.amount_usd, field="max_usd") from error


def _alternative(item: failover.Offered) -> dict[str, Any]:
    return {
        "account": item.way.account.name,
        "account_id": item.way.account.pk,
        "model": item.way.offer.model.wire_id,
        "amount_usd": show.money(item.quote.amount_usd),
        "basis": item.quote.basis,
        "differences": telling.differences(item),
    }


def _group(group: failover.Together) -> dict[str, Any]:
    words = dict.fromkeys(words for item in group.items for words in telling.settings_differ(item))
    return {
        "account": group.account.name,
        "account_id": group.account.pk,
        "takes": [item.take.pk for item in group.items],
        "amount_usd": show.money(group.total),
        "differences": list(words),
    }
