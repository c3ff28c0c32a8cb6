"""Journey 7, but for the drawing: asked for review, played through, sent back with a note, fixed by the
sandbox, resolved, approved by key, signed off; and the certificate."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser.walker import LOOKS, Walker
from tests.studio_process import wait_until

pytestmark = pytest.mark.browser
PROMPT = "A clay hand waves from a window"


@pytest.fixture
def two(walker: Walker) -> list[str]:
    """Two finished takes of one batch; where their pages are."""
    walker.new_project("Review")
    page = walker.page
    page.fill("input[name=count]", "2")
    walker.generate(PROMPT)
    wait_until(
        lambda: page.locator(".take img[src*='/poster']").count() == 2 or page.wait_for_timeout(200),
        90,
        every=0,
    )
    return [str(link.get_attribute("href")) for link in page.locator(".take a.pic").all()]


def look(walker: Walker, name: str) -> None:
    """Nothing sticks out of the page in each size, and axe finds nothing."""
    page = walker.page
    for theme, (width, height) in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert walker.axe() == []
        if folder := os.environ.get("LOOK_AT"):
            page.screenshot(path=str(Path(folder) / f"{name}-{theme}-{width}.png"))
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("document.documentElement.dataset.theme = 'dark'")


def ask(page: Any, walker: Walker) -> None:
    page.locator("#decision").get_by_role("button", name="Ask for review").first.click()
    page.select_option("#ask-review select[name=reviewer]", label="Ada Lovelace")
    page.locator("#ask-review").get_by_role("button", name="Ask for review").click()
    page.locator("#decision", has_text="Waits for Ada Lovelace").wait_for()
    assert page.locator("dialog[open]").count() == 0


def test_asked_played_through_sent_back_fixed_approved_and_signed(walker: Walker, two: list[str]) -> None:
    page, url = walker.page, walker.studio.url
    project = page.url.split("?")[0]
    for take in two:
        page.goto(url + take)
        ask(page, walker)
    look(walker, "asked")

    # the playlist: the end of a clip leads to the next, which plays on
    page.goto(f"{project}review")
    assert page.locator(".tabs [aria-current] .n").inner_text() == "2"
    rows = page.locator(".queue li")
    assert rows.count() == 2 and "aria-current" in (rows.nth(0).inner_html())
    look(walker, "playlist")
    first = page.url
    page.keyboard.press("Space")
    page.wait_for_url(lambda address: address != first and "take=" in address, timeout=60_000)
    page.locator(".queue li").nth(1).locator("[aria-current]").wait_for()
    page.keyboard.press("ArrowUp")
    page.locator(".queue li").nth(0).locator("[aria-current]").wait_for()

    # R, words, and the next one shows; that one is approved by key, and the list is done
    page.keyboard.press("r")
    assert page.evaluate("document.querySelector('[data-player-root] video').paused")
    page.fill("#say-no textarea", "The <hand> melts at the end.")
    look(walker, "say-no")
    page.locator("#say-no").get_by_role("button", name="Request changes").click()
    page.locator(".queue li").first.wait_for()
    wait_until(lambda: page.locator(".queue li").count() == 1 or page.wait_for_timeout(50), 15, every=0)
    page.keyboard.press("a")  # at once: it was meant for the one before
    page.wait_for_selector("body[data-reviews-ready]")
    walker.settle()
    assert page.locator(".queue li").count() == 1
    page.keyboard.press("a")
    page.locator(".empty", has_text="Nothing waits for you").wait_for()
    look(walker, "done")

    # Fix this: the composer, a new take by the sandbox, the next version
    page.goto(f"{project}review?which=changes")
    take = page.locator(".nowplaying h2 a").get_attribute("href")
    page.goto(f"{url}{take}")
    look(walker, "changes")
    page.locator("[data-note]", has_text="The <hand> melts").get_by_role("button", name="Fix this").click()
    walker.wait_for_composer()
    page.locator("#composer-fixing", has_text="The <hand> melts").wait_for()
    look(walker, "fixing")
    page.reload()
    walker.wait_for_composer()
    assert page.input_value("textarea[name=prompt]") == PROMPT
    assert page.locator("#composer-fixing").count() == 1
    page.fill("input[name=count]", "1")
    walker.generate("A clay hand waves, its fingers whole")
    wait_until(
        lambda: page.locator(".take img[src*='/poster']").count() == 3 or page.wait_for_timeout(200),
        90,
        every=0,
    )

    # the note asks, is resolved, and V2 is approved and signed off
    page.goto(f"{url}{take}")
    page.locator(".madefor", has_text="was made for this note").wait_for()
    look(walker, "resolved")
    page.locator("[data-note] .madefor a").click()
    page.locator(".versions [aria-current]", has_text="V2").wait_for()
    page.get_by_role("button", name="Yes, resolved in V2").click()
    page.locator(".madefor").wait_for(state="detached")
    page.keyboard.press("a")
    page.locator("#decision").get_by_role("button", name="Sign off V2").click()
    look(walker, "sign-off")
    page.locator("#sign-off").get_by_role("button", name="Sign off V2").click()
    page.locator("#decision").get_by_role("link", name="Certificate").click()
    page.locator("main", has_text="Seal and digest fit").wait_for()
    look(walker, "certificate")
    paper = json.loads(page.evaluate("address => fetch(address).then(r => r.text())", f"{page.url}/json"))
    assert paper["statement"]["take"]["version"] == 2 and len(paper["sha256"]) == 64
