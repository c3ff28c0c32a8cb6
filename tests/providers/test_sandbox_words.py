"""Words in a prompt script the sandbox, on both dialects."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.sandbox import rows, words
from tests.providers import test_sandbox_token360 as token360
from tests.providers import test_sandbox_venice as venice
from tests.providers.conftest import connect
from tests.providers.sandbox_server import SandboxServer


@pytest.fixture
def token(sandbox: SandboxServer, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    with connect(sandbox, "token360", f"sandbox-{request.node.name}") as client:
        yield client


@pytest.fixture
def ven(sandbox: SandboxServer, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    with connect(sandbox, "venice", f"sandbox-{request.node.name}") as client:
        yield client


def get_line(sandbox: SandboxServer, job_id: str) -> dict[str, Any]:
    return next(line for line in sandbox.bill() if line["job_id"] == job_id)


def count_lines(sandbox: SandboxServer, prompt: str) -> int:
    return sum(line["prompt"] == prompt for line in sandbox.bill())


def test_failed_and_moderated_jobs_are_refunded(
    token: httpx.Client, ven: httpx.Client, sandbox: SandboxServer
) -> None:
    row = token360.wait(token, token360.submit(token, prompt="[Failed]").json()["id"], "failed")
    assert set(row["error"]) == {"code", "message"}
    assert get_line(sandbox, row["id"])["refunded"] is True
    job = venice.queue(ven, prompt="[moderated]").json()
    first, second = venice.wait(ven, job), venice.retrieve(ven, job)
    assert (first.status_code, first.json()) == (422, second.json())
    assert first.json()["error"]["type"] == "provider_content_policy"
    assert first.json()["error"]["credits_refunded"] is True


def test_refused_prompt_is_not_billed(token: httpx.Client, ven: httpx.Client, sandbox: SandboxServer) -> None:
    assert token360.submit(token, prompt="[refused] t").status_code == 400
    assert venice.queue(ven, prompt="[refused] v").status_code == 422
    assert count_lines(sandbox, "[refused] t") + count_lines(sandbox, "[refused] v") == 0


@pytest.mark.parametrize(("word", "lines"), [("[lost answer]", 1), ("[no job]", 0)])
def test_connection_closes_before_an_answer(
    token: httpx.Client, sandbox: SandboxServer, word: str, lines: int
) -> None:
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        token360.submit(token, prompt=word)
    assert count_lines(sandbox, word) == lines
    assert len(token.get("/videos").json()["data"]) == lines


def test_500_at_submit_is_billed_all_the_same(ven: httpx.Client, sandbox: SandboxServer) -> None:
    assert venice.queue(ven, prompt="[500 submit]").status_code == 500
    assert count_lines(sandbox, "[500 submit]") == 1


def test_429_once_at_submit_and_once_at_poll(token: httpx.Client, sandbox: SandboxServer) -> None:
    first, second = (token360.submit(token, prompt="[429] t") for _ in range(2))
    assert (first.status_code, first.headers["retry-after"], second.status_code) == (429, "2", 200)
    statuses = [token.get(f"/videos/{second.json()['id']}").status_code for _ in range(2)]
    assert statuses == [429, 200]
    assert count_lines(sandbox, "[429] t") == 1


@pytest.mark.parametrize(("word", "status"), [("[500]", 500), ("[503]", 503)])
def test_first_poll_fails(token: httpx.Client, ven: httpx.Client, word: str, status: int) -> None:
    job_id = token360.submit(token, prompt=word).json()["id"]
    assert [token.get(f"/videos/{job_id}").status_code for _ in range(2)] == [status, 200]
    job = venice.queue(ven, prompt=word).json()
    assert [venice.retrieve(ven, job).status_code for _ in range(2)] == [status, 200]


def test_polls_that_are_not_json(token: httpx.Client) -> None:
    job_id = token360.submit(token, prompt="[html] [not json]").json()["id"]
    replies = [token.get(f"/videos/{job_id}") for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 502, 200]
    with pytest.raises(json.JSONDecodeError):
        replies[0].json()
    assert replies[1].headers["content-type"].startswith("text/html")
    assert replies[3].json()["object"] == "video"


def test_odd_status_passes(token: httpx.Client) -> None:
    job_id = token360.submit(token, prompt="[odd status]").json()["id"]
    seen = set()
    while "completed" not in seen:
        seen.add(token.get(f"/videos/{job_id}").json()["status"])
        time.sleep(0.01)
    assert seen == {"queued", "in_progress", "polishing", "completed"}


def test_forgotten_job(token: httpx.Client, ven: httpx.Client, sandbox: SandboxServer) -> None:
    job_id = token360.submit(token, prompt="[forgotten]").json()["id"]
    assert token.get(f"/videos/{job_id}").status_code == 404
    job = venice.queue(ven).json()
    sandbox.forget(job["queue_id"])
    assert venice.retrieve(ven, job).json() == {"error": "Request ID is invalid."}


def test_first_link_has_expired_and_a_fresh_one_works(token: httpx.Client, ven: httpx.Client) -> None:
    row = token360.finish(token, prompt="[expired link]")
    assert [httpx.get(row["url"], trust_env=False).status_code for _ in range(2)] == [403, 403]
    fresh = token.get(f"/videos/{row['id']}/content?format=url").json()["url"]
    assert httpx.get(fresh, trust_env=False).status_code == 200
    job = venice.queue(ven, prompt="[expired link]").json()
    assert (venice.wait(ven, job).status_code, venice.retrieve(ven, job).status_code) == (502, 200)


def test_first_download_is_cut(token: httpx.Client, ven: httpx.Client) -> None:
    url = token360.finish(token, prompt="[truncated]")["url"]
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(url, trust_env=False)
    assert httpx.get(url, trust_env=False).status_code == 200
    job = venice.queue(ven, prompt="[truncated]").json()
    with pytest.raises(httpx.RemoteProtocolError):
        venice.wait(ven, job)
    assert venice.retrieve(ven, job).content[4:8] == b"ftyp"


def test_private_link(token: httpx.Client, ven: httpx.Client) -> None:
    assert token360.finish(token, prompt="[private link]")["url"] == "http://10.0.0.1/x.mp4"
    job = venice.queue(ven, prompt="[private link]", model="grok-imagine-text-to-video-private").json()
    assert job["download_url"] == "http://10.0.0.1/x.mp4"


def test_no_url_until_content_is_asked(token: httpx.Client) -> None:
    row = token360.finish(token, prompt="[no url]")
    assert "url" not in row
    assert token.get(f"/videos/{row['id']}/content?format=url").json()["url"]


def test_big_file_is_padded_with_a_free_box(token: httpx.Client) -> None:
    url = token360.finish(token, prompt="[big]")["url"]
    small = len(token.get(f"/videos/{token360.finish(token)['id']}/content?format=binary").content)
    box = httpx.get(url, headers={"Range": f"bytes={small}-{small + 15}"}, trust_env=False)
    assert box.headers["content-range"].endswith(f"/{64 << 20}")
    assert box.content == ((64 << 20) - small).to_bytes(4, "big") + b"free" + bytes(8)


def test_damaged_file_keeps_length_and_head(token: httpx.Client) -> None:
    bad = httpx.get(token360.finish(token, prompt="[damaged]")["url"], trust_env=False).content
    good = httpx.get(token360.finish(token)["url"], trust_env=False).content
    assert (len(bad), bad[:32]) == (len(good), good[:32])
    assert b"moov" not in bad


def test_words_are_listed(sandbox: SandboxServer) -> None:
    rows = httpx.get(f"{sandbox.origin}/_sandbox/words", trust_env=False).json()
    assert {"[slow]", "[lost answer]", "[huge]"} <= {row["word"] for row in rows}
    assert all(set(row) == {"word", "meaning"} for row in rows)


def test_the_page_of_the_words_is_up_to_date() -> None:
    page = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    for module in (words, rows):
        command = f'python -c "from providers.sandbox import {module.__name__.rpartition(".")[2]} as found'
        assert module.table() in page, f'{command}; print(found.table())"'
    named = set(re.findall(r"`\[([^\]]+)\]`", page))
    assert named == words.KNOWN
