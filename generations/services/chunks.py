"""Files that come in parts and go on after a lost connection.

The row says what is coming; the part file in the media store is what has come, and its length is the offset,
also after a crash. Parts are written a block at a time, each only where the file ends just then: of two
writers one finds that it is no longer at the end, and stops. After the last byte the file goes through
``save_or_find`` like every other.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from generations import media
from generations.labels import clean_label
from generations.models import Project, Upload
from generations.storage import media_store

from .assets import CAPS, UploadRefused, check_cap, refusals, require_room, save_or_find

LIVES = timedelta(days=1)  # after the last byte that came
MOST_OPEN = 200  # of one person
BLOCK_BYTES = 256 * 1024
HEAD_BYTES = 64 * 1024  # what a file is known by; static/js/upload.js reads as much
_FOLDER = "partial"
log = logging.getLogger(__name__)


class WrongOffset(Exception):
    """The part does not begin where the file ends; ``offset`` is where that is."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"the file has {offset} bytes")
        self.offset = offset


class Busy(Exception):
    """Another request is looking at the finished file just now."""


class Gone(Exception):
    """The part file is not there any more."""


def most_bytes() -> int:
    """The largest file of any kind."""
    return max(int(settings.STUDIO[CAPS[kind]]) for kind in media.Kind)


def begin(user: Any, project: Project, *, name: str, size_bytes: int) -> Upload:
    """A place for a file of this size. Who may add to the project is the caller's question.

    Raises UploadRefused: empty, too_big, too_many, no_room.
    """
    _check(user, size_bytes)
    row = Upload(owner=user, project=project, name=clean_label(name), size_bytes=size_bytes)
    row.expires_at = timezone.now() + LIVES
    path = _path(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    row.save()
    return row


def _check(user: Any, size_bytes: int) -> None:
    if size_bytes < 1:
        raise UploadRefused(_("This file is empty."), "empty")
    if size_bytes > most_bytes():
        words = _("This file is larger than %(size)s, the most that the studio takes.")
        raise UploadRefused(
            words % {"size": f"{most_bytes() / 1_000_000:.0f} MB"}, "too_big", (most_bytes(),)
        )
    if unfinished(user).count() >= MOST_OPEN:
        raise UploadRefused(_("Too many files are on their way; finish or drop some first."), "too_many")
    require_room(media_store(), size_bytes + _still_to_come())


def _still_to_come() -> int:
    """Bytes that were announced, by anybody, and are not here: room that is promised already."""
    left = _coming().aggregate(left=Sum(F("size_bytes") - F("offset")))["left"]
    return max(int(left or 0), 0)


def _coming() -> QuerySet[Upload]:
    return Upload.objects.filter(asset=None, problem="", expires_at__gt=timezone.now())


def unfinished(user: Any) -> QuerySet[Upload]:
    """This person's files of which bytes are still missing."""
    return _coming().filter(owner=user)


def offset_of(upload: Upload) -> int:
    """How many bytes are here. Raises Gone."""
    if upload.asset_id:
        return upload.size_bytes
    try:
        return _path(upload).stat().st_size
    except FileNotFoundError as error:
        raise Gone from error


def head_sha256(upload: Upload) -> str:
    """Of the first HEAD_BYTES, or of all of a shorter file; empty while those are not here. Whoever has the
    file knows by it that this is the one."""
    wanted = min(HEAD_BYTES, upload.size_bytes)
    try:
        with _path(upload).open("rb") as file:
            head = file.read(wanted)
    except FileNotFoundError:
        return ""
    return hashlib.sha256(head).hexdigest() if len(head) == wanted else ""


def append(upload: Upload, offset: int, blocks: Iterable[bytes]) -> int:
    """Add what comes from ``offset`` on, and look at the file once it is whole. What came stays, also where
    the blocks break off.

    :returns: how many bytes are here now.
    :raises WrongOffset: it does not begin, or go on, where the file ends.
    :raises UploadRefused: more bytes than were told, or a file that is not taken: then it is dropped. Or
        no_room: then what is here stays for another try.
    :raises Busy, Gone:
    """
    upload.refresh_from_db(fields=["asset"])  # another request may have brought the rest
    if offset != offset_of(upload):
        raise WrongOffset(offset_of(upload))
    if not upload.asset_id:
        at = _write(upload, offset, blocks)
        _sniff(upload, at)
        if at == upload.size_bytes:
            _finish(upload)
    return offset_of(upload)


def _write(upload: Upload, at: int, blocks: Iterable[bytes]) -> int:
    try:
        for block in blocks:
            at = _write_block(upload, at, block)
    finally:
        with suppress(Gone):
            here = {"offset": offset_of(upload), "expires_at": timezone.now() + LIVES}
            Upload.objects.filter(pk=upload.pk).update(**here)
    return at


def _write_block(upload: Upload, at: int, block: bytes) -> int:
    with _locked(upload) as file:
        end = file.seek(0, os.SEEK_END)
        if end != at:
            raise WrongOffset(end)
        if at + len(block) > upload.size_bytes:
            raise _refused(upload, UploadRefused(_("More bytes came than were announced."), "too_long"))
        require_room(media_store(), len(block))  # other files fill the disk too; what is here stays
        file.write(block)
    return at + len(block)


def _sniff(upload: Upload, at: int) -> None:
    """As soon as its head is here a file of no use, or too large for its kind, is refused."""
    if at < min(media.HEAD_BYTES, upload.size_bytes):
        return
    try:
        with refusals(), _path(upload).open("rb") as file:
            check_cap(media.sniff_upload(file.read(media.HEAD_BYTES), upload.name).kind, upload.size_bytes)
    except FileNotFoundError as error:  # dropped meanwhile
        raise Gone from error
    except UploadRefused as error:
        raise _refused(upload, error) from error


def _finish(upload: Upload) -> None:
    """The row first, then the part goes; a crash between leaves a part for ``prune``."""
    with _locked(upload, wait=False):
        upload.refresh_from_db()
        if upload.asset_id:
            return
        try:
            found = save_or_find(upload.owner, upload.project, _OnDisk(_path(upload)), name=upload.name)
        except UploadRefused as error:
            if error.code in (
                "no_room",
                "not_examined",
            ):  # our fault: the bytes stay for another try
                raise
            raise _refused(upload, error) from error
        upload.asset, upload.known = found
        kept = Upload.objects.filter(pk=upload.pk).update(asset=upload.asset, known=upload.known)
        _path(upload).unlink(missing_ok=True)
    if not kept:  # dropped while the file was looked at; the asset that it became stays
        raise Gone


def _refused(upload: Upload, error: UploadRefused) -> UploadRefused:
    Upload.objects.filter(pk=upload.pk).update(problem=error.message[:400], code=error.code)
    _path(upload).unlink(missing_ok=True)
    return error


def drop(upload: Upload) -> None:
    """The person does not want it any more."""
    Upload.objects.filter(pk=upload.pk).delete()
    _path(upload).unlink(missing_ok=True)


def prune(now: datetime) -> int:
    """:returns: how many uploads had their time. Parts without a row go too."""
    ripe = list(Upload.objects.filter(expires_at__lt=now))
    for upload in ripe:
        drop(upload)
    _remove_orphans(now)
    return len(ripe)


def _remove_orphans(now: datetime) -> None:
    folder = media_store().root / _FOLDER
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):
            old = path.stat().st_mtime < (now - LIVES).timestamp()
            if old and not _has_row(path.name):
                path.unlink()


def _has_row(name: str) -> bool:
    try:
        return Upload.objects.filter(pk=UUID(name), asset=None).exists()
    except ValueError:
        return False


def _path(upload: Upload) -> Path:
    return media_store().path(f"{_FOLDER}/{upload.pk}")


@contextmanager
def _locked(upload: Upload, *, wait: bool = True) -> Iterator[Any]:
    """The part file, for one at a time; a process that dies lets go. Raises Busy, Gone."""
    try:
        file = _path(upload).open("r+b")
    except FileNotFoundError as error:
        raise Gone from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        yield file


class _OnDisk:
    """The part as ``save_or_find`` takes files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size: int | None = path.stat().st_size

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while block := file.read(chunk_size or BLOCK_BYTES):
                yield block
