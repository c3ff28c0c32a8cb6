"""What a producer looks at before trusting the sums: charges unlike their quotes, late results, takes of
unknown outcome, and whether takes and ledger agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from generations.models import Generation, Status
from providers import spending
from providers.models import LedgerEntry

from . import audit, spend_scope
from .spend_scope import Wanted


@dataclass(frozen=True)
class Counted:
    """How many takes, and how much money they are about, in millionths."""

    takes: int
    micro: int


def differing(user: Any, wanted: Wanted) -> QuerySet[LedgerEntry]:
    """Attempts that cost something else than was held for them, with both sums; the newest first."""
    return _shown(spend_scope.attempts(user, replace(wanted, which="differs")))


def late(user: Any, wanted: Wanted) -> QuerySet[LedgerEntry]:
    return _shown(spend_scope.attempts(user, replace(wanted, which="late")))


def guessed(user: Any, wanted: Wanted) -> QuerySet[LedgerEntry]:
    return _shown(spend_scope.attempts(user, replace(wanted, which="guessed")))


def guessed_sum(user: Any, wanted: Wanted) -> Counted:
    """What is booked for takes of which nobody knows whether they were charged."""
    return _counted(user, replace(wanted, which="guessed"), F("charged"))


def _shown(rows: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    rows = rows.annotate(held_micro=F("held"))
    return rows.select_related("account").order_by("-created_at", "-id")


def differs_by(user: Any, wanted: Wanted) -> Counted:
    """By how much in sum: above nought it was more than quoted."""
    return _counted(user, replace(wanted, which="differs"), F("charged") - F("held"))


def late_sum(user: Any, wanted: Wanted) -> Counted:
    """What was charged late."""
    return _counted(user, replace(wanted, which="late"), F("charged"))


def _counted(user: Any, wanted: Wanted, micro: Any) -> Counted:
    rows = spend_scope.attempts(user, wanted).order_by().values("kind")
    found = rows.annotate(takes=Count("take_id", distinct=True), micro=Sum(micro))
    row: dict[str, Any] = dict(next(iter(found), {}))
    return Counted(int(row.get("takes") or 0), int(row.get("micro") or 0))


def uncertain(user: Any, wanted: Wanted) -> QuerySet[Generation]:
    """Takes that a person has to settle, whenever they were made, oldest first."""
    rows = Generation.objects.filter(
        status=Status.UNCERTAIN,
        project__in=spend_scope.projects_for(user),
        account__sandbox=wanted.purse.sandbox,
    )
    return rows.order_by("pk").select_related("project", "account", "author", "model")


def at_stake(user: Any, wanted: Wanted) -> Counted:
    """How many are uncertain, and what is held for them."""
    row = uncertain(user, wanted).order_by().aggregate(n=Count("pk"), sum=Sum(spending.micro("held_usd")))
    return Counted(row["n"], int(row["sum"] or 0))


# -- drift: normally nothing -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drift:
    """One disagreement; ``what`` is one of ``_what``, or a sentence of the audit."""

    take_id: UUID
    attempt: int
    what: str


def drift(user: Any, wanted: Wanted, most: int = 100) -> list[Drift]:
    """Where takes and ledger disagree about money: each attempt of this range beside its take, and all open
    holds beside the takes that may have one."""
    sums = spend_scope.attempts(user, wanted).annotate(**_beside())
    found = [
        Drift(row["take_id"], row["attempt"], _what(row))
        for row in sums.filter(_DISAGREE).order_by("-created_at").values(*_DRIFT_COLUMNS)[:most]
    ]
    mine = audit.money_drift()
    seen = _in_sight(user, {problem.take_id for problem in mine})
    return [*found, *(Drift(one.take_id, one.attempt, one.what) for one in mine if one.take_id in seen)][
        :most
    ]


def _beside() -> dict[str, Any]:
    same = Generation.objects.filter(pk=OuterRef("take_id"), attempt=OuterRef("attempt")).order_by()
    return {
        "held_micro": F("held"),
        "there": Exists(Generation.objects.filter(pk=OuterRef("take_id"))),
        "present": Exists(same),
        "take_held": Coalesce(Subquery(same.values(sum=spending.micro("held_usd"))), 0),
        "take_actual": Coalesce(Subquery(same.values(sum=spending.micro("actual_usd"))), 0),
    }


_DRIFT_COLUMNS = (
    "take_id",
    "attempt",
    "there",
    "held_micro",
    "take_held",
    "charged_micro",
    "take_actual",
)
_DISAGREE = Q(there=False) | Q(present=True) & (
    ~Q(take_held=F("held_micro"))
    | Q(charged_micro__isnull=False) & ~Q(take_actual=F("charged_micro"))
    | Q(end=LedgerEntry.End.BACK) & ~Q(take_actual=0)
)


def _what(row: dict[str, Any]) -> str:
    if not row["there"]:
        return "no take"
    if row["take_held"] != row["held_micro"]:
        return "held"
    return "released" if row["charged_micro"] is None else "charged"


def _in_sight(user: Any, takes: set[UUID]) -> set[UUID]:
    """Of these takes those whose money this person may see."""
    if spend_scope.sees_all(user):
        return takes
    rows = Generation.objects.filter(pk__in=takes, project__in=spend_scope.projects_for(user))
    return set(rows.order_by().values_list("pk", flat=True))
