"""Journey 8: a client opens a link on a phone, with a passphrase; plays, writes, approves with a code by
mail, reads the team's answer, and is out when the link is revoked. All that the phone got is searched for
secrets."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from generations import tasks
from generations.models import Comment, Decision, Generation, ShareLink
from generations.services import comments, shares
from generations.services.writers import Writer
from tests.browser.walker import Walker
from tests.generations.shared import PASSPHRASE, make_clip
from tests.studio_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARK = "zqsecret"


@pytest.fixture
def take(project: Any, tmp_path: Path) -> Generation:
    return make_clip(project, tmp_path, words=f"{MARK} in the file", prompt=f"{MARK} prompt")


@pytest.fixture
def posted(settings: Any, monkeypatch: Any) -> None:
    """Mail is set up, and the queue's bells ring at once."""
    settings.MAIL = True
    run: Any = {"generations.tasks.mail_guest_code": tasks.mail_guest_code}.get

    def ring(path: str, *ids: str, **_more: Any) -> None:
        run(path, lambda *_: None)(*ids)

    monkeypatch.setattr("generations.services.ring.async_task", ring)


@pytest.fixture
def link(page: Any, live_server: Any, take: Generation, alice: Any, signed_in: Any) -> str:
    """Made by alice in her browser, from the menu of the take."""
    page.context.add_cookies(
        [
            {"name": name, "value": morsel.value, "url": live_server.url}
            for name, morsel in signed_in(alice).cookies.items()
        ]
    )
    page.goto(f"{live_server.url}/t/{take.pk}")
    page.click("#take-menu >> xpath=preceding-sibling::button[1]")
    page.click("#take-menu a[href*='shares/new']")
    page.fill("input[name=title]", "First Light, round 2")
    page.fill("input[name=passphrase]", PASSPHRASE)
    for name in ("may_comment", "may_approve", "may_download"):
        assert not page.is_checked(f"input[name={name}]")
        page.check(f"input[name={name}]")
    assert Walker(page).axe() == []
    page.click("main button.primary")
    page.wait_for_selector("#shown-once")
    page.click("[data-copy-from=shown-once]")
    page.get_by_text("Copied").wait_for()
    assert Walker(page).axe() == []
    return str(page.input_value("#shown-once"))


@pytest.fixture
def phone(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    """A browser of its own, as small as a phone; what it gets is written down."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        color_scheme="dark",
        record_har_path=tmp_path / "traffic.har",
        record_har_content="embed",
    )
    yield context
    context.close()


def traffic(tmp_path: Path) -> dict[str, bytes]:
    """Address -> all that came from there, headers included; once the browser was closed."""
    entries = json.loads((tmp_path / "traffic.har").read_text())["log"]["entries"]
    got: dict[str, bytes] = {}
    for number, entry in enumerate(entries):
        answer, told = entry["response"], entry["response"]["content"]
        text = told.get("text", "")
        body = base64.b64decode(text) if told.get("encoding") == "base64" else text.encode()
        got[f"{number} {entry['request']['url']}"] = json.dumps(answer["headers"]).encode() + body
    return got


def look(page: Any, name: str) -> None:
    if folder := os.environ.get("LOOK_AT"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_a_client_reviews_on_a_phone(
    link: str, phone: Any, posted: None, take: Generation, alice: Any, tmp_path: Path
) -> None:
    page = phone.new_page()
    guest = Walker(page)
    page.goto(link)
    assert guest.axe() == []
    page.fill("input[name=passphrase]", PASSPHRASE)
    page.click("button.primary")

    page.wait_for_selector(".player.scripted")
    assert guest.axe() == []
    page.evaluate("document.querySelector('video').muted = true")
    page.click("[data-player=big]")
    wait_until(lambda: page.evaluate("document.querySelector('video').currentTime > 0.2"), 15)
    page.evaluate("document.querySelector('video').pause()")
    page.click("[data-player=back]")
    frame = int(page.inner_text("[data-player-frame]")) if page.is_visible("[data-player-frame]") else None

    page.click("[data-note-open]")
    page.fill("input[name=name]", "Helen Brandt")
    page.fill("textarea[name=body]", "Could the sun hold half a second longer?")
    page.click(".write .send")
    page.get_by_text("You write as Helen Brandt").wait_for()
    note = Comment.objects.get()
    assert note.frame is not None and note.frame > 0 and frame in (None, note.frame)
    assert page.input_value("textarea[name=body]") == ""
    assert guest.axe() == []

    page.click("button[value=approved]")
    page.fill("input[name=email]", "helen@example.com")
    page.click("button.primary")
    page.fill("input[name=code]", re.findall(r"\b\d{6}\b", mail.outbox[0].body)[0])
    assert guest.axe() == []
    page.click("button.primary")
    page.get_by_text("Approved by you").first.wait_for()
    assert Decision.objects.get().verified_by == "mail"
    look(page, "guest-approved")
    page.get_by_role("button", name="Undo your decision").click()
    page.locator("button[value=changes]:enabled").click()
    page.get_by_text("You asked for changes").first.wait_for()
    assert guest.axe() == []
    take.refresh_from_db()
    assert (take.client_review, take.review) == ("changes", "")

    comments.write(Writer(person=alice), take, body=f"{MARK} among us")
    comments.write(Writer(person=alice), take, body="Gladly, by tomorrow.", parent=note)
    page.get_by_text("Gladly, by tomorrow.").wait_for(timeout=3000)

    share = ShareLink.objects.get()
    guest.expected = ["404"]  # the last look, which is refused
    shares.revoke(alice, share)
    page.get_by_text("This link does not open", exact=True).wait_for(timeout=5000)
    assert page.locator("video").count() == 0
    guest.assert_quiet()

    phone.close()
    seen = traffic(tmp_path)
    assert any("/video" in name for name in seen) and len(seen) > 20
    secrets = [MARK, str(take.pk), take.pk.hex, str(share.pk), str(take.model_id), take.model.label, "/t/"]
    secrets += [take.project.name, take.project.slug, alice.username, take.outputs.get(kind="video").sha256]
    pages = {name: body for name, body in seen.items() if "/static/" not in name}
    hits = [(name, word) for name, body in pages.items() for word in secrets if word.encode() in body]
    assert hits == []
