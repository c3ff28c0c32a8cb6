"""What a producer goes through each day: uncertain takes, charges unlike their quotes, late ones, drift."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generations.forms_spend import SpendForm
from generations.services import spend_checks
from generations.services.spend_scope import Wanted
from generations.spend_page import checks, head_of, takes_url
from generations.spend_takes import Named, attempt_row, list_named, named_takes, who
from generations.telling import money
from generations.telling import spend as words

MOST = 100  # of each list
DRIFTS = {
    "no take": gettext_lazy("The ledger has money of a take that does not exist."),
    "held": gettext_lazy("The take says that another sum is held than the ledger does."),
    "charged": gettext_lazy("The take says that another sum was charged than the ledger does."),
    "released": gettext_lazy("The take says that something was charged; in the ledger it was released."),
}


def page_of(user: Any, form: SpendForm) -> dict[str, Any]:
    head = head_of(user, form, at="spend-reconcile")
    wanted, asked = head["wanted"], head["asked"]
    differs = list(spend_checks.differing(user, wanted)[: MOST + 1])
    late = list(spend_checks.late(user, wanted)[: MOST + 1])
    guessed = list(spend_checks.guessed(user, wanted)[: MOST + 1])
    guesses = spend_checks.guessed_sum(user, wanted)
    named = named_takes(user, [*differs, *late, *guessed])
    return {
        **head,
        "checks": checks(user, wanted, asked),
        "uncertain": _uncertain(user, wanted),
        "differs": _by_day(differs[:MOST], named, wanted),
        "more_differs": takes_url(asked, which="differs") if len(differs) > MOST else "",
        "late": _by_day(late[:MOST], named, wanted),
        "more_late": takes_url(asked, which="late") if len(late) > MOST else "",
        "says": bool(user.is_producer),
        "guesses": {"takes": guesses.takes, "sum": words.full(guesses.micro, wanted.purse)},
        "guessed": _by_day(guessed[:MOST], named, wanted),
        "more_guessed": takes_url(asked, which="guessed") if len(guessed) > MOST else "",
        "drift": _drift(user, wanted),
    }


def _by_day(rows: list[Any], named: Named, wanted: Wanted) -> list[dict[str, Any]]:
    """The days of the person's zone, each with its rows."""
    zone = wanted.span.zone

    def day(row: Any) -> Any:
        return timezone.localtime(row.created_at, zone).date()

    return [
        {
            "day": date_format(when, "l, j F Y"),
            "rows": [attempt_row(row, named, wanted.purse) for row in some],
        }
        for when, some in groupby(rows, key=day)
    ]


def _uncertain(user: Any, wanted: Wanted) -> list[dict[str, Any]]:
    takes = list(spend_checks.uncertain(user, wanted)[:MOST])
    named = list_named(user, [take.pk for take in takes])
    return [
        {
            **who(take.pk, named),
            "project": take.project.name,
            "person": take.author.get_full_name(),
            "gateway": take.account.adapter.label,
            "at": take.submitted_at or take.created_at,
            "reason": take.wait_reason,
            "money": money.uncertain(take),
        }
        for take in takes
    ]


def _drift(user: Any, wanted: Wanted) -> list[dict[str, Any]]:
    found = spend_checks.drift(user, wanted)
    named = list_named(user, [one.take_id for one in found])
    return [
        {**who(one.take_id, named), "attempt": one.attempt, "what": DRIFTS.get(one.what) or _(one.what)}
        for one in found
    ]
