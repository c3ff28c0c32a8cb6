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
from django.utils.translation import gettext_lazy

from generations.chips import LABELS, chips_of, more_of
from generations.forms import Typed
from generations.models import Asset, Project
from generations.services import carry, fits, offers
from generations.services.compose import Wish
from generations.services.create import MAX_COUNT
from generations.services.pricing import Priced, price_without_asking
from providers.gateways.capabilities import Capabilities
from providers.gateways.check import Problem
from providers.gateways.values import Mode, Role, mode_of

FRAME_LABELS: dict[str, Any] = {
    Role.FIRST_FRAME: gettext_lazy("First frame"),
    Role.LAST_FRAME: gettext_lazy("Last frame"),
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

    @property
    def caps(self) -> Capabilities:
        return self.offer.caps if self.offer else NOTHING

    @cached_property
    def mode(self) -> Mode:
        return mode_of(list(self.assets))

    @property
    def fits_mode(self) -> bool:
        return self.offer is None or self.mode in self.offer.modes

    def wish(self, parent: Any = None) -> Wish:
        """:raises ValueError: without a model."""
        if self.offer is None:
            raise ValueError("no model")
        inputs = [(role, asset.pk) for role, asset in self.assets.items()]
        return Wish(self.offer.model, self.typed.values, inputs, parent, self.typed.relation)


def lay(user: Any, project: Project, typed: Typed, *, carried: bool = True) -> Desk:
    """Put on the desk what was typed, for the wished model or the best one.

    :param carried: set aside what the model lacks; a request that is to be checked keeps every value.
    """
    listed = offers.list_offers()
    chosen = offers.choose(listed, typed.model_id)
    desk = Desk(user, project, typed, listed, chosen, _assets(user, project, typed))
    return carry_to(desk) if carried else desk


def carry_to(desk: Desk) -> Desk:
    values, aside = carry.carry_over(desk.typed.values, desk.typed.aside, desk.caps, desk.mode)
    model_id = desk.offer.model.pk if desk.offer else None
    return replace(desk, typed=replace(desk.typed, values=values, aside=aside, model_id=model_id))


def with_frames(desk: Desk, frames: Mapping[Role, UUID]) -> Desk:
    return lay(desk.user, desk.project, replace(desk.typed, frames=frames))


def without_parent(desk: Desk) -> Desk:
    """A take was made from it: the next one is a new thought."""
    return replace(desk, typed=replace(desk.typed, parent_id=None, relation=""))


def _assets(user: Any, project: Project, typed: Typed) -> dict[Role, Asset]:
    if not typed.frames:
        return {}
    rows = Asset.objects.visible_to(user).live().filter(project=project).in_bulk(list(typed.frames.values()))
    return {role: rows[pk] for role, pk in typed.frames.items() if pk in rows}


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
        "slots": _slots(desk, wrong),
        "chips": chips_of(desk.offers, desk.offer, desk.typed, desk.mode, wrong),
        "more": more_of(desk.caps, desk.typed, wrong),
        "set_aside": [carry.words_of(name, item.value) for name, item in desk.typed.aside.items()],
        "aside_json": json.dumps(desk.typed.as_draft()["aside"]),
        "errors": [*errors, *_sentences(wrong)],
        "mismatch": mismatch(desk),
        "wrong": wrong,
        "sandbox": bool(desk.offer and desk.offer.model.account.sandbox),
        **_priced(priced),
    }


def mismatch(desk: Desk) -> dict[str, Any] | None:
    """The model cannot start from these inputs: say so, and offer the one that can."""
    if desk.offer is None or desk.fits_mode:
        return None
    name = {"model": desk.offer.model.label}
    other = offers.sibling_for(desk.offers, desk.offer, list(desk.assets))
    return {
        "words": _mismatch_words(desk) % name,
        "to": other.model if other else None,
        "use": _use_words(desk, other),
    }


def _mismatch_words(desk: Desk) -> str:
    modes = desk.offer.modes if desk.offer else ()
    if desk.mode == Mode.TEXT_TO_VIDEO:
        return _("%(model)s starts from a first frame. Add one here, or work from words alone.")
    if desk.mode == Mode.FIRST_LAST_FRAME and Mode.IMAGE_TO_VIDEO in modes:
        return _("%(model)s takes a first frame, but no last frame.")
    if modes == (Mode.FIRST_LAST_FRAME,):
        return _("%(model)s needs a last frame beside the first.")
    return _("%(model)s works from words alone and takes no frame.")


def _use_words(desk: Desk, other: offers.Offer | None) -> str:
    if other is None or desk.offer is None:
        return ""
    if other.model.label != desk.offer.model.label:
        return _("Use %(model)s") % {"model": other.model.label}
    return {
        Mode.TEXT_TO_VIDEO: _("Switch to its version for words"),
        Mode.IMAGE_TO_VIDEO: _("Switch to its version for a first frame"),
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


def _slots(desk: Desk, wrong: Mapping[str, str]) -> list[dict[str, Any]]:
    """The first frame always, for a sibling may take it; the last one where there is a use for it."""
    wanted = [Role.FIRST_FRAME]
    if Role.LAST_FRAME in desk.caps.inputs or Role.LAST_FRAME in desk.assets:
        wanted.append(Role.LAST_FRAME)
    return [slot_of(desk, role, wrong.get(role, "")) for role in wanted]


def slot_of(desk: Desk, role: Role, said: str = "") -> dict[str, Any]:
    slot: dict[str, Any] = {"name": role.value, "label": FRAME_LABELS[role], "icon": "image", "file_name": ""}
    asset = desk.assets.get(role)
    if asset is None:
        return {**slot, "why": said, "light": "error" if said else ""}
    fit = fits.fit_of(role, desk.assets, desk.caps, desk.typed.prompt)
    fix = reverse("asset-smaller", args=[desk.project.slug, asset.pk]) if fit.light == "fix" else ""
    return {
        **slot,
        "value": str(asset.pk),
        "file_name": asset.name,
        "thumb_url": reverse("asset-thumb", args=[asset.pk]) if asset.thumb else "",
        "light": fit.light,
        "why": fit.why or (said if fit.light != "fits" else ""),
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
