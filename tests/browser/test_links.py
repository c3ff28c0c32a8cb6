"""A link on a slot: fetched by the studio's own workers and put there; one that leads nowhere says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.studios import whole_studio
from tests.browser.walker import Walker
from tests.generations.link_server import LinkServer, serving
from tests.media_files import make_image
from tests.studio_process import StudioProcess, wait_until

pytestmark = pytest.mark.browser
PASTE = """([place, text]) => {
    const held = new DataTransfer()
    held.setData("text/plain", text)
    const event = new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true })
    document.querySelector(place).dispatchEvent(event)
}"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkServer]:
    with serving() as server:
        picture = make_image(tmp_path_factory.mktemp("web") / "gull.png", (800, 450))
        server.put("/gull.png", picture.read_bytes())
        yield server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, web: LinkServer) -> Iterator[StudioProcess]:
    allowed = f"127.0.0.1:{web.port}"
    with whole_studio(tmp_path_factory, OUTBOUND_ALLOW=allowed) as studio:
        yield studio


def test_a_link_pasted_on_a_slot_becomes_its_picture(walker: Walker, web: LinkServer) -> None:
    page = walker.page
    walker.new_project("Links")
    walker.choose_model("Token360", "Seedance 2.0 Fast")
    walker.choose("duration_s", "4")
    page.evaluate(PASTE, ["[data-slot=first_frame] input[type=file]", web.url("/gull.png")])
    page.wait_for_selector("[data-slot=first_frame].filled:not(.busy) .light.fits", timeout=30_000)
    assert page.get_attribute("[data-slot=first_frame] [data-slot-name]", "title") == "gull.png"
    walker.generate("Gulls over the harbour")
    walker.wait_for_poster()


def test_a_link_in_the_field_by_keyboard(walker: Walker, web: LinkServer) -> None:
    page = walker.page
    walker.new_project("Field")
    page.focus("[popovertarget=composer-link]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#composer-link:popover-open")
    wait_until(lambda: page.evaluate("document.activeElement.matches('[data-link-url]')"))
    page.keyboard.type(web.url("/gull.png"))
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-slot=first_frame].filled:not(.busy) img", timeout=30_000)
    assert not page.query_selector(".take, [data-take]"), "Enter in the field sends no take"
    kinds = page.evaluate("['/a.PDF', '/b.mov', '/c.wav', '/d'].map(path => Studio.kindOf(path))")
    assert kinds == ["document", "clip", "sound", "image"]


def test_a_dead_link_says_so_below_the_slots(walker: Walker, web: LinkServer) -> None:
    page = walker.page
    walker.new_project("Dead")
    page.evaluate(PASTE, ["[data-slot=first_frame] input[type=file]", web.url("/gone.png")])
    page.wait_for_selector("[data-slot-errors] .error", timeout=30_000)
    assert "could not be fetched" in page.inner_text("[data-slot-errors]")
    walker.expected.append("422")  # the browser's own line


def test_a_link_in_the_prompt_stays_words(walker: Walker, web: LinkServer) -> None:
    page = walker.page
    walker.new_project("Words")
    before = web.hits["/gull.png"]
    page.evaluate(PASTE, ["textarea[name=prompt]", web.url("/gull.png")])
    page.wait_for_timeout(300)
    assert web.hits["/gull.png"] == before and not page.query_selector("[data-slot].busy")
