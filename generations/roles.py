"""What people see of each input role: its name, its kind of file, and whether one slot or a row of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from generations.models import Asset
from providers.gateways.values import Role

ACCEPTED = {
    Asset.Kind.IMAGE: "image/jpeg,image/png,image/webp,image/gif",
    Asset.Kind.CLIP: "video/mp4,video/quicktime,video/webm",
    Asset.Kind.SOUND: "audio/mpeg,audio/mp3,audio/wav,audio/x-wav,audio/mp4,audio/x-m4a",
    Asset.Kind.DOCUMENT: "application/pdf,text/plain,text/markdown,.md",
}


@dataclass(frozen=True)
class Place:
    """A slot of the composer, or a row of slots (``many``) that share a name; their order is the person's.

    ``kind`` is what is dropped beside the slots for it; ``also`` another kind that a slot takes itself.
    """

    label: Any
    kind: Asset.Kind
    icon: str
    many: bool = False
    also: Asset.Kind | None = None

    @property
    def kinds(self) -> tuple[Asset.Kind, ...]:
        return (self.kind,) if self.also is None else (self.kind, self.also)

    @property
    def accept(self) -> str:
        return ",".join(ACCEPTED[kind] for kind in self.kinds)


# in the order of the composer, and of the inputs of a take
PLACES: dict[Role, Place] = {
    Role.FIRST_FRAME: Place(gettext_lazy("First frame"), Asset.Kind.IMAGE, "image", also=Asset.Kind.CLIP),
    Role.LAST_FRAME: Place(gettext_lazy("Last frame"), Asset.Kind.IMAGE, "image", also=Asset.Kind.CLIP),
    Role.SOURCE_VIDEO: Place(gettext_lazy("Source clip"), Asset.Kind.CLIP, "film", many=True),
    Role.AUDIO_TRACK: Place(gettext_lazy("Sound track"), Asset.Kind.SOUND, "audio-lines"),
    Role.REFERENCE_IMAGE: Place(gettext_lazy("Reference"), Asset.Kind.IMAGE, "layers", many=True),
    Role.REFERENCE_BACKGROUND: Place(gettext_lazy("Background"), Asset.Kind.IMAGE, "image", many=True),
    Role.REFERENCE_VIDEO: Place(gettext_lazy("Reference clip"), Asset.Kind.CLIP, "film", many=True),
    Role.REFERENCE_AUDIO: Place(gettext_lazy("Reference sound"), Asset.Kind.SOUND, "audio-lines", many=True),
    Role.REFERENCE_VOICE: Place(gettext_lazy("Voice"), Asset.Kind.SOUND, "audio-lines", many=True),
    Role.REFERENCE_DOCUMENT: Place(gettext_lazy("Document"), Asset.Kind.DOCUMENT, "file-text", many=True),
    Role.ELEMENT: Place(gettext_lazy("Element"), Asset.Kind.IMAGE, "layers", many=True),
    Role.ELEMENT_REFERENCE: Place(
        gettext_lazy("View"), Asset.Kind.IMAGE, "plus", many=True, also=Asset.Kind.CLIP
    ),
    Role.SCENE_IMAGE: Place(gettext_lazy("Scene"), Asset.Kind.IMAGE, "image", many=True),
}
SINGLE = tuple(role for role, place in PLACES.items() if not place.many)
MANY = tuple(role for role, place in PLACES.items() if place.many)
LABELS = {role.value: place.label for role, place in PLACES.items()}
