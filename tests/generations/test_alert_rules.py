"""The bars of alerts, by tables: where one opens, where it is over, and where things stay as they were."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from generations.models import AlertKind, Notification
from generations.services import alert_facts
from generations.services import alert_rules as rules
from generations.telling import alarms, said
from tests.factories import make_account

SPRITE = (Path(__file__).parents[2] / "static" / "icons.svg").read_text()
GB = 1024**3
OK, BAD = [True], [False]


@pytest.mark.parametrize(
    ("ends", "on", "severity"),
    [
        ([], False, "warning"),
        (BAD * 4, None, "warning"),  # too few to tell
        (BAD * 5, True, "critical"),
        (BAD * 3 + OK * 2, True, "warning"),
        (BAD * 3 + OK * 3, None, "warning"),
        (BAD * 2 + OK * 8, False, "warning"),
        (OK * 4 + BAD * 16, True, "warning"),
        (OK * 5 + BAD * 15, False, "warning"),  # the last five came through
    ],
)
def test_failing(ends: Any, on: Any, severity: str) -> None:
    told = rules.failing(ends)
    assert (told.on, told.severity) == (on, severity)
    assert told.facts == {"ended": len(ends), "failed": ends.count(False)}


@pytest.mark.parametrize(
    ("refused", "proved", "on"),
    [(True, False, True), (True, True, True), (False, False, None), (False, True, False)],
)
def test_a_key_is_bad_until_it_is_proved(refused: bool, proved: bool, on: Any) -> None:
    assert rules.refused(refused, proved).on is on


@pytest.mark.parametrize(
    ("left", "a_day", "bar", "other", "on"),
    [
        (None, "5", None, False, False),  # not told
        ("9.99", "5", None, False, True),
        ("10.50", "5", None, False, None),
        ("11.00", "5", None, False, False),
        ("0.00", "0", None, False, False),  # nothing is spent
        ("9.99", "5", "8", False, False),  # a person knows better
        ("7.99", "0", "8", False, True),
        ("-1.00", "5", "0", False, False),  # a person does not want to know
        ("0.00", "5", None, True, False),  # it has money of another kind
        ("0.00", "5", "8", True, True),
    ],
)
def test_balance(left: Any, a_day: str, bar: Any, other: bool, on: Any) -> None:
    def usd(text: Any) -> Any:
        return None if text is None else Decimal(text)

    assert rules.balance(usd(left), Decimal(a_day), usd(bar), has_other_money=other).on is on


@pytest.mark.parametrize(
    ("numbers", "on"),
    [
        ((0, 0, 0, 0), False),
        ((299, 30, 0, 5), None),
        ((300, 30, 0, 5), True),
        ((0, 600, 0, 0), True),
        ((0, 0, 1, 1), True),
        ((0, 0, 1, 3), None),  # one job's own trouble
        ((0, 0, 2, 4), True),
    ],
)
def test_gateway(numbers: Any, on: Any) -> None:
    assert rules.gateway(*numbers).on is on


@pytest.mark.parametrize(
    ("free", "total", "on", "severity"),
    [
        (30, 100, False, "warning"),
        (4.9, 100, True, "warning"),  # under five per cent
        (5.5, 100, None, "warning"),
        (6.3, 100, False, "warning"),
        (19, 10_000, True, "warning"),  # of a large disk twenty are enough
        (26, 10_000, False, "warning"),
        (3.9, 20, True, "warning"),  # of a small one twice the reserve
        (1.9, 20, True, "critical"),  # nothing is stored any more
    ],
)
def test_disk(free: float, total: float, on: Any, severity: str) -> None:
    told = rules.disk(int(free * GB), int(total * GB), 2 * GB)
    assert (told.on, told.severity) == (on, severity)


@pytest.mark.parametrize(("late_s", "on"), [(0, False), (14, False), (30, None), (61, True)])
def test_sweep(late_s: float, on: Any) -> None:
    assert rules.sweep(late_s, 3, 60).on is on


@pytest.mark.parametrize(("silent_s", "on"), [(20, False), (100, None), (151, True)])
def test_cluster(silent_s: float, on: Any) -> None:
    assert rules.cluster(silent_s, 150).on is on


@pytest.mark.parametrize(
    ("used", "on", "takes"), [([], False, 0), ([0.1, 0.49], False, 0), ([0.1, 0.5, 1.2], True, 2)]
)
def test_expiring(used: Any, on: bool, takes: int) -> None:
    told = rules.expiring(used, -5)
    assert told.on is on and told.facts == {"takes": takes, "left_s": 0}


WORDS = {
    "failing": (
        rules.failing(BAD * 5),
        "Many takes fail at Elk",
        "5 of the last 5 takes did not come through.",
    ),
    "key": (rules.refused(True, False), "The key of Elk is rejected", ""),
    "empty": (rules.refused(True, False), "The balance of Elk is used up", ""),
    "balance": (
        rules.balance(Decimal(4), Decimal(0), Decimal(5), has_other_money=True),
        "The balance of Elk is low",
        "$4.00 are left.",
    ),
    "gateway": (
        rules.gateway(330, 7300, 0, 4),
        "Elk takes nothing at present",
        "It has asked to wait for 5 minutes. It wants 2 hours more.",
    ),
    "disk": (
        rules.disk(3 * 10**9, 10**12, 2 * 10**9),
        "The disk is nearly full",
        "3.0 GB are free. Under 2.0 GB nothing new is stored.",
    ),
    "sweep": (
        rules.sweep(75, 1, 60),
        "Takes are asked about too late",
        "1 take waits to be asked about, since 1 minute.",
    ),
    "cluster": (
        rules.cluster(200_000, 150),
        "The workers “Elk” are silent",
        "They were last heard of 2 days ago.",
    ),
    "expiring": (
        rules.expiring([0.6, 0.9], 45),
        "Results at Elk are about to expire",
        "2 finished clips are not here yet; the gateway deletes the first in 45 seconds.",
    ),
    "audit": (
        rules.audit(2, 17, 900),
        "The audit log does not hold",
        "2 faults were found, the first at line 17.",
    ),
}


@pytest.mark.parametrize("kind", AlertKind)
def test_every_kind_has_its_words(kind: AlertKind) -> None:
    ruling, title, what = WORDS[kind]
    assert ruling.on and alarms.title(kind, "Elk") == title and alarms.what(kind, ruling.facts) == what
    detail = {"kind": kind.value, "about": "Elk", "facts": dict(ruling.facts)}
    told = said.of(Notification(kind="alert", detail=detail))
    assert told["word"] == title and told["more"] == alarms.advice(kind) and told["url"].startswith("/admin/")
    assert said.of(Notification(kind="over", detail=detail))["word"] == f"Over: {title}"
    assert f'id="{alarms.ICONS[kind]}"' in SPRITE


def test_a_key_that_works_proves_no_balance(db):
    now = timezone.now()
    account = make_account()
    account.health, account.standing_at = {"ok": True, "checked_at": now.isoformat()}, now
    assert alert_facts._proofs(account, AlertKind.KEY)[1] == now
    for told, proof in ((None, None), ("0.00", None), ("12.50", now)):
        account.standing = {"money": {"balance_usd": told}}
        assert alert_facts._proofs(account, AlertKind.EMPTY) == [account.key_saved_at, proof]
