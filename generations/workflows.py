"""The workflows of a model that is told by the prompt's first words what to do (Seedance at Venice)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generations.desk import Desk
from generations.services import naming
from providers.gateways.values import Input, Mode, Role, VideoRequest

_LABELS = {
    Mode.REFERENCE_TO_VIDEO: gettext_lazy("Reference"),
    Mode.EDIT: gettext_lazy("Edit"),
    Mode.EXTEND: gettext_lazy("Extend"),
    Mode.VIDEO_TO_VIDEO: gettext_lazy("Stitch"),
}
_HELP = {
    Mode.REFERENCE_TO_VIDEO: gettext_lazy("A new clip made after the references"),
    Mode.EDIT: gettext_lazy("Change what the prompt names in the source clip; the rest stays"),
    Mode.EXTEND: gettext_lazy("Go on from the source clip; only the new footage comes back"),
    Mode.VIDEO_TO_VIDEO: gettext_lazy("Join two or three source clips; the prompt says how"),
}


def workflows_of(desk: Desk) -> dict[str, Any] | None:
    """``options`` {value, label, help, checked}, ``shape``: how the prompt will begin, ``lacks``: the inputs
    that are missing; None on a model that has no such workflows."""
    offered = [mode for mode in _LABELS if mode in desk.caps.prompt_forms]
    if len(offered) < 2:
        return None
    chosen = chosen_of(desk)
    options = [_option(desk, mode, chosen) for mode in offered]
    lacks = _lacks(desk, chosen)
    return {"options": options, "lacks": lacks, "shape": "" if lacks else _shape(desk, chosen)}


def _option(desk: Desk, mode: Mode, chosen: Mode) -> dict[str, Any]:
    """A source clip is always worked on: with one there is no taking it for a reference."""
    works = any(role == Role.SOURCE_VIDEO for role, _asset in desk.uses)
    closed = mode == Mode.REFERENCE_TO_VIDEO and works
    help_ = (
        _("Take the source clip out first, or put it among the reference clips") if closed else _HELP[mode]
    )
    shown = {"value": mode.value, "label": _LABELS[mode], "help": help_}
    return {**shown, "checked": mode == chosen, "disabled": closed}


def chosen_of(desk: Desk) -> Mode:
    if desk.typed.mode in desk.caps.prompt_forms and desk.typed.mode is not None:
        return desk.typed.mode
    return desk.mode if desk.mode in desk.caps.prompt_forms else Mode.REFERENCE_TO_VIDEO


def _lacks(desk: Desk, chosen: Mode) -> str:
    roles = [role for role, _asset in desk.uses]
    if chosen == Mode.REFERENCE_TO_VIDEO:
        enough = {Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO}.intersection(roles)
        return "" if enough else _("Needs a reference picture or clip.")
    clips, limits = roles.count(Role.SOURCE_VIDEO), desk.caps.inputs.get(Role.SOURCE_VIDEO)
    least, most = limits.counts.get(chosen, (1, limits.max_count)) if limits else (1, 1)
    if least <= clips <= most:
        return ""
    if least == most:
        return ngettext("Needs %(n)d source clip.", "Needs %(n)d source clips.", least) % {"n": least}
    return _("Needs %(least)d to %(most)d source clips.") % {"least": least, "most": most}


def _shape(desk: Desk, chosen: Mode) -> str:
    """The prompt as it goes out, with … for what the person writes; nothing where they wrote the form."""
    inputs = tuple(Input(role, asset.as_media()) for role, asset in desk.uses)
    written = naming.spoken(desk.typed.prompt or "…", desk.uses, desk.typed.cast, desk.caps)
    request = VideoRequest(model="", mode=chosen, prompt=written, inputs=inputs)
    return "" if desk.caps.worded(request) == written else desk.caps.worded(replace(request, prompt="…"))
