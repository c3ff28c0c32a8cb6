"""What people look for in a model, as words that the picker and the API filter by."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from providers.gateways.capabilities import Audio, Capabilities
from providers.gateways.sizes import lines_named, lines_of
from providers.gateways.values import AUTO_S, Mode, Role

from .offers import Offer

HD_LINES, LONG_S = 1080, 10


class Need(StrEnum):
    SOUND = "sound"
    LAST_FRAME = "last_frame"
    HD = "1080p"
    LONG = "10s"
    SEED = "seed"
    REFERENCES = "reference_images"
    NO_ADDRESS = "no_public_address"


def needs_met(offer: Offer) -> frozenset[Need]:
    """What it does at all; ``NO_ADDRESS``: in one of its modes at least, see ``serves``."""
    caps = offer.caps
    met = {
        Need.SOUND: caps.audio != Audio.NONE,
        Need.LAST_FRAME: Mode.FIRST_LAST_FRAME in caps.modes,
        Need.HD: _lines(offer) >= HD_LINES,
        Need.LONG: longest_s(caps) >= LONG_S,
        Need.SEED: caps.seed,
        Need.REFERENCES: bool({Role.REFERENCE_IMAGE, Role.ELEMENT}.intersection(caps.inputs)),
        Need.NO_ADDRESS: bool(offer.reachable),
    }
    return frozenset(need for need, is_met in met.items() if is_met)


def _lines(offer: Offer) -> int:
    """Where nothing can be chosen, the name may tell: *Kling 4K* makes 4K alone."""
    names = [choice.value for choice in offer.caps.resolutions]
    return max(map(lines_of, names)) if names else lines_named(offer.model.wire_id)


def serves(offer: Offer, modes: Iterable[Mode], needs: Collection[Need]) -> bool:
    """Whether this one id works in all these modes and meets all these needs there."""
    here = offer.reachable if Need.NO_ADDRESS in needs else offer.modes
    return set(modes) <= set(here) and set(needs) <= needs_met(offer)


def longest_s(caps: Capabilities) -> float:
    """Seconds; 0 where a length cannot be asked for."""
    return max((value for value in caps.durations_s if value != AUTO_S), default=0)


def highest(caps: Capabilities) -> str:
    """The resolution with the most lines, or an empty string."""
    return max((choice.value for choice in caps.resolutions), key=lines_of, default="")
