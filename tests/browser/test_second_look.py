"""What a newcomer stumbled over in the library, the queue and the composer: nothing is lost unsaid, and the
focus has a place when its own is gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.walker import Walker
from tests.media_files import make_hevc, make_jpeg
from tests.studio_process import wait_until

pytestmark = pytest.mark.browser
FOCUS = "document.activeElement.closest('[data-queue-row], .qhead, textarea[name=prompt]')?.className || ''"


def hand_over(walker: Walker, *files: Path) -> None:
    walker.page.set_input_files("[data-upload-files]", [str(file) for file in files])


def wait_for_count(walker: Walker, locator: Any, wanted: int) -> None:
    wait_until(lambda: locator.count() == wanted or walker.page.wait_for_timeout(50), 15, every=0)


def begin_elsewhere(walker: Walker) -> None:
    """An upload of this person's that this browser knows nothing of."""
    made = walker.page.evaluate(
        """async () => {
            const project = btoa(document.querySelector('[data-uploads]').dataset.project)
            return (await fetch('/api/v1/uploads', {method: 'POST', headers: {
                'Tus-Resumable': '1.0.0', 'Upload-Length': '9', 'X-CSRFToken': document.body.dataset.csrf,
                'Upload-Metadata': `filename YS5qcGc=,project ${project}`,
            }})).status
        }"""
    )
    assert made == 201


def test_what_was_not_taken_not_saved_or_cannot_be_played_is_said(walker: Walker, tmp_path: Path) -> None:
    page, asked = walker.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    walker.new_project("Second look")
    page.goto(f"{page.url.split('?')[0]}assets")
    (tmp_path / "film.mp4").write_bytes(b"no film")
    hand_over(walker, make_hevc(tmp_path / "phone.mov", audio=True), tmp_path / "film.mp4")
    panel = page.locator("[data-upload-panel]")
    wait_until(lambda: "1 of 2 files" in panel.inner_text() and "1 not taken" in panel.inner_text(), 30)
    begin_elsewhere(walker)
    page.reload()
    assert "a.jpg" in page.inner_text("[data-unfinished]"), "it goes on here too, by what the file is"
    page.click(".asset .pic")
    page.wait_for_selector("[data-unplayable]:visible")
    page.fill("[name=notes]", "Drone, second day")
    page.click("header a:has-text('Assets')")
    wait_until(lambda: asked == ["beforeunload"] or page.wait_for_timeout(50), 15, every=0)
    page.click("aside .formfoot button")
    page.wait_for_selector(".toast >> text=Saved.")
    page.click("[data-unplayable] button")
    page.wait_for_selector(".toast >> text=The copy is made")
    assert page.is_hidden("[data-unplayable]") and asked == ["beforeunload"]
    walker.expected += ["422"]


def test_the_focus_has_a_place_when_its_own_is_gone(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    walker.new_project("Places")
    page.keyboard.press("Escape")
    page.eval_on_selector("body", "() => document.activeElement.blur()")
    page.keyboard.press("?")
    page.wait_for_selector("#keys-dialog[open]")
    assert page.evaluate("document.getElementById('keys-dialog').scrollTop") == 0
    page.keyboard.press("Escape")
    walker.choose_model("Token360", "Seedance 2.0 Fast")
    (tmp_path / "film.jpg").write_bytes(b"no picture")
    walker.drop_references(tmp_path / "film.jpg", make_jpeg(tmp_path / "cat.jpg", (1280, 720)))
    walker.wait_for_references("Reference 1")
    assert "film.jpg: This is not" in page.inner_text("[data-slot-errors]"), "in the fresh composer too"
    walker.expected.append("422")
    walker.choose_model("Venice", "Veo 3 · words")
    page.click("[popovertarget=composer-aside]")
    out = page.locator("#composer-aside [name=aside_out]")
    for left in (1, 0):  # the length, then the reference
        out.first.press("Enter")
        wait_for_count(walker, out, left)
    walker.settle()
    wait_until(lambda: "prompt" in page.evaluate(FOCUS), 15)
    walker.generate("A heron [stuck]")
    walker.generate("A crane [stuck]")
    page.goto(f"{walker.studio.url}/queue")
    rows = page.locator("[data-queue-row]")
    wait_for_count(walker, page.locator(".qword >> text=Generating"), 2)  # what is just being sent stays
    for _row in range(2):  # the next row, and after the last the head of the page; others may stand there
        before = rows.count()
        rows.first.locator("[aria-label^=Cancel]").press("Enter")
        page.wait_for_selector("dialog[open]")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        wait_for_count(walker, rows, before - 1)
        place = "qrow" if before > 1 else "qhead"
        wait_until(lambda of=place: of in page.evaluate(FOCUS) or page.wait_for_timeout(50), 5, every=0)


def test_files_are_sorted_by_keyboard_and_stay_ticked(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    walker.new_project("By key")
    page.goto(f"{page.url.split('?')[0]}assets")
    hand_over(walker, *(make_jpeg(tmp_path / f"{n}.jpg", (64, 40 + n)) for n in range(3)))
    cards = page.locator("#library .asset")
    wait_for_count(walker, cards, 3)
    page.eval_on_selector("body", "() => document.activeElement.blur()")
    for key in ("ArrowRight", "ArrowRight", "s", "t"):
        page.keyboard.press(key)
    page.keyboard.type("beach")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast >> text=1 file has the tag beach.")
    assert page.locator("[data-tick]:checked").count() == 1
    place = "[...document.querySelectorAll('.asset')].indexOf(document.activeElement.closest('.asset'))"
    assert page.evaluate(place) == 1
    page.keyboard.press("Delete")
    page.wait_for_selector(".toast >> text=1 file is in the trash.")
    assert cards.count() == 2 and page.evaluate(place) == 1
    page.keyboard.press("Control+z")
    page.wait_for_selector(".toast >> text=Undone")
    assert cards.count() == 3


def test_files_for_a_character_are_seen_before_they_are_sent_and_join(walker: Walker, tmp_path: Path) -> None:
    page = walker.page
    walker.new_project("Chosen")
    page.goto(f"{page.url.split('?')[0]}characters/new")
    for name in "abc":
        picture = make_jpeg(tmp_path / f"{name}.jpg", (64, 40 + ord(name)))
        page.set_input_files("[data-choose]", str(picture))
    page.click("[aria-label='Take out: b.jpg']")
    assert page.locator("[data-chosen] li").all_inner_texts() == ["a.jpg\nTake out", "c.jpg\nTake out"]
    assert walker.axe() == []
    page.fill("[name=name]", "Mira")
    page.press("[name=name]", "Enter")
    page.wait_for_selector("text=2 pictures")
