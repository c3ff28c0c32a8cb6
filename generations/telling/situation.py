"""How a take stands, in words: what happens now, what it means for the money, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generations.models import IN_FLIGHT, Generation, Status
from generations.services import failures
from generations.services.carry import words_of

from . import dollars


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


def _money_waits(take: Generation) -> str:
    if take.account.sandbox:
        return _("Sandbox: nothing is charged.")
    if take.held_usd is None:
        return _("The price of this take is not known.")
    return _("%(sum)s is held until it ends.") % {"sum": dollars(take.held_usd)}


def _queued(take: Generation, expected_s: float | None) -> Situation:
    if take.parked_at:
        return Situation(
            _("Stopped, waits for a person"), take.wait_reason, _money_waits(take), _("Resume, or cancel it.")
        )
    words = take.wait_reason or _("It starts as soon as there is a free place at the gateway.")
    return Situation(
        _("Queued"), words, _money_waits(take), since=take.created_at, elapsed_s=_age(take.created_at)
    )


def _sending(take: Generation, expected_s: float | None) -> Situation:
    words = _("The request is on its way to %(gateway)s.") % {"gateway": take.account.adapter.label}
    return Situation(_("Sending"), words, _money_waits(take))


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
        _money_waits(take),
        since=began,
        elapsed_s=_age(began),
        expected_s=expected_s,
        overdue=overdue,
    )


def _storing(take: Generation, expected_s: float | None) -> Situation:
    words = _(
        "The clip is finished at the gateway and is being fetched. "
        "It counts as completed once it is safe here."
    )
    if take.parked_at:
        stopped = _("Fetching the clip failed several times. It is still at the gateway.")
        return Situation(
            _("Not stored yet"),
            f"{stopped} {take.wait_reason}".strip(),
            _money_waits(take),
            _("Resume fetches it again, free of charge."),
            keeps_until=take.result_expires_at,
        )
    return Situation(
        _("Storing"),
        f"{words} {take.wait_reason}".strip(),
        _money_waits(take),
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
    looking = _("The gateway's own list is being searched for it.") if take.next_poll_at else ""
    if take.account.sandbox:
        money = _("Sandbox: nothing is charged.")
    elif take.held_usd is None:
        money = _("It may have been billed.")
    else:
        money = _("It may have been billed; %(sum)s stays held.") % {"sum": dollars(take.held_usd)}
    return Situation(
        _("Uncertain, may have been billed"),
        f"{take.wait_reason} {sentence}".strip(),
        money,
        looking or _("Look at your account at the gateway, then choose."),
        icon="circle-help",
    )


def _failed(take: Generation, expected_s: float | None) -> Situation:
    meaning = failures.meaning_of(take)
    return Situation(
        str(meaning.title),
        take.failure_message,
        failures.money_sentence(take),
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
        return Situation(title, words, _money_waits(take), icon="circle-slash")
    if take.completed_at:
        words = _("The gateway finished it all the same; the clip is kept in the trash.")
        return Situation(title, words, icon="circle-slash")
    return Situation(title, "", _money_of_cancelled(take), icon="circle-slash")


def _money_of_cancelled(take: Generation) -> str:
    if take.actual_usd:
        return _("%(sum)s was charged.") % {"sum": dollars(take.actual_usd)}
    if take.submitted_at and not take.job_id and not take.account.sandbox:
        return _("The held sum was released. If the gateway made it all the same, its bill shows it.")
    return _("Nothing was charged.")


def _age(moment: datetime | None) -> float | None:
    return (timezone.now() - moment).total_seconds() if moment else None


def trash_days_left(take: Generation, days: float) -> int | None:
    if take.trashed_at is None:
        return None
    left = take.trashed_at + timedelta(days=days) - timezone.now()
    return max(0, ceil(left / timedelta(days=1)))


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
