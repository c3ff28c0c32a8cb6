"""How a prompt names the files of a request: by the gateway's tag where its pages tell one, else in words.

The words are English, as the gateways' own examples are, whatever language the studio is read in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from .values import SPEAKERS, Role

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_WORDS = {
    Role.FIRST_FRAME: "first frame",
    Role.LAST_FRAME: "last frame",
    Role.AUDIO_TRACK: "sound track",
    Role.SOURCE_VIDEO: "source video",
    Role.REFERENCE_IMAGE: "reference image",
    Role.REFERENCE_BACKGROUND: "background image",
    Role.REFERENCE_VIDEO: "reference video",
    Role.REFERENCE_AUDIO: "reference audio",
    Role.REFERENCE_DOCUMENT: "reference document",
    Role.ELEMENT: "element",
    Role.SCENE_IMAGE: "scene image",
}


def tags_of(roles: Sequence[Role], patterns: Mapping[Role, str]) -> list[str]:
    """For each input of a request, in its order, what a prompt calls it.

    :param patterns: a tag for a role, ``{n}`` its number from 1. Roles with one pattern are counted
        together, source clips before the others, as they go out. A view is called what its element is, a
        voice what its reference is.
    """
    counted: Counter[str] = Counter()
    found = [""] * len(roles)
    for at in sorted(range(len(roles)), key=lambda at: roles[at] != Role.SOURCE_VIDEO):
        role = roles[at]
        if role in _BELONGING:
            continue
        pattern = patterns.get(role, "")
        counted[pattern or role] += 1
        number = counted[pattern or role]
        found[at] = pattern.replace("{n}", str(number)) or _in_words(role, number, list(roles).count(role))
    return _with_belonging(roles, found)


def _in_words(role: Role, number: int, count: int) -> str:
    """``the reference image``, of several ``the second reference image``."""
    if count == 1:
        return f"the {_WORDS[role]}"
    if number > len(_ORDINALS):
        return f"{_WORDS[role]} {number}"
    return f"the {_ORDINALS[number - 1]} {_WORDS[role]}"


# what has no name of its own, and whose it has
_BELONGING = {Role.ELEMENT_REFERENCE: (Role.ELEMENT,), Role.REFERENCE_VOICE: SPEAKERS}


def _with_belonging(roles: Sequence[Role], found: list[str]) -> list[str]:
    last = {role: f"the {_WORDS[owners[0]]}" for role, owners in _BELONGING.items()}
    for at, role in enumerate(roles):
        if role in _BELONGING:
            found[at] = last[role]
        last |= {kind: found[at] for kind, owners in _BELONGING.items() if role in owners}
    return found
