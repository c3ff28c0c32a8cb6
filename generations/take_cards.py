"""A finished take as the composer's picker shows it."""

from __future__ import annotations

from typing import Any

from generations.file_urls import small_among, url_among
from generations.models import Generation, Output
from generations.services import naming


def pick_card(take: Generation) -> dict[str, Any]:
    """What templates/generations/_pick.html and _pick_frames.html need; ``take`` with model and outputs."""
    outputs = {output.kind: output for output in take.outputs.all()}
    clip = outputs.get(Output.Kind.VIDEO)
    size = f"{clip.width} × {clip.height}" if clip and clip.width else ""
    return {
        "id": str(take.pk),
        "name": naming.as_shown(take.prompt)[:120] or take.model.label,
        "model": take.model.label,
        "size": size,
        "duration_s": clip.duration_s if clip else None,
        "created_at": take.created_at,
        "poster_url": url_among(outputs, take.pk, Output.Kind.POSTER),
        "small_url": small_among(outputs, take.pk),
        "clip_url": url_among(outputs, take.pk, Output.Kind.VIDEO),
        "has_last": Output.Kind.LAST_FRAME in outputs,
    }
