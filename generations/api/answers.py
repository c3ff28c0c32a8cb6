"""What the API answers, as typed values: the OpenAPI page is made from these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema


class ErrorBody(Schema):
    code: str
    message: str
    field: str | None = None
    allowed: list[Any] | None = None
    scope: str | None = Field(None, description="with 429: whose limit tripped")


class Error(Schema):
    """Every answer that is not 2xx."""

    error: ErrorBody


class Links(Schema):
    self: str
    page: str | None = None


class Project(Schema):
    id: UUID
    slug: str
    name: str
    role: str | None
    frame_rate: str
    created_at: datetime
    archived_at: datetime | None
    links: Links


class Projects(Schema):
    items: list[Project]
    next_cursor: str | None


class Rights(Schema):
    source: str = ""
    licence: str = ""
    likeness: str = Field("", description="people who can be recognised")
    release: UUID | None = Field(None, description="the asset that proves their consent")


class Asset(Schema):
    id: UUID
    project: str | None = Field(description="null for a shared file of a project that you do not see")
    kind: str
    name: str
    mime: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None
    duration_s: float | None
    fps: float | None
    facts: dict[str, Any] = Field(description="codecs, sample rate, channels, colours and what stands out")
    derived_from: UUID | None = Field(description="the file that this is a copy of")
    derivation: dict[str, Any] = Field(description="what was asked of the copy; of a take's picture, which")
    notes: str
    tags: list[str]
    rights: Rights
    shared: bool = Field(description="with the whole studio")
    uses: int | None = Field(description="takes that you see and that start from it; null: not counted")
    uses_through_copies: int | None = Field(description="of those, where a copy of it went out in its place")
    created_at: datetime
    trashed_at: datetime | None
    links: Links


class CharacterFile(Schema):
    id: UUID
    kind: str
    name: str
    project: str | None = Field(description="slug of the character's project, where the file lies in it")


class Character(Schema):
    id: UUID
    name: str
    notes: str
    project: str | None = Field(description="slug; null: of the whole studio")
    assets: list[CharacterFile] = Field(description="the main picture first")
    uses: int = Field(description="takes of yours that it was named in")
    created_at: datetime
    archived_at: datetime | None
    links: Links


class Characters(Schema):
    items: list[Character]
    next_cursor: str | None


class Assets(Schema):
    items: list[Asset]
    next_cursor: str | None


class Problem(Schema):
    code: str
    message: str


class Upload(Schema):
    """``asset`` once the file is whole and was taken; ``known``: the project had these bytes already."""

    id: UUID
    project: str
    name: str
    size_bytes: int
    offset: int
    asset: UUID | None
    known: bool
    problem: Problem | None
    expires_at: datetime


class Account(Schema):
    id: UUID
    name: str
    gateway: str
    sandbox: bool
    unusable: str | None = Field(description="why nothing is sent through it now; null: it is usable")


class UsualPrice(Schema):
    amount_usd: str
    per: str = Field(description="second or video (one clip)")


class ModelPrice(Schema):
    """``basis``: quoted (asked at the gateway each time), estimated (by ``rule``), sandbox or unknown.
    ``usual`` is what ``rule`` says at the model's own defaults; a sandbox charges nothing of it."""

    basis: str
    rule: dict[str, Any] | None
    usual: UsualPrice | None


class TypicalTime(Schema):
    """From acceptance to the stored file: half of the ``takes`` within ``p50_s``, nine in ten ``p90_s``."""

    p50_s: float
    p90_s: float
    takes: int


class Model(Schema):
    id: UUID
    model: str
    label: str
    family: str
    account: Account
    listed: bool
    ends_on: str | None = Field(description="the day on which the gateway takes it away, as it told")
    favourite: bool = Field(description="marked by the person who asks")
    capabilities: dict[str, Any]
    needs: list[str] = Field(description="what it does, in the words that ``need`` filters by")
    price: ModelPrice
    typical: TypicalTime | None = Field(description="out of this studio's own takes of the last 30 days")


class Models(Schema):
    items: list[Model]


class Quote(Schema):
    """``amount_usd`` is null exactly where no price is known."""

    amount_usd: str | None
    basis: str
    detail: list[str]


class Failure(Schema):
    """``billed`` is null where nobody can tell; ``mend`` are changes with which it may pass: a setting, or
    the prompt or model (as the gateway spells it) that the gateway suggests."""

    class_: str = Field(alias="class")
    about: str | None = Field(
        description="whom a refusal is about: minor, public_figure or real_person; no consent lifts it"
    )
    title: str
    message: str
    hint: str
    mend: dict[str, Any]
    next_step: str
    billed: bool | None


class Cost(Schema):
    held_usd: str | None
    actual_usd: str | None
    basis: str
    actual_basis: str | None
    detail: list[str]


class OutputFile(Schema):
    kind: str
    mime: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None
    duration_s: float | None
    fps: float | None
    link: str


class Registration(Schema):
    """``state`` is null where the picture was never given to this account; ``usable``: takes go out with the
    gateway's name for it."""

    account: str
    account_id: UUID
    gateway: str
    state: str | None
    usable: bool
    problem: str
    checked_at: datetime | None


class Registrations(Schema):
    items: list[Registration]


class UsedInput(Schema):
    """``url`` only until the file behind it is an asset, without its query, which may hold a key."""

    role: str
    asset: UUID | None
    url: str | None


class Consent(Schema):
    """What a person has to read and tick; send the names of ``statements`` back as ticks."""

    flow: str
    version: str
    policy_text: str
    text_sha256: str
    statements: dict[str, str]
    roles: list[str]
    docs_url: str


class ConsentQuestion(Consent):
    same_question: list[UUID] = Field(
        description="other takes of its author that wait for the same words about the same bytes"
    )


class TakeLinks(Links):
    events: str


class InReview(Schema):
    """``signed_at``: since when a sign-off holds."""

    state: str | None = Field(description="in_review, changes, approved, rejected or null")
    reviewer: str | None = Field(description="who is asked to decide; null: anybody who may")
    due_on: date | None
    signed_at: datetime | None


class Take(Schema):
    id: UUID
    project: str
    author: str
    account: str
    model: str
    sandbox: bool
    mode: str
    prompt: str
    request: dict[str, Any]
    inputs: list[UsedInput]
    batch: UUID
    position: int
    parent: UUID | None
    relation: str | None
    fixes: UUID | None = Field(description="the note that it was made for")
    review: InReview
    hop: int = Field(description="how many clips it goes on from, one after the other; quality drifts")
    mark: str | None = Field(description="pick, reject or null: the last word of anybody")
    stars: float | None = Field(description="the mean of all people's, 1 to 5")
    tags: list[str]
    stack: UUID | None = Field(description="what it is a version of")
    version_no: int | None = Field(description="within its stack, from 1")
    on_top: bool = Field(description="whether it shows where a stack is one card")
    status: str
    version: int
    attempt: int
    overdue: bool
    parked: bool
    paused: bool = Field(description="held back in line by its author")
    wait_reason: str | None
    progress: float | None
    eta_s: float | None
    failure: Failure | None
    consent: Consent | None
    cost: Cost
    outputs: list[OutputFile]
    differences: list[str] = Field(
        description="one sentence for each setting that came out, or will come out, otherwise than asked"
    )
    created_at: datetime
    submitted_at: datetime | None
    accepted_at: datetime | None
    completed_at: datetime | None
    ended_at: datetime | None
    trashed_at: datetime | None
    links: TakeLinks


class Decision(Schema):
    id: UUID
    review: str | None = Field(
        description="approved, changes, rejected, in_review; null: no longer in review"
    )
    by: str
    guest: bool
    verified_by: str = Field(description="member, mail or name: how sure the studio is of who it was")
    note: UUID | None
    file_sha256: str
    at: datetime


class Seen(Schema):
    file_sha256: str | None
    newest: UUID | None = Field(description="the newest version of its stack that has a clip")


class Decisions(Schema):
    items: list[Decision]
    seen: Seen


class SignOff(Schema):
    id: UUID
    at: datetime
    fits_file: bool = Field(description="whether the take still has the file that was signed")
    certificate: dict[str, Any]


class SignOffs(Schema):
    items: list[SignOff]


class Sorted(Schema):
    change: UUID | None = Field(description="what undo needs; null: nothing was changed")
    changed: list[UUID]


class Unsorted(Schema):
    undone: int
    left: int = Field(description="changed since by somebody, and left as they are")


class SavedView(Schema):
    id: UUID
    name: str
    query: str = Field(description="of the gallery's address, behind the question mark")
    shared: bool
    mine: bool
    owner: str


class Takes(Schema):
    items: list[Take]
    next_cursor: str | None


class QueuedTake(Schema):
    """``place``: its number in the line of its account; null while it is sent, runs, or is held back."""

    place: int | None
    starts_s: float | None = Field(description="in about how many seconds it is sent; null: not known")
    take: Take


class Queue(Schema):
    """``more`` wait in line beside those that are listed."""

    needs: list[QueuedTake]
    working: list[QueuedTake]
    waiting: list[QueuedTake]
    more: int


class Changed(Schema):
    count: int


class Said(Schema):
    """What somebody else wrote or decided. ``words``: "Bob answered a note of yours"; ``text``: the note."""

    kind: str = Field(description="mention, reply, note, assigned, decision or fixed")
    take: UUID
    comment: UUID | None
    by: str
    words: str
    text: str
    at: datetime


class News(Schema):
    """Your own takes that ended or wait for you, and what others said to you, that you have not seen on a
    page; newest first."""

    items: list[Take]
    said: list[Said]
    unseen: int


class Watching(Schema):
    which: str
    sound: bool
    notify: bool
    title: bool
    toasts: bool
    digest: str
    mail: bool = Field(description="whether mail can reach you: the studio sends some, and has your address")


class ConsentedFile(Schema):
    role: str
    sha256: str


class ConsentRecord(Schema):
    id: UUID
    generation: UUID
    account: str
    flow: str
    version: str
    policy_text: str
    text_sha256: str
    statements: dict[str, str]
    files: list[ConsentedFile]
    address: str | None
    created_at: datetime
    withdrawn_at: datetime | None
    person: str
    withdrawn_by: str | None = Field(description="whose withdrawal it was, where somebody else's")
    withdrawal_reason: str


class ConsentRecords(Schema):
    items: list[ConsentRecord]
    next_cursor: str | None


class SavedPrompt(Schema):
    id: UUID
    project: str
    kind: str
    name: str
    text: str
    variables: list[str] = Field(description="the places to fill in, in their order")
    owner: str
    updated_at: datetime


class SavedPrompts(Schema):
    items: list[SavedPrompt]
    next_cursor: str | None


class PastPrompt(Schema):
    id: UUID
    text: str
    sent: bool = Field(description="false: other words took its place before it became a take")
    used_at: datetime


class PastPrompts(Schema):
    items: list[PastPrompt]


class Batch(Schema):
    batch: UUID
    takes: list[Take]


class Event(Schema):
    id: int
    kind: str
    from_status: str | None
    to_status: str | None
    actor: str | None
    detail: dict[str, Any]
    at: datetime


class Events(Schema):
    items: list[Event]
    next_cursor: str | None
