"""Files in parts (tus 1.0): whole at the end, resumed where the disk says, refused with a reason."""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Asset, Role, Upload
from generations.services import assets, chunks
from generations.storage import MediaStore, media_store
from tests import media_files as make
from tests.factories import add_member, make_project, make_token, save_asset
from videostudio import housekeeping

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
ALL = "/api/v1/uploads"
PART = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Any:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STUDIO = {**settings.STUDIO, "MIN_FREE_BYTES": 0}
    return settings


@pytest.fixture
def clip(tmp_path: Path) -> bytes:
    return make.make_mp4(tmp_path / "a.mp4", 2, noise=True).read_bytes()


class Sender:
    """One caller, by token; speaks tus."""

    def __init__(self, client: Any, person: Any) -> None:
        self.client, self.token = client, make_token(person)

    def ask(self, method: str, address: str, body: bytes = b"", **headers: str) -> Any:
        told = {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0"}
        told |= {name.replace("_", "-"): text for name, text in headers.items()}
        told |= {"Content-Type": PART} if method == "PATCH" or body else {}
        return self.client.generic(method, address, body, headers=told)

    def begin(self, project: Any, size: int, name: str = "a.mp4") -> Any:
        pairs = {"filename": name, "project": project.slug}
        told = ",".join(f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in pairs.items())
        return self.ask("POST", ALL, Upload_Length=str(size), Upload_Metadata=told)

    def part(self, address: str, at: int, body: bytes) -> Any:
        return self.ask("PATCH", address, body, Upload_Offset=str(at))

    def offset(self, address: str) -> int:
        return int(self.ask("HEAD", address).headers["Upload-Offset"])

    def whole(self, project: Any, body: bytes, name: str = "a.mp4") -> Any:
        address = self.begin(project, len(body), name).headers["Location"]
        return self.part(address, 0, body), address


@pytest.fixture
def sender(client: Any, bob: Any) -> Sender:
    return Sender(client, bob)


def parts_on_disk() -> list[Path]:
    return list((media_store().root / "partial").glob("*"))


def test_parts_make_an_asset_byte_for_byte(sender: Sender, project: Any, bob: Any, clip: bytes) -> None:
    begun = sender.begin(project, len(clip), "Müller.mp4")
    address, half = begun.headers["Location"], len(clip) // 2
    assert (begun.status_code, sender.offset(address)) == (201, 0)
    assert sender.part(address, 0, clip[:half]).headers["Upload-Offset"] == str(half)
    assert sender.offset(address) == half and sender.ask("GET", address).json()["asset"] is None
    last = sender.part(address, half, clip[half:])
    asset = Asset.objects.get()
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(clip)))
    assert (asset.name, asset.owner, asset.project, asset.kind) == ("Müller.mp4", bob, project, "clip")
    assert media_store().path(asset.file).read_bytes() == clip
    assert sender.ask("GET", address).json()["asset"] == str(asset.pk) and not parts_on_disk()


def test_a_file_is_known_by_its_head_before_it_is_whole(
    sender: Sender, project: Any, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whoever has the same file, in another browser too."""
    monkeypatch.setattr(chunks, "HEAD_BYTES", 1000)
    address = sender.begin(project, len(clip)).headers["Location"]
    told = []
    for at, end in ((0, 999), (999, 1000), (1000, 2000)):
        sender.part(address, at, clip[at:end])
        (row,) = sender.ask("GET", ALL).json()
        told.append(row["head_sha256"])
    assert told == [None, *[hashlib.sha256(clip[:1000]).hexdigest()] * 2]
    parts_on_disk()[0].unlink()
    assert sender.ask("GET", ALL).json()[0]["head_sha256"] is None


def test_the_library_says_how_far_a_persons_own_files_are(
    sender: Sender, project: Any, clip: bytes, signed_in: Any, bob: Any, alice: Any
) -> None:
    address = sender.begin(project, len(clip), "a <b>.mp4").headers["Location"]
    sender.part(address, 0, clip[: len(clip) // 2 + 1])
    url = f"/p/{project.slug}/assets"
    page = signed_in(bob).get(url).content.decode()
    assert f'data-part-size="{len(clip)}"' in page and "50 % of" in page and "a &lt;b&gt;.mp4" in page
    assert "data-part-of" not in signed_in(alice).get(url).content.decode()
    parts_on_disk()[0].unlink()
    assert "0 % of" in signed_in(bob).get(url).content.decode()


def test_options_say_what_is_spoken(sender: Sender) -> None:
    told = sender.ask("OPTIONS", ALL).headers
    assert (told["Tus-Version"], told["Tus-Max-Size"]) == ("1.0.0", str(chunks.most_bytes()))
    assert told["Tus-Extension"] == "creation,expiration,termination"


def test_a_part_that_does_not_follow_is_told_where_to_go_on(
    sender: Sender, project: Any, clip: bytes
) -> None:
    address = sender.begin(project, len(clip)).headers["Location"]
    sender.part(address, 0, clip[:1000])
    for at in (0, 999, 1001):
        reply = sender.part(address, at, clip[at:])
        assert (reply.status_code, reply.headers["Upload-Offset"]) == (409, "1000")
    assert sender.offset(address) == 1000


def test_after_a_crash_the_disk_says_how_far_it_was(sender: Sender, project: Any, clip: bytes) -> None:
    """As a killed process leaves it: bytes are there of which the row knows nothing."""
    address = sender.begin(project, len(clip)).headers["Location"]
    sender.part(address, 0, clip[:1000])
    with parts_on_disk()[0].open("ab") as file:
        file.write(clip[1000:5000])
    assert Upload.objects.get().offset == 1000 and sender.offset(address) == 5000
    assert sender.part(address, 5000, clip[5000:]).status_code == 204
    assert media_store().path(Asset.objects.get().file).read_bytes() == clip


def test_a_crash_after_the_last_byte_is_mended_by_an_empty_part(
    sender: Sender, project: Any, clip: bytes
) -> None:
    address = sender.begin(project, len(clip)).headers["Location"]
    parts = parts_on_disk()[0]
    parts.write_bytes(clip)
    assert sender.offset(address) == len(clip)
    assert sender.part(address, len(clip), b"").status_code == 204
    assert sender.ask("GET", address).json()["asset"] == str(Asset.objects.get().pk)


def test_of_two_writers_one_stops_and_the_file_is_right(project: Any, bob: Any, clip: bytes) -> None:
    """The first connection hangs, the second goes on; when the first wakes up it must not write."""
    row = chunks.begin(bob, project, name="a.mp4", size_bytes=len(clip))

    def hanging() -> Any:
        yield clip[:1000]
        chunks.append(Upload.objects.get(), 1000, [clip[1000:3000]])
        yield clip[1000:2000]

    with pytest.raises(chunks.WrongOffset) as stopped:
        chunks.append(row, 0, hanging())
    assert stopped.value.offset == 3000 and parts_on_disk()[0].read_bytes() == clip[:3000]


def test_a_connection_that_breaks_keeps_what_came(project: Any, bob: Any, clip: bytes) -> None:
    row = chunks.begin(bob, project, name="a.mp4", size_bytes=len(clip))

    def broken() -> Any:
        yield clip[:700]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        chunks.append(row, 0, broken())
    assert chunks.offset_of(row) == Upload.objects.get().offset == 700


def test_the_same_file_twice_is_one_asset_and_says_so(sender: Sender, project: Any, clip: bytes) -> None:
    told = [sender.ask("GET", sender.whole(project, clip, name)[1]).json() for name in ("a.mp4", "b.mp4")]
    assert [one["known"] for one in told] == [False, True]
    assert told[0]["asset"] == told[1]["asset"] and Asset.objects.count() == 1


def test_what_is_no_media_is_refused_at_its_head(sender: Sender, project: Any) -> None:
    address = sender.begin(project, 900_000, "film.mp4").headers["Location"]
    reply = sender.part(address, 0, make.HTML.ljust(5000))
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "file_type")
    assert sender.ask("GET", address).json()["problem"]["code"] == "type"
    assert not parts_on_disk() and not Asset.objects.exists()
    assert sender.part(address, 5000, b"more").status_code == 422


def test_a_damaged_clip_is_refused_at_its_end(sender: Sender, project: Any, clip: bytes) -> None:
    reply, address = sender.whole(project, clip[:-2000])
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "file_unreadable")
    assert not parts_on_disk() and not Asset.objects.exists()


def test_a_picture_larger_than_pictures_may_be(
    sender: Sender, project: Any, tmp_path: Path, store: Any
) -> None:
    picture = make.make_image(tmp_path / "a.png", (300, 200)).read_bytes()
    store.STUDIO = {**store.STUDIO, "MAX_IMAGE_BYTES": 600}
    address = sender.begin(project, 100_000).headers["Location"]
    reply = sender.part(address, 0, picture.ljust(5000, b"\0"))
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "file_too_big")


@pytest.mark.parametrize(("size", "status"), [(0, 422), (10**12, 413)])
def test_empty_and_huge_files_find_no_place(sender: Sender, project: Any, size: int, status: int) -> None:
    assert sender.begin(project, size).status_code == status
    assert not Upload.objects.exists() and not parts_on_disk()


def test_more_bytes_than_announced_are_refused(sender: Sender, project: Any, clip: bytes) -> None:
    address = sender.begin(project, 1000).headers["Location"]
    assert sender.part(address, 0, clip[:1001]).json()["error"]["code"] == "file_too_long"
    assert not parts_on_disk()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\\..\\b.mp4", "\u202egpj.mp4", "", "x" * 400 + ".mp4"]
)
def test_a_name_is_a_label_and_never_a_path(sender: Sender, project: Any, clip: bytes, name: str) -> None:
    sender.whole(project, clip, name)
    asset = Asset.objects.get()
    assert "/" not in asset.name and "\\" not in asset.name and 0 < len(asset.name) <= 200
    assert all(path.is_relative_to(media_store().root) for path in media_store().root.rglob("*"))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Upload-Length": "many"}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Metadata": "filename ***"}, 400),
        ({"Upload-Metadata": ""}, 404),
    ],
)
def test_a_request_that_is_not_tus_is_told_why(
    sender: Sender, project: Any, headers: dict[str, str], status: int
) -> None:
    good = {
        "Upload-Length": "5",
        "Upload-Metadata": "project " + base64.b64encode(project.slug.encode()).decode(),
    }
    reply = sender.ask("POST", ALL, **{**good, **headers})
    assert reply.status_code == status and reply.json()["error"]["message"]


def test_a_part_of_another_type_is_refused(sender: Sender, project: Any) -> None:
    address = sender.begin(project, 5).headers["Location"]
    told = {"Authorization": f"Bearer {sender.token}", "Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    reply = sender.client.generic("PATCH", address, b"12345", headers=told, content_type="video/mp4")
    assert reply.status_code == 415 and sender.offset(address) == 0


def test_post_with_an_override_is_a_part(sender: Sender, project: Any, clip: bytes) -> None:
    address = sender.begin(project, len(clip)).headers["Location"]
    assert sender.ask("POST", address, clip[:9], Upload_Offset="0").status_code == 405
    reply = sender.ask("POST", address, clip[:9], Upload_Offset="0", X_HTTP_Method_Override="PATCH")
    assert reply.status_code == 204 and sender.offset(address) == 9


def test_nobody_else_reaches_it(sender: Sender, client: Any, project: Any, alice: Any, charlie: Any) -> None:
    address = sender.begin(project, 5).headers["Location"]
    for person in (alice, charlie):
        other = Sender(client, person)
        assert [other.ask(verb, address).status_code for verb in ("HEAD", "GET", "DELETE")] == [404] * 3
        assert other.part(address, 0, b"12345").status_code == 404
    assert client.head(address).status_code == 401


def test_who_may_not_add_finds_no_place(client: Any, project: Any, charlie: Any) -> None:
    other = Sender(client, charlie)
    assert other.begin(project, 5).status_code == 404
    add_member(project, charlie, Role.VIEWER)
    assert other.begin(project, 5).status_code == 403


def test_a_session_needs_its_csrf_token(project: Any, bob: Any) -> None:
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.post(ALL, headers={"Tus-Resumable": "1.0.0", "Upload-Length": "5"}).status_code == 403


def test_one_person_has_a_bounded_number_under_way(
    sender: Sender, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "MOST_OPEN", 2)
    assert [sender.begin(project, 5).status_code for _ in range(3)] == [201, 201, 429]


def test_a_full_disk_takes_nothing_new(sender: Sender, project: Any, store: Any) -> None:
    store.STUDIO = {**store.STUDIO, "MIN_FREE_BYTES": 10**18}
    assert sender.begin(project, 5).status_code == 507


def test_what_others_announced_counts_against_the_room(
    client: Any, sender: Sender, project: Any, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_for(monkeypatch, 100)
    first = sender.begin(project, 60).headers["Location"]
    other = Sender(client, alice)
    assert other.begin(project, 60).status_code == 507
    assert other.begin(project, 40).status_code == 201
    assert sender.ask("DELETE", first).status_code == 204
    assert other.begin(project, 60).status_code == 201


def test_a_disk_that_fills_up_meanwhile_keeps_what_is_here(
    sender: Sender, project: Any, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, half = sender.begin(project, len(clip)).headers["Location"], len(clip) // 2
    sender.part(address, 0, clip[:half])
    room_for(monkeypatch, 0)
    full = sender.part(address, half, clip[half:])
    assert full.status_code == 507 and sender.offset(address) == half
    room_for(monkeypatch, 10**9)
    assert sender.part(address, half, clip[half:]).status_code == 204
    assert Asset.objects.get().size_bytes == len(clip)


def test_a_copy_for_another_project_needs_room_too(
    project: Any, bob: Any, tmp_path: Path, monkeypatch
) -> None:
    asset = save_asset(bob, project, make.make_jpeg(tmp_path / "a.jpg", (64, 64)))
    room_for(monkeypatch, 10)
    with pytest.raises(assets.UploadRefused) as error:
        assets.copy_into(bob, asset, make_project(bob))
    assert error.value.code == "no_room"


def room_for(monkeypatch: pytest.MonkeyPatch, size_bytes: int) -> None:
    """Above the reserve, which is nothing here."""
    monkeypatch.setattr(MediaStore, "free_bytes", lambda _store: size_bytes)


def test_dropped_leaves_nothing(sender: Sender, project: Any, clip: bytes) -> None:
    address = sender.begin(project, len(clip)).headers["Location"]
    sender.part(address, 0, clip[:100])
    assert sender.ask("DELETE", address).status_code == 204
    assert not parts_on_disk() and sender.ask("HEAD", address).status_code == 404


def test_housekeeping_removes_what_has_expired_and_parts_without_a_row(
    sender: Sender, project: Any, clip: bytes
) -> None:
    young, old = (sender.begin(project, len(clip)).headers["Location"] for _ in range(2))
    Upload.objects.filter(pk=old.rsplit("/", 1)[1]).update(expires_at=timezone.now() - timedelta(hours=1))
    lost = media_store().root / "partial" / "0190f3c4-0000-7000-8000-000000000000"
    lost.write_bytes(b"lost")
    os.utime(lost, (1, 1))
    housekeeping.daily()
    assert [path.name for path in parts_on_disk()] == [young.rsplit("/", 1)[1]]
    assert Upload.objects.count() == 1


def test_while_one_request_looks_at_the_file_another_waits(project: Any, bob: Any, clip: bytes) -> None:
    row = chunks.begin(bob, project, name="a.mp4", size_bytes=len(clip))
    parts_on_disk()[0].write_bytes(clip)
    with chunks._locked(row), pytest.raises(chunks.Busy):
        chunks.append(row, len(clip), [])
    chunks.append(row, len(clip), [])
    assert Asset.objects.count() == 1
