"""The composer as its templates expect it: settings as chips, inputs as slots, what was set aside, the price.

``Desk`` is one person's composer in one project: what stands in it, and the model it is meant for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generations.chips import LABELS, chips_of, more_of
from generations.forms import Typed
from generations.models import Asset, Project
from generations.services import carry, fits, offers
from generations.services.compose import Wish
from generations.services.create import MAX_COUNT
from generations.services.pricing import Priced, price_without_asking
from generations.services.travel import is_reachable
from providers.gateways.capabilities import Capabilities
from providers.gateways.check import Problem
from providers.gateways.values import Mode, Role, mode_of

FRAME_LABELS: dict[str, Any] = {
    Role.FIRST_FRAME: gettext_lazy("First frame"),
    Role.LAST_FRAME: gettext_lazy("Last frame"),
    Role.REFERENCE_IMAGE: gettext_lazy("Reference"),
}
NOTHING = Capabilities(modes=())


@dataclass(frozen=True)
class Desk:
    user: Any
    project: Project
    typed: Typed
    offers: Sequence[offers.Offer]
    offer: offers.Offer | None
    assets: Mapping[Role, Asset]
    references: tuple[Asset, ...] = ()

    @property
    def caps(self) -> Capabilities:
        return self.offer.caps if self.offer else NOTHING

    @cached_property
    def uses(self) -> list[fits.Use]:
        """The inputs in the order in which they go out."""
        return [*self.assets.items(), *((Role.REFERENCE_IMAGE, asset) for asset in self.references)]

    @cached_property
    def missing(self) -> list[Role]:
        """The roles of files that are not in the project any more."""
        gone = len(self.typed.references) - len(self.references)
        frames = [role for role in self.typed.frames if role not in self.assets]
        return [*frames, *[Role.REFERENCE_IMAGE] * gone]

    @cached_property
    def most_references(self) -> int:
        return offers.most_references(self.offers, self.offer)

    @cached_property
    def mode(self) -> Mode:
        return mode_of([role for role, _asset in self.uses])

    @property
    def fits_mode(self) -> bool:
        return self.offer is None or self.mode in self.offer.modes

    def wish(self, parent: Any = None) -> Wish:
        """:raises ValueError: without a model."""
        if self.offer is None:
            raise ValueError("no model")
        inputs = [(role, asset.pk) for role, asset in self.uses]
        return Wish(self.offer.model, self.typed.values, inputs, parent, self.typed.relation)


def lay(user: Any, project: Project, typed: Typed, *, carried: bool = True) -> Desk:
    """Put on the desk what was typed, for the wished model or the best one.

    :param carried: set aside what the model lacks; a request that is to be checked keeps every value.
    """
    listed = offers.list_offers()
    chosen = offers.choose(listed, typed.model_id)
    if carried:
        typed = _sort_references(typed, offers.most_references(listed, chosen))
    desk = Desk(user, project, typed, listed, chosen, *_assets(user, project, typed))
    return carry_to(desk) if carried else desk


def _sort_references(typed: Typed, most: int) -> Typed:
    """A model without references does not lose them: they wait for one that takes some."""
    every = (*typed.references, *typed.references_aside)
    if most:
        return replace(typed, references=every, references_aside=())
    return replace(typed, references=(), references_aside=every)


def carry_to(desk: Desk) -> Desk:
    values, aside = carry.carry_over(desk.typed.values, desk.typed.aside, desk.caps, desk.mode)
    model_id = desk.offer.model.pk if desk.offer else None
    return replace(desk, typed=replace(desk.typed, values=values, aside=aside, model_id=model_id))


def with_another(desk: Desk, old: UUID, new: UUID) -> Desk:
    """One file for another, wherever it stands."""
    frames = {role: new if pk == old else pk for role, pk in desk.typed.frames.items()}
    references = tuple(new if pk == old else pk for pk in desk.typed.references)
    return lay(desk.user, desk.project, replace(desk.typed, frames=frames, references=references))


def without_parent(desk: Desk) -> Desk:
    """A take was made from it: the next one is a new thought."""
    return replace(desk, typed=replace(desk.typed, parent_id=None, relation=""))


def _assets(user: Any, project: Project, typed: Typed) -> tuple[dict[Role, Asset], tuple[Asset, ...]]:
    wanted = [*typed.frames.values(), *typed.references]
    if not wanted:
        return {}, ()
    rows = Asset.objects.visible_to(user).live().filter(project=project).in_bulk(wanted)
    frames = {role: rows[pk] for role, pk in typed.frames.items() if pk in rows}
    return frames, tuple(rows[pk] for pk in typed.references if pk in rows)


def context_of(
    desk: Desk, *, problems: Sequence[Problem] = (), errors: Sequence[str] = (), priced: Priced | None = None
) -> dict[str, Any]:
    """What templates/generations/_composer.html needs; with a fresh one-time key each time."""
    if priced is None and desk.offer and desk.fits_mode:
        priced = price_without_asking(desk.user, desk.project, desk.wish(), desk.typed.count)
    wrong = _by_field(desk, problems)
    return {
        **_addresses(desk.project),
        "idem_key": uuid4().hex,
        "prompt": desk.typed.prompt,
        "count": desk.typed.count,
        "count_max": MAX_COUNT,
        "parent_id": desk.typed.parent_id or "",
        "relation": desk.typed.relation,
        "slots": slots_of(desk, wrong),
        "references_aside": [str(pk) for pk in desk.typed.references_aside],
        "chips": chips_of(desk.offers, desk.offer, desk.typed, desk.mode, wrong),
        "more": more_of(desk.caps, desk.typed, wrong),
        "set_aside": _set_aside(desk.typed),
        "aside_json": json.dumps(desk.typed.as_draft()["aside"]),
        "errors": [*errors, *_sentences(wrong)],
        "mismatch": mismatch(desk),
        "wrong": wrong,
        "sandbox": bool(desk.offer and desk.offer.model.account.sandbox),
        **_priced(priced),
    }


def _set_aside(typed: Typed) -> list[str]:
    words = [carry.words_of(name, item.value) for name, item in typed.aside.items()]
    if count := len(typed.references_aside):
        words.append(ngettext("%(n)d reference", "%(n)d references", count) % {"n": count})
    return words


def mismatch(desk: Desk) -> dict[str, Any] | None:
    """The model cannot start from these inputs: say so, and offer the one that can."""
    if desk.offer is None or desk.fits_mode:
        return None
    name = {"model": desk.offer.model.label}
    other = offers.sibling_for(desk.offers, desk.offer, [role for role, _asset in desk.uses])
    return {
        "words": _mismatch_words(desk) % name,
        "to": other.model if other else None,
        "use": _use_words(desk, other),
    }


def _mismatch_words(desk: Desk) -> str:
    modes = desk.offer.modes if desk.offer else ()
    if modes == (Mode.REFERENCE_TO_VIDEO,):
        return _words_of_references(desk)
    if desk.mode == Mode.REFERENCE_TO_VIDEO:
        return _("%(model)s takes no references.")
    if desk.mode == Mode.TEXT_TO_VIDEO:
        return _("%(model)s starts from a first frame. Add one here, or work from words alone.")
    if desk.mode == Mode.FIRST_LAST_FRAME and Mode.IMAGE_TO_VIDEO in modes:
        return _("%(model)s takes a first frame, but no last frame.")
    if modes == (Mode.FIRST_LAST_FRAME,):
        return _("%(model)s needs a last frame beside the first.")
    return _("%(model)s works from words alone and takes no frame.")


def _words_of_references(desk: Desk) -> str:
    if desk.mode == Mode.TEXT_TO_VIDEO:
        return _("%(model)s starts from references. Add one here, or work from words alone.")
    return _("%(model)s works from references and takes no frame.")


def _use_words(desk: Desk, other: offers.Offer | None) -> str:
    if other is None or desk.offer is None:
        return ""
    if other.model.label != desk.offer.model.label:
        return _("Use %(model)s") % {"model": other.model.label}
    return {
        Mode.TEXT_TO_VIDEO: _("Switch to its version for words"),
        Mode.IMAGE_TO_VIDEO: _("Switch to its version for a first frame"),
        Mode.REFERENCE_TO_VIDEO: _("Switch to its version for references"),
    }.get(desk.mode, _("Switch to its version for two frames"))


def _by_field(desk: Desk, problems: Sequence[Problem]) -> dict[str, str]:
    """The first sentence for each field. What the offer of another model says already is not said twice."""
    said_already = () if desk.fits_mode else ("mode", *FRAME_LABELS)
    found: dict[str, str] = {}
    for problem in problems:
        if problem.field not in said_already:
            found.setdefault(problem.field, problem.message)
    return found


def _sentences(wrong: Mapping[str, str]) -> list[str]:
    """Each with the name of its field where the sentence alone would not tell."""
    plain = ("prompt", "model", "mode", "count")
    return [
        message if name in plain else f"{LABELS.get(name, FRAME_LABELS.get(name, name))}: {message}"
        for name, message in wrong.items()
    ]


def slots_of(desk: Desk, wrong: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The first frame always, for a sibling may take it; the last one where there is a use for it; and as
    many references as there are, with an open slot for one more."""
    wrong, wanted = wrong or {}, [Role.FIRST_FRAME]
    if Role.LAST_FRAME in desk.caps.inputs or Role.LAST_FRAME in desk.assets:
        wanted.append(Role.LAST_FRAME)
    filled = {role: _filled(desk, place) for place, (role, _asset) in enumerate(desk.uses) if role in wanted}
    frames = [filled.get(role) or _open(role, wrong.get(role, "")) for role in wanted]
    for slot in frames:
        slot["why"] = slot["why"] or (wrong.get(slot["name"], "") if slot["light"] != "fits" else "")
    return [*frames, *_reference_slots(desk, wrong.get(Role.REFERENCE_IMAGE, ""))]


def _reference_slots(desk: Desk, said: str) -> list[dict[str, Any]]:
    """They share one name in the form, so each has an id of its own; their order is their number."""
    places = range(len(desk.assets), len(desk.uses))
    slots = [_filled(desk, place) for place in places]
    for number, slot in enumerate(slots, 1):
        slot["label"] = _("Reference %(n)d") % {"n": number}
    if len(slots) < desk.most_references:
        slots.append(_open(Role.REFERENCE_IMAGE, "" if slots else said))
    for number, slot in enumerate(slots):
        slot |= {"id": f"{slot['name']}-{number}", "most": desk.most_references, "rule": number == 0}
    return slots


def _open(role: Role, said: str = "") -> dict[str, Any]:
    slot = {"id": role.value, "name": role.value, "label": FRAME_LABELS[role], "file_name": ""}
    icon = "layers" if role == Role.REFERENCE_IMAGE else "image"
    return {**slot, "icon": icon, "why": said, "light": "error" if said else ""}


def _filled(desk: Desk, place: int) -> dict[str, Any]:
    role, asset = desk.uses[place]
    reachable = bool(desk.offer and is_reachable(desk.offer.model.account))
    fit = fits.fit_of(desk.uses, place, desk.caps, desk.typed.prompt, reachable=reachable)
    fix = reverse("asset-smaller", args=[desk.project.slug, asset.pk]) if fit.light == "fix" else ""
    return {
        **_open(role),
        "value": str(asset.pk),
        "file_name": asset.name,
        "thumb_url": reverse("asset-thumb", args=[asset.pk]) if asset.thumb else "",
        "light": fit.light,
        "why": fit.why,
        "fix_url": fix,
        "most_bytes": fit.most_bytes,
    }


def _priced(priced: Priced | None) -> dict[str, Any]:
    """``shown`` is what the form sends back: the sum that the person saw, or that it was unknown."""
    if priced is None:
        return {"price": None, "shown": ""}
    total: Decimal | None = priced.total
    price = {"amount": total, "basis": priced.each.basis, "left": priced.left}
    return {"price": price, "shown": "unknown" if total is None else str(total)}


def _addresses(project: Project) -> dict[str, str]:
    names = {"url": "generate", "quote_url": "composer-quote", "draft_url": "composer-draft"}
    names |= {"upload_url": "upload", "chips_url": "composer-chips"}
    return {key: reverse(name, args=[project.slug]) for key, name in names.items()}
