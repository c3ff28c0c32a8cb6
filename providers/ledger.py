"""The ledger: hold before a submit, then settle or release, perhaps waive, recharge, correct. Lines are only
ever added.

Every function runs inside the transaction that changes the take, and writes at most one line per take,
attempt and kind: a repeat is harmless.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Sum

from . import outcomes, quotas, turns
from .models import LedgerEntry
from .quotas import Asked, Scopes

Kind = LedgerEntry.Kind
_whole = transaction.atomic(savepoint=False)  # a line, and what its hold comes to by it
MOVED = outcomes.MOVED


@dataclass(frozen=True)
class Charge:
    """What is to be set aside for one attempt. ``amount_usd`` is None where no price is known, ``seconds``
    (of clip asked for) where no length is."""

    take_id: UUID
    attempt: int
    account_id: UUID
    project_id: UUID
    person_id: UUID
    model: str
    amount_usd: Decimal | None
    basis: str
    model_id: UUID | None = None
    client_id: UUID | None = None
    role: str = ""
    seconds: Decimal | None = None

    @property
    def scopes(self) -> Scopes:
        return Scopes(
            self.account_id, self.project_id, self.person_id, self.model_id, self.client_id, self.role
        )


@dataclass(frozen=True)
class Held:
    """``reached``: ids of the counters whose soft limit this hold has reached."""

    line: LedgerEntry
    reached: list[int]


def line_up(scopes: Iterable[Scopes], closing: Iterable[tuple[UUID, int]] = ()) -> None:
    """Before several are held in one transaction, which others may want in another order.

    :param closing: takes with their attempts whose holds are given back in the same transaction, perhaps to
        counters of an earlier period.
    """
    turns.along()
    ending = set(closing)
    holds = LedgerEntry.objects.filter(kind=Kind.HOLD, take_id__in={take_id for take_id, _attempt in ending})
    held = [line for line in holds if (line.take_id, line.attempt) in ending]
    quotas.line_up(scopes, [pk for line in held for pk, *_ in line.counters])


def hold(charge: Charge) -> Held:
    """Set the money aside and take the place under every limit.

    :raises quotas.QuotaExceeded: nothing is held; roll the transaction back.
    """
    turns.along()
    taken = quotas.reserve(charge.scopes, Asked(charge.amount_usd, charge.seconds))
    line = LedgerEntry.objects.create(
        take_id=charge.take_id,
        attempt=charge.attempt,
        kind=Kind.HOLD,
        amount_usd=charge.amount_usd or Decimal(0),
        basis=charge.basis,
        account_id=charge.account_id,
        project_id=charge.project_id,
        person_id=charge.person_id,
        video_model_id=charge.model_id,
        client_id=charge.client_id,
        role=charge.role,
        seconds=charge.seconds,
        model=charge.model,
        counters=taken.counters,
    )
    return Held(line, taken.reached)


@_whole
def settle(take_id: UUID, attempt: int, amount_usd: Decimal, basis: str, note: str = "") -> bool:
    """Charge ``amount_usd`` for this attempt; False when it was settled already.

    A release that came first (a result found after all) does not stand in the way: the limits then
    take the money without asking, since it is spent.
    """
    turns.along()
    held = outcomes.hold_of(take_id, attempt)
    if held is None or _exists(take_id, attempt, Kind.SETTLE):
        return False
    open_still = not _exists(take_id, attempt, Kind.RELEASE)
    _write(held, Kind.SETTLE, amount_usd, basis, note)
    if open_still:
        quotas.give_back(held.counters, actual_usd=amount_usd, made=True)
    else:
        quotas.take_after_all(_scopes_of(held), held.created_at, Asked(amount_usd, held.seconds))
    return True


@_whole
def release(take_id: UUID, attempt: int, note: str = "") -> bool:
    """Give the hold back; False when there is none open."""
    turns.along()
    held = outcomes.hold_of(take_id, attempt)
    closed = (Kind.SETTLE, Kind.RELEASE)
    if held is None or any(_exists(take_id, attempt, kind) for kind in closed):
        return False
    _write(held, Kind.RELEASE, held.amount_usd, held.basis, note)
    quotas.give_back(held.counters, actual_usd=None, made=False)
    return True


@_whole
def correct(take_id: UUID, attempt: int, actual_usd: Decimal, note: str = "") -> bool:
    """Bring a settled attempt to what it turned out to cost, once. The line holds the difference to what was
    charged, which may be negative, or nothing: the charge is then known to be right. Where a person had said
    that it was not billed, it is a take after all.

    :returns: False when nothing was settled, or it was corrected already.
    """
    turns.along()
    held = outcomes.hold_of(take_id, attempt)
    lines = _by_kind(take_id, attempt)
    if held is None or Kind.SETTLE not in lines or Kind.CORRECT in lines:
        return False
    difference = actual_usd - sum(lines[kind].amount_usd for kind in LedgerEntry.CHARGES if kind in lines)
    _write(held, Kind.CORRECT, difference, "actual", note)
    if Kind.WAIVE in lines and Kind.RECHARGE not in lines:
        quotas.take_after_all(_scopes_of(held), held.created_at, Asked(difference, held.seconds))
    else:
        quotas.correct(_scopes_of(held), held.created_at, difference)
    return True


@_whole
def waive(take_id: UUID, attempt: int, note: str = "") -> bool:
    """Take all of it back, once: somebody knows that the gateway did not bill what was settled on a guess.
    The limits get it back, the count and the seconds too.

    :returns: False when nothing was settled, or more is known of it: it was corrected or waived already.
    """
    turns.along()
    held = outcomes.hold_of(take_id, attempt)
    lines = _by_kind(take_id, attempt)
    if held is None or Kind.SETTLE not in lines or Kind.CORRECT in lines or Kind.WAIVE in lines:
        return False
    settled = lines[Kind.SETTLE]
    _write(held, Kind.WAIVE, -settled.amount_usd, settled.basis, note)
    quotas.never_made(_scopes_of(held), held.created_at, Asked(settled.amount_usd, held.seconds))
    return True


@_whole
def made_after_all(take_id: UUID, attempt: int, amount_usd: Decimal, basis: str, note: str) -> bool:
    """Charge what was waived on a person's word, since it turned out to be billed; once. The line is of a
    kind of its own: what the gateway tells later still corrects it.

    :returns: False where nothing was waived, or it was charged since.
    """
    turns.along()
    held = outcomes.hold_of(take_id, attempt)
    lines = _by_kind(take_id, attempt)
    if held is None or Kind.WAIVE not in lines or Kind.RECHARGE in lines or Kind.CORRECT in lines:
        return False
    _write(held, Kind.RECHARGE, amount_usd, basis, note)
    quotas.take_after_all(_scopes_of(held), held.created_at, Asked(amount_usd, held.seconds))
    return True


def open_holds() -> QuerySet[LedgerEntry]:
    """Holds that are neither settled nor released."""
    return LedgerEntry.objects.filter(kind=Kind.HOLD, end=LedgerEntry.End.OPEN)


def lines_of(take_id: UUID) -> QuerySet[LedgerEntry]:
    """A take's lines, oldest first: its receipt."""
    return LedgerEntry.objects.filter(take_id=take_id).order_by("created_at", "id")


def who_pays() -> Subquery:
    """For a query of takes: the person whose limits the present attempt counts against."""
    mine = LedgerEntry.objects.filter(take_id=OuterRef("pk"), attempt=OuterRef("attempt"), kind=Kind.HOLD)
    return Subquery(mine.values("person_id")[:1])


def spent(project_id: UUID) -> Decimal:
    """US dollars settled in a project, corrections included and what was waived taken off."""
    lines = LedgerEntry.objects.filter(project_id=project_id, kind__in=LedgerEntry.CHARGES)
    return lines.aggregate(s=Sum("amount_usd"))["s"] or Decimal(0)


def _scopes_of(held: LedgerEntry) -> Scopes:
    return Scopes(
        held.account_id, held.project_id, held.person_id, held.video_model_id, held.client_id, held.role
    )


def _by_kind(take_id: UUID, attempt: int) -> dict[str, LedgerEntry]:
    return {line.kind: line for line in LedgerEntry.objects.filter(take_id=take_id, attempt=attempt)}


def _exists(take_id: UUID, attempt: int, kind: str) -> bool:
    return LedgerEntry.objects.filter(take_id=take_id, attempt=attempt, kind=kind).exists()


def _write(held: LedgerEntry, kind: str, amount_usd: Decimal, basis: str, note: str) -> None:
    LedgerEntry.objects.create(
        take_id=held.take_id,
        attempt=held.attempt,
        kind=kind,
        amount_usd=amount_usd,
        basis=basis,
        account_id=held.account_id,
        project_id=held.project_id,
        person_id=held.person_id,
        video_model_id=held.video_model_id,
        client_id=held.client_id,
        role=held.role,
        seconds=held.seconds,
        model=held.model,
        note=note[:200],
    )
    outcomes.keep(held)
