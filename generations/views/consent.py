"""The consent page: the gateway's words exactly as they came, and the statements that a person ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from generations.models import Generation, Project, Status, Verb
from generations.services import answering, attested
from generations.services.create import PriceMoved, total_of
from generations.services.pricing import room_for
from generations.telling import recipe
from providers.quotas import money_left
from providers.quotes import Quote, patience, quote_lately

from .amounts import shown_amount
from .finding import take_for
from .statuses import REFUSALS, status_of

# a gateway names roles in its own words, and no files
ROLES_OF = {
    "image": {"first_frame"},
    "end_image": {"last_frame"},
    "video": {"source_video"},
    "reference_image": {"reference_image", "reference_background", "element", "scene_image"},
    "reference_video": {"reference_video"},
}


@dataclass(frozen=True)
class Sum:
    """What the button says: ``amount_usd`` for all takes (None: not known), ``left`` of the tightest money
    limit (None: there is none). ``shown``: it is the price of this moment, and an answer is bound to it."""

    amount_usd: Decimal | None
    left: Decimal | None
    basis: str
    shown: bool


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who may see the take may read; who may spend may attest."""
    take = take_for(request.user, pk)
    if request.method == "POST":
        return _attest(request, take)
    if take.status != Status.NEEDS_CONSENT:
        return _moved_on(request, take)
    return _page(request, take)


@require_safe
def price(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The buttons with the price of this moment."""
    take = take_for(request.user, pk)
    if not take.project.allows(request.user, Verb.SPEND):
        return HttpResponse(status=403)
    if take.status != Status.NEEDS_CONSENT:
        return HttpResponse(status=204)
    takes = attested.waiting_alike(take)
    quotes = answering.prices_of(takes, partial(quote_lately, until=patience()))
    return render(request, "generations/_consent_answer.html", _answers(request, take, takes, quotes))


def _attest(request: HttpRequest, take: Generation) -> HttpResponse:
    if not take.project.allows(request.user, Verb.SPEND):
        return _page(request, take, 403, _("Your role in this project does not allow that."))
    if take.status != Status.NEEDS_CONSENT:
        return _moved_on(request, take)
    ticks = {name: request.POST.get(f"tick-{name}") == "on" for name in take.consent["statements"]}
    takes = _chosen(request, take)
    try:
        sent = answering.answer(
            request.user,
            takes,
            ticks,
            text_sha256=request.POST.get("text_sha256", ""),
            address=request.META.get("REMOTE_ADDR"),
            shown_usd=shown_amount(_of_button(request)),
        )
    except REFUSALS as error:
        take.refresh_from_db()
        return _page(request, take, status_of(error), _words(error))
    return _sent(request, take, sent)


def _of_button(request: HttpRequest) -> str:
    return request.POST.get("shown_one" if "only" in request.POST else "shown", "")


def _chosen(request: HttpRequest, take: Generation) -> list[Generation]:
    """This take, and of those that wait alike the ones that stood on the page when it was read."""
    seen = set() if "only" in request.POST else set(request.POST.getlist("also"))
    return [row for row in attested.waiting_alike(take) if row.pk == take.pk or str(row.pk) in seen]


def _words(error: Exception) -> str:
    if not isinstance(error, PriceMoved):
        return str(error)
    now = error.quote.amount_usd
    told = _("It costs $%(now)s now.") % {"now": now} if now is not None else _("No price is known now.")
    return f"{error} {told} {_('Nothing was sent; tick again if that is all right.')}"


def _sent(request: HttpRequest, take: Generation, count: int) -> HttpResponse:
    if not count:
        return _moved_on(request, take)
    words = ngettext(
        "Attested. The take is in line again.", "Attested. %(n)d takes are in line again.", count
    )
    messages.success(request, words % {"n": count})
    return redirect(take)


def _moved_on(request: HttpRequest, take: Generation) -> HttpResponse:
    """Somebody was faster, or this was the second click."""
    messages.info(request, _("The take no longer waits for consent."))
    return redirect(take)


def _page(request: HttpRequest, take: Generation, status: int = 200, problem: str = "") -> HttpResponse:
    question, everything = take.consent, recipe.inputs(take)
    meant = concerned(take)
    context = {
        "project": take.project,
        "question": question,
        "statements": question.get("statements", {}).items(),
        "concerned": meant,
        "others": [item for item in everything if item not in meant],
        "total": len(everything),
        "why_not": why_not(request.user, take.project),
        "problem": problem,
        **_answers(request, take, attested.waiting_alike(take), None),
    }
    return render(request, "generations/consent.html", context, status=status)


def _answers(
    request: HttpRequest, take: Generation, takes: Sequence[Generation], quotes: dict[UUID, Quote] | None
) -> dict[str, Any]:
    """The buttons: for all that wait alike, and where there are several, for this one alone."""
    left = money_left(room_for(request.user, take.project, take.model))
    known = quotes or {row.pk: Quote(row.held_usd, row.price_basis) for row in takes}

    def sum_of(rows: Sequence[Generation]) -> Sum:
        amount = total_of([known[row.pk] for row in rows])
        return Sum(amount, left, known[take.pk].basis, quotes is not None and amount is not None)

    return {"take": take, "takes": takes, "sum": sum_of(takes), "one": sum_of([take])}


def why_not(user: Any, project: Project) -> str:
    """Why this person may read but not answer, and who may; empty where they may."""
    if project.archived_at:
        return _("This project is archived; nothing more is generated in it.")
    if Verb.SPEND in project.verbs_of(user):
        return ""
    names = ", ".join(str(person) for person in project.members_who(Verb.SPEND)[:3])
    words = _("To attest is to spend, and a %(role)s of this project may not. You can read what is asked.")
    asks = _("These people may: %(names)s.") % {"names": names} if names else ""
    return f"{words % {'role': project.role_of(user)}} {asks}".strip()


def concerned(take: Generation) -> list[Any]:
    """Every input of the roles that were named; all inputs where that names none."""
    named: set[str] = set()
    for word in take.consent.get("roles", []):
        named |= ROLES_OF.get(word, {word})
    everything = recipe.inputs(take)
    return [item for item in everything if item.use.role in named] or everything
