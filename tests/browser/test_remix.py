"""From a finished take back into the composer: from a card's menu, by paste of its recipe, and undone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.walker import Walker
from tests.studio_process import wait_until

pytestmark = pytest.mark.browser
PROMPT = "textarea[name=prompt]"


@pytest.fixture
def made(walker: Walker) -> str:
    """A finished take; other words stand in the composer since."""
    walker.new_project("Remix")
    walker.choose_model("Token360", "Seedance 2.0 Fast")
    walker.choose("duration_s", "4")
    walker.page.fill("input[name=seed]", "4711")
    walker.generate("A tin robot waves")
    address = walker.wait_for_poster()
    walker.page.fill("input[name=seed]", "")
    walker.page.fill(PROMPT, "Something new altogether")
    return address


def pick(page: Any, words: str) -> None:
    page.hover("[data-take]")
    page.click("[data-card-menu]")
    with page.expect_response(lambda answer: "/t/" in answer.url and answer.request.method == "POST"):
        page.click(f"#card-menu >> text={words}")


def value(page: Any, selector: str) -> str:
    return str(page.input_value(selector))


def test_a_card_gives_its_seed_then_all_and_undo_takes_it_back(walker: Walker, made: str) -> None:
    page = walker.page
    pick(page, "Use its seed")
    wait_until(lambda: value(page, "input[name=seed]") == "4711", 5)
    assert value(page, PROMPT) == "Something new altogether"
    pick(page, "Use all of it")
    wait_until(lambda: value(page, PROMPT) == "A tin robot waves", 5)
    page.click("#composer-replaced button")
    wait_until(lambda: value(page, PROMPT) == "Something new altogether", 5)


def test_extend_in_one_click_says_the_hop(walker: Walker, made: str) -> None:
    page = walker.page
    pick(page, "Extend")
    page.wait_for_selector("[data-slot=source_video].filled")
    page.wait_for_selector("#composer-hop >> text=Hop 1")
    assert value(page, "select[name=mode]") == "extend"
    assert page.locator("[data-slot=source_video] .light.fits").count() == 1


def test_a_pasted_recipe_fills_the_composer(walker: Walker, made: str) -> None:
    page = walker.page
    recipe = page.evaluate("address => fetch(address).then(reply => reply.text())", f"{made}/recipe")
    page.evaluate(
        """text => {
            const held = new DataTransfer()
            held.setData('text/plain', text)
            const options = {clipboardData: held, bubbles: true, cancelable: true}
            const box = document.querySelector('textarea[name=prompt]')
            box.dispatchEvent(new ClipboardEvent('paste', options))
        }""",
        recipe,
    )
    assert value(page, PROMPT) == "Something new altogether"
    page.keyboard.press("Enter")  # the offer has the keyboard
    wait_until(lambda: value(page, PROMPT) == "A tin robot waves", 5)
    assert value(page, "input[name=seed]") == "4711"
