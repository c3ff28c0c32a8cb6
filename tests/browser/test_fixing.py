"""Journey 3: a first frame that is too wide is dropped, cropped by one click, and becomes a clip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.walker import Walker
from tests.media_files import make_jpeg, make_mp4, make_wav

pytestmark = pytest.mark.browser
FRAME = "[data-slot=first_frame]"


def in_slot(walker: Walker, slot: str = FRAME) -> str:
    return str(walker.page.get_attribute(f"{slot} input[type=hidden]", "value"))


def click_for(walker: Walker, selector: str, ending: str) -> None:
    with walker.page.expect_response(lambda answer: answer.url.endswith(ending)) as sent:
        walker.page.click(selector)
    assert sent.value.status == 200
    walker.settle()


def facts_of(walker: Walker, asset: str) -> dict[str, Any]:
    """What the API says of a file, with the session of the browser."""
    found: dict[str, Any] = walker.page.evaluate(
        "address => fetch(address).then(answer => answer.json())", f"/api/v1/assets/{asset}"
    )
    return found


@pytest.fixture
def dropped(walker: Walker, tmp_path: Path) -> str:
    """The id of a too wide photograph in the place of the first frame, on Seedance."""
    walker.new_project("Journey 3")
    walker.choose_model("Token360", "Seedance 2.0 Fast")
    walker.choose("duration_s", "4")
    walker.choose("aspect_ratio", "16:9")
    walker.drop_first_frame(make_jpeg(tmp_path / "harbour.jpg", (1560, 600)))
    walker.page.wait_for_selector(f"{FRAME} .light.fix")
    walker.settle()
    return in_slot(walker)


def test_a_frame_too_wide_is_cropped_by_one_click_and_generated(walker: Walker, dropped: str) -> None:
    page = walker.page
    assert "1560 × 600 is 2.60:1; the clip will be 16:9" in page.inner_text("#composer")
    original = facts_of(walker, dropped)
    click_for(walker, f"{FRAME} button.why.fix", "/fix")
    page.wait_for_selector(f"{FRAME} .light.fits")
    copy = facts_of(walker, in_slot(walker))
    assert (copy["derived_from"], copy["width"], copy["height"]) == (dropped, 1067, 600)
    page.reload()
    assert in_slot(walker) == copy["id"]
    walker.generate("Gulls over the harbour")
    page.goto(walker.studio.url + walker.wait_for_poster())
    recipe = page.evaluate("address => fetch(address).then(answer => answer.text())", f"{page.url}/recipe")
    assert copy["sha256"] in recipe and original["sha256"] not in recipe
    assert facts_of(walker, dropped) == {
        **original,
        "uses": 1,
        "uses_through_copies": 1,
    }  # a copy's use counts for its original


def test_a_button_that_has_the_focus_means_nothing_to_what_the_form_sends(
    walker: Walker, dropped: str
) -> None:
    page = walker.page
    click_for(walker, f"{FRAME} button.why.fix", "/fix")
    page.wait_for_selector(f"{FRAME} .light.fits")
    copy = in_slot(walker)
    page.fill("textarea[name=prompt]", "Gulls over the harbour, by key")
    page.focus(f"{FRAME} .back")
    with page.expect_response(lambda answer: "/generate" in answer.url or "/a/" in answer.url) as sent:
        page.keyboard.press("Control+Enter")
    assert sent.value.url.endswith("/generate") and sent.value.status == 200
    assert in_slot(walker) == copy != dropped


def test_the_crop_is_moved_with_pointer_and_keys(walker: Walker, dropped: str) -> None:
    page = walker.page
    click_for(walker, f"{FRAME} .light.fix", "/ways")
    page.wait_for_selector("#fix-dialog[open]")
    window = page.locator("[data-crop-window]")
    wide = window.bounding_box()["width"]
    page.check(
        "[name=fix_ratio][value='9:16']", force=True
    )  # any that the model makes, not the wanted one alone
    assert window.bounding_box()["width"] < wide / 2
    box = window.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 900, box["y"] + 20, steps=4)
    page.mouse.up()
    assert window.get_attribute("aria-valuenow") == "100"
    window.focus()
    page.keyboard.press("Home")
    for _ in range(2):
        page.keyboard.press("Shift+ArrowRight")
    assert window.get_attribute("aria-valuenow") == "20"
    click_for(walker, "#fix-dialog .primary", "/fix")
    page.wait_for_selector("#fix-dialog", state="detached")
    page.wait_for_selector(f"{FRAME} .light.fits")
    derivation = facts_of(walker, in_slot(walker))["derivation"]
    assert (derivation["x"], derivation["ratio"]) == (0.2, "9:16")
    assert page.input_value("select[name=aspect_ratio]") == "9:16", "the clip follows its first frame"

    page.goto(f"{walker.studio.url}/a/{dropped}")  # and the same on the file's own page
    page.click("[data-copy-ways]")
    page.wait_for_selector("#fix-dialog[open]")
    page.check("[name=fix_op][value=pad]", force=True)
    assert page.is_hidden("[data-crop-window]") and walker.axe() == []
    page.click("#fix-dialog .primary")
    page.wait_for_url(lambda address: "/a/" in address and dropped not in address)


def test_the_original_comes_back_by_one_click(walker: Walker, dropped: str) -> None:
    click_for(walker, f"{FRAME} button.why.fix", "/fix")
    walker.page.wait_for_selector(f"{FRAME} .light.fits")
    click_for(walker, f"{FRAME} button.back", "/original")
    walker.page.wait_for_selector(f"{FRAME} .light.fix")
    assert in_slot(walker) == dropped


def test_on_a_phone_the_fix_stays_under_the_finger_while_the_prompt_is_open(
    walker: Walker, dropped: str
) -> None:
    page, last_frame = walker.page, "[data-slot=last_frame] .well"
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    walker.wait_for_composer()
    page.wait_for_selector(f"{FRAME} .light.fix")
    height = "document.querySelector('.composer').getBoundingClientRect().height"
    assert page.evaluate(height) < 844 * 0.3 and not page.is_visible(last_frame), "at rest it is small"
    page.click("[data-dock-open]")
    page.wait_for_selector(last_frame)
    page.click(".feed")
    page.wait_for_selector(last_frame, state="hidden")
    page.fill("textarea[name=prompt]", "A boat crosses the still fjord at first light. " * 6)
    page.focus("textarea[name=prompt]")
    page.wait_for_selector(last_frame)
    click_for(walker, f"{FRAME} .light.fix", "/ways")
    walker.page.wait_for_selector("#fix-dialog[open]")


def test_enter_in_the_count_never_fixes_a_file(walker: Walker, dropped: str) -> None:
    """The first button of a form is pressed by Enter in any of its fields."""
    page = walker.page
    page.fill("textarea[name=prompt]", "Rain on the quay")
    page.focus("input[name=count]")
    doors = ("/generate", "/fix", "/ways", "/original")  # and not the price, which is asked for meanwhile
    with page.expect_response(lambda answer: answer.url.endswith(doors)) as sent:
        page.keyboard.press("Enter")
    assert sent.value.url.endswith("/generate")
    assert in_slot(walker) == dropped


def test_a_part_of_a_clip_and_of_a_sound_is_chosen_with_the_keys(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    walker.new_project("Parts")
    walker.choose_model("ElkAPI", "Seedance 2.0")
    clip = make_mp4(tmp_path / "long.mp4", 17, (720, 720), 24, audio=True)
    for slot, file in (
        ("reference_video", clip),
        ("reference_audio", make_wav(tmp_path / "a.wav", 17, 8000)),
    ):
        with page.expect_response(lambda answer: answer.url.endswith("/composer")):
            page.set_input_files(f"[data-slot={slot}] input[type=file]", str(file))
        page.wait_for_selector(f"#slot-{slot}-0 .light.fix")
        walker.settle()
        click_for(walker, f"#slot-{slot}-0 .light.fix", "/ways")
        page.wait_for_selector("#fix-dialog[open]")
        page.focus("[name=fix_end_s]")
        page.keyboard.press("Home")
        assert page.inner_text("[data-part-words]") == "0.0 s to 2.0 s: 2.0 s of 17.0 s"
        click_for(walker, "#fix-dialog .primary", "/fix")
        page.wait_for_selector(f"#slot-{slot}-0 .light.fits")
        made = facts_of(walker, in_slot(walker, f"#slot-{slot}-0"))
        assert made["duration_s"] == pytest.approx(2.0, abs=0.05)
    assert "2.0 of 15 s" in page.inner_text("#composer-slots")


@pytest.mark.parametrize(("size", "theme"), [((1440, 900), "dark"), ((390, 844), "light")])
def test_the_dialog_fits_and_is_accessible(
    walker: Walker, dropped: str, size: tuple[int, int], theme: str
) -> None:
    page = walker.page
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert walker.axe() == []
    click_for(walker, f"{FRAME} .light.fix", "/ways")
    page.wait_for_selector("#fix-dialog[open]")
    assert walker.axe() == []
    box = page.locator("#fix-dialog .primary").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= size[0] and box["y"] + box["height"] <= size[1]


def test_references_of_two_kinds_one_of_them_mended_become_a_clip_at_the_price_shown(
    walker: Walker, tmp_path: Path
) -> None:
    """Seedance takes references or frames, so the wide photograph stands among the references."""
    page, wide, sound = walker.page, "#slot-reference_image-0", "[data-slot=reference_audio]"
    walker.new_project("Journey 3 with references")
    walker.choose_model("Venice", "Seedance 2.0 Fast · references / source clip")
    walker.choose("duration_s", "4")
    for name, size in (("harbour.jpg", (1560, 600)), ("gull.jpg", (1280, 720))):
        walker.drop_references(make_jpeg(tmp_path / name, size, orientation=1))
    page.wait_for_selector(f"{wide} .light.fix")
    click_for(walker, f"{wide} button.why.fix", "/fix")
    page.wait_for_selector(f"{wide} .light.fits")
    with page.expect_response(lambda answer: answer.url.endswith("/composer")):
        page.set_input_files(f"{sound} input[type=file]", str(make_wav(tmp_path / "bell.wav", 4.0)))
    page.wait_for_selector(f"{sound}.filled .light.fits")
    assert page.locator("[data-slot].filled").count() == 3
    assert "$0.00" in page.inner_text("[data-generate]")
    walker.generate("The bell rings, gulls rise over the harbour")
    page.goto(walker.studio.url + walker.wait_for_poster())
    words = page.inner_text("main")
    assert words.count("Reference picture") == 2 and "bell.wav" in words
    played, duration = walker.play()
    assert played > 0.5 and 3.5 < duration < 4.6


def test_a_reference_is_given_a_voice_that_goes_when_it_is_taken_out(walker: Walker, tmp_path: Path) -> None:
    """The slot for it opens behind the reference; a sound dropped beside the slots finds it too."""
    page, voices = walker.page, "[data-slot=reference_voice]"
    walker.new_project("Voices")
    walker.choose_model("Venice", "Wan 2.7 · references")
    walker.drop_references(make_jpeg(tmp_path / "gull.jpg", (1280, 720), orientation=1))
    page.wait_for_selector(voices)
    walker.settle()
    with page.expect_response(lambda answer: answer.url.endswith("/composer")):
        page.set_input_files(f"{voices} input[type=file]", str(make_wav(tmp_path / "cry.wav", 31.0, 8000)))
    page.wait_for_selector(f"{voices}.filled .light.fix")
    click_for(walker, f"{voices} button.why.fix", "/fix")
    page.wait_for_selector(f"{voices}.filled .light.fits")
    voice = in_slot(walker, voices)
    assert facts_of(walker, voice)["duration_s"] == pytest.approx(30.0, abs=0.1)
    walker.settle()
    walker.generate("The gull cries over the quay")
    page.goto(walker.studio.url + walker.wait_for_poster())
    words = page.inner_text("main")
    assert "Voice" in words and "gull.jpg" in words and "cry" in words
    page.go_back()
    assert in_slot(walker, voices) == voice
    click_for(walker, "#slot-reference_image-0 [data-slot-remove]", "/composer")
    page.wait_for_selector(voices, state="detached")
