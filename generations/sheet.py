"""``Sheet``: the axes of a matrix as a person filled them in, from a form or kept in their draft."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from generations.forms import MOST_CHARS, Typed
from generations.services.create import MOST_IN_A_BATCH
from providers.gateways.plain import keepable_text

MOST_MODELS = 8
MOST_PROMPTS = 12
MOST_COPIES = 4
MOST_VALUES = 12  # of one other axis
MOST_KEYS = 200  # of skipped cells that are kept in mind
SETTINGS = ("duration_s", "resolution", "aspect_ratio")


@dataclass(frozen=True)
class Sheet:
    """``copies`` takes are made of each cell; ``skipped`` are the keys of cells that are not made;
    ``composer`` is the composer's prompt that whoever filled it in has seen last."""

    models: tuple[UUID, ...] = ()
    prompts: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    duration_s: tuple[float, ...] = ()
    resolution: tuple[str, ...] = ()
    aspect_ratio: tuple[str, ...] = ()
    copies: int = 1
    skipped: frozenset[str] = frozenset()
    seeds_typed: str = ""
    problems: tuple[str, ...] = ()
    composer: str = ""

    @property
    def axes(self) -> dict[str, tuple[Any, ...]]:
        """An empty prompt beside others is a row that is still being written."""
        written = tuple(text for text in self.prompts if text.strip())
        return {
            "prompt": written or ("",),
            "seed": self.seeds,
            "model": self.models,
            **{name: getattr(self, name) for name in SETTINGS},
        }

    def as_draft(self) -> dict[str, Any]:
        """JSON that ``read_sheet`` reads back."""
        return {
            "model": [str(pk) for pk in self.models],
            "prompt": list(self.prompts),
            "seeds": self.seeds_typed,
            **{name: list(getattr(self, name)) for name in SETTINGS},
            "copies": self.copies,
            "skip": sorted(self.skipped),
            "composer": self.composer,
        }


def key_of(values: Mapping[str, Any]) -> str:
    """A cell by what it asks for, so that a skipped one stays skipped when rows or columns are added."""
    told = json.dumps({name: str(value) for name, value in values.items()}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def read_sheet(data: Mapping[str, Any]) -> Sheet:
    """A posted form or a draft. Its cells say ``shown`` where they stood and ``make`` where ticked."""
    seeds_typed = keepable_text(str(_one(data, "seeds")))[:400]
    seeds, problems = _seeds(seeds_typed)
    return Sheet(
        models=tuple(dict.fromkeys(pk for text in _listed(data, "model") if (pk := _uuid(text))))[
            :MOST_MODELS
        ],
        prompts=tuple(_prompt(text) for text in _listed(data, "prompt")[:MOST_PROMPTS]),
        seeds=seeds,
        duration_s=_unique(_number(text) for text in _listed(data, "duration_s")),
        resolution=_unique(_word(text) for text in _listed(data, "resolution")),
        aspect_ratio=_unique(_word(text) for text in _listed(data, "aspect_ratio")),
        copies=_copies(_one(data, "copies")),
        skipped=_skipped(data),
        seeds_typed=seeds_typed,
        problems=tuple(problems),
        composer=_prompt(_one(data, "composer")),
    )


def edited(sheet: Sheet, data: Mapping[str, Any]) -> Sheet:
    """With what a button of the form asks for: one more prompt or model, or one fewer."""
    if (added := _uuid(_one(data, "add_model"))) and added not in sheet.models:
        sheet = replace(sheet, models=(*sheet.models, added)[:MOST_MODELS])
    if dropped := _uuid(_one(data, "drop_model")):
        sheet = replace(sheet, models=tuple(pk for pk in sheet.models if pk != dropped))
    if _one(data, "add_prompt"):
        sheet = replace(sheet, prompts=(*sheet.prompts, "")[:MOST_PROMPTS])
    place = str(_one(data, "drop_prompt"))
    if place.isdecimal() and len(place) < 4 and len(sheet.prompts) > 1:
        sheet = replace(sheet, prompts=tuple(p for n, p in enumerate(sheet.prompts) if n != int(place)))
    return sheet


def begun_from(typed: Typed, model_id: UUID | None) -> Sheet:
    """A matrix of one cell: what stands in the composer."""
    models = (model_id,) if model_id else ()
    return Sheet(models=models, prompts=(typed.prompt,), composer=typed.prompt)


def followed(sheet: Sheet, prompt: str) -> Sheet:
    """With the composer's present prompt, where nothing but its earlier one stands there."""
    is_untouched = sheet.prompts == (sheet.composer,)
    return replace(sheet, prompts=(prompt,), composer=prompt) if is_untouched else sheet


def left_aside(sheet: Sheet, prompt: str) -> bool:
    """Whether the composer has a prompt that came after these and is not among them."""
    return bool(prompt.strip()) and prompt != sheet.composer and prompt not in sheet.prompts


def taken_over(sheet: Sheet, prompt: str, how: Any) -> Sheet:
    """With the composer's prompt ``alone`` or, with ``add``, beside the others."""
    if how not in ("alone", "add"):
        return sheet
    written = tuple(text for text in sheet.prompts if text.strip() and text != prompt)
    prompts = (*written, prompt)[:MOST_PROMPTS] if how == "add" else (prompt,)
    return replace(sheet, prompts=prompts, composer=prompt)


def too_many(sheet: Sheet, cells: int) -> str:
    """One sentence where this would be more takes than one click may make."""
    takes = cells * sheet.copies
    if takes <= MOST_IN_A_BATCH:
        return ""
    words = _("%(n)d takes at once are too many; %(most)d at most. Take out some values.")
    return words % {"n": takes, "most": MOST_IN_A_BATCH}


def _listed(data: Mapping[str, Any], name: str) -> list[Any]:
    given = data.getlist(name) if hasattr(data, "getlist") else data.get(name)
    return list(given) if isinstance(given, (list, tuple)) else []


def _one(data: Mapping[str, Any], name: str) -> Any:
    value = data.get(name)
    return "" if value is None else value


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def _prompt(text: Any) -> str:
    return keepable_text(str(text).replace("\r\n", "\n")[: MOST_CHARS + 1])


def _word(text: Any) -> str:
    return keepable_text(str(text))[:40]


def _number(text: Any) -> float | str:
    """What is no number stays as it is, and the model's check names the lengths it takes."""
    try:
        number = float(text)
    except (TypeError, ValueError):
        return _word(text)
    return number if abs(number) < 100_000 else _word(text)


def _unique(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value for value in values if value != ""))[:MOST_VALUES]


def _seeds(text: str) -> tuple[tuple[int, ...], list[str]]:
    """Whole numbers between commas or blanks."""
    words = text.replace(",", " ").replace(";", " ").split()
    wrong = [word for word in words if not (word.isdecimal() and word.isascii() and len(word) < 19)]
    if wrong:
        said = _("“%(word)s” is no seed; write whole numbers with commas between.") % {"word": wrong[0][:40]}
        return (), [said]
    if len(words) > MOST_VALUES:
        return (), [_("%(most)d seeds at most.") % {"most": MOST_VALUES}]
    return tuple(dict.fromkeys(int(word) for word in words)), []


def _copies(value: Any) -> int:
    text = str(value).strip()
    return min(max(int(text), 1), MOST_COPIES) if text.isdecimal() and len(text) < 4 else 1


def _skipped(data: Mapping[str, Any]) -> frozenset[str]:
    """An unticked box is not sent: it is one of the cells that were shown."""
    shown, made = _keys(data, "shown"), _keys(data, "make")
    return frozenset(sorted(_keys(data, "skip") - shown | shown - made)[:MOST_KEYS])


def _keys(data: Mapping[str, Any], name: str) -> set[str]:
    return {str(key)[:16] for key in _listed(data, name)}
