"""The shot that a composer's takes are for: its chip, and the length that it is meant to have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from generations.desk import Desk
from generations.lengths import length_words
from generations.services import options, shots
from generations.services.carry import choices, default_of


def shot_of(desk: Desk, wrong: Mapping[str, str]) -> dict[str, Any] | None:
    """None where the project has no shots and none is chosen. ``gone``: one is, and it was removed since."""
    chosen = desk.typed.shot_id
    if chosen is None and not shots.any_in(desk.project):
        return None
    return {
        "id": chosen or "",
        "code": desk.shot.code if desk.shot else "",
        "title": desk.shot.title if desk.shot else "",
        "gone": chosen is not None and desk.shot is None,
        "error": wrong.get("shot", ""),
        "pick_url": reverse("shot-pick", args=[desk.project.slug]),
        "length": _length(desk) if desk.shot else None,
    }


def _length(desk: Desk) -> dict[str, str] | None:
    """The shortest length of the model that is no shorter than the shot, where another one is chosen."""
    wanted = desk.shot.duration_s if desk.shot else None
    if wanted is None or "duration_s" in options.replaced(desk.caps, desk.typed.values):
        return None
    offered = choices(desk.caps, desk.mode, "duration_s")
    fitting = min((value for value in offered if value >= wanted), default=None)
    chosen = desk.typed.values.get("duration_s", default_of(desk.caps, desk.mode, "duration_s"))
    if fitting is None or fitting == chosen:
        return None
    return {
        "meant": length_words(float(wanted)),
        "value": f"{fitting:g}",
        "words": length_words(fitting),
    }
