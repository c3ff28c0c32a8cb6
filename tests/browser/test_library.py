"""The library in a browser: upload with a cut connection, tag, search, and a first frame from the picker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.walker import Walker
from tests.media_files import make_jpeg, make_mp4, make_sound
from tests.studio_process import wait_until

pytestmark = pytest.mark.browser
PART = 8 * 1024 * 1024  # as static/js/upload.js sends them


def open_library(walker: Walker, name: str) -> str:
    walker.new_project(name)
    studio = walker.page.url.split("?")[0]
    walker.page.goto(f"{studio}assets")
    return studio


def hand_over(walker: Walker, *files: Path) -> None:
    walker.page.set_input_files("[data-upload-files]", [str(file) for file in files])


def states(walker: Walker) -> list[str]:
    return [str(row.inner_text()) for row in walker.page.query_selector_all(".upload [data-state]")]


def large_clip(folder: Path) -> Path:
    """A real clip with room for two parts: a box that players skip stands behind it."""
    clip = make_mp4(folder / "long walk.mp4", 2)
    with clip.open("ab") as file:
        file.write((PART + 1000).to_bytes(4, "big") + b"free" + b"\0" * (PART + 992))
    return clip


def cut_the_second_part(page: Any) -> list[int]:
    """The connection breaks once, under the second part of a file; gives the offsets of all parts."""
    offsets: list[int] = []

    def pass_on(route: Any) -> None:
        at = int(route.request.headers.get("upload-offset", "-1"))
        if route.request.method != "PATCH":
            return route.continue_()
        offsets.append(at)
        return (
            route.abort("connectionreset") if at == PART and offsets.count(PART) == 1 else route.continue_()
        )

    page.route("**/api/v1/uploads/*", pass_on)
    return offsets


def test_three_files_of_which_one_is_cut_then_tag_search_and_use(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    studio = open_library(walker, "Library")
    offsets = cut_the_second_part(page)
    still = make_jpeg(tmp_path / "quay.jpg", (1280, 720))
    hand_over(walker, still, make_sound(tmp_path / "gulls.mp3"), large_clip(tmp_path))
    wait_until(lambda: states(walker) == ["Added"] * 3, 60)
    assert offsets.count(0) == 3 and offsets.count(PART) == 2, "cut once, and gone on from there"
    walker.expected.append("ERR_CONNECTION_RESET")
    page.wait_for_selector(".asset >> nth=2")

    page.click(".asset[data-kind=image] .pic")
    page.fill("#a-tags", "harbour, dawn")
    page.fill("#a-licence", "own picture")
    page.click("aside .formfoot button")
    page.wait_for_selector("#a-tags")
    assert page.input_value("#a-tags") == "dawn, harbour"

    page.goto(f"{studio}assets")
    page.keyboard.press("/")
    page.keyboard.type("dawn")
    wait_until(lambda: len(page.query_selector_all(".asset")) == 1)
    assert "q=dawn" in page.url

    page.goto(f"{studio}assets")
    page.click(".asset >> nth=0 >> [data-tick]")
    page.keyboard.down("Shift")
    page.click(".asset >> nth=2 >> [data-tick]")
    page.keyboard.up("Shift")
    assert page.inner_text("[data-select-count]") == "3 files"
    page.fill(".bulk [name=tags]", "shoot 3")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=3 files have the tag shoot 3.")
    page.wait_for_load_state(
        "domcontentloaded"
    )  # the page is another one: its scripts hear keys from here on
    assert page.locator(".asset .word:has-text('shoot 3')").count() == 3
    page.check(".asset >> nth=1 >> [data-tick]")
    page.keyboard.press("Escape")
    page.wait_for_selector(".bulk", state="hidden")

    page.goto(studio)
    walker.choose_model("Token360", "Seedance 2.0 Fast")
    walker.choose("duration_s", "4")
    page.focus("[data-slot=first_frame] [data-pick]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-pick-asset]")
    page.keyboard.type("quay")
    wait_until(lambda: len(page.query_selector_all("[data-pick-asset]")) == 1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-slot=first_frame].filled:not(.busy) .light.fits", timeout=20_000)
    walker.generate("Gulls over the quay")
    walker.wait_for_poster()
    page.goto(f"{studio}assets?use=used")
    assert "used in 1 take" in page.inner_text(".asset")

    page.goto(studio)  # and the take that was made gives a picture of itself
    page.click("[data-slot=last_frame] [data-pick]")
    page.click("[data-pick-from=takes]")
    page.wait_for_selector("[data-pick-take]")
    page.fill("[data-pick-search]", "gulls")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-pick-frames] video")
    page.eval_on_selector("[data-pick-frames] video", "video => { video.currentTime = 2 }")
    wait_until(lambda: page.inner_text("[data-pick-at]") == "2.0 s")
    assert walker.axe() == []
    page.click("[data-pick-part=at]")
    page.wait_for_selector("[data-slot=last_frame].filled:not(.busy) .light", timeout=20_000)
    made = page.get_attribute("[data-slot=last_frame] input[type=hidden]", "value")
    page.goto(f"{walker.studio.url}/a/{made}")
    page.click("[data-made-by]")
    page.wait_for_url("**/t/*")


@pytest.mark.parametrize("remembers", [True, False])
def test_a_reload_in_the_middle_goes_on_where_it_was(walker: Walker, tmp_path: Path, remembers: bool) -> None:
    """Also in a browser that knows nothing of it: the file is known by its head."""
    page = walker.page
    open_library(walker, f"Reload {remembers}")
    clip = large_clip(tmp_path)
    held: list[Any] = []

    def hang(route: Any) -> None:
        late = route.request.method == "PATCH" and route.request.headers.get("upload-offset") != "0"
        held.append(route) if late and not held else route.continue_()  # never answered, until the page goes

    page.route("**/api/v1/uploads/*", hang)
    page.on("dialog", lambda dialog: dialog.accept())
    hand_over(walker, clip)
    wait_until(lambda: page.query_selector(".upload") and held, 30)
    if not remembers:
        page.evaluate("localStorage.clear()")
    page.reload()
    told = page.inner_text("[data-unfinished]")
    assert clip.name in told and f"{100 * PART // clip.stat().st_size} % of" in told
    sent: list[str] = []
    page.on(
        "request",
        lambda one: sent.append(one.headers.get("upload-offset", "")) if one.method == "PATCH" else None,
    )
    hand_over(walker, clip)
    wait_until(lambda: states(walker) == ["Added"], 30)
    assert sent[0] == str(PART), "the first part is not sent again"


def test_dropped_twice_and_of_the_wrong_kind(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    open_library(walker, "Wrong")
    still, fake = make_jpeg(tmp_path / "a.jpg", (64, 48)), tmp_path / "film.mp4"
    fake.write_bytes(b"<!DOCTYPE html><html><script>alert(1)</script></html>")
    hand_over(walker, still)
    wait_until(lambda: states(walker) == ["Added"])
    hand_over(walker, still, fake)
    wait_until(
        lambda: len([text for text in states(walker) if text]) == 3 and "web page" in states(walker)[2]
    )
    assert states(walker)[1] == "Here already"
    wait_until(lambda: len(page.query_selector_all(".asset")) == 1)
    walker.expected.append("422")


def test_several_references_come_in_the_order_of_choosing(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    studio = open_library(walker, "References")
    hand_over(walker, *(make_jpeg(tmp_path / f"{name}.jpg", (640, 480 + n)) for n, name in enumerate("abc")))
    wait_until(lambda: states(walker) == ["Added"] * 3)
    page.goto(studio)
    walker.choose_model("Token360", "Seedance 2.0 Fast")
    page.click("[data-slot=reference_image] [data-pick]")
    for name in "ca":
        page.click(f"[data-pick-asset][data-name='{name}.jpg']")
    page.click("[data-pick-add]")
    page.wait_for_selector("[data-slot=reference_image].filled:not(.busy) >> nth=1")
    walker.settle()
    names = page.eval_on_selector_all(
        "[data-slot=reference_image].filled [data-slot-name]", "found => found.map(one => one.title)"
    )
    assert names == ["c.jpg", "a.jpg"]


def test_a_large_file_in_a_slot_goes_in_parts(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    walker.new_project("Large")
    offsets = cut_the_second_part(page)
    page.set_input_files("[data-slot=first_frame] input[type=file]", str(large_clip(tmp_path)))
    page.wait_for_selector("[data-slot=first_frame].filled:not(.busy) img[src*='/thumb']", timeout=30_000)
    assert offsets.count(0) == 1 and offsets.count(PART) == 2
    walker.expected.append("ERR_CONNECTION_RESET")


@pytest.mark.parametrize("walker", ["dark", "light"], indirect=True)
def test_axe_finds_nothing_serious(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    studio = open_library(walker, "Access")
    hand_over(walker, make_jpeg(tmp_path / "a.jpg", (640, 480)), make_sound(tmp_path / "a.mp3"))
    wait_until(lambda: states(walker) == ["Added"] * 2)
    page.wait_for_selector(".asset >> nth=1")
    assert walker.axe() == []
    page.click(".asset[data-kind=sound] .pic")
    page.wait_for_selector("#a-tags")
    assert walker.axe() == []
    page.goto(studio)
    page.click("[data-slot=first_frame] [data-pick]")
    page.wait_for_selector("[data-pick-asset]")
    assert walker.axe() == []
