"""What people's computers call the files of takes: told apart at a glance, and a name on every system."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from generations.clips import clip_of
from generations.labels import clean_label
from generations.media import SUFFIXES as SUFFIXES
from generations.models import Generation, Output
from generations.telling import recipe

_PROJECT_BYTES, _WORDS_BYTES, _SHOT_BYTES = 70, 60, 40  # a name has 255 bytes at most, in most file systems
_WORDS_CHARS = 40
# what Windows has other uses for, and what it means by itself whatever its ending
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|\s*$)", re.IGNORECASE)


def file_name(take: Generation, kind: str, suffix: str) -> str:
    """``First light - A boat on a still - V2 - 9f3a61 - last frame.png``: project, the first words of the
    prompt, version and number; the plain clip has no last part."""
    words = {
        "poster": _("poster"),
        "small": _("small poster"),
        "strip": _("strip"),
        "last_frame": _("last frame"),
        "recipe": _("recipe"),
    }
    words |= {"sounded": _("with sound"), "proxy": _("review proxy"), "certificate": _("certificate")}
    version = f"V{take.version_no}" if take.version_no else ""
    parts = [_cut(take.project.name, _PROJECT_BYTES), _first_words(take), version, recipe.short_id(take)]
    return joined([*parts, words.get(kind, "")], suffix)


def joined(parts: Iterable[str], suffix: str) -> str:
    """Parts of a name as one that Windows, macOS and Linux take."""
    label = clean_label(" - ".join(filter(None, (safe(part) for part in parts))))
    return f"{'_' if _DEVICES.match(label) else ''}{label}{suffix}"


def safe(part: str) -> str:
    """One part: nothing in it that a file system has other uses for."""
    return " ".join(_FORBIDDEN.sub("-", part).split()).strip(". ")


def _first_words(take: Generation) -> str:
    """Whole words of the prompt, as many as are read at a glance."""
    line = safe(recipe.title(take, 200).rstrip("…"))
    if len(line) > _WORDS_CHARS:
        line = line[: _WORDS_CHARS + 1].rsplit(" ", 1)[0] if " " in line[: _WORDS_CHARS + 1] else line
        line = line[:_WORDS_CHARS]
    return _cut(line, _WORDS_BYTES).rstrip(" ,.;-")


def _cut(text: str, most: int) -> str:
    """At most so many bytes, no sign cut through."""
    return text.encode()[:most].decode(errors="ignore").strip()


def name_of(take: Generation, output: Output) -> str:
    """Of one of its files, as it is called when people download it."""
    return file_name(take, output.kind, SUFFIXES.get(output.mime, ""))


def shot_of_name(take: Generation) -> str:
    """The code of its shot as the beginning of a name; empty where it has none. For the team alone: what
    guests download is called otherwise."""
    return _cut(safe(take.shot.code), _SHOT_BYTES) if take.shot else ""


def clip_name(take: Generation) -> str:
    """The same of its clip, also where that is not here."""
    clip = clip_of(take)
    return name_of(take, clip) if clip else file_name(take, Output.Kind.VIDEO, "")
