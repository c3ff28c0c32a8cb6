"""The model picker in a browser: found by key and word, chosen by Enter, marked, compared."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.walker import LOOKS, Walker
from tests.studio_process import wait_until

pytestmark = pytest.mark.browser
OPEN, SEARCH, LIST = "dialog[data-picker][open]", "[data-picker-search]", "[data-picker-list]"


def open_by_key(walker: Walker) -> Any:
    page = walker.page
    page.wait_for_selector("html[data-picker-on]")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("m")
    page.wait_for_selector(f"{OPEN} [role=option]")
    return page


def names(page: Any) -> list[str]:
    return [row.inner_text() for row in page.query_selector_all(".pick:not([hidden]) .what > b")]


def active(page: Any) -> str:
    """The name of the row that the focused element points at."""
    found = page.evaluate(
        """() => {
            const row = document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))
            return row ? row.querySelector('b').textContent : ''
        }"""
    )
    return str(found)


def chosen(page: Any) -> str:
    return str(page.inner_text("[data-picker-open] .v"))


def wait_chosen(page: Any, name: str) -> None:
    page.wait_for_selector(f"[data-picker-open] .v:has-text('{name}')")


def test_found_by_word_and_need_and_chosen_by_enter(walker: Walker) -> None:
    walker.new_project("Picking")
    page = open_by_key(walker)
    assert page.evaluate("document.activeElement.matches('[data-picker-search]')")
    everything = len(names(page))
    page.keyboard.type("kling o3")
    page.click("[data-filter=mode][data-value=reference_to_video]")
    assert 1 < len(names(page)) < everything and all("O3" in name for name in names(page))
    page.focus(SEARCH)
    first, second = names(page)[:2]
    assert active(page) == first
    page.keyboard.press("ArrowDown")
    assert active(page) == second and page.evaluate("document.activeElement.matches('[data-picker-list]')")
    page.keyboard.press("Enter")
    wait_chosen(page, second)
    walker.settle()
    assert page.query_selector(OPEN) is None and page.query_selector("[data-slot=reference_image]")
    assert page.evaluate("document.activeElement.matches('[data-picker-open]')")


def test_typing_asks_the_server_nothing_and_the_list_is_kept(walker: Walker) -> None:
    walker.new_project("Quiet")
    page = open_by_key(walker)
    walker.settle()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.type("wan")
    page.keyboard.press("Escape")
    open_by_key(walker)
    assert page.input_value(SEARCH) == "" and len(names(page)) > 20
    page.keyboard.press("Escape")
    page.focus("textarea[name=prompt]")  # whoever writes has a list already, or gets one before asking
    page.fill("[name=count]", "2")
    told = [url.rsplit("/", 1)[1].partition("?")[0] for url in asked]
    others = {"icons.svg", "price", "quote", "watch", "feed", "draft"}  # what the page asks by itself
    assert [name for name in told if name not in others and "icons." not in name] == []
    page.select_option("select[name=duration_s]", index=0)
    with page.expect_response(lambda answer: answer.url.endswith("/models")):
        page.focus("textarea[name=prompt]")


def test_what_the_new_model_lacks_is_set_aside_and_comes_back(walker: Walker) -> None:
    walker.new_project("Carrying")
    walker.choose_model("Token360", "Seedance 2.0")
    walker.page.fill("[name=seed]", "42")
    pick(walker, "gen-4.5")
    walker.page.wait_for_selector("[popovertarget=composer-aside]")
    assert walker.page.query_selector("[name=seed]") is None
    pick(walker, "token360 seedance 2.0")
    assert walker.page.input_value("[name=seed]") == "42"


def pick(walker: Walker, words: str) -> None:
    page = open_by_key(walker)
    page.keyboard.type(words)
    with page.expect_response(lambda answer: answer.url.endswith("/composer")):
        page.keyboard.press("Enter")
    walker.settle()


def test_escape_closes_and_gives_the_focus_back(walker: Walker) -> None:
    walker.new_project("Escaping")
    page = open_by_key(walker)
    before = chosen(page)
    page.keyboard.press("Escape")
    assert page.query_selector(OPEN) is None and chosen(page) == before
    assert page.evaluate("document.activeElement.matches('[data-picker-open]')")
    page.keyboard.press("Enter")  # the chip is a button
    page.wait_for_selector(OPEN)


def test_m_in_the_prompt_is_a_letter(walker: Walker) -> None:
    walker.new_project("Letters")
    walker.page.fill("textarea[name=prompt]", "")
    walker.page.locator("textarea[name=prompt]").press("m")
    assert walker.page.input_value("textarea[name=prompt]") == "m" and not walker.page.query_selector(OPEN)


def test_a_favourite_survives_the_page(walker: Walker) -> None:
    walker.new_project("Favourites")
    page = open_by_key(walker)
    page.keyboard.type("hailuo")
    page.keyboard.press("ArrowDown")
    name = active(page)
    with page.expect_response(lambda answer: answer.url.endswith("/favourite")) as sent:
        page.keyboard.press("f")
    assert sent.value.status == 204 and page.input_value(SEARCH) == "hailuo"
    page.reload()
    page = open_by_key(walker)
    assert page.get_attribute(".picks .group", "aria-label") == "Favourites" and names(page)[0] == name
    with page.expect_response(lambda answer: answer.url.endswith("/favourite")):
        page.click(".pick.starred [data-star]")
    page.keyboard.press("Escape")
    open_by_key(walker)
    wait_until(lambda: page.get_attribute(".picks .group", "aria-label") != "Favourites", 10)


def test_two_side_by_side_and_one_of_them_taken(walker: Walker) -> None:
    walker.new_project("Comparing")
    page = open_by_key(walker)
    page.keyboard.type("kling o3")
    page.keyboard.press("ArrowDown")
    first = active(page)
    page.keyboard.press("c")
    assert page.is_disabled("[data-picker-compare]")
    page.keyboard.press("ArrowDown")
    second = active(page)
    page.keyboard.press("c")
    page.click("[data-picker-compare]")
    page.wait_for_selector(".sides")
    assert [head.inner_text() for head in page.query_selector_all(".sides th > span")] == [first, second]
    assert walker.axe() == []
    page.keyboard.press("Escape")  # back to the list, which stays as it was
    assert page.is_visible(LIST) and page.input_value(SEARCH) == "kling o3"
    page.click("[data-picker-compare]")
    page.click(".sides th:last-child [data-use]")
    wait_chosen(page, second)


def test_nothing_found_has_one_way_on(walker: Walker) -> None:
    walker.new_project("Nothing")
    page = open_by_key(walker)
    everything = len(names(page))
    page.click("[data-filter=need][data-value=sound]")
    page.fill(SEARCH, "no such model")
    assert names(page) == [] and page.inner_text("[data-picker-count]") == f"0 of {everything} models"
    page.click("[data-picker-none] button")
    assert len(names(page)) == everything and page.inner_text("[data-picker-count]") == f"{everything} models"


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_it_fits_and_is_accessible(walker: Walker, size: tuple[int, int], theme: str) -> None:
    walker.choose_theme(theme)
    walker.open_project()
    walker.page.set_viewport_size({"width": size[0], "height": size[1]})
    page = open_by_key(walker)
    box = page.query_selector(OPEN).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= size[0] and box["y"] >= 0
    assert box["y"] + box["height"] < size[1] + 1 and box["height"] > 400
    wide = "[...document.querySelectorAll('.pick')].filter(row => row.scrollWidth > row.clientWidth).length"
    assert page.evaluate(wide) == 0
    assert walker.axe() == []


def test_without_scripts_the_select_stands_there(chromium: Any, running: Any, signed_in_state: Any) -> None:
    context = chromium.new_context(storage_state=signed_in_state, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{running.url}/p/first-light/")
    page.wait_for_selector("select[name=model]")
    assert not page.is_visible("[data-picker-open]")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.is_visible("[data-slot=first_frame]"), "a file can be added on a phone"
    context.close()
