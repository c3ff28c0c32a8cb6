"""How long a clip or a sound is, read from its head: enough to hold it against a gateway's limits."""

from providers.sandbox.media import AUDIO, VIDEO, Media

_BIT_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)  # kbit/s, MPEG-1 layer 3


def find_seconds(media: Media) -> float | None:
    """None for a link that was not fetched and for a form that is not read here (WebM, odd MP3)."""
    if media.data is None:
        return None
    if media.kind == VIDEO:
        return _of_mp4(media.data)
    if media.kind == AUDIO:
        return _of_wav(media.data) if media.data[:4] == b"RIFF" else _of_mp3(media.data)
    return None


def _of_mp4(data: bytes) -> float | None:
    """The film's own header: `mvhd` with a time scale and a length, of 32 or 64 bits."""
    at = data.find(b"mvhd")
    if at < 4:
        return None
    head = data[at + 4 : at + 36]
    wide = head[:1] == b"\x01"
    scale_at, size = (20, 8) if wide else (12, 4)
    scale = int.from_bytes(head[scale_at : scale_at + 4], "big")
    length = int.from_bytes(head[scale_at + 4 : scale_at + 4 + size], "big")
    return length / scale if scale else None


def _of_wav(data: bytes) -> float | None:
    at = data.find(b"fmt ")
    rate = int.from_bytes(data[at + 16 : at + 20], "little") if at > 0 else 0
    return (len(data) - 44) / rate if rate else None


def _of_mp3(data: bytes) -> float | None:
    """By the bit rate of its first frame."""
    start = 0
    if data[:3] == b"ID3":
        start = 10 + sum(byte << 7 * (3 - place) for place, byte in enumerate(data[6:10]))
    frame = data[start : start + 4]
    if len(frame) < 4 or frame[0] != 0xFF or frame[1] & 0xFE != 0xFA:
        return None
    rate = _BIT_RATES[frame[2] >> 4]
    return (len(data) - start) * 8 / (rate * 1000) if rate else None
