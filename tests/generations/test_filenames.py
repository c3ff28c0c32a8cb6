"""Names of files that leave the studio: told apart, taken by every system, and of guests nothing more."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest

from generations.filenames import file_name, joined
from generations.models import ShareItem
from providers.ids import new_id
from tests.generations.shared import guest_at, make_take, share_of, take_key

BAD = set('<>:"/\\|?*')


def named(prompt: str = "A boat", project: str = "Harbour", version: int = 0, kind: str = "video") -> str:
    place: Any = SimpleNamespace(name=project)
    take: Any = SimpleNamespace(project=place, prompt=prompt, version_no=version, pk=new_id())
    name = file_name(take, kind, ".mp4")
    assert take.pk.hex[-6:] in name
    return name.replace(take.pk.hex[-6:], "ID")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "Harbour - A boat - ID.mp4"),
        ({"version": 2, "kind": "last_frame"}, "Harbour - A boat - V2 - ID - last frame.mp4"),
        ({"prompt": ""}, "Harbour - Untitled take - ID.mp4"),
        ({"prompt": f"A hand {40 * 'x'}"}, "Harbour - A hand - ID.mp4"),
        ({"prompt": "one\ntwo"}, "Harbour - one - ID.mp4"),
        ({"prompt": 'a/b\\c: "d" <e>|f?*'}, "Harbour - a-b-c- -d- -e-f - ID.mp4"),
        ({"project": "NUL"}, "NUL - A boat - ID.mp4"),
        ({"project": "../..", "prompt": "..."}, "- - ID.mp4"),
    ],
)  # fmt: skip
def test_a_name_says_project_words_version_and_number(given: dict[str, Any], name: str) -> None:
    assert named(**given) == name


@pytest.mark.parametrize("sign", ["x", "日", "é", "👩‍👩‍👧", "a b "])
def test_no_name_is_too_long_for_a_disk(sign: str) -> None:
    name = named(prompt=sign * 200, project=sign * 80, version=12, kind="last_frame")
    assert len(name.encode()) < 240 and not BAD & set(name)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["CON"], "_CON.zip"),
        (["com1.x"], "_com1.x.zip"),
        (["Console"], "Console.zip"),
        (["a. ", " .b"], "a - b.zip"),
    ],
)
def test_no_name_is_a_device_of_windows(parts: list[str], name: str) -> None:
    assert joined(parts, ".zip") == name


@pytest.mark.django_db
def test_guests_read_title_number_caption_and_version_alone(project: Any) -> None:
    take = make_take(project, prompt="zqsecret prompt", version_no=2)
    share, token = share_of(take, may_download=True, title="First: Light")
    caller, key = guest_at(token), take_key(share, take)
    for caption, name in (
        ("", "First- Light 01 - V2.mp4"),
        ("The pier", "First- Light 01 - The pier - V2.mp4"),
    ):
        ShareItem.objects.filter(share=share).update(caption=caption)
        shown = unquote(caller.get(f"/{key}/download")["Content-Disposition"])
        assert shown == f'attachment; filename="{name}"'
