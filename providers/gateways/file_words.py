"""Media types, codecs and sizes as people write them."""

from __future__ import annotations

from collections.abc import Sequence

_TYPES = {"video/quicktime": "MOV", "audio/mpeg": "MP3", "audio/mp4": "M4A", "audio/x-wav": "WAV"}
_TYPES |= {"text/plain": "TXT"}


def type_words(mime: str) -> str:
    """JPEG, MOV, MP3: of a media type, as people name such files."""
    return _TYPES.get(mime, mime.rpartition("/")[2].upper())


# what the studio keeps; a test holds it against the media room, which looks into the files
KEPT = frozenset(
    {
        *("image/jpeg", "image/png", "image/webp", "image/gif"),
        *("video/mp4", "video/quicktime", "video/webm"),
        *("audio/mpeg", "audio/wav", "audio/mp4"),
        *("application/pdf", "text/plain"),
    }
)


def kept_words(mimes: Sequence[str]) -> str:
    """Of the types that a model takes those that can be sent to the studio; all where it keeps none."""
    return ", ".join(map(type_words, [mime for mime in mimes if mime in KEPT] or mimes))


# as people write them; FFmpeg's own name in capitals for the others
_CODECS = {"h264": "H.264", "hevc": "HEVC", "pcm": "PCM"}


def codec_words(name: str) -> str:
    return "PCM" if name.startswith("pcm") else _CODECS.get(name, name.upper())


def size_words(size: int) -> str:
    """Of a number of bytes, as people read it."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.0f} kB"
