"""Whether a sign-off still says the truth: its digest and seal, the file on disk, recipe and consent as they
are now. Each finding is one plain sentence; what cannot be looked at is said too, and is no failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from generations.clips import clip_of
from generations.models import ConsentRecord, Decision, Generation, SignOff, SignOffWithdrawal
from generations.services import sign_off, statement
from generations.services.attested import person_of
from generations.storage import media_store
from providers import canonical, secrets


@dataclass
class Report:
    """:ivar wrong: why it cannot be relied on. ``notes``: what was not looked at, or is good to know."""

    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.wrong


def certificate(made: SignOff) -> dict[str, Any]:
    """All of it as one document: the statement, what its digests were taken of, and how to check them."""
    back = withdrawal_of(made)
    take = made.generation
    return {
        "statement": made.statement,
        "sha256": made.sha256,
        "seal": made.seal,
        "withdrawal": back
        and {"reason": back.reason, "by": str(back.person), "at": back.at.isoformat(timespec="seconds")},
        "recipe": statement.recipe_of(take),
        "how_to_verify": STEPS,
    }


STEPS = [
    "Write the statement as UTF-8 JSON with sorted names, no spaces, signs beyond ASCII as they are, and "
    "numbers without a fraction as integers; its SHA-256 is sha256.",
    "The SHA-256 of the clip's bytes is statement.file.sha256.",
    "The recipe, written the same way, has the SHA-256 statement.recipe_sha256.",
    "The seal is an HMAC with a key of the studio: manage.py verify_signoff --file CERTIFICATE checks all of "
    "it there, and whether the sign-off was withdrawn.",
]


def withdrawal_of(made: SignOff) -> SignOffWithdrawal | None:
    """It may have been read along, with its person."""
    found: SignOffWithdrawal | None = getattr(made, "withdrawal", None)
    return found


def check(made: SignOff) -> Report:
    """One row, against everything that is here."""
    said = made.statement
    report = check_words(said, made.sha256, made.seal)
    take = Generation.objects.select_related("project", "model", "account").get(pk=made.generation_id)
    _check_row(made, report)
    _check_file(take, said, report)
    if canonical.digest(statement.recipe_of(take)) != _in(said, "recipe_sha256"):
        report.wrong.append(_("The recipe of the take is not the one that was signed."))
    _check_consents(take, said, report)
    _check_client(said, report)
    if back := withdrawal_of(made):
        report.wrong.append(
            _("It was withdrawn by %(who)s: %(why)s") % {"who": back.person, "why": back.reason}
        )
    return report


def check_words(said: Any, sha256: Any, seal: Any) -> Report:
    """What the words alone can show, whoever brings them."""
    report = Report()
    if not isinstance(said, dict) or said.get("format") != statement.FORMAT:
        report.wrong.append(_("This is no statement of a sign-off of this studio."))
        return report
    if canonical.digest(said) != sha256:
        report.wrong.append(_("The statement was changed: its SHA-256 is another."))
    fits = secrets.mac_fits(statement.PURPOSE, str(sha256), str(seal))
    if fits is None:
        report.notes.append(_("It is sealed with a key that is not here any more; the seal was not checked."))
    elif not fits:
        report.wrong.append(_("The seal does not fit: it was not made by this studio for this statement."))
    return report


def check_certificate(document: Any) -> Report:
    """A downloaded certificate: its words, and, where its row is here, the row as ``check`` has it."""
    if not isinstance(document, dict):
        return Report([_("This is no certificate.")])
    said = document.get("statement")
    report = check_words(said, document.get("sha256"), document.get("seal"))
    if not isinstance(said, dict):
        return report
    recipe = document.get("recipe")
    if recipe is not None and canonical.digest(recipe) != said.get("recipe_sha256"):
        report.wrong.append(_("The recipe in the certificate is not the one that was signed."))
    made = _row_of(said)
    if made is None:
        report.notes.append(_("Its take is not in this studio; file, recipe and consent were not looked at."))
        if not secrets.mac_fits(statement.PURPOSE, str(document.get("sha256")), str(document.get("seal"))):
            words = _("Neither seal nor row shows that this studio made it.")
            report.wrong.append(words)
        return report
    if made.sha256 != document.get("sha256") or made.seal != document.get("seal"):
        report.wrong.append(_("The sign-off of this number in the studio is another one."))
    found = check(made)
    report.wrong += [one for one in found.wrong if one not in report.wrong]
    report.notes += [one for one in found.notes if one not in report.notes]
    return report


def _row_of(said: dict[str, Any]) -> SignOff | None:
    pk = _id_of(said)
    return SignOff.objects.filter(pk=pk).select_related("generation").first() if pk else None


def _check_row(made: SignOff, report: Report) -> None:
    """That the columns, by which the studio finds it, say what the statement says."""
    said = made.statement
    pairs = [
        (_in(said, "id"), made.pk),
        (_in(said, "take", "id"), made.generation_id),
        (_in(said, "project", "id"), made.project_id),
        (_in(said, "person", "id"), made.person_id),
        (_in(said, "decision", "id"), made.decision_id),
    ]
    if any(str(told) != str(kept) for told, kept in pairs):
        report.wrong.append(_("The row stands at another take, person or decision than its statement says."))


def _in(said: Any, *names: str) -> Any:
    """What stands under these names; None where it is not built so, as where somebody wrote into the row."""
    for name in names:
        said = said.get(name) if isinstance(said, dict) else None
    return said


def _check_file(take: Generation, said: Any, report: Report) -> None:
    signed = _in(said, "file", "sha256")
    clip = clip_of(take)
    if clip is None:
        report.wrong.append(_("The clip that was signed is not here any more."))
        return
    if clip.sha256 != signed:
        report.wrong.append(_("The take has another file than the one that was signed."))
    if sign_off.hash_of(media_store().path(clip.file)) != signed:
        report.wrong.append(_("The bytes on disk are not those that were signed, or cannot be read."))


def _check_consents(take: Generation, said: Any, report: Report) -> None:
    """Two queries for all of them."""
    told = _in(said, "consents")
    lines = told if isinstance(told, list) else []
    ids = [pk for one in lines if (pk := _id_of(one))]
    records = ConsentRecord.objects.select_related("user").in_bulk(ids)
    person = person_of(take) if lines else None
    for one in lines:
        pk = _id_of(one)
        _check_consent(one, records.get(pk) if pk else None, person, report)


def _check_consent(one: Any, record: ConsentRecord | None, person: UUID | None, report: Report) -> None:
    """:param person: who answers for the take."""
    named, who = {"id": _in(one, "id")}, _in(one, "person")
    if record is None or statement.consent_of(record) | {"person": who} != one:
        words = _("The consent record %(id)s is not as it was when it was signed.")
        report.wrong.append(words % named)
    elif str(record.user_id) != _in(who, "id") or record.user_id != person:
        report.wrong.append(_("The consent record %(id)s is another person's.") % named)
    elif record.withdrawn_at:
        report.notes.append(_("The consent record %(id)s was withdrawn since it was signed.") % named)


def _check_client(said: Any, report: Report) -> None:
    """What guests had said of the file; in older statements nothing stands of it."""
    told = _in(said, "client")
    lines = told if isinstance(told, list) else []
    rows = Decision.objects.in_bulk([pk for one in lines if (pk := _id_of(one))])
    for one in lines:
        pk = _id_of(one)
        row = rows.get(pk) if pk else None
        if row is None or statement.said_by_client(row) != one:
            words = _("The client's word %(id)s is not as it was when it was signed.")
            report.wrong.append(words % {"id": _in(one, "id")})


def _id_of(said: Any) -> UUID | None:
    try:
        return UUID(str(_in(said, "id")))
    except ValueError:
        return None
