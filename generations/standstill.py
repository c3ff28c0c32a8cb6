"""The banner over the pages that make takes, while nothing new is sent: by any account, or by the one that is
chosen there."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from generations.desk import Desk
from generations.services.offers import Offer
from generations.telling.sentences import closed
from providers import stopping


def over_composer(desk: Desk) -> dict[str, str] | None:
    """What _stop_banner.html shows over a composer; None while its *Generate* makes takes."""
    if reason := _reason_for_all(desk.offers):
        return _for_all(reason, _("Generate makes nothing until sending goes on."))
    if desk.offer is None or not (why := desk.offer.model.account.why_closed()):
        return None
    title = _("%(account)s sends nothing new now.") % {"account": desk.offer.model.account.name}
    then = _("Generate makes nothing with it meanwhile: choose another account, or wait.")
    return {"title": title, "reason": closed(why), "then": then}


def over_matrix(desks: Iterable[Desk]) -> dict[str, str] | None:
    """The cells of an account that is closed by itself say so; here only what is closed for all."""
    desk = next(iter(desks), None)
    reason = stopping.standing() if desk is None else _reason_for_all(desk.offers)
    return _for_all(reason, _("No cell can be made until sending goes on.")) if reason else None


def over_queue() -> dict[str, str] | None:
    return everywhere(_("Takes in line keep their places and go on when sending does."))


def everywhere(then: str = "") -> dict[str, str] | None:
    """Where no offers are read anyway; one query."""
    reason = stopping.standing()
    return _for_all(reason, then) if reason else None


def _reason_for_all(offers: Iterable[Offer]) -> str:
    """The stop as it stands in the accounts of the offers: an account that is made later has it too."""
    return next((offer.model.account.stopped for offer in offers if offer.model.account.stopped), "")


def _for_all(reason: str, then: str) -> dict[str, str]:
    collected = _("What runs is still collected.")
    return {
        "title": _("Nothing new is sent."),
        "reason": closed(reason),
        "then": " ".join(filter(None, (then, collected))),
    }
