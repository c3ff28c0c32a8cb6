"""The guarded fetcher: what it refuses to connect to, and what it refuses to read."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import fetcher
from providers.fetcher import is_public, open_guarded, raise_for_link
from providers.gateways.errors import FetchRefused, LinkExpired, Unavailable

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "64:ff9b:1::808:808",
    "2002:a00:1::",
    "2002:7f00:1::1",
    "2001:db8::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "not an address",
]
PUBLIC = ["8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "2606:4700::1111"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4, network="10.0.0.0/8"))
def test_a_private_address_stays_private_however_it_is_wrapped(address: Any) -> None:
    number = int(address)
    for wrapped in (f"::ffff:{address}", f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1"):
        assert not is_public(wrapped)


# -- addresses in URLs ------------------------------------------------------------------------------


def fetch(url: str, **how: Any) -> bytes:
    with open_guarded(url, **how) as response:
        return response.read()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "https://10.1.2.3/",
        "http://0/",
    ],
)
def test_private_addresses_are_refused_in_every_spelling(url: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(url)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/a",
        "gopher://example.com/",
        "data:text/plain,x",
        "//example.com/a",
        "example.com/a",
        "",
        "http://",
        "http://user:secret@example.com/",
        "http://example.com@127.0.0.1:80/",
        "http://example.com:22/",
        "http://example.com:8080/",
        "https://example.com:6379/",
        "http://exa mple.com/",
        "http://example.com:99999999/",
    ],
)
def test_addresses_of_the_wrong_kind_are_refused(url: str) -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError("asked for a name")

    with pytest.raises(FetchRefused):
        fetch(url, resolve=never)


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(FetchRefused):
        fetch("http://example.com/", resolve=lambda host, port: ["8.8.8.8", "10.0.0.1"])


def test_an_unknown_name_may_be_tried_again() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    with pytest.raises(Unavailable):
        fetch("http://example.com/", resolve=unknown)


# -- a real server, allowed by setting ----------------------------------------------------------------


class Site:
    """A server on loopback whose pages are functions."""

    def __init__(self) -> None:
        self.pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                site.pages[self.path](self)

            def log_message(self, *args: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                """A reader that hangs up early is what some tests are about."""

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.allow = frozenset({f"127.0.0.1:{self.port}"})
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def page(self, path: str, body: bytes = b"hello", status: int = 200, **headers: str) -> str:
        def send(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)

        self.pages[path] = send
        return self.url(path)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def test_an_allowed_place_is_fetched_without_secrets(site: Site) -> None:
    headers = {"Authorization": "Bearer x", "COOKIE": "a=1", "X-Api-Key": "k", "Range": "bytes=0-"}
    assert fetch(site.page("/a"), allow=site.allow, headers=headers) == b"hello"
    _, sent = site.seen[0]
    assert not {"authorization", "cookie", "x-api-key"} & set(sent)
    assert sent["accept-encoding"] == "identity" and sent["range"] == "bytes=0-"
    assert sent["host"] == f"127.0.0.1:{site.port}"


def test_only_that_port_of_that_host_is_allowed(site: Site) -> None:
    url = site.page("/a")
    for allow in (frozenset(), frozenset({"127.0.0.1:1"}), frozenset({f"localhost:{site.port}"})):
        with pytest.raises(FetchRefused):
            fetch(url, allow=allow)
    assert site.seen == []


def test_a_name_is_resolved_once_and_its_checked_address_used(site: Site) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    allow = frozenset({f"studio.example.com:{site.port}"})
    site.page("/a")
    url = f"http://studio.example.com:{site.port}/a"
    assert fetch(url, allow=allow, resolve=rebinding) == b"hello"
    assert asked == ["studio.example.com"]
    assert site.seen[0][1]["host"] == f"studio.example.com:{site.port}"


def test_a_redirect_is_not_followed_unless_asked(site: Site) -> None:
    site.page("/b")
    with pytest.raises(FetchRefused):
        fetch(site.page("/a", status=302, Location="/b"), allow=site.allow)
    assert fetch(site.url("/a"), allow=site.allow, max_redirects=1) == b"hello"


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://localhost/", "file:///etc/passwd", "http://a:b@example.com/"]
)
def test_a_redirect_is_checked_like_the_first_address(site: Site, target: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(site.page("/a", status=302, Location=target), allow=site.allow, max_redirects=3)


def test_redirects_end(site: Site) -> None:
    with pytest.raises(FetchRefused):
        fetch(site.page("/a", status=302, Location="/a"), allow=site.allow, max_redirects=3)
    assert len(site.seen) == 4


def test_a_redirect_leaves_cookies_behind(site: Site) -> None:
    site.page("/b")
    fetch(
        site.page("/a", status=302, Location="/b", Set_Cookie="a=1; Path=/"),
        allow=site.allow,
        max_redirects=1,
        headers={"Authorization": "Bearer x"},
    )
    assert not {"cookie", "authorization"} & set(site.seen[1][1])


def test_a_declared_length_past_the_cap_is_refused_at_once(site: Site) -> None:
    with pytest.raises(FetchRefused):
        fetch(site.page("/a", b"x" * 100), allow=site.allow, max_bytes=99)
    assert fetch(site.url("/a"), allow=site.allow, max_bytes=100) == b"x" * 100


def test_an_undeclared_length_is_cut_off(site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x" * 1000)

    site.pages["/a"] = endless
    with pytest.raises(FetchRefused):
        fetch(site.url("/a"), allow=site.allow, max_bytes=5000)


@pytest.mark.parametrize("declared", ["72²", "9" * 5000])
def test_a_declared_length_that_is_no_number_still_has_the_cap(declared: str) -> None:
    headers = [(b"content-length", declared.encode("latin-1"))]
    response = httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"x" * 100))
    assert b"".join(fetcher._Capped(response, 100)) == b"x" * 100
    with pytest.raises(FetchRefused):
        b"".join(fetcher._Capped(response, 99))


def test_a_compressed_file_is_refused(site: Site) -> None:
    with pytest.raises(FetchRefused):
        fetch(site.page("/a", Content_Encoding="gzip"), allow=site.allow)


@pytest.mark.parametrize("where", ["headers", "body"])
def test_dripping_bytes_do_not_stretch_the_time(site: Site, where: str) -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n" + (b"\r\n" if where == "body" else b""))
        while not stop.wait(0.05):
            handler.wfile.write(b"X" if where == "body" else b"X-A: 1\r\n")

    site.pages["/a"] = drip
    try:
        with pytest.raises(Unavailable):
            fetch(site.url("/a"), allow=site.allow, total_s=0.4)
    finally:
        stop.set()


def test_addresses_that_take_no_connection_do_not_stretch_the_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        host, port = server.getsockname()
        full = [socket.socket() for _n in range(3)]
        for one in full:
            one.setblocking(False)
            one.connect_ex((host, port))
        began = time.monotonic()
        with pytest.raises(Unavailable):
            fetcher.post_guarded(
                f"http://many.example:{port}/",
                b"",
                {},
                allow=frozenset({f"many.example:{port}"}),
                total_s=0.4,
                resolve=lambda _host, _port: [host] * 3,
            )
        assert time.monotonic() - began < 2
        for one in full:
            one.close()


def test_a_file_that_breaks_off_is_no_file(site: Site) -> None:
    with pytest.raises(Unavailable):
        fetch(site.page("/a", b"short", Content_Length="500"), allow=site.allow)


def test_a_closed_port_may_be_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable):
            fetch(f"http://127.0.0.1:{port}/", allow=frozenset({f"127.0.0.1:{port}"}))


def test_dead_links_are_told_from_bad_days() -> None:
    for status in (401, 403, 404, 410):
        with pytest.raises(LinkExpired):
            raise_for_link(httpx.Response(status))
    for status in (204, 429, 500, 503):
        with pytest.raises(Unavailable):
            raise_for_link(httpx.Response(status))
    raise_for_link(httpx.Response(200))
