"""What SilkDock tells of a job: what it makes, what it costs, how far it is, why it failed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from . import _silkdock_errors as errors
from .values import Failure, FailureClass, Job
from .wire import Reply, as_mapping, as_number, as_text, people_text


def makes(data: Mapping[str, Any]) -> dict[str, Any]:
    """``usage`` tells what is made and billed: a pair of resolution and ratio that a model lacks is
    replaced without an error (https://silkdock.ai/docs/api/video, read 2026-11)."""
    usage = as_mapping(data.get("usage"))
    sound = usage.get("has_audio")
    told = {
        "duration_s": as_number(usage.get("duration_seconds")),
        "resolution": as_text(usage.get("video_resolution")).lower()[:20] or None,
        "generate_audio": sound if isinstance(sound, bool) else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def cost(reply: Reply) -> Decimal | None:
    """What the proxy reckons for this job, where it says so; never a guess."""
    try:
        cost = Decimal(reply.header("x-litellm-response-cost"))
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and 0 < cost < 1_000_000 else None


def kept_cost(job: Job) -> Decimal | None:
    kept = as_text(job.handle.get("cost_usd"))
    return Decimal(kept) if kept else None


def progress(data: Mapping[str, Any]) -> float | None:
    told = as_number(data.get("progress"))
    return None if told is None else min(max(told, 0.0), 100.0) / 100


def failure(data: Mapping[str, Any], job: Job) -> Failure:
    """The reason is a text; an object is read too. SilkDock bills at the submit and says nothing of money
    coming back, so nobody can tell."""
    error = data.get("error")
    text = errors.clean(as_text(as_mapping(error).get("message")) or as_text(error))
    moderated = errors.is_moderation(text)
    return Failure(
        FailureClass.MODERATION if moderated else FailureClass.PROVIDER_DOWN,
        people_text(text) or "SilkDock gave up on this job and named no reason.",
        billed=None,
        code=as_text(as_mapping(error).get("code"))[:120],
        cost_usd=kept_cost(job),
    )
