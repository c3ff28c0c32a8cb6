"""The sandbox as a process: what survives a kill, what it records, whom it answers."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.providers import test_sandbox_token360 as token360
from tests.providers import test_sandbox_venice as venice
from tests.providers.conftest import connect
from tests.providers.sandbox_server import SandboxServer


def test_jobs_bill_and_links_survive_kill(tmp_path: Path) -> None:
    server = SandboxServer(tmp_path).start(job_s=0.2, no_render=True)
    with connect(server, "token360") as token, connect(server, "venice") as ven:
        row = token360.finish(token)
        job = venice.queue(ven, prompt="[slow]").json()
        bill = server.bill()
        server.kill()
        server.start(job_s=0.2, no_render=True)
        assert server.bill() == bill
        assert httpx.get(row["url"], trust_env=False).status_code == 200
        assert venice.wait(ven, job).status_code == 200
    server.stop()


def test_consent_survives_kill(tmp_path: Path, make_picture, as_data_url) -> None:
    server = SandboxServer(tmp_path).start(no_render=True)
    face = venice.FACE_BODY | {"image_url": as_data_url(make_picture())}
    with connect(server, "venice") as client:
        venice.queue(client, **face, consents={"seedance": venice.ATTESTED})
        server.kill()
        server.start(no_render=True)
        assert venice.queue(client, **face).status_code == 200
    server.stop()


def test_renderer_dies_with_the_server(tmp_path: Path) -> None:
    server = SandboxServer(tmp_path).start(job_s=0.1)
    with connect(server, "token360") as client:
        token360.submit(client, resolution="1080p", duration=15)
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    while not (found := children.read_text().split()):
        time.sleep(0.02)
    server.kill()
    assert wait_until_gone(int(found[0]))


def test_server_dies_with_its_parent(tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    command = ["providers.sandbox", "--no-render", "--parent-death", "--data-dir", str(tmp_path)]
    command += ["--port-file", str(port_file)]
    code = (
        f"import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-m', *{command!r}]);"
        "print(p.pid, flush=True); time.sleep(60)"
    )
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=root)
    child = int(parent.stdout.readline())
    while not port_file.exists():
        time.sleep(0.02)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert wait_until_gone(child)


def wait_until_gone(pid: int) -> bool:
    for _ in range(200):
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_bill_line_says_what_was_sent(sandbox: SandboxServer) -> None:
    with connect(sandbox, "venice", "sandbox-billed") as client:
        body = json.dumps(venice.BODY).encode()
        reply = client.post("/video/queue", content=body, headers={"content-type": "application/json"})
    line = sandbox.bill()[-1]
    assert line["job_id"] == reply.json()["queue_id"]
    assert (line["dialect"], line["key_last4"], line["amount_usd"]) == ("venice", "lled", 0.55)
    assert line["request_sha256"] == hashlib.sha256(body).hexdigest()


def test_journal_hides_keys(sandbox: SandboxServer) -> None:
    with connect(sandbox, "token360", "sandbox-very-secret") as client:
        client.get("/videos?limit=1")
    row = sandbox.requests()[-1]
    assert (row["method"], row["path"], row["status"]) == ("GET", "/token360/v1/videos?limit=1", 200)
    assert row["headers"]["authorization"] == "…cret"


def test_control_plane_refuses_web_pages(sandbox: SandboxServer) -> None:
    url = f"{sandbox.origin}/_sandbox/settings"
    for header in ({"Origin": "https://example.com"}, {"Host": "rebound.example"}):
        assert httpx.post(url, json={"job_s": 9}, headers=header, trust_env=False).status_code == 403
    assert httpx.post(url, json={"data_dir": "x"}, trust_env=False).status_code == 422


def test_settings_change_later_jobs(tmp_path: Path) -> None:
    with SandboxServer(tmp_path).start(no_render=True) as server, connect(server, "token360") as client:
        server.settings(job_s=0.05, link_s=0.3, faults=["moderated"])
        token360.wait(client, token360.submit(client).json()["id"], "failed")
        server.settings(faults=[])
        url = token360.finish(client)["url"]
        time.sleep(0.4)
        assert httpx.get(url, trust_env=False).status_code == 403


def test_nothing_of_django_or_the_studio_is_imported() -> None:
    code = (
        "import sys, providers.sandbox.server;"
        "print([n for n in sys.modules if n.split('.')[0] in ('django', 'generations', 'videostudio')"
        " or n.startswith('providers.gateways')])"
    )
    root = Path(__file__).resolve().parents[2]
    out = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
