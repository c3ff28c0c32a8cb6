"""An enlarged clip comes back silent (Venice, seen in July 2026): the sound of its source is put beside it.

What the gateway delivered stays as it is, byte for byte; the clip with sound is a second, derived file, which
the player prefers. It is made before the pictures, so that ``derive`` is rung again where a worker dies.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping

from generations import media
from generations.media import MediaToolError, Unplayable
from generations.models import Asset, Generation, Output
from generations.storage import MediaStore
from providers.gateways.values import Mode, Role

from . import copies, transitions

logger = logging.getLogger(__name__)


def source_for(take: Generation, outputs: Mapping[str, Output]) -> Asset | None:
    """The clip whose sound is missing; None where there is nothing to do."""
    clip = outputs.get(Output.Kind.VIDEO)
    silent = clip is not None and clip.facts.get("has_audio") is False
    if take.mode != Mode.UPSCALE or not silent or Output.Kind.SOUNDED in outputs:
        return None
    if take.events.filter(kind="sound not put back").exists():
        return None
    use = take.inputs.filter(role=Role.SOURCE_VIDEO).select_related("asset").first()
    return use.asset if use else None


def put_back(store: MediaStore, take: Generation, clip: Output, source: Asset) -> None:
    """Once; a fault is written down and stands in nobody's way."""
    folder = store.scratch()
    try:
        path = folder / "sounded.mp4"
        if media.resound(store.path(clip.file), store.path(source.file), path):
            copies.keep(store, take, path, Output.Kind.SOUNDED, media.probe(path, mime="video/mp4"))
    except (Unplayable, MediaToolError, OSError) as error:
        logger.warning("take %s: its sound could not be put back: %s", take.pk, error)
        reason = getattr(error, "sentence", "")
        transitions.record(take.pk, take.project_id, "sound not put back", detail={"reason": reason})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
