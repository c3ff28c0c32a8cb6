"""The prompts panel by keyboard, the walk through the history, undo of settings, and a key of one's own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.walker import Walker
from tests.studio_process import wait_until

pytestmark = pytest.mark.browser
PROMPT = "textarea[name=prompt]"


def value(page: Any, selector: str = PROMPT) -> str:
    return str(page.input_value(selector))


def open_panel(page: Any, tab: str) -> None:
    page.focus(PROMPT)
    page.keyboard.press("Alt+p")
    page.wait_for_selector("#prompts-dialog[open] #prompts-search:focus")
    page.click(f"#prompts .tabs >> text={tab}")
    page.wait_for_selector(f"#prompts .tabs [aria-current] >> text={tab}")


def save(page: Any, tab: str, name: str, text: str) -> None:
    open_panel(page, tab)
    page.click("#prompts .new summary")
    page.fill("#prompt-name-new", name)
    page.fill("#prompt-text-new", text)
    page.click("#prompts .new button")
    page.wait_for_selector(f"#prompts [data-prompt-item] >> text={name}")
    wait_until(lambda: page.locator("#prompts .new[open]").count() == 0, 5)
    page.keyboard.press("Escape")


def test_a_saved_prompt_asks_for_its_values(walker: Walker) -> None:
    walker.new_project("Library")
    page = walker.page
    save(page, "Saved", "Portrait", "A portrait of {{subject}}, {{light}}")
    open_panel(page, "Saved")
    page.focus("#prompts-search")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("a diver")
    page.keyboard.press("Tab")
    page.keyboard.type("$& at dusk")
    page.keyboard.press("Enter")
    wait_until(lambda: value(page) == "A portrait of a diver, $& at dusk", 5)
    assert page.evaluate("document.activeElement.name") == "prompt"
    page.keyboard.press("Control+z")
    assert value(page) == ""  # the browser's own undo knows it
    page.fill(PROMPT, "A boat in {{light}}")
    page.wait_for_selector("[data-marks] >> text={{light}} · not filled in")


def test_a_snippet_goes_in_at_the_cursor_and_a_negative_prompt_into_its_field(walker: Walker) -> None:
    walker.new_project("Snippets")
    page = walker.page
    walker.choose_model("SiliconFlow", "Wan 2.2 · words")
    save(page, "Snippets", "Lens", "35 mm, f/1.4")
    save(page, "Negative", "Clean", "text, logos")
    page.fill(PROMPT, "A cat. Night.")
    page.evaluate("document.querySelector('textarea[name=prompt]').setSelectionRange(6, 6)")
    open_panel(page, "Snippets")
    page.click("#prompts [data-prompt-pick]")
    wait_until(lambda: value(page) == "A cat. 35 mm, f/1.4 Night.", 5)
    open_panel(page, "Negative")
    page.click("#prompts [data-prompt-pick]")
    wait_until(lambda: value(page, "[name=negative_prompt]") == "text, logos", 5)


def test_the_history_is_walked_by_key(walker: Walker) -> None:
    walker.new_project("History")
    page = walker.page
    for text in ("A kite", "A balloon"):
        walker.generate(text)
    page.fill(PROMPT, "Half a thought")
    for key, text in (
        ("Up", "A balloon"),
        ("Up", "A kite"),
        ("Down", "A balloon"),
        ("Down", "Half a thought"),
    ):
        page.focus(PROMPT)
        page.keyboard.press(f"Alt+Arrow{key}")
        wait_until(lambda text=text: value(page) == text, 5)


def test_undo_brings_back_settings(walker: Walker) -> None:
    walker.new_project("Undo")
    page = walker.page
    walker.choose_model("Token360", "Seedance 2.0 Fast")
    page.fill(PROMPT, "A paper crane")
    before = value(page, "select[name=duration_s]")
    with page.expect_response(lambda answer: answer.url.endswith("/composer/draft")):
        walker.choose("duration_s", "8")
    page.focus("[data-generate]")
    page.keyboard.press("Control+z")
    wait_until(lambda: value(page, "select[name=duration_s]") == before, 5)
    assert value(page) == "A paper crane"


def test_a_key_of_ones_own_works_and_stands_in_the_list(walker: Walker) -> None:
    page = walker.page
    page.goto(f"{walker.studio.url}/me/keys")
    page.focus("#key-prompt")
    page.keyboard.press("m")
    page.click("main button.primary")
    page.wait_for_selector("#key-prompt[aria-invalid]:focus")  # it stands far below what says so
    page.focus("#key-prompt")
    page.keyboard.press("g")
    assert value(page, "#key-prompt") == "G"
    page.click("main button.primary")
    page.wait_for_selector("text=Your keys are saved.")
    walker.new_project("Keys")
    page.focus("[data-generate]")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") != "prompt"
    page.keyboard.press("g")
    assert page.evaluate("document.activeElement.name") == "prompt" and value(page) == ""
    page.focus("[data-generate]")
    page.keyboard.press("?")
    page.wait_for_selector("#keys-dialog[open] >> text=Go to the prompt")
    assert page.locator("#keys-dialog dt", has_text="G").count() >= 1
    walker.expected.append("422")
    assert walker.axe() == []
