"""A click that costs money is neither broken off nor made twice by what a person does meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.walker import Walker
from tests.studio_process import wait_until

pytestmark = pytest.mark.browser
FIRST, SECOND = ("Token360", "Seedance 2.0 Fast"), "Seedance 2.0"


def held_up(page: Any, kept: list[Any]) -> None:
    """The answer to Generate comes when the test lets it."""
    page.route("**/generate", lambda route: kept.append((route, route.fetch())))


def click_held_up(walker: Walker, project: str, prompt: str) -> tuple[Any, Any]:
    """A new project whose Generate was clicked: the request's route, and the answer that waits."""
    page = walker.page
    walker.new_project(project)
    walker.choose_model(*FIRST)
    walker.choose("duration_s", "4")
    walker.settle()
    page.fill("textarea[name=prompt]", prompt)
    kept: list[Any] = []
    held_up(page, kept)
    page.click("[data-generate]")
    wait_until(lambda: kept or page.wait_for_timeout(20), 10)
    return kept[0]


def models_of(walker: Walker) -> list[str]:
    found: list[dict[str, Any]] = walker.page.evaluate(
        "slug => fetch(`/api/v1/generations?project=${slug}`).then(a => a.json()).then(a => a.items)",
        walker.page.url.rstrip("/").rsplit("/", 1)[-1].split("?")[0],
    )
    return [row["model"] for row in found]


def test_a_model_chosen_while_a_click_is_on_its_way_waits_for_its_answer(walker: Walker) -> None:
    page = walker.page
    route, answer = click_held_up(walker, "Paid click", "A kite over the dunes")
    other = page.evaluate(
        "label => [...document.querySelectorAll('select[name=model] option')].find("
        "o => o.textContent === label && o.parentElement.label.includes('Token360')).value",
        SECOND,
    )
    page.select_option("select[name=model]", other)
    assert page.inner_text("[data-generate]") == "Setting up the model …"
    with page.expect_response(lambda answer: answer.url.endswith("/composer")):
        route.fulfill(response=answer)
    wait_until(lambda: page.input_value("select[name=model]") == other, 10)
    assert len(models_of(walker)) == 1
    page.unroute("**/generate")
    walker.generate("A kite over the dunes")
    assert len(models_of(walker)) == 2


def test_generate_is_closed_until_the_chosen_models_composer_is_there(walker: Walker) -> None:
    page = walker.page
    walker.new_project("Hasty")
    walker.choose_model(*FIRST)
    page.fill("textarea[name=prompt]", "A hare that does not wait")
    kept: list[Any] = []
    page.route("**/composer", lambda route: kept.append(route))
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.url.endswith("/generate") else None)
    offered = page.eval_on_selector_all("select[name=model] option", "all => all.map(one => one.value)")
    other = next(one for one in offered if one != page.input_value("select[name=model]"))
    page.select_option("select[name=model]", other)
    page.click("[data-generate]", force=True)
    page.keyboard.press("Control+Enter")
    assert page.inner_text("[data-generate]") == "Setting up the model …" and not sent
    walker.expected += ["ERR_FAILED", "htmx:sendError", "htmx:afterRequest"]
    wait_until(lambda: kept or page.wait_for_timeout(20), 10)
    kept.pop().abort()
    page.wait_for_selector("[data-generate]:has-text('Not set up. Try again')")
    page.unroute("**/composer")
    with page.expect_response(lambda answer: answer.url.endswith("/composer")):
        page.click("[data-generate]", force=True)
    page.wait_for_selector("[data-generate]:not([aria-disabled]):has-text('Generate')")
    page.wait_for_selector("[data-price]:not(:empty)")
    assert not sent
    walker.generate("A hare that waited")
    assert len(sent) == 1


def test_a_click_whose_answer_was_lost_is_not_paid_again(walker: Walker) -> None:
    page = walker.page
    route, _answer = click_held_up(walker, "Lost answer", "A kite in a tree")
    walker.expected += ["ERR_FAILED", "htmx:sendError", "htmx:afterRequest"]
    route.abort()
    page.unroute("**/generate")
    page.wait_for_selector("[data-generate]:not([disabled])")
    walker.choose("aspect_ratio", "9:16")
    walker.choose("aspect_ratio", "16:9")
    walker.settle()
    walker.generate("A kite in a tree")
    assert len(models_of(walker)) == 1


def test_a_limit_without_room_closes_the_button_and_says_why(walker: Walker) -> None:
    page = walker.page
    walker.new_project("Limited")
    studio = page.url
    page.goto(f"{walker.studio.url}/admin/providers/quota/add/")
    named = "all => all.find(one => one.textContent.includes('Limited')).value"
    applies_to = page.eval_on_selector_all("select[name=applies_to] option", named)
    for name, value in {"applies_to": applies_to, "measure": "count", "period": "lifetime"}.items():
        page.select_option(f"select[name={name}]", value)
    page.fill("input[name=limit]", "1")
    page.click("input[name=_save]")
    page.goto(studio)
    walker.wait_for_composer()
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.url.endswith("/generate") else None)
    page.fill("textarea[name=prompt]", "A gate that stays shut")
    page.fill("input[name=count]", "2")
    page.wait_for_selector("[data-generate][aria-disabled=true]")
    assert "The limit of this project is 1 take in all: 1 left, 2 asked for" in page.inner_text(
        "#composer-why"
    )
    page.click("[data-generate]", force=True)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast")
    assert not sent
    asked: list[Any] = []
    page.route("**/quote", lambda route: asked.append(route))
    page.fill("input[name=count]", "1")
    page.wait_for_selector("[data-generate]:not([aria-disabled])")  # that was said of two
    page.unroute("**/quote")
    for route in asked:
        route.continue_()
    page.wait_for_selector("[data-generate]:not([aria-disabled])")
    assert walker.axe() == []
