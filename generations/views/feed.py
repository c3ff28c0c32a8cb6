"""The feed as a fragment: the live part of the page, or one page of older takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from generations import picture_sizes
from generations.card_looking import Looking, looking
from generations.cards import aspect, card
from generations.lengths import length_words
from generations.models import Generation, Status, Verb
from generations.services import feed as rows
from generations.services import naming
from generations.services.matrix import axes_of
from generations.telling.batches import differences

from .opening import may, open_project


@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """204 while the version shown is the present one."""
    project = open_project(request.user, slug)
    before = _id(request.GET.get("before"))
    if before:
        return render(request, "generations/_older.html", older_context(project, before))
    if request.GET.get("v") == rows.state_of(project).version:
        return HttpResponse(status=204)
    since = _id(request.GET.get("since"))
    return render(
        request, "generations/_feed.html", feed_context(project, rows.first_page(project, since), since)
    )


def feed_context(project: Any, page: rows.FeedPage, since: UUID | None = None) -> dict[str, Any]:
    """``project`` came from ``open_project``, before ``page`` was read: a change between is noticed later."""
    state = rows.state_of(project)
    by = looking(project, page.takes)
    url = reverse("feed", args=[project.slug])
    anchor = since or page.since
    can_compose = may(project, Verb.COMPOSE) and not project.archived_at
    return {
        "can_compose": can_compose,
        "feed": {
            "url": f"{url}?since={anchor}" if anchor else url,
            "version": state.version,
            "closed": state.closed,
            "busy": state.busy or any(rows.awaits_picture(take) for take in page.takes),
            "any": bool(page.takes),
            "flying": [card(take, by) for take in page.flying],
            "flying_more": page.flying_more,
            "days": [_day(day, by) for day in page.days],
            "older_url": f"{url}?before={page.before}" if page.before else "",
            "title": f"{project.name} · {_('Video Studio')}",
        },
    }


def older_context(project: Any, before: UUID) -> dict[str, Any]:
    page = rows.older_page(project, before)
    by = looking(project, page.takes)
    days = [_day(day, by) for day in page.days]
    if days and page.days[0].date == rows.day_of(before):
        days[0]["goes_on"] = True
    url = reverse("feed", args=[project.slug])
    can_compose = may(project, Verb.COMPOSE) and not project.archived_at
    return {
        "can_compose": can_compose,
        "days": days,
        "older_url": f"{url}?before={page.before}" if page.before else "",
    }


def _day(day: rows.Day, by: Looking) -> dict[str, Any]:
    return {
        "date": day.date,
        "words": _day_words(day.date),
        "batches": [_batch(batch, by) for batch in day.batches],
    }


def _day_words(day: date) -> str:
    today = timezone.localdate()
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return date_format(day, "l, j F" if day.year == today.year else "j F Y")


def _batch(batch: rows.Batch, by: Looking) -> dict[str, Any]:
    first = batch.takes[0]
    differ, layout = axes_of(batch.takes), _layout(batch.takes, aspect(first))
    sizes = picture_sizes.in_feed(layout)
    return {
        "id": batch.id,
        "css": layout,
        "cards": [{**card(take, by), "sizes": sizes} for take in batch.takes],
        "prompt": naming.as_shown(first.prompt),
        "words": differences(batch.takes) if "prompt" in differ else "",
        "model": "" if "model" in differ else first.model.label,
        "facts": _facts(first, differ),
        "grid_url": reverse("batch", args=[batch.id]) if len(batch.takes) > 1 else "",
        "author": first.author,
        "created_at": first.created_at,
        "again_id": first.pk,
        **_money(batch.takes),
    }


def _facts(take: Generation, differ: Mapping[str, Any]) -> list[str]:
    """What was asked of all of them, in words."""
    names = [name for name in ("duration_s", "aspect_ratio", "resolution") if name not in differ]
    asked = {name: value for name in names if (value := take.request.get(name))}
    return [length_words(float(v)) if name == "duration_s" else str(v) for name, v in asked.items()]


def _layout(takes: list[Generation], ratio: str) -> str:
    """Large where there is something to see; what failed stays quiet."""
    if not any(take.status == Status.COMPLETED for take in takes):
        return "three"
    count = len(takes)
    width, height = (int(part) for part in ratio.split("/"))
    tall = " tall" if width < height else ""
    if count == 1:
        return f"one{tall}"
    return "tall" if tall else ("three" if count in (3, 5, 6) or count > 6 else "")


def _money(takes: list[Generation]) -> dict[str, Any]:
    """What the batch cost, and what was held for it; a sandbox costs nothing."""
    actual = [take.actual_usd for take in takes if take.actual_usd is not None]
    held = [take.held_usd for take in takes if take.held_usd is not None]
    return {
        "sandbox": takes[0].account.sandbox,
        "actual_usd": sum(actual) if actual else None,
        "held_usd": sum(held) if held else None,
        "basis": takes[0].price_basis,
    }


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
