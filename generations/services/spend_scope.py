"""Whose money somebody may see, and which part of it they ask for. Real money, the sandbox and each other
currency are purses of their own and never added up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, UUIDField
from django.utils.translation import gettext as _

from generations.models import Generation, Project, Review, Status, Tagging, Verb
from providers import spending
from providers.models import LedgerEntry

from .refusals import NotAllowed
from .span import Span

NONE = "none"  # for no client, and in no shot
End = LedgerEntry.End


@dataclass(frozen=True)
class Purse:
    """What may be added up."""

    currency: str = "USD"
    sandbox: bool = False

    @property
    def key(self) -> str:
        return "sandbox" if self.sandbox else self.currency


@dataclass(frozen=True)
class Wanted:
    """What a page, a file or a caller asks for. ``client`` and ``shot`` may be ``none``; ``which`` is one of
    ``WHICH``."""

    span: Span
    purse: Purse = Purse()
    project: UUID | None = None
    client: UUID | str | None = None
    person: UUID | None = None
    gateway: str = ""
    account: UUID | None = None
    model: str = ""
    tag: str = ""
    shot: UUID | str | None = None
    which: str = ""


# -- who ---------------------------------------------------------------------------------------------------


def sees_all(user: Any) -> bool:
    return bool(user.is_producer)


def projects_for(user: Any) -> QuerySet[Project]:
    """The projects whose money this person may see: producers all, others those that they own."""
    return Project.objects.all() if sees_all(user) else Project.objects.where(user, Verb.MANAGE)


def require(user: Any) -> None:
    """:raises NotAllowed: there is no project whose money they may see."""
    if not sees_all(user) and not projects_for(user).exists():
        raise NotAllowed(_("Producers, administrators and owners of a project see what was spent."))


def in_sight(user: Any) -> QuerySet[LedgerEntry]:
    """The ledger as far as this person may see it; a producer's has projects in it that are gone."""
    if sees_all(user):
        return spending.attempts()
    return spending.attempts().filter(project_id__in=projects_for(user).order_by().values("pk"))


def may_name(user: Any, wanted: Wanted) -> bool:
    """Whether every project, client, person and account that is named is in something that this person may
    see: else its name would tell a stranger that it exists."""
    if sees_all(user):
        return True
    mine, rows = projects_for(user), in_sight(user)
    client: Any = wanted.client if wanted.client != NONE else None
    shot: Any = wanted.shot if wanted.shot != NONE else None
    return (
        (not wanted.project or mine.filter(pk=wanted.project).exists())
        and (not client or mine.filter(client=client).exists())
        and (not shot or mine.filter(shots=shot).exists())
        and (not wanted.person or rows.filter(person_id=wanted.person).exists())
        and (not wanted.account or rows.filter(account_id=wanted.account).exists())
    )


# -- which -------------------------------------------------------------------------------------------------


def _takes(condition: Q) -> Any:
    return Generation.objects.filter(condition).order_by().values("pk")


def approved() -> Q:
    """The attempt that made an approved clip: the take's last."""
    last = Generation.objects.filter(pk=OuterRef("take_id")).order_by().values("attempt")[:1]
    found = Generation.objects.exclude(review="").filter(review=Review.APPROVED)  # as its index has it
    # in this order: only of the approved ones is asked which attempt is their last
    return Q(take_id__in=found.order_by().values("pk")) & Q(attempt=Subquery(last))


def refused() -> Q:
    return Q(take_id__in=_takes(Q(status=Status.FAILED, failure_billed=False)))


def _guessed() -> Q:
    """Charged in full, for nobody knows whether the gateway did: a job that it denies, a fault for good."""
    return Q(charged__gt=0, take_id__in=_takes(Q(status=Status.FAILED, failure_billed=None)))


WHICH: dict[str, Any] = {
    "actual": lambda: Q(charged__isnull=False),
    "released": lambda: Q(end=End.BACK),
    "held": lambda: Q(end=End.OPEN),
    "refused": refused,
    "approved": approved,
    "differs": lambda: spending.DIFFERS,
    "unknown": lambda: spending.UNKNOWN,
    "late": lambda: Q(end=End.LATE),
    "guessed": _guessed,
}


def attempts(user: Any, wanted: Wanted) -> QuerySet[LedgerEntry]:
    """What is asked for, of what this person may see."""
    return attempts_between(user, wanted, wanted.span.start, wanted.span.end)


def attempts_between(user: Any, wanted: Wanted, start: datetime, end: datetime) -> QuerySet[LedgerEntry]:
    """The same in another time."""
    rows = in_sight(user).filter(
        created_at__gte=start,
        created_at__lt=end,
        account__sandbox=wanted.purse.sandbox,
        currency=wanted.purse.currency,
    )
    return rows.filter(_filters(wanted))


def _filters(wanted: Wanted) -> Q:
    found = Q()
    for name, column in _COLUMNS.items():
        if value := getattr(wanted, name):
            found &= Q(**{column: value})
    if wanted.client:
        found &= _of_client(wanted.client)
    if wanted.tag:
        tagged = Tagging.objects.filter(tag__name=wanted.tag)
        found &= Q(take_id__in=tagged.values("generation_id"))
    if wanted.shot:
        found &= _of_shot(wanted.shot)
    return found & WHICH[wanted.which]() if wanted.which else found


_COLUMNS = {
    "project": "project_id",
    "person": "person_id",
    "gateway": "account__gateway",
    "account": "account_id",
    "model": "model",
}


def _of_client(client: UUID | str) -> Q:
    """For whom it was when the money was held."""
    return Q(client_id=None) if client == NONE else Q(client_id=client)


def shot() -> Subquery:
    """For attempts: the shot in which their take is now; None: in none."""
    takes = Generation.objects.filter(pk=OuterRef("take_id")).order_by()
    return Subquery(takes.values("shot_id")[:1], output_field=UUIDField())


def _of_shot(which: UUID | str) -> Q:
    """A take that is gone is in no shot."""
    if which == NONE:
        return ~Q(take_id__in=_takes(Q(shot__isnull=False)))
    return Q(take_id__in=_takes(Q(shot__isnull=False, shot=which)))
