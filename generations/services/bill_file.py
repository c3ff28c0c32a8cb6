"""Read a gateway's statement: a CSV file whose columns every gateway names otherwise."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from providers.models.money import MICRO

MOST_BYTES, MOST_ROWS = 5_000_000, 20_000
# header words, without spaces and signs, as statements have them; the first that is there counts
COLUMNS = {
    "job": ("jobid", "taskid", "videoid", "generationid", "requestid", "job", "task", "referenceid", "id"),
    "amount": ("amountusd", "costusd", "amount", "cost", "charge", "charged", "total", "price", "usd"),
    "at": ("createdat", "timestamp", "datetime", "time", "date", "created", "billedat"),
}


class Unreadable(ValueError):
    """The sentence is fit for the page."""


@dataclass(frozen=True)
class BillRow:
    """``number`` is its line in the file, the head being 1; ``at`` None where no time could be read."""

    number: int
    job: str
    micro: int
    at: datetime | None


def read(content: bytes, chosen: dict[str, str] | None = None) -> list[BillRow]:
    """:param chosen: columns by name, where the head's words are not known.

    :raises Unreadable:
    """
    head, rows, comma = _table(content)
    places = {name: _place(name, head, (chosen or {}).get(name, "")) for name in COLUMNS}
    if places["amount"] is None or (places["job"] is None and places["at"] is None):
        words = _("Which column is what? An amount is needed, and a job or a time. The file has: %(names)s")
        raise Unreadable(words % {"names": ", ".join(head)[:500]})
    found = [_row(number, row, places, comma) for number, row in enumerate(rows, 2) if any(row)]
    # a statement may list what was paid below nought
    turn = -1 if found and all(row.micro <= 0 for row in found) else 1
    return [BillRow(row.number, row.job, turn * row.micro, row.at) for row in found]


def _table(content: bytes) -> tuple[list[str], list[list[str]], bool]:
    """Head, rows, and whether a comma is a decimal sign here."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is too large: 5 MB at most."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_("The file is no text in UTF-8. Save it as CSV (UTF-8).")) from None
    first = text.split("\n", 1)[0]
    sign = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True))
    except csv.Error as error:
        raise Unreadable(_("The file is no CSV: %(why)s") % {"why": error}) from None
    if len(rows) < 2 or len(rows) > MOST_ROWS + 1:
        raise Unreadable(_("A head and 1 to 20,000 lines are needed."))
    return [name.strip() for name in rows[0]], rows[1:], sign != ","


def _place(name: str, head: Sequence[str], chosen: str) -> int | None:
    words = [re.sub(r"[\W_]", "", word.casefold()) for word in head]
    if chosen:
        wish = re.sub(r"[\W_]", "", chosen.casefold())
        if wish not in words:
            raise Unreadable(_("There is no column “%(name)s”.") % {"name": chosen[:60]})
        return words.index(wish)
    return next((words.index(word) for word in COLUMNS[name] if word in words), None)


def _row(number: int, row: Sequence[str], places: dict[str, int | None], comma: bool) -> BillRow:
    def cell(name: str) -> str:
        place = places[name]
        return row[place].strip() if place is not None and place < len(row) else ""

    try:
        micro = _micro(cell("amount"), comma)
    except (InvalidOperation, ValueError):
        words = _("Line %(n)d: “%(text)s” is no amount.")
        raise Unreadable(words % {"n": number, "text": cell("amount")[:40]}) from None
    return BillRow(number, cell("job"), micro, _time(cell("at")))


def _micro(text: str, comma: bool) -> int:
    """Whole millionths; what is beyond them is rounded."""
    bare = re.sub(r"[\s$]|USD", "", text.replace("−", "-"))
    if comma and "." not in bare:
        bare = bare.replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,20})?", bare):
        raise ValueError(text)
    return int((Decimal(bare) * MICRO).to_integral_value())


def _time(text: str) -> datetime | None:
    """ISO 8601 or seconds since 1970, of this century; without a zone it counts as UTC."""
    try:
        found = datetime.fromtimestamp(int(text), UTC) if text.isdigit() else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    if not 2000 <= found.year < 2100:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
