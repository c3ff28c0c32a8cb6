"""What guests of a link say of a take. It stands beside what the team says, and neither takes the other's
place: a take may be approved here while its client wants changes. Each word is a line that stays; one that
its guest takes back is followed by a line that says so."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from generations.clips import sha256_of
from generations.models import Decision, Generation, Guest, Notification, Review, Verification
from generations.services import notify, stacks
from generations.services.compose import Refused
from generations.services.refusals import NotAllowed, WrongState
from generations.services.review import put, to_decide_on
from generations.services.review_seen import Seen, require_seen
from generations.services.writers import Writer
from providers.gateways.problem import Problem

Who = tuple[str, str, str]
TAKEN_BACK = "client took it back"  # in the history of the take
WORDS = (Review.APPROVED, Review.CHANGES)


def decide(guest: Guest, take: Generation, review: Review, *, seen: Seen) -> Decision:
    """Whether their link shows this take and lets them decide is its own question. The same word on the same
    file again is no second one.

    :raises NotAllowed, Refused, WrongState, VersionReplaced:
    """
    if review not in WORDS:
        raise Refused([Problem("review", _("This is nothing that you can decide."))])
    with transaction.atomic():
        row = _held(take)
        require_seen(row, seen)
        last = _last_of(guest, row)
        if last is not None and (last.review, last.file_sha256) == (review, sha256_of(row)):
            return last
        made = _put(guest, row, review)
        _tell(guest, row, review.value)
    return made


def take_back(guest: Guest, take: Generation, was: str) -> Decision:
    """Their last word counts no more; what other guests said does again.

    :param was: the word that they had before them: another one, said on another device since, stays.
    :raises NotAllowed, WrongState:
    """
    with transaction.atomic():
        row = _held(take)
        last = _last_of(guest, row)
        if last is None or not last.review or last.review != was:
            raise WrongState(_("That is not your last word on this clip; look at it again."))
        if not may_take_back(guest, last):
            raise WrongState(_("That was said on another device, under this name. You can decide anew."))
        made = _put(guest, row, "")
        _tell(guest, row, "")
    return made


def may_take_back(guest: Guest, line: Decision) -> bool:
    """What was said in this session, or under an address that was confirmed: by a name alone anybody with the
    link could wipe out what somebody else said. To decide anew is another thing: that leaves its own line."""
    return line.guest_id == guest.pk or who_is(guest)[0] == "mail"


def _last_of(guest: Guest, take: Generation) -> Decision | None:
    return _last([take]).get((take.pk, who_is(guest)))


def _held(take: Generation) -> Generation:
    """:raises NotAllowed, WrongState:"""
    if take.project.archived_at:
        raise NotAllowed(_("This project is archived; its takes stay as they are."))
    stacks.hold([take.pk])
    return to_decide_on(take)


def _put(guest: Guest, row: Generation, review: str) -> Decision:
    writer = Writer(guest=guest)
    made = put(writer, [row], review, kind="" if review else TAKEN_BACK)[0]
    # one who wants changes is not outvoted by another who approves
    word = next((line.review for line in standing(row)), "")
    Generation.objects.filter(pk=row.pk).update(client_review=word)
    return made


def _tell(guest: Guest, row: Generation, review: str) -> None:
    """Whoever made the take, and whoever sent the link."""
    people = {row.author_id, guest.share.made_by_id}
    detail = {"review": review, "client": True}
    notify.tell(people, Notification.Kind.DECISION, Writer(guest=guest), row, detail=detail)


def standing(take: Generation) -> list[Decision]:
    """The word of each guest that still counts: who wants changes first, then the latest."""
    said = [line for line in _last([take]).values() if line.review]
    said.sort(key=lambda line: line.pk, reverse=True)
    return sorted(said, key=lambda line: line.review != Review.CHANGES)


def by(guest: Guest | None, takes: Iterable[Generation]) -> dict[UUID, Decision]:
    """Take -> what this guest said of it last, on whatever device; without what they took back."""
    if guest is None:
        return {}
    me = who_is(guest)
    return {take: line for (take, who), line in _last(takes).items() if who == me and line.review}


def _last(takes: Iterable[Generation]) -> dict[tuple[UUID, Who], Decision]:
    """The last line of each guest on each of these takes; one query."""
    rows = Decision.objects.of_guests().filter(generation__in=[take.pk for take in takes])
    found: dict[tuple[UUID, Who], Decision] = {}
    for line in rows.select_related("guest").order_by("id"):
        found[line.generation_id, _who(line)] = line
    return found


def _who(line: Decision) -> Who:
    if line.guest is None:
        return ("gone", line.verified_by, line.person_name.casefold())
    return _known(line.guest, line.verified_by, line.person_name)


def who_is(guest: Guest) -> Who:
    """A guest is a row for each session: somebody who comes again is known by the address that they
    confirmed, else by the name that they gave at the same link."""
    return _known(guest, Writer(guest=guest).verified_by, guest.name)


def _known(guest: Guest, verified_by: str, name: str) -> Who:
    if verified_by == Verification.MAIL:
        return ("mail", guest.email.casefold(), "")
    return ("name", str(guest.share_id), name.casefold())


def on_file(take: Generation, sha256: str) -> list[Decision]:
    """As ``standing``, of those who saw these very bytes."""
    return [line for line in standing(take) if line.file_sha256 == sha256]
