"""Models and prices as data: one TOML file a gateway, written to be read and edited by people.

A file has ``source`` and ``read_on``, perhaps ``[ratios.<name>]`` and ``[pictures.<name>]`` for what many
models share, ``[defaults]`` for every model, and one ``[[model]]`` a model. In a model, besides the
fields of ``Capabilities``:

- ``like`` is the id of a model further up in the file, whose fields it has too unless it says otherwise;
  those that ``without`` names it has not;
- ``durations_s`` may be a span such as ``"4-15"``, and with ``"4-15, auto"`` the model may choose;
- ``aspect_ratios`` may be the name of a set;
- ``first_frame`` and ``last_frame`` are short for ``inputs``: *needed* or *optional*, with the limits of
  the picture set that ``pictures`` names;
- ``reference_images`` is how many pictures a reference to video may have, with the same limits; a model
  that does nothing else needs one;
- ``reference_backgrounds`` is how many pictures may be told to be a background, with the same limits;
- ``reference_videos`` and ``reference_audios`` are how many clips and sounds, with the limits of
  ``[clips.<name>]`` and ``[sounds.<name>]`` that ``clips`` and ``sounds`` name;
- ``reference_voices`` is how many of the references may have a voice each, with the limits of
  ``[sounds.<name>]`` that ``voices`` names;
- ``reference_documents`` is how many documents it reads, with the limits of ``[papers.<name>]`` that
  ``papers`` names;
- ``source_video`` and ``audio_track`` are for a source clip and for a sound to follow: *needed* or
  *optional* with the limits that ``clips`` and ``sounds`` name, or the name of such limits themselves;
- ``elements`` and ``scenes`` are how many of them, with the limits of ``pictures``; an element may have
  three more pictures and a clip of its own;
- ``prompt_forms`` may be the name of ``[forms.<name>]``, ``prompt_tags`` of ``[tags.<name>]``;
- ``price`` is read by ``providers.prices.read_rule``; its ``tokens`` may be the name of ``[tokens.<name>]``,
  and its ``source`` is the page it stands on, where that is not the one of ``[prices]``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..gateways.capabilities import Capabilities, RoleLimits, from_plain
from ..gateways.values import AUTO_S
from ..prices import PriceRule, read_rule

FOLDER = Path(__file__).parent
_MODEL_FIELDS = {
    *("id", "label", "family", "listed", "notes", "price"),
    *("pictures", "first_frame", "last_frame", "reference_images", "reference_backgrounds"),
    *("clips", "reference_videos", "sounds", "reference_audios", "voices", "reference_voices"),
    *("papers", "reference_documents"),
    *("source_video", "audio_track", "elements", "scenes"),
}
_PICTURES, _CLIPS = RoleLimits(0).mimes, ("video/mp4", "video/quicktime")
_CAPABILITY_FIELDS = {item.name for item in fields(Capabilities)}


class CatalogueError(ValueError):
    """A catalogue holds a wrong value; the message names file, model and field."""


@dataclass(frozen=True)
class CatalogueModel:
    """One model as the gateway spells it. Models of one ``label`` are the same model in other modes."""

    wire_id: str
    label: str
    family: str
    listed: bool
    capabilities: Capabilities
    price: PriceRule | None
    notes: str


@cache
def load(gateway: str) -> tuple[CatalogueModel, ...]:
    """The shipped models of one gateway, in the order of its file; none where it has no file.

    :raises CatalogueError: when a value is wrong.
    """
    path = FOLDER / f"{gateway}.toml"
    return read(path.read_text(encoding="utf-8"), path.name) if path.exists() else ()


def read(text: str, name: str) -> tuple[CatalogueModel, ...]:
    """The models in a catalogue's text; ``name`` stands in the errors."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{name}: {error}") from error
    models = tuple(_model(entry, data, name) for entry in _whole(data.get("model", ()), name))
    ids = [model.wire_id for model in models]
    for wire_id in ids:
        if ids.count(wire_id) > 1:
            raise CatalogueError(f"{name}: {wire_id} stands there twice")
    return models


def _whole(entries: Sequence[Mapping[str, Any]], name: str) -> Iterator[Mapping[str, Any]]:
    """Each with what it has from the one that it is ``like``."""
    before: dict[Any, Mapping[str, Any]] = {}
    for entry in entries:
        try:
            whole = _like(entry, before)
        except ValueError as error:
            raise CatalogueError(f"{name}: {entry.get('id', 'a model without id')}: {error}") from error
        before[entry.get("id")] = whole
        yield whole


def _like(entry: Mapping[str, Any], before: Mapping[Any, Mapping[str, Any]]) -> Mapping[str, Any]:
    own = {field: value for field, value in entry.items() if field not in ("like", "without")}
    if "like" not in entry:
        return entry
    other = before.get(entry["like"])
    if other is None:
        raise ValueError(f"like: no model {entry['like']!r} stands above")
    for field in (dropped := entry.get("without", ())):
        if field not in other:
            raise ValueError(f"without: {entry['like']} has no {field}")
    return {**{field: value for field, value in other.items() if field not in dropped}, **own}


def _model(entry: Mapping[str, Any], data: Mapping[str, Any], name: str) -> CatalogueModel:
    where = f"{name}: {entry.get('id', 'a model without id')}"
    try:
        return CatalogueModel(
            wire_id=_word(entry, "id"),
            label=_word(entry, "label"),
            family=_word(entry, "family"),
            listed=bool(entry.get("listed", True)),
            capabilities=_capabilities(_over_defaults(entry, data.get("defaults", {})), data),
            price=_price(entry, data),
            notes=entry.get("notes", ""),
        )
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CatalogueError(f"{where}: {place}: {first['msg']} (is {first['input']!r})") from error
    except (ValueError, TypeError) as error:
        raise CatalogueError(f"{where}: {error}") from error


def _over_defaults(entry: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """A model's own fields before those for every model; its ``extra`` options are added to theirs."""
    return {**defaults, **entry, "extra": {**defaults.get("extra", {}), **entry.get("extra", {})}}


def _word(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} is missing")
    return value


def _price(entry: Mapping[str, Any], data: Mapping[str, Any]) -> PriceRule | None:
    if "price" not in entry:
        return None
    about, price = data.get("prices", {}), entry["price"]
    if isinstance(price, Mapping) and isinstance(price.get("tokens"), str):
        price = {**price, "tokens": _named(data, "tokens", price["tokens"])}
    checked_on = about.get("checked_on")
    source = about.get("source", "")
    if isinstance(price, Mapping) and "source" in price:  # its own page
        price, source = {name: value for name, value in price.items() if name != "source"}, price["source"]
    return read_rule(price, source, checked_on if isinstance(checked_on, date) else None)


def _capabilities(entry: Mapping[str, Any], data: Mapping[str, Any]) -> Capabilities:
    unknown = set(entry) - _MODEL_FIELDS - _CAPABILITY_FIELDS
    if unknown:
        raise ValueError(f"unknown field {sorted(unknown)[0]}")
    plain = {key: value for key, value in entry.items() if key in _CAPABILITY_FIELDS}
    if "durations_s" in plain:
        plain["durations_s"] = _durations(plain["durations_s"])
    if isinstance(plain.get("aspect_ratios"), str):
        plain["aspect_ratios"] = _named(data, "ratios", plain["aspect_ratios"])["values"]
    for name, table in (("prompt_forms", "forms"), ("prompt_tags", "tags")):
        if isinstance(plain.get(name), str):
            plain[name] = _named(data, table, plain[name])
    plain["inputs"] = {**_pictures(entry, data), **plain.get("inputs", {})}
    return from_plain(_floats(plain))


def _durations(value: object) -> object:
    if not isinstance(value, str):
        return value
    span = value.removesuffix(", auto")
    low, _, high = span.partition("-")
    if not (low.isdigit() and high.isdigit() and int(low) <= int(high)):
        raise ValueError(f'durations_s: {value!r} is no span such as "4-15"')
    return [*range(int(low), int(high) + 1), *([AUTO_S] if span != value else [])]


def _pictures(entry: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    limits = _named(data, "pictures", entry["pictures"]) if "pictures" in entry else {}
    found = {}
    for role, table in _SINGLE.items():
        if role in entry:
            found[role] = _one(entry, data, role, table)
    if "reference_images" in entry:
        alone = entry.get("modes") == ["reference_to_video"] and "one_of" not in entry
        found["reference_image"] = {**limits, **_how_many(entry, "reference_images", int(alone))}
    if "reference_backgrounds" in entry:
        found["reference_background"] = {**limits, **_how_many(entry, "reference_backgrounds", 0)}
    for role, key, table in _ROWS:
        if f"{role}s" in entry:
            of_kind = _named(data, table, entry[key]) if key in entry else {}
            found[role] = {**of_kind, **_how_many(entry, f"{role}s", 0)}
    return {**found, **_elements(entry, limits)}


# role, the key that names its limits, and the table that they stand in
_ROWS = (
    ("reference_video", "clips", "clips"),
    ("reference_audio", "sounds", "sounds"),
    ("reference_voice", "voices", "sounds"),
    ("reference_document", "papers", "papers"),
)
_SINGLE = {
    "first_frame": "pictures",
    "last_frame": "pictures",
    "source_video": "clips",
    "audio_track": "sounds",
}


def _one(entry: Mapping[str, Any], data: Mapping[str, Any], role: str, table: str) -> dict[str, Any]:
    told = entry[role]
    if told in ("needed", "optional"):
        of_kind = _named(data, table, entry[table]) if table in entry else {}
        return {**of_kind, "min_count": int(told == "needed")}
    if table == "pictures":
        raise ValueError(f"{role}: {told!r} is neither needed nor optional")
    return dict(_named(data, table, told))


def _elements(entry: Mapping[str, Any], limits: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "elements" in entry:
        count = _how_many(entry, "elements", 0)
        found["element"] = {**limits, **count}
        views = {"max_count": 4 * count["max_count"], "beside": ["element"]}
        found["element_reference"] = {**limits, **views, "mimes": [*_PICTURES, *_CLIPS]}
    if "scenes" in entry:
        found["scene_image"] = {**limits, **_how_many(entry, "scenes", 0)}
    return found


def _how_many(entry: Mapping[str, Any], name: str, least: int) -> dict[str, int]:
    most = entry[name]
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise ValueError(f"{name}: {most!r} is no number of files")
    return {"max_count": most, "min_count": least}


def _named(data: Mapping[str, Any], table: str, name: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = data[table][name]
    except KeyError:
        raise ValueError(f"there is no [{table}.{name}]") from None
    return found


def _floats(value: Any) -> Any:
    """Amounts are read as Decimal; limits are plain numbers."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {key: _floats(item) for key, item in value.items()}
    return [_floats(item) for item in value] if isinstance(value, list) else value
