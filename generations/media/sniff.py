"""What a file is by its first bytes; its name and the browser's word for it count for nothing.

A small text file named ``.mp4`` can be a playlist that makes a decoder show another file, so only
the containers listed here ever reach a decoder, and then with that container's demuxer forced.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import documents
from .facts import Kind, NotMedia

HEAD_BYTES = 4096

ACCEPTED = ("JPEG", "PNG", "WEBP", "GIF", "MP4", "MOV", "WEBM", "MP3", "WAV", "M4A", "PDF", "TXT")
_UNKNOWN = (
    "This is not a file that the studio can use; "
    "send a JPEG, PNG, WEBP or GIF picture, an MP4, MOV or WEBM clip, MP3, WAV or M4A sound, or a "
    "document as PDF or plain text."
)

SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "audio/mp4": ".m4a",
    documents.PDF: ".pdf",
    documents.TEXT: ".txt",
}

_PAPERS = (documents.PDF, documents.TEXT)
_MEDIA_ENDINGS = (".jpeg", *(ending for mime, ending in SUFFIXES.items() if mime not in _PAPERS))

_MP4_BRANDS = (
    b"iso",
    b"mp4",
    b"mp71",
    b"avc1",
    b"hvc1",
    b"hev1",
    b"av01",
    b"dash",
    b"MSNV",
    b"XAVC",
    b"M4V",
    b"f4v",
)
_M4A_BRANDS = {b"M4A ", b"M4B "}
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}

# what people most often send by mistake: first bytes, and what to do about it
_KNOWN_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "This is a PDF document; export the page as a JPEG or PNG picture."),
    (b"BM", "This is a BMP picture; save it as PNG."),
    (b"II*\x00", "This is a TIFF or raw picture; save it as JPEG or PNG."),
    (b"MM\x00*", "This is a TIFF or raw picture; save it as JPEG or PNG."),
    (b"8BPS", "This is a Photoshop file; export it as JPEG or PNG."),
    (b"PK\x03\x04", "This is a ZIP archive or office document; send the files in it one by one."),
    (b"Rar!", "This is an archive; send the files in it one by one."),
    (b"7z\xbc\xaf", "This is an archive; send the files in it one by one."),
    (b"\x1f\x8b", "This is an archive; send the files in it one by one."),
    (b"fLaC", "This is a FLAC sound; save it as WAV or MP3."),
    (b"OggS", "This is an Ogg file; save sound as MP3 or WAV, and clips as MP4 or WEBM."),
    (b"FORM", "This is an AIFF sound; save it as WAV."),
    (b"\x1aE\xdf\xa3", "This is a Matroska (MKV) clip; save it as MP4 or WEBM."),
    (b"FLV", "This is a Flash clip; save it as MP4."),
    (b"0&\xb2u", "This is a Windows Media file; save it as MP4 or MP3."),
    (b"#EXTM3U", "This is a playlist, not a clip; send the clip itself."),
)


@dataclass(frozen=True)
class Sniffed:
    kind: Kind
    mime: str


def sniff(head: bytes) -> Sniffed:
    """The container that these first bytes (up to ``HEAD_BYTES``) open. Raises NotMedia."""
    if not head:
        raise NotMedia("This file is empty (0 bytes).")
    found = _media(head)
    if found is None:
        raise NotMedia(_what_else(head))
    return found


def sniff_upload(head: bytes, name: str = "") -> Sniffed:
    """As ``sniff``, or a document: what may be kept, though no decoder may see it. A ``name`` that promises a
    picture, clip or sound makes no document of what is none: somebody meant another file. Raises NotMedia.
    """
    if name.lower().endswith(_MEDIA_ENDINGS):
        return sniff(head)
    if head and _media(head) is None and (mime := documents.mime_of(head)):
        return Sniffed(Kind.DOCUMENT, mime)
    return sniff(head)


def _media(head: bytes) -> Sniffed | None:
    return _picture(head) or _iso_media(head) or _webm(head) or _sound(head)


def sniff_file(path: Path) -> Sniffed:
    """As ``sniff``, for a file on disk. Raises NotMedia, OSError."""
    with path.open("rb") as file:
        return sniff(file.read(HEAD_BYTES))


def _picture(head: bytes) -> Sniffed | None:
    if head.startswith(b"\xff\xd8\xff"):
        return Sniffed(Kind.IMAGE, "image/jpeg")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Sniffed(Kind.IMAGE, "image/png")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Sniffed(Kind.IMAGE, "image/webp")
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Sniffed(Kind.IMAGE, "image/gif")
    return None


def _iso_media(head: bytes) -> Sniffed | None:
    """MP4, MOV and M4A share one family of containers; the brands tell them apart."""
    if head[4:8] in (b"moov", b"wide", b"mdat"):  # QuickTime files from before brands existed
        return Sniffed(Kind.CLIP, "video/quicktime")
    if head[4:8] != b"ftyp":
        return None
    size = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = {major} | {head[at : at + 4] for at in range(16, size - 3, 4)}
    if major in _M4A_BRANDS:
        return Sniffed(Kind.SOUND, "audio/mp4")
    if major == b"qt  ":
        return Sniffed(Kind.CLIP, "video/quicktime")
    if major in _HEIF_BRANDS or major in (b"avif", b"avis"):
        return None
    known = any(brand.startswith(_MP4_BRANDS) for brand in brands)
    return Sniffed(Kind.CLIP, "video/mp4") if known else None


def _webm(head: bytes) -> Sniffed | None:
    """EBML with the document type ``webm``; other Matroska is refused."""
    if head.startswith(b"\x1aE\xdf\xa3") and b"\x42\x82\x84webm" in head[:64]:
        return Sniffed(Kind.CLIP, "video/webm")
    return None


def _sound(head: bytes) -> Sniffed | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Sniffed(Kind.SOUND, "audio/wav")
    if head.startswith(b"ID3") or _opens_mp3_frame(head):
        return Sniffed(Kind.SOUND, "audio/mpeg")
    return None


def _opens_mp3_frame(head: bytes) -> bool:
    """A valid MPEG audio header of layer III; AAC in ADTS begins alike but says layer 0."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer == 1 and bitrate not in (0, 15) and rate != 3


def _what_else(head: bytes) -> str:
    """One sentence naming what the file seems to be, as far as that helps."""
    if head[4:8] == b"ftyp":
        if head[8:12] in _HEIF_BRANDS:
            return "This is a HEIC photo; export it as JPEG."
        return "This is an AVIF picture; save it as PNG." if head[8:12] in (b"avif", b"avis") else _UNKNOWN
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "This is an AVI clip; save it as MP4."
    for magic, sentence in _KNOWN_OTHERS:
        if head.startswith(magic):
            return sentence
    return _text(head)


def _text(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start[:1024]:
        return "This is an SVG drawing; export it as PNG."
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start[:512]:
        return "This is a web page, not a media file; download the file itself."
    return _UNKNOWN
