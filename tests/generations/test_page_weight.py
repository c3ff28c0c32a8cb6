"""What a browser fetches before any picture: page, styles and scripts, as they are sent."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from generations.models import Output
from tests.factories import make_model, make_take_row

pytestmark = pytest.mark.django_db
STATIC = Path(settings.BASE_DIR) / "static"
MOST_BYTES = 200_000
LONG = "A slow pan over the roofs of the old harbour town while the lamps come on one by one along the quay. "


def weight(page: bytes) -> int:
    """Each file as WhiteNoise keeps it, with gzip; a browser takes Brotli where that is smaller."""
    named = set(re.findall(rb'(?:src|href)="/static/([^"#?]+)', gzip.decompress(page)))
    files = [STATIC / name.decode() for name in named]
    assert len(files) > 20 and all(path.exists() for path in files)
    return len(page) + sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)


def test_a_full_studio_page_is_light(signed_in: Any, bob: Any, project: Any) -> None:
    model = make_model()
    for number in range(60):
        take = make_take_row(project=project, model=model, status="completed", prompt=f"{LONG * 3} {number}")
        for kind in ("video", "poster"):
            Output.objects.create(
                generation=take, kind=kind, file=f"{take.pk}.{kind}", mime="video/mp4", size_bytes=1
            )
    answer = signed_in(bob).get(f"/p/{project.slug}/", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.content).count(b"data-status=") >= 40
    assert weight(answer.content) <= MOST_BYTES


def test_no_style_of_a_long_page_looks_at_all_of_it(signed_in: Any, bob: Any, project: Any) -> None:
    """``body:has(…)`` has every card styled anew with every change anywhere, see
    docs/decisions/2026-11-22-light-pages.md."""
    asked = re.compile(
        r"^(?!@media \(scripting: none\)).*\b(?:html|body|:root|\.selecting):(?:not\(:)?has\(", re.MULTILINE
    )
    for address in ("", "gallery", "assets"):
        page = signed_in(bob).get(f"/p/{project.slug}/{address}").content.decode()
        named = re.findall(r'href="/static/(css/[^"]+)"', page)
        assert len(named) > 20
        found = {name: asked.findall((STATIC / name).read_text()) for name in named}
        assert not {name: rules for name, rules in found.items() if rules}
