"""What the page of one take shows of its review: how it stands, who said so, what can be done about it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from generations.clips import clip_of
from generations.models import Comment, Decision, Generation, Review, SignOff, Verb
from generations.services import client_decisions, fixing_notes, sign_off
from generations.services import review as service
from generations.services.sign_off import Standing
from generations.telling import reviews

MOST_GUESTS = 5  # whose words are shown
MOST_PEOPLE = 200  # whom a review can be asked of, in one list


def review(user: Any, take: Generation, may: dict[str, bool]) -> dict[str, Any] | None:
    """None for a take that has no clip to review.

    :param may: by name of the verb, whether this person's role has it here.
    """
    clip = clip_of(take)
    if clip is None or not service.is_reviewable(take):
        return None
    lines = list(take.decisions.of_the_team().select_related("comment").order_by("-id")[:20])
    newest, standing = service.newest_of(take), sign_off.standing_of(take)
    can = _can(user, take, may, standing)
    return {
        "badge": reviews.badge(take),
        "state": take.review,
        "version": reviews.version(take),
        "sha256": clip.sha256,
        "newest": newest.pk if newest else "",
        "decided": _decided(lines),
        "client": _client(take, clip.sha256),
        "before": _before(take),
        "asked": _asked(take, lines),
        "due": reviews.due(take.review_due_on) if take.review == Review.IN_REVIEW else None,
        "signed": standing.sign_off and _signed(standing.sign_off, fits=standing.fits),
        "changed": _changed(take, lines, clip.sha256, standing),
        "fixes": list(fixing_notes.asking(take)),
        "made_for": _made_for(take),
        "can": can,
        "people": list(take.project.members_who(Verb.DECIDE)[:MOST_PEOPLE]) if can["ask"] else [],
        "reviewer_id": take.reviewer_id,
        "due_on": take.review_due_on,
        "file": {"size_bytes": clip.size_bytes, "sha256": clip.sha256},
    }


def _can(user: Any, take: Generation, may: dict[str, bool], standing: Standing) -> dict[str, bool]:
    lives, signed = take.project.archived_at is None, standing.sign_off is not None
    verbs = [verb for verb, allowed in may.items() if allowed]
    return {
        "decide": may["decide"] and lives and not signed,
        "ask": may["comment"] and lives and not signed,
        "withdraw": may["comment"] and lives and take.review == Review.IN_REVIEW,
        "sign": may["decide"] and lives and standing.decision is not None,
        "fix": may["compose"] and lives and take.trashed_at is None,
        "unsign": bool(standing.sign_off) and sign_off.may_withdraw(user, standing.sign_off, verbs),
    }


def _made_for(take: Generation) -> Comment | None:
    """The open note that it was made for, while nobody has said whether it does."""
    if take.fixes_id is None or take.events.filter(kind=fixing_notes.NOT_YET).exists():
        return None
    return Comment.objects.open().filter(pk=take.fixes_id).select_related("generation").first()


def _client(take: Generation, sha256: str) -> list[dict[str, Any]]:
    """What guests said of it, the latest first; ``other_file``: of another clip than the one that is here."""
    return [
        {
            "words": str(reviews.CLIENT_WORDS[line.review][1]),
            "icon": reviews.LOOKS[line.review][0],
            "family": reviews.LOOKS[line.review][1],
            "changes": line.review == Review.CHANGES,
            "who": reviews.who(line),
            "at": line.at,
            "other_file": line.file_sha256 != sha256,
        }
        for line in client_decisions.standing(take)[:MOST_GUESTS]
    ]


def _before(take: Generation) -> list[dict[str, Any]]:
    """The versions before it on which notes are still open: ``take`` and how many, the newest first."""
    if take.stack_id is None or not take.version_no:
        return []
    rows = Comment.objects.open().filter(generation__stack=take.stack_id, generation__trashed_at=None)
    earlier = rows.filter(generation__version_no__lt=take.version_no)
    counted = Counter(earlier.order_by().values_list("generation", flat=True))
    takes = Generation.objects.in_bulk(list(counted))
    newest = sorted(takes.values(), key=lambda one: -(one.version_no or 0))
    return [{"take": one, "version": reviews.version(one), "n": counted[one.pk]} for one in newest]


def _decided(lines: list[Decision]) -> dict[str, Any] | None:
    """The last word on it, unless it was asked for again since."""
    last = next(iter(lines), None)
    if last is None or last.review not in service.DECISIONS:
        return None
    words = last.comment.body if last.comment and not last.comment.deleted_at else ""
    icon, family = reviews.LOOKS[last.review]
    word = str(Review(last.review).label)
    return {
        "word": word,
        "icon": icon,
        "family": family,
        "who": reviews.who(last),
        "at": last.at,
        "words": words,
    }


def _asked(take: Generation, lines: list[Decision]) -> dict[str, Any] | None:
    if take.review != Review.IN_REVIEW:
        return None
    line = next((line for line in lines if line.review == Review.IN_REVIEW), None)
    return {"by": line.person_name if line else "", "at": line.at if line else None, "of": take.reviewer}


def _signed(made: SignOff, *, fits: bool) -> dict[str, Any]:
    return {"id": made.pk, "who": made.statement["person"]["name"], "at": made.at, "fits": fits}


def _changed(take: Generation, lines: list[Decision], sha256: str, standing: Standing) -> bool:
    """Whether the clip is another one than the one that was decided on, or signed."""
    if standing.sign_off is not None:
        return not standing.fits
    last = next(iter(lines), None)
    decided = last is not None and last.review in service.DECISIONS and last.review == take.review
    return decided and last is not None and last.file_sha256 != sha256
