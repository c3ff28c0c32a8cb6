"""When something needs an administrator, and when it is over: numbers in, a ruling out.

Each rule opens at one bar and closes at another, and between the two it leaves things as they are, so that
nothing flaps. ``SETTLES_S`` says how long it must have been quiet before it is over, where the numbers come
and go by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generations.models import Alert, AlertKind

GIB = 1024**3
WARNING, CRITICAL = Alert.Severity.WARNING, Alert.Severity.CRITICAL
SETTLES_S: Mapping[str, float] = {AlertKind.GATEWAY: 120.0}

LEAST_ENDED, MANY_FAIL, FEW_FAIL = 5, 0.5, 0.8  # takes, and shares that came through
DAYS_LEFT = 2
RESTS_LONG_S, ASKED_LONG_S = 300.0, 600.0
DISK_SHARE, DISK_MOST = 0.05, 20 * GIB
HALF_USED = 0.5


@dataclass(frozen=True)
class Ruling:
    """``on``: it is so, it is over, or (None) as it was."""

    on: bool | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    severity: str = WARNING


def failing(came_through: Sequence[bool]) -> Ruling:
    """:param came_through: of an account's last takes, the newest first."""
    ended, failed = len(came_through), came_through.count(False)
    facts = {"ended": ended, "failed": failed}
    share = (ended - failed) / ended if ended else 1.0
    if share >= FEW_FAIL or (ended >= LEAST_ENDED and all(came_through[:LEAST_ENDED])):
        return Ruling(False, facts)
    if ended >= LEAST_ENDED and share < MANY_FAIL:
        return Ruling(True, facts, CRITICAL if failed == ended else WARNING)
    return Ruling(None, facts)


def refused(is_refused: bool, was_proved: bool) -> Ruling:
    """A key or a balance. The end of the pause proves nothing: the next take would be refused again.

    :param was_proved: since it was seen last the key worked, or was exchanged.
    """
    return Ruling(True if is_refused else False if was_proved else None, {}, CRITICAL)


def balance(
    left: Decimal | None, spent_a_day: Decimal, bar: Decimal | None, *, has_other_money: bool
) -> Ruling:
    """US dollars. Money of another kind cannot be added to them: there only a bar that a person set counts.

    :param left: None where the gateway does not tell it, or has no limit.
    """
    if bar is None:
        bar = Decimal(0) if has_other_money else spent_a_day * DAYS_LEFT
    if left is None or bar <= 0:
        return Ruling(False)
    facts = {"left_usd": f"{left:.2f}", "bar_usd": f"{bar:.2f}", "a_day_usd": f"{spent_a_day:.2f}"}
    on = True if left < bar else False if left >= bar * Decimal("1.1") else None
    return Ruling(on, facts, CRITICAL if left <= 0 else WARNING)


def gateway(rested_s: float, asked_s: float, failing_polls: int, polls: int) -> Ruling:
    """:param rested_s: how long it has rested, short breaks included.
    :param asked_s: how much longer it asked for.
    :param failing_polls: takes that it could not be asked about for minutes, of all in flight."""
    facts = {
        "rested_s": round(rested_s),
        "asked_s": round(asked_s),
        "failing": failing_polls,
        "polls": polls,
    }
    unreachable = failing_polls > 0 and failing_polls * 2 >= polls
    if unreachable or rested_s >= RESTS_LONG_S or asked_s >= ASKED_LONG_S:
        return Ruling(True, facts)
    return Ruling(None if rested_s or asked_s or failing_polls else False, facts)


def disk(free: int, total: int, least: int) -> Ruling:
    """Bytes. Under ``least`` nothing new is stored."""
    bar = max(2 * least, min(round(total * DISK_SHARE), DISK_MOST))
    facts = {"free_bytes": free, "least_bytes": least, "bar_bytes": bar}
    on = True if free < bar else False if free >= bar * 1.25 else None
    return Ruling(on, facts, CRITICAL if free < least else WARNING)


def sweep(late_s: float, takes: int, bar_s: float) -> Ruling:
    """:param late_s: since when the oldest poll of an account that does not rest is due."""
    facts = {"late_s": round(late_s), "takes": takes}
    return Ruling(True if late_s > bar_s else False if late_s < bar_s / 4 else None, facts, CRITICAL)


def cluster(silent_s: float, bar_s: float) -> Ruling:
    on = True if silent_s > bar_s else False if silent_s < bar_s / 2 else None
    return Ruling(on, {"silent_s": round(silent_s)}, CRITICAL)


def audit(faults: int, first: int, lines: int) -> Ruling:
    """Of the newest look through the log's chain that is over. After a fault all is read again, and every
    look asks for the farthest end that was ever seen: what finds none has seen the faulty line too, and an
    end that was cut off stays a fault.

    :param first: the line of the first fault; 0: of none."""
    return Ruling(faults > 0, {"faults": faults, "first": first, "lines": lines}, CRITICAL)


def expiring(used: Sequence[float], soonest_s: float) -> Ruling:
    """:param used: of each finished take whose file is not here: the share of the gateway's time that is
    over.
    :param soonest_s: until the first of them is gone."""
    late = sum(1 for share in used if share >= HALF_USED)
    facts = {"takes": late, "left_s": round(max(soonest_s, 0))}
    return Ruling(late > 0, facts, CRITICAL)
