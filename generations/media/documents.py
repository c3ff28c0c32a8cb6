"""Documents that a model may read: PDF and plain text, told by their bytes alone.

Nothing here looks inside, and nothing of the studio shows them: a document is kept, sent and given back as a
download. Markdown is plain text.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from .facts import Kind, MediaFacts, Unplayable

PDF, TEXT = "application/pdf", "text/plain"
_TAIL_BYTES = 2048
_BLOCK_BYTES = 256 * 1024
# text that something else would run, follow or draw
_NO_DOCUMENTS = (b"<", b"#extm3u", b"ffconcat", b"[playlist]", b"#!")
_CONTROL = bytes(set(range(32)) - set(b"\t\n\f\r")) + b"\x7f"
_DAMAGED = "This text is not UTF-8, or holds what is no text; save it as plain text and send it again."


def mime_of(head: bytes) -> str:
    """Of a document by its first bytes; empty for everything else."""
    if head.startswith((b"%PDF-1.", b"%PDF-2.")):
        return PDF
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if not start or start.startswith(_NO_DOCUMENTS) or b"<html" in start[:512] or b"<svg" in start[:1024]:
        return ""
    return TEXT if _is_text(codecs.getincrementaldecoder("utf-8")(), head) else ""


def probe(path: Path, mime: str) -> MediaFacts:
    """That it is whole, as far as that can be told without reading it. Raises Unplayable."""
    if mime == PDF:
        _check_pdf(path)
    else:
        _check_text(path)
    return MediaFacts(Kind.DOCUMENT, mime)


def _check_pdf(path: Path) -> None:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _TAIL_BYTES, 0))
        if b"%%EOF" not in file.read():
            raise Unplayable("This PDF document is cut off; save or download it again.")


def _check_text(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            if not _is_text(decoder, block):
                raise Unplayable(_DAMAGED)
    if decoder.getstate()[0]:
        raise Unplayable(_DAMAGED)


def _is_text(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    """A letter may go on in the next block."""
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return len(block.translate(None, _CONTROL)) == len(block)
