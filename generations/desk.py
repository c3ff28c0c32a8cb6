"""``Desk``: one person's composer in one project: what stands in it, and the model it is meant for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from generations.forms import Typed
from generations.models import Asset, Project
from generations.roles import MANY
from generations.services import carry, fits, offers, options
from generations.services.compose import Wish
from generations.services.faults import Asked, Use
from generations.services.travel import is_reachable
from providers.gateways.capabilities import WITH_A_CLIP, Capabilities
from providers.gateways.values import Mode, Role

NOTHING = Capabilities(modes=())


@dataclass(frozen=True)
class Desk:
    user: Any
    project: Project
    typed: Typed
    offers: Sequence[offers.Offer]
    offer: offers.Offer | None
    uses: Sequence[Use]  # the inputs in the order in which they go out
    missing: Sequence[Role] = ()  # the roles of files that are not in the project any more

    @property
    def caps(self) -> Capabilities:
        return self.offer.caps if self.offer else NOTHING

    def most(self, role: Role) -> int:
        return offers.most_of(self.offers, self.offer, role)

    @cached_property
    def mode(self) -> Mode:
        return self.caps.mode_for([role for role, _asset in self.uses], self.typed.mode)

    @cached_property
    def modes(self) -> tuple[Mode, ...]:
        """What the model could do with a source clip, where there is one."""
        if Role.SOURCE_VIDEO not in (role for role, _asset in self.uses):
            return ()
        return tuple(mode for mode in WITH_A_CLIP if mode in self.caps.modes)

    @cached_property
    def untaken(self) -> list[Role]:
        """The roles in use that the model has no place for at all."""
        return [role for role, _asset in self.uses if role not in self.caps.inputs]

    @cached_property
    def asked(self) -> Asked:
        """What the inputs are judged beside."""
        length, ratio = (self.typed.values.get(name) for name in ("duration_s", "aspect_ratio"))
        return Asked(
            self.typed.prompt,
            str(ratio or ""),
            length if isinstance(length, float) else self.caps.default_duration(),
            self.typed.mode if self.typed.mode in self.modes else None,
            bool(self.offer and is_reachable(self.offer.model.account)),
        )

    def fit(self, place: int) -> fits.Fit:
        """How the input at this place of ``uses`` stands with the chosen model."""
        return fits.fit_of(self.uses, place, self.caps, self.asked)

    @property
    def fits_mode(self) -> bool:
        return self.offer is None or (self.mode in self.offer.modes and not self.untaken)

    def wish(self, parent: Any = None) -> Wish:
        """:raises ValueError: without a model."""
        if self.offer is None:
            raise ValueError("no model")
        inputs = [(role, asset.pk) for role, asset in self.uses]
        mode = self.typed.mode if self.typed.mode in self.modes else None
        values = options.nested(self.typed.values)
        if Role.AUDIO_TRACK in self.typed.single:  # the clip has that sound: no switch is shown
            values.pop("generate_audio", None)
        for name in self.caps.replaced(values.get("extra") or {}):  # no more is its chip
            values.pop(name, None)
        return Wish(self.offer.model, values, inputs, parent, self.typed.relation, mode)


def lay(user: Any, project: Project, typed: Typed, *, carried: bool = True) -> Desk:
    """Put on the desk what was typed, for the wished model or the best one.

    :param carried: set aside what the model lacks; a request that is to be checked keeps every value.
    """
    listed = offers.list_offers()
    chosen = offers.choose(listed, typed.model_id)
    if chosen:
        typed = replace(typed, values=options.as_kinds(typed.values, chosen.caps))
    if carried:
        typed = _sort_rows(typed, {role: offers.most_of(listed, chosen, role) for role in MANY})
    desk = Desk(user, project, typed, listed, chosen, *_assets(user, project, typed))
    return carry_to(desk) if carried else desk


def _sort_rows(typed: Typed, most: Mapping[Role, int]) -> Typed:
    """A model without references does not lose them: they wait for one that takes some."""
    every = {role: (*typed.rows.get(role, ()), *typed.rows_aside.get(role, ())) for role in most}
    here = {role: files for role, files in every.items() if files and most[role]}
    aside = {role: files for role, files in every.items() if files and not most[role]}
    return replace(typed, rows=here, rows_aside=aside)


def carry_to(desk: Desk) -> Desk:
    values, aside = carry.carry_over(desk.typed.values, desk.typed.aside, desk.caps, desk.mode)
    model_id = desk.offer.model.pk if desk.offer else None
    return replace(desk, typed=replace(desk.typed, values=values, aside=aside, model_id=model_id))


def with_another(desk: Desk, old: UUID, new: UUID) -> Desk:
    """One file for another, wherever it stands."""
    single = {role: new if pk == old else pk for role, pk in desk.typed.single.items()}
    rows = {role: tuple(new if pk == old else pk for pk in files) for role, files in desk.typed.rows.items()}
    return lay(desk.user, desk.project, replace(desk.typed, single=single, rows=rows))


def without_parent(desk: Desk) -> Desk:
    """A take was made from it: the next one is a new thought."""
    return replace(desk, typed=replace(desk.typed, parent_id=None, relation=""))


def _assets(user: Any, project: Project, typed: Typed) -> tuple[list[Use], list[Role]]:
    wanted = typed.inputs
    if not wanted:
        return [], []
    mine = Asset.objects.visible_to(user).usable_in(project).select_related("derived_from")
    rows = mine.in_bulk([pk for _role, pk in wanted])
    found = [(role, rows[pk]) for role, pk in wanted if pk in rows]
    return found, [role for role, pk in wanted if pk not in rows]
