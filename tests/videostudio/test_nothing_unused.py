"""What no page uses is not kept: shared templates, and attributes that scripts wait for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = {path: path.read_text() for path in (ROOT / "templates").rglob("*.html")}
SCRIPTS = {path: path.read_text() for path in (ROOT / "static" / "js").glob("*.js")}
PYTHON = [
    path.read_text()
    for package in ("generations", "videostudio", "providers")
    for path in (ROOT / package).rglob("*.py")
]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates" / "components").glob("*.html")), ids=lambda p: p.name
)
def test_a_shared_template_is_included_somewhere(path: Path) -> None:
    others = [text for other, text in TEMPLATES.items() if other != path]
    included = any(f"components/{path.name}" in text for text in [*others, *PYTHON])
    assert included or any(f'_frame("{path.stem}"' in text for text in PYTHON)


@pytest.mark.parametrize("path", sorted(SCRIPTS), ids=lambda p: p.name)
def test_an_attribute_that_a_script_looks_for_stands_in_some_page(path: Path) -> None:
    told = " ".join([*TEMPLATES.values(), *PYTHON])
    for name in set(re.findall(r"\[(data-[a-z-]+)", SCRIPTS[path])):
        word = re.sub(r"-([a-z])", lambda found: found[1].upper(), name.removeprefix("data-"))
        set_by_script = any(
            re.search(rf"dataset\.{word}\s*=[^=]|\"{name}\"|{name}=", text) for text in SCRIPTS.values()
        )
        assert re.search(rf"{name}\b", told) or set_by_script, name
