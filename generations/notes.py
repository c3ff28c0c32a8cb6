"""What the page of one take shows of its notes: both sides, each in the order of frames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations import note_markers
from generations.media import rates
from generations.models import Audience, Comment, Generation, Notification, Verb
from generations.services import note_people
from generations.services.threads import threads_of

FORMATS = (("csv", "CSV"), ("otio", "OTIO"), ("edl", "EDL"), ("fcpxml", "FCP XML"))
ANY_RATE = ("csv", "otio")
MOST_LINES = 3  # of a checklist, in a sentence
SIDES = ((Audience.INTERNAL, "lock"), (Audience.CLIENT, "users"))


def notes(
    request: HttpRequest, take: Generation, player: dict[str, Any] | None, may: dict[str, bool]
) -> dict[str, Any] | None:
    """None for a take without a clip, whose page is laid out otherwise.

    :returns: ``sides``, each with its threads; ``people`` who can be named; ``may_write``, else ``why_not``;
        ``given``: what a form without scripts could not send.
    """
    if player is None:
        return None
    rate = Fraction(player["rate"])
    people = list(note_people.people_of(take.project_id))
    names = [name for person in people for name in (person.display_name, person.username)]
    why_not = _why_not(take, may)
    look = _Look(request.user, take, rate, names, may, is_open=not why_not)
    threads = threads_of(take, list(Audience))
    sides = [_side(request, side, icon, threads, look) for side, icon in SIDES]
    why = note_markers.why_not(rate)
    return {
        "sides": sides,
        "side": _chosen(request),
        "formats": [one for one in FORMATS if not why or one[0] in ANY_RATE],
        "why_few": why if any(side["threads"] for side in sides) else "",
        "people": _named(people),
        "may_write": not why_not,
        "why_not": why_not,
        "unseen": Notification.objects.unseen().filter(person=request.user, generation=take).exists(),
        "given": request.POST if request.POST.get("note") else {},
    }


def _why_not(take: Generation, may: dict[str, bool]) -> str:
    if not may[Verb.COMMENT]:
        return _("Your role in this project reads notes and writes none.")
    if take.project.archived_at:
        return _("The project is archived; its notes stay as they are.")
    return _("The take is in the trash; its notes stay as they are.") if take.trashed_at else ""


def _chosen(request: HttpRequest) -> str:
    asked = request.POST.get("audience") or request.GET.get("side")
    return asked if asked in Audience.values else Audience.INTERNAL.value


def _side(
    request: HttpRequest, side: Audience, icon: str, threads: Sequence[Comment], look: _Look
) -> dict[str, Any]:
    mine = [thread for thread in threads if thread.audience == side]
    return {
        "name": side.value,
        "label": side.label,
        "icon": icon,
        "url": f"{look.take.get_absolute_url()}?side={side.value}#review",
        "is_shown": side == _chosen(request),
        "open": sum(not thread.resolved_at and not thread.deleted_at for thread in mine),
        "done": sum(bool(thread.resolved_at) and not thread.deleted_at for thread in mine),
        "threads": [look.thread(thread) for thread in mine],
    }


def _named(people: Iterable[Any]) -> list[dict[str, str]]:
    """``insert``: what stands for them after the @; the user name where two are called the same."""
    rows = [(str(person.display_name or person.username), person.username) for person in people]
    called = [name.casefold() for name, _user in rows]
    return [
        {"name": name, "user": user, "insert": name if called.count(name.casefold()) == 1 else user}
        for name, user in rows
    ]


def _left_open(checklist: Sequence[Any]) -> str:
    """What is asked before a note is resolved whose lines are not all ticked; empty where they are."""
    lines = [item["text"] for item in checklist if not item["done"]]
    if not lines:
        return ""
    named = [f"“{text}”" for text in lines[:MOST_LINES]]
    if rest := len(lines) - len(named):
        named.append(ngettext("%(n)d more", "%(n)d more", rest) % {"n": rest})
    words = ngettext(
        "%(n)d line of its checklist is not ticked: %(lines)s. It stays as it is.",
        "%(n)d lines of its checklist are not ticked: %(lines)s. They stay as they are.",
        len(lines),
    )
    return words % {"n": len(lines), "lines": ", ".join(named)}


class _Look:
    """How one person sees the notes of one take."""

    def __init__(
        self,
        user: Any,
        take: Generation,
        rate: Fraction,
        names: Sequence[str],
        may: dict[str, bool],
        *,
        is_open: bool,
    ) -> None:
        self.user, self.take, self.rate, self.names = user, take, rate, names
        self.manages, self.is_open = may[Verb.MANAGE], is_open

    def thread(self, row: Comment) -> dict[str, Any]:
        is_done = row.resolved_at is not None
        return {
            **self.one(row),
            "code": self._code(row.frame),
            "code_end": self._code(row.frame_end),
            "drawing_url": self._url("note-drawing", row) + f"?v={row.version}" if row.drawing else "",
            "is_done": is_done,
            "resolved_by": str(row.resolved_by) if row.resolved_by else "",
            "resolved_in": row.resolved_in,
            "replies": [self.one(reply) for reply in row.replies.all()],
            "can_resolve": self.is_open and not row.deleted_at,
            "left_open": "" if is_done else _left_open(row.checklist),
            "can_reply": self.is_open and not row.deleted_at,
            "is_open": not is_done and not row.deleted_at,
        }

    def one(self, row: Comment) -> dict[str, Any]:
        mine = row.author_id == self.user.pk
        changes = self.is_open and not row.deleted_at
        return {
            "row": row,
            "id": row.pk,
            "name": row.author_name,
            "is_guest": row.author_id is None,
            "parts": note_people.parts(row.body, self.names),
            "checklist": row.checklist,
            "before": [] if row.deleted_at else list(row.edits.all()),
            "can_edit": changes and mine,
            "can_delete": changes and (mine or self.manages),
        }

    def _url(self, name: str, row: Comment) -> str:
        return reverse(name, args=[self.take.pk, row.pk])

    def _code(self, frame: int | None) -> str:
        return "" if frame is None else rates.timecode(frame, self.rate)
