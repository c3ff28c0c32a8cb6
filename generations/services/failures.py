"""What a failure means to people: one sentence and one next step. Its money: ``telling/money.py``."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from generations.models import Generation
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


def meaning_of(take: Generation) -> Meaning:
    return MEANINGS[take.failure_class or FailureClass.INTERNAL]
