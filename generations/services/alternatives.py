"""Models to offer after a refusal for who is shown: those that take the same inputs and are not known to
ask or refuse."""

from __future__ import annotations

from collections import Counter
from typing import Any

from generations.models import Generation
from providers.gateways.capabilities import Faces
from providers.gateways.likeness import About
from providers.gateways.values import Role

from .allowing import offers_for
from .offers import Offer, name_of

MOST = 4


def others_for(user: Any, take: Generation, about: About) -> list[Offer]:
    """At most four, one a name; none where a child is shown: no other gateway is the answer to that."""
    if about == About.MINOR:
        return []
    roles = [Role(use.role) for use in take.inputs.all()]
    found: dict[object, Offer] = {}
    for offer in offers_for(user, take.project):
        account = offer.model.account
        if account.sandbox == take.account.sandbox and offer.usable and _takes(offer, roles):
            found.setdefault(name_of(offer), offer)
    mine = (take.account_id, take.model.label)
    others = [offer for name, offer in found.items() if name != mine]
    return sorted(others, key=lambda offer: not offer.model.listed)[:MOST]


def _takes(offer: Offer, roles: list[Role]) -> bool:
    caps = offer.caps
    if caps.faces != Faces.UNKNOWN or caps.may_ask_consent or caps.mode_for(roles) not in offer.reachable:
        return False
    counts = Counter(roles)
    return all(role in caps.inputs and count <= caps.inputs[role].max_count for role, count in counts.items())
