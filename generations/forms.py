"""What a person typed, read into typed values. What cannot be read becomes a Problem at its field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, get_args
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generations import elements, voices
from generations.roles import MANY, SINGLE
from generations.services import options
from generations.services.carry import FIELDS, Aside, Asides
from generations.services.create import MAX_COUNT
from generations.services.naming import Member, read_cast
from providers.gateways.capabilities import WITH_A_CLIP, Leavable
from providers.gateways.plain import keepable, keepable_text
from providers.gateways.problem import Problem
from providers.gateways.values import SPEAKERS, Mode, Role

MOST_FILES = 50  # of one role in a form, whatever the model takes; it refuses by its own limit long before
RELATIONS = ("edit", "last_frame", "extend", "upscale", "fix")
MOST_CHARS = 20_000  # of any text, whatever the model takes; refused by the model's own limit long before
MOST_ASIDE_CHARS = 40_000
MOST_OPTION_CHARS = 500
LEFT = "gateway"  # chosen in a form: the gateway does what it does by itself
LEAVABLE = get_args(Leavable)


class ProjectForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "input", "autofocus": "autofocus", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


@dataclass(frozen=True)
class Typed:
    """What stands in a composer. ``values`` has only what was given, under the names of the request, a
    model's own options flat (``extra.draft``), None for what is left to the gateway; ``aside`` what the
    present model lacks and a later one may take again, as the files of ``rows_aside`` are. ``single`` are the
    inputs of which there is one, ``rows`` those of which there are several, in the person's order; ``owners``
    the element of each further view, ``voice_of`` the reference of each voice. ``cast`` are the characters
    among them, whose files were placed for the model ``cast_for``. The composer was last laid out for the
    model ``laid_for``: another one in ``model_id`` was just chosen."""

    model_id: UUID | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    single: Mapping[Role, UUID] = field(default_factory=dict)
    rows: Mapping[Role, tuple[UUID, ...]] = field(default_factory=dict)
    rows_aside: Mapping[Role, tuple[UUID, ...]] = field(default_factory=dict)
    owners: tuple[int, ...] = ()
    voice_of: tuple[UUID, ...] = ()
    cast: tuple[Member, ...] = ()
    cast_for: UUID | None = None
    laid_for: UUID | None = None
    mode: Mode | None = None  # what to do with a source clip
    count: int = 1
    aside: Asides = field(default_factory=dict)
    parent_id: UUID | None = None
    relation: str = ""
    fixes_id: UUID | None = None  # the note that it is made for
    shot_id: UUID | None = None  # what the takes are made for
    gone_id: UUID | None = None  # the model whose place another one took that nobody chose
    problems: tuple[Problem, ...] = ()

    @property
    def prompt(self) -> str:
        return str(self.values.get("prompt") or "")

    def as_draft(self) -> dict[str, Any]:
        """JSON that ``read_typed`` reads back."""
        return {
            "model": str(self.model_id or ""),
            "count": self.count,
            "parent": str(self.parent_id or ""),
            "aside": {name: [item.value, item.shown] for name, item in self.aside.items()},
            "relation": self.relation,
            "fixes": str(self.fixes_id or ""),
            "shot": str(self.shot_id or ""),
            "gone": str(self.gone_id or ""),
            "mode": self.mode or "",
            **self.values,
            "inputs": [{"role": role.value, "asset": str(pk)} for role, pk in self.inputs],
            **{aside_name(role): [str(pk) for pk in pks] for role, pks in self.rows_aside.items()},
            elements.OWNERS: list(self.owners),
            **{name: [str(pk) for pk in pks] for name, pks in self.voices_aside().items()},
            "cast": [member.plain() for member in self.cast],
            "cast_for": str(self.cast_for or ""),
            "laid_for": str(self.laid_for or ""),
        }

    def voices_aside(self) -> dict[str, list[UUID]]:
        """Fields for the voices that do not go out now, and beside them who speaks with each."""
        pairs = voices.waiting(self.rows, self.rows_aside, self.voice_of)
        kept = {aside_name(voices.VOICE): [voice for _owner, voice in pairs]}
        return {**kept, voices.OWNERS: [owner for owner, _voice in pairs]}

    @property
    def inputs(self) -> list[tuple[Role, UUID]]:
        """In the order in which they go out."""
        found = [(role, self.single[role]) for role in SINGLE if role in self.single]
        for role in MANY:
            if role == Role.ELEMENT:
                found += elements.in_order(*(self.rows.get(of, ()) for of in elements.BOTH), self.owners)
            elif role in SPEAKERS:
                found += voices.in_order(role, self.rows, self.voice_of)
            elif role not in (Role.ELEMENT_REFERENCE, voices.VOICE):
                found += [(role, pk) for pk in self.rows.get(role, ())]
        if not self.voice_of:  # of nobody: refused with its reason
            found += [(voices.VOICE, pk) for pk in self.rows.get(voices.VOICE, ())]
        return found


def aside_name(role: Role) -> str:
    return f"{role.value}_aside"


def read_typed(data: Mapping[str, Any]) -> Typed:
    """Read a posted form, a draft, or the request of a take: the same names, text or JSON values."""
    problems: list[Problem] = []
    left = [name for name in LEAVABLE if name in data and data[name] in (None, LEFT)]
    named = [name for name in FIELDS if name not in left]
    values = {name: value for name in named if (value := _value(data, name, problems)) is not None}
    data, owners = _placed(data)
    data, speakers = _voiced(data)
    return Typed(
        model_id=_uuid(data.get("model")),
        values={**values, **dict.fromkeys(left), **_options(data)},
        single=_single(data),
        rows=_filled(lambda role: (*_uuids(data, role.value), *_named(data, role))),
        rows_aside=_filled(lambda role: _uuids(data, aside_name(role)), (*SINGLE, *MANY)),
        owners=owners,
        voice_of=speakers,
        cast=read_cast(_json(data.get("cast"))),
        cast_for=_uuid(data.get("cast_for")),
        laid_for=_uuid(data.get("laid_for")),
        mode=next((mode for mode in WITH_A_CLIP if mode == data.get("mode")), None),
        count=_count(data, problems),
        aside=_aside(data.get("aside")),
        parent_id=_uuid(data.get("parent")),
        relation=_relation(data),
        fixes_id=None if data.get("unfix") else _uuid(data.get("fixes")),
        shot_id=_uuid(data.get("shot")),
        gone_id=None if data.get("gone_seen") else _uuid(data.get("gone")),
        problems=tuple(problems),
    )


def _relation(data: Mapping[str, Any]) -> str:
    """Without its note a fix is an edit."""
    relation = data.get("relation") if data.get("relation") in RELATIONS else ""
    return "edit" if relation == "fix" and (data.get("unfix") or not data.get("fixes")) else str(relation)


def _placed(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[int, ...]]:
    """Which element each view belongs to; the views of an element that was removed go with it."""
    items = elements.in_form(data)
    if items is None:
        return data, elements.owners_kept(data)
    rows, aside, owners = elements.sorted_out([item for item in items if _uuid(item[1])][:MOST_FILES])
    form: Any = data.copy()
    for role in elements.BOTH:
        form.setlist(role.value, rows[role])
        form.setlist(aside_name(role), aside[role])
    return form, owners


def _voiced(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[UUID, ...]]:
    """Which reference each voice belongs to; the voice of a reference that is not there goes with it."""
    named, aside = voices.named(data), _uuids(data, voices.OWNERS)
    if named is None and not (named := voices.in_inputs(data)):
        return data, aside
    pairs = [(owner, voice) for who, voice in named if (owner := _uuid(who)) and _uuid(voice)][:MOST_FILES]
    here, speakers = [voice for _owner, voice in pairs], (*(owner for owner, _voice in pairs), *aside)
    if not hasattr(data, "setlist"):
        others = [item for item in data["inputs"] if item not in voices.of(data)]
        return {**data, "inputs": others, voices.VOICE.value: here}, speakers
    form = data.copy()
    form.setlist(voices.VOICE.value, here)
    return form, speakers


def read_usd(text: str | None) -> str | None:
    """The price a form showed: an amount, ``unknown``, or None where no price was shown yet."""
    try:
        return text if text == "unknown" or (text and isfinite(float(text))) else None
    except ValueError:
        return None


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return "" if value is None else keepable_text(str(value)[: MOST_CHARS + 1])


def _value(data: Mapping[str, Any], name: str, problems: list[Problem]) -> Any:
    if name == "generate_audio":
        return _switch(data)
    text = _text(data, name)
    if name in ("prompt", "negative_prompt"):
        return text.replace("\r\n", "\n") or None
    if not text.strip():
        return None
    if name in ("watermark", "return_last_frame"):
        return {"true": True, "false": False}.get(text.lower())
    if name == "duration_s":
        return _number(text)
    if name == "upscale_factor":
        return int(text) if text.isdecimal() and len(text) < 4 else text[:40]
    return _seed(text, problems) if name == "seed" else text.strip()[:80]


def _switch(data: Mapping[str, Any]) -> bool | None:
    """An unticked box is not sent; ``sound_offered`` beside it tells *off* from *not asked*."""
    given = data.get("generate_audio")
    if given is None:
        return False if data.get("sound_offered") else None
    return str(given).lower() not in ("false", "0", "off", "")


def _options(data: Mapping[str, Any]) -> dict[str, Any]:
    given = options.found_in(data)
    return {
        name: _text(given, name)[:MOST_OPTION_CHARS] if isinstance(v, str) else v for name, v in given.items()
    }


def _number(text: str) -> Any:
    """Seconds; what is no number stays as it is, and the model's check names the lengths it takes."""
    try:
        number = float(text)
    except ValueError:
        return text[:40]
    return number if isfinite(number) else text[:40]


def _seed(text: str, problems: list[Problem]) -> int | None:
    try:
        return int(text)
    except ValueError:
        problems.append(
            Problem("seed", _("A seed is a whole number; leave it empty for a new one each time."))
        )
        return None


def _count(data: Mapping[str, Any], problems: list[Problem]) -> int:
    text = _text(data, "count").strip()
    if not text:
        return 1
    count = int(text) if text.isdecimal() and len(text) < 6 else 0
    if not 1 <= count <= MAX_COUNT:
        message = _("Choose 1 to %(most)d takes.") % {"most": MAX_COUNT}
        problems.append(Problem("count", message, tuple(range(1, MAX_COUNT + 1))))
    return min(max(count, 1), MAX_COUNT)


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except (ValueError, RecursionError):
        return None


def _single(data: Mapping[str, Any]) -> dict[Role, UUID]:
    """By name as the form has them, or as the list of inputs that a take keeps."""
    found = {role: asset_id for role in SINGLE if (asset_id := _uuid(data.get(role.value)))}
    for role in SINGLE:
        for asset_id in _named(data, role)[:1]:
            found.setdefault(role, asset_id)
    return found


def _filled(
    files_of: Callable[[Role], tuple[UUID, ...]], roles: Iterable[Role] = MANY
) -> dict[Role, tuple[UUID, ...]]:
    return {role: files for role in roles if (files := files_of(role))}


def _uuids(data: Mapping[str, Any], name: str) -> tuple[UUID, ...]:
    """A field that a form repeats and a draft has as a list; the order is the person's."""
    given = data.getlist(name) if hasattr(data, "getlist") else data.get(name)
    listed = given if isinstance(given, list) else []
    return tuple(pk for item in listed[:MOST_FILES] if (pk := _uuid(item)))


def _named(data: Mapping[str, Any], wanted: Role) -> tuple[UUID, ...]:
    """Out of the list of inputs that a draft or a take keeps."""
    inputs = data.get("inputs")
    named = [item for item in inputs if isinstance(item, dict)] if isinstance(inputs, list) else []
    mine = [item.get("asset") for item in named if item.get("role") == wanted]
    return tuple(pk for item in mine[:MOST_FILES] if (pk := _uuid(item)))


def _json(given: Any) -> Any:
    """A hidden field of the form, or what a draft has in its place."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given) if len(given) <= MOST_ASIDE_CHARS else None
    except (ValueError, RecursionError):  # the latter: brackets in brackets, thousands deep
        return None


def _aside(given: Any) -> dict[str, Aside]:
    given = _json(given)
    if not isinstance(given, dict):
        return {}
    plain = (str, int, float, bool, type(None))
    return {
        name: Aside(*keepable(pair))
        for name, pair in given.items()
        if (name in FIELDS or options.is_option(name))
        and isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(v, plain) for v in pair)
    }
