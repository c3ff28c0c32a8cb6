"""The helper process keeps its limits, and what becomes of it is told in words."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generations import media
from generations.media import MediaToolError, TooHeavy, Unplayable, run
from tests import media_files as make


def in_helper(code: str, cpu_s: int = 30) -> subprocess.CompletedProcess[bytes]:
    start = f"from generations.media import child\nchild.CPU_SECONDS = {cpu_s}\nchild._limit(0)\n"
    return subprocess.run(
        [sys.executable, "-c", start + code], env=run._environment(), capture_output=True, timeout=30
    )


def test_memory_ends_at_one_and_a_half_gigabytes() -> None:
    assert in_helper("bytearray(900_000_000)").returncode == 0
    assert b"MemoryError" in in_helper("bytearray(1_600_000_000)").stderr


def test_processor_time_ends() -> None:
    assert in_helper("while True: pass", cpu_s=1).returncode == -signal.SIGXCPU


def test_output_cannot_fill_the_disk(tmp_path: Path) -> None:
    target = tmp_path / "big"
    assert in_helper(f"open({str(target)!r}, 'wb').truncate(300_000_000)").returncode != 0


def test_wall_time_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "WALL_SECONDS", 0.01)
    with pytest.raises(TooHeavy, match="too long"):
        media.probe(make.make_jpeg(tmp_path / "a.jpg"))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (-signal.SIGXCPU, TooHeavy),
        (-signal.SIGKILL, TooHeavy),
        (-signal.SIGSEGV, Unplayable),
        (1, MediaToolError),
    ],
)
def test_every_end_has_a_meaning(code: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        run._answer(subprocess.CompletedProcess([], code, b""))


def test_refusals_keep_their_type() -> None:
    with pytest.raises(TooHeavy, match="why"):
        run._answer(subprocess.CompletedProcess([], 0, b'{"refused": "why", "type": "TooHeavy"}'))


def test_file_that_is_gone_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(MediaToolError):
        media.probe(tmp_path / "gone.mp4")


def test_helper_dies_with_its_parent() -> None:
    """A killed worker leaves nobody decoding."""
    inner = (
        "from generations.media import child; child._limit(0);"
        "import time; print('up', flush=True); time.sleep(60)"
    )
    outer = (
        "import subprocess, sys;"
        "p = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=subprocess.PIPE);"
        "p.stdout.readline(); print(p.pid, flush=True); import time; time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", outer, inner], env=run._environment(), stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    until = time.monotonic() + 10
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False
