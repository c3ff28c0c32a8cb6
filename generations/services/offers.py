"""Which models a person may choose, and which one to offer instead when an input does not fit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from providers.gateways.capabilities import WITH_A_CLIP, Capabilities, Travel, from_plain
from providers.gateways.values import Mode, Role, VideoRequest
from providers.models import AllowList, ProviderAccount, VideoModel

# the files that a mode lives on
_CARRIED = {
    Mode.IMAGE_TO_VIDEO: (Role.FIRST_FRAME,),
    Mode.FIRST_LAST_FRAME: (Role.FIRST_FRAME, Role.LAST_FRAME),
    Mode.REFERENCE_TO_VIDEO: (Role.REFERENCE_IMAGE,),
    **dict.fromkeys(WITH_A_CLIP, (Role.SOURCE_VIDEO,)),
}


class Taken:
    """What a model takes, read when it is asked for."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.plain = plain

    @cached_property
    def caps(self) -> Capabilities:
        return from_plain(self.plain)

    @cached_property
    def modes(self) -> tuple[Mode, ...]:
        return tuple(mode for mode in Mode if mode.value in self.plain.get("modes", ()))

    @cached_property
    def reachable(self) -> tuple[Mode, ...]:
        """The modes that need no public address: those work in every studio."""
        return tuple(mode for mode in self.modes if not _needs_address(self.caps, mode))


@lru_cache(maxsize=1000)
def read(told: str) -> Taken:
    """Shared by requests and threads, and never changed. By the words themselves, so that it is never old;
    reading them anew is most of what a list of hundreds costs."""
    return Taken(json.loads(told))


@dataclass(frozen=True)
class Offer:
    """One model with what it takes; ``why_not`` is a sentence where it cannot be used now, for its account or
    for an allow-list (``barred``). ``left`` is what allow-lists leave of its capabilities, ``cut`` those of
    them that take something away; see ``allowing``."""

    model: VideoModel
    why_not: str
    told: str = ""  # its capabilities as they stand in the database, where ``list_offers`` left them out
    barred: bool = False
    left: Mapping[str, Any] | None = None
    cut: tuple[AllowList, ...] = ()

    @property
    def plain(self) -> Mapping[str, Any]:
        """Its capabilities before allow-lists, to be read only."""
        return read(self.told).plain if self.told else self.model.capabilities

    @cached_property
    def taken(self) -> Taken:
        if self.left is not None:
            return read(json.dumps(self.left))
        return read(self.told) if self.told else Taken(self.model.capabilities)

    @property
    def caps(self) -> Capabilities:
        return self.taken.caps

    @property
    def modes(self) -> tuple[Mode, ...]:
        return self.taken.modes

    @property
    def reachable(self) -> tuple[Mode, ...]:
        """The modes that need no public address: those work in every studio."""
        return self.taken.reachable

    def whole(self) -> VideoModel:
        """The model with its capabilities, for who works on with the row: it is not read once more."""
        if self.told and "capabilities" in self.model.get_deferred_fields():
            self.model.capabilities = json.loads(self.told)
        return self.model

    @property
    def usable(self) -> bool:
        return not self.why_not


def list_offers() -> list[Offer]:
    """Every model that makes clips, by account, family and name, whoever asks; one query. What somebody may
    choose: ``allowing.offers_for``. The rows come without their capabilities, which stand in the offer: see
    ``Offer.whole``."""
    now = timezone.now()
    rows = VideoModel.objects.offered().select_related("account")
    rows = rows.defer("discovered", "capabilities", "account__discovery")
    rows = rows.annotate(told=Cast("capabilities", TextField()))
    accounts: dict[UUID, tuple[ProviderAccount, str]] = {}
    offers = []
    for row in rows:
        if row.account_id not in accounts:
            accounts[row.account_id] = row.account, row.account.why_closed(now)
        row.account, why_not = accounts[row.account_id]
        offers.append(Offer(row, why_not, row.told))
    return [offer for offer in offers if offer.modes]


def choose(offers: Sequence[Offer], model_id: UUID | None) -> Offer | None:
    """The wished one while it is still offered; else the usable one that is the best to begin with."""
    wished = next((offer for offer in offers if offer.model.pk == model_id), None)
    if wished:
        return wished
    usable = [offer for offer in offers if offer.usable]
    modes: dict[tuple[UUID, str], set[Mode]] = {}
    for offer in usable:
        modes.setdefault(name_of(offer), set()).update(offer.reachable)
    return max(usable, key=lambda offer: _welcome(offer, modes), default=None) or next(iter(offers), None)


def _welcome(offer: Offer, modes: Mapping[tuple[UUID, str], set[Mode]]) -> tuple[bool, bool, int, int, bool]:
    """Words alone are enough for it: a composer begins empty. Then a model counts by what it does under its
    name, and by itself, where a gateway lists one model several times."""
    words, own = Mode.TEXT_TO_VIDEO in offer.modes, len(offer.reachable)
    return words, not offer.model.account.sandbox, len(modes[name_of(offer)]), own, offer.model.listed


def name_of(offer: Offer) -> tuple[UUID, str]:
    """What ids of one model have in common, where a gateway has one for each mode."""
    return offer.model.account_id, offer.model.label


def _needs_address(caps: Capabilities, mode: Mode) -> bool:
    asked = VideoRequest(model="", mode=mode, prompt="")
    return any(caps.ways(role, asked) == (Travel.PUBLIC_URL,) for role in _CARRIED.get(mode, ()))


def most_of(offers: Iterable[Offer], offer: Offer | None, role: Role) -> int:
    """How many files of a role this model takes, or the one of its name that takes some; else 0."""
    if offer is None:
        return 0
    same = (item for item in offers if name_of(item) == name_of(offer))
    limits = (item.caps.inputs.get(role) for item in (offer, *same))
    return next((found.max_count for found in limits if found), 0)


def under_one_name(offers: Iterable[Offer]) -> list[tuple[Offer, ...]]:
    """The offers by ``name_of``, in the order in which each name comes first."""
    found: dict[tuple[UUID, str], list[Offer]] = {}
    for offer in offers:
        found.setdefault(name_of(offer), []).append(offer)
    return [tuple(members) for members in found.values()]


def sibling_for(offers: Iterable[Offer], offer: Offer, roles: Iterable[Role]) -> Offer | None:
    """The same model of the same account in the mode that these inputs need: gateways with an id for
    each mode list one model several times. By name first, then by family."""
    wanted = list(roles)
    near = [
        other
        for other in offers
        if other.caps.mode_for(wanted) in other.modes
        and other.model.account_id == offer.model.account_id
        and other.model.pk != offer.model.pk
        and not other.barred
    ]
    same = [other for other in near if other.model.label == offer.model.label]
    family = [other for other in near if other.model.family and other.model.family == offer.model.family]
    return next(iter(same or family), None)
