"""The queue page's context: each take as a row, in words, with what its author may do with its turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from generations import standstill
from generations.card_looking import Looking
from generations.cards import card
from generations.models import Generation, Membership, Role
from generations.services import queue, queues, typical
from generations.telling import situation
from providers.models import ProviderAccount


def context_of(user: Any, *, mine: bool) -> dict[str, Any]:
    version = queues.version_of(user)  # before the rows: what changes in between is told by the next question
    found = queues.queue_of(user, mine=mine)
    rows = _rows(user, found)
    who = "mine" if mine else "team"
    return {
        "queue": {
            "mine": mine,
            "url": f"{reverse('queue-live')}?who={who}",
            "version": version,
            "busy": bool(found.working or found.lines),
            "title": f"{_('Queue')} · {_('Video Studio')}",
            "tabs": _tabs(counts := queues.counts_of(user), mine),
            "counts": counts,
            "needs": [rows[take.pk] for take in found.needs],
            "working": [rows[take.pk] for take in found.working],
            "lines": [_line(one, rows, movable=mine) for one in found.lines],
            "more": found.more,
            "any": bool(found.takes),
            "stop": standstill.over_queue(),
        }
    }


def _tabs(counts: queues.Counts, mine: bool) -> list[dict[str, Any]]:
    url = reverse("queue")
    return [
        {"label": _("My queue"), "url": url, "count": counts.mine, "current": mine},
        {"label": _("Team queue"), "url": f"{url}?who=team", "count": counts.team, "current": not mine},
    ]


def _rows(user: Any, found: queues.Queue) -> dict[UUID, dict[str, Any]]:
    looks = _looks(user, found)
    return {take.pk: _row(take, looks[take.project_id], user) for take in found.takes}


def _looks(user: Any, found: queues.Queue) -> dict[UUID, Looking]:
    """One a project: the person's role differs."""
    projects = {take.project_id: take.project for take in found.takes}
    mine = Membership.objects.filter(user=user, project__in=projects).values_list("project_id", "role")
    roles = dict.fromkeys(projects, Role.OWNER.value) if user.is_administrator else dict(mine)
    usual, now = typical.usual({take.model_id for take in found.takes}), timezone.now()
    return {
        pk: Looking(
            roles.get(pk), now, usual, found.places, project.archived_at is not None, user.pk, found.starts
        )
        for pk, project in projects.items()
    }


def _row(take: Generation, by: Looking, user: Any) -> dict[str, Any]:
    row = card(take, by)
    own = take.author_id == user.pk and queue.is_in_line(take) and row["can_cancel"]
    return {
        **row,
        "shot_code": take.shot.code if take.shot else "",
        "row_id": f"q-{take.pk}",
        "project": take.project,
        "author": take.author,
        "own": take.author_id == user.pk,
        "paused": situation.is_paused(take),
        "may_pause": own and not (take.paused_at and take.project.archived_at),
        "pause_url": reverse("take-unpause" if take.paused_at else "take-pause", args=[take.pk]),
        "move_url": reverse("take-move", args=[take.pk]),
    }


def _line(found: queues.AccountLine, rows: Mapping[UUID, dict[str, Any]], *, movable: bool) -> dict[str, Any]:
    shown = [rows[take.pk] for take in found.takes]
    if movable:
        shown = _with_neighbours(shown)
    return {
        "account": found.account,
        "busy": found.busy,
        "unusable": _why_closed(found.account),
        "elsewhere_url": _elsewhere_url(found, shown) if movable else "",
        "rows": shown,
    }


def _why_closed(account: ProviderAccount) -> str:
    """A stop of everything has its reason over the page."""
    return _("Waits until sending goes on.") if account.stopped else account.why_unusable()


def _elsewhere_url(found: queues.AccountLine, rows: Sequence[Mapping[str, Any]]) -> str:
    """Where what waits for a closed account can be run at another one."""
    if found.account.stopped:  # as all are: there is nowhere to go
        return ""
    waits = found.account.why_closed() and any(row["own"] for row in rows)
    return reverse("queue-elsewhere", args=[found.account.pk]) if waits else ""


def _with_neighbours(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who may go where: the first not up, the last not down."""
    movable = [row for row in rows if row["may_pause"]]
    first, last = (movable[0]["id"], movable[-1]["id"]) if movable else (None, None)
    return [
        {**row, "may_up": row["may_pause"] and row["id"] != first, "may_down": _down(row, last)}
        for row in rows
    ]


def _down(row: Mapping[str, Any], last: UUID | None) -> bool:
    return bool(row["may_pause"]) and row["id"] != last
