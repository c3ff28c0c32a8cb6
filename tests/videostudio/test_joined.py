"""Styles and scripts that come as one file, once they are collected."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template import Context, Engine, TemplateSyntaxError
from django.test import override_settings

from videostudio import joined
from videostudio.supervisor import prepare

STATIC = Path(settings.BASE_DIR) / "static"
PARTS = ["vendor/htmx-2.0.11.min.js", "vendor/idiomorph-0.8.0.min.js"]
MOST_BYTES = 150_000  # the page itself comes on top, see test_page_weight


@pytest.fixture(scope="module")
def collected(tmp_path_factory: Any) -> Iterator[Path]:
    """As the supervisor does it, into a folder of its own."""
    folder = tmp_path_factory.mktemp("static")
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": "videostudio.joined.JoiningStorage"}}
    with override_settings(STORAGES=storages, STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield folder


def page_of(source: str) -> str:
    return Engine.get_default().from_string("{% load static ui %}" + source).render(Context())


def named_in(page: str) -> list[str]:
    return re.findall(r'<(?:link rel="stylesheet" href|script defer src)="/static/([^"]+)"', page)


@override_settings(STORAGES=settings.STORAGES)  # whatever a fixture does meanwhile
def test_before_they_are_collected_the_parts_stand_in_the_page() -> None:
    scripts = "".join(f"<script defer src=\"{{% static '{part}' %}}\"></script>" for part in PARTS)
    assert named_in(page_of(f"{{% joined %}}{scripts}{{% endjoined %}}")) == PARTS


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/p/{slug}/", "/p/{slug}/gallery", "/me"])
def test_once_collected_a_page_has_two_styles_and_two_scripts_at_most(
    path: str, collected: Path, signed_in: Any, bob: Any, project: Any
) -> None:
    page = signed_in(bob).get(path.format(slug=project.slug)).content.decode()
    named = [name for name in named_in(page) if name.startswith("joined/")]
    assert len(named) == len(set(named)) == (2 if path == "/me" else 4)
    assert all(name in named or path == "/me" for name in named_in(page))
    sent = [(collected / f"{name}.gz").stat().st_size for name in named]
    assert sum(sent) <= MOST_BYTES, sent


def test_a_joined_file_has_every_part_in_its_order(collected: Path) -> None:
    joins = list(joined.every_join())
    assert ["css/tokens.css", "css/base.css"] in [parts[:2] for parts in joins]
    for parts in joins:
        content = (collected / joined.name_of(parts)).read_bytes()
        places = [content.index((STATIC / part).read_bytes()) for part in parts]
        assert places == sorted(places) and places[0] == 0


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "{% if a %}{% endif %}",
        "{% static name %}",
        "{% static 'css/base.css' %}{% static 'js/live.js' %}",
        "{% static 'logo.svg' %}",
    ],
)
def test_only_styles_or_only_scripts_by_their_names(inside: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="joined"):
        page_of(f"{{% joined %}}{inside}{{% endjoined %}}")


def test_a_template_that_changed_is_collected_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What belongs together is said there."""
    root, templates = tmp_path / "root", tmp_path / "templates"
    root.mkdir(), templates.mkdir()
    (templates / "page.html").write_text("x")
    calls: list[str] = []

    def collect(name: str, **_options: Any) -> None:
        calls.append(name)
        (root / "staticfiles.json").write_text("{}")

    monkeypatch.setattr(prepare, "call_command", collect)
    monkeypatch.setattr(joined, "sources", lambda: [templates])
    with override_settings(STATIC_ROOT=root):
        prepare.collect_static(), prepare.collect_static()
        assert len(calls) == 1
        later = (root / "staticfiles.json").stat().st_mtime + 10
        os.utime(templates / "page.html", (later, later))
        prepare.collect_static()
    assert len(calls) == 2
