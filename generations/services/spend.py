"""What was spent, summed by project, client, person, model, gateway, account, shot or tag.

Every sum comes out of the ledger (``providers.spending``); what became of the takes stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Round

from generations.models import Output, Review, Status, Tagging
from providers import spending
from providers.spending import Sums

from .span import Span
from .spend_scope import Purse, Wanted, approved, attempts, in_sight, refused, shot

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Facts:
    """What became of the takes: ``refused`` ended badly and were not charged; ``approved_ms`` is the length
    of the approved clips."""

    takes: int = 0
    approved: int = 0
    approved_ms: int = 0
    refused: int = 0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Facts:
        return cls(*(int(row.get(name) or 0) for name in _FACTS))


@dataclass(frozen=True)
class Line:
    """One line of a table. ``key`` says what it is of, as its dimension has it."""

    key: Key
    sums: Sums
    facts: Facts

    @property
    def an_approved_second(self) -> Decimal | None:
        """What one second of approved clip cost, with all that it took to get there, to four places."""
        if not self.facts.approved_ms:
            return None
        exact = spending.units(self.sums.actual) * 1000 / self.facts.approved_ms
        return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)

    @property
    def share_approved(self) -> Decimal | None:
        """Of all takes, in percent to one place."""
        if not self.facts.takes:
            return None
        return (Decimal(self.facts.approved) * 100 / self.facts.takes).quantize(Decimal("0.1"), ROUND_HALF_UP)


def purses(user: Any, wanted: Wanted) -> list[Purse]:
    """Those that anything of this range went through, real dollars first."""
    rows = in_sight(user).filter(created_at__gte=wanted.span.start, created_at__lt=wanted.span.end)
    found = rows.order_by().values_list("currency", "account__sandbox").distinct()
    known = {Purse(currency, sandbox) for currency, sandbox in found}
    return sorted(known, key=lambda purse: (purse.sandbox, purse.currency != "USD", purse.currency))


def _milliseconds() -> Subquery:
    clips = Output.objects.filter(generation_id=OuterRef("take_id"), kind=Output.Kind.VIDEO)
    length = Cast(Round(F("duration_s") * 1000), BigIntegerField())
    return Subquery(clips.annotate(ms=length).values("ms")[:1])


_FACTS = ("takes", "approved", "approved_ms", "refused")
_TAKES = {"takes": Count("take_id", distinct=True)}


def _ends() -> Iterator[tuple[Q, dict[str, Any]]]:
    """What is only asked of some attempts: of which, and what."""
    yield approved(), {"approved": Count("id"), "approved_ms": Sum(_milliseconds())}
    yield refused(), {"refused": Count("take_id", distinct=True)}


def _grouped(rows: QuerySet[Any], names: Sequence[str], *, sums: bool = True) -> dict[Key, dict[str, Any]]:
    """Everything of each group by its key: one reading of all attempts, and one of those alone that were
    approved, or refused."""
    asked = {**_TAKES, **spending.SUMS} if sums else _TAKES
    found = {_key(row, names): dict(row) for row in rows.values(*names).annotate(**asked)}
    for condition, more in _ends():
        for row in rows.filter(condition).values(*names).annotate(**more):
            if group := found.get(_key(row, names)):  # one that is new since the first reading has no sums
                group |= row
    return found


def _key(row: Mapping[str, Any], names: Sequence[str]) -> Key:
    return tuple(row[name] for name in names)


@dataclass(frozen=True)
class Over:
    """What was spent over time. ``steps`` maps the number of a step and a gateway to its sums."""

    steps: dict[tuple[int, str], Sums] = field(default_factory=dict)

    def total(self) -> Sums:
        return sum(self.steps.values(), Sums())


def over_time(user: Any, wanted: Wanted) -> Over:
    rows = attempts(user, wanted).annotate(step=_step(wanted.span))
    found = rows.order_by().values("step", "account__gateway").annotate(**spending.SUMS)
    return Over({(row["step"], row["account__gateway"]): Sums.of(row) for row in found})


def _step(span: Span) -> Case:
    """Which step of the chart, by the midnights of the person's zone: no function of the database knows it
    on both databases alike."""
    ends = [span.end] if span.days == 1 else [span.midnight(first) for first, _last in span.steps()[1:]]
    cases = [When(created_at__lt=end, then=Value(number)) for number, end in enumerate(ends)]
    return Case(*cases, default=Value(len(ends)), output_field=IntegerField())


def whole(user: Any, wanted: Wanted, sums: Sums | None = None) -> Line:
    """All of it as one line. ``sums`` are those of the chart, where they are there already."""
    found = _grouped(attempts(user, wanted).order_by(), ("kind",), sums=sums is None)
    for row in found.values():
        return Line((), sums or Sums.of(row), Facts.of(row))
    return Line((), sums or Sums(), Facts())


# what a table is grouped by, as the line has it: a project may have gone to another client since. A tag's own
# way is below
BY: dict[str, tuple[str, ...]] = {
    "project": ("project_id",),
    "client": ("client_id",),
    "person": ("person_id",),
    "model": ("account__gateway", "model"),
    "gateway": ("account__gateway",),
    "account": ("account_id",),
    "shot": ("shot",),
    "tag": ("tag",),
}


def table(user: Any, wanted: Wanted, by: str) -> list[Line]:
    """The dearest first. A take with two tags is in both lines of them; nothing else is in two."""
    if by == "tag":
        return _by_tag(user, wanted)
    rows = attempts(user, wanted).order_by()
    found = _grouped(rows.annotate(shot=shot()) if by == "shot" else rows, BY[by])
    return in_order(Line(key, Sums.of(row), Facts.of(row)) for key, row in found.items())


def _by_tag(user: Any, wanted: Wanted) -> list[Line]:
    """A tag is no column of the ledger: each tagging asks for the sums of its take, and of the attempt that
    made its clip."""
    rows = attempts(user, wanted).order_by()
    mine = rows.filter(take_id=OuterRef("generation_id")).values("take_id")
    last = mine.filter(attempt=OuterRef("generation__attempt"))
    each = {
        f"its_{name}": Subquery(mine.annotate(n=sum_).values("n")) for name, sum_ in spending.SUMS.items()
    }
    each["its_clips"] = Subquery(last.annotate(n=Count("id")).values("n"))
    each["its_ms"] = Subquery(last.annotate(n=Sum(_milliseconds())).values("n"))
    good = Q(generation__review=Review.APPROVED)
    bad = Q(generation__status=Status.FAILED, generation__failure_billed=False)
    taggings = Tagging.objects.filter(generation_id__in=rows.values("take_id")).order_by().alias(**each)
    found = taggings.values("tag__name").annotate(
        takes=Count("id"),
        approved=Sum("its_clips", filter=good),
        approved_ms=Sum("its_ms", filter=good),
        refused=Count("id", filter=bad),
        **{name: Sum(f"its_{name}") for name in spending.SUMS},
    )
    return in_order(Line((row["tag__name"],), Sums.of(row), Facts.of(row)) for row in found)


def in_order(lines: Iterable[Line]) -> list[Line]:
    def dearness(line: Line) -> tuple[Any, ...]:
        return (-line.sums.actual, -line.sums.quoted, -line.facts.takes, str(line.key))

    return sorted(lines, key=dearness)
