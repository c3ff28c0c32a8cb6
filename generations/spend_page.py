"""The spend page's rows, links and chart, out of what the services count. Every number leads to its takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from generations.forms_spend import OWN, RANGES, SpendForm, query
from generations.services import spend, spend_checks, spend_scope
from generations.services.spend import Line, Over
from generations.services.spend_scope import Purse, Wanted
from generations.spend_names import filter_of, label, names_of
from generations.spend_takes import attempt_row, named_takes
from generations.telling import spend as words
from providers import spending
from providers.spending import Sums

MOST_ROWS = 200  # of a table on a page; its file has all
SHOWN_GATEWAYS = 2  # by name in the chart, the others as one
MONEY = ("quoted", "actual", "released", "held")


def page_of(user: Any, form: SpendForm) -> dict[str, Any]:
    """:param form: a valid one."""
    wanted, by = form.wanted(), form.cleaned_data["by"] or "project"
    over = spend.over_time(user, wanted)
    total, lines = spend.whole(user, wanted, over.total()), spend.table(user, wanted, by)
    head = head_of(user, form)
    return {
        **head,
        "by": by,
        "by_tabs": _by_tabs(head["asked"], by),
        "table": _table(lines, total, by, head["asked"], wanted.purse),
        "figures": _figures(total, head["asked"], wanted.purse),
        "chart": _chart(over, wanted, head["asked"]),
        "checks": checks(user, wanted, head["asked"]),
        "more_rows": max(len(lines) - MOST_ROWS, 0),
        "csv_url": f"{reverse('spend-table-csv')}?{query(head['asked'], by=by)}",
        "lines_url": f"{reverse('spend-lines-csv')}?{query(head['asked'])}",
        "has_unknown": total.sums.unknown,
        "unknown_url": takes_url(head["asked"], which="unknown"),
    }


def head_of(user: Any, form: SpendForm, *, at: str = "spend") -> dict[str, Any]:
    """What all pages of spend have: tabs, ranges, purses, and the filters that are set."""
    asked, wanted = form.asked(), form.wanted()
    found = spend.purses(user, wanted)
    purses = found if wanted.purse in found else [wanted.purse, *found]
    return {
        "form": form,
        "asked": asked,
        "wanted": wanted,
        "days": words.days(wanted.span),
        "zone": wanted.span.zone.key,
        "own": form.cleaned_data["range"] == OWN,
        "ranges": _ranges(form, asked, at),
        "purses": [_purse(one, wanted.purse, asked, at) for one in purses] if len(purses) > 1 else [],
        "filters": _filters(form, asked, at),
        "tabs": tabs(user, asked, at),
        "hidden": [(name, value) for name, value in asked.items() if name not in ("range", "since", "until")],
        "address": reverse(at),
    }


def tabs(user: Any, asked: dict[str, str], at: str) -> list[dict[str, Any]]:
    kept = {name: asked[name] for name in ("range", "since", "until", "tz", "money") if name in asked}
    pages = {"spend": _("Spend"), "spend-reconcile": _("Reconcile")}
    if spend_scope.sees_all(user):
        pages["spend-statement"] = _("Statement")
    return [
        {"label": name, "url": f"{reverse(page)}?{query(kept)}", "current": page == at}
        for page, name in pages.items()
    ]


def _ranges(form: SpendForm, asked: dict[str, str], at: str) -> list[dict[str, Any]]:
    span, present = form.cleaned_data["span"], form.cleaned_data["range"]
    dates = {"since": span.first.isoformat(), "until": span.last.isoformat()}
    none = dict.fromkeys(dates)
    return [
        {
            "label": name,
            "url": f"{reverse(at)}?{query(asked, range=key, **(dates if key == OWN else none))}",
            "current": key == present,
        }
        for key, name in RANGES.items()
    ]


def _purse(purse: Purse, present: Purse, asked: dict[str, str], at: str) -> dict[str, Any]:
    url = f"{reverse(at)}?{query(asked, money=purse.key)}"
    return {"label": words.purse_words(purse), "url": url, "current": purse == present}


def _filters(form: SpendForm, asked: dict[str, str], at: str) -> list[dict[str, str]]:
    """Each with its name and the address without it. A model is one filter with its gateway."""
    said, found = form.cleaned_data, []
    for by in ("project", "client", "person", "account", "model", "gateway", "shot", "tag"):
        if not said[by] or (by == "gateway" and said["model"]):
            continue
        key = (said["gateway"], said["model"]) if by == "model" else (said[by],)
        key = (None,) if key == (spend_scope.NONE,) else key
        without: dict[str, Any] = {by: None, **({"gateway": None} if by == "model" else {})}
        url = f"{reverse(at)}?{query(asked, **without)}"
        name, beside = names_of(by, [key])[key]
        value = (
            f"{name}, {beside}" if by == "shot" and beside else name
        )  # two projects may have the same code
        found.append({"label": words.BY[by], "value": value, "url": url})
    if which := said["which"]:
        url = f"{reverse(at)}?{query(asked, which=None)}"
        found.append({"label": "", "value": words.WHICH[which], "url": url})
    return found


def takes_url(asked: dict[str, str], **changes: Any) -> str:
    return f"{reverse('spend-takes')}?{query(asked, by=None, **changes)}"


def _by_tabs(asked: dict[str, str], by: str) -> list[dict[str, Any]]:
    return [
        {"label": name, "url": f"{reverse('spend')}?{query(asked, by=key)}", "current": key == by}
        for key, name in words.BY.items()
    ]


def _table(lines: list[Line], total: Line, by: str, asked: dict[str, str], purse: Purse) -> dict[str, Any]:
    shown = lines[:MOST_ROWS]
    names = names_of(by, [line.key for line in shown])
    return {
        "heading": words.BY_HEADING[by],
        "first": words.BY[by],
        "second": {
            "project": words.BY["client"],
            "model": words.BY["gateway"],
            "account": words.BY["gateway"],
            "shot": words.BY["project"],
        }.get(by),
        "rows": [
            {
                "name": names[line.key][0],
                "second": names[line.key][1],
                "url": f"{reverse('spend')}?{query(asked, **filter_of(by, line.key))}",
                "cells": cells(
                    line,
                    purse,
                    lambda which, key=line.key: takes_url(asked, which=which, **filter_of(by, key)),
                ),
            }
            for line in shown
        ],
        "total": cells(total, purse, lambda which: takes_url(asked, which=which)),
    }


def cells(line: Line, purse: Purse, url: Callable[[str], str]) -> list[dict[str, str]]:
    """One for each column. A number that is nought leads nowhere."""
    sums = dict(
        zip(MONEY, (line.sums.quoted, line.sums.actual, line.sums.released, line.sums.open), strict=True)
    )
    facts = line.facts
    found = [_cell("takes", str(facts.takes), facts.takes, url(""))]
    for name, micro in sums.items():
        which = "" if name == "quoted" else name
        found.append(_cell(name, words.amount(micro, purse), micro, url(which), words.exact(micro)))
    found.append(_cell("refused", str(facts.refused), facts.refused, url("refused")))
    approved = f"{words.percent(line.share_approved)}"
    found.append(
        _cell("approved", approved, facts.approved, url("approved"), words.seconds(facts.approved_ms))
    )
    second = line.an_approved_second
    cost = "–" if second is None else words.money(second, purse)
    return [*found, _cell("second", cost, facts.approved_ms and 1, url("approved"), words.plain(second))]


def _cell(name: str, text: str, number: int, url: str, exact: str = "") -> dict[str, str]:
    return {"name": name, "text": text, "url": url if number else "", "exact": "" if exact in text else exact}


def _figures(total: Line, asked: dict[str, str], purse: Purse) -> dict[str, Any]:
    found = {cell["name"]: cell for cell in cells(total, purse, lambda which: takes_url(asked, which=which))}
    return found | {
        "takes_words": words.takes(total.facts.takes),
        "refused_words": words.takes(total.facts.refused),
        "seconds": words.seconds(total.facts.approved_ms),
    }


def checks(user: Any, wanted: Wanted, asked: dict[str, str]) -> dict[str, Any]:
    """The box beside the chart: what may need a look, as numbers."""
    differs, late = spend_checks.differs_by(user, wanted), spend_checks.late_sum(user, wanted)
    stake = spend_checks.at_stake(user, wanted)
    at = reverse("spend-reconcile")
    kept = {name: value for name, value in asked.items() if name not in ("by", "which")}
    return {
        "url": f"{at}?{query(kept)}",
        "uncertain": stake.takes,
        "uncertain_sum": words.full(stake.micro, wanted.purse),
        "differs": differs.takes,
        "differs_sum": _more_or_less(differs.micro, wanted.purse),
        "differs_url": takes_url(kept, which="differs"),
        "late": late.takes,
        "late_sum": words.full(late.micro, wanted.purse),
        "late_url": takes_url(kept, which="late"),
        "one": _the_one(user, wanted) if differs.takes == 1 else None,
    }


def _more_or_less(micro: int, purse: Purse) -> str:
    if not micro:
        return _("as much as quoted in all")
    text = words.full(abs(micro), purse)
    return (
        _("%(sum)s more than quoted") % {"sum": text}
        if micro > 0
        else _("%(sum)s less than quoted") % {"sum": text}
    )


def _the_one(user: Any, wanted: Wanted) -> dict[str, str]:
    """The one take whose actual differed from its quote."""
    rows = list(spend_checks.differing(user, wanted)[:1])
    return attempt_row(rows[0], named_takes(user, rows), wanted.purse) if rows else {}


# -- the chart ---------------------------------------------------------------------------------------------


def _chart(over: Over, wanted: Wanted, asked: dict[str, str]) -> dict[str, Any]:
    """Stacked by gateway, the dearest at the foot; and the same numbers as a table."""
    steps = wanted.span.steps()
    dear: dict[str, int] = {}
    for (_number, gateway), sums in over.steps.items():
        dear[gateway] = dear.get(gateway, 0) + sums.actual
    order = [name for name in sorted(dear, key=lambda name: (-dear[name], name)) if dear[name]]
    shown = order if len(order) <= SHOWN_GATEWAYS + 1 else order[:SHOWN_GATEWAYS]
    groups = [[name] for name in shown] + ([order[SHOWN_GATEWAYS:]] if shown != order else [])
    rows = [_bar(number, step, over, groups, wanted, asked) for number, step in enumerate(steps)]
    most = max((row["micro"] for row in rows), default=0)
    return {
        "heading": words.STEPS[wanted.span.step],
        "names": [label(group[0]) if len(group) == 1 else _("Others") for group in groups],
        "rows": rows,
        "any": most > 0,
        "unit": "$" if wanted.purse.currency == "USD" else f"{wanted.purse.currency} ",
        "data": {
            "labels": [words.tick(first, wanted.span.step) for first, _last in steps],
            "said": [row["said"] for row in rows],
            "urls": [row["url"] for row in rows],
            "bars": [[row["parts"][part] for row in rows] for part in range(len(groups))],
        },
        "highest": next((row for row in rows if row["micro"] == most), None) if most else None,
    }


def _bar(
    number: int, step: Any, over: Over, groups: list[list[str]], wanted: Wanted, asked: dict[str, str]
) -> dict[str, Any]:
    none = Sums()
    parts = [sum(over.steps.get((number, name), none).actual for name in group) for group in groups]
    whole, span = sum(parts), wanted.span.step
    first, last = step
    dates = {"range": OWN, "since": first.isoformat(), "until": last.isoformat()}
    text = words.step(first, last, span)
    return {
        "label": text,
        "micro": whole,
        "sum": words.amount(whole, wanted.purse),
        "said": f"{text}: {words.amount(whole, wanted.purse)}",
        "parts": [str(spending.units(part)) for part in parts],
        "sums": [words.amount(part, wanted.purse) for part in parts],
        "url": takes_url(asked, which="actual", **dates) if whole else "",
    }
