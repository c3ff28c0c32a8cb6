"""What people's computers call the files of takes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from generations.clips import clip_of
from generations.labels import clean_label
from generations.media import SUFFIXES as SUFFIXES
from generations.models import Generation, Output
from generations.telling import recipe


def file_name(take: Generation, kind: str, suffix: str) -> str:
    """``First light - Seedance 2.0 - 9f3a61 - last frame.png``; the plain clip has no last part."""
    words = {"poster": _("poster"), "strip": _("strip"), "last_frame": _("last frame"), "recipe": _("recipe")}
    words |= {"sounded": _("with sound"), "proxy": _("review proxy")}
    parts = [take.project.name, take.model.label, recipe.short_id(take)]
    parts += [words[kind]] if kind in words else []
    label = " - ".join(part.replace("/", "-").replace("\\", "-") for part in parts)
    return f"{clean_label(label)}{suffix}"


def name_of(take: Generation, output: Output) -> str:
    """Of one of its files, as it is called when people download it."""
    return file_name(take, output.kind, SUFFIXES.get(output.mime, ""))


def clip_name(take: Generation) -> str:
    """The same of its clip, also where that is not here."""
    clip = clip_of(take)
    return name_of(take, clip) if clip else file_name(take, Output.Kind.VIDEO, "")
