"""Where a character's files go beside what is attached: in the roles that the model has for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generations.models import Asset
from providers.gateways.capabilities import Capabilities, from_plain
from providers.gateways.check_inputs import MOST_VIEWS
from providers.gateways.values import SPEAKERS, Role
from providers.models import VideoModel

from . import fits
from .faults import Asked, Use
from .travel import is_reachable

_REFERENCES = {
    Asset.Kind.IMAGE: Role.REFERENCE_IMAGE,
    Asset.Kind.CLIP: Role.REFERENCE_VIDEO,
    Asset.Kind.SOUND: Role.REFERENCE_AUDIO,
}
# of one element beside its first picture, by the kind of the file
VIEWS: dict[str, int] = {Asset.Kind.IMAGE: MOST_VIEWS["image"], Asset.Kind.CLIP: MOST_VIEWS["video"]}


@dataclass(frozen=True)
class Room:
    """What a model takes; ``most`` also counts what its version for references would take."""

    caps: Capabilities
    most: Callable[[Role], int]
    reachable: bool = False

    def has(self, role: Role, uses: Sequence[Use]) -> bool:
        return sum(of == role for of, _asset in uses) < self.most(role)

    def fits(self, use: Use, uses: Sequence[Use]) -> bool:
        """A file that one click makes fit counts: the light at its slot says so."""
        if use[0] not in self.caps.inputs:  # its version for references will say
            return True
        every = [*uses, use]
        return fits.fit_of(every, len(uses), self.caps, Asked(reachable=self.reachable)).light != "no"


def room_of(model: VideoModel) -> Room:
    """Of this model alone."""
    caps = from_plain(model.capabilities)
    most = {role: limits.max_count for role, limits in caps.inputs.items()}
    return Room(caps, lambda role: most.get(role, 0), is_reachable(model.account))


def place(files: Sequence[Asset], uses: Sequence[Use], room: Room) -> tuple[list[Use], list[Asset]]:
    """As many as the limits allow, in their order: an element with its views where the model takes elements,
    else references of their kind, the first of which speaks with the character's sound where the model has
    voices. A file that is attached already stays where it is.

    :returns: what is added, and the files that are left out.
    """
    attached = {asset.pk for _role, asset in uses}
    todo = [asset for asset in files if asset.pk not in attached]
    if room.most(Role.ELEMENT):
        return _as_element(todo, uses, room)
    added: list[Use] = []
    for asset in _with_sounds_last(todo):
        use = (_REFERENCES[Asset.Kind(asset.kind)], asset)
        if asset.kind == Asset.Kind.SOUND and _speaks(asset, uses, added, room):
            continue
        if room.has(use[0], [*uses, *added]) and room.fits(use, [*uses, *added]):
            added.append(use)
    return added, _left(todo, added)


def _with_sounds_last(todo: Sequence[Asset]) -> list[Asset]:
    return sorted(todo, key=lambda asset: asset.kind == Asset.Kind.SOUND)


def _speaks(sound: Asset, uses: Sequence[Use], added: list[Use], room: Room) -> bool:
    """Whether the sound became the voice of the character's first picture or clip: where the model gives its
    references voices, and this one has none yet."""
    first = next((at for at, (role, _asset) in enumerate(added) if role in SPEAKERS), None)
    use = (Role.REFERENCE_VOICE, sound)
    if first is None or Role.REFERENCE_VOICE in (role for role, _asset in added):
        return False
    before = [*uses, *added[: first + 1]]
    if not (room.has(use[0], [*uses, *added]) and room.fits(use, before)):
        return False
    added.insert(first + 1, use)
    return True


def _as_element(todo: Sequence[Asset], uses: Sequence[Use], room: Room) -> tuple[list[Use], list[Asset]]:
    """The first picture that fits is the element, pictures and the clip behind it are views of it."""
    added: list[Use] = []
    views: Counter[str] = Counter()
    for asset in todo:
        role = Role.ELEMENT_REFERENCE if added else Role.ELEMENT
        most = VIEWS.get(asset.kind, 0) if added else int(asset.kind == Asset.Kind.IMAGE)
        every = [*uses, *added]
        if views[asset.kind] < most and room.has(role, every) and room.fits((role, asset), every):
            views[asset.kind] += role == Role.ELEMENT_REFERENCE
            added.append((role, asset))
    return added, _left(todo, added)


def _left(todo: Sequence[Asset], added: Sequence[Use]) -> list[Asset]:
    here = {asset.pk for _role, asset in added}
    return [asset for asset in todo if asset.pk not in here]
