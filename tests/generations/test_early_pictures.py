"""The pictures that are seen first are fetched before the scripts, the others as somebody comes near them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from generations.models import Output
from tests.factories import make_model, make_take_row

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("address", "early"), [("", (1, 0)), ("gallery", (2, 6))])
def test_only_what_is_seen_first_is_fetched_first(
    signed_in: Any, bob: Any, project: Any, address: str, early: tuple[int, int]
) -> None:
    model = make_model()
    for _ in range(9):  # nine clicks, nine batches
        take = make_take_row(project=project, model=model, status="completed")
        for kind in ("video", "poster"):
            Output.objects.create(
                generation=take, kind=kind, file=f"{take.pk}.{kind}", mime="video/mp4", size_bytes=1
            )
    page = signed_in(bob).get(f"/p/{project.slug}/{address}").content.decode()
    first, with_them = early
    told = re.findall(r'src="/t/[^"]+/poster" alt=""([^>]*)>', page)
    later = [' loading="lazy" decoding="async"'] * (9 - first - with_them)
    assert told == [' fetchpriority="high"'] * first + [""] * with_them + later
