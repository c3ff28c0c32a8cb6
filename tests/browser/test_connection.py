"""A click while the studio cannot be reached: said once, nothing typed is lost, and the price comes back."""

from __future__ import annotations

import pytest

from tests.browser.walker import Walker

pytestmark = pytest.mark.browser
WORDS = "A lighthouse, typed before the line broke"


def test_a_click_without_a_connection_is_told_and_can_be_made_again(walker: Walker) -> None:
    page = walker.page
    walker.new_project("Connection")
    page.fill("textarea[name=prompt]", WORDS)
    page.context.set_offline(True)
    page.click("[data-generate]")
    page.wait_for_selector(".toast")
    page.wait_for_selector("[data-price]:empty", state="attached")
    assert page.locator(".toast span").all_inner_texts() == [
        "Not sent. Press again when the connection is back."
    ]
    page.context.set_offline(False)
    page.wait_for_selector("[data-price]:not(:empty)", timeout=15_000)
    assert page.input_value("textarea[name=prompt]") == WORDS
    # Chromium and htmx write of a broken line to the console; a script that failed would still count
    walker.noise[:] = [line for line in walker.noise if line.startswith("script:")]
    page.click("[data-generate]")
    page.wait_for_selector(f"article.take:has-text('{WORDS}')")
    assert page.locator(f"article.take:has-text('{WORDS}')").count() == 1
