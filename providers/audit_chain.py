"""The chain of the audit log. Every line gets a number and a digest of itself and of the line before, so that
one that was changed, taken out or slipped in shows; a seal with the studio's key, so that nobody who can only
write into the database makes a chain of their own.

Lines are linked right after the change that wrote them was committed, for the chain has one end, and two
changes must not wait for each other there. A worker that dies in between leaves its line unlinked for whoever
comes next, and for the daily look. What a chain cannot show by itself is that its last lines were cut off:
for that, keep the end that ``verify_audit`` prints.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import secrets
from .canonical import digest
from .models.audit import AuditEvent, AuditLink

log = logging.getLogger(__name__)
PURPOSE = "audit"  # of the key that seals
_AT_ONCE = 500
_TRIES = 5
_SOON = timedelta(minutes=5)  # in which a line gets its place
_MOST_TOLD = 20


def soon(instance: AuditEvent, **_more: Any) -> None:
    """Once a new line is committed; connected to the saving of one."""
    transaction.on_commit(lambda: _link([instance.pk]), robust=True)


def link_new(after_each: Callable[[], None] = lambda: None) -> int:
    """Give every line that has none its place in the chain: those of before there was one, and of workers
    that died. Looks through the whole log.

    :param after_each: is called after each portion.
    :returns: how many.
    """
    done = last = 0
    while some := _unlinked(last):
        done, last = done + _link(some), some[-1]
        after_each()
    return done


def _unlinked(after: int) -> list[int]:
    rows = AuditEvent.objects.filter(link=None, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:_AT_ONCE])


def _link(events: Sequence[int]) -> int:
    for _try in range(_TRIES):
        try:
            return _link_some(events)
        except IntegrityError:  # somebody else was at the end of the chain at this moment
            continue
    log.warning("audit log: lines wait for their place in the chain")
    return 0


@transaction.atomic
def _link_some(events: Sequence[int]) -> int:
    last = AuditLink.objects.select_for_update().order_by("-number").first()
    number, previous = (last.number, last.digest) if last else (0, "")
    links = []
    for event in AuditEvent.objects.filter(pk__in=events, link=None).order_by("pk"):
        number += 1
        said = digest(line_of(event, number, previous))
        seal = secrets.mac(PURPOSE, said)
        links.append(AuditLink(number=number, event=event, previous=previous, digest=said, seal=seal))
        previous = said
    AuditLink.objects.bulk_create(links)
    return len(links)


def line_of(event: AuditEvent, number: int, previous: str) -> dict[str, Any]:
    """What the digest is taken of, and what an export has of each line."""
    return {
        "number": number,
        "previous": previous,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "actor_id": str(event.actor_id) if event.actor_id else None,
        "actor_name": event.actor_name,
        "verb": event.verb,
        "subject": event.subject,
        "subject_id": event.subject_id,
        "before": event.before,
        "after": event.after,
        "address": event.address,
    }


@dataclass
class Report:
    """:ivar wrong: why the log cannot be relied on, the first ones in words; ``faults`` counts all, ``first``
        is the line of the first one (0: of none).
    :ivar notes: what was not looked at. ``end``: number and digest of the last line.
    :ivar covered, unproven: lines whose seal is of a key that is gone; see ``_look_at_seal``.
    """

    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: int = 0
    first: int = 0
    lines: int = 0
    end: tuple[int, str] = (0, "")
    covered: int = 0
    unproven: int = 0

    @property
    def ok(self) -> bool:
        return not self.faults

    def fault(self, words: str, number: int = 0) -> None:
        self.faults += 1
        self.first = self.first or number
        if len(self.wrong) < _MOST_TOLD:
            self.wrong.append(words)


def verify(expected: tuple[int, str] | None = None) -> Report:
    """Read the whole log, a portion at a time.

    :param expected: the end that an earlier look printed; it has to be there still.
    """
    report = Report()
    if expected:
        look_for(report, *expected)
    while go_on(report):
        pass
    finish(report)
    return report


def look_for(report: Report, number: int, said: str) -> None:
    """A line that was the end once has to be there still: else it was changed, or the end was cut off."""
    if not AuditLink.objects.filter(number=number, digest=said).exists():
        report.fault(_("Line %(n)d is not the one that was expected there.") % {"n": number}, number)


def go_on(report: Report, most: int = _AT_ONCE) -> bool:
    """Read on from the report's end. Returns whether there was anything left to read."""
    rows = AuditLink.objects.select_related("event").filter(number__gt=report.end[0])
    found = list(rows.order_by("number")[:most])
    for link in found:
        _check_place(report, link)
        if digest(line_of(link.event, link.number, link.previous)) != link.digest:
            report.fault(_("Line %(n)d was changed.") % {"n": link.number}, link.number)
        _look_at_seal(report, link)
        report.lines += 1
        report.end = (link.number, link.digest)
    return bool(found)


def _look_at_seal(report: Report, link: AuditLink) -> None:
    """A seal stands for its line and, by the chain, for all lines before it; so a key that is gone does no
    harm where a later line's seal fits."""
    fits = secrets.mac_fits(PURPOSE, link.digest, link.seal)
    if fits:
        report.covered, report.unproven = report.covered + report.unproven, 0
    elif fits is None:
        report.unproven += 1
    else:
        words = _("The seal of line %(n)d was not made by this studio.")
        report.fault(words % {"n": link.number}, link.number)


def finish(report: Report) -> None:
    """What can be said at the end alone: of seals, and of lines without a place."""
    if report.covered:
        words = _("%(n)d lines are sealed with a key that is gone; a later line's seal stands for them.")
        report.notes.append(words % {"n": report.covered})
    if report.unproven:
        words = _("The last %(n)d lines are sealed with a key that is not here; nothing proves them.")
        report.fault(words % {"n": report.unproven}, report.end[0])
    _check_unlinked(report)


def _check_place(report: Report, link: AuditLink) -> None:
    number, previous = report.end
    if link.number != number + 1:
        words = _("Between line %(a)d and line %(b)d something is missing.")
        report.fault(words % {"a": number, "b": link.number}, link.number)
    elif link.previous != previous:
        words = _("Line %(n)d does not follow the one before it.")
        report.fault(words % {"n": link.number}, link.number)


def _check_unlinked(report: Report) -> None:
    rows = AuditEvent.objects.filter(link=None)
    late = rows.filter(at__lt=timezone.now() - _SOON).count()
    if late:
        report.fault(_("%(n)d lines have no place in the chain.") % {"n": late})
    elif waiting := rows.count():
        report.notes.append(_("%(n)d lines are just being added.") % {"n": waiting})
