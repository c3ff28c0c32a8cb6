"""The helper process: takes one order, sets its own limits, prints one line of JSON, ends.

It is the only place where bytes from outside meet a decoder. Its environment holds no secrets, it
dies with its parent, and whatever it decodes it may not take more memory or time than this.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .edits import from_plain
from .facts import MediaToolError, TooHeavy, Unplayable
from .sniff import sniff_file

MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 30
EDIT_CPU_SECONDS = 150  # converting a clip
OUTPUT_BYTES = 200_000_000
_PR_SET_PDEATHSIG = 1
TOO_HEAVY = "This file takes too much memory to open; make it smaller and send it again."


def main() -> int:
    """Run one order. The answer is JSON on stdout: {"result": …}, {"refused": …} or {"fault": …}."""
    order = _parser().parse_args()
    cpu_s = EDIT_CPU_SECONDS if order.order in ("edit", "review", "bare") else CPU_SECONDS
    _limit(order.parent, cpu_s, OUTPUT_BYTES + _copied_bytes(order))
    try:
        answer = {"result": _run(order)}
    except Unplayable as refusal:
        answer = {"refused": refusal.sentence, "type": type(refusal).__name__}
    except MemoryError:
        answer = {"refused": TOO_HEAVY, "type": TooHeavy.__name__}
    except Exception:  # told to the parent, which logs it
        answer = {"fault": traceback.format_exc(limit=-3)}
    print(json.dumps(answer))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="generations.media")
    parser.add_argument("order", choices=tuple(_ORDERS))
    parser.add_argument("path", type=Path)
    parser.add_argument("--mime", default="")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--edit", type=json.loads, default={})
    parser.add_argument("--parent", type=int, default=0)
    return parser


def _copied_bytes(order: argparse.Namespace) -> int:
    """What goes from the files into the new one as it is."""
    if order.order not in ("resound", "bare"):
        return 0
    return sum(path.stat().st_size for path in (order.path, order.source) if path and path.is_file())


def _limit(parent: int, cpu_s: int = 0, output_bytes: int = 0) -> None:
    """Before any decoder is loaded."""
    cpu_s, output_bytes = cpu_s or CPU_SECONDS, output_bytes or OUTPUT_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_bytes, output_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if parent and os.getppid() != parent:  # it died before the line above
            os._exit(1)


def _run(order: argparse.Namespace) -> Any:
    mime = _agreed_mime(order.path, order.mime)
    if order.order in ("bare", "derive", "edit", "faces", "review", "wave"):
        os.nice(10)
    return _ORDERS[order.order](order, mime)


def _agreed_mime(path: Path, expected: str) -> str:
    """What the bytes say. ``expected`` may only differ where the containers are the same."""
    found = sniff_file(path).mime
    same = {"video/mp4", "video/quicktime", "audio/mp4"}
    if expected and expected != found and not {expected, found} <= same:
        raise Unplayable(f"This file was announced as {expected} but is {found}.")
    return found


def _probe(order: argparse.Namespace, mime: str) -> dict[str, Any]:
    # after the limits; and no more than this file takes, for loading is most of what a small one costs
    if mime.startswith("image/"):
        from . import pictures

        return asdict(pictures.probe(order.path, mime))
    from . import tracks

    return asdict(tracks.probe(order.path, mime))


def _derive(order: argparse.Namespace, mime: str) -> list[dict[str, Any]]:
    from . import frames

    if not mime.startswith("video/"):
        raise Unplayable("Only clips have a poster, a strip and a last frame.")
    return [asdict(file) | {"path": str(file.path)} for file in frames.derive(order.path, mime, order.out)]


def _thumb(order: argparse.Namespace, mime: str) -> dict[str, int]:
    from . import pictures

    if mime.startswith("image/"):
        width, height = pictures.thumb(order.path, mime, order.out)
    elif mime.startswith("video/"):
        from . import frames

        small = frames.first_picture(order.path, mime)
        small.thumbnail((pictures.THUMB_SIDE, pictures.THUMB_SIDE))
        small.save(order.out, "WEBP", quality=80)
        width, height = small.size
    else:
        raise MediaToolError("a sound has no thumbnail")
    return {"width": width, "height": height}


def _edit(order: argparse.Namespace, mime: str) -> dict[str, Any]:
    if mime.startswith("image/"):
        from . import picture_edit

        return asdict(picture_edit.make(order.path, mime, order.out, from_plain(order.edit)))
    from . import track_edit

    return asdict(track_edit.make(order.path, mime, order.out, from_plain(order.edit)))


def _resound(order: argparse.Namespace, mime: str) -> bool:
    from . import soundtrack

    return soundtrack.resound(order.path, mime, order.source, _agreed_mime(order.source, ""), order.out)


def _review(order: argparse.Namespace, mime: str) -> dict[str, Any]:
    from . import review_copy

    return asdict(review_copy.make(order.path, mime, order.out))


def _bare(order: argparse.Namespace, mime: str) -> dict[str, Any]:
    from . import bare_copy

    return asdict(bare_copy.make(order.path, mime, order.out))


def _faces(order: argparse.Namespace, mime: str) -> dict[str, Any]:
    from . import face_finder

    if mime.startswith("audio/"):
        raise MediaToolError("a sound shows no face")
    return face_finder.find(order.path, mime)


def _wave(order: argparse.Namespace, mime: str) -> dict[str, int]:
    from . import waveform

    width, height = waveform.draw(order.path, mime, order.out)
    return {"width": width, "height": height}


_ORDERS = {
    "probe": _probe,
    "derive": _derive,
    "thumb": _thumb,
    "edit": _edit,
    "resound": _resound,
    "review": _review,
    "bare": _bare,
    "faces": _faces,
    "wave": _wave,
}
