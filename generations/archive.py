"""Many clips as one ZIP, written while it is sent: neither memory nor disk ever holds it.

Clips are stored as they are (they do not get smaller), each under a name that starts with the code of its
shot, where it has one, and its place in the selection; ``manifest.json`` comes last and says of each take its
file, SHA-256, shot and recipe.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from zipstream import ZipStream

from generations.clips import clip_of
from generations.filenames import name_of, shot_of_name
from generations.models import Generation, Output
from generations.storage import media_store
from generations.telling import recipe

_AT_ONCE = 100
MANIFEST = "manifest.json"


def stream(ids: Sequence[UUID]) -> Iterator[bytes]:
    """:param ids: takes that the person may see, in the order of the page."""
    archive = ZipStream()
    for name, clip in _clips(ids):
        path = media_store().path(clip.file)
        if path.is_file():
            archive.add_path(path, name)
            yield from archive.all_files()
    archive.add(_manifest(ids), MANIFEST)
    yield from archive.finalize()


def _takes(ids: Sequence[UUID]) -> Iterator[tuple[int, Generation]]:
    """In order, with their place from 1, a portion in memory at a time."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        rows = Generation.objects.select_related("project", "author", "model", "account", "shot")
        found = rows.prefetch_related("outputs", "inputs__asset").in_bulk(list(some))
        for at, pk in enumerate(some, start=start + 1):
            if pk in found:
                yield at, found[pk]


def _clips(ids: Sequence[UUID]) -> Iterator[tuple[str, Output]]:
    for at, take in _takes(ids):
        if clip := clip_of(take):
            yield name_at(at, take, clip), clip


def name_at(at: int, take: Generation, clip: Output) -> str:
    """What the clip of the take at this place, counted from 1, is called in the ZIP."""
    code = shot_of_name(take)
    return f"{code} {at:04} {name_of(take, clip)}" if code else f"{at:04} {name_of(take, clip)}"


def _manifest(ids: Sequence[UUID]) -> Iterator[bytes]:
    """A JSON list, a take at a time. ``file`` is null where the clip is not here any more."""
    before = b"[\n"
    for at, take in _takes(ids):
        yield before + json.dumps(_entry(at, take), ensure_ascii=False, indent=1).encode()
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def _entry(at: int, take: Generation) -> dict[str, Any]:
    clip = clip_of(take)
    here = clip is not None and media_store().path(clip.file).is_file()
    return {
        "file": name_at(at, take, clip) if clip and here else None,
        "sha256": clip.sha256 if clip else None,
        "size_bytes": clip.size_bytes if clip else None,
        "shot": {"code": take.shot.code, "title": take.shot.title} if take.shot else None,
        "recipe": recipe.document(take),
    }
