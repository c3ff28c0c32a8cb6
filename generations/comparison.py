"""Two to four models side by side: a column each, a row for what tells them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from generations import pick_words as words
from generations.chips import sandbox_word
from generations.desk import Desk
from generations.lengths import length_words
from generations.picker import Pick, picks_of
from generations.roles import PLACES
from generations.services import typical
from generations.services.offers import Offer
from providers.gateways.capabilities import Audio, RoleLimits
from providers.gateways.file_words import size_words
from providers.gateways.values import AUTO_S, Mode, Role
from providers.quotes import basis_of

MOST = 4


def context_of(desk: Desk, wanted: Sequence[str]) -> dict[str, Any]:
    """``columns`` in the order in which they were ticked; ids that are not offered count for nothing."""
    by_id = {str(pk): item for item in picks_of(desk) for pk in item.ids}
    picks = list({id(by_id[pk]): by_id[pk] for pk in wanted if pk in by_id}.values())[:MOST]
    lines = [_line(label, [tell(item) for item in picks]) for label, tell in _lines()]
    columns = [_column(item) for item in picks]
    return {"columns": columns, "lines": [line for line in lines if any(line["cells"])]}


def _line(label: str, cells: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {"label": label, "cells": [list(filter(None, cell)) for cell in cells]}


def _column(item: Pick) -> dict[str, Any]:
    model = item.offer.model
    return {
        "id": str(model.pk),
        "name": model.label,
        "usable": item.offer.usable,
        "selected": item.is_chosen,
    }


def _lines() -> list[tuple[str, Callable[[Pick], list[str]]]]:
    times = typical.times()
    return [
        (_("Account"), _account),
        (_("Works from"), lambda item: [words.modes(item.members)]),
        (_("With your inputs"), lambda item: [item.why_not or _("fits")] if item.desk.uses else []),
        (_("Price"), _price),
        (_("Typical time"), lambda item: _time(times.get(item.offer.model.pk))),
        (_("Lengths"), lambda item: [_lengths(item.members)]),
        (_("Resolutions"), lambda item: [", ".join(_choices(item.members, "resolutions"))]),
        (_("Ratios"), lambda item: [", ".join(_choices(item.members, "aspect_ratios"))]),
        (_("Sound"), lambda item: [_sound(item.members)]),
        (_("Inputs"), lambda item: list(_inputs(item.members))),
        (_("Also"), lambda item: [_also(item.members)]),
        (_("Prompt"), lambda item: [_prompt(item.members)]),
        (_("Account limits"), _limits),
        (_("Privacy"), lambda item: [words.privacy(item.members)[1]]),
        (_("Offered"), _offered),
    ]


def _account(item: Pick) -> list[str]:
    account = item.offer.model.account
    gateway = account.adapter.label
    named = account.name if gateway.lower() in account.name.lower() else f"{account.name}, {gateway}"
    return [named, sandbox_word(account), words.health(account)]


def _price(item: Pick) -> list[str]:
    told = words.price(item.price, basis_of(item.offer.model))
    at = _("at %(settings)s") % {"settings": words.settings(item.settings)} if told["sum"] else ""
    return [told["sum"], told["basis"], at]


def _time(found: typical.Typical | None) -> list[str]:
    return [words.time(found), words.time_title(found)]


def _lengths(members: Iterable[Offer]) -> str:
    """``3, 5–10 s, Auto``: whole seconds in a row as a span."""
    values = sorted({value for member in members for value in member.caps.durations_s})
    seconds = [value for value in values if value != AUTO_S]
    told = [", ".join(_spans(seconds)) + _(" s")] if seconds else []
    return ", ".join(told + ([length_words(AUTO_S)] if AUTO_S in values else []))


def _spans(seconds: Sequence[float]) -> Iterator[str]:
    start = 0
    for at in range(1, len(seconds) + 1):
        if at == len(seconds) or seconds[at] - seconds[at - 1] != 1:
            first, last = seconds[start], seconds[at - 1]
            yield f"{first:g}" if first == last else f"{first:g}–{last:g}"
            start = at


def _choices(members: Iterable[Offer], name: str) -> list[str]:
    found = (choice.value for member in members for choice in getattr(member.caps, name))
    return list(dict.fromkeys(found))


def _sound(members: Iterable[Offer]) -> str:
    has = {member.caps.audio for member in members}
    if Audio.OPTIONAL in has:
        return _("on or off")
    if has == {Audio.FIXED}:
        return _("always")
    return _("in some modes") if Audio.FIXED in has else _("silent")


def _inputs(members: Iterable[Offer]) -> Iterator[str]:
    limits: dict[Role, RoleLimits] = {}
    for member in members:
        for role, told in member.caps.inputs.items():
            limits.setdefault(role, told)
    for role, place in PLACES.items():
        if role in limits:
            yield f"{place.label}: {_input(limits[role])}"


def _input(limits: RoleLimits) -> str:
    kinds = [mime.rpartition("/")[2] for mime in limits.mimes]
    told = [
        _("up to %(n)d") % {"n": limits.max_count} if limits.max_count > 1 else "",
        " ".join(kinds),
        _("%(size)s each") % {"size": size_words(limits.max_bytes)} if limits.max_bytes else "",
        _("%(n)s s each at most") % {"n": f"{limits.max_s:g}"} if limits.max_s else "",
        _("%(n)s s in all") % {"n": f"{limits.total_s:g}"} if limits.total_s else "",
    ]
    return ", ".join(filter(None, told))


def _also(members: Sequence[Offer]) -> str:
    caps = [member.caps for member in members]
    told = (
        _("last frame") if any(Mode.FIRST_LAST_FRAME in item.modes for item in caps) else "",
        _("seed") if any(item.seed for item in caps) else "",
        _("negative prompt") if any(item.negative_prompt for item in caps) else "",
        _("watermark can be switched") if any(item.watermark for item in caps) else "",
    )
    return ", ".join(filter(None, told))


def _prompt(members: Iterable[Offer]) -> str:
    most = max(member.caps.prompt_max_chars for member in members)
    return _("%(n)d characters") % {"n": most} if most else _("takes no words")


def _limits(item: Pick) -> list[str]:
    account = item.offer.model.account
    return [
        _("%(n)d takes at once") % {"n": account.max_in_flight},
        _("%(n)d new ones a minute") % {"n": account.submits_per_min},
    ]


def _offered(item: Pick) -> list[str]:
    ends = item.offer.model.ends_on
    until = _("until %(date)s") % {"date": ends} if ends else ""
    return [until, words.beta(item.members), words.closed(item.members)]
