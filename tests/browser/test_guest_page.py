"""The team and a guest before the same clip: drawings on frames go both ways, and
what the team changes of a link by keyboard is there at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generations.models import Comment, Generation
from tests.browser.test_notes import PICTURE
from tests.generations.shared import make_clip, make_take, share_of
from tests.studio_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
INK = ".overlay .ink"


@pytest.fixture
def take(project: Any, tmp_path: Path) -> Generation:
    return make_clip(project, tmp_path)


def draw(page: Any, *points: tuple[float, float]) -> None:
    x, y, w, h = page.evaluate(PICTURE)
    page.mouse.move(x + w * points[0][0], y + h * points[0][1])
    page.mouse.down()
    for px, py in points[1:]:
        page.mouse.move(x + w * px, y + h * py, steps=4)
    page.mouse.up()


def at_frame(page: Any, frame: int) -> None:
    page.locator(f"[data-player-root][data-frame='{frame}']").wait_for()


def test_a_drawing_goes_to_the_client_and_back(look: Any, take: Generation, alice: Any) -> None:
    _share, token = share_of(take, may_comment=True)
    hers = look(f"{take.get_absolute_url()}?side=client", alice).page
    hers.locator("[data-note-form][data-started]").wait_for()
    hers.locator("body").press("ArrowRight")
    at_frame(hers, 1)
    hers.click("[data-note-draw]")
    draw(hers, (0.2, 0.2), (0.6, 0.6))
    hers.fill("[data-note-form] textarea", "Is this the right red?")
    guest = look(f"/s/{token}")  # the page of before is there when it is sent
    page = guest.page
    page.locator(".player.scripted").wait_for()
    hers.keyboard.press("Control+Enter")

    page.get_by_text("Is this the right red?").wait_for()
    assert page.locator(INK).count() == 0  # not on this frame
    page.click(".markers .marker")
    at_frame(page, 1)
    page.locator(INK).wait_for()
    assert guest.axe() == []
    page.locator("body").press("ArrowRight")
    at_frame(page, 2)
    assert page.locator(INK).count() == 0

    page.locator("body").press("d")
    draw(page, (0.3, 0.8), (0.7, 0.6))
    page.locator(INK).wait_for()
    page.reload()  # what was not sent is there again
    page.locator("[data-note-draw][aria-pressed=true]").wait_for()
    page.fill("input[name=name]", "Helen Brandt")
    page.click(".write .send")  # a drawing is a note, also without words
    page.get_by_text("You write as Helen Brandt").wait_for()
    note = Comment.objects.get(guest__isnull=False)
    assert (note.frame, note.body, len(note.drawing)) == (2, "", 1)
    assert page.locator("[data-note-draw][aria-pressed=false]").count() == 1

    hers.locator(f"#note-{note.pk} .drawn").wait_for()
    hers.click(f"#note-{note.pk} [data-note-go]")
    at_frame(hers, 2)
    wait_until(lambda: hers.locator(INK).count() == 1, 5)


def test_takes_are_ordered_by_keyboard_before_a_guests_eyes(look: Any, project: Any, alice: Any) -> None:
    first, second = make_take(project), make_take(project)
    share, token = share_of(first, second)
    titles = ".gstrip .pickr b"
    guest = look(f"/s/{token}").page
    hers = look(f"/shares/{share.pk}", alice)
    field = hers.page.locator(f"#caption-{second.pk}")
    field.fill("The pier")
    field.press("Alt+ArrowUp")
    hers.page.locator(f"li:first-child #caption-{second.pk}").wait_for()
    hers.settle()
    assert field.evaluate("field => field === document.activeElement") and field.input_value() == "The pier"
    guest.locator(f"{titles} >> nth=0").get_by_text("The pier").wait_for()
    field.press("ArrowDown")
    hers.page.keyboard.press("Tab")
    hers.page.keyboard.press("Delete")
    hers.page.locator("#share-take-back").wait_for()
    assert hers.axe() == []
    hers.settle()
    assert hers.page.evaluate("document.activeElement.name") == "caption"
    wait_until(lambda: guest.locator(titles).count() == 1, 5)
