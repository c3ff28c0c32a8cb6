"""What people decide about a take in review, by POST alone; asked for and withdrawn too.

403 the role does not allow it · 404 not visible · 409 a newer version came, or the take moved on · 422 it
cannot be asked so. From the playlist of a project the answer is the playlist, one further.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from generations.models import Decision, Generation, Review
from generations.services import compose, decision_back
from generations.services import review as service
from generations.services.review import Seen, VersionReplaced
from generations.telling import reviews
from generations.telling.recipe import title
from providers.gateways.problem import Problem

from . import review_list
from .answers import done, shown
from .finding import read_id, take_for
from .statuses import REFUSALS, status_of


@require_POST
def decision(request: HttpRequest, pk: UUID) -> HttpResponse:
    take, words = take_for(request.user, pk), request.POST.get("words", "")
    wanted = request.POST.get("review", "")
    seen = Seen(
        request.POST.get("sha256", "")[:64],
        read_id(request.POST.get("newest")),
        "anyway" in request.POST,
    )
    try:
        if wanted not in service.DECISIONS:
            raise compose.Refused([Problem("review", _("Choose what to decide."))])
        line = service.decide(request.user, take, Review(wanted), seen=seen, words=words)
    except REFUSALS as error:
        replaced = error if isinstance(error, VersionReplaced) else None
        given = {"review": wanted, "words": words}
        return _refused(request, take, error, replaced=replaced, given=given)
    said = {
        Review.APPROVED: _("%(version)s is approved."),
        Review.CHANGES: _("Changes are requested for %(version)s."),
        Review.REJECTED: _("%(version)s is rejected."),
    }[Review(wanted)]
    back = decision_back.standing(request.user, take.project).filter(pk=line.pk).exists()
    return _done(request, take, said % {"version": _named(take)}, on=True, line=line if back else None)


def _named(take: Generation) -> str:
    return reviews.version(take) or f"“{title(take, 40)}”"


@require_POST
def take_back(request: HttpRequest, pk: UUID, line: UUID) -> HttpResponse:
    """A decision of one's own; ``?which=``: the list of the playlist, which shows the take again."""
    take = take_for(request.user, pk)
    try:
        decision_back.take_back(request.user, take, line)
    except REFUSALS as error:
        return review_list.not_taken_back(request, take, status_of(error), error)
    said = _("%(version)s is in review again.") % {"version": _named(take)}
    return review_list.taken_back(request, take, line, said)


@require_POST
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(take: Generation) -> Any:
        reviewer, due_on = asked_of(request)
        return service.ask(request.user, [take], reviewer=reviewer, due_on=due_on)

    return _do(request, pk, act, _("In review."))


@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _do(request, pk, lambda take: service.withdraw(request.user, take), _("No longer in review."))


def asked_of(request: HttpRequest) -> tuple[Any, Any]:
    """Reviewer and day as a form sends them; both may be left empty. Of somebody who is not there the words
    are those of somebody who may not decide.

    :raises Refused:
    """
    person, day = request.POST.get("reviewer", ""), request.POST.get("due_on", "")
    reviewer = get_user_model().objects.filter(pk=read_id(person)).first() if person else None
    if person and reviewer is None:
        raise compose.Refused([Problem("reviewer", _("This person may not decide in this project."))])
    try:
        due_on = parse_date(day) if day else None
    except ValueError:
        due_on = None
    if day and due_on is None:
        raise compose.Refused([Problem("due_on", _("This is no day."))])
    return reviewer, due_on


def _do(request: HttpRequest, pk: UUID, act: Callable[[Generation], Any], said: str) -> HttpResponse:
    take = take_for(request.user, pk)
    try:
        act(take)
    except REFUSALS as error:
        return _refused(request, take, error)
    return _done(request, take, said)


def _done(
    request: HttpRequest, take: Generation, said: str, *, on: bool = False, line: Decision | None = None
) -> HttpResponse:
    """:param on: to the next take of the playlist, where that is what shows.
    :param line: the decision, where it can be taken back."""
    if review_list.is_asked(request):
        return review_list.after(request, take, said, on=on, line=line)
    return done(request, take, said, action=review_list.way_back(line) if line else None)


def _refused(request: HttpRequest, take: Generation, error: Exception, **more: Any) -> HttpResponse:
    status = status_of(error)
    if review_list.is_asked(request):
        return review_list.refused(request, take, status, error, **more)
    take.refresh_from_db()
    return shown(request, take, status=status, said=str(error), bad=True, **more)
