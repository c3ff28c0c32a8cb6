"""Copies of files through the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generations.models import Asset, Role
from tests.factories import add_member, make_asset, make_token, save_asset
from tests.media_files import make_jpeg, make_mp4

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roomy_store")]
CROP = {"op": "crop", "ratio": "1:1"}


@pytest.fixture
def picture(project: Any, bob: Any, tmp_path: Path) -> Asset:
    return save_asset(bob, project, make_jpeg(tmp_path / "a.jpg", (400, 300)))


@pytest.fixture
def derive(client: Any) -> Any:
    def send(person: Any, asset: Asset, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {make_token(person)}"}
        address = f"/api/v1/assets/{asset.pk}/derive"
        return client.post(address, json.dumps(body), content_type="application/json", headers=headers)

    return send


def test_a_copy_answers_with_its_facts_and_its_original(derive: Any, bob: Any, picture: Asset) -> None:
    reply = derive(bob, picture, CROP)
    told = reply.json()
    assert reply.status_code == 201 and (told["width"], told["height"]) == (300, 300)
    assert (told["derived_from"], told["derivation"], told["facts"]) == (
        str(picture.pk),
        CROP,
        {"colours": "RGB"},
    )
    assert derive(bob, picture, CROP).json()["id"] == told["id"]


def test_a_clip_gives_a_part_and_a_picture(derive: Any, bob: Any, project: Any, tmp_path: Path) -> None:
    clip = save_asset(bob, project, make_mp4(tmp_path / "a.mp4", 3))
    part = derive(bob, clip, {"op": "trim", "start_s": 1, "end_s": 2.0}).json()
    assert (part["duration_s"], part["facts"]["video_codec"]) == (1.0, "h264")
    assert derive(bob, clip, {"op": "frame", "at_s": 1.5}).json()["kind"] == "image"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"op": "crop"}, "ratio"),
        ({"op": "crop", "ratio": "0:0"}, "ratio"),
        ({"op": "trim", "end_s": 2.0}, "op"),
        ({"op": "convert", "mime": "text/html"}, "mime"),
        ({"op": "convert", "fps": 24.0}, "fps"),
    ],
)
def test_a_refusal_names_the_field(
    derive: Any, bob: Any, picture: Asset, body: dict[str, Any], field: str
) -> None:
    reply = derive(bob, picture, body)
    assert reply.status_code == 422 and reply.json()["error"]["field"] == field
    assert Asset.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"op": "melt"}, {"op": "crop", "ratio": "1:1", "x": 2}, {**CROP, "way": 1}, {**CROP, "x": "0.5"}],
)
def test_a_body_of_another_shape_is_refused(
    derive: Any, bob: Any, picture: Asset, body: dict[str, Any]
) -> None:
    assert derive(bob, picture, body).status_code == 422


def test_what_cannot_be_made_is_said(derive: Any, bob: Any, picture: Asset) -> None:
    reply = derive(bob, picture, {"op": "enlarge", "min_side_px": 900})
    assert reply.status_code == 422 and "too small" in reply.json()["error"]["message"]


def test_viewers_may_not_and_strangers_find_nothing(
    derive: Any, project: Any, picture: Asset, charlie: Any, make_person: Any
) -> None:
    viewer = make_person("victor")
    add_member(project, viewer, Role.VIEWER)
    assert derive(viewer, picture, CROP).status_code == 403
    assert derive(charlie, picture, CROP).status_code == 404
    assert derive(viewer, make_asset(), CROP).status_code == 404
