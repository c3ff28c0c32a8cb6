"""Who has attested to which bytes: looked up by the hashes of the inputs, before every submit."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, Q, QuerySet, UUIDField
from django.db.models.functions import Coalesce

from generations.models import FINAL, ConsentedFile, ConsentRecord, Generation, GenerationInput, Status
from providers import ledger

MOST_ALIKE = 100


@dataclass(frozen=True)
class Standing:
    """``relied``: the live records of this person that a submit stands on. ``missing``: the newest record
    about one of the files, whose words this person has not attested to."""

    relied: tuple[UUID, ...]
    missing: UUID | None

    def guard(self) -> Q:
        """A condition on the take's row that fails as soon as one of the records is withdrawn."""
        if not self.relied:
            return Q()
        withdrawn = ConsentRecord.objects.filter(pk__in=self.relied, withdrawn_at__isnull=False)
        return Q(~Exists(withdrawn))


def person_of(take: Generation) -> UUID:
    """Who answers for the present attempt: whoever clicked, and is charged for it."""
    return Generation.objects.filter(pk=take.pk).values_list(_person(), flat=True).get()


def record_of(take: Generation) -> ConsentRecord | None:
    """The live record behind the ticks of this take: by the person who answers for it, for these words.

    A take's files never change, so a record made for it covers them all.
    """
    words = take.consent.get("text_sha256", "")
    return take.consents.live().filter(user_id=person_of(take), text_sha256=words).first()


def standing_of(take: Generation) -> Standing:
    """Whether the person who answers for this take has attested to each of its files.

    A gateway remembers bytes, whoever attested to them and whoever has withdrawn it here since. So a file
    with any record at this gateway needs a live one of this person, for the words of the newest.
    """
    by_file = _records_by_file(take)
    if not by_file:
        return Standing((), None)
    person = person_of(take)
    relied, missing = set(), None
    for records in by_file.values():
        words = records[0].text_sha256
        mine = [r for r in records if r.user_id == person and not r.withdrawn_at and r.text_sha256 == words]
        if mine:
            relied.add(mine[0].pk)
        else:
            missing = missing or records[0].pk
    return Standing(tuple(relied), missing)


def has_withdrawn(take: Generation) -> str:
    """Whether what the person who answers for this take had attested about one of its files was taken back:
    ``self``, ``administrator`` (the newest counts), or nothing."""
    person = person_of(take)
    about = [record for records in _records_by_file(take).values() for record in records]
    ended = [(r.withdrawn_at, r) for r in about if r.user_id == person and r.withdrawn_at]
    if not ended:
        return ""
    _at, newest = max(ended, key=lambda pair: pair[0])
    return "administrator" if newest.withdrawn_by_another else "self"


def waiting_alike(take: Generation) -> list[Generation]:
    """The takes of the same author that wait for the same answer as this one, which stands first: the same
    words of the same account about the same bytes in the same roles."""
    files = _files(take)
    rows = Generation.objects.filter(
        status=Status.NEEDS_CONSENT,
        project=take.project_id,
        author=take.author_id,
        account=take.account_id,
        trashed_at=None,
    ).exclude(pk=take.pk)
    rows = rows.select_related("project", "author", "account", "model").prefetch_related("inputs__asset")
    same = [row for row in rows.order_by("id")[:MOST_ALIKE] if _asks_alike(row, take)]
    return [take, *(row for row in same if _files(row) == files)]


def _asks_alike(one: Generation, other: Generation) -> bool:
    told = ("flow", "text_sha256", "statements", "roles")
    return all(one.consent.get(name) == other.consent.get(name) for name in told)


def _files(take: Generation) -> list[tuple[str, str]]:
    return sorted((use.role, use.asset.sha256) for use in take.inputs.all())


def together(record: ConsentRecord) -> QuerySet[ConsentRecord]:
    """The live records that are withdrawn as one: this one, and what the same person attested at the same
    gateway about one of its files. Who takes a file back means the file, not one of several answers."""
    same = ConsentedFile.objects.filter(sha256__in=record.files.values("sha256")).values("record_id")
    mine = ConsentRecord.objects.live().filter(_same_gateway(record), user=record.user_id)
    return mine.filter(Q(pk=record.pk) | Q(pk__in=same))


def stands_on(take: Generation, records: Collection[UUID]) -> bool:
    """Whether a queued take may go out only thanks to these records."""
    if take.consent.get("attested"):
        found = record_of(take)
        return found is not None and found.pk in records
    return any(pk in records for pk in standing_of(take).relied)


def takes_about(records: Collection[ConsentRecord]) -> QuerySet[Generation]:
    """Takes with one of these records' files at its gateway, for which its person answers. The records are
    of one person and one gateway, as ``together`` finds them."""
    if not records:
        return Generation.objects.none()
    record = next(iter(records))
    hashes = ConsentedFile.objects.filter(record__in=[one.pk for one in records]).values("sha256")
    carry = GenerationInput.objects.filter(asset__sha256__in=hashes).values("generation_id")
    takes = Generation.objects.filter(_same_gateway(record), pk__in=carry)
    theirs = takes.annotate(person=_person()).filter(person=record.user_id)
    return theirs.select_related("account", "model", "project")


def open_takes(records: Collection[ConsentRecord]) -> QuerySet[Generation]:
    """Those of them that have not ended."""
    return takes_about(records).exclude(status__in=FINAL)


def _same_gateway(row: Generation | ConsentRecord, path: str = "account") -> Q:
    """Two keys may belong to one customer there, so accounts are not told apart; the sandbox is."""
    gateway, sandbox = row.account.gateway, row.account.sandbox
    return Q(**{f"{path}__gateway": gateway, f"{path}__sandbox": sandbox})


def _person() -> Coalesce:
    return Coalesce(ledger.who_pays(), F("author_id"), output_field=UUIDField())


def _records_by_file(take: Generation) -> dict[str, list[ConsentRecord]]:
    """Every record about one of the take's files, live or not, newest first."""
    hashes = take.inputs.values("asset__sha256")
    lines = ConsentedFile.objects.filter(_same_gateway(take, "record__account"), sha256__in=hashes)
    if not take.model.capabilities.get("may_ask_consent"):  # yet a gateway may ask about any model
        lines = lines.filter(record__generation__model=take.model_id)
    return _grouped(lines.order_by("-record__created_at", "-record_id").select_related("record"))


def _grouped(lines: Iterable[ConsentedFile]) -> dict[str, list[ConsentRecord]]:
    found: dict[str, list[ConsentRecord]] = {}
    for line in lines:
        found.setdefault(line.sha256, []).append(line.record)
    return found
