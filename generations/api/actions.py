"""/api/v1/generations/{id}/…: what a person decides about a take. Each answers with the take as it is now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from generations.models import Generation, Verb
from generations.schemas import ConsentIn, MoveIn, ResolveIn
from generations.services import again, attested, consent, decide, guesses, queue
from generations.services.refusals import WrongState

from . import answers_consents, answers_takes, show
from .errors import invalid
from .find import get_take

router = Router(tags=["generations"], by_alias=True)
bin_router = Router(tags=["generations"], by_alias=True)


def _after(request: HttpRequest, take_id: UUID, decision: Callable[[Any, Generation], Any]) -> dict[str, Any]:
    """The take as it is after this person's decision about it."""
    decision(request.user, get_take(request, take_id))
    return show.take(get_take(request, take_id))


@router.post("/{uuid:take_id}/cancel", response=answers_takes.Take)
def cancel(request: HttpRequest, take_id: UUID) -> dict[str, Any]:
    """Not sent yet: nothing is charged. Accepted: it is most likely charged, and collected into the trash."""
    return _after(request, take_id, decide.cancel)


@router.post("/{uuid:take_id}/resume", response=answers_takes.Take)
def resume(request: HttpRequest, take_id: UUID) -> dict[str, Any]:
    """Go on with the same job, at no cost: ask again, fetch again."""
    return _after(request, take_id, decide.resume)


@router.post("/{uuid:take_id}/move", response=answers_takes.Take)
def move(request: HttpRequest, take_id: UUID, body: MoveIn) -> dict[str, Any]:
    """Among your own takes that wait in the same account's line; never before somebody else's turn."""
    return _after(request, take_id, lambda user, take: queue.move(user, take, body.to or "", body.place_of))


@router.post("/{uuid:take_id}/pause", response=answers_takes.Take)
def pause(request: HttpRequest, take_id: UUID) -> dict[str, Any]:
    """Hold your own take back in line: it is not sent, keeps its turn, and what was held stays held."""
    return _after(request, take_id, queue.pause)


@router.post("/{uuid:take_id}/unpause", response=answers_takes.Take)
def unpause(request: HttpRequest, take_id: UUID) -> dict[str, Any]:
    """Into the line again, where it stood: your own, or any where you may spend; not in an archived
    project."""
    return _after(request, take_id, queue.unpause)


@router.post("/{uuid:take_id}/resolve", response=answers_takes.Take)
def resolve(request: HttpRequest, take_id: UUID, body: ResolveIn) -> dict[str, Any]:
    """End an uncertain take (*submit_again* may bill twice), or go on at a price that went up. Producers and
    administrators say of a failed take that was charged on a guess whether the gateway *billed* it."""

    def decision(user: Any, take: Generation) -> None:
        if body.action in ("billed", "not_billed"):
            guesses.say(user, take, billed=body.action == "billed", reason=body.reason)
            return
        decide.require(user, take, Verb.SPEND)
        match body.action:
            case "submit_again":
                again.submit_again(user, take, shown=body.shown or "")
            case "drop":
                decide.drop(user, take)
            case "accept_price":
                if body.shown is None:
                    raise invalid("shown", _("Say which price you accept, as it was shown to you."))
                again.accept_price(user, take, shown=body.shown)

    return _after(request, take_id, decision)


@router.get("/{uuid:take_id}/consent", response=answers_consents.ConsentQuestion)
def question(request: HttpRequest, take_id: UUID) -> dict[str, Any]:
    """What the gateway asks, and which other takes one answer would do for."""
    asked = show.consent_question(get_take(request, take_id))
    if asked is None:
        raise WrongState(_("This take does not wait for consent."))
    return asked


@router.post("/{uuid:take_id}/consent", response=answers_takes.Take)
def attest(request: HttpRequest, take_id: UUID, body: ConsentIn) -> dict[str, Any]:
    """Attest to what the gateway asks. A record is kept of who attested to which words, for which files; for
    each take one."""

    def decision(user: Any, take: Generation) -> None:
        address = request.META.get("REMOTE_ADDR") or None
        takes = _with_alike(take, body.also)
        if not consent.attest_all(user, takes, body.ticks, text_sha256=body.text_sha256, address=address):
            raise WrongState(_("This take does not wait for consent."))

    return _after(request, take_id, decision)


def _with_alike(take: Generation, also: Sequence[UUID]) -> list[Generation]:
    """:raises ApiError: 422, a take among ``also`` does not wait for the same answer."""
    alike = {row.pk: row for row in attested.waiting_alike(take)} if also else {}
    if unknown := set(also) - set(alike):
        words = _("These do not wait for the same answer: %(ids)s.")
        raise invalid("also", words % {"ids": ", ".join(sorted(str(one) for one in unknown))})
    return [take, *(row for pk, row in alike.items() if pk in set(also) - {take.pk})]


@bin_router.post("/{uuid:take_id}/trash", response=answers_takes.Take)
def trash(request: HttpRequest, take_id: UUID) -> dict[str, Any]:
    return _after(request, take_id, decide.trash)


@bin_router.post("/{uuid:take_id}/restore", response=answers_takes.Take)
def restore(request: HttpRequest, take_id: UUID) -> dict[str, Any]:
    return _after(request, take_id, decide.restore)
