"""Is a file all there? What the container itself declares, read without any decoder.

A clip cut off while it was downloaded or uploaded often still opens and plays its first seconds;
the sizes written in the container show it at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .facts import Unplayable

CUT_OFF = "This file is cut off: its end is missing. Download or export it again."
_MAX_BOXES = 100_000
_UNKNOWN_RIFF_SIZE = 0x7FFFF000  # what writers leave who cannot go back to fill it in


def check_whole(path: Path, mime: str) -> bool | None:
    """Raise Unplayable for a file shorter than it declares; True if an MP4 can start while loading."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if mime in ("video/mp4", "video/quicktime", "audio/mp4"):
            return _check_boxes(file, size)
        if mime == "video/webm":
            _check_segment(file, size)
        if mime == "audio/wav":
            _check_riff(file, size)
    return None


def _check_boxes(file: BinaryIO, size: int) -> bool:
    names = []
    for name, end in _boxes(file, size):
        names.append(name)
        if end > size:
            raise Unplayable(CUT_OFF)
    if b"moov" not in names:
        raise Unplayable(CUT_OFF if b"mdat" in names or b"ftyp" in names else "This file is not a clip.")
    media = min((names.index(n) for n in (b"mdat", b"moof") if n in names), default=len(names))
    return names.index(b"moov") < media


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """(type, offset of the end) of each top-level box; a 64-bit size follows where the short one is 1."""
    at = 0
    for _ in range(_MAX_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:  # up to the end of the file
            length = size - at
        if length < 8:  # padding after the last box
            return
        at += length
        yield head[4:8], at


def _check_segment(file: BinaryIO, size: int) -> None:
    """WEBM: an EBML header, then one Segment that says how long it is (or that it does not know)."""
    file.seek(4)
    header = _vint(file)
    if header is None:
        raise Unplayable(CUT_OFF)
    file.seek(header, os.SEEK_CUR)
    if file.read(4) != b"\x18\x53\x80\x67":
        raise Unplayable(CUT_OFF)
    length = _vint(file)
    if length is not None and file.tell() + length > size:
        raise Unplayable(CUT_OFF)


def _vint(file: BinaryIO) -> int | None:
    """An EBML number; None where all its bits are set, which means *unknown*."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    more = 8 - first[0].bit_length()
    mask = (1 << (7 * (more + 1))) - 1
    number = int.from_bytes(first + file.read(more), "big") & mask
    return None if number == mask else number


def _check_riff(file: BinaryIO, size: int) -> None:
    declared = int.from_bytes(file.read(8)[4:8], "little")
    if declared < _UNKNOWN_RIFF_SIZE and declared + 8 > size + 1:  # a pad byte may be left out
        raise Unplayable(CUT_OFF)
