"""A shot list as a file that another program wrote: its columns, its rows, what is wrong with it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from generations import shot_lengths
from generations.services.shots import MOST
from providers.cells import plain
from providers.gateways.plain import keepable_text

MOST_BYTES = 1_000_000
_SHOWN_HEAD = 300  # signs of a head that is not understood
# head words without spaces and signs, as shot lists have them; the first that is there counts
COLUMNS = {
    "code": (
        *("shotcode", "code", "shot", "shotno", "shotnumber", "shotnr", "shotid", "einstellung"),
        *("einstellungsnummer", "nr", "no", "id", "shotname", "name"),
    ),
    "title": (
        *("title", "titel", "name", "shotname", "description", "beschreibung", "shotdescription"),
        *("desc", "action", "content"),
    ),
    "frames": ("frames", "framecount", "lengthframes", "durationframes", "lengthinframes"),
    "length": (
        *("length", "duration", "targetlength", "targetduration", "seconds", "secs", "sec", "len", "dur"),
        *("lengths", "durations", "lengthsec", "durationsec", "lengthseconds", "durationseconds"),
        *("cutduration", "länge", "laenge", "dauer", "trt", "timecode", "tc", "time"),
    ),
    "note": (
        *("notes", "note", "notizen", "notiz", "comments", "comment", "remarks", "remark"),
        *("bemerkungen", "bemerkung", "description", "desc", "beschreibung"),
    ),
}
# what an export of the cut says besides; it follows from the rest and is not missed
_OWN = ("number", "clip", "cliplength", "chosen", "review", "shotid")


class Unreadable(ValueError):
    """Nothing of the file can be used; the sentence is fit for the page."""


@dataclass(frozen=True)
class Row:
    """One line; ``number`` as a text editor counts, the head being the first. None: the file says nothing
    of it. ``problem`` says why it cannot be read."""

    number: int
    code: str
    title: str | None = None
    note: str | None = None
    duration_s: Decimal | None = None
    problem: str = ""


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or Latin-1.

    :raises Unreadable: it is too large, or no text.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is too large: 1 MB at most."))
    text = _text(content)
    if "\x00" in text or len(re.findall(r"[\x01-\x08\x0e-\x1f]", text)) > 0:
        raise Unreadable(_("This is no text. Save the shot list as CSV."))
    return keepable_text(text)


def _text(content: bytes) -> str:
    try:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return content.decode("utf-16")
        if quiet := _utf16_without_mark(content):
            return content.decode(quiet)
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")  # Latin-1 as it is written in practice
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _utf16_without_mark(content: bytes) -> str:
    """Every other byte of a head in Latin letters is nought."""
    head = content[:200]
    half = max(1, len(head) // 2)
    if head[1::2].count(0) > half * 0.7 and not head[::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > half * 0.7 and not head[1::2].count(0) else ""


class Rows(list[Row]):
    """What is read of a file; ``unread`` are the names of its columns that are not."""

    unread: Sequence[str] = ()


def read(text: str, rate: Fraction) -> Rows:
    """:param rate: frames a second, for timecodes and numbers of frames.

    :raises Unreadable: no columns are known, or there are no rows or too many.
    """
    if len(text.encode()) > 2 * MOST_BYTES:  # letters beyond ASCII take more in UTF-8 than they had
        raise Unreadable(_("The file is too large: 1 MB at most."))
    lines = [(number, row) for number, row in _table(text) if any(cell.strip() for cell in row)]
    if not lines:
        raise Unreadable(_("There is nothing in it."))
    places = _places(lines[0][1])
    rows = Rows(_row(number, cells, places, rate) for number, cells in lines[1:])
    rows.unread = _unread(lines[0][1], places)
    if not rows:
        raise Unreadable(_("There is a head, and no shot below it."))
    if len(rows) > MOST:
        words = _("At most %(most)s shots at once; these are %(n)s.")
        raise Unreadable(words % {"most": f"{MOST:,}", "n": f"{len(rows):,}"})
    return rows


def _table(text: str) -> list[tuple[int, list[str]]]:
    """Each row with the line that it ends on."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            rows.append((reader.line_num, row))
            if len(rows) > 3 * MOST:  # blank lines do not count, endless ones do
                break
    except csv.Error as error:
        words = _("Line %(n)d is no CSV: %(why)s")
        raise Unreadable(words % {"n": reader.line_num, "why": error}) from None
    return rows


def _delimiter(text: str) -> str:
    """By the head, outside of its quotes."""
    head = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    return max(",;\t", key=head.count)


def _places(head: Sequence[str]) -> dict[str, int]:
    """Which column is which; each is used once, and a name is the code where nothing else is."""
    words = [_word(cell) for cell in head]
    found: dict[str, int] = {}
    for name, known in COLUMNS.items():
        free = (words.index(word) for word in known if word in words)
        place = next((at for at in free if at not in found.values()), None)
        if place is not None:
            found[name] = place
    if "code" not in found:
        told = _("There is no column with the codes of shots (“Shot” or “Code”). The file has: %(names)s")
        names = ", ".join(cell.strip() for cell in head if cell.strip())[:_SHOWN_HEAD]
        raise Unreadable(told % {"names": names})
    return found


def _word(cell: str) -> str:
    """A name of a column without its spaces and signs."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", cell).casefold())


def _unread(head: Sequence[str], places: dict[str, int]) -> list[str]:
    """Names of the columns that nothing is taken of, each as the file spells it."""
    used = set(places.values())
    left = (cell.strip() for at, cell in enumerate(head) if at not in used and _word(cell) not in _OWN)
    return [name[:_SHOWN_HEAD] for name in left if name]


def _typed(cell: str) -> str:
    """Without the sign by which an export keeps a spreadsheet from taking it for a formula."""
    bare = cell.removeprefix("'")
    return bare if plain(bare) == cell else cell


def _row(number: int, given: Sequence[str], places: dict[str, int], rate: Fraction) -> Row:
    said = {name: _typed(given[at].strip()) for name, at in places.items() if at < len(given)}
    try:
        length = shot_lengths.read(said.get("length", ""), rate)
        if length is None:
            length = shot_lengths.of_frames(said.get("frames", ""), rate)
        problem = ""
    except shot_lengths.NoLength as error:
        length, problem = None, str(error)
    title, note = said.get("title") or None, said.get("note") or None
    return Row(number, said.get("code", ""), title, note, length, problem)
