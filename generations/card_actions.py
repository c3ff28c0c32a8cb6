"""What a person can do next with a take, as buttons under its card."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _

from generations.card_looking import Looking
from generations.models import Generation, Status, Verb
from generations.services import decide, elsewhere
from generations.telling import money, situation
from providers.gateways.values import FailureClass


def actions(take: Generation, by: Looking) -> list[dict[str, Any]]:
    """Each as words, address, fields, and a question first where one is asked."""
    return [*_decisions(take, by), *_ways_on(take, by)]


def _decisions(take: Generation, by: Looking) -> list[dict[str, Any]]:
    if take.status == Status.NEEDS_CONSENT and by.may(Verb.SPEND):
        return [{"words": _("Read and decide"), "link": reverse("consent", args=[take.pk])}]
    if take.status != Status.UNCERTAIN or not by.may(Verb.SPEND):
        return []
    again = {"words": _("Submit again…"), "link": reverse("take", args=[take.pk])}  # its price stands there
    dropping = {"action": "drop", "state": take.status}
    drop = {
        **_asking(money.dropping(take)),
        "url": reverse("take-resolve", args=[take.pk]),
        "fields": dropping,
    }
    return [drop] if by.archived else [again, drop]


def _asking(question: money.Question) -> dict[str, str]:
    return {"words": question.words, "title": question.title, "ask": question.ask, "sure": question.sure}


def _ways_on(take: Generation, by: Looking) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if situation.is_paused(take) and by.makes(Verb.SPEND):
        found.append({"words": _("Go on"), "url": reverse("take-unpause", args=[take.pk])})
    if decide.can_resume(take) and by.may(Verb.COMPOSE):
        found.append({"words": _("Resume, free"), "url": reverse("take-resume", args=[take.pk])})
    if take.parked_at and decide.can_cancel(take) and by.may(Verb.SPEND):
        found.append({**_asking(money.cancelling(take)), "url": reverse("take-cancel", args=[take.pk])})
    there = by.rerun.get(take.pk)
    if there:
        found.append({"words": already(there), "link": reverse("take", args=[there.pk])})
    elif by.makes(Verb.SPEND) and _may_go_elsewhere(take, by):
        page = f"{reverse('take', args=[take.pk])}#elsewhere"  # prices and what differs stand there
        found.append({"words": _("Run elsewhere…"), "link": page})
    if take.status == Status.FAILED and by.makes(Verb.SPEND):
        found.append({**_again(take), "quiet": bool(there)})
    if take.status in (Status.FAILED, Status.CANCELLED) and by.makes(Verb.COMPOSE):
        found.append(
            {
                "words": _("Edit and retry"),
                "url": reverse("take-edit", args=[take.pk]),
                "fills": True,
                "quiet": bool(there),
            }
        )
    return found


def already(there: Generation) -> str:
    """Of a refused take; a link to the one that was made instead stands behind it."""
    return _("Run at %(account)s already") % {"account": there.account.name}


def _may_go_elsewhere(take: Generation, by: Looking) -> bool:
    """While everything is stopped there is nowhere to go."""
    return not take.account.stopped and elsewhere.looks_stuck(take) and elsewhere.twin_of(take) in by.twins


def _again(take: Generation) -> dict[str, Any]:
    """Retry is a new paid take at the price that stands on the button; a higher one is refused."""
    page = reverse("take", args=[take.pk])
    if take.failure_class == FailureClass.PRICE_MOVED:
        return {"words": _("See the new price"), "link": page}
    shown = "" if take.held_usd is None else str(take.held_usd)
    return {
        "words": _("Retry"),
        "priced": True,
        "price": take.held_usd,
        "url": reverse("take-retry", args=[take.pk]),
        "fields": {"once": uuid4().hex, "shown": shown},
    }
