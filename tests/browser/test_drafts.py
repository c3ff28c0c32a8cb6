"""A draft survives a reload, and two tabs that write at once lose no word of either."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.walker import Walker
from tests.studio_process import wait_until

pytestmark = pytest.mark.browser
PROMPT = "textarea[name=prompt]"


def saved(page: Any) -> Any:
    return page.expect_response(lambda answer: answer.url.endswith("/composer/draft"))


def write(page: Any, text: str) -> int:
    with saved(page) as answer:
        page.fill(PROMPT, text)
    return int(answer.value.status)


def second_tab(walker: Walker) -> Any:
    page = walker.page.context.new_page()
    page.goto(walker.page.url)
    page.wait_for_selector("[data-generate]")
    return page


def test_a_reload_right_after_typing_loses_nothing(walker: Walker) -> None:
    walker.new_project("Reload")
    page = walker.page
    assert write(page, "A lantern") == 200
    page.locator(PROMPT).press_sequentially(" on the ice")  # no time to save by itself
    page.reload()
    wait_until(lambda: page.input_value(PROMPT) == "A lantern on the ice", 5)


def test_a_reload_right_after_a_click_loses_nothing(walker: Walker) -> None:
    walker.new_project("Reload after a click")
    page = walker.page
    assert write(page, "A lantern") == 200
    offered = page.eval_on_selector_all("select[name=aspect_ratio] option", "all => all.map(o => o.value)")
    other = next(value for value in offered if value != page.input_value("select[name=aspect_ratio]"))
    page.route("**/composer/draft", lambda route: route.abort())  # the page goes before the save gets through
    walker.choose("aspect_ratio", other)
    page.reload()
    wait_until(lambda: page.input_value("select[name=aspect_ratio]") == other, 5)
    assert page.input_value(PROMPT) == "A lantern"
    page.unroute("**/composer/draft")
    walker.expected.append("ERR_FAILED")  # the aborted save
    write(page, "A lantern on the ice")
    page.reload()
    assert page.input_value("select[name=aspect_ratio]") == other


def test_two_tabs_and_the_other_ones_text(walker: Walker) -> None:
    walker.new_project("Two tabs, theirs")
    one, two = walker.page, second_tab(walker)
    assert write(one, "A fox in the snow") == 200
    assert write(two, "A hare in the grass") == 409
    two.wait_for_selector("text=Changed in another tab")
    assert two.input_value(PROMPT) == "A hare in the grass"
    two.click("text=Use that one")
    wait_until(lambda: two.input_value(PROMPT) == "A fox in the snow", 5)
    two.wait_for_selector("#draft-conflict", state="hidden")
    assert write(two, "A fox in deep snow") == 200
    assert write(one, "A fox in the rain") == 409
    one.wait_for_selector("text=Changed in another tab")
    walker.expected.append("409")  # what the browser notes of an answer


def test_two_tabs_and_this_ones_text(walker: Walker) -> None:
    walker.new_project("Two tabs, mine")
    one, two = walker.page, second_tab(walker)
    assert write(one, "A fox in the snow") == 200
    assert write(two, "A hare in the grass") == 409
    two.locator(PROMPT).press_sequentially(", running")  # typing goes on while the question stands
    two.click("text=Keep this one")
    two.wait_for_selector("#draft-conflict", state="hidden")
    assert two.input_value(PROMPT) == "A hare in the grass, running"
    one.reload()
    assert one.input_value(PROMPT) == "A hare in the grass, running"


def test_words_another_tab_came_before_are_kept_until_the_history_has_them(walker: Walker) -> None:
    walker.new_project("Two tabs, and a history that is away")
    one, two = walker.page, second_tab(walker)
    one.route("**/composer/draft", lambda route: route.abort())
    one.fill(PROMPT, "A fox in the snow")
    assert write(two, "A hare in the grass") == 200
    one.route("**/draft/aside", lambda route: route.fulfill(status=500))
    for status in (500, 204):
        with one.expect_response("**/draft/aside") as answer:
            one.reload()
        assert answer.value.status == status
        one.unroute("**/draft/aside")
    wait_until(lambda: one.evaluate("sessionStorage.getItem(`draft:${location.pathname}`)") is None, 5)
    walker.expected += ["ERR_FAILED", "500"]  # what the test broke off, and the one that was away
