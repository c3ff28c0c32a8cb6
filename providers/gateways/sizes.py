"""Resolutions in words, compared by their lines."""

from __future__ import annotations

import re

_K_LINES = {"2k": 1440, "4k": 2160, "8k": 4320}


def lines_of(resolution: str) -> int:
    """``true_1080p`` and ``1920x1080`` have 1080 lines, ``4k`` 2160; 0 for a word that says nothing of it."""
    word = resolution.lower()
    if word in _K_LINES:
        return _K_LINES[word]
    if size := re.fullmatch(r"(\d+)x(\d+)", word):
        return min(int(part) for part in size.groups())
    told = re.search(r"(\d+)p$", word)
    return int(told[1]) if told else 0


def lines_named(name: str) -> int:
    """The most lines that a model's name tells: ``kling-o3-4k-text-to-video`` 2160; 0 where it tells none."""
    return max(map(lines_of, re.split(r"[^0-9A-Za-z]+", name)))
