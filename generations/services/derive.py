"""Posters, strip and last frame of a finished take, and after them its review proxy. The clip is ours
already: failing here changes nothing about the take, and running twice makes nothing twice.

Pictures share the workers of the files cluster with finished clips, and the queue knows no order but
first come. So a derivation that finds a clip waiting for a worker steps back, and the sweep rings it again
once none waits: on the row, like everything else, so that no bell goes round and round in the queue. After
DERIVE_AGAIN_S it has waited long enough and goes all the same.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from generations import clips, media
from generations.media import DerivedFile
from generations.models import Event, Generation, Output, Status
from generations.storage import MediaStore, media_store

from . import fixing_notes, last_frame, proxies, resound
from .lease import free, rung_until
from .ring import ring

log = logging.getLogger(__name__)
_RECENT = 1000  # outputs: a look at the newest costs the same with a million takes
_DERIVED = (Output.Kind.POSTER, Output.Kind.SMALL, Output.Kind.STRIP, Output.Kind.LAST_FRAME)


def derive_outputs(take_id: UUID | str) -> None:
    """Make what is missing of the four, with an Event ``derived``; or note ``derive_failed``, once. Before
    them the sound of an enlarged clip; after them, at another ring of the bell, the review proxy.

    No clip, nothing missing, or no room on the disk: returns without a trace.
    """
    take = Generation.objects.filter(pk=take_id).first()
    if take is None:
        return
    if take.stack_id is not None:
        fixing_notes.clip_came(take.pk)
    outputs: dict[str, Output] = {output.kind: output for output in take.outputs.all()}
    missing = _missing(outputs)
    clip, store = outputs.get(Output.Kind.VIDEO), media_store()
    source, proxy = resound.source_for(take, outputs), proxies.is_due(take, outputs)
    if clip is None or not (missing or source or proxy) or not store.has_room():
        return
    if _is_young(clip) and stores_wait():
        _step_back(take)
        return
    if not missing and not source:
        proxies.make(store, take, clips.original_of(outputs))
        return
    if source:
        resound.put_back(store, take, clip, source)
    try:
        if missing:
            _derive(store, take, clip, missing)
    except (media.Unplayable, media.MediaToolError, OSError) as error:
        log.warning("take %s: no derivatives: %s", take_id, error)
        _note_failure(take, error)
    else:
        if proxy:  # a long work of its own, for which the pictures need not wait
            ring("derive", take.pk)


def _missing(outputs: Mapping[str, Output]) -> list[str]:
    """A small poster alone is made from the large one, by ``small_posters``: the clip is not read for it."""
    missing = [kind.value for kind in _DERIVED if kind not in outputs]
    return [] if missing == [Output.Kind.SMALL] else missing


def _again_after() -> timedelta:
    return timedelta(seconds=settings.STUDIO["DERIVE_AGAIN_S"])


def _is_young(clip: Output) -> bool:
    return clip.created_at > timezone.now() - _again_after()


def stores_wait() -> bool:
    """A finished clip is in line for a worker; one whose pause runs is not."""
    return Generation.objects.filter(free(timezone.now()), status=Status.STORING).exists()


def _step_back(take: Generation) -> None:
    """A lease that is over at once: ``ring_missing`` knows the take by it."""
    at_rest = Q(lease_until=None) | Q(lease_until__lte=timezone.now())
    Generation.objects.filter(at_rest, pk=take.pk).update(**rung_until(0))


def ring_missing() -> int:
    """Ask again for the pictures and proxies of recent clips that nobody has made: they stepped back and no
    clip waits for a worker any more; or the worker died, the bell was lost.

    :returns: how many were rung.
    """
    now = timezone.now()
    again_s = settings.STUDIO["DERIVE_AGAIN_S"]
    due = Q(created_at__lt=now - _again_after())
    if not stores_wait():
        due |= Q(generation__lease_until__lte=now)
    newest = Output.objects.order_by("-id").values_list("id", flat=True).first() or 0
    poster = Output.objects.filter(generation=OuterRef("generation"), kind=Output.Kind.POSTER)
    gave_up = Event.objects.filter(generation=OuterRef("generation"), kind="derive_failed")
    clips = Output.objects.filter(
        ~Exists(gave_up),
        ~Exists(poster) | proxies.due(),
        due,
        id__gt=newest - _RECENT,
        kind=Output.Kind.VIDEO,
    )
    return sum(_ring_once(take_id, again_s) for take_id in clips.values_list("generation_id", flat=True))


def _ring_once(take_id: UUID, again_s: float) -> int:
    """The lease of a take at rest says when its pictures were last asked for."""
    rows = Generation.objects.filter(Q(lease_until=None) | Q(lease_until__lte=timezone.now()), pk=take_id)
    if not rows.update(**rung_until(again_s)):
        return 0
    ring("derive", take_id)
    return 1


def _derive(store: MediaStore, take: Generation, clip: Output, missing: list[str]) -> None:
    folder = store.scratch()
    try:
        files = media.derive(store.path(clip.file), folder)
        if Output.Kind.LAST_FRAME in missing and (own := last_frame.of_gateway(take, folder)):
            files = [own if file.kind == own.kind else file for file in files]
        rows = [_stored(store, take, file) for file in files if file.kind in missing]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _save(take, rows)


def _stored(store: MediaStore, take: Generation, file: DerivedFile) -> Output:
    name = store.name_for("takes", take.id, file.path.name)
    sha256, size = _sha256(file.path), file.path.stat().st_size
    store.commit(file.path, name)
    return Output(
        generation=take,
        kind=file.kind,
        file=name,
        sha256=sha256,
        mime=file.mime,
        size_bytes=size,
        width=file.width,
        height=file.height,
    )


def _save(take: Generation, rows: list[Output]) -> None:
    """A second worker's rows are left as they are: the same clip gives the same bytes."""
    fields = ("file", "sha256", "mime", "size_bytes", "width", "height")
    with transaction.atomic():
        new = []
        for row in rows:
            values = {field: getattr(row, field) for field in fields}
            _row, made = Output.objects.get_or_create(generation=take, kind=row.kind, defaults=values)
            new += [row.kind] if made else []
        if new:
            Event.objects.create(
                project_id=take.project_id, generation=take, kind="derived", detail={"kinds": new}
            )


def _note_failure(take: Generation, error: Exception) -> None:
    message = getattr(error, "sentence", _("The pictures of this clip could not be made."))
    with transaction.atomic():
        Generation.objects.select_for_update().get(pk=take.pk)  # so that two workers note it once
        if not take.events.filter(kind="derive_failed").exists():
            Event.objects.create(
                project_id=take.project_id, generation=take, kind="derive_failed", detail={"message": message}
            )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
