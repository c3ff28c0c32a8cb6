"""Reads one file over HTTP as fast as it comes; run by ``World.run("reading", …)``.

Options: ``address``, ``size`` in bytes, ``token`` (may be empty), ``readers`` at once, ``part`` in bytes
(0: the whole file in one answer). Prints ``bytes_s`` and ``answers_s``.
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

BUFFER = 1 << 20


def read(options: dict[str, Any]) -> int:
    """One reader over one connection, to the end of the file; the answers it got."""
    parts, size, part = urlsplit(options["address"]), options["size"], options["part"]
    headers = {"Authorization": f"Bearer {options['token']}"} if options["token"] else {}
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    space = memoryview(bytearray(BUFFER))
    answers = 0
    for start in range(0, size, part or size):
        end = min(start + (part or size), size) - 1
        asked = {"Range": f"bytes={start}-{end}"} if part else {}
        line.request("GET", parts.path, headers=headers | asked)
        reply = line.getresponse()
        got = 0
        while count := reply.readinto(space):
            got += count
        assert got == end - start + 1, f"{reply.status}: {got} bytes of {end - start + 1}"
        answers += 1
    line.close()
    return answers


def main() -> None:
    options = json.load(sys.stdin)
    began = time.perf_counter()
    with ThreadPoolExecutor(options["readers"]) as pool:
        answers = sum(pool.map(read, [options] * options["readers"]))
    seconds = time.perf_counter() - began
    told = {"bytes_s": options["size"] * options["readers"] / seconds, "answers_s": answers / seconds}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
