"""/api/v1/usage: the numbers of the spend page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from generations.forms_spend import SpendForm
from generations.services import spend, spend_scope
from generations.services.spend import Line, Over
from generations.services.spend_scope import Wanted
from generations.spend_names import names_of
from generations.telling import spend as words
from providers.spending import Sums

from . import answers_usage
from .errors import invalid, not_found

router = Router(tags=["usage"], by_alias=True)


@router.get("", response=answers_usage.Usage)
def usage(request: HttpRequest, asked: Query[answers_usage.Asked]) -> dict[str, Any]:
    """What was spent: all projects for producers and administrators, else those that you own. An attempt
    counts on the day on which its money was held, with all that became of it since."""
    spend_scope.require(request.user)
    by = "person" if asked.by == "user" else asked.by
    wanted = _read(request.user, asked)
    over = spend.over_time(request.user, wanted)
    total = spend.whole(request.user, wanted, over.total())
    return {
        "by": asked.by,
        "first_day": wanted.span.first,
        "last_day": wanted.span.last,
        "tz": wanted.span.zone.key,
        "money": wanted.purse.key,
        "groups": _groups(request.user, wanted, by),
        "total": _sums(total),
        "over_time": _steps(over, wanted),
        "other_money": [one.key for one in spend.purses(request.user, wanted) if one != wanted.purse],
    }


def _read(user: Any, asked: answers_usage.Asked) -> Wanted:
    """:raises ApiError: 422 for what makes no sense, 404 for what this person may not see."""
    said = {name: str(value) for name, value in asked.dict(exclude={"by"}).items() if value is not None}
    if said["project"]:
        said["project"] = str(_project(user, said["project"]))
    form = SpendForm(said)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise invalid(field, str(errors[0]))
    wanted = form.wanted()
    if not spend_scope.may_name(user, wanted):
        raise not_found()
    return wanted


def _project(user: Any, named: str) -> Any:
    """By its id or its address; one that is gone has lines all the same."""
    found = spend_scope.projects_for(user).filter(slug=named).values_list("pk", flat=True).first()
    return found or named


def _groups(user: Any, wanted: Wanted, by: str) -> list[dict[str, Any]]:
    lines = spend.table(user, wanted, by)
    names = names_of(by, [line.key for line in lines])
    return [
        {"id": _id(line.key), "name": names[line.key][0], "beside": names[line.key][1], **_sums(line)}
        for line in lines
    ]


def _id(key: tuple[Any, ...]) -> str | None:
    return None if key == (None,) else "/".join(str(part) for part in key)


def _money(sums: Sums) -> dict[str, str]:
    found = {"quoted": sums.quoted, "actual": sums.actual, "released": sums.released, "held": sums.open}
    return {name: words.exact(micro) for name, micro in found.items()}


def _sums(line: Line) -> dict[str, Any]:
    facts = line.facts
    return {
        **_money(line.sums),
        "takes": facts.takes,
        "refused": facts.refused,
        "approved": facts.approved,
        "approved_percent": _or_none(line.share_approved),
        "approved_s": f"{Decimal(facts.approved_ms) / 1000:.3f}",
        "an_approved_second": _or_none(line.an_approved_second),
        "unknown_prices": line.sums.unknown,
    }


def _or_none(value: Decimal | None) -> str | None:
    return None if value is None else words.plain(value)


def _steps(over: Over, wanted: Wanted) -> list[dict[str, Any]]:
    days = wanted.span.steps()
    return [
        {"first_day": days[number][0], "last_day": days[number][1], "gateway": gateway, **_money(sums)}
        for (number, gateway), sums in sorted(over.steps.items())
    ]
