"""The first page of the admin panel: what is wrong (see ``alert_board``), how accounts do, what is spent and
held, which takes need a person, and what was changed last. Sandbox money is nobody's and is left out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import IN_FLIGHT, WAITS_FOR_A_PERSON, Generation, Status
from generations.services import account_health, limit_requests, limits
from generations.services.account_health import Health
from generations.telling import recipe
from providers import audit_words, ledger, quota_words, sandbox_switch, stopping
from providers.models import AuditEvent, LedgerEntry, ProviderAccount, Quota
from providers.standings import money_words

from . import alert_board

_LINES, _TAKES, _LIMITS = 8, 10, 6
Kind = LedgerEntry.Kind
# as the indexes of takes in flight have them
_STUCK = Q(status__in=[Status.QUEUED, Status.SUBMITTING, Status.STORING], parked_at__isnull=False)


# a hold is open for these alone; by them it is found without reading all that was ever held
_AT_WORK = Generation.objects.filter(
    Q(status__in=[*IN_FLIGHT, *WAITS_FOR_A_PERSON]) | Q(next_poll_at__isnull=False)
)


def context() -> dict[str, Any]:
    now = timezone.now()
    told = accounts(now)
    return {
        "accounts": told,
        "stopped": stopping.standing(),
        "sandbox": sandbox_switch.is_on(one["row"] for one in told),
        "money": money(now),
        **needing_a_person(now),
        "nearly_used": nearly_used(),
        "requests": limit_requests.open_ones().count(),
        "lines": [
            (row, audit_words.change(row, most=90)) for row in AuditEvent.objects.order_by("-id")[:_LINES]
        ],
        **alert_board.context(now),
    }


def accounts(now: datetime) -> list[dict[str, Any]]:
    """Those that work first, by name."""
    rows = list(ProviderAccount.objects.all())
    health = account_health.of(row.pk for row in rows)
    told = [_account(row, health[row.pk], now) for row in rows]
    return sorted(told, key=lambda one: (not one["row"].enabled, one["row"].sandbox, one["row"].name))


def _account(row: ProviderAccount, health: Health, now: datetime) -> dict[str, Any]:
    why = row.why_unusable(now)
    failing = health.share is not None and health.share < 0.9
    if why:
        family, icon = ("wait", "pause") if row.is_paused(now) or not row.enabled else ("bad", "circle-x")
    else:
        family, icon = ("act", "triangle-alert") if failing else ("good", "circle-check")
    return {
        "row": row,
        "gateway": row.adapter.label,
        "state": why or (_("Many takes fail") if failing else row.state_words(now)),
        "family": family,
        "icon": icon,
        "health": health,
        "share": f"{health.share:.0%}" if health.share is not None else "–",
        "balance": money_words(row),
    }


def money(now: datetime) -> dict[str, Decimal]:
    """US dollars of real accounts: ``today`` and ``month`` were charged, ``held`` is set aside now."""
    local = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    charged = LedgerEntry.objects.filter(kind__in=LedgerEntry.CHARGES)
    return {
        "today": _sum(charged.filter(created_at__gte=local)),
        "month": _sum(charged.filter(created_at__gte=local.replace(day=1))),
        "held": _sum(ledger.open_holds().filter(take_id__in=_AT_WORK.values("pk"))),
    }


def _sum(lines: QuerySet[LedgerEntry]) -> Decimal:
    return lines.filter(account__sandbox=False).aggregate(usd=Sum("amount_usd"))["usd"] or Decimal(0)


def nearly_used() -> list[dict[str, Any]]:
    """Limits of which a fifth or less is left, the fullest first."""
    found = limits.standings_for(None, list(Quota.objects.all()))
    near = [one for one in found if one.quota.limit and one.left <= one.quota.limit / 5]
    near = sorted(near, key=lambda one: one.left / one.quota.limit)[:_LIMITS]
    names = limits.names_of(one.quota for one in near)
    return [
        {
            "pk": one.quota.pk,
            "name": names[one.quota.pk],
            "used": quota_words.amount(one.quota, one.used),
            "limit": quota_words.amount(one.quota, one.quota.limit, unit=True),
            "period": one.quota.get_period_display(),
            "full": one.left <= 0,
        }
        for one in near
    ]


def needing_a_person(now: datetime) -> dict[str, Any]:
    """Uncertain, stuck, or long over its time: the newest, and how many there are of each."""
    late = Q(status=Status.RUNNING, deadline_at__lt=now)
    kinds = {
        "uncertain": Generation.objects.filter(status=Status.UNCERTAIN),
        "stuck": Generation.objects.filter(_STUCK),
        "late": Generation.objects.filter(late),
    }
    words = {"uncertain": _("Uncertain"), "stuck": _("Stuck"), "late": _("Long over its time")}
    takes = [
        {
            "url": take.get_absolute_url(),
            "title": recipe.title(take, 60),
            "project": take.project.name,
            "who": str(take.author),
            "why": words[kind],
            "at": take.created_at,
        }
        for kind, rows in kinds.items()
        for take in rows.select_related("project", "author").order_by("-id")[:_TAKES]
    ]
    counts = [(words[kind], rows.count()) for kind, rows in kinds.items()]
    return {"needing": takes[:_TAKES], "counts": [one for one in counts if one[1]]}
