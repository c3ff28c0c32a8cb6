"""Inputs given as links: which are taken, what is known of them before they are here, and who is rung."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Generation, InputLink, Project, Status
from providers.gateways.capabilities import Capabilities
from providers.gateways.values import Media, Role

from .lease import rung_until
from .ring import ring

MOST_CHARS = 2000
KEPT = timedelta(days=1)
_PORTS = {"https": 443, "http": 80}
_CLIPS = (Role.SOURCE_VIDEO, Role.REFERENCE_VIDEO)
_PAPERS = (Role.REFERENCE_DOCUMENT,)
_SOUNDS = (Role.AUDIO_TRACK, Role.REFERENCE_AUDIO, Role.REFERENCE_VOICE)


def problem_with(url: str) -> str:
    """Why this is no address to fetch from, in one sentence; empty where it may be tried. What it leads to
    is the guarded fetcher's to judge."""
    if len(url) > MOST_CHARS:
        return _("A link has %(most)d characters at most.") % {"most": MOST_CHARS}
    try:
        parts = urlsplit(url)
        place = f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme)}"
    except ValueError:
        return _("This is not an address.")
    if not url.isprintable() or " " in url or not parts.hostname:
        return _("This is not an address.")
    if parts.scheme != "https" and not (parts.scheme == "http" and place in settings.OUTBOUND_ALLOW):
        return _("Only https addresses are fetched.")
    if parts.username or parts.password:
        return _("An address with a name or password inside is not fetched.")
    return ""


def shown_address(url: str) -> str:
    """Of a link to a file: where it lies, without what may hold a key."""
    try:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        place = f"{host}:{parts.port}" if parts.port else host
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, place, parts.path, "", ""))


def without_keys(request: Mapping[str, Any]) -> dict[str, Any]:
    """A take's saved request as people read it: viewers too, and what follows a link's path may be a key."""
    if not request.get("inputs"):
        return dict(request)
    inputs = [
        {**item, "url": shown_address(item["url"])} if "url" in item else item for item in request["inputs"]
    ]
    return {**request, "inputs": inputs}


def hosts_of(request: Mapping[str, Any]) -> list[str]:
    """Of a take's saved request: where its inputs come from that are not here yet."""
    urls = [item["url"] for item in request.get("inputs", ()) if "url" in item]
    return list(dict.fromkeys(urlsplit(url).hostname or "" for url in urls))


def placeholder(role: Role, caps: Capabilities, among: int = 1) -> Media:
    """What stands for a file that is still to come: of the right kind, and of a clip as many seconds as the
    model takes, so that no price is too low. ``among``: how many of its role share the sum."""
    if role in _CLIPS:
        return Media("", "video/mp4", 0, duration_s=_most_s(role, caps, among))
    kinds = {**dict.fromkeys(_SOUNDS, "audio/mpeg"), **dict.fromkeys(_PAPERS, "application/pdf")}
    return Media("", kinds.get(role, "image/png"), 0)


def _most_s(role: Role, caps: Capabilities, among: int) -> float | None:
    limits = caps.inputs.get(role)
    bounds = (limits.max_s, limits.total_s / among if limits.total_s else None) if limits else ()
    return min((bound for bound in bounds if bound is not None), default=None)


def ask_for(project: Project, owner: Any, url: str, batch_id: UUID | None = None) -> InputLink:
    """Have an address fetched into an asset; inside the transaction that makes what waits for it."""
    link = InputLink.objects.create(project=project, owner=owner, url=url, batch_id=batch_id)
    InputLink.objects.filter(pk=link.pk).update(**rung_until(settings.STUDIO["RING_AGAIN_S"]))
    ring("fetch_input", link.pk)
    return link


def ask_for_all(project: Project, owner: Any, urls: Iterable[str], batch_id: UUID) -> None:
    for url in dict.fromkeys(urls):
        ask_for(project, owner, url, batch_id)


def prune(now: datetime) -> None:
    """A take keeps the file, not the address, which may hold a key; nothing needs a link that has ended."""
    waiting = Generation.objects.filter(status=Status.QUEUED, awaits_inputs=True).values("batch_id")
    old = InputLink.objects.filter(created_at__lt=now - KEPT)
    old.filter(Q(batch_id=None) | ~Q(batch_id__in=waiting)).delete()


def free(now: datetime) -> Q:
    """Links that nobody works on and whose pause is over."""
    unheld = Q(lease_holder=None) | Q(lease_until=None) | Q(lease_until__lte=now)
    return unheld & (Q(not_before=None) | Q(not_before__lte=now))


def ring_waiting() -> int:
    """Ring again for links that nobody fetches, and for those that are here while a take still waits.

    :returns: how many were rung.
    """
    now = timezone.now()
    waiting = Generation.objects.filter(status=Status.QUEUED, awaits_inputs=True).values("batch_id")
    open_ = Q(batch_id__in=waiting) | Q(batch_id=None, done_at=None)
    rung = Q(lease_until=None) | Q(lease_until__lte=now)
    rows = InputLink.objects.filter(free(now) & rung & open_).order_by("id")[:200]
    return sum(_ring_once(link.pk, rung) for link in rows)


def being_fetched(now: datetime) -> QuerySet[InputLink]:
    return InputLink.objects.filter(done_at=None, lease_holder__isnull=False, lease_until__gt=now)


def ring_next() -> None:
    """The oldest link that waits for its turn, now that one has ended."""
    due = Q(not_before=None) | Q(not_before__lte=timezone.now())
    waiting = InputLink.objects.filter(due, done_at=None, lease_holder=None).order_by("id")
    for link_id in waiting.values_list("pk", flat=True)[:1]:
        ring("fetch_input", link_id)


def _ring_once(link_id: UUID, rung: Q) -> int:
    again = rung_until(settings.STUDIO["RING_AGAIN_S"])
    if not InputLink.objects.filter(rung, pk=link_id).update(**again):
        return 0
    ring("fetch_input", link_id)
    return 1
