"""Journey 4: a face in a picture. The gateway asks, the editor reads and attests, the take runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.walker import LOOKS, PASSWORD, Walker
from tests.media_files import make_jpeg

pytestmark = pytest.mark.browser
MODEL = "Seedance 2.0 Fast (face consent) · first frame / two frames"
ASKED = "[data-status=needs_consent]"


def ask(walker: Walker, prompt: str) -> None:
    walker.generate(prompt)
    walker.page.wait_for_selector(ASKED, timeout=30_000)
    walker.page.goto(walker.studio.url + walker.page.get_attribute(f"{ASKED} a[href^='/t/']", "href"))
    walker.page.click("a[href$='/consent']")
    walker.page.wait_for_selector("#attest")


def tick_all(page: Any) -> None:
    """By the keyboard alone, from the text through the statements to the button."""
    page.focus(".policy")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "checkbox":
            page.keyboard.press("Space")
        elif page.evaluate("document.activeElement.id") == "attest-submit":
            return
    raise AssertionError("the button is not reached")


def test_asked_read_attested_and_run_then_straight_through_until_withdrawn(
    walker: Walker, tmp_path: Path
) -> None:
    page = walker.page
    walker.new_project("Journey 4")
    walker.choose_model("Venice", MODEL)
    walker.choose("duration_s", "4")
    walker.drop_first_frame(make_jpeg(tmp_path / "pilot.jpg", (1280, 722), orientation=1))
    ask(walker, "The pilot turns her head [face] and looks at us for a long while before she says a word")
    assert page.locator("input[type=checkbox]:checked").count() == 0
    assert "explicit consent to this use of their likeness" in page.inner_text(".policy")
    assert "pilot.jpg" in page.inner_text(".concerned") and walker.axe() == []
    page.wait_for_selector("#answer input[name=shown]", state="attached")
    tick_all(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("main video", timeout=60_000)

    studio = page.url.split("/t/")[0]
    walker.open_project()
    page.click("text=Journey 4")
    page.wait_for_selector("[data-generate]")
    before = page.locator(".take img[src*='/poster']").count()
    walker.generate("The same pilot looks up [face]")
    page.wait_for_selector(f".take img[src*='/poster'] >> nth={before}", timeout=60_000)
    assert page.locator(ASKED).count() == 0

    project = page.url
    page.goto(f"{studio}/me/consents")
    assert page.locator(".section[id^='r-']").count() == 1
    page.click("main a[href$='/withdraw']")
    page.click("main form button.primary")
    page.wait_for_selector("text=Withdrawn 20")
    page.goto(project)
    ask(walker, "And once more [face]")
    assert "You have withdrawn your statement" in page.inner_text("main")


def ask_about(walker: Walker, picture: Path, size: tuple[int, int]) -> None:
    """A face that nobody was asked about yet, up to the page that asks."""
    walker.new_project(picture.stem)
    walker.choose_model("Venice", MODEL)
    walker.choose("duration_s", "4")
    walker.drop_first_frame(make_jpeg(picture, size, orientation=1))
    ask(walker, f"She looks into the lens, {picture.stem} [face]")


def make_a_record(walker: Walker, folder: Path) -> None:
    """Where no test before this one has left one."""
    walker.page.goto(f"{walker.studio.url}/me/consents")
    if walker.page.locator("text=The whole record").count():
        return
    ask_about(walker, folder / "record.jpg", (1280, 724))
    tick_all(walker.page)
    walker.page.keyboard.press("Enter")
    walker.page.wait_for_selector("main video", timeout=60_000)


def look_at_all_records(walker: Walker) -> None:
    """The list of everybody's, whose door asks for the password again a while after the sign-in."""
    page = walker.page
    page.goto(f"{walker.studio.url}/consents/")
    if page.locator("main input[name=password]").count():
        page.fill("main input[name=password]", PASSWORD)
        page.click("main button.primary")
    page.wait_for_selector(".recordfilter")
    assert page.locator("tbody tr").count() > 0
    page.select_option(".recordfilter [name=state]", "withdrawn")
    page.fill(".recordfilter [name=q]", "nobody at all")
    page.click(".recordfilter button")
    page.wait_for_selector("text=No record matches")
    assert walker.axe() == []


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_the_page_fits_with_both_answers_in_view(
    walker: Walker, size: tuple[int, int], theme: str, tmp_path: Path
) -> None:
    page = walker.page
    make_a_record(walker, tmp_path)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    walker.choose_theme(theme)
    look_at_all_records(walker)
    page.goto(f"{walker.studio.url}/me/consents")
    for address in ("/consents/", "/me/consents", page.get_attribute("text=The whole record", "href")):
        page.goto(walker.studio.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address
        assert walker.axe() == [], address
    ask_about(walker, tmp_path / f"{theme}-{size[0]}.jpg", (1280, 730 + 2 * len(theme) + size[0] % 7))
    page.wait_for_selector("#answer input[name=shown]", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0] and walker.axe() == []
    submit, drop = (page.locator(f"#attest-{name}").bounding_box() for name in ("submit", "drop"))
    if size[0] < 720:
        assert submit["y"] + submit["height"] <= drop["y"] and drop["y"] + drop["height"] <= size[1]
    else:
        assert submit["x"] + submit["width"] <= drop["x"]


def test_a_public_figure_is_refused_without_a_box_and_another_model_is_one_click_away(
    walker: Walker, tmp_path: Path
) -> None:
    page = walker.page
    walker.new_project("Refused people")
    walker.choose_model("Venice", MODEL)
    walker.choose("duration_s", "4")
    walker.drop_first_frame(make_jpeg(tmp_path / "figure.jpg", (1280, 726), orientation=1))
    walker.generate("The senator waves [public figure] [face]")
    page.wait_for_selector("[data-status=failed]", timeout=30_000)
    page.goto(walker.studio.url + page.get_attribute("[data-status=failed] a[href^='/t/']", "href"))
    assert "No consent changes that" in page.inner_text("main")
    assert page.locator("main input[type=checkbox], a[href$='/consent']").count() == 0 and walker.axe() == []
    offered = page.locator(".refusal .acts button >> nth=0")
    label = offered.inner_text().split("\n")[0]
    offered.click()
    page.wait_for_selector("[data-generate]")
    assert page.input_value("textarea[name=prompt]").startswith("The senator")
    chosen = page.eval_on_selector("select[name=model]", "field => field.selectedOptions[0].textContent")
    assert str(chosen).split(" · ")[0] in label
    assert page.get_attribute("[data-slot=first_frame] img", "src").startswith("/a/")
