"""What a second look at gallery, review and links found: each once, where only a browser shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generations.models import Comment, Generation
from generations.services import comments, culling, review
from generations.services.writers import Writer
from tests.browser.test_guest_page import INK, at_frame
from tests.browser.test_notes import PICTURE
from tests.factories import make_model, make_take_row
from tests.generations.shared import make_clip, make_take, share_of
from tests.studio_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def take(project: Any, tmp_path: Path) -> Generation:
    return make_clip(project, tmp_path)


def finger(page: Any, *points: tuple[float, float]) -> None:
    """A finger goes along these points of the page; what the browser itself makes of it included."""
    hand = page.context.new_cdp_session(page)
    for kind, at in [("touchStart", points[0]), *(("touchMove", point) for point in points[1:])]:
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}]})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_guest_draws_by_finger_and_what_was_sent_stays_in_the_picture(look: Any, take: Generation) -> None:
    _share, token = share_of(take, may_comment=True)
    page = look(f"/s/{token}", **PHONE).page
    page.locator(".player.scripted").wait_for()
    page.click("[data-player=on]")
    at_frame(page, 1)
    x, y, w, h = page.evaluate(PICTURE)
    finger(page, (x + w * 0.3, y + h / 2), (x + w * 0.3 + 24, y + h / 2), (x + w * 0.3 + 40, y + h / 2))
    at_frame(page, 6)  # along the picture, eight pixels a frame
    page.click("[data-note-draw]")
    x, y, w, h = page.evaluate(PICTURE)  # the page may have gone to the picture
    finger(page, (x + w * 0.2, y + h * 0.2), (x + w * 0.5, y + h * 0.5), (x + w * 0.7, y + h * 0.4))
    page.locator(INK).wait_for()
    page.fill("input[name=name]", "Helen Brandt")
    page.click(".write .send")
    page.get_by_text("You write as Helen Brandt").wait_for()
    note = Comment.objects.get()
    assert (note.frame, len(note.drawing)) == (6, 1)
    page.locator("[data-note].now .drawn").wait_for()  # it is the one that is looked at
    page.locator(INK).wait_for()
    page.click("[data-player=on]")
    at_frame(page, 7)
    assert page.locator(INK).count() == 0
    page.click(".markers .marker")
    at_frame(page, 6)
    page.locator(INK).wait_for()

    # over the whole screen one draws as well; to write, one leaves it
    page.keyboard.press("f")
    page.locator(".player:fullscreen").wait_for()
    page.keyboard.press("d")
    page.locator(".player:fullscreen .sketchbar").wait_for()
    page.keyboard.press("c")
    page.locator(".write textarea:focus").wait_for()
    assert page.locator(".player:fullscreen").count() == 0


def test_an_undo_that_would_do_nothing_is_not_offered_and_news_come_soon(
    look: Any, project: Any, alice: Any, bob: Any
) -> None:
    for _number in range(3):
        make_take(project)
    page = look(f"/p/{project.slug}/gallery", alice).page
    offers = page.locator(".toast [data-toast-action]")
    page.locator("#wall .pickbox input").nth(0).check()
    page.locator("#wall .pickbox input").nth(1).check()
    for key, others in (("p", 0), ("x", 0), ("t", 1)):
        page.keyboard.press(key)
        if key == "t":
            page.keyboard.type("night")
            page.keyboard.press("Enter")
        page.locator(".toast", has_text={"p": "picked", "x": "2 takes skipped", "t": "night"}[key]).wait_for()
        assert offers.count() == 1 + others  # a mark takes the place of a mark, a tag does not
    page.keyboard.press("Control+z")
    page.locator(".toast", has_text="Undone for 2 takes").wait_for()
    assert offers.count() == 1 and page.locator(".toast", has_text="night").count() == 0

    # what others say is heard of on any page, soon
    comments.write(Writer(person=bob), Generation.objects.all()[0], body="Look at the hand.")
    wait_until(lambda: page.locator("#bell-button .n").all_inner_texts() == ["1"], 10)


def test_clips_are_marked_by_key_where_they_are_compared(look: Any, project: Any, alice: Any) -> None:
    model = make_model()
    takes = [make_take(project, model=model, prompt="Pier") for _number in range(2)]
    wall = f"/p/{project.slug}/gallery"
    named = "&".join(f"take={take.pk}" for take in takes)
    page = look(f"/p/{project.slug}/compare?{named}&back={wall}", alice).page
    said = page.locator("figure").evaluate_all("figures => figures.map((figure) => figure.dataset.side)")
    assert len({name[3:] for name in said}) == 2, "two of one model are told apart"
    for key in ("4", "p", "ArrowDown", "2", "x", "1", "Control+z"):
        page.keyboard.press(key)
    marks = Generation.objects.filter(pk__in=[take.pk for take in takes]).order_by("pk")
    wanted = [(4.0, "pick"), (2.0, "reject")]
    wait_until(lambda: list(marks.values_list("stars", "mark")) == wanted, 10)
    second = page.locator("figure[aria-current]")
    second.locator(".reject[aria-pressed=true]").wait_for()
    wait_until(lambda: second.locator(".stars [aria-pressed=true]").count() == 2, 10)
    page.keyboard.press("Escape")
    page.wait_for_url(lambda address: address.endswith(wall) and "compare" not in address)


OVERLAPS = """() => [...document.querySelectorAll("#wall .take")].flatMap((card) => {
    const parts = [...card.querySelectorAll(".corner .tag, .pickbox input, .say .of, .say .word")];
    const boxes = parts.map((it) => [it, it.getBoundingClientRect()]).filter(([, box]) => box.width > 1);
    const across = (a, b) => a.left < b.right && b.left < a.right;
    const meet = ([, a], [, b]) => across(a, b) && a.top < b.bottom && b.top < a.bottom;
    return boxes.flatMap((one, at) => boxes.slice(at + 1).filter((other) => meet(one, other)).map((other) =>
        `${one[0].className} ${other[0].className}`));
})"""


def test_on_a_phone_nothing_lies_over_another_and_nothing_is_lost(
    look: Any, project: Any, alice: Any
) -> None:
    model, takes = make_model(), []
    for shape in ({"width": 360, "height": 640}, {}, {"width": 480, "height": 480}):
        takes.append(make_take(project, model=model, prompt="A clay hand waves from a window at dusk, slow"))
        takes[-1].outputs.filter(kind="video").update(**shape)
    make_take_row(project=project, model=model, status="completed", hold=False, prompt="Not shown " * 9)
    ids = [take.pk for take in takes]
    culling.mark(alice, project, ids, "pick")
    culling.rate(alice, project, ids, 4)
    review.ask(alice, takes)
    page = look(f"/p/{project.slug}/gallery", alice, **PHONE).page
    assert page.locator("#wall [data-take]").count() == 4 and page.locator("#wall .picked").count() == 3
    assert not page.evaluate(OVERLAPS)
    page.goto(page.url.replace("gallery", "settings"))
    here = page.locator(".tabs [aria-current]").bounding_box()
    assert here["x"] >= 0 and here["x"] + here["width"] <= 390
    page.goto(page.url.replace(f"/p/{project.slug}/settings", takes[0].get_absolute_url()))
    assert page.locator(".top h1").bounding_box()["width"] > 140

    page.keyboard.press("r")
    page.locator("#say-no textarea:focus").fill("The hand melts.")
    page.keyboard.press("Tab")
    page.locator("#say-no [value=changes]").press("Enter")
    page.locator("#decision", has_text="The hand melts.").wait_for()
    page.locator("#decision :focus").wait_for()  # the button that had asked is another one now
