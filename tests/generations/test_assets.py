"""Uploads: kept with their facts, refused with one sentence and without leaving a byte."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.urls import reverse

from generations.labels import MAX_LABEL, clean_label, with_suffix
from generations.models import Asset
from generations.services.assets import UploadRefused, purge_asset, save_upload, trash_asset
from generations.services.compose import Refused
from generations.services.derived import read_edit
from generations.storage import media_store
from tests import media_files as make
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Any:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.STUDIO = {**settings.STUDIO, "MIN_FREE_BYTES": 0}
    return settings


@pytest.fixture
def project() -> Any:
    return make_project(make_user())


def send(project: Any, file: Path, name: str = "") -> Asset:
    upload = TemporaryUploadedFile(name or file.name, "image/svg+xml", file.stat().st_size, None)
    upload.write(file.read_bytes())
    upload.seek(0)
    return save_upload(project.created_by, project, upload, name=name or file.name)


def files_in_store() -> list[Path]:
    return [path for path in media_store().root.rglob("*") if path.is_file()]


def test_picture_becomes_an_asset(project: Any, tmp_path: Path) -> None:
    source = make.make_jpeg(tmp_path / "Müller.jpg", (64, 48), orientation=6)
    asset = send(project, source)
    assert (asset.kind, asset.mime, asset.width, asset.height) == ("image", "image/jpeg", 48, 64)
    assert asset.name == "Müller.jpg"
    assert media_store().path(asset.file).read_bytes() == source.read_bytes()
    assert media_store().path(asset.thumb).stat().st_size > 0
    assert len(files_in_store()) == 2


def test_clip_and_sound_become_assets(project: Any, tmp_path: Path) -> None:
    clip = send(project, make.make_mp4(tmp_path / "a.mp4", 2, audio=True))
    assert (clip.kind, clip.duration_s, clip.fps) == ("clip", 2.0, 24.0)
    sound = send(project, make.make_sound(tmp_path / "a.mp3"))
    assert (sound.kind, sound.mime, sound.thumb) == ("sound", "audio/mpeg", "")


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"", "empty", "empty"),
        (make.PDF, "type", "PDF"),
        (b"no picture", "type", "send a JPEG"),
        (make.SVG, "type", "SVG"),
        (make.HTML, "type", "web page"),
        (make.PLAYLIST, "type", "playlist"),
        (make.GIF, "unreadable", "damaged"),
        (b"\xff\xd8\xff\xe0" + b"x" * 500, "unreadable", "damaged"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + make.PLAYLIST, "unreadable", "cut off"),
    ],
)
def test_refused_file_leaves_nothing(
    project: Any, tmp_path: Path, content: bytes, code: str, word: str
) -> None:
    (tmp_path / "photo.jpg").write_bytes(content)
    with pytest.raises(UploadRefused, match=word) as refusal:
        send(project, tmp_path / "photo.jpg")
    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")
    assert files_in_store() == []
    assert not Asset.objects.exists()


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (make.PDF, "unreadable", "cut off"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "type", "send a JPEG"),
        (b"#!/bin/sh\necho hello\n", "type", "send a JPEG"),
        (b'<?xml version="1.0"?><note/>', "type", "send a JPEG"),
        (make.SVG, "type", "SVG"),
        (make.HTML, "type", "web page"),
        ("Grüße\n".encode("latin-1"), "type", "send a JPEG"),
        (b"a" * 5000 + b"\x00", "unreadable", "no text"),
        (b"a" * 300_000 + b"\xc3", "unreadable", "UTF-8"),
    ],
)
def test_what_is_no_document_is_none_whatever_it_is_called(
    project: Any, tmp_path: Path, content: bytes, code: str, word: str
) -> None:
    (tmp_path / "notes.txt").write_bytes(content)
    with pytest.raises(UploadRefused, match=word) as refusal:
        send(project, tmp_path / "notes.txt")
    assert refusal.value.code == code and files_in_store() == []


# a letter of two bytes lies across the end of the head that is sniffed
@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (make.PDF + b"%%EOF\n", "application/pdf"),
        (b"a" * 4095 + "é".encode() + b"\r\n\tz", "text/plain"),
        (b"\xef\xbb\xbf# Scene 1\n", "text/plain"),
    ],
)
def test_documents_are_kept_as_they_are_and_never_shown(
    project: Any, tmp_path: Path, signed_in: Any, content: bytes, mime: str
) -> None:
    """By their bytes, and with no helper process: nothing opens them."""
    (tmp_path / "script.exe").write_bytes(content)
    with mock.patch("generations.media.run._order", side_effect=AssertionError):
        asset = send(project, tmp_path / "script.exe")
    assert (asset.kind, asset.mime, asset.thumb) == ("document", mime, "")
    caller = signed_in(project.created_by)
    for url in (reverse("asset-file", args=[asset.pk]), f"/api/v1/assets/{asset.pk}/content"):
        answer = caller.get(url)
        assert answer["Content-Disposition"].startswith("attachment") and answer["Content-Type"] == mime
        assert answer["X-Content-Type-Options"] == "nosniff" and b"".join(answer.streaming_content) == content
    page = caller.get(reverse("asset", args=[asset.pk])).content.decode()
    ways = reverse("asset-copy-ways", args=[asset.pk])
    assert ways not in page and caller.get(ways).status_code == 404
    assert "file-text" in page and "<audio" not in page and "<img" not in page.split('class="stage')[1][:200]
    wall = caller.get(f"{reverse('assets', args=[project.slug])}?kind=document").content.decode()
    assert "script.exe" in wall
    with pytest.raises(Refused, match="Not something"):
        read_edit(asset, {"op": "convert"})


def test_bomb_is_refused(project: Any, tmp_path: Path) -> None:
    with pytest.raises(UploadRefused, match="50 million"):
        send(project, make.make_bomb_png(tmp_path / "a.png"))


@pytest.mark.parametrize("lies", [False, True])
def test_cap_is_said_and_holds_whatever_size_is_announced(
    project: Any, tmp_path: Path, store: Any, lies: bool
) -> None:
    store.STUDIO = {**store.STUDIO, "MAX_IMAGE_BYTES": 1_000_000}
    picture = make.make_noise_jpeg(tmp_path / "a.jpg")
    upload = TemporaryUploadedFile("a.jpg", "image/jpeg", 5 if lies else picture.stat().st_size, None)
    upload.write(picture.read_bytes())
    upload.seek(0)
    with pytest.raises(UploadRefused, match="1 MB, the most that pictures may have") as refusal:
        save_upload(project.created_by, project, upload, name="a.jpg")
    assert (refusal.value.code, refusal.value.allowed) == ("too_big", (1_000_000,))
    assert files_in_store() == []


def test_full_disk_refuses(project: Any, tmp_path: Path, store: Any) -> None:
    store.STUDIO = {**store.STUDIO, "MIN_FREE_BYTES": 10**18}
    with pytest.raises(UploadRefused, match="nearly full"):
        send(project, make.make_jpeg(tmp_path / "a.jpg"))


def test_same_bytes_are_the_same_asset_until_trashed(project: Any, tmp_path: Path) -> None:
    file = make.make_jpeg(tmp_path / "a.jpg")
    first = send(project, file)
    assert send(project, file, "other name.jpg") == first
    assert len(files_in_store()) == 2
    other = make_project(project.created_by)
    assert send(other, file) != first
    trash_asset(first.owner, first)
    assert send(project, file) != first


def test_name_is_only_a_label(project: Any, tmp_path: Path) -> None:
    file = make.make_jpeg(tmp_path / "a.jpg")
    asset = send(project, file, "../../../etc/пароль\u202e\x00.jpg")
    assert asset.name == "пароль.jpg"
    assert asset.file == f"assets/{asset.id.hex[-2:]}/{asset.id}/original.jpg"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("C:\\Users\\me\\фото 1.jpg", "фото 1.jpg"),
        ("..", "file"),
        ("", "file"),
        ("\r\n\t", "file"),
        ("/", "file"),
        ("a\u0000b\nc.png", "abc.png"),
        ("日本語 की فیلم.mp4", "日本語 की فیلم.mp4"),
        ("👨‍👩‍👧.png", "👨‍👩‍👧.png"),
    ],
)
def test_labels(name: str, label: str) -> None:
    assert clean_label(name) == label


def test_long_labels_keep_their_suffix() -> None:
    label = clean_label("x" * 500 + ".jpeg")
    assert (len(label), label[-5:]) == (MAX_LABEL, ".jpeg")
    assert with_suffix("a.png", ".jpg") == "a.jpg"


def test_purging_drops_the_files_and_keeps_the_row(
    project: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    asset = send(project, make.make_jpeg(tmp_path / "a.jpg"))
    with django_capture_on_commit_callbacks(execute=True):
        purge_asset(asset)
    assert files_in_store() == []
    asset.refresh_from_db()
    assert asset.trashed_at is not None


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "", ".", "a\\b", "a\x00b"])
def test_store_keeps_names_inside(name: str) -> None:
    with pytest.raises(ValueError, match="inside"):
        media_store().path(name)


def test_store_does_not_follow_links_out(tmp_path: Path) -> None:
    media_store().root.mkdir(parents=True)
    (media_store().root / "out").symlink_to("/etc")
    with pytest.raises(ValueError, match="inside"):
        media_store().path("out/passwd")


def test_big_upload_takes_no_memory(project: Any, tmp_path: Path, store: Any) -> None:
    big = make.make_wav(tmp_path / "big.wav", 20, 1_000_000)  # 40 MB
    upload = TemporaryUploadedFile("big.wav", "audio/wav", big.stat().st_size, None)
    upload.file = big.open("rb")
    tracemalloc.start()
    save_upload(project.created_by, project, upload, name="big.wav")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000
