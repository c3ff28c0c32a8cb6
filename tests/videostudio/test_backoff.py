"""A process that dies at once is started again later and later."""

from pathlib import Path

import pytest

from videostudio.supervisor.ports import PortTaken, kept_port, listen
from videostudio.supervisor.processes import Child


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

    monkeypatch.setattr("videostudio.supervisor.processes.time.monotonic", lambda: Clock.now)
    return Clock


def test_waits_double_up_to_a_minute_and_end_with_a_long_life(clock):
    child = Child("x", "nothing")
    waits = []
    for _ in range(8):
        child.started_at = clock.now
        waits.append(child.backoff_s())
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    child.started_at = clock.now - 11
    assert child.backoff_s() == 0
    child.started_at = clock.now
    assert child.backoff_s() == 1


@pytest.mark.processes
def test_process_that_ends_at_once_is_not_started_in_a_loop(settings):
    import time

    settings.STUDIO = {**settings.STUDIO, "BACKOFF_FIRST_S": 0.3}
    child, starts = Child("x", "this"), []
    child.start = lambda inner=child.start: (starts.append(time.monotonic()), inner())  # type: ignore[method-assign]
    child.start()
    until = time.monotonic() + 2
    while time.monotonic() < until:
        child.replace_if_dead()
        time.sleep(0.01)
    child.kill()
    assert 2 <= len(starts) <= 4


def test_port_is_kept_while_it_is_free(tmp_path: Path):
    file = tmp_path / "sandbox" / "port"
    port = kept_port(file)
    assert kept_port(file) == port
    with listen("127.0.0.1", port):
        assert kept_port(file) != port
        with pytest.raises(PortTaken, match=f"Port {port}"):
            listen("127.0.0.1", port)
