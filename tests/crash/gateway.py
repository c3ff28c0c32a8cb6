"""A gateway that kills: it stands before the sandbox, knows the calling process by its socket, and ends it
at a chosen point of a chosen request.

Bytes pass unchanged but for the sandbox's own origin in JSON answers, so that links lead back here.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

# what the request is for, by its first line; both dialects
_PURPOSES = (
    ("submit", re.compile(rb"POST /(token360/v1/videos|venice/api/v1/video/queue)[ ?]")),
    ("list", re.compile(rb"GET /token360/v1/videos\?")),
    ("link", re.compile(rb"GET /token360/v1/videos/[^/ ]+/content")),
    ("poll", re.compile(rb"GET /token360/v1/videos/[^/ ]+ ")),
    ("retrieve", re.compile(rb"POST /venice/api/v1/video/retrieve[ ?]")),
    ("result", re.compile(rb"GET /store/")),
)
# before a byte is read only the caller tells what it will be
_CALLERS = {"submit": "studio", "poll": "sweep", "list": "sweep", "link": "files", "result": "files"}
POINTS = ("accepted", "body read", "no answer", "half an answer", "answer sent")


@dataclass
class Fault:
    """Kill the caller at ``point`` of the next ``times`` requests for ``purpose``.

    ``after_bytes`` of a result come first where ``point`` is ``half an answer``. ``whole_cluster`` takes
    everything that shares the caller's process group.
    """

    purpose: str
    point: str
    times: int = 1
    after_bytes: int = 0
    whole_cluster: bool = False
    harmless: bool = False  # nobody dies: the rest of the answer waits until ``go_on`` is set
    text: bytes = b""  # only requests that hold it
    skip: int = 0  # so many pass unharmed first
    go_on: threading.Event = field(default_factory=threading.Event)


@dataclass
class Gateway:
    """``with Gateway(sandbox.port, folder) as gateway:``; ends only processes of the studio in ``folder``."""

    sandbox_port: int
    data_dir: Path
    faults: list[Fault] = field(default_factory=list)
    ended: list[tuple[str, str, int]] = field(default_factory=list)  # purpose, point, pid
    result_bytes: int = 0  # bodies of results that went out

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Gateway:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def kill_at(self, purpose: str, point: str, **options: object) -> Fault:
        assert point in POINTS
        fault = Fault(purpose, point, **options)  # type: ignore[arg-type]
        with self._lock:
            self.faults.append(fault)
        return fault

    def calm(self) -> None:
        with self._lock:
            self.faults.clear()

    # -- one connection, one request ---------------------------------------------------------------

    def _accept(self) -> None:
        while True:
            try:
                connection, peer = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection, peer[1]), daemon=True).start()

    def _serve(self, caller: socket.socket, port: int) -> None:
        with contextlib.suppress(OSError, ValueError), caller:
            if self._end_before_reading(port):
                return
            request = _read_request(caller)
            purpose = next((name for name, line in _PURPOSES if line.match(request)), "other")
            purpose = {"retrieve": self._retrieve_purpose(port)}.get(purpose, purpose)
            if self._end(purpose, "body read", port, request):
                return
            with socket.create_connection(("127.0.0.1", self.sandbox_port)) as sandbox:
                sandbox.sendall(_closing(request))
                self._answer(caller, sandbox, purpose, port, request)

    def _retrieve_purpose(self, port: int) -> str:
        """Venice's polls and files share one address; who asks tells them apart."""
        return "result" if _cluster_of(_owner(port, self.port)) == "files" else "poll"

    def _end_before_reading(self, port: int) -> bool:
        if not any(fault.point == "accepted" and fault.times for fault in self.faults):
            return False
        cluster = _cluster_of(_owner(port, self.port))
        purposes = [name for name, owner in _CALLERS.items() if owner == cluster]
        return any(self._end(purpose, "accepted", port, b"") for purpose in purposes)

    def _answer(
        self, caller: socket.socket, sandbox: socket.socket, purpose: str, port: int, request: bytes
    ) -> None:
        reply = _Reply(sandbox)
        if not reply.head:  # the sandbox closed without a word
            return
        if self._end(purpose, "no answer", port, request):
            return
        half = self._take("half an answer", purpose, request)
        if reply.is_file:
            self._send_file(caller, reply, half, port)
        else:
            self._send_json(caller, reply, purpose, port, half)
        self._end(purpose, "answer sent", port, request)

    def _send_json(
        self, caller: socket.socket, reply: _Reply, purpose: str, port: int, half: Fault | None
    ) -> None:
        whole = reply.whole(f"http://127.0.0.1:{self.sandbox_port}", self.origin)
        cut = len(whole) * 2 // 3 if half else len(whole)
        caller.sendall(whole[:cut])
        if half and half.harmless:
            half.go_on.wait(60)
            caller.sendall(whole[cut:])
        elif half:
            self._strike(half, port)

    def _send_file(self, caller: socket.socket, reply: _Reply, half: Fault | None, port: int) -> None:
        caller.sendall(reply.head + b"\r\n\r\n")
        sent = 0
        for piece in reply.pieces():
            caller.sendall(piece)
            sent += len(piece)
            self.result_bytes += len(piece)
            if half and sent >= half.after_bytes:
                self._strike(half, port)
                return

    # -- ending the caller -------------------------------------------------------------------------

    def _end(self, purpose: str, point: str, port: int, request: bytes) -> bool:
        fault = self._take(point, purpose, request)
        return fault is not None and self._strike(fault, port)

    def _take(self, point: str, purpose: str, request: bytes) -> Fault | None:
        """The fault that is due now, counted off; None when this request passes."""
        with self._lock:
            for fault in self.faults:
                if (fault.purpose, fault.point) != (purpose, point) or not fault.times:
                    continue
                if fault.text and fault.text not in request:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None

    def _strike(self, fault: Fault, port: int) -> bool:
        pid = _owner(port, self.port)
        if not pid or f"DATA_DIR={self.data_dir}".encode() not in environment(pid):
            return False  # not the studio's
        with contextlib.suppress(ProcessLookupError):
            if fault.whole_cluster:
                os.killpg(os.getpgid(pid), signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)
        self.ended.append((fault.purpose, fault.point, pid))
        _wait_for_death(pid)
        return True


# -- HTTP, as little as it takes ---------------------------------------------------------------------


def _read_request(caller: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(caller)
    head, _, body = data.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    length = int(found[1]) if found else 0
    while len(body) < length:
        body += _some(caller)
    return head + b"\r\n\r\n" + body


def _some(source: socket.socket) -> bytes:
    data = source.recv(65536)
    if not data:
        raise ValueError("the other side closed")
    return data


def _closing(request: bytes) -> bytes:
    """The same request on a connection of its own."""
    head, _, body = request.partition(b"\r\n\r\n")
    head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head)
    return head + b"\r\nconnection: close\r\n\r\n" + body


class _Reply:
    """The sandbox's answer: its head, and its body as it comes."""

    def __init__(self, sandbox: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data and (piece := sandbox.recv(65536)):
            data += piece
        self.head, _, self._begun = data.partition(b"\r\n\r\n")
        self._sandbox = sandbox

    @property
    def is_file(self) -> bool:
        return bool(re.search(rb"(?i)\r\ncontent-type: *(video|application/octet)", self.head))

    def pieces(self) -> list[bytes]:
        return _Pieces(self._begun, self._sandbox)  # type: ignore[return-value]

    def whole(self, old: str, new: str) -> bytes:
        body = b"".join(self.pieces()).replace(old.encode(), new.encode())
        head = re.sub(rb"(?i)(\r\ncontent-length: *)\d+", rb"\g<1>%d" % len(body), self.head)
        return head + b"\r\n\r\n" + body


class _Pieces:
    def __init__(self, begun: bytes, source: socket.socket) -> None:
        self._begun, self._source = begun, source

    def __iter__(self):  # type: ignore[no-untyped-def]
        if self._begun:
            yield self._begun
        while piece := self._source.recv(262144):
            yield piece


# -- who is calling ----------------------------------------------------------------------------------


def _owner(port: int, server_port: int) -> int:
    """The process that holds the client's end of a loopback connection, 0 when it is gone."""
    inode = _inode(port, server_port)
    wanted = f"socket:[{inode}]"
    for entry in Path("/proc").iterdir() if inode else ():
        if entry.name.isdigit() and wanted in _links(entry / "fd"):
            return int(entry.name)
    return 0


def _inode(port: int, server_port: int) -> str:
    """The kernel's table is read in pieces while it changes, so a socket that is there may be missed once."""
    for _again in range(5):
        if found := _listed(port, server_port):
            return found
        time.sleep(0.002)
    return ""


def _listed(port: int, server_port: int) -> str:
    ends = (f"0100007F:{port:04X}", f"0100007F:{server_port:04X}")
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if (words[1], words[2]) == ends:
            return words[9]
    return ""


def _links(folder: Path) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            with contextlib.suppress(OSError):
                found.add(str(entry.readlink()))
    return found


def environment(pid: int) -> set[bytes]:
    try:
        return set(Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"))
    except OSError:
        return set()


def _cluster_of(pid: int) -> str:
    names = [item for item in environment(pid) if item.startswith(b"Q_CLUSTER_NAME=")] if pid else []
    return names[0].partition(b"=")[2].decode() if names else ""


def _wait_for_death(pid: int) -> None:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX":
                return
        except OSError:
            return
        time.sleep(0.005)
