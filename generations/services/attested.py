"""Who has attested to which bytes: looked up by the hashes of the inputs, before every submit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    return _standing(by_file, person_of(take)) if by_file else Standing((), None)


def _standing(by_file: Mapping[str, Sequence[ConsentRecord]], person: UUID) -> Standing:
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


def relying(takes: Sequence[Generation], records: Collection[ConsentRecord]) -> list[Generation]:
    """Those of the queued takes that may go out only thanks to these records: ``clearance`` for many, in
    two queries. The records are live, of one person and one gateway; the person answers for the takes,
    which come with their model."""
    if not takes or not records:
        return []
    record, ids = next(iter(records)), {one.pk for one in records}
    ticked = {(one.generation_id, one.text_sha256) for one in records}
    hashes = _hashes_of([take for take in takes if not take.consent.get("attested")])
    about = _lines(record, {sha256 for found in hashes.values() for sha256 in found})
    return [
        take
        for take in takes
        if (
            (take.pk, take.consent.get("text_sha256", "")) in ticked
            if take.consent.get("attested")
            else not ids.isdisjoint(_standing(_for(take, about, hashes), record.user_id).relied)
        )
    ]


def _hashes_of(takes: Sequence[Generation]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    uses = GenerationInput.objects.filter(generation__in=[take.pk for take in takes], asset__isnull=False)
    for pk, sha256 in uses.values_list("generation_id", "asset__sha256"):
        found.setdefault(pk, set()).add(sha256)
    return found


def _for(
    take: Generation, about: Mapping[str, Sequence[ConsentRecord]], hashes: Mapping[UUID, set[str]]
) -> dict[str, list[ConsentRecord]]:
    """What ``_records_by_file`` would find for this take, out of what was found for many."""
    any_model = take.model.capabilities.get("may_ask_consent")
    found = {
        sha256: [
            one for one in about.get(sha256, ()) if any_model or one.generation.model_id == take.model_id
        ]
        for sha256 in hashes.get(take.pk, ())
    }
    return {sha256: records for sha256, records in found.items() if records}


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


def _lines(of: ConsentRecord, hashes: Collection[str]) -> dict[str, list[ConsentRecord]]:
    """Every record about one of these files at the gateway of this one, newest first, each with its take's
    model."""
    lines = ConsentedFile.objects.filter(_same_gateway(of, "record__account"), sha256__in=hashes)
    said = ("record__user", "record__text_sha256", "record__withdrawn_at", "record__generation__model")
    lines = lines.select_related("record__generation").only("sha256", *said)
    return _grouped(lines.order_by("-record__created_at", "-record_id"))


def _grouped(lines: Iterable[ConsentedFile]) -> dict[str, list[ConsentRecord]]:
    found: dict[str, list[ConsentRecord]] = {}
    for line in lines:
        found.setdefault(line.sha256, []).append(line.record)
    return found
