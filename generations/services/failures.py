"""What a failure means to people: one sentence and one next step. Its money: ``telling/money.py``."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from generations.models import Generation
from providers.gateways.likeness import About, about
from providers.gateways.values import FailureClass


@dataclass(frozen=True)
class Meaning:
    title: object
    next_step: object


MEANINGS: dict[str, Meaning] = {
    FailureClass.MODERATION: Meaning(
        _("Refused by the gateway's content check"), _("Change the words or the pictures and try again.")
    ),
    FailureClass.INVALID_INPUT: Meaning(
        _("The gateway did not take these settings"), _("Edit the settings it names and try again.")
    ),
    FailureClass.KEY_REJECTED: Meaning(
        _("The gateway rejected the key"), _("An administrator has to check the account's key.")
    ),
    FailureClass.NO_BALANCE: Meaning(
        _("The balance at the gateway is used up"), _("An administrator has to top it up; then retry.")
    ),
    FailureClass.RATE_LIMITED: Meaning(_("The gateway is too busy"), _("Retry in a while.")),
    FailureClass.PROVIDER_DOWN: Meaning(_("The gateway had a fault"), _("Retry, or choose another model.")),
    FailureClass.LOST: Meaning(
        _("The gateway no longer knows this job"), _("Resume asks once more; else retry.")
    ),
    FailureClass.EXPIRED_RESULT: Meaning(
        _("The result expired before it could be stored"), _("Resume tries once more; else retry.")
    ),
    FailureClass.PRICE_MOVED: Meaning(
        _("The price went up before it was sent"), _("Nothing was sent. Accept the new price to go on.")
    ),
    FailureClass.REFUSED_LOCALLY: Meaning(_("Not sent"), _("Change what is named and try again.")),
    FailureClass.INTERNAL: Meaning(
        _("Something went wrong in the studio"), _("Retry; if it happens again, tell an administrator.")
    ),
}


# a refusal for who is shown is none of the words, and no consent lifts it
ABOUT_PEOPLE: dict[About, Meaning] = {
    About.MINOR: Meaning(
        _("Refused: a minor seems to be shown"), _("Use a picture without a child, or no picture.")
    ),
    About.PUBLIC_FIGURE: Meaning(
        _("Refused: a public figure seems to be shown"),
        _("Use another picture, or an illustrated character."),
    ),
    About.REAL_PERSON: Meaning(
        _("Refused: a real person seems to be shown"), _("Use an illustrated character, or another model.")
    ),
}


def about_people(take: Generation) -> About | None:
    """Whom a refusal of content is about, as far as the gateway's words tell."""
    if take.failure_class != FailureClass.MODERATION:
        return None
    return about(f"{take.failure_code} {take.failure_message} {take.failure_raw}")


def meaning_of(take: Generation) -> Meaning:
    who = about_people(take)
    return ABOUT_PEOPLE[who] if who else MEANINGS[take.failure_class or FailureClass.INTERNAL]
