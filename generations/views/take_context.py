"""Everything the take page shows, gathered once; the page and its live fragment render the same."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from generations import card_actions, clips
from generations.file_urls import file_url, url_among
from generations.models import Generation, Output, Status, Verb
from generations.notes import notes
from generations.services import (
    advice,
    allowing,
    decide,
    elsewhere,
    guesses,
    queue,
    remix,
    rerun,
    shots,
    typical,
)
from generations.take_review import review
from generations.take_sorting import sorting
from generations.telling import history, made, money, receipt, recipe, refusal, situation
from generations.telling.hops import drift_words, hop_words
from providers.gateways.values import FailureClass

RELATIONS = {
    "retry": lazy("Retry of"),
    "fix": lazy("Fixes a note on"),
    "edit": lazy("Edited from"),
    "last_frame": lazy("Goes on from the last frame of"),
    "extend": lazy("Extends"),
    "upscale": lazy("Enlarges"),
    "frame": lazy("Starts from a picture of"),
    "clip": lazy("Made from the clip of"),
    "used": lazy("Uses"),
}
MENDED_BY_HAND = (FailureClass.MODERATION, FailureClass.INVALID_INPUT, FailureClass.REFUSED_LOCALLY)
HAS_CLIP = (Status.COMPLETED, Status.CANCELLED)


def take_context(request: HttpRequest, take: Generation) -> dict[str, Any]:
    prefetch_related_objects([take], "outputs")  # asked about by several below
    outputs = {output.kind: output for output in take.outputs.all()}
    may = allowed(request.user, take)
    player, events = _player(take, outputs), history.lines_of(take)
    return {
        "take": take,
        "project": take.project,
        "title": recipe.title(take, 72),
        "outputs": outputs,
        "player": player,
        "notes": notes(request, take, player, may),
        "may": may,
        "can": {**_can(take, may, outputs), **_can_wait(request.user, take, may)},
        **_standing(request.user, take, may),
        **_made(request, take, outputs),
        "shot": _shot(take, may),
        "remix": remixes(take, may, outputs),
        "sorting": sorting(request.user, take),
        "review": review(request.user, take, may),
        "events": events,
        "live": _live(take, len(events), can_get_notes=player is not None),
    }


def _standing(user: Any, take: Generation, may: dict[str, bool]) -> dict[str, Any]:
    """How it stands with the job: on its way, refused, ended or in the trash, and which ways on there are."""
    return {
        "situation": situation.of(take, _expected(take)),
        "first_frame": _first_frame(take),
        "stored_share": min(take.bytes_done / take.bytes_total, 1) if take.bytes_total else None,
        "cancelling": money.cancelling(take),
        "dropping": money.dropping(take),
        **rerun_of(take),
        "refusal": refusal.of(user, take) if may["compose"] else None,
        "advice": advice.of(user, take) if may["compose"] else None,
        "new_price": _new_price(take) if take.failure_class == FailureClass.PRICE_MOVED else None,
        "raw": take.failure_raw if user.is_administrator else "",
        "barred": _barred(user, take, may),
        "days_left": situation.trash_days_left(take, settings.STUDIO["TRASH_DAYS"]),
    }


def _shot(take: Generation, may: dict[str, bool]) -> dict[str, Any] | None:
    """The shot that it is in; None where it is in none and the project has no shots."""
    shot = take.shot
    if shot is None and not shots.any_in(take.project):
        return None
    makes = take.project.archived_at is None and take.trashed_at is None
    return {
        "id": shot.pk if shot else "",
        "code": shot.code if shot else "",
        "title": shot.title if shot else "",
        "url": f"{take.project.get_absolute_url()}shots#shot-{shot.pk}" if shot else "",
        "chosen": shot is not None and shot.chosen_take_id == take.pk,
        "can_move": may["compose"] and makes,
        "can_choose": may["decide"] and makes and take.status == Status.COMPLETED,
    }


def _barred(user: Any, take: Generation, may: dict[str, bool]) -> str:
    """What an allow-list has against the same once more; a click would be refused."""
    if not (may["spend"] and take.is_final and take.project.archived_at is None):
        return ""
    return allowing.words_of(allowing.problems_with_take(allowing.lists_for(user, take.project), take))


def _made(request: HttpRequest, take: Generation, outputs: dict[str, Output]) -> dict[str, Any]:
    """What it was made of and what it cost, and the takes that it belongs with."""
    inputs = recipe.inputs(take, Generation.objects.visible_to(request.user))
    return {
        "receipt": receipt.of(take),
        "guess": guesses.may_say(request.user, take),
        "recipe_rows": recipe.rows(take),
        "inputs": inputs,
        "sent_prompt": recipe.sent_prompt(take),
        "as_sent": recipe.as_sent(take),
        "differences": made.differences(take),
        "stored_as": made.stored_as(outputs.get(Output.Kind.VIDEO)),
        "kin": _kin(request, take, inputs),
        "hop": hop_words(take.hop),
        "drift": drift_words(take.hop),
    }


def allowed(user: Any, take: Generation) -> dict[str, bool]:
    """Which verbs this person's role has here, by name; one question to the database."""
    verbs = take.project.verbs_of(user)
    return {verb.value: verb in verbs for verb in Verb}


def _can(take: Generation, may: dict[str, bool], outputs: dict[str, Output]) -> dict[str, bool]:
    """What is offered: the state allows it, the role does, and an archived project makes nothing new."""
    makes = take.project.archived_at is None
    spend, waits = may["spend"], take.status == Status.NEEDS_CONSENT
    price_moved = take.status == Status.FAILED and take.failure_class == FailureClass.PRICE_MOVED
    return {
        "cancel": spend and decide.can_cancel(take) and not waits,
        "attest": waits and makes,
        "drop_consent": spend and waits,
        "resume": may["compose"] and decide.can_resume(take),
        "retry": spend and makes and take.is_final and not price_moved,
        "edit": may["compose"] and makes and (take.is_final or waits),
        "resolve": spend and take.status == Status.UNCERTAIN,
        "accept_price": spend and makes and price_moved,
        "elsewhere": spend
        and makes
        and not take.account.stopped
        and (elsewhere.looks_stuck(take) or elsewhere.may_go(take)),
        "trash": may["trash"] and take.is_final and take.trashed_at is None and take.signed_at is None,
        "restore": may["trash"] and take.trashed_at is not None and take.purged_at is None,
        "sort": may["comment"] and makes and take.trashed_at is None,
        "stack": may["compose"] and makes and take.trashed_at is None,
        "share": _can_share(take, may, outputs) and makes,
        "use_frame": may["compose"] and makes and Output.Kind.LAST_FRAME in outputs,
    }


def _can_share(take: Generation, may: dict[str, bool], outputs: dict[str, Output]) -> bool:
    """With people without an account; as services.share_takes.showable has it."""
    finished = take.status == Status.COMPLETED and take.trashed_at is None
    return may["share"] and finished and Output.Kind.VIDEO in outputs


def _can_wait(user: Any, take: Generation, may: dict[str, bool]) -> dict[str, bool]:
    """Its author alone holds a take back in line; who spends lets it go on, in a project that lives."""
    waits = may["spend"] and queue.is_in_line(take)
    paused = take.paused_at is not None
    return {
        "pause": waits and not paused and take.author_id == user.pk,
        "unpause": waits and paused and take.project.archived_at is None,
    }


def remixes(take: Generation, may: dict[str, bool], outputs: dict[str, Output]) -> dict[str, bool]:
    """What a composer can be filled with out of this take, whatever became of it."""
    makes = may["compose"] and take.project.archived_at is None
    parts = {part: makes and remix.has(take, part) for part in ("all", "prompt", "seed", "inputs")}
    kinds = {"frame": Output.Kind.LAST_FRAME, "clip": Output.Kind.VIDEO}
    return {**parts, **{name: makes and kind in outputs for name, kind in kinds.items()}}


def rerun_of(take: Generation) -> dict[str, Any]:
    """Where a refused take was run since, and which way on stands out: that, or see ``first_choice``."""
    there = rerun.at_other_accounts([take]).get(take.pk)
    words = card_actions.already(there) if there else ""
    return {"rerun": there, "rerun_words": words, "first_choice": first_choice(take, there)}


def first_choice(take: Generation, there: Generation | None = None) -> str:
    """Which way on stands out after a failure: change something, or just once more; neither where it was run
    at another account since."""
    if take.status != Status.FAILED or there:
        return ""
    return "edit" if take.failure_class in MENDED_BY_HAND else "retry"


def _player(take: Generation, outputs: dict[str, Output]) -> dict[str, Any] | None:
    original, clip = outputs.get(Output.Kind.VIDEO), clips.played(outputs)
    if original is None or clip is None or take.status not in HAS_CLIP:
        return None
    shape = f"{original.width}/{original.height}" if original.width and original.height else "16/9"
    return {
        "video_url": file_url(take.pk, clip.kind),
        "poster_url": url_among(outputs, take.pk, Output.Kind.POSTER),
        "strip_url": url_among(outputs, take.pk, Output.Kind.STRIP),
        "proxy": clips.why_proxy(clip, original),
        **clips.pace(clip, original),
        "aspect_css": shape,
        "alt": take.prompt[:160],
    }


def _first_frame(take: Generation) -> str:
    """The picture a take that has not ended starts from, or its first reference, to be shown dimmed."""
    if take.is_final:
        return ""
    use = take.inputs.filter(role__in=("first_frame", "reference_image")).exclude(asset__thumb="").first()
    return reverse("asset-thumb", args=[use.asset_id]) if use else ""


def _expected(take: Generation) -> float | None:
    if take.status != Status.RUNNING:
        return None
    return typical.expected_s([take]).get(take.model_id)


def _new_price(take: Generation) -> str:
    """The price that the gateway asked in the end, as the failure kept it."""
    event = take.events.filter(kind="failed").order_by("-id").first()
    return str(event.detail.get("code") or "") if event else ""


def _kin(request: HttpRequest, take: Generation, inputs: list[recipe.InputRow]) -> dict[str, Any]:
    """``used`` are the other takes that its inputs came out of."""
    used = {row.take.pk: row.take for row in inputs if row.take and row.take.pk != take.parent_id}
    rows = Generation.objects.visible_to(request.user).select_related("author")
    return {
        "parent": rows.filter(pk=take.parent_id).first() if take.parent_id else None,
        "children": rows.filter(parent=take).order_by("id")[:20],
        "relation": RELATIONS.get(take.relation, ""),
        "used": list(used.values()),
    }


def _live(take: Generation, events: int, *, can_get_notes: bool) -> dict[str, Any]:
    """What the one poll of the page carries; ``version`` changes with everything that is shown. Where people
    write to each other the page asks as often as where something runs."""
    return {
        "url": reverse("take-live", args=[take.pk]),
        "version": version_of(take, events),
        "busy": situation.is_busy(take) or can_get_notes,
    }


def version_of(take: Generation, events: int) -> str:
    return f"{take.version}.{events}.{take.review_no}.{take.changed_at.timestamp():.3f}"
