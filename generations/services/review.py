"""Where takes stand in review: asked for, decided, taken out. Every step is one append-only ``Decision``;
the take's ``review`` is what the last of them left. A decision holds for the bytes that the person saw, and
says so when a newer version came while they looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.clips import sha256_of as sha256_of
from generations.models import (
    Audience,
    Change,
    Comment,
    Decision,
    Event,
    Generation,
    Notification,
    Project,
    Review,
    Status,
    Verb,
)
from generations.services import comments, notify, stacks
from generations.services.allowed import require_alive
from generations.services.compose import Refused
from generations.services.refusals import WrongState
from generations.services.review_seen import Seen, require_seen
from generations.services.review_seen import VersionReplaced as VersionReplaced
from generations.services.review_seen import newest_of as newest_of
from generations.services.review_seen import seen_of as seen_of
from generations.services.selection import locked, portions
from generations.services.writers import Writer
from providers.gateways.problem import Problem

DECISIONS = (Review.APPROVED, Review.CHANGES, Review.REJECTED)
EVENTS = {
    Review.IN_REVIEW.value: "asked for review",
    Review.APPROVED.value: "approved",
    Review.CHANGES.value: "changes requested",
    Review.REJECTED.value: "review rejected",
    "": "out of review",
}
_A_DAY = timedelta(days=1)


def is_reviewable(take: Generation) -> bool:
    return take.status == Status.COMPLETED and take.trashed_at is None and bool(sha256_of(take))


def ask(
    person: Any, takes: Sequence[Generation], *, reviewer: Any = None, due_on: date | None = None
) -> Change:
    """As ``ask_all``, for takes of one project that were read."""
    project, ids = takes[0].project, [take.pk for take in takes]
    return ask_all(person, project, ids, reviewer=reviewer, due_on=due_on)


def ask_all(
    person: Any,
    project: Project,
    ids: Sequence[UUID],
    *,
    reviewer: Any = None,
    due_on: date | None = None,
) -> Change:
    """Put takes in review: those that have a clip, are not in the trash and not signed off.

    :param reviewer: who is asked; None: whoever may decide here.
    :returns: what was changed, so that it can be undone; empty where all stood so already.
    :raises NotAllowed, Refused, WrongState: WrongState where not one of them can be reviewed.
    """
    require_alive(person, project, Verb.COMMENT)
    _require_asking(project, reviewer, due_on)
    wanted = {"review": Review.IN_REVIEW.value, "reviewer": reviewer and reviewer.pk, "due_on": due_on}
    with transaction.atomic():
        before: dict[str, Any] = {}
        fit = 0
        for some in portions(sorted(ids)):
            rows = reviewable(locked(some).filter(project=project))
            fit += len(rows)
            changed = [take for take in rows if _stand_of(take) != wanted]
            before |= {str(take.pk): plain_stand(take) for take in changed}
            put(Writer(person=person), changed, Review.IN_REVIEW, reviewer=reviewer, review_due_on=due_on)
        if not fit:
            raise WrongState(_("There is no clip to review, or it is signed off or in the trash."))
        _tell_reviewer(person, project, reviewer, list(before))
        after = {"reviewer": str(reviewer.pk) if reviewer else "", "due_on": str(due_on or "")}
        return _kept(person, project, "ask", before, after)


def _kept(person: Any, project: Project, kind: str, before: dict[str, Any], after: dict[str, Any]) -> Change:
    return Change.objects.create(project=project, person=person, kind=kind, before=before, after=after)


def reviewable(rows: Any) -> list[Generation]:
    """Of these rows, those that can be asked for or decided on, each with its outputs read along."""
    found = rows.filter(status=Status.COMPLETED, trashed_at=None, signed_at=None)
    return [take for take in found.prefetch_related("outputs") if sha256_of(take)]


def decide(person: Any, take: Generation, review: Review, *, seen: Seen, words: str = "") -> Decision:
    """What a person says of the clip that they saw. Of two at once both are kept, and the later one counts.
    Guests have ``client_decisions``.

    :param words: become a note on the whole take.
    :raises NotAllowed, Refused, WrongState, VersionReplaced, note_words.BadNote:
    """
    if review not in DECISIONS:
        raise Refused([Problem("review", _("This is nothing that you can decide."))])
    require_alive(person, take.project, Verb.DECIDE)
    by = Writer(person=person)
    with transaction.atomic():
        stacks.hold([take.pk])
        row = to_decide_on(take)
        require_seen(row, seen)
        note = _note_of(by, row, words) if words.strip() else None
        decision = put(by, [row], review, comment=note)[0]
        detail = {"review": review.value, "words": words.strip()[:300]}
        notify.tell([row.author_id], Notification.Kind.DECISION, by, row, comment=note, detail=detail)
    return decision


def approve_all(person: Any, project: Project, ids: Sequence[UUID]) -> Change:
    """One word for many clips, each for the bytes that it has now; what is approved already stays as it is.

    :returns: what was changed; a decision is not undone but by another one.
    :raises NotAllowed:
    """
    require_alive(person, project, Verb.DECIDE)
    by = Writer(person=person)
    with transaction.atomic():
        before: dict[str, Any] = {}
        approved: list[Generation] = []
        for some in portions(sorted(ids)):
            rows = [take for take in reviewable(locked(some).filter(project=project)) if not _approved(take)]
            before |= {str(take.pk): plain_stand(take) for take in rows}
            put(by, rows, Review.APPROVED)
            approved += rows
        _tell_authors(by, approved)
        return _kept(person, project, "approve", before, {})


def unask(person: Any, change: Change, ids: Sequence[UUID]) -> int:
    """Take back an ``ask``, inside a transaction that holds the rows: each that still stands as it left it
    goes back to how it stood. That is a line of its own: nothing is wiped out.

    :returns: how many went back.
    """
    asked = {"review": Review.IN_REVIEW.value, **change.after}
    stood: dict[tuple[str, str, str], list[Generation]] = {}
    for take in locked(ids).filter(signed_at=None).prefetch_related("outputs"):
        was = change.before[str(take.pk)]
        # a decision was a person's, on the file of then: nobody says it for them
        if plain_stand(take) == asked and was["review"] not in DECISIONS:
            stood.setdefault((was["review"], was["reviewer"], was["due_on"]), []).append(take)
    people = get_user_model().objects.in_bulk({UUID(who) for _review, who, _day in stood if who})
    for (review, who, day), takes in stood.items():
        reviewer = people.get(UUID(who)) if who else None
        due_on = date.fromisoformat(day) if day else None
        put(Writer(person=person), takes, review, reviewer=reviewer, review_due_on=due_on)
    return sum(map(len, stood.values()))


def withdraw(person: Any, take: Generation) -> Decision:
    """No longer in review.

    :raises NotAllowed, WrongState: it is not waiting for anybody.
    """
    require_alive(person, take.project, Verb.COMMENT)
    with transaction.atomic():
        row = locked([take.pk]).get()
        if row.review != Review.IN_REVIEW:
            raise WrongState(_("This take is not in review."))
        return put(Writer(person=person), [row], "", reviewer=None, review_due_on=None)[0]


def put(
    by: Writer,
    takes: Sequence[Generation],
    review: str,
    *,
    comment: Comment | None = None,
    kind: str = "",
    **fields: Any,
) -> list[Decision]:
    """Write decisions on takes whose rows are held, with a line in the history of each.

    :param kind: of the line in the history, where it is another one than the review's.
    :param fields: what else changes on the takes.
    """
    lines = [_line(by, take, str(review), comment) for take in takes]
    detail = {"guest": by.name} if by.guest else {}
    if reviewer := fields.get("reviewer"):
        detail["reviewer"] = Writer(person=reviewer).name
    Event.objects.bulk_create(
        Event(
            project_id=take.project_id,
            generation=take,
            kind=kind or EVENTS[str(review)],
            actor=by.person,
            detail=detail,
        )
        for take in takes
    )
    now, more = timezone.now(), fields if by.guest else {"review": str(review), **fields}
    rows = Generation.objects.filter(pk__in=[take.pk for take in takes])
    rows.update(review_no=F("review_no") + 1, changed_at=now, **more)  # as notify.stir, for all at once
    return Decision.objects.bulk_create(lines)


def _line(by: Writer, take: Generation, review: str, comment: Comment | None) -> Decision:
    return Decision(
        project_id=take.project_id,
        generation=take,
        review=review,
        person=by.person,
        guest=by.guest,
        person_name=by.name,
        verified_by=by.verified_by,
        comment=comment,
        file_sha256=sha256_of(take),
    )


def _note_of(by: Writer, take: Generation, words: str) -> Comment:
    """The words of a decision as an internal note on the whole take. The take's author hears of the decision,
    not of both."""
    note = comments.write(by, take, body=words, audience=Audience.INTERNAL)
    twice = Notification.objects.filter(
        comment=note, person=take.author_id, kind=Notification.Kind.NOTE, seen_at=None
    )
    twice.delete()
    return note


def _require_asking(project: Project, reviewer: Any, due_on: date | None) -> None:
    """:raises Refused:"""
    if reviewer is not None and not (reviewer.is_active and project.allows(reviewer, Verb.DECIDE)):
        raise Refused([Problem("reviewer", _("This person may not decide in this project."))])
    # a day late is today somewhere
    if due_on and due_on < timezone.localdate() - _A_DAY:
        raise Refused([Problem("due_on", _("Choose a day that is still to come."))])


def to_decide_on(take: Generation) -> Generation:
    """The row, held.

    :raises WrongState:
    """
    row = locked([take.pk]).select_related("project").get()
    if not is_reviewable(row):
        raise WrongState(_("There is no clip here to decide on, or it is in the trash."))
    if row.signed_at:
        raise WrongState(_("This take is signed off; the sign-off has to be withdrawn first."))
    return row


def _stand_of(take: Generation) -> dict[str, Any]:
    return {"review": take.review, "reviewer": take.reviewer_id, "due_on": take.review_due_on}


def plain_stand(take: Generation) -> dict[str, str]:
    """How a take stands, as a change keeps it."""
    return {name: str(value or "") for name, value in _stand_of(take).items()}


def _approved(take: Generation) -> bool:
    return take.review == Review.APPROVED


def _tell_reviewer(person: Any, project: Project, reviewer: Any, ids: Sequence[str]) -> None:
    """One word for all of them, on the first."""
    if reviewer is None or not ids:
        return
    first = Generation.objects.get(pk=ids[0])
    detail = {"takes": len(ids)}
    notify.tell([reviewer.pk], Notification.Kind.ASSIGNED, Writer(person=person), first, detail=detail)


def _tell_authors(by: Writer, takes: Iterable[Generation]) -> None:
    """Each once, on the first of theirs."""
    of: dict[UUID, list[Generation]] = {}
    for take in takes:
        of.setdefault(take.author_id, []).append(take)
    for author, theirs in of.items():
        detail = {"review": Review.APPROVED.value, "takes": len(theirs)}
        notify.tell([author], Notification.Kind.DECISION, by, theirs[0], detail=detail)
