"""One request to a gateway and one reply from it, as plain values; and what must never be kept of them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from math import isfinite, isnan, nan
from typing import Any

from .errors import BadReply
from .plain import keepable, keepable_text

JSON_CAP_BYTES = 1024 * 1024
RAW_CAP_CHARS = 2000
TEXT_CAP_CHARS = 500
ADVICE_CAP_CHARS = 20_000
MOST_DEEP = 64  # lists and objects in one another; our own code walks and stores what it is given


@dataclass(frozen=True)
class FilePart:
    """One file of a multipart body. ``content`` may be empty in a recipe, which names files by hash."""

    name: str
    mime: str
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class WireRequest:
    """``path`` is relative to the account's base URL. ``absolute`` replaces it for the few keyless
    addresses that a gateway documents outside its base; no key is ever sent there. A ``keyless`` one goes to
    the account's own host without the key, and its path may lead out of the base: ``../public/models``. The
    path of one that ``climbs`` may too, with the key: it never leaves the account's host.

    The body is ``json``, or ``form`` and ``files`` as multipart where there is a file.
    """

    method: str
    path: str
    json: Mapping[str, Any] | None = field(default=None, repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: Mapping[str, FilePart] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    absolute: str = ""
    keyless: bool = False
    climbs: bool = False
    read_timeout_s: float = 30.0
    connect_timeout_s: float = 10.0


@dataclass(frozen=True)
class Reply:
    """``body`` holds at most JSON_CAP_BYTES; ``is_video`` means the body is only the head of a file."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    is_video: bool = False

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")

    def json(self) -> dict[str, Any]:
        """The body as a JSON object.

        :raises BadReply: for anything else: a proxy's HTML page, a cut answer, a bare list, lists in lists
            without end.
        """
        try:
            data = read_json(self.body)
        except ValueError:
            raise BadReply(self._not_json(), status=self.status, raw=raw_text(self.body)) from None
        if not isinstance(data, dict):
            raise BadReply(
                "The gateway's answer has an unexpected shape.", status=self.status, raw=raw_text(self.body)
            )
        return keepable(data) if _may_hold_odd_letters(self.body) else data

    def json_or_empty(self) -> dict[str, Any]:
        try:
            return self.json()
        except BadReply:
            return {}

    def _not_json(self) -> str:
        if self.body.lstrip()[:1] == b"<":
            return "A web page came instead of the gateway's answer (a proxy in between?)."
        return "The gateway's answer is not JSON."


def file_part(address: str, mime: str) -> FilePart:
    """The part for a ``data:`` URL; without content for a recipe's ``sha256:`` name, which is its name then.

    :raises ValueError: when the data URL is not base64.
    """
    kind = mime.partition("/")[2].partition("+")[0] or "bin"
    if not address.startswith("data:"):
        return FilePart(address, mime)
    content = base64.b64decode(address.partition(",")[2], validate=True)
    return FilePart(f"input.{'jpg' if kind == 'jpeg' else kind}", mime, content)


def _may_hold_odd_letters(body: bytes) -> bool:
    """Only an escape or the first byte of a surrogate can bring what no database keeps."""
    return b"\\u" in body or b"\xed" in body


def looks_like_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


# keys as the five gateways write them, bearer headers, our own tokens, data URLs
_SECRETS = re.compile(
    r"(?i)(bearer\s+)[\w.~+/=-]{6,}"
    r"|\b(sk-|vs_|sandbox-|VENICE_[A-Z]+_KEY_)[\w-]{4,}"
    r"|(data:[\w/+.-]+;base64,)[A-Za-z0-9+/=]{16,}"
    r"|([?&](?:token|sig|signature|x-[a-z]+-[\w-]+|key|api_key)=)[^&\s\"']+"
    r"|(/share/read/)[\w.~-]+"
    r"|(/(?:i|hooks)/)[\w.:~-]{20,}"
)


def redact(text: str, *secrets: str) -> str:
    """``text`` without keys, bearer headers, signatures of links, and inline files."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    text = text.replace("\x00", "")  # PostgreSQL keeps none in a text
    return _SECRETS.sub(lambda match: next((g for g in match.groups() if g), "") + "…", text)


def people_text(text: str) -> str:
    """A gateway's sentence as people may see it: redacted, on one line, at most 500 characters."""
    return redact(" ".join(text.split()))[:TEXT_CAP_CHARS]


def advised_text(value: object) -> str:
    """What a gateway advises to send instead, as it can be kept: redacted, at most 20,000 characters."""
    return redact(keepable_text(as_text(value)[:ADVICE_CAP_CHARS]).strip())


def raw_text(body: bytes, *secrets: str) -> str:
    """A reply's body for administrators: redacted and cut to RAW_CAP_CHARS characters."""
    return redact(body[: 4 * RAW_CAP_CHARS].decode("utf-8", "replace"), *secrets)[:RAW_CAP_CHARS]


def retry_after(reply: Reply) -> float | None:
    """Seconds to wait, from ``Retry-After`` in seconds or as a date; between one second and an hour, or None
    where it says neither."""
    told = reply.header("retry-after")
    try:
        asked = float(told)
    except ValueError:
        asked = _seconds_until(told, reply.header("date"))
    return None if isnan(asked) else min(max(asked, 1.0), 3600.0)


def _seconds_until(told: str, sent: str) -> float:
    """By the clock that said so, where the answer tells its time: ours may be another. NaN for no date."""
    until = _http_date(told)
    if until is None:
        return nan
    return (until - (_http_date(sent) or datetime.now(UTC))).total_seconds()


def _http_date(text: str) -> datetime | None:
    """In any of the three forms of RFC 9110; all of them mean UTC."""
    try:
        found = parsedate_to_datetime(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


# -- reading foreign JSON: a field of another type counts as absent ---------------------------------


def read_json(text: bytes | str) -> Any:
    """Any JSON value; NaN and Infinity become None.

    :raises ValueError: for what is no JSON, or is nested deeper than MOST_DEEP.
    """
    try:
        data = json.loads(text, parse_constant=lambda _word: None)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if _is_deep(data):
        raise ValueError("nested too deeply")
    return data


def _is_deep(data: object) -> bool:
    """Level by level, for a function that calls itself would break where this looks."""
    level = [data]
    for _ in range(MOST_DEEP + 1):
        level = [inner for item in level for inner in _inside(item)]
        if not level:
            return False
    return True


def _inside(item: object) -> Iterable[object]:
    if isinstance(item, dict):
        return item.values()
    return item if isinstance(item, list) else ()


def as_text(value: object) -> str:
    return value if isinstance(value, str) else ""


def as_mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def as_number(value: object) -> float | None:
    """A finite JSON number; Python's reader also takes NaN, Infinity and whole numbers of any length."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or abs(value) > 1e15:
        return None
    return float(value) if isfinite(value) else None


def whole_number(text: str, most_digits: int = 15) -> int | None:
    """A text of plain digits as a number; None for any other: ``isdigit`` also takes letters that ``int``
    does not, and ``int`` itself refuses very long ones."""
    if not (text.isascii() and text.isdecimal() and len(text) <= most_digits):
        return None
    return int(text)


def money_text(text: str) -> Decimal | None:
    """An amount out of a header, from nought up; None for anything that is no plain number."""
    if not (text.isascii() and re.fullmatch(r"\d{1,12}(\.\d{1,12})?", text)):
        return None
    return Decimal(text)


def as_money(value: object) -> Decimal | None:
    """A JSON number as it was written, from nought up; None for anything that is no amount."""
    number = as_number(value)
    if number is None or number < 0:
        return None
    return Decimal(str(value))
