"""What a gateway's own list says of a model, laid over what we know of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from .capabilities import Capabilities, ExtraField, from_plain, to_plain
from .values import AUTO_S, Mode, Role

logger = logging.getLogger(__name__)

# what an input is there for; a role without its mode has no place left
_ONLY_FOR = {
    Role.LAST_FRAME: Mode.FIRST_LAST_FRAME,
    Role.REFERENCE_IMAGE: Mode.REFERENCE_TO_VIDEO,
    Role.REFERENCE_BACKGROUND: Mode.REFERENCE_TO_VIDEO,
    Role.REFERENCE_VIDEO: Mode.REFERENCE_TO_VIDEO,
    Role.REFERENCE_AUDIO: Mode.REFERENCE_TO_VIDEO,
    Role.REFERENCE_VOICE: Mode.REFERENCE_TO_VIDEO,
    Role.REFERENCE_DOCUMENT: Mode.REFERENCE_TO_VIDEO,
}


def gated(caps: Capabilities, gates: Mapping[Mode, bool]) -> Capabilities:
    """``caps`` without the modes that a gateway's listing closes, and without the inputs and options that
    belong to them alone. An open gate adds nothing by itself (see ``opened``).
    """
    modes = tuple(mode for mode in caps.modes if gates.get(mode, True))
    gone = {role for role, mode in _ONLY_FOR.items() if mode not in modes}
    inputs = {role: limits for role, limits in caps.inputs.items() if role not in gone}
    closed = set(caps.modes).difference(modes)
    extra = {name: spec for name, spec in caps.extra.items() if not _closed(spec, closed, modes)}
    return replace(caps, modes=modes, inputs=inputs, extra=extra)


def _closed(spec: ExtraField, closed: set[Mode], left: tuple[Mode, ...]) -> bool:
    """Whether an option went with the modes that were closed: none of those it names is left."""
    return any(
        closed.intersection(named) and not set(named).intersection(left)
        for named in (spec.modes, spec.goes_with)
    )


def opened(plain: Mapping[str, Any], opens: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """``plain`` with the modes that a gateway's listing opens and that it lacks. The listing does not say how
    many files and of which kind a mode takes: that comes from its adapter, for inputs and options that the
    model has not got already.
    """
    found = dict(plain)
    for mode, more in opens.items():
        modes = found.get("modes", ())
        if mode not in modes:
            found["modes"] = [*modes, mode]
            found |= {name: {**more.get(name, {}), **found.get(name, {})} for name in ("inputs", "extra")}
            found["public_when"] = [*found.get("public_when", ()), *more.get("public_when", ())]
    return found


_OURS = ("gates", "if_new", "opens")  # in what is kept of a listing, beside the gateway's own words


def laid_over(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """``overlay`` over ``base``, both plain; one of a wrong shape counts for nothing. Limits of an input are
    laid over those of its role, and only where ``base`` takes it: a listing tells no input that we know not.
    Options that a listing tells are added to those of ``base``, and it says nothing of what is taken only
    beside a file: a ratio, or a length of *auto*.

    ``opens`` in the overlay bring modes and ``gates`` close them (see ``opened`` and ``gated``); ``if_new``,
    what was guessed, is none of the gateway's words.
    """
    try:
        has = opened(base, overlay.get("opens", {}))
        inputs = {name: dict(limits) for name, limits in has.get("inputs", {}).items()}
        for role, limits in overlay.get("inputs", {}).items():
            if role in inputs:
                inputs[role] |= limits
        told = {name: value for name, value in overlay.items() if name not in _OURS}
        if AUTO_S in has.get("durations_s", ()) and AUTO_S not in told.get("durations_s", (AUTO_S,)):
            told["durations_s"] = [*told["durations_s"], AUTO_S]  # a list of seconds says nothing of it
        if "aspect_ratios" in told:
            told["aspect_ratios"] = [*told["aspect_ratios"], *_beside_files(has, told["aspect_ratios"])]
        gates = {Mode(mode): bool(open_) for mode, open_ in overlay.get("gates", {}).items()}
        extra = {**has.get("extra", {}), **overlay.get("extra", {})}
        return to_plain(gated(from_plain({**has, **told, "inputs": inputs, "extra": extra}), gates))
    except (ValidationError, TypeError, ValueError, AttributeError) as error:
        logger.warning("a model's listing has an unexpected shape: %s", error)
        return to_plain(from_plain(base))


def _beside_files(base: Mapping[str, Any], told: Sequence[Any]) -> list[Any]:
    listed = {item if isinstance(item, str) else item["value"] for item in told}
    ours = [item for item in base.get("aspect_ratios", ()) if not isinstance(item, str)]
    return [item for item in ours if item.get("beside") and item["value"] not in listed]
