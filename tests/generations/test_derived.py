"""Copies of assets: made once, linked to the original, asked for by fields that say no by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generations.media import Edit
from generations.models import Asset
from generations.services.assets import UploadRefused, copy_into, purge_asset, trash_asset
from generations.services.compose import Refused
from generations.services.derived import derive_asset, edited, original_of, read_edit
from generations.storage import media_store
from tests import media_files as make
from tests.factories import make_asset, make_project, make_user, save_asset

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roomy_store")]


@pytest.fixture
def project() -> Any:
    return make_project(make_user())


def keep(project: Any, path: Path) -> Asset:
    return save_asset(project.created_by, project, path)


def derive(asset: Asset, **wish: Any) -> Asset:
    return derive_asset(asset.owner, asset, read_edit(asset, wish))


def test_a_copy_is_an_asset_of_its_own_and_the_original_stays(project: Any, tmp_path: Path) -> None:
    source = make.make_jpeg(tmp_path / "harbour.jpg", (400, 300), orientation=6)
    asset = keep(project, source)
    copy = derive(asset, op="crop", ratio="1:1")
    assert (copy.derived_from, copy.derivation) == (asset, {"op": "crop", "ratio": "1:1"})
    assert (copy.width, copy.height, copy.name, copy.facts) == (
        300,
        300,
        "harbour (1x1).jpg",
        {"colours": "RGB"},
    )
    assert media_store().path(asset.file).read_bytes() == source.read_bytes()
    assert media_store().path(copy.thumb).exists()


def test_a_copy_says_whose_it_is_as_the_original_does(project: Any, tmp_path: Path) -> None:
    asset = keep(project, make.make_jpeg(tmp_path / "harbour.jpg", (400, 300)))
    asset.rights, asset.release = {"likeness": "Mira"}, make_asset(project=project)
    asset.save()
    copy = derive(asset, op="crop", ratio="1:1")
    assert (copy.rights, copy.release) == (asset.rights, asset.release)
    elsewhere = copy_into(asset.owner, asset, make_project())
    assert (elsewhere.rights, elsewhere.release) == (asset.rights, None)


def test_the_same_wish_is_the_same_asset(project: Any, tmp_path: Path) -> None:
    asset = keep(project, make.make_jpeg(tmp_path / "a.jpg", (400, 300)))
    first = derive(asset, op="crop", ratio="1:1", x=0.5)
    assert derive(asset, op="crop", ratio="1:1", x="0.50000001", y="") == first
    assert derive(asset, op="crop", ratio="1:1", x=0.1) != first
    assert Asset.objects.count() == 3


def test_a_copy_in_the_trash_is_made_anew(project: Any, tmp_path: Path) -> None:
    asset = keep(project, make.make_jpeg(tmp_path / "a.jpg", (400, 300)))
    first = derive(asset, op="crop", ratio="1:1")
    trash_asset(first.owner, first)
    assert derive(asset, op="crop", ratio="1:1") != first


def test_facts_of_a_clip_are_kept_and_told_to_the_check(project: Any, tmp_path: Path) -> None:
    clip = keep(project, make.make_hevc(tmp_path / "phone.mov"))
    assert clip.facts == {"video_codec": "hevc"} and clip.as_media().video_codec == "hevc"
    copy = derive(clip, op="convert")
    assert (copy.mime, copy.facts["video_codec"], copy.name) == ("video/mp4", "h264", "phone (copy).mp4")


def test_a_picture_out_of_a_clip_is_a_picture(project: Any, tmp_path: Path) -> None:
    clip = keep(project, make.make_mp4(tmp_path / "a.mp4"))
    still = derive(clip, op="frame", at_s=0.5)
    assert (still.kind, still.mime, original_of(still)) == ("image", "image/png", clip)
    assert edited(still) == (still, Edit())  # it is cut by itself


def test_further_wishes_join_those_on_the_original(project: Any, tmp_path: Path) -> None:
    asset = keep(project, make.make_jpeg(tmp_path / "a.jpg", (400, 300)))
    copy = derive(asset, op="crop", ratio="1:1", x=0.2)
    assert edited(copy) == (asset, Edit(op="crop", ratio="1:1", x=0.2))
    trash_asset(asset.owner, asset)
    copy.refresh_from_db()
    assert edited(copy) == (copy, Edit())


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"op": "melt"}, "op"),
        ({"op": "frame"}, "op"),
        ({"op": "crop"}, "ratio"),
        ({"op": "crop", "ratio": "wide"}, "ratio"),
        ({"op": "crop", "ratio": "99:1"}, "ratio"),
        ({"op": "crop", "ratio": "1:1", "fill": "blur"}, "fill"),
        ({"op": "pad", "ratio": "1:1", "fill": "pink"}, "fill"),
        ({"op": "crop", "ratio": "1:1", "x": "nan"}, "x"),
        ({"op": "crop", "ratio": "1:1", "y": 1.1}, "y"),
        ({"op": "convert", "mime": "image/svg+xml"}, "mime"),
        ({"op": "shrink", "max_bytes": 5}, "max_bytes"),
        ({"op": "shrink", "start_s": 1}, "start_s"),
        ({"op": "shrink", "path": "/etc/passwd"}, "path"),
    ],
)
def test_what_makes_no_sense_for_a_picture_is_refused_by_name(wish: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        read_edit(make_asset(), wish)
    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"op": "trim"}, "end_s"),
        ({"op": "trim", "start_s": 0, "end_s": 5}, "end_s"),
        ({"op": "trim", "start_s": 3, "end_s": 2}, "start_s"),
        ({"op": "trim", "start_s": 9}, "start_s"),
        ({"op": "frame", "at_s": 9}, "start_s"),
        ({"op": "pad", "ratio": "1:1", "fill": "blur"}, "fill"),
        ({"op": "convert", "mime": "video/webm"}, "mime"),
    ],
)
def test_what_makes_no_sense_for_a_clip_is_refused_by_name(wish: dict[str, Any], field: str) -> None:
    clip = make_asset(kind="clip", mime="video/mp4", duration_s=5.0)
    with pytest.raises(Refused) as refused:
        read_edit(clip, wish)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_of_a_purged_file_no_copy_is_made(project: Any, tmp_path: Path) -> None:
    asset = keep(project, make.make_jpeg(tmp_path / "a.jpg", (400, 300)))
    purge_asset(asset)
    asset.refresh_from_db()
    with pytest.raises(UploadRefused) as refused:
        derive(asset, op="crop", ratio="1:1")
    assert refused.value.code == "cannot_edit"


def test_a_wish_that_cannot_be_met_leaves_nothing_behind(project: Any, tmp_path: Path) -> None:
    asset = keep(project, make.make_jpeg(tmp_path / "a.jpg", (40, 30)))
    files = sorted(media_store().root.rglob("*"))
    with pytest.raises(UploadRefused, match="too small"):
        derive(asset, op="enlarge", min_side_px=300)
    assert Asset.objects.count() == 1 and sorted(media_store().root.rglob("*")) == files


@pytest.mark.parametrize(
    "name", ["../../etc/пароль.jpg", "C:\\photos\\写真.jpg", "a\u202egpj.exe.jpg", "/.jpg"]
)
def test_a_copy_is_named_after_any_name_and_lies_in_the_store(
    project: Any, tmp_path: Path, name: str
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from generations.services.assets import save_upload

    data = make.make_jpeg(tmp_path / "a.jpg", (40, 30)).read_bytes()
    asset = save_upload(project.created_by, project, SimpleUploadedFile("a.jpg", data), name=name)
    copy = derive(asset, op="crop", ratio="1:1")
    assert "/" not in copy.name and "\\" not in copy.name and "\u202e" not in copy.name
    assert media_store().path(copy.file).resolve().is_relative_to(media_store().root.resolve())
