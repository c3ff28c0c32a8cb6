"""The roles of inputs as people read them."""

from __future__ import annotations

from .values import Role

# as the composer names its slots; the field beside a sentence has the role's own name
_NAMES = {
    Role.SOURCE_VIDEO: "source clip",
    Role.AUDIO_TRACK: "sound track",
    Role.REFERENCE_IMAGE: "reference",
    Role.REFERENCE_BACKGROUND: "background",
    Role.REFERENCE_VIDEO: "reference clip",
    Role.REFERENCE_AUDIO: "reference sound",
    Role.REFERENCE_VOICE: "voice of a reference",
    Role.REFERENCE_DOCUMENT: "document",
    Role.ELEMENT_REFERENCE: "view of an element",
    Role.SCENE_IMAGE: "scene",
}


def role_name(role: Role) -> str:
    """last frame, sound track: of a role, in a sentence."""
    return _NAMES.get(role, role.replace("_", " "))


def a_role(role: Role) -> str:
    """With its article: an element, a last frame."""
    return f"{'an' if role_name(role)[0] in 'aeiou' else 'a'} {role_name(role)}"
