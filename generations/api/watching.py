"""/api/v1/queue, /news and /watching: what is on its way, what the caller has not seen, how they hear."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from generations.models import Digest, Generation, Notification
from generations.schemas import SeenIn, WatchingIn
from generations.services import news, notify, queue, queues
from generations.services import watching as service
from generations.telling import said

from . import answers, answers_watching, show
from .errors import invalid
from .find import takes_of

queue_router = Router(tags=["queue"], by_alias=True)
news_router = Router(tags=["news"], by_alias=True)
router = Router(tags=["news"], by_alias=True)


@queue_router.get("", response=answers_watching.Queue)
def takes_on_their_way(request: HttpRequest, who: Literal["mine", "team"] = "mine") -> dict[str, Any]:
    """Yours, or those of all projects that you see; ``waiting`` in the order of each account's line."""
    found = queues.queue_of(request.user, mine=who == "mine")
    whole = {take.pk: take for take in takes_of(request.user).filter(pk__in=[one.pk for one in found.takes])}

    def told(takes: Iterable[Generation]) -> list[dict[str, Any]]:
        there = [whole[take.pk] for take in takes if take.pk in whole]
        return [
            {
                "place": found.places.get(take.pk),
                "starts_s": found.starts.get(take.pk),
                "take": show.take(take),
            }
            for take in there
        ]

    waiting = [take for one in found.lines for take in one.takes]
    return {
        "needs": told(found.needs),
        "working": told(found.working),
        "waiting": told(waiting),
        "more": max(found.more, 0),
    }


@queue_router.post("/pause", response=answers.Changed)
def pause_all(request: HttpRequest) -> dict[str, int]:
    """Every take of yours that waits in line now; later ones go on as usual."""
    return {"count": queue.pause_all(request.user)}


@queue_router.post("/unpause", response=answers.Changed)
def unpause_all(request: HttpRequest) -> dict[str, int]:
    """Every paused take of yours is in line again, but for those in archived projects."""
    return {"count": queue.unpause_all(request.user)}


@news_router.get("", response=answers_watching.News)
def unseen_news(request: HttpRequest) -> dict[str, Any]:
    state = service.state_of(request.user)
    fresh = [take.pk for take in service.fresh(request.user, state)]
    takes = {take.pk: take for take in takes_of(request.user).filter(pk__in=fresh)}
    words = service.fresh_words(request.user, state)
    return {
        "items": [show.take(takes[pk]) for pk in fresh if pk in takes],
        "said": [_said(row) for row in words],
        "unseen": state.unseen,
    }


def _said(row: Notification) -> dict[str, Any]:
    told = said.of(row)
    names = {"take": row.generation_id, "comment": row.comment_id, "by": row.actor_name}
    return {"kind": row.kind, **names, "words": told["word"], "text": told["prompt"], "at": row.at}


@news_router.post("/seen", response=answers.Changed)
def seen(request: HttpRequest, body: SeenIn) -> dict[str, int]:
    """They count as seen: no bell and no mail tells of them any more."""
    if body.takes is None:
        return {"count": news.saw_all(request.user) + notify.saw_all(request.user)}
    return {"count": news.saw(request.user, body.takes) + notify.saw(request.user, body.takes)}


@router.get("", response=answers_watching.Watching)
def my_choice(request: HttpRequest) -> dict[str, Any]:
    return _shown(request.user)


@router.put("", response=answers_watching.Watching)
def choose(request: HttpRequest, body: WatchingIn) -> dict[str, Any]:
    if body.digest != Digest.NEVER and not _has_mail(request.user):
        raise invalid(
            "digest", _("No mail can reach you here: mail is not set up, or you gave no address."), ["never"]
        )
    service.choose(request.user, **body.dict())
    return _shown(request.user)


def _shown(user: Any) -> dict[str, Any]:
    choice = service.choice_of(user)
    names = ("which", *service.WAYS, "digest")
    return {**{name: getattr(choice, name) for name in names}, "mail": _has_mail(user)}


def _has_mail(user: Any) -> bool:
    return bool(settings.MAIL and user.email)
