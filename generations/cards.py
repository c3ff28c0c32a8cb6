"""A take as the context that _card.html expects: words, times and addresses, no rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from generations import card_actions, clips, picture_sizes
from generations.card_looking import Looking
from generations.file_urls import file_url, url_among, widths_among
from generations.models import WAITS_FOR_A_PERSON, Generation, Output, Status, Verb
from generations.services import (
    card_facts,
    decide,
    failures,
    line,
    naming,
    typical,
)
from generations.telling import money, reviews, situation
from generations.telling.sentences import closed
from providers.gateways.values import FailureClass, Role

MOST_WORDS = 220
LEAST_START_S = 10  # what starts sooner needs no number


def card(take: Generation, by: Looking) -> dict[str, Any]:
    """Outputs, inputs, model, account and author of the take are there already (see services.feed)."""
    kinds = {output.kind: output for output in take.outputs.all()}
    return {
        "id": take.pk,
        "url": reverse("take", args=[take.pk]),
        "menu_url": reverse("take-menu", args=[take.pk]),
        "status": "trash" if take.is_thrown_away else take.status,
        "prompt": naming.as_shown(take.prompt),
        "model_label": take.model.label,
        "gateway_label": take.account.adapter.label,
        "is_sandbox": take.account.sandbox,
        "created_at": take.created_at,
        "author_initials": take.author.initials,
        "is_news": take.news_at is not None and take.author_id == by.viewer_id,
        "held_usd": take.held_usd,
        "money_note": money.uncertain(take) if take.status == Status.UNCERTAIN else "",
        "aspect_css": aspect(take),
        "needs_person": take.status in WAITS_FOR_A_PERSON,
        "may_decide": by.may(Verb.SPEND),
        **_sorted(take, kinds, by),
        **_pictures(take, kinds),
        **_waiting(take, by),
        **_ended_or_stopped(take),
        **_cancelling(take, by),
        "use_frame_url": _use_frame(take, kinds, by),
        "actions": card_actions.actions(take, by),
    }


def _sorted(take: Generation, kinds: Mapping[str, Output], by: Looking) -> dict[str, Any]:
    """What the team's sorting says of it."""
    clip, facts = clips.played(kinds), by.facts.get(take.pk, card_facts.Facts())
    return {
        "mark": take.mark,
        "review": reviews.badge(take),
        "client": reviews.client_badge(take),
        "rating": mean_words(take.stars),
        "my_stars": facts.stars,
        "version_no": take.version_no,
        "versions": facts.versions,
        "open_notes": facts.open_notes,
        "shot_code": facts.shot_code or "",
        "clip_url": file_url(take.pk, clip.kind) if clip else "",
        "made_by": str(take.author),
        "tags": _tags(take),
    }


def _tags(take: Generation) -> list[str]:
    """Where they were read along, as for the gallery."""
    known = "taggings" in getattr(take, "_prefetched_objects_cache", {})
    return [tagging.tag.name for tagging in take.taggings.all()] if known else []


def mean_words(stars: Any) -> str:
    """``4`` or ``3.5``; empty where nobody rated."""
    return f"{stars:.1f}".removesuffix(".0") if stars else ""


def _use_frame(take: Generation, kinds: Mapping[str, Output], by: Looking) -> str:
    """Where its last frame becomes the composer's first frame (POST)."""
    if Output.Kind.LAST_FRAME not in kinds or not by.makes(Verb.COMPOSE):
        return ""
    return reverse("take-use-last-frame", args=[take.pk])


def aspect(take: Generation) -> str:
    """Width over height as ``16/9``: of the file, else as asked for, else of the frame it starts from."""
    for output in take.outputs.all():
        if output.kind == Output.Kind.VIDEO and output.width and output.height:
            return _ratio(output.width, output.height)
    wish = str(take.request.get("aspect_ratio") or "")
    if wish.count(":") == 1 and wish.replace(":", "").isdigit():
        return wish.replace(":", "/")
    frame = _first_frame(take)
    return _ratio(frame.width, frame.height) if frame and frame.width and frame.height else "16/9"


def _ratio(width: int, height: int) -> str:
    """The nearest usual ratio when it is near enough, so that cards of a row stand in line."""
    for w, h in ((16, 9), (9, 16), (1, 1), (4, 3), (3, 4), (21, 9), (3, 2), (2, 3), (4, 5), (5, 4), (9, 21)):
        if abs(width / height - w / h) < 0.03 * w / h:
            return f"{w}/{h}"
    return f"{width}/{height}"


def _first_frame(take: Generation) -> Any:
    return next((use.asset for use in take.inputs.all() if use.role == Role.FIRST_FRAME), None)


def _first_picture(take: Generation) -> Any:
    """What a take shows that is on its way or waits for a person: the frame it starts from, else its first
    reference."""
    if take.is_final:
        return None
    shown = (Role.FIRST_FRAME, Role.REFERENCE_IMAGE)
    return next((use.asset for use in take.inputs.all() if use.role in shown), None)


def _pictures(take: Generation, kinds: Mapping[str, Output]) -> dict[str, Any]:
    frame, video = _first_picture(take), kinds.get(Output.Kind.VIDEO)
    return {
        "poster_url": url_among(kinds, take.pk, Output.Kind.POSTER),
        "poster_widths": widths_among(kinds, take.pk),
        "sizes": picture_sizes.on_wall(aspect(take)),
        "strip_url": url_among(kinds, take.pk, Output.Kind.STRIP),
        "first_frame_url": reverse("asset-thumb", args=[frame.pk]) if frame and frame.thumb else "",
        "duration_s": video.duration_s if video else None,
    }


def _waiting(take: Generation, by: Looking) -> dict[str, Any]:
    began = take.accepted_at or take.submitted_at or take.created_at
    total = take.bytes_total
    stored = min(take.bytes_done / total, 1) if total else None
    elapsed_s = max((by.now - began).total_seconds(), 0)
    return {
        "started_at": began,
        "elapsed_s": elapsed_s,
        **_usually(take, by.expected.get(take.model_id), elapsed_s),
        "progress": stored if take.status == Status.STORING else take.progress,
        "bytes_done": take.bytes_done,
        "bytes_total": total,
        "kept_note": _kept(take, by.now),
        "queue_position": by.places.get(take.pk),
        "starts_s": _starts(by.starts.get(take.pk)),
        "far_back": line.is_far_back(take, by.places, by.now),
        "overdue": bool(take.status == Status.RUNNING and take.deadline_at and take.deadline_at < by.now),
        "wait_note": _wait_note(take, by.now),
    }


def _usually(take: Generation, usual: typical.Typical | None, elapsed_s: float) -> dict[str, float | None]:
    """What is still ahead of it: the usual time of its model, and the one that nine of ten keep."""
    half, most = (usual.p50_s, usual.p90_s) if usual else (take.eta_s, None)
    return {
        "expected_s": situation.still_ahead(half, elapsed_s),
        "at_most_s": situation.still_ahead(most, elapsed_s),
    }


def _starts(seconds: float | None) -> float | None:
    return seconds if seconds and seconds >= LEAST_START_S else None


def _kept(take: Generation, now: datetime) -> str:
    """How long the gateway keeps the file."""
    if take.result_expires_at is None or take.result_expires_at <= now:
        return ""
    left = (take.result_expires_at - now).total_seconds()
    span = _("%d h") % (left // 3600) if left >= 3600 else _("%d min") % max(left // 60, 1)
    return _("%(gateway)s keeps it %(span)s") % {"gateway": take.account.adapter.label, "span": span}


def _wait_note(take: Generation, now: datetime) -> str:
    """Why a take stands still, if it does."""
    if take.parked_at:
        reason = take.wait_reason or str(_("Tried several times without success; it waits for you."))
        made = take.status == Status.STORING
        return f"{closed(reason)} {money.made_but_not_here(take) if made else money.waits_in_line(take)}"
    if situation.is_paused(take):
        return f"{situation.paused(take)} {money.waits_in_line(take)}"
    why = situation.why_waiting(take, now)
    return f"{closed(why)} {money.waits_in_line(take)}" if why and take.status == Status.QUEUED else why


def _ended_or_stopped(take: Generation) -> dict[str, Any]:
    if situation.is_paused(take):
        return {"status_word": _("Paused"), "failure_icon": "pause"}
    if take.parked_at:
        word = _("Not stored") if take.status == Status.STORING else _("Stopped")
        return {"status_word": word, "failure_icon": "pause", "parked": True}
    if take.status == Status.CANCELLED:
        told = situation.of(take)
        return {"status_word": told.title, "failure_sentence": f"{told.sentence} {told.money}".strip()}
    if take.status != Status.FAILED:
        return {}
    meaning = failures.meaning_of(take)
    refused = take.failure_class == FailureClass.MODERATION
    label = take.account.adapter.label
    said = [_sentence(take.failure_message), money.failed(take)]
    return {
        "status_word": _("Refused by %s") % label if refused else str(meaning.title),
        "failure_sentence": " ".join(filter(None, said)),
        "failure_next": str(meaning.next_step),
        "failure_icon": "ban" if refused else "",
    }


def _sentence(text: str) -> str:
    """A gateway's words, cut, and closed so that ours can follow."""
    text = text.strip()
    if len(text) > MOST_WORDS:
        return f"{text[: MOST_WORDS - 1]}…"
    return closed(text)


def _cancelling(take: Generation, by: Looking) -> dict[str, Any]:
    if (
        not (decide.can_cancel(take) and by.may(Verb.SPEND)) or take.parked_at
    ):  # that one has words, see below
        return {"can_cancel": False}
    return {
        "can_cancel": True,
        "cancel_url": reverse("take-cancel", args=[take.pk]),
        "cancelling": money.cancelling(take),
    }
