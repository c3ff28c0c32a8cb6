"""What gateways tell of their keys on the side (money left, calls left), kept on the account to be shown.

It comes with nearly every answer, so it is written once in a while only. Nothing hangs on it: no limit, no
hold and no pause is made from it, and a fault in keeping it is in nobody's way.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .gateways.base import Step
from .gateways.values import Allowance, Standing
from .models import ProviderAccount

log = logging.getLogger(__name__)
REST = timedelta(minutes=1)
_CALLS: Mapping[str, Any] = {
    Step.SUBMIT: lazy("submits"),
    Step.POLL: lazy("polls"),
    Step.RESULT: lazy("downloads"),
    Step.QUOTE: lazy("quotes"),
    Step.COST: lazy("look-ups of costs"),
    Step.BALANCE: lazy("look-ups of the balance"),
    Step.OTHER: lazy("other calls"),
}


def keep(account_id: UUID, told: Standing | None, *, at_once: bool = False) -> None:
    """Lay what was told over what stands on the account; unless ``at_once``, only when that is a minute
    old."""
    if told is None:
        return
    try:
        _keep(account_id, told, at_once)
    except Exception:
        log.exception("what account %s has left could not be kept", account_id)


def _keep(account_id: UUID, told: Standing, at_once: bool) -> None:
    now = timezone.now()
    rows = ProviderAccount.objects.filter(pk=account_id)
    if not at_once:
        rows = rows.filter(Q(standing_at=None) | Q(standing_at__lte=now - REST))
    before = rows.values_list("standing", flat=True).first()
    if before is not None:
        rows.update(standing=_laid_over(before, told, now), standing_at=now)


def _laid_over(before: Mapping[str, Any], told: Standing, now: datetime) -> dict[str, Any]:
    calls = {step: _plain(allowance, now) for step, allowance in told.calls.items()}
    money = dict(before.get("money", {}))
    if told.tells_money:
        amounts = {"balance_usd": told.balance_usd, "used_usd": told.used_usd}
        money = {name: str(amount) for name, amount in amounts.items() if amount is not None}
        money |= {"beside": told.beside, "unlimited": told.unlimited, "at": now.isoformat()}
    return {"money": money, "calls": {**before.get("calls", {}), **calls}}


def _plain(allowance: Allowance, now: datetime) -> dict[str, Any]:
    until = allowance.until and allowance.until.isoformat()
    return {"left": allowance.left, "most": allowance.most, "until": until, "at": now.isoformat()}


def money_words(account: ProviderAccount) -> str:
    """``$50.23, 100.02 DIEM``, and when it was told; empty where it never was."""
    money = account.standing.get("money", {})
    if not money:
        return ""
    parts = [
        _("no limit of its own") if money.get("unlimited") else "",
        _dollars(money.get("balance_usd")),
        money.get("beside", ""),
        _("%(sum)s used") % {"sum": _dollars(money["used_usd"])} if "used_usd" in money else "",
    ]
    return f"{', '.join(filter(None, parts))} ({_minute(money['at'])})"


def _dollars(amount: str | None) -> str:
    return "" if amount is None else f"{'-' if float(amount) < 0 else ''}${abs(float(amount)):.2f}"


def calls_words(account: ProviderAccount) -> str:
    """``39 of 40 submits (…)``, by kind, each as it was told last; empty where nothing was."""
    told = account.standing.get("calls", {})
    return "; ".join(_call_words(word, told[step]) for step, word in _CALLS.items() if step in told)


def _call_words(word: Any, allowance: Mapping[str, Any]) -> str:
    values = {"left": allowance["left"], "most": allowance["most"], "calls": word}
    some = _("%(left)s %(calls)s") if allowance["most"] is None else _("%(left)s of %(most)s %(calls)s")
    return f"{some % values} ({_minute(allowance['at'])})"


def _minute(at: str) -> str:
    return f"{at[:16].replace('T', ' ')} UTC"
