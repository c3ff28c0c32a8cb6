"""Hold one file against what a model takes in its role."""

from __future__ import annotations

from collections.abc import Iterator

from .capabilities import RoleLimits
from .file_words import codec_words, kept_words, size_words, type_words
from .problem import Problem
from .values import Media, Role


def check_media(role: Role, media: Media, limits: RoleLimits) -> Iterator[Problem]:
    """What is wrong with one file by itself."""
    if media.mime not in limits.mimes:
        text = f"{type_words(media.mime)} is not taken; use {kept_words(limits.mimes)}."
        yield Problem(role, text, limits.mimes, "mime")
    elif media.animated:
        text = "This picture is animated: only its first picture would be used; send that one."
        yield Problem(role, text, rule="animated")
    yield from _check_codecs(role, media, limits)
    if limits.max_bytes is not None and media.size_bytes > limits.max_bytes:
        yield Problem(
            role,
            f"{size_words(media.size_bytes)}; this model takes {size_words(limits.max_bytes)}.",
            (limits.max_bytes,),
            "bytes",
        )
    if media.width and media.height:
        yield from _check_picture(role, media.width, media.height, limits)
    if media.duration_s is not None:
        yield from _check_length(role, media.duration_s, limits)
    least, most = limits.min_fps or 0, limits.max_fps or float("inf")
    if media.fps is not None and not least <= media.fps <= most:
        text = f"{media.fps:g} frames a second; they must lie between {least:g} and {most:g}."
        yield Problem(role, text, (least, most), "fps")


def _check_codecs(role: Role, media: Media, limits: RoleLimits) -> Iterator[Problem]:
    """What is not known passes."""
    pairs = (("video_codec", limits.video_codecs), ("audio_codec", limits.audio_codecs))
    for name, taken in pairs:
        own = getattr(media, name)
        if not own or not taken or own in taken or (own.startswith("pcm") and "pcm" in taken):
            continue
        words = " or ".join(codec_words(codec) for codec in taken)
        yield Problem(role, f"{codec_words(own)}; {words} wanted.", taken, name)


def _check_picture(role: Role, width: int, height: int, limits: RoleLimits) -> Iterator[Problem]:
    short, long, ratio = min(width, height), max(width, height), width / height
    if limits.min_side_px and short < limits.min_side_px:
        yield Problem(
            role,
            f"{width} × {height}; the short side must be {limits.min_side_px} px or more.",
            (limits.min_side_px,),
            "min_side",
        )
    if limits.max_side_px and long > limits.max_side_px:
        yield Problem(
            role,
            f"{width} × {height}; the long side must be {limits.max_side_px} px or less.",
            (limits.max_side_px,),
            "max_side",
        )
    least, most = limits.min_pixels or 0, limits.max_pixels or float("inf")
    if not least <= width * height <= most:
        yield Problem(
            role,
            f"{width} × {height}; width times height must lie between {least:,} and {most:,}.",
            (least, most),
            "pixels",
        )
    low, high = limits.min_ratio or 0, limits.max_ratio or float("inf")
    on_the_edge = limits.between_ratios and ratio in (low, high)
    if on_the_edge or not low <= ratio <= high:
        strictly = "strictly " if limits.between_ratios else ""
        text = f"{ratio:.2f}:1; width to height must lie {strictly}between {low:g} and {high:g}."
        yield Problem(role, text, (low, high), "ratio")


def _check_length(role: Role, duration_s: float, limits: RoleLimits) -> Iterator[Problem]:
    if limits.min_s is not None and duration_s < limits.min_s:
        yield Problem(role, f"{duration_s:.1f} s; at least {limits.min_s:g} s.", (limits.min_s,), "min_s")
    if limits.max_s is not None and duration_s > limits.max_s:
        yield Problem(role, f"{duration_s:.1f} s; at most {limits.max_s:g} s.", (limits.max_s,), "max_s")
