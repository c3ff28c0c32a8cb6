"""A take's history in words: one sentence for every kind of event that the services write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from generations.models import Audience, Event, Generation

from . import dollars, money

Detail = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """How one kind is told. ``more`` makes a second line from the event's detail; ``free`` is the sentence
    of a sandbox take, where the other one speaks of money."""

    icon: str
    sentence: Promise | str
    more: Callable[[Detail], str] | None = None
    free: Promise | str = ""


@dataclass(frozen=True)
class Line:
    icon: str
    sentence: str
    more: str
    who: str
    at: datetime


def _reason(detail: Detail) -> str:
    return str(detail.get("reason") or detail.get("message") or "")


def _fields(detail: Detail) -> str:
    return ", ".join(f"{name}: {value}" for name, value in detail.get("fields", {}).items())


def _held(detail: Detail) -> str:
    if detail.get("basis") == "sandbox":
        return money.no_cost()
    if detail.get("held_usd") is None:
        return _("The price was not known.")
    return _("%(sum)s held.") % {"sum": dollars(detail["held_usd"])}


def _shots(detail: Detail) -> str:
    gone, came = detail.get("from"), detail.get("to")
    if gone and came:
        return _("From shot %(old)s to shot %(new)s.") % {"old": gone, "new": came}
    if came:
        return _("To shot %(new)s.") % {"new": came}
    return _("Out of shot %(old)s.") % {"old": gone}


def _shot(detail: Detail) -> str:
    return _("Shot %(code)s.") % {"code": detail.get("shot", "")}


def _account(detail: Detail) -> str:
    if "from" not in detail:
        return _("At %(account)s") % {"account": detail.get("account", "")}
    words = _("From %(from)s to %(to)s.") % {"from": detail["from"], "to": detail.get("to", "")}
    return f"{words} {_held(detail)}"


def _hosts(detail: Detail) -> str:
    return _("From %(hosts)s") % {"hosts": ", ".join(detail.get("hosts", []))}


def _job(detail: Detail) -> str:
    return _("Job %(id)s") % {"id": detail["job"]} if detail.get("job") else ""


def _attempt(detail: Detail) -> str:
    number = detail.get("attempt", 1)
    return _("Attempt %(n)s") % {"n": number} if number > 1 else ""


def _refused(detail: Detail) -> str:
    cost = money.billed_or_not(detail.get("billed"), sandbox=detail["sandbox"])
    return f"{_reason(detail)} {cost}".strip()


def _question(detail: Detail) -> str:
    return _("Text %(version)s") % {"version": detail["version"]} if detail.get("version") else ""


def _cost(detail: Detail) -> str:
    now, before = detail.get("usd"), detail.get("before_usd")
    if now is None:
        return ""
    if before is None or Decimal(before) == Decimal(now):
        return dollars(now)
    return _("%(now)s instead of %(before)s") % {"now": dollars(now), "before": dollars(before)}


def _moved(detail: Detail) -> str:
    words = {
        "front": _("before all their others"),
        "up": _("one place forward"),
        "down": _("one place back"),
        "back": _("behind all their others"),
    }
    return words.get(detail.get("to", ""), "")


def _file(detail: Detail) -> str:
    if "sha256" not in detail:
        return ""
    return _("%(bytes)s bytes, SHA-256 %(hash)s…") % {"bytes": detail["bytes"], "hash": detail["sha256"][:12]}


def _made(detail: Detail) -> str:
    names = {
        "poster": _("poster"),
        "small": _("small poster"),
        "strip": _("strip"),
        "last_frame": _("last frame"),
    }
    names |= {"sounded": _("clip with the sound of its source"), "proxy": _("copy to review frame by frame")}
    return ", ".join(names.get(kind, kind) for kind in detail.get("kinds", []))


def _stars(detail: Detail) -> str:
    stars = detail.get("stars", 0)
    return ngettext("%(n)d star", "%(n)d stars", stars) % {"n": stars} if stars else _("Stars taken off")


def _tags(detail: Detail) -> str:
    return ", ".join(detail.get("tags", []))


def _note(detail: Detail) -> str:
    side = _("For the client") if detail.get("audience") == Audience.CLIENT else _("Internal")
    return (
        _("%(side)s, by %(name)s, a guest") % {"side": side, "name": guest}
        if (guest := detail.get("guest"))
        else side
    )


def _asked(detail: Detail) -> str:
    return _("Of %(name)s") % {"name": detail["reviewer"]} if detail.get("reviewer") else ""


TOLD: dict[str, Told] = {
    "created": Told("plus", lazy("Asked for"), _held),
    "inputs fetched": Told("hard-drive-download", lazy("Inputs given as links are here and checked"), _hosts),
    "sending": Told("send", lazy("Sent to the gateway"), _attempt),
    "not sent": Told("rotate-ccw", lazy("Could not be sent; waits for another try"), _reason),
    "sent again": Told("send", lazy("Refused for what it did not say, and sent once more with it"), _fields),
    "accepted": Told("check", lazy("Accepted by the gateway"), _job),
    "uncertain": Told(
        "circle-help", lazy("No clear answer; it may have been billed"), _reason, lazy("No clear answer")
    ),
    "found at the gateway": Told("search", lazy("Found in the gateway's own list"), _job),
    "not found at the gateway": Told("search", lazy("Not found in the gateway's list; a person decides")),
    "consent asked": Told("hand", lazy("Consent asked for; the held sum was released"), _question),
    "consent withdrawn": Told(
        "hand", lazy("Consent was withdrawn before it was sent; the held sum was released"), _question
    ),
    "asked and answered": Told(
        "hand", lazy("The gateway asked what was attested already; sent with the ticks")
    ),
    "attested": Told("shield-check", lazy("Attested and put in line")),
    "overdue": Told("hourglass", lazy("Later than usual; asked about less often from here on")),
    "finished at the gateway": Told(
        "circle-check", lazy("Finished at the gateway; the file is being fetched")
    ),
    "not ready": Told(
        "hourglass", lazy("The gateway said that the file was not ready after all; asked again")
    ),
    "store failed": Told("triangle-alert", lazy("The file could not be stored; tried again"), _reason),
    "went first": Told(
        "hourglass", lazy("Its address ends soon; the download of another take was stopped to fetch it")
    ),
    "damaged file": Told("triangle-alert", lazy("The file cannot be used; it was thrown away"), _reason),
    "given up": Told(
        "circle-slash",
        lazy("Given up, its file could not be stored; the gateway made it, so it counts as paid"),
        _reason,
        lazy("Given up, its file could not be stored"),
    ),
    "parked": Told("pause", lazy("Stopped after several tries; waits for a person"), _reason),
    "stored": Told("hard-drive-download", lazy("Stored and checked"), _file),
    "stored in the trash": Told(
        "hard-drive-download", lazy("Stored in the trash, since it was cancelled"), _file
    ),
    "cost told": Told("receipt", lazy("The gateway told what it cost"), _cost),
    "said to be billed": Told(
        "receipt",
        lazy("Said that the gateway billed it; the sum stands"),
        _reason,
        lazy("Said that the sum stands"),
    ),
    "said not to be billed": Told(
        "receipt",
        lazy("Said that the gateway did not bill it; the money was given back"),
        _reason,
        lazy("Said that the sum was given back"),
    ),
    "derived": Told("image", lazy("Files made of the clip"), _made),
    "sound not put back": Told("image", lazy("The sound of the source could not be put back"), _reason),
    "no proxy": Told("image", lazy("No review proxy could be made; the player shows the original"), _reason),
    "derive_failed": Told("image", lazy("No pictures could be made of the clip"), _reason),
    "failed": Told("circle-x", lazy("Ended without a clip"), _refused),
    "cancelled": Told("circle-slash", lazy("Cancelled")),
    "gateway ended it": Told(
        "circle-slash", lazy("The gateway ended the cancelled job; no clip will come"), _reason
    ),
    "result expired": Told("hourglass", lazy("The result expired before it could be stored")),
    "not stored": Told(
        "circle-slash",
        lazy("The clip of the cancelled take could not be stored; it counts as paid"),
        _reason,
        lazy("The clip of the cancelled take could not be stored"),
    ),
    "moved in line": Told("list", lazy("Moved in line by its author"), _moved),
    "paused": Told("pause", lazy("Paused in line; the held sum stays held"), free=lazy("Paused in line")),
    "unpaused": Told("play", lazy("In line again")),
    "resumed": Told("play", lazy("Resumed; the same job, nothing new to pay")),
    "dropped": Told(
        "circle-slash",
        lazy("Dropped; the held sum was released, though it may have been billed"),
        free=lazy("Dropped"),
    ),
    "answered after it was dropped": Told(
        "hourglass", lazy("The gateway answered after all; it is polled, and a clip goes to the trash"), _job
    ),
    "late answer": Told(
        "hourglass",
        lazy("The gateway answered an earlier attempt, which may be billed"),
        _job,
        lazy("The gateway answered an earlier attempt"),
    ),
    "submitted again": Told(
        "send",
        lazy("Declared lost and put in line again; this may bill twice"),
        free=lazy("Declared lost and put in line again"),
    ),
    "moved to another account": Told(
        "git-compare-arrows", lazy("Moved to another account before it was sent; its hold with it"), _account
    ),
    "run elsewhere": Told("git-compare-arrows", lazy("Made anew at another account"), _account),
    "price found": Told("receipt", lazy("The price became known before it was sent"), _held),
    "new price accepted": Told("receipt", lazy("New price accepted")),
    "picked": Told("flag", lazy("Picked")),
    "rejected": Told("x", lazy("Skipped")),
    "unmarked": Told("flag", lazy("Neither picked nor skipped any more")),
    "rated": Told("star", lazy("Rated"), _stars),
    "tagged": Told("tag", lazy("Tagged"), _tags),
    "untagged": Told("tag", lazy("Tags taken off"), _tags),
    "note written": Told("message-square", lazy("Note written"), _note),
    "note resolved": Told("check", lazy("Note resolved"), _note),
    "note reopened": Told("undo-2", lazy("Note opened again"), _note),
    "note deleted": Told("x", lazy("Note deleted"), _note),
    "stacked": Told("layers", lazy("Became a version of a stack")),
    "unstacked": Told("layers", lazy("Taken out of its stack")),
    "moved to a shot": Told("clapperboard", lazy("Moved"), _shots),
    "chosen for its shot": Told("check", lazy("Chosen for its shot"), _shot),
    "no longer chosen": Told("undo-2", lazy("No longer chosen for its shot"), _shot),
    "put on top": Told("layers", lazy("Put on top of its stack")),
    "asked for review": Told("eye", lazy("Asked for review"), _asked),
    "out of review": Told("undo-2", lazy("No longer in review")),
    "approved": Told("check", lazy("Approved")),
    "changes requested": Told("pencil", lazy("Changes requested")),
    "client took it back": Told("undo-2", lazy("The client took their decision back")),
    "fix came": Told("layers", lazy("Became the version on top: its clip is here")),
    "fix not enough": Told("message-square", lazy("It does not do for its note, which stays open")),
    "signed off": Told("stamp", lazy("Signed off; it cannot be thrown away")),
    "sign-off withdrawn": Told("undo-2", lazy("The sign-off was withdrawn"), _reason),
    "decision taken back": Told("undo-2", lazy("Took the decision back: in review again")),
    "review rejected": Told("x", lazy("Rejected in review")),
    "trashed": Told("trash-2", lazy("Moved to the trash")),
    "purged": Told("trash-2", lazy("Left the trash for good: its files are gone, its recipe stays")),
    "restored": Told("undo-2", lazy("Restored from the trash")),
}
_UNTOLD = Told("info", "")


def lines_of(take: Generation) -> list[Line]:
    """The whole history, newest first."""
    events = take.events.select_related("actor").order_by("-id")
    return [_line(event, take.account.sandbox) for event in events]


def _line(event: Event, sandbox: bool) -> Line:
    told = TOLD.get(event.kind, _UNTOLD)
    more = told.more({**event.detail, "sandbox": sandbox}) if told.more else ""
    who = str(event.actor) if event.actor else str(event.detail.get("guest") or "")
    sentence = str((sandbox and told.free) or told.sentence)
    return Line(told.icon, sentence or event.kind, more, who, event.at)
