"""A sandbox server in a process of its own, for any test that talks real HTTP to a gateway."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
_PATHS = {
    "elkapi": "/elkapi/v1",
    "siliconflow": "/siliconflow/v1",
    "silkdock": "/silkdock",
    "token360": "/token360/v1",
    "venice": "/venice/api/v1",
}
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SandboxServer:
    """`with SandboxServer().start(job_s=0.2) as sandbox:`; or start and stop by hand.

    The data folder outlives `stop` and `kill`, so `start` again goes on with the same jobs on
    the same port. Options are the command line's with underscores: `job_s=0.2, no_render=True`.
    """

    def __init__(self, data_dir: Path | None = None) -> None:
        self._own_dir = None if data_dir else tempfile.TemporaryDirectory(prefix="sandbox-")
        self.data_dir = data_dir or Path(self._own_dir.name)
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **options: Any) -> "SandboxServer":
        port_file = self.data_dir / "port"
        port_file.unlink(missing_ok=True)
        options = {"port": self.port, "data_dir": self.data_dir, "port_file": port_file, **options}
        command = [sys.executable, "-m", "providers.sandbox", "--parent-death", *_write(options)]
        self.process = subprocess.Popen(command, cwd=_ROOT, env=os.environ | {"PYTHONPATH": str(_ROOT)})
        self.port = int(self._wait_for(port_file))
        return self

    def _wait_for(self, port_file: Path) -> str:
        deadline = time.monotonic() + 30
        while not port_file.exists():
            assert self.process is not None and self.process.poll() is None, "the sandbox did not start"
            assert time.monotonic() < deadline, "the sandbox does not listen"
            time.sleep(0.02)
        return port_file.read_text()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url_for(self, dialect: str) -> str:
        """The base URL an account of that gateway is given."""
        return self.origin + _PATHS[dialect]

    def bill(self) -> list[dict[str, Any]]:
        return self._call("/_sandbox/bill")["entries"]

    def total_usd(self) -> float:
        return self._call("/_sandbox/bill")["total_usd"]

    def requests(self, limit: int = 5000) -> list[dict[str, Any]]:
        return self._call(f"/_sandbox/requests?limit={limit}")["requests"]

    def settings(self, **values: Any) -> dict[str, Any]:
        return self._call("/_sandbox/settings", values)

    def forget(self, job_id: str) -> None:
        self._call("/_sandbox/forget", {"job_id": job_id})

    def revoke_consent(self) -> None:
        self._call("/_sandbox/revoke-consent", {})

    def _call(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with _DIRECT.open(urllib.request.Request(self.origin + path, data), timeout=10) as reply:
            return json.load(reply)

    def kill(self) -> None:
        """As the power button would: no goodbye, the data folder stays."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: int) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> "SandboxServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._own_dir is not None:
            self._own_dir.cleanup()


def _write(options: dict[str, Any]) -> list[str]:
    """`job_s=1` → `--job-s 1`, `no_render=True` → `--no-render`."""
    words: list[str] = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is not False and value is not None:
            words += [flag] if value is True else [flag, str(value)]
    return words
