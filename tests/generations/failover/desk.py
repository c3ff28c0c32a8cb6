"""Models at two accounts, and clicks that move takes between them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from generations.models import Generation, Status
from generations.services import failover
from providers import accounts, ledger
from providers.models import ProviderAccount, VideoModel
from tests.factories import (
    CLOSED_PORT,
    make_account,
    make_model,
)

RULE = {"per": "second", "rates": [{"usd": "0.20"}]}


def twin_of(model: VideoModel, gateway: str = "token360", **fields: Any) -> VideoModel:
    """The same model at another account, at $0.20 a second."""
    account = fields.pop("account", None) or make_account(gateway, base_url=CLOSED_PORT)
    told = {"label": model.label, "wire_id": model.wire_id, "price_rule": RULE, **fields}
    return make_model(account=account, **told)


def close(account: ProviderAccount) -> None:
    accounts.pause(account.pk, 3600, "Resting.")
    account.refresh_from_db()


def run(user: Any, take: Generation, to: VideoModel, usd: str | None = None, key: str = "") -> Generation:
    shown = None if usd is None else Decimal(usd)
    return failover.run(user, take, to.account_id, key=key or uuid4().hex, shown_usd=shown)


def fresh(take: Generation) -> Generation:
    return Generation.objects.select_related("project", "author", "account", "model").get(pk=take.pk)


def open_now() -> list[tuple[Any, int, Decimal]]:
    return [(line.account_id, line.attempt, line.amount_usd) for line in ledger.open_holds()]


REFUSED = {"status": Status.FAILED, "failure_billed": False, "failure_class": "no_balance"}


def run_all(user: Any, waiting: list[Generation], to: VideoModel, usd: str) -> int:
    ids = [take.pk for take in waiting]
    return failover.run_all(user, waiting[0].account, to.account_id, ids, shown_usd=Decimal(usd))
