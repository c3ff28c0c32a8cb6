"""The database half of a sweep's tick: dispatch, recover, claim, and write back what the polls told."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from generations.models import Generation, Status
from providers import accounts as accounting
from providers import former_keys, standings
from providers.gateways.errors import Busy, GatewayError, Lost, Refused
from providers.gateways.values import FailureClass, Job, JobState, Standing
from providers.models import ProviderAccount

from . import attempts, costs, derive, links, polling, reconcile, registrations, rhythm, spent_keys
from .dispatch import dispatch
from .lease import rung_until
from .poller import Asked
from .ring import ring
from .tickets import Later, Ticket, Tickets, load_take, waiting_by_account

logger = logging.getLogger(__name__)
END_KEYS_EVERY_S = 60.0
_ACCOUNT_TROUBLE = (FailureClass.KEY_REJECTED, FailureClass.NO_BALANCE)


class Round:
    """Used from one thread only."""

    def __init__(self) -> None:
        self.accounts: dict[UUID, ProviderAccount] = {}
        self.former: former_keys.ByJob = {}
        self._tickets = Tickets()
        self._waiting: Counter[UUID] = Counter()
        self._looked = 0.0
        self._ended = 0.0
        self._accounts_changed = False
        self._lag_s = 0.0
        self._kept_at: dict[UUID, float] = {}

    def worst_lag_s(self) -> float:
        """Seconds between *due* and *claimed*, the worst since the last call."""
        lag, self._lag_s = self._lag_s, 0.0
        return lag

    def begin(self) -> list[Ticket]:
        """Everything a tick does before its polls; returns the takes to ask about."""
        if time.monotonic() - self._looked > settings.STUDIO["RECOVER_EVERY_S"]:
            self._looked = time.monotonic()
            self._look_around()
        dispatch()
        now = timezone.now()
        paused = [pk for pk, account in self.accounts.items() if account.rests(now)]
        due = self._tickets.claim(paused)
        for ticket in due:
            self._lag_s = max(self._lag_s, (now - ticket.due_at).total_seconds())
        if any(self._is_news(ticket) for ticket in due):
            self._load_accounts()
        return due

    def _is_news(self, ticket: Ticket) -> bool:
        """Of an account, or sent with a key, that was not there when the accounts were read."""
        account = self.accounts.get(ticket.account_id)
        return account is None or (ticket.key_no or 0) > account.keys_saved

    def _look_around(self) -> None:
        self._load_accounts()
        self._waiting = waiting_by_account()
        if self.former and time.monotonic() - self._ended > END_KEYS_EVERY_S:
            self._ended = time.monotonic()
            spent_keys.end(self.former.values())
        attempts.recover_submitting()
        ring_waiting_results()
        derive.ring_missing()
        costs.ring_due()
        links.ring_waiting()
        registrations.ring_due()

    def _load_accounts(self) -> None:
        self.accounts = {account.pk: account for account in ProviderAccount.objects.all()}
        self.former = former_keys.all_by_job()
        self._accounts_changed = False

    def write_back(self, asked: Sequence[Asked]) -> None:
        """Act on every answer; takes that have not moved are written in one go. Accounts that an answer has
        paused are read once, for the next turn."""
        now = timezone.now()
        later = [item for item in (self._act(entry, now) for entry in asked) if item is not None]
        self._tickets.write_back(later)
        if self._accounts_changed:
            self._load_accounts()
        self._keep_standings({entry.ticket.account_id: entry.standing for entry in asked if entry.standing})

    def _keep_standings(self, told: Mapping[UUID, Standing]) -> None:
        """Of each account once in a while; ``keep`` would find out too, by a query a tick."""
        for account_id, standing in told.items():
            rested_s = time.monotonic() - self._kept_at.get(account_id, float("-inf"))
            if rested_s > standings.REST.total_seconds():
                self._kept_at[account_id] = time.monotonic()
                standings.keep(account_id, standing)

    def _act(self, entry: Asked, now: datetime) -> Later | None:
        ticket, answer = entry.ticket, entry.answer
        if isinstance(answer, list):
            return self._found(ticket, answer)
        if isinstance(answer, GatewayError):
            return self._trouble(ticket, answer, now)
        ticket.errors = ticket.faults = ticket.denials = 0
        if answer.state in (JobState.QUEUED, JobState.RUNNING):
            return self._still_running(ticket, answer, now)
        self._with_take(ticket, lambda take: polling.apply(take, answer))
        return None

    def _still_running(self, ticket: Ticket, job: Job, now: datetime) -> Later:
        if job.handle != ticket.job.handle:  # what its adapter learnt, such as another way to ask
            rows = Generation.objects.filter(pk=ticket.take_id, version=ticket.version)
            rows.update(job_handle=dict(job.handle))
            ticket.job = replace(ticket.job, handle=job.handle)
        overdue = ticket.is_overdue(now)
        if overdue and not ticket.overdue_noted:
            ticket.overdue_noted = True
            if self._with_take(ticket, polling.note_overdue):
                return Later(ticket, ticket.next_at(now, self._wait(ticket, now, overdue=True)))
        told = job.progress is not None or job.eta_s is not None
        at = ticket.next_at(now, self._wait(ticket, now, overdue))
        return Later(ticket, at, job.progress, job.eta_s, told)

    def _wait(self, ticket: Ticket, now: datetime, overdue: bool) -> float:
        account = self.accounts[ticket.account_id]
        return rhythm.interval_s(
            ticket.age_s(now),
            overdue=overdue,
            together=self._waiting[ticket.account_id],
            polls_per_min=account.polls_per_min,
        )

    def _trouble(self, ticket: Ticket, error: GatewayError, now: datetime) -> Later | None:
        """A poll that failed says nothing about the job, unless the gateway denies it, or fails in a way
        that may be the job's end, again and again."""
        account = self.accounts[ticket.account_id]
        if isinstance(error, Busy):
            return self._busy(ticket, error, now)
        if former_keys.fell(account.pk, ticket.key_no, error):
            self._load_accounts()
            return Later(ticket, now)
        of_account = isinstance(error, Refused) and error.failure_class in _ACCOUNT_TROUBLE
        if isinstance(error, Refused) and of_account and not self._made_by_former(ticket):
            with suppress(Refused):  # a key that cannot be read pauses its account by itself
                accounting.readable_key(account)
                accounting.note_refusal(account.pk, error.failure_class)
            self._accounts_changed = True
        if isinstance(error, Lost):
            ticket.denials += 1
            if ticket.denials >= account.adapter.lost_after:
                self._with_take(ticket, lambda take: polling.lost(take, error))
                return None
        if self._is_over(ticket, error):
            self._with_take(ticket, lambda take: polling.given_up(take, error))
            return None
        ticket.errors += 1
        return self._ask_again(ticket, now)

    def _busy(self, ticket: Ticket, error: Busy, now: datetime) -> Later:
        """As late as the gateway asked, or else ever later, but never for long beside the time for which it
        keeps results; its other takes wait for the shortest time."""
        account = self.accounts[ticket.account_id]
        if not self._made_by_former(ticket):
            accounting.rest(account.pk, rhythm.busy_wait_s(account.adapter, error.retry_after_s, 0))
            self._accounts_changed = True
        wait_s = rhythm.busy_wait_s(account.adapter, error.retry_after_s, ticket.errors)
        if error.retry_after_s is None:
            wait_s = min(wait_s, account.adapter.keeps_results_s / 10)
        ticket.errors += 1
        return self._no_sooner(ticket, now, wait_s + rhythm.interval_s(0))

    def _made_by_former(self, ticket: Ticket) -> bool:
        """What is said to a former key is no word about the account."""
        account = self.accounts[ticket.account_id]
        return former_keys.among(self.former, account, ticket.key_no) is not None

    def _is_over(self, ticket: Ticket, error: GatewayError) -> bool:
        """Whether this failure has come so often in a row that it is the job's end. What speaks of the key
        or the balance is none, and what never reached the gateway is not counted."""
        most = self.accounts[ticket.account_id].adapter.ends_after.get(error.status or 0)
        about_account = isinstance(error, Refused) and error.failure_class in _ACCOUNT_TROUBLE
        if most is None or about_account:
            return False
        ticket.faults += 1
        return ticket.faults >= most

    def _ask_again(self, ticket: Ticket, now: datetime) -> Later:
        """After a failure: later and later."""
        return self._no_sooner(ticket, now, rhythm.back_off_s(ticket.errors))

    def _no_sooner(self, ticket: Ticket, now: datetime, wait_s: float) -> Later:
        """Past its deadline no sooner than any overdue take."""
        if ticket.is_overdue(now):
            wait_s = max(wait_s, self._wait(ticket, now, overdue=True))
        return Later(ticket, now + timedelta(seconds=wait_s))

    def _found(self, ticket: Ticket, listed: list[Any]) -> Later | None:
        """The gateway's list, for a take whose submit got no answer."""
        if self._with_take(ticket, lambda take: reconcile.adopt(take, listed)):
            return None
        if not self._with_take(ticket, reconcile.look_again_at):
            return None
        now = timezone.now()
        return Later(ticket, now + timedelta(seconds=rhythm.interval_s(ticket.age_s(now))))

    def _with_take(self, ticket: Ticket, act: Any) -> bool:
        """Run ``act`` on the fresh row; a fault in it must not stop the others."""
        take = load_take(ticket.take_id)
        if take is None or take.version != ticket.version:
            self._tickets.forget(ticket.take_id)
            return False
        try:
            return bool(act(take))
        except Exception:
            logger.exception("acting on take %s", ticket.take_id)
            return False


def ring_waiting_results() -> int:
    """Ring again for files that nobody is fetching.

    :returns: how many were rung.
    """
    now = timezone.now()
    storing = Generation.objects.lease_over(Status.STORING, now).filter(parked_at=None)
    discarded = Generation.objects.lease_over(Status.CANCELLED, now).filter(
        finished_at__isnull=False,
        completed_at=None,
        ended_at__isnull=False,
        parked_at=None,
        next_poll_at=None,
    )
    soonest = storing.order_by(F("result_expires_at").asc(nulls_last=True), "id")
    ids = [*soonest.values_list("pk", flat=True)[:200], *discarded.values_list("pk", flat=True)[:50]]
    for take_id in ids:
        Generation.objects.filter(pk=take_id).update(**rung_until(settings.STUDIO["RING_AGAIN_S"]))
        ring("store", take_id)
    return len(ids)
