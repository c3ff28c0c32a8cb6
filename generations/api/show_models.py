"""Accounts, models and prices as the API tells them; money as ``show.money`` writes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from generations.services import typical
from generations.services.needs import needs_met
from generations.services.offers import Offer
from generations.services.unit_prices import usual_price
from providers.models import ProviderAccount
from providers.quotes import Quote, basis_of

from .show import money


def account(row: ProviderAccount) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "gateway": row.gateway,
        "sandbox": row.sandbox,
        "unusable": row.why_unusable() or None,
    }


def model(
    offer: Offer, times: Mapping[UUID, typical.Typical], favourites: Collection[UUID]
) -> dict[str, Any]:
    row, usual = offer.model, times.get(offer.model.pk)
    return {
        "id": row.pk,
        "model": row.wire_id,
        "label": row.label,
        "family": row.family,
        "account": account(row.account),
        "listed": row.listed,
        "ends_on": row.ends_on or None,
        "favourite": row.pk in favourites,
        "not_allowed": offer.why_not if offer.barred else None,
        "capabilities": row.capabilities if offer.left is None else offer.left,
        "needs": sorted(needs_met(offer)),
        "price": {"basis": basis_of(row), "rule": row.price_rule or None, "usual": _usual_price(offer)},
        "typical": asdict(usual) if usual else None,
    }


def _usual_price(offer: Offer) -> dict[str, Any] | None:
    found = usual_price(offer)
    return {"amount_usd": money(found.usd), "per": found.per} if found else None


def quote(found: Quote) -> dict[str, Any]:
    return {"amount_usd": money(found.amount_usd), "basis": found.basis, "detail": found.detail}
