"""Which poster a browser takes for a card: the small one wherever that is enough."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from generations.models import Output
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
