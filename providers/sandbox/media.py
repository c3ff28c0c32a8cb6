"""Input media as a gateway meets them: data URLs, or links to public hosts.

The sandbox never calls out: a public link is taken on trust and not fetched. A loopback link
under `/i/`, where the studio serves one input file for a gateway, is the one exception to
"no private hosts", so that every way of sending can be tried on one machine.
"""

import asyncio
import base64
import binascii
import hashlib
import ipaddress
import re
import socket
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit

from providers.sandbox.render.pictures import BadPicture, open_picture

PICTURE, VIDEO, AUDIO, DOCUMENT = "image", "video", "audio", "document"
WEBM = "webm"
_STUDIO_PATH = "/i/"
_FETCH_BYTES = 100 << 20
_DATA_URL = re.compile(r"data:(image|video|audio|application|text)/[\w.+-]+(?:;[\w=.+-]+)*;base64,")
_PRIVATE_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")


class BadMedia(ValueError):
    """An input a gateway refuses; the text says why."""


@dataclass(frozen=True)
class Media:
    url: str
    kind: str
    data: bytes | None = None  # None: a public link, not fetched
    size: tuple[int, int] | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data if self.data is not None else self.url.encode()).hexdigest()


async def load_media(url: str, kind: str, *, webm: bool = False) -> Media:
    """Raises BadMedia."""
    if webm and url.startswith("data:video/webm"):
        return await asyncio.to_thread(_read_data_url, url, WEBM)
    if url.startswith("data:"):
        return await asyncio.to_thread(_read_data_url, url, kind)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadMedia("must be an http(s) URL or a data URL")
    if not _is_private(parts.hostname):
        return Media(url, kind)
    if _is_loopback(parts.hostname) and parts.path.startswith(_STUDIO_PATH):
        return await asyncio.to_thread(_fetch, url, kind)
    raise BadMedia("URL host is not allowed: private or local address")


def _read_data_url(url: str, kind: str) -> Media:
    match = _DATA_URL.match(url[:200])
    told = {"application": DOCUMENT, "text": DOCUMENT}.get(match[1], match[1]) if match else ""
    if match is None or told != (VIDEO if kind == WEBM else kind):
        raise BadMedia(f"not a base64 data URL of type {kind}")
    try:
        data = base64.b64decode(url[match.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadMedia("data URL is not valid base64") from error
    return look_at(url[: match.end()], data, kind)


def look_at(url: str, data: bytes, kind: str) -> Media:
    if kind == PICTURE:
        try:
            return Media(url, kind, data, open_picture(data).size)
        except BadPicture as error:
            raise BadMedia(f"image cannot be read: {error}") from error
    if kind == VIDEO and data[4:8] == b"ftyp":
        return Media(url, kind, data)
    if kind == WEBM and data[:4] == b"\x1a\x45\xdf\xa3":
        return Media(url, VIDEO, data)
    if kind == DOCUMENT and (data.startswith(b"%PDF-") or _is_text(data)):
        return Media(url, kind, data)
    is_mp3 = data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0)
    if kind == AUDIO and (is_mp3 or (data[:4] == b"RIFF" and data[8:12] == b"WAVE")):
        return Media(url, kind, data)
    raise BadMedia(f"{kind} cannot be read")


def _is_text(data: bytes) -> bool:
    try:
        return bool(data) and "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _is_private(host: str) -> bool:
    name = host.lower().rstrip(".")
    address = _find_address(name)
    if address is not None:
        mapped = getattr(address, "ipv4_mapped", None)
        return not (mapped or address).is_global or address.is_multicast
    return "." not in name or name.endswith(_PRIVATE_NAMES)


def _find_address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Also the odd spellings that resolvers take: 127.1, 0x7f000001, 2130706433."""
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(name))
    except (OSError, UnicodeEncodeError):
        return None


def _is_loopback(host: str) -> bool:
    address = _find_address(host)
    return host.lower() == "localhost" or (address is not None and address.is_loopback)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: IO[bytes], *_: Any) -> None:
        raise BadMedia("URL redirects, which is not followed")


def _fetch(url: str, kind: str) -> Media:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())
    try:
        with opener.open(url, timeout=15) as reply:
            data = reply.read(_FETCH_BYTES + 1)
    except (OSError, urllib.error.URLError) as error:
        raise BadMedia(f"URL cannot be fetched: {error}") from error
    if len(data) > _FETCH_BYTES:
        raise BadMedia(f"{kind} is too large")
    return look_at(url, data, kind)
