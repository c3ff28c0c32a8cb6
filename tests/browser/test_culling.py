"""Journey 6: takes are sorted from the keyboard, compared, tagged, stacked and kept as a view; and undone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.walker import Walker, wait_until

pytestmark = pytest.mark.browser


def state(page: Any) -> list[str]:
    """Mark and stars of each card, in the order of the wall."""
    return list(
        page.evaluate(
            """[...document.querySelectorAll('#wall [data-take]')]
            .map(card => (card.dataset.mark || '-') + card.dataset.stars)"""
        )
    )


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def wait_for(page: Any, wanted: list[str]) -> None:
    wait_until(lambda: state(page) == wanted or page.wait_for_timeout(50), 15, every=0)


def wait_for_cards(page: Any, count: int) -> None:
    wait_until(lambda: len(state(page)) == count or page.wait_for_timeout(50), 15, every=0)


def make_five(walker: Walker) -> None:
    walker.new_project("Culling")
    page = walker.page
    page.fill("input[name=count]", "5")
    walker.generate("A heron over the harbour at dawn")
    wait_until(
        lambda: len(page.query_selector_all(".take img[src*='/poster']")) == 5 or page.wait_for_timeout(300),
        90,
        every=0,
    )


def test_hundreds_are_sorted_by_key_compared_tagged_and_kept(walker):
    page = walker.page
    make_five(walker)
    page.goto(f"{page.url.split('?')[0]}gallery")
    wall = page.url

    # faster than the answers come: nothing is lost on the way
    press(page, "ArrowRight", "1", "2", "5", "p", "ArrowRight", "x", "ArrowRight", "3")
    assert state(page) == ["pick5", "reject0", "-3", "-0", "-0"]
    walker.settle()
    page.reload()
    assert state(page) == ["pick5", "reject0", "-3", "-0", "-0"]

    # over the whole screen
    press(page, "ArrowRight", "Space")
    page.wait_for_selector("dialog[data-viewer][open] video")
    press(page, "ArrowRight", "ArrowRight", "ArrowRight", "p", "ArrowRight", "4", "s", "Escape")
    wait_for(page, ["pick5", "reject0", "-3", "pick0", "-4"])
    focused = "document.activeElement.closest('[data-take]')?.dataset.stars"
    wait_until(lambda: page.evaluate(focused) == "4" or page.wait_for_timeout(50), 10, every=0)

    # the last change goes back, and the one before
    press(page, "Control+z", "Control+z")
    wait_for(page, ["pick5", "reject0", "-3", "-0", "-0"])

    # what is ticked: a tag, then versions of one
    page.click("#wall [data-take]:nth-child(4) .pickbox input")
    press(page, "t")
    page.keyboard.type("night")
    press(page, "Enter")
    page.wait_for_selector(".toast >> text=2 takes have the tag night.")
    back = "Boolean(document.activeElement.closest('#wall [data-take]'))"
    wait_until(lambda: page.evaluate(back) or page.wait_for_timeout(50), 10, every=0)
    page.click(".bulk [value=stack]")
    wait_for_cards(page, 4)
    page.wait_for_selector("#wall >> text=V2 of 2")
    page.click(".toast:has-text('versions') [data-toast-action]")
    wait_for_cards(page, 5)

    # a filter with a name
    page.select_option("#f-mark", "pick")
    wait_for(page, ["pick5"])
    page.reload()
    page.click("[data-dialog-open=view-dialog]")
    page.fill("#view-dialog input[name=name]", "My picks")
    press(page, "Enter")
    page.wait_for_selector(".views [aria-current] >> text=My picks")
    assert not walker.axe()

    # four beside each other
    page.goto(wall)
    for card in page.query_selector_all("#wall .pickbox input")[:4]:
        card.check()
    press(page, "c")
    page.wait_for_selector("[data-compare] video")
    assert len(page.query_selector_all("[data-compare] video")) == 4

    # all that match but one: a key means them all, and over the whole screen the one that shows
    page.goto(wall)
    page.check("#wall [data-take]:nth-child(1) .pickbox input")
    page.check("[data-select-every]")
    page.uncheck("#wall [data-take]:nth-child(3) .pickbox input")
    press(page, "u", "0")
    wait_for(page, ["-0", "-0", "-3", "-0", "-0"])
    page.click("[data-cull-view]")  # by a click too: it begins with the first that is ticked
    page.wait_for_selector("dialog[data-viewer][open] video")
    press(page, "ArrowRight", "x", "Escape")
    walker.settle()
    page.reload()
    wait_for(page, ["-0", "reject0", "-3", "-0", "-0"])
    page.check("#wall [data-take]:nth-child(1) .pickbox input")
    page.check("[data-select-every]")
    page.uncheck("#wall [data-take]:nth-child(3) .pickbox input")
    page.select_option("#f-sort", "oldest")
    page.wait_for_url("**sort=oldest**")
    walker.settle()
    assert not page.query_selector("[data-tick]:checked, [data-select-every]:checked")

    # into the trash, and back
    page.goto(wall)
    press(page, "ArrowRight", "Delete")
    wait_for_cards(page, 4)
    page.click(".toast [data-toast-action]")
    wait_for_cards(page, 5)
