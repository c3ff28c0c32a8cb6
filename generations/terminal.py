"""Takes watched from a terminal: a bar where there is one, plain lines where there is none."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from generations.models import WAITS_FOR_A_PERSON, Generation, Heartbeat, Status
from generations.services.failures import meaning_of
from generations.storage import media_store
from generations.telling import money

BAR = 24
# exit codes
DONE, FAILED, WRONG_USE, WAITS, NOT_RUNNING, INTERRUPTED = 0, 1, 2, 3, 4, 130


def silent_parts() -> list[str]:
    """Parts of the studio of which nothing is heard: what is made now would lie there.

    Heartbeats outlive a stop by BEAT_SILENT_S; on one computer the web server's port tells at once.
    """
    return (["web"] if settings.ON_LOOPBACK and _is_closed() else []) + _silent_clusters()


def _is_closed() -> bool:
    try:
        socket.create_connection((settings.BIND, settings.PORT), timeout=2).close()
    except OSError:
        return True
    return False


def _silent_clusters() -> list[str]:
    since = timezone.now() - timedelta(seconds=settings.STUDIO["BEAT_SILENT_S"])
    alive = set(Heartbeat.objects.filter(beaten_at__gte=since).values_list("name", flat=True))
    return [name for name in settings.CLUSTERS if name not in alive]


def has_ended(take: Generation) -> bool:
    """Nothing more happens to it by itself. An uncertain one may still be looked up at its gateway."""
    looked_up = take.status == Status.UNCERTAIN and take.next_poll_at is not None
    waits = take.status in WAITS_FOR_A_PERSON and not looked_up
    return take.is_final or waits or take.parked_at is not None


def in_words(take: Generation) -> str:
    """``Generating 45 %``; with the reason where it waits."""
    words = take.get_status_display()
    late = take.deadline_at is not None and take.deadline_at < timezone.now()
    if take.status == Status.RUNNING and late:
        words += ", overdue"
    if take.status == Status.STORING and take.bytes_total:
        return f"{words} {take.bytes_done / take.bytes_total:.0%}"
    if take.status == Status.RUNNING and take.progress:
        words += f" {_share(take):.0%}"
    return f"{words}: {take.wait_reason}" if take.wait_reason else words


def _share(take: Generation) -> float:
    """Progress from 0 to 1; gateways tell it in either unit."""
    if take.status == Status.STORING and take.bytes_total:
        return take.bytes_done / take.bytes_total
    value = take.progress or 0.0
    return min(value / 100 if value > 1 else value, 1.0)


class Watch:
    """Follows takes until nothing more happens to them by itself."""

    def __init__(self, out: Any, takes: Sequence[Generation], *, every_s: float = 0.5) -> None:
        self.out, self.ids, self.every_s = out, [take.pk for take in takes], every_s
        self.tty = bool(getattr(out, "isatty", lambda: False)())
        self.began = time.monotonic()
        self._said: dict[Any, str] = {}

    def run(self) -> list[Generation]:
        """The takes as they ended, in the order they were made."""
        while True:
            rows = Generation.objects.select_related("project", "account").in_bulk(self.ids)
            takes = [rows[pk] for pk in self.ids if pk in rows]
            self._show(takes)
            if all(has_ended(take) for take in takes):
                self._end_line()
                return takes
            time.sleep(self.every_s)

    def _show(self, takes: list[Generation]) -> None:
        if self.tty:
            self.out.write("\r\x1b[K" + self._bar(takes), ending="")
            self.out.flush()
            return
        for number, take in enumerate(takes, 1):
            words = in_words(take)
            if self._said.get(take.pk) != words:
                self._said[take.pk] = words
                before = f"{number}/{len(takes)} " if len(takes) > 1 else ""
                self.out.write(f"{before}{words}")

    def _bar(self, takes: list[Generation]) -> str:
        share = sum(1.0 if take.is_final else _share(take) for take in takes) / len(takes)
        going = next((take for take in takes if not has_ended(take)), takes[-1])
        passed = time.monotonic() - self.began
        known = share > 0 or has_ended(going)
        cells = _filled(share) if known else _walking(passed)
        return f"[{cells}] {passed:.0f} s  {in_words(going)}"[:110]

    def _end_line(self) -> None:
        if self.tty:
            self.out.write("")


def _filled(share: float) -> str:
    full = round(share * BAR)
    return "█" * full + "░" * (BAR - full)


def _walking(seconds: float) -> str:
    """Most gateways tell no progress; then a block walks, and no share is made up."""
    at = int(seconds * 4) % (BAR - 3)
    return "░" * at + "███" + "░" * (BAR - 3 - at)


def report(out: Any, take: Generation) -> int:
    """What became of a take, what it cost and what to do now; returns the exit code."""
    out.write(f"{take.get_status_display()}: {settings.PUBLIC_URL}{take.get_absolute_url()}")
    match take.status:
        case Status.COMPLETED:
            out.write(f"Cost: {_dollars(take.actual_usd)} ({take.actual_basis or take.price_basis})")
            clip = take.outputs.filter(kind="video").first()
            out.write(f"Clip: {media_store().path(clip.file)}" if clip else "The clip is gone.")
            return DONE
        case Status.FAILED:
            meaning = meaning_of(take)
            out.write(f"{meaning.title}: {take.failure_message}")
            out.write(f"{money.failed(take)} {meaning.next_step}")
            return FAILED
        case Status.NEEDS_CONSENT:
            out.write("The gateway asks a person to attest. Nothing has been charged.")
            out.write("Open that page, read, tick.")
            return WAITS
        case Status.UNCERTAIN:
            again = money.submitting_again(take).words
            out.write(f"It was sent, and the answer is not known. {money.uncertain(take)}")
            out.write(f"On that page choose “{again}” or “Drop it”.")
            return WAITS
    if take.parked_at:
        out.write(
            "The studio has tried often enough and waits for you: open that page; resume it or give it up."
        )
        return WAITS
    return FAILED


def _dollars(amount: Any) -> str:
    return "not known" if amount is None else f"${amount:.2f}"


def price_line(amount: Any, basis: str, count: int = 1) -> str:
    """``Price: $1.50 (estimated), 2 takes of $0.75``"""
    if amount is None:
        return "Price: not known for these settings"
    each = f", {count} takes of {_dollars(amount)}" if count > 1 else ""
    return f"Price: {_dollars(amount * count)} ({basis}){each}"
