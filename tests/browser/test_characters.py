"""A character, named by @ from the keyboard, on a model of references and on one of elements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.walker import Walker
from tests.media_files import make_jpeg
from tests.studio_process import wait_until

pytestmark = pytest.mark.browser
SEEDANCE = ("Venice", "Seedance 2.0 · references / source clip")
KLING = ("Venice", "Kling O3 Pro · references")
PROMPT = "textarea[name=prompt]"


def composed(page: Any) -> Any:
    return page.expect_response(lambda answer: answer.url.endswith("/composer"))


def open_studio(page: Any) -> None:
    page.click("nav.tabs >> text=Studio")
    page.wait_for_selector("[data-generate]")


def make_character(walker: Walker, name: str, *pictures: Path) -> None:
    page = walker.page
    page.click("nav.tabs >> text=Characters")
    page.click("text=Make a character")
    page.wait_for_selector("#character-name:focus")
    page.keyboard.type(name)  # the field has the focus
    page.set_input_files("input[name=files]", [str(path) for path in pictures])
    page.keyboard.press("Enter")
    page.wait_for_selector(f".person:has-text('{name}')")


def sent_by_keyboard(walker: Walker) -> Any:
    """The prompt that the gateway got for what stands in the composer."""
    page = walker.page
    before = page.locator(".take").count()
    page.focus(PROMPT)
    with page.expect_response(lambda answer: answer.url.endswith("/generate")) as sent:
        page.keyboard.press("Control+Enter")
    assert sent.value.status == 200, sent.value.text()
    wait_until(lambda: page.locator(".take").count() > before, 20)
    take = page.locator(".take a[href^='/t/']").first.get_attribute("href")
    recipe = "async (path) => (await (await fetch(path)).json())"
    wait_until(lambda: "sent" in page.evaluate(recipe, f"{take}/recipe"), 30)
    return page.evaluate(recipe, f"{take}/recipe")


def check_drawn_where_it_stands(page: Any) -> None:
    """The name has its picture and lies over its own letters, also in a prompt that scrolls; the one that the
    caret is in shows as it is written."""
    page.wait_for_selector("[data-named] .on img")
    assert page.text_content("[data-named]").rstrip("\n") == page.input_value(PROMPT)
    page.press(PROMPT, "Control+Home")
    page.keyboard.insert_text("Rain. Harbour lights. " * 120)
    same = """() => {
        const [area, over] = document.querySelectorAll('.promptbox > *');
        return area.scrollHeight > area.clientHeight && area.scrollTop === over.scrollTop
            && Math.abs(area.scrollHeight - over.scrollHeight) <= 2;
    }"""
    page.press(PROMPT, "Control+End")
    page.wait_for_function(same)
    for _ in " at dusk":
        page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => !document.querySelector('[data-named] .on img')")
    page.press(PROMPT, "Control+z")
    page.press(PROMPT, "Control+End")
    page.wait_for_selector("[data-named] .on img")
    assert page.input_value(PROMPT) == "A tram passes @[Mira] at dusk"


def test_a_character_is_named_by_keyboard(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    front = make_jpeg(tmp_path / "mira-front.jpg", (1280, 720), orientation=1)
    side = make_jpeg(tmp_path / "mira-side.jpg", (1280, 700), orientation=1)
    walker.new_project("Cast")
    make_character(walker, "Mira", front, side)
    assert walker.axe() == []
    open_studio(page)
    walker.choose_model(*SEEDANCE)
    page.focus(PROMPT)
    page.keyboard.type("A tram passes @mi")
    page.wait_for_selector("#mention-list:not([hidden])")
    assert page.get_attribute(PROMPT, "aria-expanded") == "true"
    assert walker.axe() == []
    with composed(page):
        page.keyboard.press("Enter")
    page.wait_for_selector("[data-marks] .token:has-text('<Image 1>, <Image 2>')")
    page.keyboard.type("at dusk")
    assert page.input_value(PROMPT) == "A tram passes @[Mira] at dusk"
    assert page.locator("[data-slot=reference_image].filled").count() == 2
    check_drawn_where_it_stands(page)
    recipe = sent_by_keyboard(walker)
    assert recipe["sent"]["body"]["prompt"] == (
        "Refer to <Image 1>, <Image 2> to generate: A tram passes Mira (<Image 1>, <Image 2>) at dusk"
    )
    walker.choose_model(*KLING)
    page.wait_for_selector("[data-marks] .token:has-text('@Element1')")
    body = sent_by_keyboard(walker)["sent"]["body"]
    assert body["prompt"] == "A tram passes @Element1 at dusk"
    assert len(body["elements"]) == 1 and len(body["elements"][0]["reference_image_urls"]) == 1


def test_a_name_without_a_file_is_marked_and_refused(walker: Walker) -> None:
    page = walker.page
    walker.new_project("Lost")
    page.focus(PROMPT)
    page.keyboard.type("A tram passes @")
    page.keyboard.press("Escape")
    page.keyboard.type("[nobody] at dusk")
    page.wait_for_selector("[data-marks] .token.lost:has-text('@[nobody]')")
    with page.expect_response(lambda answer: answer.url.endswith("/generate")) as sent:
        page.keyboard.press("Control+Enter")
    assert sent.value.status == 422
    words = "“@[nobody]” names no file that is attached. Attach it, or take the name out."
    page.wait_for_selector(f"#composer-notes .error:has-text('{words}')")
    assert page.locator(".take").count() == 0
    walker.noise.clear()  # the browser logs the 422 itself


def test_taking_the_last_name_out_offers_to_take_the_files_out(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    walker.new_project("Out")
    make_character(walker, "Otto", make_jpeg(tmp_path / "otto.jpg", (1280, 710), orientation=1))
    open_studio(page)
    walker.choose_model(*SEEDANCE)
    page.focus(PROMPT)
    page.keyboard.type("@ot")
    page.wait_for_selector("#mention-list:not([hidden])")
    with composed(page):
        page.keyboard.press("Tab")
    page.wait_for_selector("[data-slot=reference_image].filled")
    page.press(PROMPT, "Control+a")
    page.keyboard.type("A quiet harbour")
    page.wait_for_selector("[data-marks] button:has-text('Take its files out')")
    page.keyboard.press("Tab")
    with composed(page):
        page.keyboard.press("Enter")
    wait_until(lambda: page.locator("[data-slot=reference_image].filled").count() == 0, 10)
    assert page.locator("[data-marks] li").count() == 0


def test_a_reference_is_shown_as_not_named_until_it_is(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    walker.new_project("Quiet")
    walker.choose_model("Venice", "Grok Imagine 1.5 · references")
    sizes = {"cat.jpg": (1280, 720), "hat.jpg": (1280, 704)}
    walker.drop_references(*(make_jpeg(tmp_path / name, size, orientation=1) for name, size in sizes.items()))
    quiet = page.locator("[data-marks] .quiet")
    wait_until(lambda: quiet.all_inner_texts() == ["cat · not named", "hat · not named"], 10)
    page.focus(PROMPT)
    page.keyboard.type("@")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_until(lambda: quiet.all_inner_texts() == ["cat · not named"], 10)
    assert page.input_value(PROMPT) == "@[hat] "
    page.keyboard.press("Control+z")
    wait_until(lambda: quiet.count() == 2, 10)
    page.click(PROMPT)
    page.keyboard.press("End")
    page.click("#mention-list [data-name=cat]")
    wait_until(lambda: quiet.all_inner_texts() == ["hat · not named"], 10)
