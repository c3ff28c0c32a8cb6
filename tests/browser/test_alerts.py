"""An account starts to fail: bell, strip, *Acknowledge*, over. And a webhook, up to the answer to a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Alert, Generation, Heartbeat
from generations.services import alerts
from tests.browser.walker import LOOKS, Walker
from tests.factories import make_account, make_take, model_of
from tests.generations.pipeline import Line, line
from tests.generations.receiver import listening
from tests.providers.sandbox_server import SandboxServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sandbox(settings: Any, tmp_path: Any) -> Iterator[SandboxServer]:
    with SandboxServer().start(job_s=0.1, no_render=True) as server:
        settings.MEDIA_ROOT = tmp_path / "media"
        settings.OUTBOUND_ALLOW = {f"127.0.0.1:{server.port}"}
        quick = {"POLL_SCALE": 0.02, "RECOVER_EVERY_S": 0, "RING_AGAIN_S": 0.5, "MIN_FREE_BYTES": 0}
        settings.STUDIO = {**settings.STUDIO, **quick}
        yield server


def make_some(here: Line, project: Any, model: Any, words: str) -> None:
    takes = [
        make_take(project.created_by, project, model, prompt=f"A boat {words}", duration_s=4.0)
        for _n in range(5)
    ]
    here.send()
    unended = Generation.objects.filter(pk__in=[take.pk for take in takes], ended_at=None)
    here.run_until(lambda: not unended.exists())
    here.rung.clear()


def look_a_minute_later() -> None:
    """As the supervisor does it."""
    Heartbeat.objects.filter(name="alerts").update(beaten_at=timezone.now() - timedelta(minutes=1))
    assert alerts.look()


def shown(walker: Walker, name: str) -> None:
    """Nothing serious for axe and nothing wider than the window; a picture of each where LOOK_AT says so."""
    page = walker.page
    for theme, (width, height) in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        assert walker.axe() == [], (name, theme)
        if folder := os.environ.get("LOOK_AT"):
            page.screenshot(path=str(Path(folder) / f"{name}-{theme}-{width}.png"))
    page.set_viewport_size({"width": 1440, "height": 900})


def test_from_the_first_failure_to_the_end(look_at: Any, sandbox, project, admin) -> None:
    account = make_account(
        "token360",
        name="Token360 Berlin",
        base_url=sandbox.url_for("token360"),
        max_in_flight=10,
        submits_per_min=100,
    )
    model = model_of(account, "seedance-2.0-fast")
    with line() as here:
        make_some(here, project, model, "[failed]")
        look_a_minute_later()
        walker = look_at("/", admin)
        page = walker.page
        page.locator("#bell-button").click()
        page.get_by_text("Many takes fail at Token360 Berlin").first.click()
        page.get_by_role("heading", name="Alerts").wait_for()
        page.goto(page.url.replace("generations/alert/", ""))
        strip = page.get_by_role("region", name="Alerts")
        strip.get_by_text("5 of the last 5 takes did not come through.").wait_for()
        shown(walker, "strip")
        strip.get_by_role("button", name="Acknowledge").click()
        strip.get_by_text("acknowledged by Ada Min").wait_for()
        strip.get_by_role("link", name="Go there").click()
        page.get_by_text("5 takes").first.wait_for()

        make_some(here, project, model, "that floats")
        look_a_minute_later()
    assert not Alert.objects.open().exists()
    page.goto(page.url.split("/admin/")[0] + "/admin/")
    page.get_by_role("region", name="Gateway accounts").wait_for()
    assert strip.count() == 0
    page.goto(page.url + "generations/alert/?state=past")
    page.get_by_text("It lasted").wait_for()
    shown(walker, "past")


def test_a_webhook(look_at: Any, settings, admin) -> None:
    with listening() as receiver:
        settings.OUTBOUND_ALLOW = {receiver.place}
        walker = look_at("/admin/generations/webhook/add/", admin)
        page = walker.page
        page.get_by_label("Name").fill("Pager")
        page.get_by_label("Address").fill("http://10.0.0.1/hook")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_text("The address has to begin with https://.").wait_for()
        shown(walker, "webhook-refused")
        page.get_by_label("Address").fill(receiver.url)
        page.get_by_role("button", name="Save", exact=True).click()
        assert page.get_by_label("Secret").input_value().startswith("whsec_")
        shown(walker, "webhook-secret")
        page.get_by_role("link", name="Go on").click()
        receiver.will(503, b"Not yet, we are still asleep.")
        page.get_by_role("button", name="Send a test").click()
        page.get_by_text("The test was refused: 503").wait_for()
        page.get_by_role("button", name="Send a test").click()
        page.get_by_text("The test was taken in: 200").wait_for()
        assert len(receiver.got) == 2
        shown(walker, "webhook")


@pytest.fixture
def look_at(look: Any) -> Any:
    """``look``, whose walker knows what axe itself brings about: Django's styles import each other."""

    def open_page(address: str, person: Any) -> Walker:
        walker = look(address, person)
        walker.expected += ["preload assets", "inline style"]
        return walker

    return open_page
