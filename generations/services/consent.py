"""The consent round: the gateway asks, a person reads and attests, the identical body goes again.

What a person attested to can be taken back; then nothing more is sent that stands on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import ConsentedFile, ConsentRecord, Generation, Status, Verb
from providers import ledger, quotas
from providers.gateways.values import ConsentNeeded, Failure, FailureClass
from providers.quotes import Quote

from . import attempts, attested, endings, seconds, transitions
from .create import scopes_of
from .refusals import NotAllowed

MAX_ASKED = 3


class NotAttested(Exception):
    """A statement is not ticked, or the text is not the one the gateway asked about."""


def text_hash(policy_text: str) -> str:
    return hashlib.sha256(policy_text.encode()).hexdigest()


def gateway_asks(take: Generation, asked: ConsentNeeded) -> bool:
    """The gateway wants an attestation: nothing was made, so the hold is released.

    A question of the gateway is always shown, also to a person with a record about these bytes.
    """
    question = {
        "flow": asked.flow,
        "version": asked.version,
        "policy_text": asked.policy_text,
        "text_sha256": text_hash(asked.policy_text),
        "roles": list(asked.roles),
        "statements": dict(asked.statements),
        "docs_url": asked.docs_url,
        "asked": take.consent.get("asked", 0) + 1,
    }
    if question["asked"] > MAX_ASKED:
        failure = Failure(
            FailureClass.INVALID_INPUT, _("The gateway keeps asking for consent."), billed=False
        )
        return endings.fail(take, failure, frm=attempts.SENT)
    if _already_ticked(take, question):
        return attempts.again_with_ticks(take, {**question, "attested": True})
    return _ask(take, question, frm=attempts.SENT)


def _already_ticked(take: Generation, question: Mapping[str, Any]) -> bool:
    """This person attested these very words for this very take, as our own question: the gateway's 409
    may be answered with those ticks, once."""
    said = take.consent
    same_words = said.get("text_sha256") == question["text_sha256"]
    ours = said.get("attested") and said.get("ours") and same_words
    return bool(ours and attested.record_of(take))


def _ask(
    take: Generation, question: dict[str, Any], *, frm: Iterable[str], kind: str = "consent asked"
) -> bool:
    with transaction.atomic():
        moved = transitions.move(
            take,
            Status.NEEDS_CONSENT,
            frm=frm,
            kind=kind,
            guard=attempts.this_attempt(take),
            detail={
                "flow": question["flow"],
                "version": question["version"],
                "roles": question["roles"],
                "ours": question.get("ours", False),
            },
            consent=question,
            lease_until=None,
            next_poll_at=None,
            submitted_at=None,
        )
        if moved:
            ledger.release(take.pk, take.attempt, kind)
    return moved


def clearance(take: Generation, *, kind: str = "consent asked") -> Q | None:
    """What consent has to say about sending a queued take. Somebody attested to these bytes before, so the
    gateway may not ask: where the person who answers for the take has not, or has withdrawn it, we do.

    :returns: a condition for the claim that sends it, false once a record it stands on is withdrawn; or
        None when the take now waits for a person.
    """
    if take.consent.get("attested"):
        record = attested.record_of(take)
        if record is not None:
            return attested.Standing((record.pk,), None).guard()
        question = {**take.consent, "attested": False}
    else:
        standing = attested.standing_of(take)
        if standing.missing is None:
            return standing.guard()
        question = _question_from(ConsentRecord.objects.get(pk=standing.missing))
    _ask(take, {**question, "withdrawn": attested.has_withdrawn(take)}, frm=[Status.QUEUED], kind=kind)
    return None


def _question_from(record: ConsentRecord) -> dict[str, Any]:
    return {
        "flow": record.flow,
        "version": record.version,
        "policy_text": record.policy_text,
        "text_sha256": record.text_sha256,
        "roles": sorted({i["role"] for i in record.inputs}),
        "statements": record.statements,
        "docs_url": "",
        "asked": 1,
        "ours": True,
    }


def attest(
    user: Any, take: Generation, ticks: Mapping[str, bool], *, text_sha256: str, address: str | None
) -> bool:
    """Keep the record and send the identical body again, with a new hold.

    :param ticks: the statements by name; each must be exactly True.
    :param text_sha256: hash of the words the person had before them.
    :raises NotAllowed: the person may not spend here.
    :raises NotAttested: nothing changes.
    :raises quotas.QuotaExceeded: the new hold was refused; nothing changes.
    :returns: False when the take no longer waits for consent.
    """
    require_answer(user, take, ticks, text_sha256)
    return take.status == Status.NEEDS_CONSENT and _answer(user, take, address, None)


def require_answer(user: Any, take: Generation, ticks: Mapping[str, bool], text_sha256: str) -> None:
    """Nothing to say against the answer, as far as the take still waits for one.

    :raises NotAllowed, NotAttested: as ``attest``.
    """
    if not take.project.allows(user, Verb.SPEND):
        raise NotAllowed(_("Your role in this project does not allow that."))
    if take.project.archived_at:
        raise NotAllowed(_("This project is archived; nothing more is generated in it."))
    if take.status != Status.NEEDS_CONSENT:
        return
    if any(ticks.get(name) is not True for name in take.consent["statements"]):
        raise NotAttested(_("Every statement has to be ticked."))
    if text_sha256 != take.consent["text_sha256"]:
        raise NotAttested(_("The gateway's text has changed; read it again."))


def attest_all(
    user: Any,
    takes: Sequence[Generation],
    ticks: Mapping[str, bool],
    *,
    text_sha256: str,
    address: str | None,
    prices: Mapping[UUID, Quote] | None = None,
) -> int:
    """One answer for takes that wait alike, each with a record and a hold of its own; all of them or none.

    :param prices: what is held for each, by its id; what was held before where none is given.
    :raises NotAllowed, NotAttested: as ``attest``.
    :raises quotas.QuotaExceeded: told of all of them; nothing changes, in the rows as in the given takes.
    :returns: how many went out; those that moved on meanwhile are left out.
    """
    for take in takes:
        require_answer(user, take, ticks, text_sha256)
    known, rows = prices or {}, [copy(take) for take in takes if take.status == Status.NEEDS_CONSENT]
    try:
        with transaction.atomic():
            transitions.hold(row.pk for row in rows)  # before their money, as one who cancels has them
            ledger.line_up(scopes_of(user, row.project, row.model) for row in rows)
            return sum(_answer(user, row, address, known.get(row.pk)) for row in rows)
    except quotas.QuotaExceeded as error:
        sums = [known[take.pk].amount_usd if take.pk in known else take.held_usd for take in takes]
        told = [amount for amount in sums if amount is not None]
        total = sum(told, Decimal(0)) if len(told) == len(sums) else None
        asked = quotas.Asked(total, seconds.total([seconds.asked_by_take(take) for take in takes]))
        raise quotas.for_all(error, len(takes), asked) from error


def _answer(user: Any, take: Generation, address: str | None, price: Quote | None) -> bool:
    question = take.consent
    with transaction.atomic():
        moved = attempts.again(
            take,
            frm=Status.NEEDS_CONSENT,
            kind="attested",
            actor=user,
            price=price,
            consent={**question, "attested": True},
        )
        if moved:
            _keep_record(user, take, question, address)
    return moved


def _keep_record(user: Any, take: Generation, question: Mapping[str, Any], address: str | None) -> None:
    uses = list(take.inputs.select_related("asset"))
    record = ConsentRecord.objects.create(
        user=user,
        generation=take,
        account=take.account,
        flow=question["flow"],
        version=question["version"],
        policy_text=question["policy_text"],
        text_sha256=question["text_sha256"],
        statements=question["statements"],
        inputs=[{"role": use.role, "sha256": use.asset.sha256, "asset": str(use.asset_id)} for use in uses],
        address=address,
        created_at=timezone.now(),
    )
    hashes = sorted({use.asset.sha256 for use in uses})
    ConsentedFile.objects.bulk_create(ConsentedFile(record=record, sha256=sha256) for sha256 in hashes)
