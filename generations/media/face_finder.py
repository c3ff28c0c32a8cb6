"""Faces in a picture, as a hint. Runs in the helper process only, and only where OpenCV is installed.

A Haar cascade (``frontalface_alt2``, Lienhart, shipped with OpenCV 4) finds faces that look at the camera.
It misses profiles, small and covered ones, and now and then sees one in a pattern: its word is advice.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from . import frames, pictures

DETECTOR = "opencv haarcascade_frontalface_alt2"
SIDE_PX = 800  # it is looked at in this size
_LEAST_SHARE, _LEAST_PX = 0.06, 24  # of the shorter side: smaller ones are mostly noise
_SCALE, _NEIGHBOURS = 1.1, 5


def find(path: Path, mime: str) -> dict[str, Any]:
    """``count``, ``boxes`` as [x, y, width, height] in shares of the upright picture, and ``detector``; of a
    clip its first picture."""
    picture = _small(path, mime)
    found = _boxes(picture)
    boxes = [
        [round(value / side, 4) for value, side in zip(box, picture.size * 2, strict=True)] for box in found
    ]
    return {"count": len(boxes), "boxes": boxes, "detector": DETECTOR}


def _small(path: Path, mime: str) -> Image.Image:
    if mime.startswith("video/"):
        whole = frames.first_picture(path, mime)
    else:
        whole = pictures.upright_srgb(pictures.loaded(path, mime, draft=SIDE_PX))
    whole.thumbnail((SIDE_PX, SIDE_PX))
    return whole.convert("L")


def _boxes(picture: Image.Image) -> list[tuple[int, int, int, int]]:
    import cv2
    import numpy

    cv2.setNumThreads(1)
    least = max(_LEAST_PX, int(min(picture.size) * _LEAST_SHARE))
    cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / "haarcascade_frontalface_alt2.xml"))
    found = cascade.detectMultiScale(numpy.asarray(picture), _SCALE, _NEIGHBOURS, minSize=(least, least))
    return [tuple(int(value) for value in box) for box in found]
