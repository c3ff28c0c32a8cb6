"""A filled-in matrix as cells: each a checked request with its price, or the reason why it cannot be made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from generations import composer, sheet
from generations.desk import Desk, lay
from generations.forms import Typed
from generations.models import Project
from generations.services import carry, shots
from generations.services.compose import Composition, Refused, compose
from generations.services.create import known_of, price_all, total_of
from generations.services.matrix import combinations, size_of
from generations.services.pricing import price_without_asking
from generations.sheet import Sheet
from providers.quotes import Quote, patience, quote_lately

COLUMNS = ("model", *sheet.SETTINGS)


@dataclass(frozen=True)
class Cell:
    """``values``: where it stands on each axis. Without a composition, ``why`` says what is in its way;
    ``same``: nothing is, but it would be what another seed's cell of a model without seeds is already."""

    key: str
    values: Mapping[str, Any]
    desk: Desk
    composition: Composition | None = None
    why: str = ""
    skipped: bool = False
    same: bool = False
    quote: Quote | None = None

    @property
    def is_made(self) -> bool:
        return self.composition is not None and not self.skipped


@dataclass(frozen=True)
class Plan:
    sheet: Sheet
    desks: Mapping[UUID, Desk]  # by the model as it was chosen
    cells: Sequence[Cell] = ()
    columns: Sequence[Mapping[str, Any]] = ()  # of the model and the settings; none where nothing is planned
    problems: Sequence[str] = ()

    @cached_property
    def made(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_made]

    @property
    def layout(self) -> str:
        """What cells there are and what each would ask for, as a hash: a form agrees to those alone that its
        page has shown, and a model may have been given or have lost something since. Which of them are ticked
        is no part of it."""
        cells = [[cell.key, item.fingerprint() if (item := cell.composition) else ""] for cell in self.cells]
        return hashlib.sha256(json.dumps([self.sheet.copies, cells]).encode()).hexdigest()[:16]

    @property
    def count(self) -> int:
        return len(self.made) * self.sheet.copies

    @property
    def compositions(self) -> list[Composition]:
        """One for each take, the copies of a cell one after the other."""
        found = [cell.composition for cell in self.made if cell.composition]
        return [item for item in found for _copy in range(self.sheet.copies)]

    @property
    def is_priced(self) -> bool:
        return all(cell.quote for cell in self.made)

    @property
    def known(self) -> Any:
        """US dollars for those whose price is known."""
        return known_of([cell.quote for cell in self.made if cell.quote]) * self.sheet.copies

    @property
    def total(self) -> Any:
        """US dollars for all; None where one price is not known."""
        each = total_of([cell.quote for cell in self.made if cell.quote])
        return None if each is None or not self.is_priced else each * self.sheet.copies


def plan_of(user: Any, project: Project, typed: Typed, filled: Sheet) -> Plan:
    """Check every cell. What the composer holds beside the axes (files, sound, …) is common to all.

    What a model lacks of that is set aside for its cells, as the composer does; what stands on an axis is
    never changed: where a model has no such length, resolution or ratio there is no cell, and one that cannot
    be made for another reason says so. A model that leaves nobody a choice of a setting takes its own, and
    one that takes no seed has one cell for all of them.
    """
    desks = {pk: lay(user, project, replace(typed, model_id=pk)) for pk in filled.models}
    problems = [*filled.problems]
    if not filled.models:
        problems.append(_("Choose a model."))
    if typed.shot_id and any(desk.shot is None for desk in desks.values()):
        problems.append(str(shots.GONE))
    rows = {name: values for name, values in filled.axes.items() if name not in COLUMNS}
    heads = [head for pk, desk in desks.items() for head in _columns(desk, pk, filled)]
    unseeded = {name: values for name, values in rows.items() if name != "seed"}
    sizes = [size_of(rows if takes_seed(desks[head["model"]], head["model"]) else unseeded) for head in heads]
    if words := sheet.too_many(filled, sum(sizes)):
        problems.append(words)
    if problems:
        return Plan(filled, desks, problems=problems)
    wanted = [{**row, **head} for row in combinations(rows) for head in heads]
    cells = [_cell(user, project, desks[values["model"]], values, filled) for values in wanted]
    return Plan(filled, desks, cells, heads)


def _columns(desk: Desk, wished: UUID, filled: Sheet) -> list[dict[str, Any]]:
    """Those of one model, without what it lacks; what is ticked of a setting that it leaves to nobody is no
    axis of its cells. A model that is not offered at all says so in its cells."""
    axes = {name: filled.axes[name] for name in sheet.SETTINGS}
    if holds(desk, wished):
        asked = {name: values for name, values in axes.items() if values and has_choice(desk, name)}
        axes = {name: tuple(v for v in values if takes(desk, name, v)) for name, values in asked.items()}
        if not all(axes.values()):
            return []
    return combinations({"model": [wished], **axes})


def has_choice(desk: Desk, name: str) -> bool:
    """Whether the model offers this setting at all for these files: a ratio may follow from an image."""
    return bool(carry.choices(desk.caps, desk.mode, name))


def takes_seed(desk: Desk, wished: UUID) -> bool:
    """Of a model that is not offered any more nothing is known."""
    return desk.caps.seed or not holds(desk, wished)


def takes(desk: Desk, name: str, value: Any) -> bool:
    """Whether the model has this length, resolution or ratio."""
    return value in carry.choices(desk.caps, desk.mode, name)


def priced(plan: Plan) -> Plan:
    """With the price of every cell; gateways may be asked, once a minute for each different request, and for
    a few seconds in all: what is not told by then has no price."""
    todo = [cell for cell in plan.cells if cell.composition]
    ask = partial(quote_lately, until=patience())
    quotes = price_all([cell.composition for cell in todo if cell.composition], ask)
    found = {cell.key: quote for cell, quote in zip(todo, quotes, strict=True)}
    return replace(plan, cells=[replace(cell, quote=found.get(cell.key)) for cell in plan.cells])


def priced_without_asking(user: Any, project: Project, plan: Plan) -> Plan:
    """At once: with the prices that need no question to a gateway."""
    return replace(plan, cells=[_priced_at_once(user, project, cell) for cell in plan.cells])


def _priced_at_once(user: Any, project: Project, cell: Cell) -> Cell:
    if cell.composition is None:
        return cell
    found = price_without_asking(user, project, cell.desk.wish(), 1)
    return replace(cell, quote=found.each if found else None)


def _cell(user: Any, project: Project, desk: Desk, values: Mapping[str, Any], filled: Sheet) -> Cell:
    asked = {name: value for name, value in values.items() if name != "model"}
    seed = None if takes_seed(desk, values["model"]) else asked.pop("seed", None)
    here = replace(desk, typed=replace(desk.typed, values={**desk.typed.values, **asked}))
    key = sheet.key_of(values)
    cell = Cell(key, values, here, skipped=key in filled.skipped)
    if why := _why_not(desk, values["model"]):
        return replace(cell, why=why)
    if seed is not None and seed != filled.seeds[0]:
        words = _("Same as seed %(n)s: this model takes none.")
        return replace(cell, why=words % {"n": filled.seeds[0]}, same=True)
    try:
        return replace(cell, composition=compose(user, project, here.wish()))
    except Refused as error:
        return replace(cell, why=composer.refusal_words(error.problems))


def _why_not(desk: Desk, wished: UUID) -> str:
    if desk.offer is None or not holds(desk, wished):
        return _("This model is no longer offered.")
    if desk.offer.why_not:
        return desk.offer.why_not
    mismatch = composer.mismatch(desk)
    return mismatch["words"] if mismatch else ""


def holds(desk: Desk, wished: UUID) -> bool:
    """Whether the wished model lies there. ``lay`` puts another one in the place of one that is no longer
    offered: that one's settings and name are not this one's."""
    return desk.offer is not None and (desk.offer.model.pk == wished or _same_name(desk, wished))


def _same_name(desk: Desk, wished: UUID) -> bool:
    """Its sibling for these files stands in for it."""
    other = next((item.model for item in desk.offers if item.model.pk == wished), None)
    mine = desk.offer.model if desk.offer else None
    return bool(other and mine and (other.account_id, other.label) == (mine.account_id, mine.label))
