"""A hundred posters, of every shape and late, move nothing that stands on the page."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from generations.models import Output
from tests.factories import make_model, make_output, make_take_row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHAPES = [(640, 360), (360, 640), (480, 480), (840, 360)]
TAKES = 100
# what moved without a person's doing, by the browser's own count
WATCH = """
    window.moved = [];
    new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) {
            window.moved.push([shift.value, ...shift.sources.map(({node}) => node?.outerHTML?.slice(0, 90))]);
        }
    }).observe({type: "layout-shift", buffered: true});
"""
POSTERS = ".take img[src*='/poster']"


def poster(size: tuple[int, int]) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (40, 90, 140)).save(out, "WEBP")
    return out.getvalue()


@pytest.fixture
def hundred(page: Any, live_server: Any, alice: Any, project: Any, signed_in: Any) -> None:
    model, pictures = make_model(), [poster(size) for size in SHAPES]
    for number in range(TAKES):
        take = make_take_row(project=project, model=model, status="completed", hold=False)
        width, height = SHAPES[number % len(SHAPES)]
        make_output(take, width=width, height=height, duration_s=5.0, fps=24.0)
        make_output(take, pictures[number % len(SHAPES)], kind=Output.Kind.POSTER)
    cookies = signed_in(alice).cookies
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in cookies.items()]
    )


def test_a_hundred_posters_that_come_late_move_nothing(page, live_server, project, hundred):
    held = []
    late = True
    page.route("**/poster*", lambda route: held.append(route) if late else route.continue_())
    page.add_init_script(WATCH)
    page.goto(f"{live_server.url}/p/{project.slug}/gallery", wait_until="domcontentloaded")
    page.wait_for_selector("#wall [data-take]")
    while len(page.query_selector_all("#wall [data-take]")) < TAKES:
        before = len(page.query_selector_all("#wall [data-take]"))
        page.mouse.wheel(0, 100_000)
        page.wait_for_selector(f"#wall [data-take]:nth-of-type({before + 1})", state="attached")
    page.keyboard.press("Home")
    page.wait_for_timeout(300)
    assert held, "the posters are asked for"
    late = False
    for route in held:
        route.continue_()
    page.locator(POSTERS).first.evaluate("image => image.decode()")
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") == []
