"""Two people write notes on a take: on frames, drawn over the picture, answered, and not lost unsent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generations.media import probe
from generations.models import Comment, Generation
from generations.services import comments
from generations.services.writers import Writer
from tests import media_files as make
from tests.factories import make_output, make_take_row
from tests.studio_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSTILE = "<img src=x onerror=alert(1)> keep it"
PICTURE = """(() => {
    const picture = document.querySelector(".overlay"), box = picture.viewBox.baseVal;
    const at = picture.getScreenCTM();
    return [at.e, at.f, box.width * at.a, box.height * at.d];
})()"""
BODY = "[data-note-form] [data-note-body]"


@pytest.fixture
def take(project: Any, tmp_path: Path) -> Generation:
    """Two seconds at 24 a second, each frame with its number."""
    clip = make.make_numbered(tmp_path / "numbered.mp4", 24)
    facts = probe(clip, mime="video/mp4")
    made = make_take_row(project=project, status="completed", hold=False)
    measures = {name: getattr(facts, name) for name in ("width", "height", "duration_s", "fps")}
    make_output(made, clip.read_bytes(), facts=facts.of_clip(), **measures)
    return made


@pytest.fixture
def look(chromium: Any, live_server: Any, signed_in: Any, take: Generation) -> Iterator[Callable[..., Any]]:
    """``look(person)``: their browser, on the page of the take."""
    contexts, broken = [], []

    def open_page(person: Any, **options: Any) -> Any:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, **options)
        contexts.append(context)
        cookies = signed_in(person).cookies
        context.add_cookies(
            [
                {"name": name, "value": morsel.value, "url": live_server.url}
                for name, morsel in cookies.items()
            ]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(f"{live_server.url}{take.get_absolute_url()}")
        if take.status == "completed":
            page.wait_for_selector("[data-note-form][data-started]")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not broken, broken


def frame_of(page: Any) -> int:
    return int(page.get_attribute("[data-player-root]", "data-frame"))


def until(page: Any, holds: Callable[[], Any]) -> None:
    wait_until(lambda: holds() or page.wait_for_timeout(30), 15, every=0)


def go_to(page: Any, frame: int) -> None:
    for _ in range(frame // 10):
        page.locator("body").press("Shift+ArrowRight")
    for _ in range(frame % 10):
        page.locator("body").press("ArrowRight")
    until(page, lambda: frame_of(page) == frame)


def drag(page: Any, *points: tuple[float, float]) -> None:
    """Over the picture, in shares of its sides."""
    x, y, w, h = page.evaluate(PICTURE)
    at = [(x + w * px, y + h * py) for px, py in points]
    page.mouse.move(*at[0])
    page.mouse.down()
    for point in at[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()


def test_a_drawn_note_goes_from_one_person_to_the_other_and_back(look, take, alice, bob):
    hers, his = look(alice), look(bob)
    # drawn by mouse, written and sent by keyboard
    go_to(hers, 14)
    hers.locator("body").press("d")
    drag(hers, (0.2, 0.2), (0.5, 0.5), (0.8, 0.2))
    hers.click("[data-tool=box]")
    drag(hers, (0.1, 0.6), (0.4, 0.9))
    hers.locator("body").press("Control+z")
    hers.locator("body").press("Escape")
    hers.locator("body").press("c")
    hers.keyboard.type(f"{HOSTILE} @bo")
    hers.wait_for_selector("#note-people:not([hidden])")
    hers.keyboard.press("Enter")
    hers.keyboard.press("Control+Enter")
    his.get_by_text(HOSTILE).wait_for()  # without a reload
    note = Comment.objects.get()
    assert (note.frame, note.audience, note.mentions.get().person) == (14, "internal", bob)
    (stroke,) = note.drawing
    assert stroke["tool"] == "pen" and 3 <= len(stroke["points"]) <= 8  # simplified while it was drawn
    for found, meant in zip(
        (stroke["points"][0], stroke["points"][-1]), ((0.2, 0.2), (0.8, 0.2)), strict=True
    ):
        assert all(abs(a - b) < 0.01 for a, b in zip(found, meant, strict=True))

    # he finds the frame by its marker, with the drawing over it; words are words
    assert his.locator(f"#note-{note.pk} img").count() == 0
    his.click(".markers .marker")
    until(his, lambda: frame_of(his) == 14 and his.locator(".overlay .ink").count() == 1)
    his.locator("body").press("ArrowRight")
    until(his, lambda: his.locator(".overlay .ink").count() == 0)
    his.click(f"#note-{note.pk} [data-note-reply]")
    his.keyboard.type("Better now?")
    his.keyboard.press("Control+Enter")
    hers.get_by_text("Better now?").wait_for()
    hers.click(f"#note-{note.pk} button:has-text('Resolve')")
    his.locator(".note .resolved", has_text="Resolved by Alice Archer").wait_for()


def test_a_range_loops_and_typing_holds_the_picture(look, take, alice):
    by = Writer(person=alice)
    note = comments.write(by, take, body="These", frame=20, frame_end=30)
    page = look(alice)
    page.click(f"#note-{note.pk} [data-note-go]")
    until(page, lambda: frame_of(page) == 20)
    root = page.locator("[data-player-root]")
    assert (root.get_attribute("data-from"), root.get_attribute("data-to")) == ("20", "30")
    page.locator("body").press("Space")
    until(page, lambda: root.get_attribute("data-state") == "playing")
    page.wait_for_timeout(900)  # once through it and more
    assert 19 <= frame_of(page) <= 31
    page.locator("body").press("c")
    page.keyboard.type("x")
    until(page, lambda: root.get_attribute("data-state") == "ready")
    page.click("[data-note-range]")  # as the loop is set
    page.keyboard.press("Control+Enter")
    until(page, lambda: Comment.objects.filter(body="x").exists())
    sent = Comment.objects.get(body="x")
    assert (sent.frame, sent.frame_end) == (20, 30)
    until(page, lambda: root.get_attribute("data-state") == "playing")


def test_words_stay_where_they_were_begun_until_they_are_sent(look, take, alice, bob):
    thread = comments.write(Writer(person=bob), take, body="Hm")
    page = look(alice)
    page.locator("body").press("c")
    page.keyboard.type("Only for the team")
    page.click("[data-side-set=client]")
    assert page.input_value(BODY) == ""  # never where the client reads
    page.fill(BODY, "For the client")
    page.click("[data-side-set=internal]")
    page.click(f"#note-{thread.pk} [data-note-reply]")
    page.keyboard.type("Half an answer")
    page.wait_for_timeout(400)  # a moment after the last key
    page.reload()
    page.wait_for_selector("[data-note-form][data-started]")
    assert page.input_value(BODY) == "Only for the team"
    page.click("[data-side-set=client]")
    assert page.input_value(BODY) == "For the client"
    # what she answered goes away under her hands: her words do not
    comments.delete(Writer(person=bob), thread)
    page.click("[data-side-set=internal]")
    until(page, lambda: page.input_value(BODY) == "Only for the team\nHalf an answer")
    page.click("[data-note-send]")
    until(page, lambda: Comment.objects.filter(body__contains="Half an answer", audience="internal").exists())
    page.reload()
    page.wait_for_selector("[data-note-form][data-started]")
    page.click("[data-side-set=client]")
    assert page.input_value(BODY) == "For the client"


def test_a_phone_draws_with_a_finger(look, take, alice):
    page = look(alice, has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.click("[data-note-draw]")
    drag(page, (0.2, 0.3), (0.7, 0.6))
    until(page, lambda: page.locator(".overlay .ink").count() == 1)
    page.click("[data-sketch-done]")
    page.click("[data-note-send]")
    until(page, lambda: Comment.objects.filter(frame=0).exists())
    assert Comment.objects.get().drawing[0]["tool"] == "pen"


def test_notes_come_with_the_clip(look, take, alice):
    """Who watches a take being made writes on it without loading the page anew."""
    Generation.objects.filter(pk=take.pk).update(status="storing")
    take.refresh_from_db()
    page = look(alice)
    assert page.locator("[data-note-form]").count() == 0
    Generation.objects.filter(pk=take.pk).update(status="completed", version=take.version + 1)
    page.wait_for_selector("[data-note-form][data-started]")
    page.wait_for_selector(".player.scripted")
    go_to(page, 3)
    page.click("[data-side-set=client]")
    page.locator("body").press("c")
    page.keyboard.type("There")
    page.keyboard.press("Control+Enter")
    until(page, lambda: Comment.objects.filter(frame=3, audience="client").exists())
    page.wait_for_selector(".marker.client")


def test_the_form_goes_with_the_take_that_is_shown(look, take, alice, project):
    """A list of takes puts the next one into the page: words and notes stay with theirs."""
    other = make_take_row(project=project, status="completed", hold=False)
    clip = take.outputs.get()
    make_output(other, b"another", facts=clip.facts, width=160, height=96, fps=24.0, duration_s=2.0)
    page = look(alice)
    page.fill(BODY, "For the first")
    page.evaluate(
        """async (url) => {
            const answer = await fetch(url), text = await answer.text();
            const next = new DOMParser().parseFromString(text, "text/html").querySelector("#takepage");
            document.dispatchEvent(new CustomEvent("htmx:beforeSwap", { detail: {} }));
            Idiomorph.morph(document.querySelector("#takepage"), next, { morphStyle: "outerHTML" });
            document.querySelector("#takepage").dispatchEvent(new Event("studio:swapped", { bubbles: true }));
            htmx.process(document.querySelector("#takepage"));
        }""",
        other.get_absolute_url(),
    )
    page.wait_for_selector(f"[data-note-form][data-started][action*='{other.pk}']")
    assert page.input_value(BODY) == "" and str(other.pk) in page.get_attribute("video", "src")
    page.fill(BODY, "For the second")
    page.click("[data-note-send]")
    until(page, lambda: Comment.objects.filter(generation=other, body="For the second").exists())
    page.goto(page.url)
    page.wait_for_selector("[data-note-form][data-started]")
    assert page.input_value(BODY) == "For the first"
