"""The context of the header's counts and of the bell: numbers, words and addresses, no rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations.file_urls import file_url
from generations.models import Generation, Notification, Output
from generations.services import watching
from generations.telling import news, said


def not_asked_yet(user: Any) -> dict[str, Any]:
    """What ``_watch.html`` shows until its script has asked: no counts, and no version of them."""
    return {"channel": user.pk, "flying_words": _("Queue"), "unseen_words": _("News")}


def watch_of(user: Any, state: watching.State) -> dict[str, Any]:
    """What ``_watch.html`` shows. ``channel`` names this person to the other tabs of their browser."""
    return {
        "channel": user.pk,
        "version": state.version,
        "now_ms": _ms(timezone.now()),
        "flying": state.flying,
        "flying_words": _flying(state.flying),
        "unseen": state.unseen,
        "unseen_words": news.unseen(state.unseen),
        "title": news.title(state.done, state.failed, state.waiting, state.said),
        **{f"by_{way}": getattr(state.choice, way) for way in watching.WAYS},
        "fresh": [
            *(_fresh(take) for take in watching.fresh(user, state)),
            *(_fresh_words(row) for row in watching.fresh_words(user, state)),
        ],
    }


def _flying(count: int) -> str:
    if not count:
        return _("Queue: nothing of yours is on its way")
    words = ngettext(
        "Queue: %(n)d take of yours is on its way", "Queue: %(n)d takes of yours are on their way", count
    )
    return words % {"n": count}


def _fresh(take: Generation) -> dict[str, Any]:
    return {**news.of(take), "id": take.pk, "url": take.get_absolute_url(), "at_ms": _ms(take.news_at)}


def _fresh_words(row: Notification) -> dict[str, Any]:
    """Named by its take: what a page shows of it is seen with the page. One of a limit by itself."""
    return {**said.of(row), "id": row.generation_id or row.pk, "at_ms": _ms(row.at)}


def _ms(moment: Any) -> int:
    return int(moment.timestamp() * 1000)


def bell_of(user: Any, most: int, *, short: bool) -> dict[str, Any]:
    """What waits for this person first, then all else by time. ``until``: what is marked as read from here
    was news by then."""
    now = timezone.now()  # before the rows: what comes between them and the click was never shown
    takes, words = watching.latest(user, most), list(watching.heard(user)[:most])
    news_at = [take.news_at for take in takes if take.news_at] + [row.at for row in words if not row.seen_at]
    shown = {take.pk for take in takes} | {row.generation_id for row in words}
    posters = _posters(shown)
    items = [_item(take, posters.get(take.pk, "")) for take in takes]
    items += [_item_of_words(row, posters.get(row.generation_id, "")) for row in words]
    items.sort(key=lambda item: (item["waits"], item["at"]), reverse=True)
    return {"short": short, "until": max(news_at, default=now).isoformat(), "items": items[:most]}


def _posters(takes: set[UUID | None]) -> dict[UUID | None, str]:
    """Where the picture of each is, of those that have one."""
    kinds = (Output.Kind.POSTER, Output.Kind.SMALL)
    rows = Output.objects.filter(generation__in=takes, kind__in=kinds).order_by("kind")  # the small one last
    return {take: file_url(take, kind) for take, kind in rows.values_list("generation_id", "kind")}


def _item(take: Generation, poster_url: str) -> dict[str, Any]:
    return {
        **news.of(take),
        "id": take.pk,
        "url": take.get_absolute_url(),
        "status": take.status,
        "at": take.ended_at or take.changed_at,
        "waits": take.ended_at is None,
        "is_news": take.news_at is not None,
        "poster_url": poster_url,
    }


def _item_of_words(row: Notification, poster_url: str) -> dict[str, Any]:
    told = {"id": row.generation_id or row.pk, "at": row.at, "waits": False, "is_news": row.seen_at is None}
    return {**said.of(row), **told, "poster_url": poster_url}
