"""The media store: finished files under names made from ids, on the local disk.

A name such as ``takes/0a/<uuid>/clip.mp4`` is what rows keep. Files come in whole: written beside
their place as a part, forced to disk, then renamed. An object store would replace ``commit``,
``path`` (fetch a copy) and ``delete``; nothing else touches the folder.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path, PurePosixPath
from uuid import UUID, uuid4

from django.conf import settings

_SAFE = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)*")


class MediaStore:
    """Files below ``root``. Every method that takes a name raises ValueError if it leaves the root."""

    def __init__(self, root: Path, min_free_bytes: int) -> None:
        self.root = root
        self.min_free_bytes = min_free_bytes

    def path(self, name: str) -> Path:
        """Where a file of this name is or would be."""
        parts = PurePosixPath(name).parts
        if not parts or "\x00" in name or "\\" in name or name.startswith("/") or ".." in parts:
            raise ValueError("a name in the media store must stay inside it")
        path = self.root.joinpath(*parts)
        if not path.resolve().is_relative_to(self.root.resolve()):  # through a link, say
            raise ValueError("a name in the media store must stay inside it")
        return path

    def name_for(self, folder: str, id: UUID, filename: str) -> str:
        """``folder/<two digits>/<id>/filename``; the digits are the id's last, which spread evenly."""
        if not _SAFE.fullmatch(folder) or not _SAFE.fullmatch(filename):
            raise ValueError("folder and filename must be plain lower-case words")
        return f"{folder}/{id.hex[-2:]}/{id}/{filename}"

    def part(self, name: str) -> Path:
        """``<final>.part`` beside the final place, its folder made: a download goes on there."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.with_name(f"{path.name}.part")

    def scratch(self) -> Path:
        """A new empty folder on the same disk, for files on their way in. The caller removes it."""
        folder = self.root / "incoming" / uuid4().hex
        folder.mkdir(parents=True)
        return folder

    def free_bytes(self) -> int:
        self.root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.root).free

    def has_room(self, extra: int = 0) -> bool:
        """Whether ``extra`` bytes more would leave the reserve untouched."""
        return self.free_bytes() - extra >= self.min_free_bytes

    def commit(self, part: Path, name: str) -> Path:
        """Make a finished part the file of this name, so that it survives a power cut."""
        final = self.path(name)
        _sync(part)
        for _ in range(3):  # an emptied folder may be removed between these two lines
            final.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                part.replace(final)
                break
        else:
            raise FileNotFoundError(f"no part to commit as {name}")
        for folder in (final.parent, final.parent.parent, final.parent.parent.parent):
            _sync(folder)
        return final

    def delete(self, name: str) -> None:
        """Remove the file, and its folder if that is now empty. No file, no error."""
        path = self.path(name)
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()


def media_store() -> MediaStore:
    """The studio's store."""
    return MediaStore(Path(settings.MEDIA_ROOT), int(settings.STUDIO["MIN_FREE_BYTES"]))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
