"""A take that was refused for who is shown: why no consent is asked, and what else is possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from generations.models import Generation
from generations.services.alternatives import others_for
from generations.services.failures import about_people
from generations.services.offers import Offer
from providers.gateways.likeness import About


@dataclass(frozen=True)
class Refusal:
    """``ways``: what a person can do about the inputs; ``models``: others that take the same ones."""

    why: str
    ways: Sequence[str]
    models: Sequence[Offer]


def of(user: Any, take: Generation) -> Refusal | None:
    """None for everything but a refusal for who is shown."""
    about = about_people(take)
    if about is None:
        return None
    return Refusal(_why(take, about), _ways(take, about), others_for(user, take, about))


def _why(take: Generation, about: About) -> str:
    gateway = take.account.adapter.label
    if about == About.MINOR:
        words = _("%(gateway)s makes no clip that may show a child like this. No consent changes that.")
    elif about == About.PUBLIC_FIGURE:
        words = _("%(gateway)s makes no clip of public figures. No consent changes that.")
    else:
        words = _("This model takes no pictures of real people. No consent changes that, and none is asked.")
    return words % {"gateway": gateway}


def _ways(take: Generation, about: About) -> list[str]:
    if not take.inputs.exists():
        return [_("Describe somebody invented instead.")]
    if about == About.MINOR:
        return [_("Use another picture, without a child."), _("Or describe the scene in words alone.")]
    return [
        _("Use another picture, without this person."),
        _("Use an illustrated or pixelated character in their place."),
        _("Or describe the person in words alone."),
    ]
