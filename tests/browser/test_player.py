"""Player and comparison are exact to the frame: each frame of these clips carries its number, which is read
back from what the browser shows. The server is the test's own, for takes that no gateway made."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from generations.media import probe, rates
from generations.models import Generation
from generations.services import proxies
from generations.storage import media_store
from tests import media_files as make
from tests.factories import make_model, make_output, make_take_row
from tests.generations.test_rates import TIMECODES
from tests.studio_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILM = Fraction(24000, 1001)
# the number in the picture that is shown
NUMBER = """(video) => {
    const canvas = document.createElement("canvas");
    const box = canvas.getContext("2d", {willReadFrequently: true});
    [canvas.width, canvas.height] = [160, 96];
    box.drawImage(video, 0, 0, 160, 96);
    let found = 0;
    for (let bit = 0; bit < 10; bit++) {
        const [light] = box.getImageData(32 * (bit % 5) + 16, 48 * Math.floor(bit / 5) + 24, 1, 1).data;
        found = found * 2 + (light > 127 ? 1 : 0);
    }
    return found;
}"""
STANDING = f"""async () => {{
    const video = document.querySelector("[data-player-root] video");
    const next = () => new Promise(requestAnimationFrame);
    const until = performance.now() + 10000;
    while ((video.seeking || video.readyState < 2) && performance.now() < until) await next();
    for (let turn = 0; turn < 3; turn++) await next();
    const said = (name) => document.querySelector(`[data-player-${{name}}]`).textContent;
    return [({NUMBER})(video), Number(said("frame")), said("time")];
}}"""
# what is shown while it plays
PLAYED = f"""async (seconds) => {{
    const video = document.querySelector("[data-player-root] video"), seen = new Set();
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {{
        await new Promise((done) => video.requestVideoFrameCallback(done));
        seen.add(({NUMBER})(video));
    }}
    return [...seen];
}}"""

SAME_CODES = "(rows) => rows.map(([frame, num, den]) => studioFrames.code(frame, num, den))"


@pytest.fixture
def stage(page: Any, live_server: Any, alice: Any, project: Any, signed_in: Any, tmp_path: Path) -> Any:
    """``stage(rate, …)``: a finished take whose clip has numbered frames; the browser is alice's."""
    cookies = signed_in(alice).cookies
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in cookies.items()]
    )
    model = make_model()

    def take(rate: Fraction | int = 24, **options: Any) -> Generation:
        clip = make.make_numbered(tmp_path / "numbered.mp4", rate, **options)
        facts = probe(clip, mime="video/mp4")
        made = make_take_row(project=project, model=model, status="completed", hold=False)
        measures = {name: getattr(facts, name) for name in ("width", "height", "duration_s", "fps")}
        make_output(made, clip.read_bytes(), facts=facts.of_clip(), **measures)
        return made

    return take


def standing(page: Any, rate: Fraction | int) -> int:
    """The frame that stands there: what is in the picture, what is said beside it and its timecode agree."""
    number, said, time = page.evaluate(STANDING)
    assert number == said and time == rates.timecode(said, Fraction(rate))
    return int(number)


def frame_said(page: Any) -> int:
    return int(page.inner_text("[data-player-frame]"))


def after(page: Any, rate: Fraction | int, *keys: str) -> int:
    for key in keys:
        page.keyboard.press(key)
    return standing(page, rate)


CLIPS: list[dict[str, Any]] = [
    {"rate": FILM, "bframes": 2, "audio": True},
    {"rate": 24},
    {"rate": 24, "bframes": 2, "shift": 3, "gop": 48},  # the first frame is not at 0
    {"rate": 25, "gop": 48},
    {"rate": 30, "bframes": 2},
]


def test_what_is_shown_is_the_frame_that_is_said(
    page: Any, live_server: Any, stage: Callable[..., Any]
) -> None:
    for clip in CLIPS:
        rate, take = clip["rate"], stage(**clip)
        page.goto(f"{live_server.url}{take.get_absolute_url()}")
        page.wait_for_selector(".player.scripted")
        assert standing(page, rate) == 0
        assert after(page, rate, "ArrowRight") == 1
        assert after(page, rate, "ArrowRight", "ArrowRight", "ArrowRight") == 4  # faster than it seeks
        assert after(page, rate, "ArrowLeft") == 3
        assert after(page, rate, "Shift+ArrowRight") == 13
        assert after(page, rate, "End") == 47 and after(page, rate, "ArrowRight") == 47
        for at in range(46, 40, -1):
            assert after(page, rate, "ArrowLeft") == at
        assert after(page, rate, "Home") == 0 and after(page, rate, "ArrowLeft") == 0
        box = page.locator("[data-timeline]").bounding_box()
        page.mouse.click(box["x"] + box["width"] * 20.5 / 48, box["y"] + 10)
        assert standing(page, rate) == 20

    assert page.evaluate(
        SAME_CODES, [[frame, *map(int, told.split("/"))] for frame, told, _words in TIMECODES]
    ) == [words for _frame, _told, words in TIMECODES]


def test_a_proxy_stands_in_where_the_clip_is_not_found_frame_by_frame(
    page: Any, live_server: Any, stage: Callable[..., Any]
) -> None:
    take = stage(FILM, codec="libx265", gop=48)
    proxies.make(media_store(), take, take.outputs.get())
    page.goto(f"{live_server.url}{take.get_absolute_url()}")
    page.wait_for_selector(".player.scripted")
    page.get_by_text("Not every browser plays how the clip is stored.").wait_for()
    assert page.get_attribute("video", "src").endswith("/proxy")
    assert page.get_attribute("a:has-text('Download ')", "href").endswith("/video")
    assert standing(page, FILM) == 0 and after(page, FILM, "End") == 47
    assert after(page, FILM, "Shift+ArrowLeft", "ArrowLeft") == 36


def test_a_loop_holds_its_first_and_its_last_frame(
    page: Any, live_server: Any, stage: Callable[..., Any]
) -> None:
    page.goto(f"{live_server.url}{stage(FILM, bframes=2).get_absolute_url()}")
    page.wait_for_selector(".player.scripted")
    assert after(page, FILM, "Shift+ArrowRight", "Shift+ArrowRight", "i") == 20
    assert after(page, FILM, "Shift+ArrowRight", "o") == 30
    page.keyboard.press("Space")
    seen = page.evaluate(PLAYED, 1.5)
    page.keyboard.press("k")
    assert min(seen) == 20 and max(seen) <= 31 and len(seen) > 5  # a browser may be one frame late
    # past the end of the loop it begins anew; without it, it goes on to the end and begins there
    assert after(page, FILM, "End") == 47
    page.keyboard.press("Space")
    assert max(page.evaluate(PLAYED, 0.4)) <= 47
    page.keyboard.press("k")
    assert 20 <= after(page, FILM, "Shift+I") <= 31

    # backwards, at twice the speed; the speed that was chosen comes back
    page.click("[data-player=speed]")
    assert after(page, FILM, "End") == 47
    page.keyboard.press("j")
    page.keyboard.press("j")
    wait_until(lambda: frame_said(page) < 30 or page.wait_for_timeout(20), 10, every=0)
    assert 0 <= after(page, FILM, "k") < 30
    page.keyboard.press("l")
    assert page.inner_text("[data-player=speed] [data-words]") == "1×"
    page.keyboard.press("k")
    assert page.inner_text("[data-player=speed] [data-words]") == "1.5×"

    # the sound that was chosen stays
    page.keyboard.press("m")
    page.reload()
    page.wait_for_selector(".player.scripted[data-muted]")
