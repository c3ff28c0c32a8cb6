"""Put a file of a project into a person's composer there, in a role."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from generations.models import Asset, Draft, Verb
from generations.roles import PLACES, SINGLE
from providers.gateways.problem import Problem
from providers.gateways.values import Role

from . import allowing, drafts
from .allowed import require_alive
from .compose import Refused

# a view and a voice belong to another file, which is chosen in the composer
_ALONE = tuple(role for role in PLACES if role not in (Role.ELEMENT_REFERENCE, Role.REFERENCE_VOICE))


def roles_of(user: Any, asset: Asset) -> list[Role]:
    """What a file of its kind can be for any model that this person may choose now."""
    listed = allowing.offers_for(user, asset.project)
    taken = {role for offer in listed if offer.usable for role in offer.caps.inputs}
    return [role for role in _ALONE if role in taken and asset.kind in PLACES[role].kinds]


def put_in(user: Any, asset: Asset, role: Role) -> Draft:
    """In the place of what stands in a single slot; after the others in a row, once.

    :raises NotAllowed, Refused: Refused for what its kind cannot be.
    """
    require_alive(user, asset.project, Verb.COMPOSE)
    if role not in roles_of(user, asset):
        raise Refused([Problem(role, _("Such a file cannot stand there."))])
    draft = drafts.of(user, asset.project)
    given = {"role": role.value, "asset": str(asset.pk)}
    kept = [item for item in draft.body.get("inputs") or [] if not _gives_way(item, given)]
    words = _("“%(name)s” stands in the composer as: %(place)s.")
    said = words % {"name": asset.name, "place": PLACES[role].label}
    return drafts.save_over(user, asset.project, {**draft.body, "inputs": [*kept, given]}, words=said)


def _gives_way(item: dict[str, Any], given: dict[str, Any]) -> bool:
    return bool(item == given or (item.get("role") == given["role"] and given["role"] in SINGLE))
