"""Takes are made for a shot that is chosen in the composer, and moved in the gallery by key; and back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.walker import Walker, wait_until

pytestmark = pytest.mark.browser


def codes(page: Any) -> list[str]:
    """Of the cards' shots, in the order of the wall: on the picture, or before it is made in the words."""
    return list(
        page.evaluate(
            """[...document.querySelectorAll('#wall [data-take]')]
            .map(card => card.querySelector('.tag.shot .clip') || card.querySelector('.of > b'))
            .map(code => code?.lastChild.textContent || '')"""
        )
    )


def wait_for(page: Any, wanted: list[str]) -> None:
    wait_until(lambda: codes(page) == wanted or page.wait_for_timeout(50), 15, every=0)


def choose(page: Any, words: str) -> None:
    """In the dialog, from the keyboard, before the answer to what was typed is there."""
    page.wait_for_selector("#shots-dialog[open] [data-shots-search]:focus")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_selector("#shots-dialog", state="detached")


def test_takes_are_made_for_a_shot_and_moved_by_key(walker: Walker) -> None:
    page = walker.page
    walker.new_project("Shots")
    studio = page.url.split("?")[0]
    assert not page.query_selector("#chip-shot"), "before there are any"
    page.fill("input[name=count]", "3")
    walker.generate("A heron over the harbour at dawn")
    walker.wait_for_poster()
    page.goto(f"{studio}gallery?status=any")
    wait_until(lambda: len(codes(page)) == 3, 15)

    # a new shot in one step, for the card that has the focus
    page.keyboard.press("ArrowRight")
    page.keyboard.press("v")
    choose(page, "SH010")
    page.wait_for_selector(".toast >> text=1 take is in shot SH010.")
    wait_for(page, ["SH010", "", ""])

    # the composer has the chip now; what it makes stands in the shot, and the shot stays
    page.goto(studio)
    walker.wait_for_composer()
    page.click("#chip-shot")
    choose(page, "sh0")
    page.wait_for_selector("#chip-shot >> text=SH010")
    page.fill("input[name=count]", "1")
    walker.generate("A heron dives")
    page.wait_for_selector("[data-take]:has-text('SH010')")
    walker.settle()
    page.reload()
    walker.wait_for_composer()
    assert "SH010" in page.inner_text("#chip-shot")
    assert not walker.axe()

    # two are moved by key and come back; a wall of one shot loses what leaves it
    page.goto(f"{studio}gallery?status=any")
    wait_until(lambda: codes(page) == ["SH010", "SH010", "", ""], 15)
    for number in (1, 2):
        page.check(f"#wall [data-take]:nth-child({number}) .pickbox input")
    page.keyboard.press("v")
    page.wait_for_selector("#shots-dialog[open]")
    assert not walker.axe()
    choose(page, "SH020")
    wait_for(page, ["SH020", "SH020", "", ""])
    page.click(".toast:has-text('2 takes are in shot SH020') [data-toast-action]")
    wait_for(page, ["SH010", "SH010", "", ""])
    page.click("[data-shot-chip]")
    choose(page, "SH010")
    wait_for(page, ["SH010", "SH010"])
    page.click("[data-shot-chip]")
    page.wait_for_selector("#shots-dialog [aria-current] >> text=SH010")
    page.keyboard.press("Escape")
    assert "shot=" in page.url and page.inner_text("[data-shot-chip]") == "SH010"
    page.check("#wall [data-take]:nth-child(1) .pickbox input")
    page.keyboard.press("v")
    choose(page, "SH020")
    wait_for(page, ["SH010"])

    # on the page of the take it is chosen, and moved
    page.click("#wall [data-take]:nth-child(1) .pic")
    page.wait_for_selector("#h-shot")
    page.keyboard.press("v")
    choose(page, "SH020")
    page.wait_for_selector(".ofshot >> text=SH020")
    page.keyboard.press("Control+z")
    page.wait_for_selector(".ofshot >> text=SH010")
    chosen = page.query_selector("#take-chosen")
    if chosen:  # its clip is there by now
        chosen.click()
        page.wait_for_selector("#take-chosen[aria-pressed=true]")
