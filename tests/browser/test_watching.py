"""In a real browser: the queue's order is what is sent, the tab's title says what is done, the bell falls."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.studios import whole_studio
from tests.browser.walker import Walker
from tests.studio_process import StudioProcess, wait_until

pytestmark = pytest.mark.browser
NARROW = ("Token360 sandbox", "Seedance 1.5 Pro")  # one_at_a_time makes it so
WIDE = ("SilkDock sandbox", "Seedance 2.0")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioProcess]:
    """Nothing of other modules stands in its queue and its news; a take can be seen on its way."""
    with whole_studio(tmp_path_factory, SANDBOX_JOB_S=2.5) as studio:
        yield studio


def one_at_a_time(walker: Walker) -> None:
    """As an administrator may set it; the admin's page has tests of its own."""
    with sqlite3.connect(walker.studio.folder / "studio.sqlite3", timeout=20) as database:
        database.execute("UPDATE providers_provideraccount SET max_in_flight = 1 WHERE gateway = 'token360'")


def start(walker: Walker, project: str, *prompts: str, model: tuple[str, str] = WIDE) -> None:
    walker.new_project(project)
    walker.choose_model(*model)
    for prompt in prompts:
        walker.generate(prompt)


def prompts(walker: Walker) -> list[str]:
    return list(walker.page.locator("[data-queue-row] .qprompt").all_inner_texts())


def row(walker: Walker, prompt: str) -> Any:
    return walker.page.locator(f"[data-queue-row]:has-text('{prompt}')")


def until(walker: Walker, what: Any) -> None:
    """The page's policy allows no evaluated predicates, so it is asked again and again."""
    wait_until(lambda: what() or walker.page.wait_for_timeout(100), 40, every=0)


def test_the_order_of_my_queue_is_what_is_sent_first(walker: Walker) -> None:
    one_at_a_time(walker)
    start(walker, "Order", "[stuck] The first", "The second", "The third", "The fourth", model=NARROW)
    page = walker.page
    page.goto(f"{walker.studio.url}/queue")
    until(walker, lambda: prompts(walker) == ["[stuck] The first", "The second", "The third", "The fourth"])
    row(walker, "The fourth").drag_to(row(walker, "The second"), source_position={"x": 8, "y": 8})
    until(walker, lambda: prompts(walker)[1] == "The fourth")
    page.reload()
    assert prompts(walker)[1] == "The fourth"
    row(walker, "The second").locator("[data-act=front]").click()
    until(walker, lambda: prompts(walker)[1] == "The second")
    row(walker, "The fourth").locator("[data-act=front]").click()
    until(walker, lambda: prompts(walker)[1] == "The fourth")
    row(walker, "The third").locator("a.qprompt").focus()
    page.keyboard.press("Alt+ArrowUp")
    until(walker, lambda: prompts(walker)[1:] == ["The fourth", "The third", "The second"])
    assert page.evaluate("document.activeElement.textContent.trim()") == "The third"
    page.keyboard.press("p")
    row(walker, "The third").get_by_text("paused it").wait_for()
    page.reload()
    assert prompts(walker)[1:] == ["The fourth", "The third", "The second"]
    row(walker, "The first").get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Cancel the take").click()
    until(walker, lambda: prompts(walker) == ["The third"])
    assert sent(walker) == ["[stuck] The first", "The fourth", "The second"]
    row(walker, "The third").get_by_role("button", name="Go on").click()
    until(walker, lambda: prompts(walker) == [])
    page.get_by_text("Nothing of yours is on its way").wait_for()


def sent(walker: Walker) -> list[str]:
    with sqlite3.connect(walker.studio.folder / "studio.sqlite3", timeout=20) as database:
        rows = database.execute(
            "SELECT t.prompt FROM generations_generation t JOIN generations_project p ON p.id = t.project_id"
            " WHERE p.name = 'Order' AND t.submitted_at IS NOT NULL ORDER BY t.submitted_at"
        )
        return [prompt for (prompt,) in rows]


def bell(walker: Walker) -> str:
    return str(walker.page.get_attribute("#watch", "data-unseen"))


def read_everything(walker: Walker) -> None:
    page = walker.page
    page.goto(f"{walker.studio.url}/news")
    page.locator("[data-read-all] button").click()
    until(walker, lambda: bell(walker) == "0")


def test_title_bell_and_toast_tell_of_a_take_that_ended_on_another_page(walker: Walker) -> None:
    read_everything(walker)
    page = walker.page
    start(walker, "Elsewhere", "A take that is watched from elsewhere")
    page.goto(f"{walker.studio.url}/me")
    until(walker, lambda: page.title() == "(1) Your account · Video Studio")
    until(walker, lambda: page.title() == "✓ 1 done · Video Studio")
    assert bell(walker) == "1"
    page.locator(".toast:has-text('Done: A take')").wait_for()
    page.reload()
    until(walker, lambda: page.title() == "✓ 1 done · Video Studio" and bell(walker) == "1")
    page.click("#bell-button")
    page.locator("#bell-list .newsitem:has-text('watched from elsewhere')").wait_for()
    until(walker, lambda: bell(walker) == "0")
    until(walker, lambda: page.title() == "Your account · Video Studio")


def test_title_and_toasts_are_a_persons_choice(walker: Walker) -> None:
    read_everything(walker)
    page = walker.page
    page.goto(f"{walker.studio.url}/me")
    for way in ("title", "toasts"):
        page.uncheck(f"[name={way}]")
    page.click("#hearing .formfoot .btn")
    start(walker, "Quiet", "A take that ends without a word")
    page.goto(f"{walker.studio.url}/me")
    said = "localStorage[`watch:${document.querySelector('#watch').dataset.channel}:said`]"
    before = page.evaluate(said)
    until(walker, lambda: bell(walker) == "1" and page.evaluate(said) != before)  # it has been told, silently
    assert page.title() == "Your account · Video Studio"
    assert page.locator(".toast:has-text('Done')").count() == 0
    for way in ("title", "toasts"):
        page.check(f"[name={way}]")
    page.click("#hearing .formfoot .btn")
    until(walker, lambda: page.title() == "✓ 1 done · Video Studio")


def test_what_a_visible_page_shows_is_no_news(walker: Walker) -> None:
    read_everything(walker)
    start(walker, "Here", "A take that is looked at")
    page = walker.page
    until(walker, lambda: page.locator(".take[data-status=completed]").count() == 1)
    until(walker, lambda: bell(walker) == "0" and page.title() == "Here · Video Studio")
    page.wait_for_timeout(3000)
    assert page.locator(".toast:has-text('Done:')").count() == 0


LISTEN = """for (const [name, mark] of [['studio:toast', 'said'], ['studio:chimed', 'rang']]) {
    const count = () => { document.body.dataset[mark] = Number(document.body.dataset[mark] || 0) + 1 }
    document.addEventListener(name, count)
}"""


def told(tab: Any) -> tuple[str | None, str | None]:
    """How many toasts and how many sounds a tab made."""
    return tab.get_attribute("body", "data-said"), tab.get_attribute("body", "data-rang")


def test_of_two_tabs_one_speaks_and_both_show_it(walker: Walker) -> None:
    read_everything(walker)
    page = walker.page
    page.goto(f"{walker.studio.url}/me")
    if not page.is_checked("[name=sound]"):
        page.check("[name=sound]")
        page.click("#hearing button:has-text('Save')")
        page.wait_for_load_state()
    other = page.context.new_page()
    other.goto(f"{walker.studio.url}/me")
    start(walker, "Two tabs", "A take for two tabs")
    page.goto(f"{walker.studio.url}/news")
    for tab in (page, other):
        tab.evaluate(LISTEN)
        tab.mouse.click(5, 400)
    for tab in (page, other):
        wait_until(
            lambda tab=tab: tab.title().startswith("✓ 1 done") or tab.wait_for_timeout(100), 40, every=0
        )
    until(walker, lambda: any(told(tab) == ("1", "1") for tab in (page, other)))
    page.wait_for_timeout(4000)
    assert sorted([told(page), told(other)], key=str) == [("1", "1"), (None, None)]


def test_queue_bell_and_choice_have_no_serious_findings_of_axe(walker: Walker) -> None:
    one_at_a_time(walker)
    start(walker, "Axe", "[stuck] At work", "In line", "In line too", model=NARROW)
    for theme in ("dark", "light"):
        walker.choose_theme(theme)
        for address in ("/queue", "/queue?who=team", "/news", "/me"):
            walker.page.goto(f"{walker.studio.url}{address}")
            assert walker.axe() == [], (theme, address)
        walker.page.click("#bell-button")
        walker.page.locator("#bell-list .news").wait_for()
        assert walker.axe() == [], (theme, "bell")
