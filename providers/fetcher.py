"""The one way to an address that came from outside: a result, an input given as a link, a preview; a webhook.

The name is resolved once, every address it has is checked, and the connection goes to the checked
address; TLS and the Host header keep the name. Nothing secret is ever sent along.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from .gateways._tls import trusted
from .gateways.errors import FetchRefused, LinkExpired, Unavailable
from .gateways.wire import whole_number

Resolver = Callable[[str, int], list[str]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = {"http": 80, "https": 443}
_SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key"}
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")
_LOCAL_ENDS = {"localhost", "local", "internal", "localdomain", "lan", "intranet"}
_PRIVATE = "The address lies in a private network and is not fetched."
_DEAD_LINK = {401, 403, 404, 410}


@contextmanager
def open_guarded(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    allow: frozenset[str] = frozenset(),
    max_redirects: int = 0,
    read_timeout_s: float = 60.0,
    total_s: float = 3600.0,
    max_bytes: int | None = None,
    resolve: Resolver | None = None,
) -> Iterator[httpx.Response]:
    """The open stream of ``url``; read it in chunks, look at its status first.

    :param allow: ``host:port`` of private addresses that may be fetched (``[::1]:8000`` for IPv6).
    :param max_redirects: followed ones; each is checked as the first address was.
    :param max_bytes: the body is cut off with an error past this length.
    :raises FetchRefused: the address, a redirect or the length is not allowed.
    :raises Unavailable: the server cannot be reached, is too slow, or broke off.
    """
    backend = _GuardedBackend(allow, resolve or _resolve, time.monotonic() + total_s)
    with _lower_errors(), _client(backend, read_timeout_s) as client:
        response = _follow(client, url, _plain(headers), allow, max_redirects)
        try:
            response.stream = _Capped(response, max_bytes)
            yield response
        finally:
            response.close()


def post_guarded(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow: frozenset[str] = frozenset(),
    total_s: float = 10.0,
    most_bytes: int = 2000,
    resolve: Resolver | None = None,
) -> tuple[int, str]:
    """One POST, whose redirects are not followed.

    :returns: the status, and how the answer's body begins: ``most_bytes`` of it are read.
    :raises FetchRefused: the address is not allowed.
    :raises Unavailable: there was no answer; ``raw`` names what happened.
    """
    backend = _GuardedBackend(allow, resolve or _resolve, time.monotonic() + total_s)
    with _lower_errors(), _client(backend, total_s) as client:
        place = httpx.URL(url)
        _check_url(place, allow)
        request = client.build_request("POST", place, content=body, headers=_plain(headers))
        response = client.send(request, stream=True)
        try:
            return response.status_code, _beginning(response, most_bytes)
        finally:
            response.close()


def _beginning(response: httpx.Response, most_bytes: int) -> str:
    """What comes of it, also where it breaks off: the status has been said by then."""
    read = b""
    try:
        for chunk in response.iter_raw():
            read += chunk
            if len(read) >= most_bytes:
                break
    except (httpx.HTTPError, httpx.StreamError, Unavailable):
        pass
    return read[:most_bytes].decode("utf-8", errors="replace")


def refuse_address(url: str, allow: frozenset[str]) -> None:
    """What can be seen of an address alone: its name is looked up when something is sent, and judged then.

    :raises FetchRefused: the address is not allowed."""
    try:
        place = httpx.URL(url)
        _check_url(place, allow)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchRefused("This is not an address.") from error
    port = place.port or _PORTS[place.scheme]
    private = not is_public(place.host) if _is_address(place.host) else is_local_name(place.host)
    if private and _place(place.host, port) not in allow:
        raise FetchRefused(_PRIVATE)


def is_local_name(host: str) -> bool:
    """Whether a name can only be of this computer or this network: it has no dot, or an end that no public
    name has."""
    labels = host.lower().rstrip(".").split(".")
    return len(labels) == 1 or labels[-1] in _LOCAL_ENDS or labels[-2:] == ["home", "arpa"]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def raise_for_link(response: httpx.Response) -> None:
    """:raises LinkExpired: the address is dead. :raises Unavailable: it did not work this time."""
    if response.status_code in _DEAD_LINK:
        raise LinkExpired("The address of this file has expired.", status=response.status_code)
    if response.status_code not in (200, 206):
        raise Unavailable(f"The file's server answered {response.status_code}.", status=response.status_code)


# -- which addresses ------------------------------------------------------------------------------


def is_public(text: str) -> bool:
    """Whether an IP address may be connected to: global, not multicast, after unmapping."""
    try:
        address = _unmapped(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    if address.version == 6 and address not in _GLOBAL_V6:
        return False
    return address.is_global and not address.is_multicast


def _unmapped(address: Address) -> Address:
    """The IPv4 address inside a mapped, 6to4 or NAT64 one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _check_url(url: httpx.URL, allow: frozenset[str]) -> None:
    if url.scheme not in _PORTS or not _HOST.fullmatch(url.raw_host.decode("ascii")):
        raise FetchRefused("Only http and https addresses are fetched.")
    if url.userinfo:
        raise FetchRefused("An address with a name or password inside is not fetched.")
    port = url.port or _PORTS[url.scheme]
    if port not in _PORTS.values() and _place(url.host, port) not in allow:
        raise FetchRefused(f"Port {port} is not fetched from; only 80 and 443 are.")


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


# -- the steps ------------------------------------------------------------------------------------


def _follow(
    client: httpx.Client, start: str, headers: dict[str, str], allow: frozenset[str], max_redirects: int
) -> httpx.Response:
    url = httpx.URL(start)
    for left in range(max_redirects, -1, -1):
        _check_url(url, allow)
        client.cookies.clear()
        response = client.send(client.build_request("GET", url, headers=headers), stream=True)
        if not response.has_redirect_location:
            return response
        response.close()
        url = _next(url, response.headers["location"], left)
    raise FetchRefused("The address redirects too often.")


def _next(url: httpx.URL, location: str, left: int) -> httpx.URL:
    if not left:
        raise FetchRefused("The address redirects elsewhere, which is not followed here.")
    target = url.join(location)
    if url.scheme == "https" and target.scheme != "https":
        raise FetchRefused("The address redirects to one without encryption.")
    return target


def _plain(headers: Mapping[str, str] | None) -> dict[str, str]:
    """The caller's headers without anything secret; files come as they are, never compressed."""
    kept = {name: value for name, value in (headers or {}).items() if name.lower() not in _SECRET_HEADERS}
    return {"User-Agent": "VideoStudio/0.1", "Accept": "*/*", **kept, "Accept-Encoding": "identity"}


def _client(backend: httpcore.NetworkBackend, read_timeout_s: float) -> httpx.Client:
    timeout = httpx.Timeout(read_timeout_s, connect=10.0)
    return httpx.Client(transport=_GuardedTransport(backend), timeout=timeout, trust_env=False)


@contextmanager
def _lower_errors() -> Iterator[None]:
    try:
        yield
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchRefused("This is not an address.") from error
    except socket.gaierror as error:
        raise Unavailable("The file's server cannot be found.", raw=str(error)) from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise Unavailable("The file's server broke off.", raw=type(error).__name__) from error


# -- below httpx ----------------------------------------------------------------------------------


class _GuardedTransport(httpx.HTTPTransport):
    """httpx's transport on our own connections; it offers no public way to pass a network backend."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        super().__init__(verify=trusted(), trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(ssl_context=trusted(), network_backend=backend)


class _GuardedBackend(httpcore.SyncBackend):
    """Connects to checked addresses only, and to nothing after the deadline."""

    def __init__(self, allow: frozenset[str], resolve: Resolver, deadline: float) -> None:
        self._allow, self._resolve, self._deadline = allow, resolve, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        error: Exception = httpcore.ConnectError("no address")
        for address in self._checked(host, port):
            timeout = _left(self._deadline, timeout)
            try:
                stream = super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
            else:
                return _TimedStream(stream, self._deadline)
        raise error

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise FetchRefused("Only http and https addresses are fetched.")

    def _checked(self, host: str, port: int) -> list[str]:
        """Every address of the name, or an error if a single one is not public."""
        addresses = self._resolve(host, port)
        if _place(host, port) not in self._allow and not all(map(is_public, addresses)):
            raise FetchRefused(_PRIVATE)
        return addresses


def _left(deadline: float, timeout: float | None) -> float:
    """:raises Unavailable: nothing is."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise Unavailable("The file took too long to arrive.")
    return left if timeout is None else min(left, timeout)


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every wait ends with the deadline, whoever drips bytes."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Capped(httpx.SyncByteStream):
    """A body that may not be compressed and ends with an error past ``max_bytes``."""

    def __init__(self, response: httpx.Response, max_bytes: int | None) -> None:
        assert isinstance(response.stream, httpx.SyncByteStream)
        self._stream, self._max = response.stream, max_bytes
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise FetchRefused("The file came compressed, though it was asked for as it is.")
        declared = whole_number(response.headers.get("content-length", ""))
        if max_bytes is not None and declared is not None and declared > max_bytes:
            raise self._too_long()

    def __iter__(self) -> Iterator[bytes]:
        seen = 0
        for chunk in self._stream:
            seen += len(chunk)
            if self._max is not None and seen > self._max:
                raise self._too_long()
            yield chunk

    def close(self) -> None:
        self._stream.close()

    def _too_long(self) -> FetchRefused:
        return FetchRefused(f"The file is longer than the {self._max or 0:,} bytes that are taken.")
