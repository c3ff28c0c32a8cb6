"""What guests of a link say of a take. It stands beside what the team says, and neither takes the other's
place: a take may be approved here while its client wants changes. Each word is a line that stays; one that
its guest takes back is followed by a line that says so."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from generations.models import Decision, Generation, Guest, Notification, Review, Verification
from generations.services import notify, stacks
from generations.services.compose import Refused
from generations.services.refusals import NotAllowed, WrongState
from generations.services.review import put, to_decide_on
from generations.services.review_seen import Seen, require_seen
from generations.services.writers import Writer
from providers.gateways.problem import Problem

TAKEN_BACK = "client took it back"  # in the history of the take
WORDS = (Review.APPROVED, Review.CHANGES)


def decide(guest: Guest, take: Generation, review: Review, *, seen: Seen) -> Decision:
    """Whether their link shows this take and lets them decide is its own question.

    :raises NotAllowed, Refused, WrongState, VersionReplaced:
    """
    if review not in WORDS:
        raise Refused([Problem("review", _("This is nothing that you can decide."))])
    with transaction.atomic():
        row = _held(take)
        require_seen(row, seen)
        made = _put(guest, row, review)
        _tell(guest, row, review.value)
    return made


def take_back(guest: Guest, take: Generation) -> Decision:
    """Their last word counts no more; what other guests said does again.

    :raises NotAllowed, WrongState: they have said nothing of it.
    """
    with transaction.atomic():
        row = _held(take)
        if not by(guest, [row]).get(row.pk):
            raise WrongState(_("There is no decision of yours to take back."))
        made = _put(guest, row, "")
        _tell(guest, row, "")
    return made


def _held(take: Generation) -> Generation:
    """:raises NotAllowed, WrongState:"""
    if take.project.archived_at:
        raise NotAllowed(_("This project is archived; its takes stay as they are."))
    stacks.hold([take.pk])
    return to_decide_on(take)


def _put(guest: Guest, row: Generation, review: str) -> Decision:
    writer = Writer(guest=guest)
    made = put(writer, [row], review, kind="" if review else TAKEN_BACK)[0]
    said = {line.review for line in standing(row)}
    # one who wants changes is not outvoted by another who approves
    word = next((word for word in (Review.CHANGES, Review.APPROVED) if word in said), "")
    Generation.objects.filter(pk=row.pk).update(client_review=word)
    return made


def _tell(guest: Guest, row: Generation, review: str) -> None:
    """Whoever made the take, and whoever sent the link."""
    people = {row.author_id, guest.share.made_by_id}
    detail = {"review": review, "client": True}
    notify.tell(people, Notification.Kind.DECISION, Writer(guest=guest), row, detail=detail)


def standing(take: Generation) -> list[Decision]:
    """The word of each guest that still counts, the latest first."""
    last: dict[tuple[str, ...], Decision] = {}
    for line in take.decisions.of_guests().select_related("guest").order_by("-id")[:_MOST]:
        last.setdefault(_who(line), line)
    return [line for line in last.values() if line.review]


def _who(line: Decision) -> tuple[str, ...]:
    """A guest is a row for each session: somebody who comes again is known by the address that they
    confirmed, else by the name that they gave at the same link."""
    guest = line.guest
    if guest is None:
        return ("gone", line.verified_by, line.person_name.casefold())
    if line.verified_by == Verification.MAIL:
        return ("mail", guest.email.casefold())
    return ("name", str(guest.share_id), line.person_name.casefold())


def on_file(take: Generation, sha256: str) -> list[Decision]:
    """As ``standing``, of those who saw these very bytes."""
    return [line for line in standing(take) if line.file_sha256 == sha256]


_MOST = 200  # lines that are looked at


def by(guest: Guest | None, takes: Iterable[Generation]) -> dict[UUID, Decision]:
    """Take -> what this guest said of it last; without what they took back."""
    if guest is None:
        return {}
    rows = Decision.objects.filter(guest=guest, generation__in=[take.pk for take in takes]).order_by("id")
    return {pk: line for pk, line in {line.generation_id: line for line in rows}.items() if line.review}
