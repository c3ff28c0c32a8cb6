"""The takes behind a number, and where each one's receipt is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Max, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from generations.models import Generation
from generations.services import spend_scope
from generations.services.spend_scope import Purse, Wanted
from generations.spend_names import label, names_of
from generations.telling import recipe
from generations.telling import spend as words
from providers import spending
from providers.models import LedgerEntry
from providers.spending import Sums

PAGE = 50


@dataclass(frozen=True)
class Named:
    """Takes of a page by id, those that this person may look at, and what people and projects are called."""

    takes: dict[UUID, Generation]
    open_to: set[UUID]
    people: dict[Any, tuple[str, str]]
    projects: dict[Any, tuple[str, str]]
    models: dict[Any, tuple[str, str]]


def list_of(user: Any, wanted: Wanted, before: UUID | None) -> tuple[list[dict[str, Any]], UUID | None]:
    """A page of takes, the newest first, with the sums of what is asked for; and where the next begins."""
    rows = spend_scope.attempts(user, wanted).order_by()
    rows = rows.filter(take_id__lt=before) if before else rows
    columns = ("take_id", "project_id", "account__gateway", "model")
    found = rows.values(*columns).annotate(
        **spending.SUMS, at=Max("created_at"), tries=Count("id"), differs=Max(_one(spending.DIFFERS))
    )
    some = list(found.order_by("-take_id", "model")[: PAGE + 1])
    page = some[: _cut(some)]
    named = _named(user, page)
    return [_row(row, named, wanted.purse) for row in page], page[-1]["take_id"] if page != some else None


def _cut(rows: list[dict[str, Any]]) -> int:
    """Where the page ends: a take that went to two models has two rows, and stays in one piece."""
    end = min(PAGE, len(rows))
    while 0 < end < len(rows) and rows[end]["take_id"] == rows[end - 1]["take_id"]:
        end -= 1
    return end


def _one(condition: Any) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def named_takes(user: Any, rows: Iterable[LedgerEntry]) -> Named:
    return _named(
        user,
        [
            {
                "take_id": row.take_id,
                "project_id": row.project_id,
                "person_id": row.person_id,
                "model": row.model,
                "account__gateway": row.account.gateway,
            }
            for row in rows
        ],
    )


def list_named(user: Any, ids: Iterable[UUID]) -> Named:
    """By their ids alone, without the words for anything else."""
    ids = list(ids)
    takes = Generation.objects.filter(pk__in=ids).select_related("author").defer("recipe", "failure_raw")
    seen = Generation.objects.visible_to(user).filter(pk__in=ids).order_by().values_list("pk", flat=True)
    return Named({take.pk: take for take in takes}, set(seen), {}, {}, {})


def _named(user: Any, rows: list[dict[str, Any]]) -> Named:
    people = [(row["person_id"],) for row in rows if "person_id" in row]
    return replace(
        list_named(user, {row["take_id"] for row in rows}),
        people=names_of("person", people),
        projects=names_of("project", [(row["project_id"],) for row in rows]),
        models=names_of("model", [(row["account__gateway"], row["model"]) for row in rows]),
    )


def _row(row: dict[str, Any], named: Named, purse: Purse) -> dict[str, Any]:
    sums, take = Sums.of(row), named.takes.get(row["take_id"])
    return {
        **who(row["take_id"], named),
        "at": row["at"],
        "person": take.author.get_full_name() if take else "",
        "status": take.status if take else "",
        "project": named.projects[(row["project_id"],)][0],
        "model": named.models[row["account__gateway"], row["model"]][0],
        "gateway": label(row["account__gateway"]),
        "tries": row["tries"],
        "differs": bool(row["differs"]),
        "quoted": _("unknown") if sums.unknown and not sums.quoted else words.full(sums.quoted, purse),
        "actual": _("unknown") if sums.unknown and not sums.actual else words.full(sums.actual, purse),
        "released": words.full(sums.released, purse) if sums.released else "–",
        "held": words.full(sums.open, purse) if sums.open else "–",
    }


def who(take_id: UUID, named: Named) -> dict[str, Any]:
    """A clip of a project that somebody is no member of is theirs to pay for, not to look at."""
    take = named.takes.get(take_id)
    if take is not None and take_id in named.open_to:
        return {
            "title": recipe.title(take, 72),
            "url": f"{take.get_absolute_url()}#h-receipt",
            "private": False,
        }
    return {
        "title": _("Take %(id)s") % {"id": str(take_id)[-12:]},
        "url": reverse("spend-receipt", args=[take_id]),
        "private": True,
    }


def attempt_row(row: Any, named: Named, purse: Purse) -> dict[str, Any]:
    """One attempt of the lists to reconcile; ``row`` as ``spend_checks`` shows it."""
    delta = (row.charged_micro or 0) - row.held_micro
    unknown = row.basis == "unknown" and not row.held_micro
    return {
        **who(row.take_id, named),
        "pk": row.take_id,
        "at": row.created_at,
        "attempt": row.attempt,
        "project": named.projects[(row.project_id,)][0],
        "person": named.people[(row.person_id,)][0],
        "gateway": label(row.account.gateway),
        "quoted": _("unknown") if unknown else words.full(row.held_micro, purse),
        "actual": words.full(row.charged_micro or 0, purse),
        "delta": ("+" if delta > 0 else "") + words.full(delta, purse),
    }
