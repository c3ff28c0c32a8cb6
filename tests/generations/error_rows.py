"""Run rows of the gateways' error tables through the whole line, many takes in one database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from generations.models import Generation, Status
from generations.telling import situation
from providers import ledger
from providers.models import ProviderAccount
from tests.generations.desk import Desk
from tests.generations.pipeline import Line

MOST_POLLS = 9  # after so many Venice's 500 is believed to be the job's end
ON = "goes on"  # running, or finished and being stored
TRIED_AGAIN = " It is tried again "  # what follows depends on the clock


@dataclass(frozen=True)
class Outcome:
    """What became of a take. ``first`` is its status after the first answer, ``then`` when the line has gone
    on: another turn of the dispatcher, or polls until it moved. ``says`` is the sentence that people read,
    ``rests`` whether the account stood still after a submit (polls are asked together, so it is not looked at
    there), ``held`` whether its money is still held, ``jobs`` how many the gateway has on its bill, and
    ``polls`` how many told nothing until it moved."""

    first: str
    then: str
    failure_class: str
    billed: bool | None
    says: str
    rests: bool
    held: bool
    jobs: int
    polls: int = 0


def run_submits(studio: Line, desk: Desk, words: Iterable[str]) -> dict[str, Outcome]:
    """Each take is sent; then what may be sent a second time is."""
    _widen(desk)
    seen = {word: _submit(studio, desk, word) for word in words}
    jobs, holds = _jobs(desk), _holds()
    return {word: _sent(*told, jobs, holds) for word, told in seen.items()}


def _submit(studio: Line, desk: Desk, word: str) -> tuple[Generation, str, str, bool]:
    take = desk.take(_prompt(desk, word))
    studio.send()
    take = Generation.objects.select_related("model", "account").get(pk=take.pk)
    first, says, rests = take.status, situation.of(take).sentence, take.account.paused_until is not None
    _end_waits(desk)
    studio.send()
    take.refresh_from_db()
    return take, first, says, rests


def _sent(
    take: Generation, first: str, says: str, rests: bool, jobs: list[str], holds: set[object]
) -> Outcome:
    made, held = jobs.count(take.prompt), take.pk in holds
    return Outcome(
        first, take.status, take.failure_class, take.failure_billed, _timeless(says), rests, held, made
    )


def _timeless(says: str) -> str:
    before, tried, _when = says.partition(TRIED_AGAIN)
    return before + tried


def run_polls(studio: Line, desk: Desk, words: Iterable[str]) -> dict[str, Outcome]:
    """All takes are asked about together, again and again, until each has moved."""
    _widen(desk)
    takes = {word: desk.take(_prompt(desk, word)) for word in words}
    studio.send()
    firsts: dict[str, str] = {}
    idle = dict.fromkeys(takes, 0)
    for _ in range(MOST_POLLS):
        _end_waits(desk)
        Generation.objects.exclude(next_poll_at=None).update(next_poll_at=timezone.now())
        studio.tick()
        now = Generation.objects.in_bulk([take.pk for take in takes.values()])
        takes = {word: now[take.pk] for word, take in takes.items()}
        for word, take in takes.items():
            firsts.setdefault(word, take.status)
            idle[word] += take.status == Status.RUNNING and take.poll_errors > 0
    jobs, holds = _jobs(desk), _holds()
    return {word: _polled(take, firsts[word], idle[word], jobs, holds) for word, take in takes.items()}


def _polled(take: Generation, first: str, idle: int, jobs: list[str], holds: set[object]) -> Outcome:
    moves = take.status in (Status.RUNNING, Status.STORING) and not take.poll_errors
    says = take.failure_message if take.status == Status.FAILED else ""
    made, held = jobs.count(take.prompt), take.pk in holds
    then = ON if moves else take.status
    return Outcome(first, then, take.failure_class, take.failure_billed, says, False, held, made, polls=idle)


def _prompt(desk: Desk, word: str) -> str:
    """Of no other module: the sandbox counts and remembers by the words."""
    return desk.prompt(word).replace("on a pond", "on a table")


def _widen(desk: Desk) -> None:
    """Room for every take at once."""
    ProviderAccount.objects.filter(pk=desk.account.pk).update(max_in_flight=1000, submits_per_min=1000)


def _end_waits(desk: Desk) -> None:
    """As if the account's rest and the takes' pauses were over."""
    ProviderAccount.objects.filter(pk=desk.account.pk).update(paused_until=None, pause_reason="")
    Generation.objects.filter(status=Status.QUEUED).update(not_before=None)


def _jobs(desk: Desk) -> list[str]:
    return [entry["prompt"] for entry in desk.sandbox.bill() if entry["dialect"] == desk.account.gateway]


def _holds() -> set[object]:
    return {hold.take_id for hold in ledger.open_holds()}
