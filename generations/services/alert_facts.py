"""The numbers behind alerts: what the rules are asked with, a few queries for the whole studio."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseAway
from django.db.models import Count, Max, Min, Q, Sum
from django.utils.dateparse import parse_datetime

from generations.models import Alert, AlertKind, Generation, Heartbeat, Status
from providers import audit_checks
from providers.ids import first_id
from providers.models import LedgerEntry, ProviderAccount
from providers.models.account import PauseCause

from . import account_health
from . import alert_rules as rules
from .alert_rules import Ruling

logger = logging.getLogger(__name__)
SPENT_OVER_DAYS = 7
MANY_ERRORS = 6  # polls in a row: two minutes and more, by their back-off
BREAK = timedelta(minutes=2)  # shorter ones belong to the rest around them
MOST_FILES = 500
Key = tuple[str, str]  # kind and subject


@dataclass(frozen=True)
class Found:
    kind: str
    subject: str
    ruling: Ruling
    account: UUID | None = None

    @property
    def key(self) -> Key:
        return self.kind, self.subject


@dataclass
class Look:
    """One look: what stands open, what ended when, and what the look before this one remembered."""

    now: datetime
    memory: dict[str, Any]
    open: Mapping[Key, Alert]
    closed_at: Mapping[Key, datetime]
    accounts: list[ProviderAccount] = field(default_factory=list)

    @property
    def watched_s(self) -> float:
        """For how long somebody has looked without a gap: a studio that was off has missed no beat."""
        since = parse_datetime(str(self.memory.get("since", ""))) or self.now
        return (self.now - since).total_seconds()


def gather(look: Look) -> tuple[list[Found], set[str]]:
    """What every rule says, and the kinds that could be looked at: one that fails hides no other."""
    look.accounts = list(ProviderAccount.objects.filter(enabled=True).exclude(sealed_key=""))
    found: list[Found] = []
    kinds: set[str] = set()
    for named, part in _PARTS.items():
        try:
            found += list(part(look))
            kinds |= set(named)
        except DatabaseAway:
            raise
        except Exception:
            logger.exception("alerts could not be looked for: %s", part.__name__)
    return found, kinds


# --- accounts --------------------------------------------------------------------------------------


def _failing(look: Look) -> Iterator[Found]:
    """What ended since the last alert was over: what led to that one opens no other."""
    told = account_health.came_through(look.now)
    for account in look.accounts:
        key = (AlertKind.FAILING, str(account.pk))
        since = look.closed_at.get(key)
        ends = [came for at, came in told.get(account.pk, ()) if since is None or at > since]
        yield Found(*key, rules.failing(ends), account.pk)


def _refused(look: Look) -> Iterator[Found]:
    causes = {AlertKind.KEY: PauseCause.KEY, AlertKind.EMPTY: PauseCause.BALANCE}
    stand = [row for row in look.open.values() if row.kind in causes]
    last = _last_accepted(stand) if stand else {}
    for account in look.accounts:
        for kind, cause in causes.items():
            paused = account.is_paused(look.now) and account.pause_cause == cause
            row = look.open.get((kind, str(account.pk)))
            proofs = [last.get(account.pk), *_proofs(account, kind)]
            proved = row is not None and any(at > row.last_seen_at for at in proofs if at)
            yield Found(kind, str(account.pk), rules.refused(paused, proved), account.pk)


def _last_accepted(rows: list[Alert]) -> dict[UUID, datetime | None]:
    """By account; among the takes of the days before the first of these alerts and since, not all."""
    began = first_id(min(row.opened_at for row in rows) - account_health.WAITS_AT_MOST)
    takes = Generation.objects.filter(pk__gte=began, account__in=[row.account_id for row in rows])
    return dict(takes.order_by().values_list("account").annotate(at=Max("accepted_at")))


def _proofs(account: ProviderAccount, kind: str) -> list[datetime | None]:
    """A key that works says nothing of the balance; money that the gateway tells does."""
    if kind == AlertKind.EMPTY:
        told = Decimal(account.standing.get("money", {}).get("balance_usd") or 0)
        return [account.key_saved_at, account.standing_at if told > 0 else None]
    checked = account.health.get("checked_at") if account.health.get("ok") else ""
    return [account.key_saved_at, parse_datetime(str(checked)) if checked else None]


def _balance(look: Look) -> Iterator[Found]:
    """Sandbox money is nobody's."""
    real = [account for account in look.accounts if not account.sandbox]
    a_day = _spent_a_day(look.now) if real else {}
    for account in real:
        money = account.standing.get("money", {})
        told = None if money.get("unlimited") else money.get("balance_usd")
        ruling = rules.balance(
            None if told is None else Decimal(told),
            a_day.get(account.pk, Decimal(0)),
            account.low_balance_usd,
            has_other_money=bool(money.get("beside")),
        )
        yield Found(AlertKind.BALANCE, str(account.pk), ruling, account.pk)


def _spent_a_day(now: datetime) -> dict[UUID, Decimal]:
    charged = LedgerEntry.objects.filter(
        kind__in=LedgerEntry.CHARGES,
        created_at__gte=now - timedelta(days=SPENT_OVER_DAYS),
        account__sandbox=False,
    )
    sums = charged.order_by().values_list("account").annotate(usd=Sum("amount_usd"))
    return {account: usd / SPENT_OVER_DAYS for account, usd in sums}


def _gateway(look: Look) -> Iterator[Found]:
    """A rest leaves no trace when it is over: how long they have gone on is remembered from look to look."""
    running = Generation.objects.filter(status=Status.RUNNING).order_by().values_list("account")
    bad = Q(poll_errors__gte=MANY_ERRORS)
    polls = {pk: (n, all_) for pk, n, all_ in running.annotate(n=Count("pk", filter=bad), a=Count("pk"))}
    rests: dict[str, dict[str, str]] = {}
    for account in look.accounts:
        paused = account.is_paused(look.now) and account.pause_cause == PauseCause.GATEWAY
        asked_s = (account.paused_until - look.now).total_seconds() if paused and account.paused_until else 0
        rest = _rest(look, str(account.pk), paused)
        rests |= {str(account.pk): rest} if rest else {}
        since = parse_datetime(rest["since"]) if rest and paused else None
        rested_s = (look.now - since).total_seconds() if since else 0
        ruling = rules.gateway(rested_s, asked_s, *polls.get(account.pk, (0, 0)))
        yield Found(AlertKind.GATEWAY, str(account.pk), ruling, account.pk)
    look.memory["rests"] = rests


def _rest(look: Look, account: str, paused: bool) -> dict[str, str] | None:
    """Since when this account rests, and when it was last seen to; None where it has long stopped."""
    before = look.memory.get("rests", {}).get(account)
    seen = parse_datetime(before["seen"]) if before else None
    goes_on = before if seen and look.now - seen <= BREAK + timedelta(minutes=1) else None
    if not paused:
        return goes_on
    now = look.now.isoformat()
    return {"since": goes_on["since"] if goes_on else now, "seen": now}


# --- the studio ------------------------------------------------------------------------------------


def _disk(look: Look) -> Iterator[Found]:
    usage = shutil.disk_usage(settings.DATA_DIR)
    least = int(settings.STUDIO["MIN_FREE_BYTES"])
    yield Found(AlertKind.DISK, "", rules.disk(usage.free, usage.total, least))


def _sweep(look: Look) -> Iterator[Found]:
    resting = [account.pk for account in ProviderAccount.objects.all() if account.rests(look.now)]
    due = Generation.objects.due_for_poll(look.now).exclude(account__in=resting).order_by()
    told = due.aggregate(first=Min("next_poll_at"), takes=Count("pk"))
    late_s = (look.now - told["first"]).total_seconds() if told["first"] else 0.0
    ruling = rules.sweep(min(late_s, look.watched_s), told["takes"], settings.STUDIO["ALERT_LATE_S"])
    yield Found(AlertKind.SWEEP, "", ruling)


def _clusters(look: Look) -> Iterator[Found]:
    beats = dict(Heartbeat.objects.values_list("name", "beaten_at"))
    for name in settings.CLUSTERS:
        age_s = (look.now - beats[name]).total_seconds() if name in beats else look.watched_s
        ruling = rules.cluster(min(age_s, look.watched_s), settings.STUDIO["ALERT_SILENT_S"])
        yield Found(AlertKind.CLUSTER, name, ruling)


def _expiring(look: Look) -> Iterator[Found]:
    """Finished at the gateway, the file not here yet; those that wait for a person too."""
    rows = Generation.objects.filter(status=Status.STORING, finished_at__isnull=False).order_by("finished_at")
    facts = rows.values_list("account", "pk", "finished_at", "result_expires_at")[:MOST_FILES]
    waiting: dict[UUID, list[Any]] = {}
    for account, *rest in facts:
        waiting.setdefault(account, []).append(rest)
    for one in ProviderAccount.objects.filter(pk__in=waiting):
        yield _expiring_at(look, one, waiting[one.pk])


def _expiring_at(look: Look, account: ProviderAccount, files: list[Any]) -> Found:
    kept = timedelta(seconds=account.adapter.keeps_results_s)
    used, left, late = [], [], []
    for take, finished_at, expires_at in files:
        ends = expires_at or finished_at + kept
        span = max((ends - finished_at).total_seconds(), 1.0)
        used.append((look.now - finished_at).total_seconds() / span)
        left.append((ends - look.now).total_seconds())
        late += [str(take)] if used[-1] >= rules.HALF_USED else []
    ruling = rules.expiring(used, min(left))
    facts = {**ruling.facts, "takes_ids": late[:5]}
    return Found(AlertKind.EXPIRING, str(account.pk), Ruling(ruling.on, facts, ruling.severity), account.pk)


def _audit(look: Look) -> Iterator[Found]:
    last = audit_checks.latest()
    ruling = rules.audit(last.faults, last.first, last.lines) if last else Ruling(False)
    yield Found(AlertKind.AUDIT, "", ruling)


_PARTS: Mapping[tuple[str, ...], Callable[[Look], Iterator[Found]]] = {
    (AlertKind.FAILING,): _failing,
    (AlertKind.KEY, AlertKind.EMPTY): _refused,
    (AlertKind.BALANCE,): _balance,
    (AlertKind.GATEWAY,): _gateway,
    (AlertKind.DISK,): _disk,
    (AlertKind.SWEEP,): _sweep,
    (AlertKind.CLUSTER,): _clusters,
    (AlertKind.EXPIRING,): _expiring,
    (AlertKind.AUDIT,): _audit,
}
