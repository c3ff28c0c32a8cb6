"""``Desk``: one person's composer in one project: what stands in it, and the model it is meant for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import Any
from uuid import UUID

from generations import cast, elements
from generations.forms import Typed
from generations.models import Asset, Project, Registration, Shot
from generations.roles import MANY, SINGLE
from generations.services import allowing, carry, casting, fits, naming, offers, options, registrations, shots
from generations.services.compose import Wish
from generations.services.faults import Asked, Use
from generations.services.naming import Member
from generations.services.travel import is_reachable
from generations.voices import present, waiting
from providers.gateways.capabilities import WITH_A_CLIP, Capabilities
from providers.gateways.values import Mode, Role
from providers.models import AllowList

NOTHING = Capabilities(modes=())
_PLAIN = tuple(role for role in MANY if role not in elements.BOTH)


@dataclass(frozen=True)
class Desk:
    user: Any
    project: Project
    typed: Typed
    offers: Sequence[offers.Offer]
    offer: offers.Offer | None
    uses: Sequence[Use]  # the inputs in the order in which they go out
    missing: Sequence[Role] = ()  # the roles of files that are not in the project any more
    lists: Sequence[AllowList] = ()  # that hold this person here
    shot: Shot | None = None  # what the takes are for, as long as it is there

    @property
    def caps(self) -> Capabilities:
        return self.offer.caps if self.offer else NOTHING

    def most(self, role: Role) -> int:
        return offers.most_of(self.offers, self.offer, role)

    @property
    def room(self) -> casting.Room:
        reachable = bool(self.offer and is_reachable(self.offer.model.account))
        return casting.Room(self.caps, self.most, reachable)

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
            frozenset(sha256 for sha256, row in self.registered.items() if self._is_usable(row)),
        )

    @cached_property
    def registered(self) -> Mapping[str, Registration]:
        """By hash: the files here that the model's account was given to keep, whatever came of it."""
        if self.offer is None or not self.caps.registered:
            return {}
        mine = {asset.sha256 for role, asset in self.uses if role in self.caps.registered}
        return registrations.known(self.offer.model.account, mine)

    def _is_usable(self, row: Registration) -> bool:
        return self.offer is not None and registrations.is_usable(row, self.offer.model.account)

    def fit(self, place: int) -> fits.Fit:
        """How the input at this place of ``uses`` stands with the chosen model."""
        return fits.fit_of(self.uses, place, self.caps, self.asked)

    @cached_property
    def aside_files(self) -> Mapping[UUID, Asset]:
        """The files that are set aside, by id, as far as they are still there."""
        typed = self.typed
        voices = (pk for _owner, pk in waiting(typed.rows, typed.rows_aside, typed.voice_of))
        wanted = {*voices, *(pk for files in typed.rows_aside.values() for pk in files)}
        return _files(self.user, self.project, list(wanted)) if wanted else {}

    @property
    def open_offers(self) -> list[offers.Offer]:
        """Those to choose from: without what no allow-list leaves anything of, but for the chosen one."""
        return [item for item in self.offers if not item.barred or item is self.offer]

    @property
    def fits_mode(self) -> bool:
        return self.offer is None or (self.mode in self.offer.modes and not self.untaken)

    def wish(self, parent: Any = None) -> Wish:
        """:raises ValueError: without a model."""
        if self.offer is None:
            raise ValueError("no model")
        inputs = [(role, asset.pk) for role, asset in self.uses]
        told = (*self.modes, *self.caps.prompt_forms)
        mode = self.typed.mode if self.typed.mode in told else None
        values = options.nested(self.typed.values)
        if Role.AUDIO_TRACK in self.typed.single:  # the clip has that sound: no switch is shown
            values.pop("generate_audio", None)
        for name in self.caps.replaced(values.get("extra") or {}):  # no more is its chip
            values.pop(name, None)
        relation, members = self.typed.relation if parent else "", self.typed.cast
        model = self.offer.whole()
        wish = Wish(model, values, inputs, parent, relation, mode, members, lists=self.lists)
        return replace(wish, shot=self.shot)


def lay(user: Any, project: Project, typed: Typed, *, carried: bool = True) -> Desk:
    """Put on the desk what was typed, for the wished model or the best one.

    :param carried: set aside what the model lacks; a request that is to be checked keeps every value.
    """
    lists = allowing.lists_for(user, project)
    listed = allowing.narrowed(lists, offers.list_offers())
    chosen = offers.choose(listed, typed.model_id)
    typed = replace(typed, gone_id=_gone(typed, {offer.model.pk for offer in listed}))
    if chosen:
        typed = replace(typed, values=options.as_kinds(typed.values, chosen.caps))
    if carried:
        is_new = chosen is None or typed.laid_for != chosen.model.pk
        most = {role: offers.most_of(listed, chosen, role) for role in (*SINGLE, *MANY)}
        typed = _sorted(typed, is_new, most)
    shot = shots.find(project, typed.shot_id)
    desk = Desk(user, project, typed, listed, chosen, *assets_of(user, project, typed), lists, shot)
    desk = with_typed(desk, cast=naming.with_copies(typed.cast, desk.uses))
    desk = _by_its_name(desk)
    return carry_to(_settled(desk)) if carried else desk


def _gone(typed: Typed, offered: Set[UUID]) -> UUID | None:
    """Whose place the model took that lies there: told until a person chooses one, or it is offered again."""
    if typed.model_id and typed.model_id not in offered:
        return typed.model_id
    was_chosen = typed.laid_for is not None and typed.model_id != typed.laid_for
    return None if was_chosen or typed.gone_id in offered else typed.gone_id


def _settled(desk: Desk) -> Desk:
    """Each character's files in the roles that this model has for them; what a person took out stays out."""
    model_id = desk.offer.model.pk if desk.offer else None
    if not desk.typed.cast or model_id is None:
        return desk
    if desk.typed.cast_for in (None, model_id):
        return with_typed(desk, cast=cast.still_there(desk.typed), cast_for=model_id)
    return _cast_anew(desk, desk.typed.cast)


def _cast_anew(desk: Desk, members: Sequence[Member]) -> Desk:
    files = _files(desk.user, desk.project, [pk for member in members for pk in member.files])
    typed = cast.taken_out(desk.typed, {pk for member in members for pk in member.files})
    uses = assets_of(desk.user, desk.project, typed)[0]
    placed = []
    for member in members:
        mine = [files[pk] for pk in member.files if pk in files]
        added, left = casting.place(mine, uses, desk.room)
        typed, uses = cast.put_in(typed, added), [*uses, *added]
        placed.append(replace(member, left=tuple(asset.pk for asset in left)))
    typed = replace(typed, cast=tuple(placed))
    found, missing = assets_of(desk.user, desk.project, typed)
    desk = _by_its_name(replace(desk, typed=typed, uses=found, missing=missing))
    return with_typed(desk, cast_for=desk.offer.model.pk if desk.offer else None)


def with_member(desk: Desk, member: Member) -> Desk:
    """A character whose files are attached; what is left of it from before goes first."""
    others = [other for other in desk.typed.cast if other.name.casefold() != member.name.casefold()]
    kept = cast.still_there(replace(desk.typed, cast=tuple(others)))
    return _cast_anew(desk, [*kept, member])


def without_member(desk: Desk, name: str) -> Desk:
    gone = {pk for member in desk.typed.cast if member.name == name for pk in member.files}
    typed = cast.taken_out(desk.typed, gone)
    others = tuple(member for member in typed.cast if member.name != name)
    return lay(desk.user, desk.project, replace(typed, cast=others))


def with_typed(desk: Desk, **changes: Any) -> Desk:
    return replace(desk, typed=replace(desk.typed, **changes))


def _by_its_name(desk: Desk) -> Desk:
    """Where a gateway lists a model once for each mode, people see one: the id that these files need stands
    in for the chosen one. A model of another name is only offered (``composer.mismatch``)."""
    if desk.offer is None or desk.fits_mode:
        return desk
    other = offers.sibling_for(desk.offers, desk.offer, [role for role, _asset in desk.uses])
    if other is None or other.model.label != desk.offer.model.label:
        return desk
    values = options.as_kinds(desk.typed.values, other.caps)
    typed = replace(desk.typed, values=values, model_id=other.model.pk)
    there = replace(desk, offer=other, typed=typed)
    return there if there.fits_mode else desk


def _sorted(typed: Typed, is_new: bool, most: Mapping[Role, int]) -> Typed:
    """Files that were set aside come back on a model that was just chosen (``is_new``) and has a place for
    them, as many as it has places left; a place that a person makes free later stays free. References wait
    aside for such a model; a single file that has no place stays, and is said."""
    rows, away, owners = elements.sorted_out(_elements_for(typed, is_new, most))
    aside = {**typed.rows_aside, **away}
    for role in _PLAIN:
        here, waiting = typed.rows.get(role, ()), typed.rows_aside.get(role, ())
        room = max(most[role] - len(here), 0) * is_new
        rows[role] = (*here, *waiting[:room]) if most[role] else ()
        aside[role] = waiting[room:] if most[role] else (*here, *waiting)
    wanted = [role for role in SINGLE if is_new and most[role] and aside.get(role)]
    free = [role for role in wanted if role not in typed.single]
    single = {**{role: aside.pop(role)[0] for role in free}, **typed.single}
    filled, waiting_still = ({r: files for r, files in of.items() if files} for of in (rows, aside))
    return replace(typed, single=single, rows=filled, rows_aside=waiting_still, owners=owners)


def _elements_for(typed: Typed, is_new: bool, most: Mapping[Role, int]) -> list[elements.Item]:
    """Where a model takes some of a role, those in its slots stay, however many."""
    items = elements.items_of(typed.rows, typed.rows_aside, typed.owners)
    items = elements.set_aside(items, {role: inf if most[role] else 0 for role in elements.BOTH})
    return elements.brought_back(items, most) if is_new else items


def for_new_model(desk: Desk) -> Desk:
    """For a model that was just chosen: what it has no place for is set aside, single files and those beyond
    the number that it takes."""
    typed = desk.typed
    gone = {role: (pk,) for role, pk in typed.single.items() if role in desk.untaken}
    surplus = {
        role: files[desk.most(role) :]
        for role, files in typed.rows.items()
        if role not in elements.BOTH and len(files) > desk.most(role)
    }
    items = elements.items_of(typed.rows, typed.rows_aside, typed.owners)
    fitting = elements.set_aside(items, {role: desk.most(role) for role in elements.BOTH})
    if not gone and not surplus and fitting == items:
        return desk
    single = {role: pk for role, pk in typed.single.items() if role not in gone}
    rows = {
        role: files[: desk.most(role)] if role in surplus else files for role, files in typed.rows.items()
    }
    waiting = {role: (*files, *typed.rows_aside.get(role, ())) for role, files in surplus.items()}
    here, away, owners = elements.sorted_out(fitting)
    kept = {"rows": {**rows, **here}, "rows_aside": {**typed.rows_aside, **gone, **waiting, **away}}
    return lay(desk.user, desk.project, replace(typed, single=single, owners=owners, **kept))


def carry_to(desk: Desk) -> Desk:
    values, aside = carry.carry_over(desk.typed.values, desk.typed.aside, desk.caps, desk.mode)
    model_id = desk.offer.model.pk if desk.offer else None
    typed = replace(desk.typed, values=values, aside=aside, model_id=model_id, laid_for=model_id)
    return replace(desk, typed=typed)


def with_another(desk: Desk, old: UUID, new: UUID) -> Desk:
    """One file for another, wherever it stands."""
    single = {role: new if pk == old else pk for role, pk in desk.typed.single.items()}
    rows = {role: tuple(new if pk == old else pk for pk in files) for role, files in desk.typed.rows.items()}
    speakers = tuple(new if pk == old else pk for pk in desk.typed.voice_of)
    return lay(desk.user, desk.project, replace(desk.typed, single=single, rows=rows, voice_of=speakers))


def without_parent(desk: Desk) -> Desk:
    """A take was made from it: the next one is a new thought."""
    return replace(desk, typed=replace(desk.typed, parent_id=None, relation="", fixes_id=None))


def assets_of(user: Any, project: Project, typed: Typed) -> tuple[list[Use], list[Role]]:
    wanted = typed.inputs
    if not wanted:
        return [], []
    rows = _files(user, project, [pk for _role, pk in wanted])
    found = [(role, rows[pk]) for role, pk in present(wanted, rows)]
    return found, [role for role, pk in wanted if pk not in rows]


def _files(user: Any, project: Project, ids: Sequence[UUID]) -> dict[UUID, Asset]:
    """Those of them that can be used in the project and this person may see."""
    rows = Asset.objects.visible_to(user).usable_in(project).with_originals().in_bulk(ids)
    for row in rows.values():
        row.hide_original_from(project)
    return rows
