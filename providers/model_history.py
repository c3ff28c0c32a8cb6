"""How models changed: by the catalogue, by the gateway's own list, by an administrator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from .admin_export import json_value
from .models import ModelChange, VideoModel

CATALOGUE, GATEWAY = "catalogue", "the gateway's list"
KEPT = ("label", "family", "allowed", "listed", "retired_at", "price_rule", "capabilities")
RATES = "price_rule.rates"


def values_of(row: VideoModel) -> dict[str, Any]:
    """Flat, to be compared with later."""
    return dict(_flat({name: getattr(row, name) for name in KEPT}))


def note(row: VideoModel, before: Mapping[str, Any], by: object) -> None:
    """In the transaction that changes it; where nothing differs, there is no line.

    :param before: its ``values_of`` then.
    """
    after = values_of(row)
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if names:
        what = {name: [before.get(name), after.get(name)] for name in names}
        ModelChange.objects.create(model=row, by=str(by)[:150], what=what)


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{key}", json_value(inner)) for key, inner in value.items())
        else:
            yield name, json_value(value)


def told(pk: UUID, most: int = 200) -> list[dict[str, Any]]:
    """Newest first: ``at``, ``by``, and ``lines`` of name, before, after in words."""
    rows = ModelChange.objects.filter(model=pk)[:most]
    return [{"at": row.at, "by": row.by, "lines": list(_lines(row.what))} for row in rows]


def _lines(what: Mapping[str, list[Any]]) -> Iterator[tuple[str, str, str]]:
    for name, (before, after) in what.items():
        yield name, _words(name, before), _words(name, after)


def _rate_words(rate: Mapping[str, Any]) -> str:
    """``0.15 USD (720p, with sound)``."""
    sound, clips = rate.get("sound"), rate.get("video_input")
    bound = (
        rate.get("resolution") or "",
        "" if sound is None else _("with sound") if sound else _("silent"),
        f"{rate['duration_s']} s" if rate.get("duration_s") else "",
        "" if clips is None else _("with a clip") if clips else _("without a clip"),
        _("up to %(n)s lines") % {"n": rate["most_lines"]} if rate.get("most_lines") else "",
    )
    when = ", ".join(filter(None, bound))
    return f"{rate.get('usd')} USD ({when})" if when else f"{rate.get('usd')} USD"


def _words(name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return "–"
    if name == RATES:
        return "; ".join(map(_rate_words, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return (
        ", ".join(f"{key}: {inner}" for key, inner in value.items())
        if isinstance(value, dict)
        else str(value)
    )
