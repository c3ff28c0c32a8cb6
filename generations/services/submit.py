"""Submit: where a prompt becomes a paid request. Intent, attempt and hold are saved before the first
byte; an answer that did not come is never asked for a second time by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import F, Q, Value
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Generation, Status
from providers import accounts, asking, ledger, standings
from providers.gateways.errors import Ambiguous, Busy, GatewayError, Refused, Unreachable, Unsupported
from providers.gateways.values import ConsentNeeded, Failure, FailureClass
from providers.models import AllowList, ProviderAccount

from . import allowing, attempts, consent, endings, price_check, registrations, rhythm, transitions, withdrawn
from .attempts import this_attempt
from .lease import Lease
from .outgoing import Outgoing, Withdrawn, prepare, registered_in

logger = logging.getLogger(__name__)

MAX_TRIES = 5
MAX_UNREACHABLE = 12
MOST_BUSY_TRIES = 100  # the waits have long been as long as they get


def submit_generation(take_id: str) -> None:
    """Send one queued take to its gateway. Returns at once when there is nothing to do."""
    take = _begin(take_id)
    if take is None or not _account_may(take):
        return
    consented = consent.clearance(take)
    if consented is None or not price_check.holds(take):
        return
    try:
        outgoing = prepare(take)
    except Withdrawn:  # a moment ago
        consent.clearance(take)
        return
    except Refused as error:
        _refuse(take, error, frm=[Status.QUEUED])
        return
    except Unsupported as error:
        endings.fail(take, Failure(FailureClass.REFUSED_LOCALLY, error.message), frm=[Status.QUEUED])
        return
    if _is_allowed(take):
        _send(take, outgoing, consented)


def _begin(take_id: str) -> Generation | None:
    """The queued row, with one more try counted: a worker that dies here every time must not go on."""
    rows = Generation.objects.filter(
        pk=take_id, status=Status.QUEUED, parked_at=None, paused_at=None, awaits_inputs=False
    )
    if not rows.filter(tries__lt=MAX_TRIES).update(tries=F("tries") + 1):
        for take in rows.filter(tries__gte=MAX_TRIES):
            transitions.touch(take, "parked", parked_at=timezone.now())
        return None
    return Generation.objects.select_related("model", "account", "project", "author").get(pk=take_id)


def _account_may(take: Generation) -> bool:
    reason = take.account.why_unusable()
    if reason:
        # another attempt may wait at another account by now
        Generation.objects.filter(this_attempt(take), pk=take.pk, status=Status.QUEUED).update(
            wait_reason=reason, lease_until=None, tries=0
        )
    return not reason


def _is_allowed(take: Generation) -> bool:
    """Whether whoever pays may still ask for this. A list that was tightened while the take stood in line
    ends it: it would spend what an administrator has just forbidden, or wait with its money held for a
    change that may never come."""
    if not AllowList.objects.exists():
        return True
    payer = get_user_model().objects.filter(pk__in=_payer_of(take)).first() or take.author
    problems = allowing.problems_with_take(allowing.lists_for(payer, take.project), take)
    if problems:
        told = _("It was in line when this was changed. Nothing was sent.")
        words = f"{allowing.words_of(problems)} {told}"
        failure = Failure(FailureClass.REFUSED_LOCALLY, words, billed=False, code="allow_list")
        endings.fail(take, failure, frm=[Status.QUEUED])
    return not problems


def _payer_of(take: Generation) -> list[Any]:
    held = ledger.lines_of(take.pk).filter(attempt=take.attempt, kind="hold")
    return list(held.values_list("person_id", flat=True))


def _send(take: Generation, outgoing: Outgoing, consented: Q) -> None:
    lease = Lease(settings.STUDIO["SUBMIT_LEASE_S"])
    claimed = lease.claim_by_move(
        take,
        Status.SUBMITTING,
        frm=[Status.QUEUED],
        kind="sending",
        guard=this_attempt(take)
        & consented
        & withdrawn.none_of(outgoing.registered, sandbox=take.account.sandbox)
        & Q(paused_at=None)
        # whoever stops the account, or changes its key, a moment ago stops this take as well
        & Q(account__in=ProviderAccount.objects.usable().filter(key_no=take.account.key_no).values("pk")),
        detail={"attempt": take.attempt},
        submitted_at=timezone.now(),
        key_no=take.account.key_no,
        recipe=outgoing.recipe,
        wait_reason="",
        tries=0,
    )
    if not claimed:
        return  # another worker has it, it was paused, or consent was withdrawn: the next bell finds out
    with lease:
        _exchange(take, outgoing)


def _exchange(take: Generation, outgoing: Outgoing) -> None:
    client = None
    try:
        client = accounts.client_for(take.account)
        answer = client.submit(outgoing.request, outgoing.capabilities)
    except GatewayError as error:
        _no_job(take, error)
    else:
        if isinstance(answer, ConsentNeeded):
            consent.gateway_asks(take, answer)
        else:
            attempts.accept(take, answer)
    if client is not None:
        if client.sent_again:
            _tell_second(take, outgoing, client.sent_again)
        standings.keep(take.account_id, client.standing, at_once=True)


def _tell_second(take: Generation, outgoing: Outgoing, fields: Mapping[str, Any]) -> None:
    """The recipe names what went out last; a recipe of another attempt is left alone."""
    sent = outgoing.recipe["sent"]
    recipe = {**outgoing.recipe, "sent": {**sent, "body": {**sent["body"], **fields}}}
    Generation.objects.filter(pk=take.pk, recipe__attempt=take.attempt).update(recipe=recipe)
    transitions.record(take.pk, take.project_id, "sent again", detail={"fields": dict(fields)})


def _no_job(take: Generation, error: GatewayError) -> None:
    match error:
        case Busy():
            _busy(take, error)
        case Unreachable():
            _unreachable(take, error)
        case Refused() if error.again_after_s is not None and not take.poll_errors:
            later = timezone.now() + timedelta(seconds=error.again_after_s)
            _back_to_queue(take, error, later, poll_errors=F("poll_errors") + 1)
        case Refused() | Unsupported():
            _refuse(take, error, frm=attempts.SENT)
        case _:
            attempts.doubt(take, error.message, raw=error.raw)
    if not isinstance(error, (Busy, Unreachable, Refused, Unsupported, Ambiguous)):
        logger.warning("take %s: %s at submit, taken as uncertain", take.pk, type(error).__name__)


def _refuse(take: Generation, error: GatewayError, *, frm: Iterable[str]) -> None:
    failure_class = getattr(error, "failure_class", FailureClass.REFUSED_LOCALLY)
    accounts.note_refusal(take.account_id, failure_class)
    asking.ask_after(take.account, error)
    hint, mend = (error.hint, error.mend) if isinstance(error, Refused) else ("", {})
    failure = Failure(failure_class, error.message, billed=False, hint=hint, mend=mend)
    endings.fail(take, failure, frm=frm, raw=error.raw)
    registrations.look_again(take.account, registered_in(take.recipe))  # it may have put one out of use


def _busy(take: Generation, error: Busy) -> None:
    """No job was made: the same attempt goes out again, as late as the gateway asked or else ever later. The
    account rests for the shortest time only: what one take met so often must not hold back the others."""
    adapter = take.account.adapter
    accounts.rest(take.account_id, rhythm.busy_wait_s(adapter, error.retry_after_s, 0))
    wait_s = rhythm.busy_wait_s(adapter, error.retry_after_s, take.busy_tries)
    asked = _("%(gateway)s is busy and asked to wait.")
    words = _("%(gateway)s is busy.") if error.retry_after_s is None else asked
    _back_to_queue(
        take,
        error,
        timezone.now() + timedelta(seconds=wait_s),
        wait_reason=words % {"gateway": adapter.label},
        busy_tries=Least(F("busy_tries") + 1, Value(MOST_BUSY_TRIES)),
    )


def _unreachable(take: Generation, error: Unreachable) -> None:
    """Nothing was sent: the same attempt and the same hold go back into the queue, ever more slowly."""
    if take.poll_errors >= MAX_UNREACHABLE:
        failure = Failure(FailureClass.PROVIDER_DOWN, error.message, billed=False)
        endings.fail(take, failure, frm=attempts.SENT, raw=error.raw)
        return
    wait = rhythm.back_off_s(take.poll_errors)
    _back_to_queue(take, error, timezone.now() + timedelta(seconds=wait), poll_errors=F("poll_errors") + 1)


def _back_to_queue(take: Generation, error: GatewayError, not_before: datetime, **fields: Any) -> None:
    fields.setdefault("wait_reason", error.message[:300])
    transitions.move(
        take,
        Status.QUEUED,
        frm=attempts.SENT,
        kind="not sent",
        guard=this_attempt(take),
        detail={"reason": error.message[:300]},
        not_before=not_before,
        lease_until=None,
        submitted_at=None,
        next_poll_at=None,
        **fields,
    )
