"""Fill a person's composer from a take: all of it, one part, or its last frame as the next first frame."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from generations.models import Asset, Draft, Generation
from generations.telling.recipe import short_id
from providers.gateways.values import Role

from . import drafts


def edit_take(user: Any, take: Generation) -> Draft:
    """Everything that the take asked for, ready to be changed.

    :raises NotAllowed:
    """
    drafts.require_composer(user, take.project)
    body = {**take.request, "model": str(take.model_id), "mode": take.mode}
    body |= {"parent": str(take.pk), "relation": "edit"}
    return drafts.save_over(user, take.project, body, words=_words(take))


def _words(take: Generation) -> str:
    return _("Filled from take %(take)s.") % {"take": short_id(take)}


def start_from(user: Any, take: Generation, frame: Asset) -> Draft:
    """Put ``frame`` in as the first frame. The words and settings that stand in the draft stay; an empty
    draft gets the take's model and settings, without its other inputs and its seed.

    :raises NotAllowed:
    """
    drafts.require_composer(user, take.project)
    draft = drafts.of(user, take.project)
    left_out = ("inputs", "seed", "aspect_ratio")
    mine = dict(draft.body) if draft.prompt else _settings(take, left_out)
    body = {
        "model": str(take.model_id),
        **mine,
        "inputs": [{"role": Role.FIRST_FRAME.value, "asset": str(frame.pk)}],
        "parent": str(take.pk),
        "relation": "last_frame",
    }
    words = _("The last frame of take %(take)s is the first frame now.") % {"take": short_id(take)}
    return drafts.save_over(user, take.project, body, words=words)


def _settings(take: Generation, left_out: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in take.request.items() if name not in left_out}
