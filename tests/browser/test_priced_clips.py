"""A source clip in the composer of an account that costs money: its price on the button, then a stored take.
The account's gateway is a sandbox that is none of the studio's, so nobody is charged."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.studios import whole_studio
from tests.browser.walker import Walker
from tests.media_files import make_mp4
from tests.providers.sandbox_server import SandboxServer
from tests.studio_process import ROOT, StudioProcess

pytestmark = pytest.mark.browser
ACCOUNT = "Venice, paid"


@pytest.fixture(scope="module")
def gateway() -> Iterator[SandboxServer]:
    with SandboxServer().start(job_s=0.8, rough=True) as server:
        yield server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, gateway: SandboxServer) -> Iterator[StudioProcess]:
    """Its account that costs money would be the first choice of every other module."""
    with whole_studio(tmp_path_factory, OUTBOUND_ALLOW=f"127.0.0.1:{gateway.port}") as studio:
        yield studio


@pytest.fixture(scope="module")
def paying(running: StudioProcess, gateway: SandboxServer, signed_in_state: Any) -> StudioProcess:
    """With an account that is no sandbox one; it says so itself after a moment."""
    listed = manage(running, "list").splitlines()
    own = next(line.split("\t")[2] for line in listed if "/venice/" in line)
    address = re.sub(r":\d+/", f":{gateway.port}/", own)
    how = ["--gateway", "venice", "--name", ACCOUNT, "--key-env", "VENICE_KEY", "--base-url", address]
    manage(running, "add", *how)
    return running


def manage(studio: StudioProcess, *words: str) -> str:
    env = {**studio.env, "VENICE_KEY": "sandbox-key-that-pays"}
    command = [sys.executable, "manage.py", "provider", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("model", "prompt", "price"),
    [("Topaz Upscale", "", "$0.04"), ("Wan 2.7 · source clip", "As a woodcut", "$0.33")],
)
def test_a_clip_is_priced_before_the_click_and_comes_back_stored(
    paying: StudioProcess, walker: Walker, tmp_path: Path, model: str, prompt: str, price: str
) -> None:
    page = walker.page
    walker.new_project(f"Paid {model}")
    walker.choose_model(ACCOUNT, model)
    with page.expect_response(lambda answer: answer.url.endswith("/composer/price") and answer.ok) as told:
        with page.expect_response(lambda answer: "/upload" in answer.url):
            clip = make_mp4(tmp_path / "harbour.mp4", 3.0, (640, 360), audio=True)
            page.set_input_files("[data-slot=source_video] input[type=file]", str(clip))
        page.wait_for_selector("[data-slot=source_video].filled")
        walker.settle()
    page.get_by_text(price, exact=False).first.wait_for()
    assert price in page.inner_text("[data-generate]")
    assert told.value.ok and "Quoted" in page.inner_text("[data-price-basis]")
    assert "blank clip" in str(page.get_attribute("[data-generate]", "title"))
    shoot(page, f"button-{model}")
    if prompt:
        page.fill("textarea[name=prompt]", prompt)
    with page.expect_response(lambda answer: answer.url.endswith("/generate")) as sent:
        page.click("[data-generate]")
    assert sent.value.status == 200, sent.value.text()
    page.goto(paying.url + walker.wait_for_poster())
    assert price in page.inner_text("main")
    shoot(page, f"take-{model}")
    played, duration = walker.play()
    assert played > 0.5 and duration == pytest.approx(3.0, abs=0.2)


def shoot(page: Any, name: str) -> None:
    """A picture for whoever wants to look: set SHOTS to a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")
