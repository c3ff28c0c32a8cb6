"""Journey 1 without a pointer: from the one-time link to a clip that plays, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.studios import whole_studio
from tests.browser.walker import PASSWORD, Walker
from tests.studio_process import StudioProcess, wait_until

pytestmark = pytest.mark.browser
FOCUSED = "document.activeElement"
# a ring on the element itself, or on what frames it (a chip, a field's box, a card)
SHOWS = """() => {
    for (let at = document.activeElement, up = 0; at && up < 5; at = at.parentElement, up += 1) {
        const style = getComputedStyle(at)
        if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) return true
    }
    return false
}"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioProcess]:
    """Nobody has set it up yet."""
    with whole_studio(tmp_path_factory, new=True) as studio:
        yield studio


@pytest.fixture
def hands(chromium: Any, running: StudioProcess) -> Iterator[Walker]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    walker = Walker(context.new_page(), running)
    yield walker
    context.close()
    walker.assert_quiet()


def tab_to(page: Any, selector: str, most: int = 60) -> None:
    """Press Tab until the focus is there, and see that it shows."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("place => document.activeElement.matches(place)", selector):
            assert page.evaluate(SHOWS), f"the focus on {selector} does not show"
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def fill(page: Any, field: str, text: str) -> None:
    if page.evaluate("document.activeElement.name") != field:
        tab_to(page, f"[name={field}]")
    page.keyboard.insert_text(text)


def test_from_the_link_to_a_clip_that_plays(hands: Walker) -> None:
    page = hands.page
    page.goto(hands.studio.setup_link())
    person = {"display_name": "Ada Lovelace", "username": "ada", "email": "ada@example.com"}
    for field, text in {**person, "password": PASSWORD}.items():
        fill(page, field, text)
    page.keyboard.press("Enter")
    hands.wait_for_composer()

    page.keyboard.press("/")
    wait_until(lambda: page.evaluate(f"{FOCUSED}.name") == "prompt", 5)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("A lamp is lit in the harbour office")
    with page.expect_response(lambda answer: answer.url.endswith("/generate")) as sent:
        page.keyboard.press("Control+Enter")
    assert sent.value.status == 200
    take = hands.wait_for_poster()

    tab_to(page, f".take a[href='{take}']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{take}")
    played, duration = hands.play()
    assert played > 0.5 and duration > 3
    words = page.inner_text("main")
    assert "A lamp is lit in the harbour office" in words and "$0.00" in words
    page.keyboard.press("?")
    page.wait_for_selector("#keys-dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#keys-dialog:not([open])", state="attached")
    assert hands.axe() == []


def test_a_model_is_chosen_and_a_number_set_by_key(hands: Walker) -> None:
    page = hands.page
    page.goto(f"{hands.studio.url}/login")
    for field, text in {"username": "ada", "password": PASSWORD}.items():
        fill(page, field, text)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{hands.studio.url}/")
    tab_to(page, "main a[href^='/p/']")
    page.keyboard.press("Enter")
    hands.wait_for_composer()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("m")
    page.wait_for_selector("#model-picker[open] [role=option]")
    page.keyboard.insert_text("SiliconFlow")
    page.keyboard.press("ArrowDown")
    with page.expect_response(lambda answer: answer.url.endswith("/composer")):
        page.keyboard.press("Enter")
    wait_until(lambda: "SiliconFlow" in page.inner_text("#chip-model-open"), 5)
    tab_to(page, "[data-step='1']")
    page.keyboard.press("Enter")
    assert page.input_value("input[name=count]") == "2"
    tab_to(page, "[data-generate]")
