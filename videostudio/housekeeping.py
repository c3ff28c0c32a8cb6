"""Once a day: what has had its time goes. Each part for itself, so that one that fails stops no other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.management import call_command
from django.utils import timezone
from django_q.models import Task

from generations.services import alerts, chunks, drawing, guest_tries, links, shot_words, small_posters, undo
from generations.services.purge import purge_assets, purge_trash
from generations.services.tidy import remove_orphans
from providers import audit_chain

from .models import Tries

log = logging.getLogger(__name__)
TASKS_KEPT = timedelta(days=7)


def daily() -> None:
    """A task of the files cluster, where nothing waits for seconds."""
    now = timezone.now()
    for part in PARTS:
        try:
            part(now)
        except Exception:
            log.exception("daily housekeeping: %s", part.__name__)


def prune_tasks(now: datetime) -> None:
    """django-q keeps every failure for good, and successes where it is told to."""
    Task.objects.filter(stopped__lt=now - TASKS_KEPT).delete()


def prune_tries(now: datetime) -> None:
    Tries.prune(now)
    guest_tries.prune(now)


def prune_sessions(now: datetime) -> None:
    call_command("clearsessions")


def prune_links(now: datetime) -> None:
    links.prune(now)


def prune_uploads(now: datetime) -> None:
    chunks.prune(now)


def forget_changes(now: datetime) -> None:
    undo.forget(now)


def draw_missing(now: datetime) -> None:
    drawing.ring_missing(now)


def prune_alerts(now: datetime) -> None:
    alerts.prune(now)


def shrink_posters(now: datetime) -> None:
    small_posters.begin()


def go_on_rewording(now: datetime) -> None:
    shot_words.ring_due()


def link_audit(now: datetime) -> None:
    audit_chain.link_new()


PARTS: tuple[Callable[[datetime], object], ...] = (
    *(prune_tasks, prune_tries, prune_sessions, prune_links, prune_uploads),
    *(remove_orphans, purge_trash, purge_assets, draw_missing, shrink_posters),
    *(forget_changes, prune_alerts, go_on_rewording, link_audit),
)
