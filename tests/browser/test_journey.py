"""Journey 1: from the one-time link to a stored clip that plays, on both dialects, with a real photograph."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.browser.walker import LOOKS, Walker
from tests.media_files import make_image, make_jpeg
from tests.studio_process import wait_until

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("account", "model", "seconds"),
    [("Token360", "Seedance 2.0 Fast", "4"), ("Venice", "Wan 2.6 · first frame", "5")],
)
def test_a_photograph_becomes_a_clip_that_plays(
    walker: Walker, tmp_path: Path, account: str, model: str, seconds: str
) -> None:
    walker.fill_in_project(f"Journey on {account}")
    walker.choose_model(account, model)
    walker.choose("duration_s", seconds)
    walker.drop_first_frame(make_jpeg(tmp_path / "harbour.jpg", (1280, 720), orientation=1))
    walker.generate("Gulls over the harbour, a slow push in")
    take = walker.wait_for_poster()
    walker.page.goto(walker.studio.url + take)
    played, duration = walker.play()
    assert played > 0.5
    assert duration == pytest.approx(float(seconds), abs=0.15)
    assert "Sandbox" in walker.page.inner_text("main")
    assert "$0.00" in walker.page.inner_text("main")


def test_pictures_dropped_as_references_become_a_clip(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    walker.new_project("References")
    walker.choose_model("Token360", "Seedance 2.0 Fast")
    walker.choose("duration_s", "4")
    sizes = {"cat.jpg": (640, 480), "hat.jpg": (480, 640), "mat.jpg": (512, 512)}
    cat, hat, mat = (make_jpeg(tmp_path / name, size, orientation=1) for name, size in sizes.items())
    walker.drop_references(cat, hat)
    walker.wait_for_references("Reference 1", "Reference 2")
    walker.paste(mat)
    walker.wait_for_references("Reference 1", "Reference 2", "Reference 3")
    shown = [image.get_attribute("src") for image in page.query_selector_all("[data-slot] img")]
    assert len(set(shown)) == 3
    page.hover("#slot-reference_image-0")
    with page.expect_response(lambda answer: answer.url.endswith("/composer/draft")):
        page.click("#slot-reference_image-0 [data-slot-remove]")
    page.wait_for_selector("#slot-reference_image-2:not(.filled)")
    left = [image.get_attribute("src") for image in page.query_selector_all("[data-slot] img")]
    assert left == shown[1:]
    page.reload()
    walker.wait_for_references("Reference 1", "Reference 2")
    walker.generate("The cat tries on the hat")
    page.goto(walker.studio.url + walker.wait_for_poster())
    played, _duration = walker.play()
    words = page.inner_text("main")
    assert played > 0.5 and words.count("Reference picture") == 2
    assert words.index("hat.jpg") < words.index("mat.jpg")


def test_references_change_places_by_key_drag_and_menu(walker: Walker, tmp_path: Path) -> None:
    """What the prompt says of them follows: a name by itself, a gateway's own tag because it is rewritten."""
    page, slot = walker.page, "#slot-reference_image-{}".format
    walker.new_project("Order")
    walker.choose_model("Venice", "Seedance 2.0 Fast · references / source clip")
    sizes = {"cat": (640, 480), "hat": (480, 640), "mat": (512, 512)}
    walker.drop_references(*(make_jpeg(tmp_path / f"{name}.jpg", size) for name, size in sizes.items()))
    walker.wait_for_references("Reference 1", "Reference 2", "Reference 3")
    walker.settle()
    page.fill("textarea[name=prompt]", "@[hat] of <Image 2> on <Image 1>, not <Image 11> @[<Image 1>.jpg]")

    def stand(*names: str, prompt: str) -> None:
        titles = "[data-slot=reference_image].filled [data-slot-name]"
        found = page.eval_on_selector_all(titles, "all => all.map(one => one.title)")
        assert found == [f"{name}.jpg" for name in names]
        assert page.input_value("textarea[name=prompt]") == prompt

    def laid_out() -> Any:
        return page.expect_response(lambda answer: answer.url.endswith("/composer"))

    page.focus(f"{slot(1)} input[type=file]")
    with laid_out():
        page.keyboard.press("Alt+ArrowLeft")
        stand(
            "hat", "cat", "mat", prompt="@[hat] of <Image 1> on <Image 2>, not <Image 11> @[<Image 1>.jpg]"
        )  # at once
    walker.settle()
    stand("hat", "cat", "mat", prompt="@[hat] of <Image 1> on <Image 2>, not <Image 11> @[<Image 1>.jpg]")
    assert page.inner_text("[data-slot-said]") == "hat.jpg is number 1 of 3 now."
    assert page.evaluate("document.activeElement.closest('[data-slot]').id") == "slot-reference_image-0"
    page.keyboard.press("Alt+ArrowLeft")  # at the end it goes nowhere, least of all off the page
    page.evaluate("document.activeElement.blur()")
    with laid_out():
        page.keyboard.press("Control+z")
    walker.settle()
    stand("cat", "hat", "mat", prompt="@[hat] of <Image 2> on <Image 1>, not <Image 11> @[<Image 1>.jpg]")
    with laid_out():
        page.drag_and_drop(slot(0), slot(2))
    walker.settle()
    stand("hat", "mat", "cat", prompt="@[hat] of <Image 1> on <Image 3>, not <Image 11> @[<Image 1>.jpg]")
    page.hover(slot(2))
    page.click(f"{slot(2)} [data-slot-more]")
    with laid_out():
        page.click("[data-slot-act=earlier]")
    walker.settle()
    page.reload()
    walker.settle()  # what was not sent yet is asked for once more
    walker.wait_for_references("Reference 1", "Reference 2", "Reference 3")
    stand("hat", "cat", "mat", prompt="@[hat] of <Image 1> on <Image 2>, not <Image 11> @[<Image 1>.jpg]")

    walker.choose_model("Venice", "PixVerse C1 · references")  # where one of them can be the background
    page.fill("textarea[name=prompt]", "@[cat] or @Image2 at @Image3, at night")
    page.hover(slot(1))
    page.click(f"{slot(1)} [data-slot-more]")
    assert not page.is_visible("[data-slot-act=reference_image]")
    with laid_out():
        page.click("[data-slot-act=reference_background]")
    walker.settle()
    stand("hat", "mat", prompt="@[cat] or @Image3 at @Image2, at night")
    place = "#slot-reference_background-0"
    assert page.inner_text(f"{place} [data-slot-name]") == "Background 1"
    page.hover(place)
    page.click(f"{place} [data-slot-more]")
    with laid_out():
        page.click("[data-slot-act=reference_image]")
    walker.settle()
    stand("hat", "mat", "cat", prompt="@[cat] or @Image3 at @Image2, at night")


def test_references_that_come_and_go_quickly_stay_as_the_person_left_them(
    walker: Walker, tmp_path: Path
) -> None:
    page = walker.page
    walker.new_project("Quick hands")
    walker.choose_model("Token360", "Seedance 2.0 Fast")
    for number in range(4):
        picture = make_jpeg(tmp_path / f"{number}.jpg", (600 + number, 400), orientation=1)
        page.set_input_files("[data-slot=reference_image]:not(.filled) input[type=file]", str(picture))
        page.wait_for_timeout(60)
    page.wait_for_selector("#slot-reference_image-3 .light")
    for number in (3, 2, 1):
        remove = f"#slot-reference_image-{number} [data-slot-remove]"
        page.eval_on_selector(remove, "button => button.click()")
        page.wait_for_timeout(40)
    page.wait_for_selector("#slot-reference_image-2", state="detached")
    walker.settle()
    walker.wait_for_references("Reference 1")


def test_a_failed_upload_is_said_once_below_the_slots(walker: Walker, tmp_path: Path) -> None:
    walker.new_project("Uploads")
    walker.choose_model("Token360", "Seedance 2.0")
    page, good, bad = walker.page, tmp_path / "good.png", tmp_path / "bad.png"
    make_image(good, (640, 360))
    bad.write_bytes(b"no picture at all")
    walker.drop_first_frame(good)
    page.wait_for_selector("[data-slot=first_frame] .light.fits")
    page.set_input_files("[data-slot=first_frame] input[type=file]", str(bad))
    page.wait_for_selector("[data-slot=first_frame].failed")
    said = page.inner_text("[data-slot-errors]")
    assert "First frame, bad.png:" in said and "The earlier picture stays." in said
    assert page.query_selector(".toast.error") is None
    assert page.query_selector("[data-slot=first_frame] .light.fits") is None
    assert page.inner_text("[data-slot=first_frame]").strip() == "Not added"
    assert page.get_attribute("[data-slot=first_frame] img", "src").startswith("/a/")
    walker.drop_first_frame(good)
    page.wait_for_selector("[data-slot=first_frame]:not(.failed) .light.fits")
    assert page.inner_text("[data-slot-errors]") == ""
    walker.expected.append("422")


def test_of_two_files_for_one_slot_the_later_one_stays(walker: Walker, tmp_path: Path) -> None:
    walker.new_project("Two for one")
    walker.choose_model("Token360", "Seedance 2.0")
    page, slot = walker.page, "[data-slot=first_frame]"
    early, late = (make_image(tmp_path / f"{name}.png", (640, 360)) for name in ("early", "late"))
    held: list[Any] = []
    page.route("**/upload", lambda route: route.continue_() if held else held.append(route))
    page.set_input_files(f"{slot} input[type=file]", str(early))
    wait_until(lambda: held or page.wait_for_timeout(50), 10, every=0)
    walker.drop_first_frame(late)
    page.wait_for_selector(f"{slot} .light.fits")
    held[0].continue_()  # the page breaks it off, or hears an answer that is too late
    page.wait_for_timeout(1000)
    assert page.get_attribute(f"{slot} [data-slot-name]", "title") == "late.png"
    assert page.locator(f"{slot}.busy").count() == 0

    third = make_image(tmp_path / "third.png", (1280, 720))

    def begin_again(place: str) -> None:
        held.clear()
        page.set_input_files(f"{place} input[type=file]", str(third))
        wait_until(lambda: held or page.wait_for_timeout(50), 10, every=0)

    begin_again(slot)
    walker.choose_model("Token360", "Seedance 2.0 Fast")
    page.click("[data-generate]")  # not without the file
    page.wait_for_selector(".toast >> text=A file is still on its way")
    held[0].continue_()
    page.wait_for_selector(f"{slot} .light.fits")
    assert page.get_attribute(f"{slot} [data-slot-name]", "title") == "third.png"
    begin_again("[data-slot=reference_image]")
    walker.choose_model("SiliconFlow", "Wan 2.2 · words")  # no references under any of its ids
    page.wait_for_selector(".toast >> text=third.png: This model has no place")
    page.unroute("**/upload")


def test_chosen_files_stand_there_once(walker: Walker, tmp_path: Path) -> None:
    walker.new_project("Chosen")
    walker.choose_model("Token360", "Seedance 2.0")
    page, paths = walker.page, [tmp_path / "one.png", tmp_path / "two.png"]
    for side, path in enumerate(paths, 1):
        make_image(path, (400 * side, 400))
    with page.expect_response(lambda answer: answer.url.endswith("/composer")):
        page.set_input_files("[data-slot=reference_image] input[type=file]", [str(path) for path in paths])
    walker.settle()
    walker.choose_model("Token360", "Seedance 2.0 Fast")
    walker.wait_for_references("Reference 1", "Reference 2")
    held = "[...document.querySelectorAll('input[type=file]')].map(field => field.files.length)"
    assert not any(page.evaluate(held))


def test_a_refusal_goes_when_its_words_are_typed(walker: Walker) -> None:
    walker.new_project("Refusals")
    page = walker.page
    page.fill("textarea[name=prompt]", "")
    page.click("[data-generate]")
    page.wait_for_selector("#composer-notes .error")
    page.locator("textarea[name=prompt]").press_sequentially("A boat")
    assert page.query_selector("#composer-notes .error") is None
    assert page.get_attribute("textarea[name=prompt]", "aria-invalid") is None
    walker.expected.append("422")


@pytest.mark.parametrize(("theme", "size"), LOOKS)
def test_pages_fit_and_are_accessible(walker: Walker, size: tuple[int, int], theme: str) -> None:
    page = walker.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    walker.choose_theme(theme)
    walker.open_project()
    slug = page.url.split("/p/")[1].split("/")[0]
    addresses = ["/", f"/p/{slug}/", f"/p/{slug}/gallery", f"/p/{slug}/members", "/me", "/people/"]
    card = page.query_selector("a[href^='/t/']")
    addresses += [card.get_attribute("href")] if card else []
    for address in addresses:
        page.goto(walker.studio.url + address)
        walker.settle()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], f"{address} is {width} px wide"
        assert walker.axe() == [], address
        if page.locator("#feed .take").count():  # headings and pictures share one margin
            left = "all => Math.min(...all.map(one => one.getBoundingClientRect().left))"
            edges = [page.eval_on_selector_all(f"#feed {kind}", left) for kind in ("h2", ".take")]
            assert edges[0] == edges[1] > 0, edges


def test_a_decision_takes_its_buttons_with_it(walker: Walker) -> None:
    """Once an uncertain take is dropped, the same page must not go on offering to pay for it again."""
    walker.new_project("Decisions")
    walker.choose_model("Venice", "Wan 2.6 · words")
    walker.generate("A heron [lost answer]")
    page = walker.page
    page.wait_for_selector("[data-status=uncertain]")
    page.goto(walker.studio.url + page.get_attribute("[data-status=uncertain] a", "href"))
    page.wait_for_selector("#again-price button")
    page.click("button:has-text('Drop it')")
    page.click("dialog[open] button[value=ok]")
    page.wait_for_selector(".state[data-status=cancelled]")
    assert page.locator("#again-price").count() == 0


def test_a_stranger_gets_404_for_page_fragment_and_file(walker: Walker) -> None:
    walker.open_project()
    slug = walker.page.url.split("/p/")[1].split("/")[0]
    for address in (f"/p/{slug}/", f"/p/{slug}/feed", f"/p/{slug}/gallery"):
        # signed out: to the sign-in page, which says nothing of the project
        with urllib.request.urlopen(walker.studio.url + address) as answer:
            assert "/login" in answer.url
    with urllib.request.urlopen(walker.studio.url + "/health") as answer:
        assert json.load(answer)["ok"] is True
