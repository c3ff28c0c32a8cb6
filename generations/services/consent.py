"""The consent round: the gateway asks, a person reads and attests, the identical body goes again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import ConsentRecord, Generation, Status, Verb
from providers import ledger
from providers.gateways.values import ConsentNeeded, Failure, FailureClass

from . import attempts, endings, transitions
from .create import NotAllowed

MAX_ASKED = 3


class NotAttested(Exception):
    """A statement is not ticked, or the text is not the one the gateway asked about."""


def text_hash(policy_text: str) -> str:
    return hashlib.sha256(policy_text.encode()).hexdigest()


def needs(take: Generation, asked: ConsentNeeded) -> bool:
    """The gateway wants an attestation: nothing was made, so the hold is released."""
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
    return bool(
        said.get("attested") and said.get("ours") and said.get("text_sha256") == question["text_sha256"]
    )


def _ask(take: Generation, question: dict[str, Any], *, frm: Iterable[str]) -> bool:
    with transaction.atomic():
        moved = transitions.move(
            take,
            Status.NEEDS_CONSENT,
            frm=frm,
            kind="consent asked",
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
            ledger.release(take.pk, take.attempt, "consent asked")
    return moved


def ask_our_own(take: Generation) -> bool:
    """Somebody else attested these bytes at this account, so the gateway may not ask: then we do.

    :returns: True when the take now waits for its author.
    """
    if take.consent.get("attested") or not take.model.capabilities.get("may_ask_consent"):
        return False
    hashes = set(take.inputs.values_list("asset__sha256", flat=True))
    if not hashes:
        return False
    records = ConsentRecord.objects.filter(account=take.account_id, withdrawn_at=None)
    mine = _covered(records.filter(user=take.author_id))
    theirs = [r for r in records.exclude(user=take.author_id) if hashes & (_covered([r]) - mine)]
    return bool(theirs) and _ask(take, _question_from(theirs[0]), frm=[Status.QUEUED])


def _covered(records: Any) -> set[str]:
    return {item["sha256"] for record in records for item in record.inputs}


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
    if not take.project.allows(user, Verb.SPEND):
        raise NotAllowed(_("Your role in this project does not allow that."))
    if take.project.archived_at:
        raise NotAllowed(_("This project is archived; nothing more is generated in it."))
    if take.status != Status.NEEDS_CONSENT:
        return False
    question = take.consent
    if any(ticks.get(name) is not True for name in question["statements"]):
        raise NotAttested(_("Every statement has to be ticked."))
    if text_sha256 != question["text_sha256"]:
        raise NotAttested(_("The gateway's text has changed; read it again."))
    with transaction.atomic():
        moved = attempts.again(
            take,
            frm=Status.NEEDS_CONSENT,
            kind="attested",
            actor=user,
            consent={**question, "attested": True},
        )
        if moved:
            _keep_record(user, take, question, address)
    return moved


def _keep_record(user: Any, take: Generation, question: Mapping[str, Any], address: str | None) -> None:
    ConsentRecord.objects.create(
        user=user,
        generation=take,
        account=take.account,
        flow=question["flow"],
        version=question["version"],
        policy_text=question["policy_text"],
        text_sha256=question["text_sha256"],
        statements=question["statements"],
        inputs=[
            {"role": use.role, "sha256": use.asset.sha256, "asset": str(use.asset_id)}
            for use in take.inputs.select_related("asset")
        ],
        address=address,
        created_at=timezone.now(),
    )
