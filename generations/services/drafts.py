"""Fill a person's composer from what is there already: edit and retry, and a frame as the next first frame.

A draft's body holds the words of ``compose.FIELDS``, ``model`` (id of the VideoModel), ``inputs`` as
``[{"role", "asset"}]``, and, where it came from a take, ``parent`` and ``relation``.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from generations.models import Asset, Draft, Generation, Project, Verb
from providers.gateways.values import Role

from .create import NotAllowed


def edit_take(user: Any, take: Generation, model_id: UUID | None = None) -> Draft:
    """Everything that the take asked for, ready to be changed; for another model where one is named.

    :raises NotAllowed:
    """
    body = {**take.request, "model": str(model_id or take.model_id), "mode": take.mode}
    body |= {"parent": str(take.pk), "relation": "edit"}
    return _save(user, take.project, body)


def start_from(user: Any, take: Generation, frame: Asset) -> Draft:
    """Put ``frame`` in as the first frame. The words and settings that stand in the draft stay; an empty
    draft gets the take's model and settings, without its other inputs and its seed.

    :raises NotAllowed:
    """
    draft = Draft.objects.filter(user=user, project=take.project).first()
    left_out = ("inputs", "seed", "aspect_ratio")
    mine = dict(draft.body) if draft and draft.body.get("prompt") else _settings(take, left_out)
    body = {
        "model": str(take.model_id),
        **mine,
        "inputs": [{"role": Role.FIRST_FRAME.value, "asset": str(frame.pk)}],
        "parent": str(take.pk),
        "relation": "last_frame",
    }
    return _save(user, take.project, body)


def _settings(take: Generation, left_out: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in take.request.items() if name not in left_out}


def _save(user: Any, project: Project, body: dict[str, Any]) -> Draft:
    if not project.allows(user, Verb.COMPOSE):
        raise NotAllowed(_("Your role in this project does not allow that."))
    draft, _made = Draft.objects.update_or_create(user=user, project=project, defaults={"body": body})
    return draft
