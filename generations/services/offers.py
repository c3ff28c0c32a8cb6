"""Which models a person may choose, and which one to offer instead when an input does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone

from providers.gateways.capabilities import Capabilities, from_plain
from providers.gateways.values import Mode, Role, mode_of
from providers.models import VideoModel

# what the composer can make
MODES = (Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO, Mode.FIRST_LAST_FRAME, Mode.REFERENCE_TO_VIDEO)


@dataclass(frozen=True)
class Offer:
    """One model with what it takes; ``why_not`` is a sentence where its account cannot be used now."""

    model: VideoModel
    why_not: str

    @cached_property
    def caps(self) -> Capabilities:
        return from_plain(self.model.capabilities)

    @cached_property
    def modes(self) -> tuple[Mode, ...]:
        plain = self.model.capabilities
        offered = [mode for mode in MODES if mode.value in plain.get("modes", ())]
        return tuple(m for m in offered if m != Mode.REFERENCE_TO_VIDEO or _suits_pictures(plain))

    @property
    def usable(self) -> bool:
        return not self.why_not


def _suits_pictures(plain: Mapping[str, Any]) -> bool:
    """Whether reference pictures alone are enough; the composer has no place for elements and scenes."""
    needed = {role for role, limits in plain.get("inputs", {}).items() if limits.get("min_count")}
    groups = plain.get("one_of", ())
    return needed <= {Role.REFERENCE_IMAGE} and all(Role.REFERENCE_IMAGE in group for group in groups)


def list_offers() -> list[Offer]:
    """Every model that makes clips from words or pictures, by account, family and name; one query."""
    now = timezone.now()
    rows = VideoModel.objects.offered().select_related("account")
    offers = [Offer(row, row.account.why_unusable(now)) for row in rows]
    return [offer for offer in offers if offer.modes]


def choose(offers: Sequence[Offer], model_id: UUID | None) -> Offer | None:
    """The wished one while it is still offered; else the usable one that takes the most."""
    wished = next((offer for offer in offers if offer.model.pk == model_id), None)
    if wished:
        return wished
    usable = [offer for offer in offers if offer.usable]
    return max(usable, key=_welcome, default=None) or next(iter(offers), None)


def _welcome(offer: Offer) -> tuple[bool, int, bool]:
    return not offer.model.account.sandbox, len(offer.modes), offer.model.listed


def most_references(offers: Iterable[Offer], offer: Offer | None) -> int:
    """How many reference pictures this model takes, or the one of its name that takes some; else 0."""
    if offer is None:
        return 0
    same = (item for item in offers if item.usable and _goes_by_name_of(item, offer))
    limits = (item.caps.inputs.get(Role.REFERENCE_IMAGE) for item in (offer, *same))
    return next((found.max_count for found in limits if found), 0)


def _goes_by_name_of(item: Offer, offer: Offer) -> bool:
    return (item.model.account_id, item.model.label) == (offer.model.account_id, offer.model.label)


def sibling_for(offers: Iterable[Offer], offer: Offer, roles: Iterable[Role]) -> Offer | None:
    """The same model of the same account in the mode that these inputs need: gateways with an id for
    each mode list one model several times. By name first, then by family."""
    mode = mode_of(list(roles))
    near = [
        other
        for other in offers
        if other.usable
        and mode in other.modes
        and other.model.account_id == offer.model.account_id
        and other.model.pk != offer.model.pk
    ]
    same = [other for other in near if other.model.label == offer.model.label]
    family = [other for other in near if other.model.family and other.model.family == offer.model.family]
    return next(iter(same or family), None)
