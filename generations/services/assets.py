"""Files that people send: to disk, looked at, kept. ``derived`` makes copies of them.

Who may add to the project is the caller's question. Nothing is kept of a refused file.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from generations import media
from generations.labels import clean_label
from generations.media import Kind, MediaFacts
from generations.models import (
    IN_FLIGHT,
    WAITS_FOR_A_PERSON,
    Asset,
    Generation,
    GenerationInput,
    Output,
    Project,
)
from generations.storage import MediaStore, media_store
from providers.ids import new_id
from providers.models import audit

from . import faces, naming
from .ring import ring

CHUNK_BYTES = 64 * 1024
CAPS = {kind: f"MAX_{kind.name}_BYTES" for kind in Kind}
_PLURAL = {
    Kind.IMAGE: lazy("pictures"),
    Kind.CLIP: lazy("clips"),
    Kind.SOUND: lazy("sounds"),
    Kind.DOCUMENT: lazy("documents"),
}
# what has a small picture at once, and what one is drawn of later; a document has none
_SHOWN, _DRAWN = (Kind.IMAGE, Kind.CLIP), (Kind.CLIP, Kind.SOUND)


class Uploaded(Protocol):
    """What is needed of Django's UploadedFile."""

    size: int | None

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]: ...


class UploadRefused(Exception):
    """``message`` is one plain sentence for people; ``code`` one word for programs.

    Codes: empty, type, too_big, unreadable, not_examined, too_heavy, no_room, cannot_edit, in_use,
    no_frame, no_clip, lost, busy, too_many_tags.
    """

    def __init__(self, message: str, code: str, allowed: tuple[Any, ...] = ()) -> None:
        super().__init__(message)
        self.message, self.code, self.allowed = message, code, allowed


@dataclass(frozen=True)
class Arrived:
    """A file on our disk that has no row yet."""

    path: Path
    sha256: str
    size_bytes: int

    @classmethod
    def at(cls, path: Path) -> Arrived:
        """A file that was made here."""
        with path.open("rb") as file:
            return cls(path, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def save_upload(user: Any, project: Project, uploaded: Uploaded, *, name: str) -> Asset:
    """Keep an uploaded file as an asset of the project; the one it has already, if the bytes are known.

    Streams in chunks of 64 KiB. Raises UploadRefused.
    """
    return save_or_find(user, project, uploaded, name=name)[0]


def save_or_find(user: Any, project: Project, uploaded: Uploaded, *, name: str) -> tuple[Asset, bool]:
    """As ``save_upload``, and whether the project had the bytes already."""
    store = media_store()
    require_room(store, uploaded.size or 0)
    with scratch(store) as folder, refusals():
        arrived = _receive(uploaded, folder / "original", name)
        known = find_same(project, arrived.sha256)
        if known is not None:
            return known, True
        facts = media.examine(arrived.path)
        check_cap(facts.kind, arrived.size_bytes)
        id_ = new_id()
        kept = keep(store, arrived, facts, id=id_, project=project, owner=user, name=clean_label(name))
        return kept, kept.pk != id_


def require_room(store: MediaStore, size_bytes: int) -> None:
    """Raises UploadRefused (no_room)."""
    if not store.has_room(size_bytes):
        raise UploadRefused(
            _("The studio's disk is nearly full; ask an administrator to make room."), "no_room"
        )


def from_output(user: Any, take: Generation, kind: str = Output.Kind.LAST_FRAME) -> Asset:
    """The last frame of a take, or its clip, as an asset of its project; the same one when asked again.

    Raises UploadRefused (no_frame, no_clip) while there is none."""
    output = take.outputs.filter(kind=kind).first()
    if output is None:
        raise UploadRefused(*_MISSING[kind])
    end = " (last frame)" if kind == Output.Kind.LAST_FRAME else ""
    words = naming.as_words(take.prompt)[:40].replace("/", " ")
    name = clean_label(f"{words}{end}{PurePosixPath(output.file).suffix}")
    made_by = {"op": str(kind), "take": str(take.pk)}
    return _copy(user, take.project, output.file, output.sha256, name, derivation=made_by)


def copy_into(user: Any, asset: Asset, project: Project) -> Asset:
    """The same file as an asset of another project; the one that is there already, if it has these bytes.

    Raises UploadRefused."""
    if asset.project_id == project.pk:
        return asset
    return _copy(user, project, asset.file, asset.sha256, asset.name, **rights_in(asset, project))


def rights_in(asset: Asset, project: Project) -> dict[str, Any]:
    """What was said of whose a file is, for a copy of it: a crop shows the same face. The release is a file
    of the original's project, and stays there."""
    release = asset.release if asset.project_id == project.pk else None
    return {"rights": dict(asset.rights), "release": release}


def _copy(user: Any, project: Project, file: str, sha256: str, name: str, **link: Any) -> Asset:
    """A file of the media store as an asset of ``project``, or the one that has these bytes already."""
    known = find_same(project, sha256)
    if known is not None:
        return known
    store = media_store()
    with scratch(store) as folder, refusals():
        copy = folder / "original"
        try:
            original = store.path(file)
            require_room(store, original.stat().st_size)
            shutil.copyfile(original, copy)
        except (FileNotFoundError, ValueError) as error:  # lost from the disk; purged, it has no name
            words = _("The file itself is not kept any more; send it again.")
            raise UploadRefused(words, "lost") from error
        arrived = Arrived(copy, sha256, copy.stat().st_size)
        return keep(store, arrived, media.examine(copy), project=project, owner=user, name=name, **link)


_MISSING: dict[str, tuple[Any, str]] = {
    Output.Kind.LAST_FRAME: (lazy("The last frame of this take has not been made yet."), "no_frame"),
    Output.Kind.VIDEO: (lazy("This take has no clip."), "no_clip"),
}


def find_same(project: Project, sha256: str) -> Asset | None:
    """The project's asset with these bytes, if it is not in the trash."""
    return Asset.objects.live().filter(project=project, sha256=sha256).exclude(file="").first()


def trash_asset(user: Any, asset: Asset) -> bool:
    """Out of sight; the file stays until it is purged.

    :returns: whether it was in sight before.

    Raises UploadRefused (in_use) while a take that has not ended still needs the bytes.
    """
    with transaction.atomic():
        row = Asset.objects.select_for_update().get(pk=asset.pk)
        _require_idle(row)
        done = bool(Asset.objects.filter(pk=row.pk, trashed_at=None).update(trashed_at=timezone.now()))
        if done:
            audit(user, "threw away", "asset", row.pk, before={"name": row.name, "sha256": row.sha256})
    return done


def restore_asset(user: Any, asset: Asset) -> bool:
    """:returns: whether it was in the trash before."""
    rows = Asset.objects.filter(pk=asset.pk, trashed_at__isnull=False).exclude(file="")
    with transaction.atomic():
        done = bool(rows.update(trashed_at=None))
        if done:
            audit(user, "restored", "asset", asset.pk, after={"name": asset.name})
    return done


def purge_asset(asset: Asset) -> None:
    """Drop the files of a trashed asset; the row stays for the takes that name it.

    Raises UploadRefused (in_use) while a take that has not ended still needs the bytes.
    """
    with transaction.atomic():
        row = Asset.objects.select_for_update().get(pk=asset.pk)
        _require_idle(row)
        names = [name for name in (row.file, row.thumb, row.strip) if name]
        row.trashed_at, row.file, row.thumb, row.strip = row.trashed_at or timezone.now(), "", "", ""
        row.save(update_fields=["trashed_at", "file", "thumb", "strip"])
        audit("schedule", "deleted for good", "asset", row.pk, before={"name": row.name})
        transaction.on_commit(lambda: _delete(media_store(), names))


def _require_idle(asset: Asset) -> None:
    busy = (*IN_FLIGHT, *WAITS_FOR_A_PERSON)
    if GenerationInput.objects.filter(asset=asset, generation__status__in=busy).exists():
        raise UploadRefused(_("A take that is still running uses this file; wait for it."), "in_use")


def _receive(uploaded: Uploaded, path: Path, name: str) -> Arrived:
    """Write the chunks to ``path``; stops at the first that shows the file to be of no use."""
    digest, size, cap_of = hashlib.sha256(), 0, None
    head = b""
    with path.open("wb") as out:
        for chunk in uploaded.chunks(CHUNK_BYTES):
            if cap_of is None:
                head = (head + chunk)[: media.HEAD_BYTES]
                # a first chunk shorter than the head is the whole file, for chunks come from a disk file
                cap_of = media.sniff_upload(head, name).kind
                check_cap(cap_of, uploaded.size or 0)
            size += len(chunk)
            check_cap(cap_of, size)
            digest.update(chunk)
            out.write(chunk)
    if not size:
        media.sniff(b"")
    return Arrived(path, digest.hexdigest(), size)


def check_cap(kind: Kind, size: int) -> None:
    """Raises UploadRefused (too_big)."""
    cap = int(settings.STUDIO[CAPS[kind]])
    if size > cap:
        message = _(
            "This file is larger than %(size)s, the most that %(kind)s may have; make it smaller and send "
            "it again."
        )
        raise UploadRefused(message % {"size": _megabytes(cap), "kind": _PLURAL[kind]}, "too_big", (cap,))


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.0f} MB"


def keep(store: MediaStore, arrived: Arrived, facts: MediaFacts, **fields: Any) -> Asset:
    """Files first, then the row; if there is no row in the end, no files either."""
    id_ = fields.pop("id", None) or new_id()
    file = store.name_for("assets", id_, f"original{media.SUFFIXES[facts.mime]}")
    thumb = store.name_for("assets", id_, "thumb.webp") if facts.kind in _SHOWN else ""
    row = Asset(
        id=id_,
        kind=facts.kind.value,
        file=file,
        thumb=thumb,
        sha256=arrived.sha256,
        mime=facts.mime,
        size_bytes=arrived.size_bytes,
        width=facts.width,
        height=facts.height,
        duration_s=facts.duration_s,
        fps=facts.fps,
        facts=facts.plain(),
        **fields,
    )
    try:
        if thumb:
            small = arrived.path.with_name("thumb.webp")
            media.thumb(arrived.path, small, facts.mime)
            store.commit(small, thumb)
        store.commit(arrived.path, file)
        kept = _save_once(row)
    except BaseException:
        _delete(store, [file, thumb])
        raise
    if kept is not row:
        _delete(store, [file, thumb])
    elif facts.kind in _DRAWN:
        ring("draw", row.pk)
    return kept


def _save_once(row: Asset) -> Asset:
    """The row, or the one that somebody saved with the same bytes meanwhile."""
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=row.project_id)  # one at a time within a project
        same = find_same(row.project, row.sha256)
        if same is not None:
            return same
        row.save(force_insert=True)
        faces.ask(row)
        return row


def _delete(store: MediaStore, names: Iterable[str]) -> None:
    for name in names:
        if name:
            store.delete(name)


@contextmanager
def scratch(store: MediaStore) -> Iterator[Path]:
    folder = store.scratch()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def refusals() -> Iterator[None]:
    """What the media package says of a file, as a refusal of the upload."""
    try:
        yield
    except media.NotMedia as error:
        code = "empty" if "empty" in error.sentence else "type"
        raise UploadRefused(error.sentence, code, media.ACCEPTED) from error
    except media.TooHeavy as error:
        raise UploadRefused(error.sentence, "too_heavy") from error
    except media.Unplayable as error:
        raise UploadRefused(error.sentence, "unreadable") from error
    except media.MediaBusy as error:
        message = _("The studio is busy converting other files. Try again in a moment.")
        raise UploadRefused(message, "busy") from error
    except media.MediaToolError as error:  # logged where it arose
        message = _("The studio could not examine this file; try again, or save it anew and send that.")
        raise UploadRefused(message, "not_examined") from error
