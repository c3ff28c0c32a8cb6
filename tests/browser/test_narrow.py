"""Where there is little room: the list behind @ and the heads of a wide matrix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_matrix import MODELS, add_model, planned
from tests.browser.walker import Walker
from tests.media_files import make_jpeg

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
KEYBOARD = {"width": 390, "height": 340}  # what it leaves of a small phone
WIDE = {"width": 1440, "height": 900}


def box(page: Any, selector: str) -> dict[str, float]:
    found: dict[str, float] = page.locator(selector).first.bounding_box()
    return {**found, "bottom": found["y"] + found["height"]}


def test_the_list_of_names_on_a_phone_covers_neither_slots_nor_the_line(
    walker: Walker, tmp_path: Path
) -> None:
    page = walker.page
    walker.new_project("Names on a phone")
    walker.drop_first_frame(make_jpeg(tmp_path / "kite.jpg", (1280, 720)))
    walker.settle()
    page.set_viewport_size(PHONE)
    page.focus("#composer-prompt")
    page.keyboard.type("Wind takes @")
    page.wait_for_selector("#mention-list [data-name='kite']:visible")
    assert box(page, "#mention-list")["bottom"] <= box(page, "#composer")["y"], "above all of it"
    page.locator(".dock").evaluate("dock => dock.classList.add('open')")
    page.set_viewport_size(KEYBOARD)
    page.keyboard.type("k")
    listed, prompt = box(page, "#mention-list"), box(page, "#composer-prompt")
    assert box(page, "#composer")["y"] < 100, "no room above"
    assert prompt["bottom"] <= listed["y"] and listed["bottom"] <= KEYBOARD["height"]
    page.keyboard.press("Enter")
    assert page.input_value("#composer-prompt") == "Wind takes @[kite] "


def test_the_heads_of_a_wide_matrix_stay(walker: Walker) -> None:
    page = walker.page
    walker.new_project("Wide matrix")
    walker.choose_model(*MODELS[0])
    page.fill("#composer-prompt", "A kite over the dunes")
    page.click("[data-matrix-link]")
    page.wait_for_url("**/matrix")
    add_model(page, *MODELS[1])
    for seconds in ("5.0", "10.0", "15.0"):
        with planned(page):
            page.check(f"[name=duration_s][value='{seconds}']", force=True)
    walker.settle()
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        table = page.locator(".tablebox")
        table.scroll_into_view_if_needed()
        before, cell = box(page, ".grid tbody th"), box(page, "[data-cell='0-0']")
        table.evaluate("box => { box.scrollLeft = 150 }")
        assert box(page, ".grid tbody th")["x"] == before["x"]
        assert box(page, "[data-cell='0-0']")["x"] == cell["x"] - 150
        first = page.locator(".grid tbody th").first.evaluate(
            "head => { const at = head.getBoundingClientRect();"
            " return head.contains(document.elementFromPoint(at.right - 8, at.top + 8)) }"
        )
        assert first, "and what goes by lies beneath it"
        table.evaluate("box => { box.scrollLeft = 0 }")
