"""The composer beside a slow server: after a reload it holds what it held, whatever was under way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.browser.walker import Walker
from tests.media_files import make_jpeg, make_wav
from tests.studio_process import wait_until

pytestmark = pytest.mark.browser
FRAME = "[data-slot=first_frame]"
PROMPT = "textarea[name=prompt]"
DRAFT, CHIPS = "**/composer/draft", "**/composer"


class Held:
    """Requests to one address that wait for ``let_go``; an answer may be kept back too."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.routes: list[Any] = []
        page.route(address, lambda route: self.routes.append(route))

    def wait(self) -> None:
        wait_until(lambda: self.routes or self.page.wait_for_timeout(25), 15, every=0)

    def let_go(self) -> None:
        """The first of them, and its answer; all later ones are broken off."""
        with self.page.expect_response(self.address):
            self.routes.pop(0).continue_()
        self.break_off()

    def answer_nobody(self) -> None:
        """The server does what the first one asks for, and the page never hears of it."""
        self.routes[0].fetch()
        self.break_off()

    def break_off(self) -> None:
        self.page.unroute(self.address)
        self.page.route(self.address, lambda route: route.abort())

    def open(self) -> None:
        self.page.unroute(self.address)


def file_in(page: Any) -> str:
    return str(page.get_attribute(f"{FRAME} input[type=hidden]", "value") or "")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return make_jpeg(tmp_path / "harbour.jpg", (1560, 600))


@pytest.fixture
def composing(walker: Walker) -> Walker:
    """A composer whose draft the server has, and which takes a first frame."""
    walker.expected.append("ERR_FAILED")  # what the tests break off
    walker.new_project("A slow server")
    walker.choose_model("Token360", "Seedance 2.0 Fast")
    with walker.page.expect_response(DRAFT):
        walker.choose("aspect_ratio", "16:9")
    walker.settle()
    return walker


def drop(walker: Walker, picture: Path) -> str:
    walker.drop_first_frame(picture)
    walker.page.wait_for_selector(f"{FRAME} .light.fix")
    return file_in(walker.page)


@pytest.mark.parametrize("how", ["let_go", "answer_nobody", "break_off"])
def test_a_file_dropped_while_a_save_was_under_way_outlives_a_reload(
    composing: Walker, picture: Path, how: str
) -> None:
    """The save of what stood there before reaches the server, or not, and the page hears of it, or not."""
    page, saves = composing.page, Held(composing.page, DRAFT)
    composing.choose("duration_s", "4")
    saves.wait()
    file = drop(composing, picture)
    getattr(saves, how)()
    page.reload()
    composing.wait_for_composer()
    page.wait_for_selector(f"{FRAME} .light.fix")
    assert file_in(page) == file and page.input_value("select[name=duration_s]") == "4"
    saves.open()
    composing.page.fill(PROMPT, "A heron")
    with page.expect_response(DRAFT) as saved:
        pass
    assert saved.value.status == 200, "and nobody is asked which words to keep"


def test_a_file_whose_composer_was_still_asked_for_outlives_two_reloads_and_a_word(
    composing: Walker, picture: Path
) -> None:
    page, saves, chips = composing.page, Held(composing.page, DRAFT), Held(composing.page, CHIPS)
    composing.drop_first_frame(picture)
    file = file_in(page)
    chips.wait()
    page.reload()  # neither a save nor the composer for it has come back
    composing.wait_for_composer()
    assert file_in(page) == file, "at once, without an answer"
    page.locator(PROMPT).press_sequentially("A heron")
    page.reload()
    composing.wait_for_composer()
    assert file_in(page) == file and page.input_value(PROMPT) == "A heron"
    saves.open()
    page.locator(PROMPT).press_sequentially(
        " lifts off"
    )  # the answer that comes now is older than these words
    chips.routes[-1].continue_()
    chips.open()
    page.wait_for_selector(f"{FRAME} .light.fix")
    assert file_in(page) == file and page.input_value(PROMPT) == "A heron lifts off"


def test_a_page_that_is_left_while_its_composer_is_asked_for_has_saved_the_file(
    composing: Walker, picture: Path
) -> None:
    page, chips = composing.page, Held(composing.page, CHIPS)
    composing.drop_first_frame(picture)
    file, address = file_in(page), page.url
    chips.wait()
    page.goto("about:blank")
    other = page.context.new_page()  # nothing of the tab is left
    wait_until(lambda: other.goto(address) and file_in(other) == file, 10)
    other.close()


def test_a_fix_made_while_a_save_was_under_way_is_not_undone_by_it(composing: Walker, picture: Path) -> None:
    page = composing.page
    drop(composing, picture)
    composing.settle()
    saves = Held(page, DRAFT)
    composing.choose("duration_s", "4")
    saves.wait()
    page.click(f"{FRAME} button.why.fix")
    page.wait_for_selector(f"{FRAME} .light.fits")
    copy = file_in(page)
    saves.let_go()  # what stood there before the fix is recorded after it
    page.reload()
    composing.wait_for_composer()
    assert file_in(page) == copy


def paste_recipe(page: Any) -> None:
    page.evaluate(
        """text => {
            const held = new DataTransfer()
            held.setData('text/plain', text)
            const options = {clipboardData: held, bubbles: true, cancelable: true}
            const box = document.querySelector('textarea[name=prompt]')
            box.dispatchEvent(new ClipboardEvent('paste', options))
        }""",
        json.dumps({"model": "Seedance 2.0 Fast", "request": {"prompt": "A tin robot waves"}}),
    )


def test_what_was_asked_for_last_stands_after_a_reload_before_its_answer(composing: Walker) -> None:
    """A recipe, then its undo; what was typed just before is older than they are."""
    page, saves = composing.page, Held(composing.page, DRAFT)
    page.fill(PROMPT, "A heron")
    paste_recipe(page)
    recipe = Held(page, "**/composer/recipe")
    page.click("[data-recipe-fill]")
    recipe.wait()
    recipe.answer_nobody()
    page.reload()
    composing.wait_for_composer()
    assert page.input_value(PROMPT) == "A tin robot waves"
    undo = Held(page, "**/draft/undo")
    page.fill(PROMPT, "A stork")
    page.click("#composer-replaced button")
    undo.wait()
    undo.answer_nobody()
    with page.expect_response("**/draft/aside") as kept:
        page.reload()
    composing.wait_for_composer()
    assert page.input_value(PROMPT) == "A heron" and kept.value.status == 204
    assert "A stork" in page.request.get(page.url.split("?")[0] + "prompts").text(), "in the history"
    saves.open()
    with page.expect_response(DRAFT) as saved:
        page.fill(PROMPT, "A heron lifts off")
    assert saved.value.status == 200


def test_what_was_asked_for_and_comes_after_the_reload_is_not_written_over_unasked(
    composing: Walker,
) -> None:
    page, saves = composing.page, Held(composing.page, DRAFT)
    page.fill(PROMPT, "A heron")
    paste_recipe(page)
    recipe = Held(page, "**/composer/recipe")
    page.click("[data-recipe-fill]")
    recipe.wait()
    page.reload()
    composing.wait_for_composer()
    assert page.input_value(PROMPT) == "A heron", "nothing has taken its place yet"
    recipe.answer_nobody()
    saves.wait()
    saves.let_go()
    page.wait_for_selector("#draft-conflict >> text=Changed in another tab")
    composing.expected.append("409")


def test_a_voice_says_whose_it_is_what_is_in_its_way_and_offers_no_takes(
    walker: Walker, tmp_path: Path
) -> None:
    page, voice = walker.page, "[data-slot=reference_voice]"
    walker.new_project("Whose voice")
    walker.choose_model("Venice", "Wan 2.7 · references")
    walker.drop_references(make_jpeg(tmp_path / "cat.jpg", (1280, 720)))
    page.click("[data-slot=first_frame] [data-pick]")
    page.click("[data-pick-from=takes]")
    page.click("[data-pick-dialog] [data-dialog-close] >> nth=0")
    page.click(f"{voice} [data-pick]")
    assert page.inner_text("#pick-title") == "Choose for Voice of Reference 1 (cat.jpg)"
    page.wait_for_selector("[data-pick-body] >> text=no such file")
    assert page.is_hidden("[data-pick-from=takes]")
    page.keyboard.press("Escape")
    page.click("[data-slot=first_frame] [data-pick]")
    assert page.get_attribute("[data-pick-from=takes]", "aria-pressed") == "true", "where takes go it is kept"
    page.keyboard.press("Escape")
    with page.expect_response(lambda answer: answer.url.endswith("/composer")):
        page.set_input_files(f"{voice} input[type=file]", str(make_wav(tmp_path / "purr.wav", seconds=0.5)))
    walker.settle()
    why = page.inner_text(f"{voice} > .why")
    assert why in page.inner_text(".reasons .no"), "whole, below the slots"
    page.hover(voice)
    page.click(f"{voice} [data-slot-more]")
    assert page.inner_text("#slot-menu [data-slot-why]") == why
    assert walker.axe() == []
