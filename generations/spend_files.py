"""Rows of the CSV files. What people wrote cannot become a formula; a number that is one stays one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery

from generations.services import spend, spend_scope
from generations.services.spend import Line
from generations.services.spend_scope import Wanted
from generations.spend_names import label, names_of
from generations.telling import spend as words
from providers.cells import plain
from providers.models import LedgerEntry

TABLE = (
    *("name", "beside", "id", "takes", "quoted", "actual", "released", "still_held", "refused_takes"),
    *("approved_takes", "approved_percent", "approved_seconds", "an_approved_second", "unknown_prices"),
    *("currency", "sandbox", "first_day", "last_day", "time_zone"),
)
LINES = (
    *("held_at", "written_at", "take", "attempt", "kind", "amount", "currency", "sandbox", "basis", "note"),
    *("project", "client", "person", "gateway", "account", "model", "line"),
)


def table(user: Any, wanted: Wanted, by: str) -> Iterator[tuple[Any, ...]]:
    """All rows, and the whole as the last one."""
    lines = spend.table(user, wanted, by)
    names = names_of(by, [line.key for line in lines])
    yield TABLE
    for line in lines:
        yield _table_row(line, names[line.key], "/".join(str(part or "") for part in line.key), wanted)
    yield _table_row(spend.whole(user, wanted), ("All", ""), "", wanted)


def _table_row(line: Line, names: tuple[str, str], key: str, wanted: Wanted) -> tuple[Any, ...]:
    sums, facts = line.sums, line.facts
    money = [words.exact(micro) for micro in (sums.quoted, sums.actual, sums.released, sums.open)]
    return (
        *(plain(names[0]), plain(names[1]), plain(key), facts.takes, *money, facts.refused, facts.approved),
        *(words.plain(line.share_approved), f"{Decimal(facts.approved_ms) / 1000:.3f}"),
        *(words.plain(line.an_approved_second), sums.unknown, wanted.purse.currency),
        *(_yes(wanted.purse.sandbox), wanted.span.first, wanted.span.last, wanted.span.zone.key),
    )


def _yes(sandbox: bool) -> str:
    return "yes" if sandbox else "no"


def lines(user: Any, wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    """Oldest hold first, each attempt's lines together."""
    yield LINES
    held = spend_scope.attempts(user, wanted).order_by()
    mine = held.filter(take_id=OuterRef("take_id"), attempt=OuterRef("attempt"))
    rows = LedgerEntry.objects.annotate(held_at=Subquery(mine.values("created_at")[:1])).exclude(held_at=None)
    rows = rows.filter(take_id__in=held.values("take_id"))
    rows = rows.order_by("held_at", "take_id", "attempt", "created_at", "id").select_related("account")
    names = _Names(held)
    for row in rows.iterator(chunk_size=2000):
        yield names.row(row, wanted)


class _Names:
    """What is called how: asked for once, for all lines."""

    def __init__(self, held: Any) -> None:
        self.projects = names_of(
            "project", [(pk,) for pk in held.values_list("project_id", flat=True).distinct()]
        )
        self.clients = names_of(
            "client", [(pk,) for pk in held.values_list("client_id", flat=True).distinct()]
        )
        self.people = names_of(
            "person", [(pk,) for pk in held.values_list("person_id", flat=True).distinct()]
        )

    def row(self, line: Any, wanted: Wanted) -> tuple[Any, ...]:
        zone = wanted.span.zone
        project, _client = self.projects[(line.project_id,)]
        client = self.clients[(line.client_id,)][0] if line.client_id else ""
        times = [
            moment.astimezone(zone).isoformat(timespec="seconds")
            for moment in (line.held_at, line.created_at)
        ]
        return (
            *(*times, line.take_id, line.attempt, line.kind, words.plain(line.amount_usd), line.currency),
            *(_yes(line.account.sandbox), line.basis, plain(line.note), plain(project), plain(client)),
            *(plain(self.people.get((line.person_id,), ("", ""))[0]), label(line.account.gateway)),
            *(plain(line.account.name), plain(line.model), line.pk),
        )
