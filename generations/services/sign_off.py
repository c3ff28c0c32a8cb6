"""A person's last word on one file. A sign-off rests on an approval of these very bytes, is sealed with the
studio's key, and is never changed: taking it back is a row of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.clips import clip_of, sha256_of
from generations.models import (
    Decision,
    Generation,
    Output,
    Review,
    SignOff,
    SignOffWithdrawal,
    Status,
    Verb,
)
from generations.services import attested, statement, transitions
from generations.services.allowed import require_alive, require_in
from generations.services.compose import Refused
from generations.services.refusals import NotAllowed, WrongState
from generations.services.selection import locked
from generations.storage import media_store
from providers import canonical, secrets
from providers.gateways.plain import keepable_text
from providers.gateways.problem import Problem
from providers.ids import new_id
from providers.models import audit

MOST_REASON = 300
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Standing:
    """How a take stands with its sign-offs.

    :ivar sign_off: the one that was not taken back, if there is one.
    :ivar fits: as ``fits`` has it.
    :ivar decision: the approval of this file that a new sign-off could rest on.
    """

    sign_off: SignOff | None
    fits: bool
    decision: Decision | None


def standing_of(take: Generation) -> Standing:
    """Compares hashes anew each time: nothing says by itself that a file was replaced."""
    live = take.sign_offs.filter(withdrawal=None).order_by("-id").first() if take.signed_at else None
    if live is None:
        return Standing(None, False, approval_of(take, sha256_of(take)))
    return Standing(live, fits(live, take), None)


def fits(made: SignOff, take: Generation) -> bool:
    """Whether it speaks of the file that the take has now; the file itself is not read."""
    return bool(made.statement["file"]["sha256"] == sha256_of(take))


def approval_of(take: Generation, sha256: str) -> Decision | None:
    """The team's last word on it, where that is an approval of these bytes on which no sign-off rests yet."""
    if take.review != Review.APPROVED or not sha256:
        return None
    last = take.decisions.of_the_team().select_related("sign_off").order_by("-id").first()
    fits = last is not None and last.review == Review.APPROVED and last.file_sha256 == sha256
    return last if fits and not hasattr(last, "sign_off") else None


def sign(person: Any, take: Generation, *, file_sha256: str, file_name: str) -> SignOff:
    """Bind this person's word to the clip whose hash they saw. The file on disk is read and hashed first,
    outside of any lock, and must still be the same file when the row is written.

    :raises NotAllowed, WrongState: not approved, changed since, signed already, or its consent was withdrawn.
    """
    require_alive(person, take.project, Verb.DECIDE)
    clip = clip_of(take)
    if clip is None or clip.sha256 != file_sha256:
        raise WrongState(_("The file is another one since you looked; look at it again."))
    path = media_store().path(clip.file)
    mark = mark_of(path)  # before a byte is read
    if hash_of(path) != clip.sha256:
        raise WrongState(
            _("The stored file is not what was approved: its SHA-256 differs. Nothing was signed.")
        )
    with transaction.atomic():
        row = locked([take.pk]).select_related("project", "account", "model").get()
        decision = _to_sign(row, clip)
        if mark_of(path) != mark:
            raise WrongState(_("The stored file changed while it was read. Nothing was signed."))
        return _write(person, row, clip, decision, file_name)


def hash_of(path: Path) -> str:
    """SHA-256 of a stored file, in hex; empty where it cannot be read."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                found.update(chunk)
    except OSError:
        return ""
    return found.hexdigest()


def mark_of(path: Path) -> tuple[int, int, int]:
    """What tells that a file was replaced or written since; zeros where there is none."""
    try:
        facts = path.stat()
    except OSError:
        return (0, 0, 0)
    return (facts.st_ino, facts.st_size, facts.st_mtime_ns)


def _to_sign(row: Generation, clip: Output) -> Decision:
    """:raises WrongState:"""
    if row.status != Status.COMPLETED or row.trashed_at:
        raise WrongState(_("There is no clip here to sign off, or it is in the trash."))
    if row.signed_at:
        raise WrongState(_("This take is signed off already."))
    now = clip_of(row)
    if now is None or now.sha256 != clip.sha256:
        raise WrongState(_("The file is another one since you looked; look at it again."))
    decision = approval_of(row, clip.sha256)
    if decision is None:
        raise WrongState(_("Approve this file first; a sign-off rests on an approval of these very bytes."))
    if attested.has_withdrawn(row) and not statement.is_covered(row):
        raise WrongState(_("The consent for one of its inputs was withdrawn; it cannot be signed off."))
    return decision


def _write(person: Any, row: Generation, clip: Output, decision: Decision, name: str) -> SignOff:
    pk, now = new_id(), timezone.now()
    bound = statement.make(pk, person, row, clip, decision, name, now)
    sha256 = canonical.digest(bound)
    made = SignOff.objects.create(
        id=pk,
        project_id=row.project_id,
        generation=row,
        decision=decision,
        person=person,
        statement=bound,
        sha256=sha256,
        seal=secrets.mac(statement.PURPOSE, sha256),
        at=now,
    )
    transitions.touch(row, "signed off", actor=person, detail={"sha256": sha256}, **_stirred(now))
    audit(person, "signed off", "take", row.pk, after={"sign_off": str(pk), "file_sha256": clip.sha256})
    return made


def may_withdraw(person: Any, made: SignOff, verbs: Collection[str]) -> bool:
    """One's own, or anybody's for whoever manages the project.

    :param verbs: what the person's role allows there.
    """
    return Verb.DECIDE in verbs and (made.person_id == person.pk or Verb.MANAGE in verbs)


def withdraw(person: Any, made: SignOff, reason: str) -> SignOffWithdrawal:
    """Take a sign-off back, in words.

    :raises NotAllowed, Refused, WrongState:
    """
    require_in(person, made.project, Verb.DECIDE)
    if not may_withdraw(person, made, made.project.verbs_of(person)):
        raise NotAllowed(_("Only whoever signed, or an owner of the project, takes a sign-off back."))
    words = " ".join(keepable_text(reason).split())[:MOST_REASON]
    if not words:
        raise Refused([Problem("reason", _("Say why it is withdrawn."))])
    with transaction.atomic():
        take = locked([made.generation_id]).get()
        if SignOffWithdrawal.objects.filter(sign_off=made).exists():
            raise WrongState(_("This sign-off was withdrawn already."))
        back = SignOffWithdrawal.objects.create(sign_off=made, person=person, reason=words)
        transitions.touch(
            take, "sign-off withdrawn", actor=person, detail={"reason": words}, **_stirred(None)
        )
        audit(
            person, "withdrew the sign-off", "take", take.pk, after={"sign_off": str(made.pk), "why": words}
        )
    return back


def _stirred(signed_at: Any) -> dict[str, Any]:
    return {"signed_at": signed_at, "review_no": F("review_no") + 1}
