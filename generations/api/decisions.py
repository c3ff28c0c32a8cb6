"""/api/v1/generations/{id}/decision, …/review, …/sign-off: what people say of a clip, and what is bound."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from generations.filenames import clip_name
from generations.models import Decision, Generation, Review, SignOff
from generations.schemas_decisions import DecisionIn, ReviewIn, SignOffIn, WithdrawIn
from generations.services import decision_back, note_words, review, sign_off, sign_off_check, waiting
from generations.services.review import Seen
from generations.services.waiting import Which

from . import answers_decisions, answers_takes, show
from .errors import ApiError, invalid, not_found
from .find import get_project, get_take, id_or, takes_of
from .pages import Limit

router = Router(tags=["reviews"], by_alias=True)
projects = Router(tags=["reviews"], by_alias=True)
sign_offs = Router(tags=["reviews"], by_alias=True)


@router.post("/{uuid:take_id}/decision", response={201: answers_decisions.Decision})
def decide(request: HttpRequest, take_id: UUID, body: DecisionIn) -> Status:
    """Approve, request changes or reject, for the bytes that you saw. Of two at once both are kept, and the
    later one counts."""
    take = get_take(request, take_id)
    seen = Seen(body.file_sha256, body.newest, body.anyway)
    try:
        made = review.decide(request.user, take, Review(body.review), seen=seen, words=body.words)
    except review.VersionReplaced as error:
        raise _replaced(error) from error
    except note_words.BadNote as error:
        raise invalid("words", str(error)) from error
    return Status(201, _decision(made))


def _replaced(error: review.VersionReplaced) -> ApiError:
    newer = error.by and {"id": str(error.by.pk), "version_no": error.by.version_no}
    return ApiError(
        409, "version_replaced", str(error), field="newest" if newer else "file_sha256", newer=newer
    )


@router.get("/{uuid:take_id}/decisions", response=answers_decisions.Decisions)
def decisions(request: HttpRequest, take_id: UUID) -> dict[str, Any]:
    """Every line, oldest first, and what a decision of this moment has to say that it saw."""
    take = get_take(request, take_id)
    seen = review.seen_of(take)
    lines = take.decisions.order_by("id")
    return {
        "items": [_decision(line) for line in lines],
        "seen": {"file_sha256": seen.file_sha256 or None, "newest": seen.newest},
    }


@router.delete("/{uuid:take_id}/decisions/{uuid:line_id}", response=answers_decisions.Decision)
def take_back(request: HttpRequest, take_id: UUID, line_id: UUID) -> dict[str, Any]:
    """Your own decision taken back within an hour: one more line, by which the take is in review again. 409
    where somebody decided since, it was not in review before, or it is signed off."""
    return _decision(decision_back.take_back(request.user, get_take(request, take_id), line_id))


def _decision(line: Decision) -> dict[str, Any]:
    return {
        "id": line.pk,
        "review": line.review or None,
        "by": line.person_name,
        "guest": line.guest_id is not None,
        "verified_by": line.verified_by,
        "note": line.comment_id,
        "file_sha256": line.file_sha256,
        "at": line.at,
    }


@router.post("/{uuid:take_id}/review", response=answers_takes.Take)
def ask(request: HttpRequest, take_id: UUID, body: ReviewIn) -> dict[str, Any]:
    """Ask for a review, or ask somebody else."""
    take = get_take(request, take_id)
    review.ask(request.user, [take], reviewer=_reviewer(body.reviewer), due_on=body.due_on)
    return show.take(get_take(request, take_id))


def _reviewer(word: str | None) -> Any:
    """:raises ApiError: 422, the same for somebody who is not there and who may not decide."""
    if word is None:
        return None
    found = get_user_model().objects.filter(id_or("username", word)).first()
    if found is None:
        raise invalid("reviewer", _("This person may not decide in this project."))
    return found


@router.delete("/{uuid:take_id}/review", response=answers_takes.Take)
def end(request: HttpRequest, take_id: UUID) -> dict[str, Any]:
    """No longer in review."""
    review.withdraw(request.user, get_take(request, take_id))
    return show.take(get_take(request, take_id))


@projects.get("/{project}/review", response=answers_takes.Takes)
def in_review(
    request: HttpRequest, project: str, which: Query[Which] = Which.MINE, limit: Limit = 50
) -> dict[str, Any]:
    """What waits: for you, in review at all, with a day, or sent back. The most urgent first; decide on these
    to come to the rest."""
    where = get_project(request.user, project)
    ids = list(waiting.takes(request.user, where, which).values_list("pk", flat=True)[:limit])
    rows = takes_of(request.user).in_bulk(ids)
    return {"items": [show.take(rows[pk]) for pk in ids if pk in rows], "next_cursor": None}


@router.post("/{uuid:take_id}/sign-off", response={201: answers_decisions.SignOff})
def sign(request: HttpRequest, take_id: UUID, body: SignOffIn) -> Status:
    """Bind your name to the approved clip, its recipe and its consent, for good."""
    take = get_take(request, take_id)
    made = sign_off.sign(request.user, take, file_sha256=body.file_sha256, file_name=clip_name(take))
    return Status(201, _signed(made, take))


@router.get("/{uuid:take_id}/sign-offs", response=answers_decisions.SignOffs)
def signed(request: HttpRequest, take_id: UUID) -> dict[str, Any]:
    """All of a take, withdrawn ones too, oldest first; each as its certificate."""
    take = get_take(request, take_id)
    rows = take.sign_offs.select_related("withdrawal__person")
    return {"items": [_signed(made, take) for made in rows]}


@sign_offs.post("/{uuid:sign_off_id}/withdraw", response=answers_decisions.SignOff)
def withdraw(request: HttpRequest, sign_off_id: UUID, body: WithdrawIn) -> dict[str, Any]:
    """Yours, or anybody's in a project that you own. The row stays."""
    takes = Generation.objects.visible_to(request.user)
    rows = SignOff.objects.select_related("generation", "project").filter(generation__in=takes)
    made = rows.filter(pk=sign_off_id).first()
    if made is None:
        raise not_found()
    sign_off.withdraw(request.user, made, body.reason)
    return _signed(made, get_take(request, made.generation_id))


def _signed(made: SignOff, take: Generation) -> dict[str, Any]:
    certificate = sign_off_check.certificate(made)
    return {
        "id": made.pk,
        "at": made.at,
        "fits_file": sign_off.fits(made, take),
        "certificate": certificate,
    }
