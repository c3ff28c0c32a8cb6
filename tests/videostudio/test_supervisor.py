"""The supervisor with real processes: kill -9, silence, back-off, order."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
from pathlib import Path

import pytest

from tests.studio_process import StudioProcess, parent, wait_until

pytestmark = pytest.mark.processes
QUICK = {"BEAT_S": 0.5, "BEAT_SILENT_S": 12, "SWEEP_TASK_S": 2, "BACKOFF_FIRST_S": 0.2, "BACKOFF_EARLY_S": 2}
QUICK |= {"ALERTS_EVERY_S": 2, "ALERT_SILENT_S": 4}


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with StudioProcess(tmp_path_factory.mktemp("studio"), **QUICK) as running:
        running.wait_healthy()
        yield running


def test_health_says_what_is_up(studio):
    found = studio.wait_healthy()
    assert found["database"] == found["web"] == "up"
    assert set(found["clusters"]) == {"studio", "files", "sweep"}
    assert all(cluster["beat_age_s"] < 12 for cluster in found["clusters"].values())
    assert found["sweep"]["lag_s"] is not None and found["disk_free_bytes"] > 0
    assert wait_until(lambda: studio.health()["alerts"]["looked_age_s"] is not None)


def test_killed_cluster_is_replaced_and_leaves_no_orphan(studio):
    leader = wait_until(lambda: studio.leader("files"))
    tree = set(studio.pids(Q_CLUSTER_NAME="files"))
    assert len(tree) >= 5, "leader, sentinel, two workers, monitor, pusher"
    os.kill(leader, signal.SIGKILL)
    wait_until(lambda: not tree & set(studio.pids(Q_CLUSTER_NAME="files")), 5)
    assert wait_until(lambda: studio.leader("files") not in (0, leader), 60)
    studio.wait_healthy()


def test_killed_web_is_replaced_without_a_refused_connection(studio):
    web = [pid for pid in studio.pids() if parent(pid) == studio.process.pid and b"gunicorn" in _command(pid)]
    os.kill(web[0], signal.SIGKILL)
    with socket.create_connection(("127.0.0.1", studio.port), timeout=5):
        pass
    studio.wait_healthy()


def test_silent_clusters_are_told_of_and_then_replaced_although_they_live(studio):
    """Of one its workers die: whichever held the queue's lock took it along, and those that follow never get
    a task. The other hangs as a whole. Neither keeps its own alert from being opened, nor from being over."""
    before = {name: wait_until(lambda name=name: studio.leader(name)) for name in ("studio", "sweep")}
    wait_until(lambda: len(studio.pids(Q_CLUSTER_NAME="studio")) >= 6)
    for pid in studio.pids(Q_CLUSTER_NAME="studio"):
        if parent(parent(pid)) == before["studio"]:
            os.kill(pid, signal.SIGKILL)
    for pid in studio.pids(Q_CLUSTER_NAME="sweep"):
        os.kill(pid, signal.SIGSTOP)
    for name, leader in before.items():
        wait_until(lambda name=name, leader=leader: studio.leader(name) not in (0, leader), 90)
        assert f"{name} has been silent" in studio.said and name in alerts_of(studio)
    wait_until(lambda: alerts_of(studio, "closed_at IS NOT NULL") >= set(before), 60)
    studio.wait_healthy()


def alerts_of(studio: StudioProcess, state: str = "true") -> set[str]:
    with contextlib.closing(sqlite3.connect(studio.folder / "studio.sqlite3", timeout=20)) as there:
        found = there.execute(f"SELECT subject FROM generations_alert WHERE kind = 'cluster' AND {state}")
        return {subject for (subject,) in found}


def test_port_that_is_taken_is_one_clear_line(studio, tmp_path):
    second = StudioProcess(tmp_path, **QUICK)
    second.env["PORT"] = str(studio.port)
    assert _refused(second) == f"CommandError: {_taken(studio.port)}"


def test_folder_that_is_in_use_is_one_clear_line(studio, tmp_path):
    second = StudioProcess(tmp_path, **QUICK)
    second.env["DATA_DIR"] = str(studio.folder)
    line = _refused(second)
    assert f"Another studio (process {studio.process.pid})" in line and "\n" not in line


def test_killed_supervisor_leaves_no_process(tmp_path):
    studio = StudioProcess(tmp_path, **QUICK, SANDBOX="1").start()
    try:
        studio.wait_healthy()
        assert len(studio.pids()) > 15
        studio.kill()
        wait_until(lambda: not studio.pids(), 5)
    finally:
        studio.stop()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_orderly_end_and_restart_on_the_same_folder(tmp_path, number):
    studio = StudioProcess(tmp_path, **QUICK).start()
    link = studio.setup_link()
    assert studio.stop(number) == 0
    assert not studio.pids()
    assert "Stopped." in studio.said and "Traceback" not in studio.said, studio.said
    studio.start()
    try:
        assert studio.setup_link() != link, "a new link at each start"
    finally:
        studio.stop()


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _refused(studio: StudioProcess) -> str:
    """What it says when it does not start."""
    with pytest.raises(AssertionError):
        studio.start()
    assert studio.process and studio.process.wait(30) == 1
    return studio.said.strip()


def _taken(port: int) -> str:
    hint = f"choose another: PORT={port + 1} make run"
    return f"Port {port} of 127.0.0.1 is taken. Stop what uses it, or {hint}"
