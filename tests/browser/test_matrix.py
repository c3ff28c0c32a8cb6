"""Two prompts on three models by one click: priced cells, a grid that turns, clips that play in step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.walker import Walker
from tests.media_files import make_jpeg
from tests.studio_process import wait_until

pytestmark = pytest.mark.browser
MODELS = (
    ("Token360", "Seedance 2.0 Fast"),
    ("Venice", "Wan 2.6 · words"),
)
AT = "[...document.querySelectorAll('video')].map(video => video.currentTime)"


def planned(page: Any) -> Any:
    return page.expect_response(lambda answer: answer.url.endswith("/matrix/plan"))


def add_model(page: Any, account: str, label: str) -> None:
    group = page.locator("#matrix-add optgroup", has=page.locator("option", has_text=label))
    names = group.evaluate_all(
        "groups => groups.map(group => [group.label, [...group.children].map(o => [o.value, o.textContent])])"
    )
    value = next(v for name, options in names if account in name for v, words in options if words == label)
    with planned(page):
        page.select_option("#matrix-add", value)
    page.wait_for_selector(f".picked input[value='{value}'], [name=model][value='{value}']", state="attached")


def test_two_prompts_on_three_models(walker: Walker) -> None:
    page = walker.page
    walker.new_project("Matrix")
    walker.choose_model(*MODELS[0])
    walker.choose("duration_s", "4")
    page.fill("textarea[name=prompt]", "A kite over the dunes")
    page.press("textarea[name=prompt]", "End")
    page.keyboard.type(".")
    page.click("[data-matrix-link]")  # at once: what was typed is kept first
    page.wait_for_url("**/matrix")
    assert page.input_value("#matrix-prompt-1") == "A kite over the dunes."
    add_model(page, *MODELS[1])
    page.click("#matrix-picker-open")
    page.wait_for_selector("#model-picker[open] [role=option]")
    page.keyboard.insert_text("SiliconFlow Wan")
    page.wait_for_selector("#model-picker [role=option]:visible >> text=Wan 2.2")
    with planned(page):
        page.keyboard.press("Enter")
    page.wait_for_selector(".picked li >> text=SiliconFlow")
    page.click("[name=add_prompt]")
    page.keyboard.insert_text("A kite caught in a tree")  # the new box has the focus at once
    page.keyboard.press("Tab")  # to the button that would take it out
    assert page.locator("[data-generate]").is_disabled()  # these cells have not been shown yet
    page.wait_for_selector("[data-cell='1-2']")
    walker.settle()
    assert page.input_value("#matrix-prompt-2") == "A kite caught in a tree"
    assert page.locator("[data-cell]").count() == 6
    with planned(page):
        page.uncheck("[data-cell='1-2']")
    page.wait_for_selector("[data-generate]:has-text('Generate 5')")
    assert walker.axe() == []
    page.click("[data-generate]")
    page.wait_for_url("**/b/*")
    wait_until(lambda: page.locator("#batch .take img[src*='/poster']").count() == 5, 90)
    assert page.inner_text("#batch h2") == "2 prompts × 3 models"
    assert walker.axe() == []
    page.click(".seg >> text=Model")
    page.wait_for_url("**rows=model")
    assert page.locator("#batch tbody tr").count() == 3
    for number in (0, 2, 3):
        page.locator("[name=take]").nth(number).check(force=True)
    page.click("[data-choose-go]")
    page.wait_for_url("**/compare?*")
    assert page.locator("video").count() == 3
    wait_until(
        lambda: page.evaluate("[...document.querySelectorAll('video')].every(v => v.readyState > 2)"), 20
    )
    page.keyboard.press("Space")
    wait_until(lambda: min(page.evaluate(AT)) > 0.5, 20)
    page.keyboard.press("Space")
    stood = page.evaluate(AT)
    assert max(stood) - min(stood) <= 1 / 24, "paused on one moment"
    page.keyboard.press("ArrowRight")
    wait_until(lambda: min(page.evaluate(AT)) > max(stood), 10)
    assert walker.axe() == []


def name_a_file(walker: Walker, folder: Path) -> None:
    """@ at a prompt of the matrix offers what the composer holds, at the prompt that is written."""
    page = walker.page
    with page.expect_response(lambda answer: answer.url.endswith("/draft")):  # the matrix reads what is kept
        walker.drop_first_frame(make_jpeg(folder / "kite.jpg", (1280, 720)))
        walker.settle()
    page.click("[data-matrix-link]")
    page.wait_for_selector("#matrix-prompt-1")
    page.press("#matrix-prompt-1", "End")
    page.keyboard.type(" on @ki")
    page.wait_for_selector("#mention-list [data-name='kite']:visible")
    boxes = [page.locator(one).bounding_box() for one in ("#matrix-prompt-1", "#mention-list")]
    assert abs(boxes[1]["y"] - boxes[0]["y"] - boxes[0]["height"] - 4) < 2 and walker.axe() == []
    with planned(page):
        page.keyboard.press("Enter")
    assert page.input_value("#matrix-prompt-1").endswith(" on @[kite] ")
    assert page.locator("#mention-list:visible, textarea[role=combobox]").count() == 0


def test_a_prompt_taken_out_by_keyboard_is_gone_at_once(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    walker.new_project("Matrix by keyboard")
    name_a_file(walker, tmp_path)
    page.fill("#matrix-prompt-1", "A kite over the dunes")
    for text in ("A kite in a tree", "A kite at night"):
        page.focus("[name=add_prompt]")
        page.keyboard.press("Enter")
        page.keyboard.insert_text(text)
    page.focus("#matrix-prompt-2")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-cell='1-0']")
    walker.settle()
    texts = page.eval_on_selector_all("[data-prompt] textarea", "all => all.map(one => one.value)")
    assert texts == ["A kite over the dunes", "A kite at night"]
    assert page.locator("[data-cell]").count() == 2

    page.fill("#matrix-prompt-2", "A kite at dawn")  # no time to save by itself
    page.reload()
    with planned(page):
        page.wait_for_selector("#matrix")
    walker.settle()
    assert page.input_value("#matrix-prompt-2") == "A kite at dawn"

    asked: list[Any] = []
    page.route("**/matrix/plan", lambda route: asked.append(route.fetch()))  # heard, never answered
    page.click("[name=add_prompt]")
    page.keyboard.insert_text("A kite in rain")
    wait_until(lambda: asked or page.wait_for_timeout(50), 10, every=0)
    page.unroute("**/matrix/plan")
    with planned(page):
        page.reload()
    walker.settle()
    assert page.is_checked("[data-cell='2-0']"), "a cell that was never seen is made"
    with planned(page):
        page.click("[name=drop_prompt][value='2']")
    other = page.context.new_page()
    beside = Walker(other, walker.studio)
    other.goto(page.url)
    beside.settle()
    for tab, text in ((page, "A kite at noon"), (other, "A kite in a storm")):
        with planned(tab):
            tab.fill("#matrix-prompt-2", text)
    other.wait_for_selector("#matrix-conflict")
    assert other.input_value("#matrix-prompt-2") == "A kite in a storm"
    with planned(other):
        other.click("#matrix-conflict [value=theirs]")
    other.wait_for_selector("#matrix-conflict", state="detached")
    assert other.input_value("#matrix-prompt-2") == "A kite at noon"
