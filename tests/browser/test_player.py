"""Player and comparison are exact to the frame: each frame of these clips carries its number, which is read
back from what the browser shows. The server is the test's own, for takes that no gateway made."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from math import ceil, floor
from pathlib import Path
from statistics import median_high
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from generations.media import probe, rates
from generations.models import Generation, Rating
from generations.services import proxies, stacks
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

# the numbers in all clips at one moment, again and again while they play
IN_STEP = f"""async (seconds) => {{
    const videos = [...document.querySelectorAll("[data-compare] video")], seen = [];
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {{
        await new Promise(requestAnimationFrame);
        seen.push(videos.map({NUMBER}));
    }}
    return seen;
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
    assert min(seen) in (20, 21) and max(seen) <= 31 and len(seen) > 5  # a browser may be one frame late
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


def out_of_step(numbers: list[int], clip_rates: list[Fraction]) -> int:
    """By how many frames the worst pair is apart; 0 where each is one that belongs beside the other."""
    worst = 0
    for one, rate in zip(numbers, clip_rates, strict=True):
        for other, pace in zip(numbers, clip_rates, strict=True):
            first, last = floor(one / rate * pace), ceil((one + 1) / rate * pace) - 1
            worst = max(worst, first - other, other - last)
    return worst


def test_clips_play_in_step(page: Any, live_server: Any, stage: Callable[..., Any], project: Any) -> None:
    paces = [Fraction(24), Fraction(24), Fraction(30), FILM]
    takes = [
        stage(24, total=264, gop=24, bframes=2),
        stage(24, total=300, gop=24),
        stage(30, total=330, gop=24, shift=3, bframes=2),
        stage(FILM, total=264, gop=24, audio=True),
    ]
    chosen = "&".join(f"take={take.pk}" for take in takes)
    page.goto(f"{live_server.url}/p/{project.slug}/compare?{chosen}")
    page.wait_for_selector("[data-compare] .transport:not([hidden])")
    page.keyboard.press("Space")
    seen = [numbers for numbers in page.evaluate(IN_STEP, 10.5) if min(numbers) > 12]  # under way
    apart = [out_of_step(numbers, paces) for numbers in seen]
    # a busy machine shows frames late, which is no drift: that stays, and is there at the end
    assert len(seen) > 60 and max(seen[-1]) > 240
    together = sum(gap <= 1 for gap in apart) / len(apart)
    assert together >= 0.75 and median_high(apart[-30:]) <= 1, list(zip(apart, seen, strict=True))

    # one that falls behind is brought back
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_timeout(600)
    page.locator("video").nth(1).evaluate("video => { video.currentTime -= 0.17 }")
    page.wait_for_timeout(2500)
    apart = [out_of_step(numbers, paces) for numbers in page.evaluate(IN_STEP, 0.5)]
    assert median_high(apart) <= 1

    # paused, each stands in the frame of that moment
    page.keyboard.press("k")
    stand = wait_until(lambda: _together(page, paces), 10)
    for key in ("ArrowLeft", "Shift+ArrowLeft", "Home", "ArrowRight"):
        page.keyboard.press(key)
        wait_until(lambda before=stand: _together(page, paces) not in ([], before), 10)
        stand = _together(page, paces)


def _together(page: Any, paces: list[Fraction]) -> list[int]:
    """The frames that stand there, where they belong together and are those that are said; else none."""
    numbers = page.evaluate(IN_STEP, 0.1)[-1]
    said = page.eval_on_selector_all("[data-clip-frame]", "all => all.map(one => Number(one.textContent))")
    return numbers if said == numbers and out_of_step(numbers, paces) == 0 else []


def test_two_clips_in_one_place(page: Any, live_server: Any, stage: Callable[..., Any], project: Any) -> None:
    takes = [stage(24), stage(24)]
    chosen = "&".join(f"take={take.pk}" for take in takes)
    back = f"/p/{project.slug}/gallery?mark=pick"
    page.goto(f"{live_server.url}/p/{project.slug}/compare?{chosen}&back={quote(back)}")
    page.wait_for_selector("[data-compare] .transport:not([hidden])")
    assert page.get_attribute("a:has-text('Back to the gallery')", "href") == back

    # the divider goes by pointer and by key, and what lies left of it is the other clip
    page.click("[data-view-set=wipe]")
    box = page.locator("[data-stage]").bounding_box()
    divider = page.locator("[data-divider]")
    grip = divider.bounding_box()
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, grip["y"] + 20, steps=3)
    page.mouse.up()
    assert divider.get_attribute("aria-valuenow") == "25"
    divider.press("Shift+ArrowRight")
    divider.press("ArrowLeft")
    assert divider.get_attribute("aria-valuenow") == "33"
    assert page.inner_text("[data-clip-frame]") == "0"  # the keys moved the divider, not the clips
    second = page.locator("figure + figure video")
    assert second.evaluate("video => getComputedStyle(video).clipPath") == "inset(0px 0px 0px 33%)"
    first = page.locator("figure video").first
    assert first.bounding_box() == second.bounding_box()

    # of the same clip twice nothing is left; at another frame of one, something is
    page.keyboard.press("Escape")
    page.locator("body").press("d")
    assert page.get_attribute("[data-view-set=difference]", "aria-pressed") == "true"
    page.locator("body").press("Shift+ArrowRight")
    page.wait_for_selector("[data-clip-frame]:text-is('10')")
    wait_until(lambda: light_of(first) < 20, 10)
    second.evaluate("video => { video.currentTime = 1.02 }")
    wait_until(lambda: light_of(first) > 100, 10)
    page.locator("body").press("d")
    assert page.get_attribute("[data-compare]", "data-view") == "side"


def test_a_take_is_sorted_beside_its_player(
    page: Any, live_server: Any, stage: Callable[..., Any], project: Any, alice: Any
) -> None:
    take, other = stage(24), stage(24)
    stacks.stack(alice, project, [take.pk, other.pk])
    page.goto(f"{live_server.url}{take.get_absolute_url()}")
    page.wait_for_selector(".player.scripted")
    for key in ("p", "4", "2", "t"):
        page.keyboard.press(key)
    assert page.get_attribute(".sorting .pick", "aria-pressed") == "true"  # at once
    page.keyboard.type("night")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sorting .chip:has-text('night')")

    def stars() -> tuple[str, int, int]:
        take.refresh_from_db()
        return take.mark, int(take.stars), page.locator(".sorting .stars [aria-pressed=true]").count()

    wait_until(lambda: stars() == ("pick", 2, 2) or page.wait_for_timeout(50), 10, every=0)

    # back, one change after the other
    page.locator("body").press("Control+z")
    page.wait_for_selector(".sorting .chip", state="detached")
    page.locator("body").press("Control+z")
    mine = Rating.objects.filter(generation=take, stars=4)
    wait_until(lambda: mine.exists() or page.wait_for_timeout(50), 10, every=0)

    # its versions: this one on top, then out of the stack
    assert page.locator(".versions .ver").all_inner_texts()[1].split() == ["V2", "On", "top"]
    page.click("text=Put on top")
    page.wait_for_selector(".versions li:first-child small:has-text('On top')")
    page.click("text=Take out of the stack")
    page.wait_for_selector(".versions", state="detached")
    take.refresh_from_db()
    assert take.stack_id is None and standing(page, 24) == 0  # the player stayed


def light_of(video: Any) -> int:
    """The brightest pixel of what is drawn there."""
    return int(Image.open(BytesIO(video.screenshot())).convert("L").getextrema()[1])
