"""Files put into the composer, with scripts and without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from generations.models import Asset, Generation
from tests.factories import CAPABILITIES, make_asset, make_model
from tests.generations.composer.page import REFERENCES, slots_in
from tests.media_files import make_image

pytestmark = pytest.mark.django_db


def test_an_upload_becomes_an_asset_with_its_light(send: Any, tmp_path: Path):
    picture = make_image(tmp_path / "still.png", (640, 360))
    file = SimpleUploadedFile("still.png", Path(picture).read_bytes(), "image/png")
    told = send("upload", file=file, slot="first_frame").json()
    asset = Asset.objects.get(pk=told["id"])
    assert asset.name == "still.png" and told["light"] == "fits" and told["thumb_url"]


@pytest.mark.parametrize(
    ("name", "content"), [("a.png", b"not a picture"), ("a.svg", b"<svg/>"), ("a.png", b"")]
)
def test_a_bad_file_is_refused_in_words(send: Any, name: str, content: bytes):
    reply = send("upload", file=SimpleUploadedFile(name, content), slot="first_frame")
    assert reply.status_code == 422 and reply.json()["error"]
    assert Asset.objects.count() == 0


def test_a_picture_too_large_offers_a_smaller_copy(send: Any, project: Any, model: Any):
    model.capabilities = {**CAPABILITIES, "max_body_bytes": 700_000}
    model.save()
    asset = make_asset(project=project, size_bytes=3_000_000)
    page = send("composer", first_frame=str(asset.pk)).content.decode()
    assert "3.0 MB" in page and f"/a/{asset.pk}/fix" in page


def test_without_scripts_a_file_comes_along_with_the_form(send: Any, project: Any, tmp_path: Path):
    content = Path(make_image(tmp_path / "still.png", (640, 360))).read_bytes()
    for _click in range(2):  # the same bytes are the same file, so the second sending makes nothing more
        file = SimpleUploadedFile("still.png", content, "image/png")
        assert send(headers={}, first_frame_file=file, idempotency_key="k").status_code == 302
    take = Generation.objects.get()
    assert take.mode == "image_to_video" and take.inputs.get().asset == project.assets.get()


def test_with_scripts_a_file_does_not_come_along_again(send: Any, referring: Any, tmp_path: Path):
    content = Path(make_image(tmp_path / "still.png")).read_bytes()
    file = SimpleUploadedFile("still.png", content, "image/png")
    assert slots_in(send("composer", reference_image_file=file).content.decode()) == [""]
    assert not Asset.objects.exists()


def test_without_scripts_a_bad_file_makes_nothing_and_says_why(send: Any):
    file = SimpleUploadedFile("notes.png", b"not a picture")
    reply = send(headers={}, first_frame_file=file)
    assert reply.status_code == 422 and "First frame, notes.png:" in reply.content.decode()
    assert not Generation.objects.exists() and not Asset.objects.exists()


def test_without_scripts_references_keep_their_order(send: Any, model: Any, tmp_path: Path):
    model.capabilities = REFERENCES
    model.save()
    files = [make_image(tmp_path / f"{side}.png", (side, 300)) for side in (400, 500)]
    uploads = [SimpleUploadedFile(path.name, path.read_bytes(), "image/png") for path in files]
    assert send(headers={}, reference_image_file=uploads).status_code == 302
    names = [use.asset.name for use in Generation.objects.get().inputs.order_by("position")]
    assert names == ["400.png", "500.png"]


BOTH_ENDS: dict[str, Any] = {
    **CAPABILITIES,
    "modes": ["text_to_video", "image_to_video", "first_last_frame"],
    "inputs": {"first_frame": {"max_count": 1}, "last_frame": {"max_count": 1}},
}


def test_a_single_file_is_set_aside_by_another_model_and_comes_back(send: Any, model: Any, project: Any):
    ends = make_model(account=model.account, label="Both ends", capabilities=BOTH_ENDS)
    first, last = (str(make_asset(project=project).pk) for _ in range(2))
    held = {"first_frame": first, "last_frame": last}
    page = send("composer", model=str(model.pk), laid_for=str(ends.pk), **held).content.decode()
    assert slots_in(page, "first_frame") == [first] and not slots_in(page, "last_frame")
    assert slots_in(page, "last_frame_aside") == [last] and "Last frame" in page
    back = send("composer", model=str(ends.pk), first_frame=first, last_frame_aside=last).content.decode()
    assert slots_in(back, "last_frame") == [last] and not slots_in(back, "last_frame_aside")
    other = send("composer", model=str(ends.pk), first_frame=first, last_frame=first, last_frame_aside=last)
    assert slots_in(other.content.decode(), "last_frame") == [first], "what stands there stays"


def test_a_file_that_was_put_where_it_is_not_taken_stays_in_sight(send: Any, model: Any, project: Any):
    last = str(make_asset(project=project).pk)
    page = send("composer", last_frame=last).content.decode()
    assert slots_in(page, "last_frame") == [last] and not slots_in(page, "last_frame_aside")
