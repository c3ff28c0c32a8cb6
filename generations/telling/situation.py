"""How a take stands, in words: what happens now, what it means for the money, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generations.clips import clip_of
from generations.models import IN_FLIGHT, Generation, Status
from generations.services import failures, links
from generations.services.carry import words_of

from . import money
from .sentences import closed

FAR = timedelta(days=365)  # a pause without an end


@dataclass(frozen=True)
class Situation:
    """``since`` is where the clock starts; ``money`` what becomes of it; ``next_step`` one thing to do."""

    title: str
    sentence: str = ""
    money: str = ""
    next_step: str = ""
    hint: str = ""
    icon: str = ""
    since: datetime | None = None
    elapsed_s: float | None = None
    expected_s: float | None = None
    overdue: bool = False
    keeps_until: datetime | None = None


def of(take: Generation, expected_s: float | None = None) -> Situation:
    tell = _TELL.get(Status(take.status))
    return tell(take, expected_s) if tell else Situation(_("Completed"))


def _queued(take: Generation, expected_s: float | None) -> Situation:
    if take.parked_at:
        return Situation(
            _("Stopped, waits for a person"),
            take.wait_reason,
            money.waits_in_line(take),
            _("Resume, or cancel it."),
        )
    if is_paused(take):
        words, then = paused(take), _("Who may spend here lets it go on, or cancels it.")
        return Situation(_("Paused"), words, money.waits_in_line(take), then, icon="pause")
    free = _("It starts as soon as there is a free place at the gateway.")
    words = why_waiting(take, timezone.now()) or free
    return Situation(
        _("Queued"), words, money.waits_in_line(take), since=take.created_at, elapsed_s=_age(take.created_at)
    )


def is_paused(take: Generation) -> bool:
    """Held back in line by its author; a pause ends with the take's wait."""
    return take.status == Status.QUEUED and take.paused_at is not None and take.parked_at is None


def paused(take: Generation) -> str:
    return _("%(name)s paused it. It keeps its turn and is not sent.") % {"name": take.author}


def why_waiting(take: Generation, now: datetime) -> str:
    """Why a take stands still that goes on by itself, and when it is tried again; empty where none does."""
    if take.status not in (Status.QUEUED, Status.STORING):
        return ""
    if take.awaits_inputs and not take.wait_reason:
        return _("Fetching the input from %(hosts)s…") % {"hosts": ", ".join(links.hosts_of(take.request))}
    own = take.account.why_unusable(now) if take.status == Status.QUEUED else ""
    reason = take.wait_reason or own
    then = _next_try(take, now)
    return f"{closed(reason)} {then}" if then else reason


def _next_try(take: Generation, now: datetime) -> str:
    at = _next_try_at(take)
    if at is None or at <= now or at - now > FAR:
        return ""
    if at - now < timedelta(minutes=1):
        return _("It is tried again in less than a minute.")
    local = timezone.localtime(at)
    clock = date_format(local, "H:i" if at - now < timedelta(hours=12) else "j M, H:i")
    return _("It is tried again at %(time)s.") % {"time": f"{clock} {local.tzname() or ''}".rstrip()}


def _next_try_at(take: Generation) -> datetime | None:
    if take.status == Status.STORING:
        return None if take.lease_holder else take.lease_until
    return max(filter(None, (take.not_before, take.account.paused_until)), default=None)


def still_ahead(expected_s: float | None, elapsed_s: float | None) -> float | None:
    """A usual time that has gone by is no news any more."""
    return expected_s if expected_s and expected_s > (elapsed_s or 0) else None


def _sending(take: Generation, expected_s: float | None) -> Situation:
    words = _("The request is on its way to %(gateway)s.") % {"gateway": take.account.adapter.label}
    return Situation(_("Sending"), words, money.waits(take))


def _running(take: Generation, expected_s: float | None) -> Situation:
    began = take.accepted_at or take.submitted_at or take.created_at
    overdue = bool(take.deadline_at and take.deadline_at < timezone.now())
    gateway = take.account.adapter.label
    words = _("%(gateway)s is making the clip. You can leave this page; it goes on by itself.") % {
        "gateway": gateway
    }
    late = _(
        "It takes longer than %(gateway)s usually needs. It is asked about until it gives a definite answer."
    )
    return Situation(
        _("Generating"),
        late % {"gateway": gateway} if overdue else words,
        money.waits(take),
        since=began,
        elapsed_s=_age(began),
        expected_s=still_ahead(expected_s, _age(began)),
        overdue=overdue,
    )


def _storing(take: Generation, expected_s: float | None) -> Situation:
    words = _(
        "The clip is finished at the gateway and is being fetched. "
        "It counts as completed once it is safe here."
    )
    if take.parked_at:
        stopped = _("It is finished at the gateway, but the studio could not store its file.")
        return Situation(
            _("Not stored"),
            f"{stopped} {take.wait_reason}".strip(),
            money.made_but_not_here(take),
            _("Resume fetches it once more, at no cost; give it up to end the take without a clip."),
            icon="pause",
            keeps_until=take.result_expires_at,
        )
    return Situation(
        _("Storing"),
        f"{words} {why_waiting(take, timezone.now())}".strip(),
        money.waits(take),
        since=take.finished_at,
        elapsed_s=_age(take.finished_at),
        keeps_until=take.result_expires_at,
    )


def _needs_consent(take: Generation, expected_s: float | None) -> Situation:
    gateway = take.account.adapter.label
    words = _("%(gateway)s asks about a person in the inputs before it makes this clip.") % {
        "gateway": gateway
    }
    return Situation(
        _("Needs consent"), words, _("Nothing has been charged."), _("Read its text and decide."), icon="hand"
    )


def _uncertain(take: Generation, expected_s: float | None) -> Situation:
    sentence = _("The request was sent and no clear answer came back. It is not sent again by itself.")
    sandbox, real = _("Choose what to do."), _("Look at your account at the gateway, then choose.")
    looking = _("The gateway's own list is being searched for it.") if take.next_poll_at else ""
    return Situation(
        _("Uncertain") if take.account.sandbox else _("Uncertain, may have been billed"),
        f"{closed(take.wait_reason)} {sentence}".strip(),
        money.uncertain(take),
        looking or (sandbox if take.account.sandbox else real),
        icon="circle-help",
    )


def _failed(take: Generation, expected_s: float | None) -> Situation:
    meaning = failures.meaning_of(take)
    return Situation(
        str(meaning.title),
        take.failure_message,
        money.failed(take),
        str(meaning.next_step),
        hint=take.failure_hint,
        icon="ban" if take.failure_class in ("moderation", "refused_locally") else "circle-x",
    )


def _cancelled(take: Generation, expected_s: float | None) -> Situation:
    title = _("Cancelled")
    if take.cancelled_by:
        title = _("Cancelled by %(name)s") % {"name": take.cancelled_by}
    if take.next_poll_at:
        words = _(
            "The gateway had accepted it, so it is asked until it answers; "
            "a clip that comes is kept in the trash."
        )
        return Situation(title, words, money.waits(take), icon="circle-slash")
    if take.completed_at:
        return Situation(title, _end_of_cancelled(take), money.cancelled(take), icon="circle-slash")
    return Situation(title, "", money.cancelled(take), icon="circle-slash")


def _end_of_cancelled(take: Generation) -> str:
    if clip_of(take):
        kept = _("The gateway finished it all the same; the clip is kept in the trash.")
        restored = _("The gateway finished it all the same; here is the clip.")
        return kept if take.trashed_at else restored
    if take.purged_at:
        return _("The gateway finished it all the same; its clip has left the trash for good.")
    return _("The gateway made it, but its file could not be stored here.")


def _age(moment: datetime | None) -> float | None:
    return (timezone.now() - moment).total_seconds() if moment else None


def trash_days_left(take: Generation, days: float) -> int | None:
    if take.trashed_at is None:
        return None
    left = take.trashed_at + timedelta(days=days) - timezone.now()
    return max(0, ceil(left / timedelta(days=1)))


def why_in_trash(take: Generation, thrown_by: Any) -> str:
    """:param thrown_by: the person who moved it there, or None where nobody is known."""
    if not take.is_thrown_away:
        words = _("The clip of a take that %(name)s cancelled")
        return words % {"name": take.cancelled_by} if take.cancelled_by else _("The clip of a cancelled take")
    how = "" if take.status == Status.COMPLETED else f"{take.get_status_display()}. "
    return how + (_("Moved here by %(name)s") % {"name": thrown_by} if thrown_by else _("Moved here"))


def is_busy(take: Generation) -> bool:
    """Something will change by itself soon: the page asks often."""
    return take.status in IN_FLIGHT or take.next_poll_at is not None


_TELL = {
    Status.QUEUED: _queued,
    Status.SUBMITTING: _sending,
    Status.RUNNING: _running,
    Status.STORING: _storing,
    Status.NEEDS_CONSENT: _needs_consent,
    Status.UNCERTAIN: _uncertain,
    Status.FAILED: _failed,
    Status.CANCELLED: _cancelled,
}


_MENDS = {("generate_audio", False): gettext_lazy("Retry without sound")}


def mend_words(mend: Mapping[str, Any]) -> str:
    """What the button says that makes the take again with the change its failure names."""
    (change, *others) = mend.items()
    if not others and change in _MENDS:
        return str(_MENDS[change])
    return _("Retry with: %(changes)s") % {"changes": ", ".join(words_of(*item) for item in mend.items())}
