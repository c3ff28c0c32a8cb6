"""What people may do with a take, by POST alone. The services decide; this turns their answers into HTTP.

403 the role does not allow it · 404 not visible · 409 the take moved on, or its price did · 422 the
request cannot be made · 429 a limit has no room.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from generations.models import Generation, Verb
from generations.services import again, compose, decide, shown_to_guests
from generations.services.refusals import WrongState
from generations.telling import acts
from providers.gateways.plain import keepable_text
from providers.gateways.problem import Problem

from .amounts import agreed
from .answers import done, go, refused
from .finding import take_for
from .statuses import REFUSALS, status_of


def _do(
    request: HttpRequest,
    pk: UUID,
    verb: Callable[[Any, Generation], Any],
    answer: Callable[..., HttpResponse],
) -> HttpResponse:
    """Run ``verb``; ``answer(take, result)`` says what comes back."""
    take = take_for(request.user, pk)
    try:
        result = verb(request.user, take)
    except REFUSALS as error:
        return refused(request, take, status_of(error), error)
    return answer(take, result)


def _say(request: HttpRequest, words: str) -> Callable[..., HttpResponse]:
    return lambda take, _result: done(request, take, words)


@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _do(request, pk, decide.cancel, _say(request, _("Cancelled.")))


@require_POST
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _do(request, pk, decide.resume, _say(request, _("Resumed. Nothing new to pay.")))


@require_POST
def trash(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(user: Any, take: Generation) -> str:
        shown = shown_to_guests.showing(take.project, [take.pk])
        decide.trash(user, take)
        return acts.guests_lose([(title, 1) for title, _takes in shown], 1)

    return _do(request, pk, act, lambda take, more: _thrown(request, take, _("Moved to the trash."), more))


def _thrown(request: HttpRequest, take: Generation, said: str, more: str) -> HttpResponse:
    """:param more: what it means for guests, if anything."""
    return done(request, take, f"{said} {more}".strip())


@require_POST
def restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(user: Any, take: Generation) -> str:
        decide.restore(user, take)
        shown = shown_to_guests.showing(take.project, [take.pk])
        return acts.guests_see_again([(title, 1) for title, _takes in shown])

    return _do(request, pk, act, lambda take, more: _thrown(request, take, _("Restored."), more))


@require_POST
def resolve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Settle an uncertain take, give up an overdue one, or go on at a new price."""
    verb, words = RESOLUTIONS.get(request.POST.get("action", ""), (_choose, ""))
    seen, shown = request.POST.get("state"), request.POST.get("shown", "")

    def act(user: Any, take: Generation) -> None:
        decide.require(user, take, Verb.SPEND)
        if seen and seen != take.status:  # to drop an uncertain take is not to cancel one that was found
            raise WrongState(_("The take has moved on meanwhile; look at it again."))
        verb(user, take, shown)

    return _do(request, pk, act, _say(request, str(words)))


def _choose(user: Any, take: Generation, shown: str) -> None:
    raise compose.Refused([Problem("action", _("Choose what to do with this take."))])


RESOLUTIONS: dict[str, tuple[Callable[[Any, Generation, str], None], Any]] = {
    "submit_again": (lambda user, take, s: again.submit_again(user, take, shown=s), lazy("In line again.")),
    "drop": (lambda user, take, _s: decide.drop(user, take), lazy("Dropped.")),
    "accept_price": (
        lambda user, take, s: again.accept_price(user, take, shown=s),
        lazy("In line at the new price."),
    ),
}


@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new paid job at the price that was shown; its page follows."""
    key, mended = keepable_text(request.POST.get("once", "")[:100]), "mended" in request.POST
    limit, unknown = agreed(request.POST.get("shown"))

    def act(user: Any, take: Generation) -> Generation:
        return again.retry(user, take, key=key, shown_usd=limit, some_unknown=unknown, mended=mended)

    return _do(request, pk, act, lambda _take, new: go(request, new.get_absolute_url()))
