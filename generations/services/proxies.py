"""The review proxy: a copy for the player, where a browser cannot find or show each frame of a clip.

The clip as the gateway delivered it stays, and is what people download. Clips that are found well have none.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping

from django.db.models import Exists, OuterRef, Q

from generations import media
from generations.media import MediaToolError, Unplayable
from generations.media.facts import REVIEW_FOR
from generations.models import Event, Generation, Output
from generations.storage import MediaStore

from . import copies, transitions

logger = logging.getLogger(__name__)
_GAVE_UP = Q(kind="no proxy")


def is_due(take: Generation, outputs: Mapping[str, Output]) -> bool:
    clip = outputs.get(Output.Kind.VIDEO)
    wanted = clip is not None and clip.facts.get("review_for") in REVIEW_FOR
    return wanted and Output.Kind.PROXY not in outputs and not take.events.filter(_GAVE_UP).exists()


def due() -> Q:
    """The same, of outputs that are clips: without another question for each."""
    proxy = Output.objects.filter(generation=OuterRef("generation"), kind=Output.Kind.PROXY)
    gave_up = Event.objects.filter(_GAVE_UP, generation=OuterRef("generation"))
    return Q(facts__review_for__in=REVIEW_FOR) & ~Exists(proxy) & ~Exists(gave_up)


def make(store: MediaStore, take: Generation, source: Output) -> None:
    """Once; a fault is written down, and the player goes on showing the original.

    :param source: the clip, or the clip with sound.
    """
    folder = store.scratch()
    try:
        path = folder / "proxy.mp4"
        facts = media.review(store.path(source.file), path)
        copies.keep(store, take, path, Output.Kind.PROXY, facts)
    except (Unplayable, MediaToolError, OSError) as error:
        logger.warning("take %s: no review proxy: %s", take.pk, error)
        reason = getattr(error, "fault", "")
        transitions.record(take.pk, take.project_id, "no proxy", detail={"reason": reason})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
