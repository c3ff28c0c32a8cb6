"""Which poster a browser takes for a card: the small one wherever that is enough. And a file that is not
whole yet, discarded."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from generations.models import Output, Upload
from generations.services import chunks
from tests.factories import make_model, make_output, make_take_row
from tests.studio_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
POSTERS = {Output.Kind.POSTER: (1280, 720), Output.Kind.SMALL: (480, 270)}
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def take(project: Any) -> Any:
    take = make_take_row(project=project, model=make_model(), status="completed", hold=False)
    make_output(take, width=1280, height=720)
    for kind, (width, height) in POSTERS.items():
        out = BytesIO()
        Image.new("RGB", (width, height), (40, 90, 140)).save(out, "WEBP")
        make_output(take, out.getvalue(), kind=kind, width=width, height=height)
    return take


@pytest.mark.parametrize(
    ("address", "viewport", "density", "kind"),
    [
        ("/gallery", PHONE, 3, "small"),
        ("/gallery", WIDE, 1, "small"),
        ("/gallery", WIDE, 2, "poster"),
        ("/", PHONE, 1, "small"),
        ("/", WIDE, 1, "poster"),  # alone in its batch it is large
    ],
)
def test_a_card_takes_the_small_poster_where_that_is_enough(
    look: Any, alice: Any, project: Any, take: Any, address: str, viewport: Any, density: int, kind: str
) -> None:
    path = f"/p/{project.slug}{address}"
    page = look(path, alice, viewport=viewport, device_scale_factor=density).page
    picture = page.locator(".take .pic > img")
    assert wait_until(lambda: picture.evaluate("image => image.currentSrc")).endswith(f"/{take.pk}/{kind}")
    box = page.locator(".take .pic").bounding_box()
    assert abs(box["width"] / box["height"] - 16 / 9) < 0.02  # far from the window too it keeps its size


def test_one_of_two_that_are_not_whole_is_discarded(look: Any, alice: Any, project: Any) -> None:
    for name in ("a.mp4", "b.mp4"):
        chunks.begin(alice, project, name=name, size_bytes=1000)
    walker = look(f"/p/{project.slug}/assets", alice)
    assert walker.axe() == []
    walker.page.get_by_role("button", name="Discard a.mp4").click()
    walker.settle()
    assert walker.page.locator("[data-part-name]").all_inner_texts()[0].startswith("b.mp4")
    assert [row.name for row in Upload.objects.all()] == ["b.mp4"]
    walker.page.get_by_role("button", name="Discard b.mp4").click()
    walker.settle()
    assert walker.page.locator("[data-unfinished]").count() == 0 and not Upload.objects.exists()
