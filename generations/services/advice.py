"""What a gateway advises after a refusal that a person looks at first: another prompt, another model.

Both stand in ``failure_mend`` in the words of a request, ``model`` as the gateway spells it. They fill a
composer; the other changes there are retried as they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generations.models import Generation, Status

from .allowing import offers_for
from .offers import Offer

PROMPT, MODEL = "prompt", "model"


@dataclass(frozen=True)
class Advice:
    """``offer`` is None where no account that can be used now has that model."""

    prompt: str = ""
    offer: Offer | None = None


def of(user: Any, take: Generation) -> Advice | None:
    """None where a take that has not failed, or a failure, says nothing of the kind."""
    mend = take.failure_mend if take.status == Status.FAILED else {}
    prompt, wanted = mend.get(PROMPT, ""), mend.get(MODEL, "")
    advice = Advice(prompt, _offer_of(user, take, wanted) if wanted else None)
    return advice if advice.prompt or advice.offer else None


def changes_of(take: Generation) -> Mapping[str, Any]:
    """The changes that a retry makes by itself."""
    return {name: value for name, value in take.failure_mend.items() if name not in (PROMPT, MODEL)}


def _offer_of(user: Any, take: Generation, wanted: str) -> Offer | None:
    """With the same account, else with another one of its gateway."""
    named = [
        offer for offer in offers_for(user, take.project) if offer.usable and offer.model.wire_id == wanted
    ]
    its = take.account
    near = [
        offer
        for offer in named
        if (offer.model.account.gateway, offer.model.account.sandbox) == (its.gateway, its.sandbox)
    ]
    return min(near, key=lambda offer: offer.model.account_id != its.pk, default=None)
