"""Files of the library in the composer: what each slot is offered, and what lands in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generations.models import Asset, Role
from generations.services import asset_library, chunks
from generations.services.compose import Refused, Wish, compose
from generations.services.derived import derive_asset, read_edit
from providers.gateways.values import Role as ProviderRole
from tests.factories import (
    add_member,
    make_asset,
    make_model,
    make_output,
    make_project,
    make_take_row,
    save_asset,
)
from tests.media_files import make_jpeg, make_mp4

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roomy_store")]


@pytest.fixture
def offered(project: Any, bob: Any, signed_in: Any) -> Any:
    def ask(**query: str) -> list[str]:
        reply = signed_in(bob).get(reverse("assets-pick", args=[project.slug]), query)
        return re.findall(r'data-pick-asset="([^"]+)"', reply.content.decode())

    return ask


def ids(*assets: Asset) -> list[str]:
    return [str(asset.pk) for asset in assets]


def test_each_slot_is_offered_its_kinds(project: Any, offered: Any) -> None:
    picture = make_asset(project=project)
    clip = make_asset(project=project, kind="clip", mime="video/mp4")
    sound = make_asset(project=project, kind="sound", mime="audio/mpeg")
    assert offered(slot="first_frame") == ids(clip, picture), "a clip gives a frame"
    assert offered(slot="reference_image") == ids(picture)
    assert offered(slot="source_video") == ids(clip) and offered(slot="audio_track") == ids(sound)


def test_ones_own_unfinished_uploads_are_told_of_here(
    project: Any, alice: Any, bob: Any, signed_in: Any
) -> None:
    for owner, name in ((bob, "first.mp4"), (bob, "second.mp4"), (alice, "hers.mp4")):
        chunks.begin(owner, project, name=name, size_bytes=1000)
    chunks.begin(bob, make_project(bob), name="elsewhere.mp4", size_bytes=1000)
    client, address = signed_in(bob), reverse("assets-pick", args=[project.slug])

    def told(**query: str) -> bool:
        page = client.get(address, {"slot": "first_frame", **query}).content.decode()
        words = "2 files of yours are not whole yet." in page
        assert words == (f'<a href="/p/{project.slug}/assets">' in page)
        return words

    assert told() and not told(q="harbour") and not told(**{"from": "takes"})


def test_what_was_used_last_stands_in_front_and_once(project: Any, offered: Any) -> None:
    old, older, new = (make_asset(project=project) for _ in range(3))
    for asset in (older, old):
        make_take_row(project=project, status="completed", inputs=[("first_frame", asset)])
    assert offered(slot="reference_image") == ids(old, older, new)
    assert offered(slot="reference_image", q="still") == ids(new, older, old), "a search is by date alone"


def test_trash_other_projects_and_purged_files_are_not_offered(project: Any, bob: Any, offered: Any) -> None:
    mine = make_asset(project=project)
    make_asset(project=project, trashed_at=mine.created_at)
    make_asset(project=project, file="")
    make_asset(project=make_project(bob))
    assert offered(slot="first_frame") == ids(mine)


def test_shared_files_are_offered_and_make_takes(project: Any, admin: Any, bob: Any, offered: Any) -> None:
    shared = make_asset(project=make_project(admin))
    wish = Wish(make_model(), {"prompt": "Gulls", "duration_s": 5.0}, [(ProviderRole.FIRST_FRAME, shared.pk)])
    with pytest.raises(Refused):
        compose(bob, project, wish)
    asset_library.share(admin, shared)
    assert offered(slot="first_frame") == ids(shared)
    assert compose(bob, project, wish).inputs[0].asset == shared


def test_a_copy_of_a_shared_file_belongs_where_it_is_used(
    project: Any, admin: Any, bob: Any, tmp_path: Path
) -> None:
    shared = save_asset(admin, make_project(admin), make_jpeg(tmp_path / "a.jpg", (400, 300)))
    asset_library.share(admin, shared)
    edit = read_edit(shared, {"op": "crop", "ratio": "1:1"})
    copy = derive_asset(bob, shared, edit, project)
    assert copy.project == project and copy.derived_from == shared
    assert derive_asset(bob, shared, edit, project) == copy
    assert derive_asset(admin, shared, edit).project == shared.project


def test_a_picked_file_answers_as_an_upload_does(project: Any, bob: Any, signed_in: Any) -> None:
    asset = make_asset(project=project)
    sent = {"slot": "first_frame", "asset": str(asset.pk), "model": str(make_model().pk)}
    told = signed_in(bob).post(reverse("assets-put", args=[project.slug]), sent).json()
    assert (told["id"], told["label"], told["light"]) == (str(asset.pk), "still.png", "fits")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"slot": "nowhere"}, 422),
        ({"slot": "audio_track"}, 422),
        ({"slot": "first_frame", "asset": "x"}, 404),
    ],
)
def test_a_file_in_the_wrong_place_is_refused(
    project: Any, bob: Any, signed_in: Any, sent: dict[str, str], status: int
) -> None:
    sent = {"asset": str(make_asset(project=project).pk), **sent}
    assert signed_in(bob).post(reverse("assets-put", args=[project.slug]), sent).status_code == status


def test_a_finished_take_gives_its_clip_or_a_picture(
    project: Any, bob: Any, signed_in: Any, tmp_path: Path
) -> None:
    clip = make_mp4(tmp_path / "c.mp4", 2, (320, 180), 24).read_bytes()
    take = make_take_row(project=project, status="completed", prompt="A fox in snow")
    make_output(take, clip, duration_s=2.0)
    for other in (
        make_take_row(project=project),
        make_take_row(project=make_project(bob), status="completed"),
    ):
        make_output(other, clip)
    client, put = signed_in(bob), reverse("assets-put", args=[project.slug])
    pick = reverse("assets-pick", args=[project.slug])

    def listed(**query: str) -> list[str]:
        page = client.get(pick, {"from": "takes", **query}).content.decode()
        return re.findall(r'data-pick-(?:take="|asset="take:)([^"]+)"', page)

    assert listed(slot="source_video") == listed(slot="first_frame", q="SNOW fox") == [str(take.pk)]
    assert listed(slot="first_frame", q="hare") == []
    for slot in ("audio_track", "reference_voice", "reference_document"):
        assert listed(slot=slot) == []
        told = client.get(pick, {"from": "takes", "slot": slot}).content.decode()
        assert "A take gives a clip or a picture, and neither goes here." in told
    frames = client.get(pick, {"slot": "first_frame", "take": take.pk}).content.decode()
    assert f"/t/{take.pk}/video" in frames

    def picked(part: str, slot: str = "reference_image", **more: str) -> Any:
        sent = {"slot": slot, "take": str(take.pk), "part": part, "model": str(make_model().pk), **more}
        return client.post(put, sent)

    assert picked("clip").status_code == picked("first", "reference_document").status_code == 422
    assert not Asset.objects.exists(), "refused before anything is made"
    whole = Asset.objects.get(pk=picked("clip", "source_video").json()["id"])
    shown = Asset.objects.get(pk=picked("at", at_s="1.5").json()["id"])
    at_end = Asset.objects.get(pk=picked("at", at_s="2.04").json()["id"])
    assert at_end.derivation == {"op": "frame", "at_s": whole.duration_s}, "the player's clock ran past it"
    assert whole.derivation == {"op": "video", "take": str(take.pk)} and whole.kind == "clip"
    assert shown.derived_from == whole and shown.derivation == {"op": "frame", "at_s": 1.5}
    assert picked("at", at_s="1.5").json()["id"] == str(shown.pk) != picked("first").json()["id"]
    assert f'href="/t/{take.pk}" data-made-by' in client.get(f"/a/{shown.pk}").content.decode()
    refused = [
        picked("at", at_s="late"),
        picked("last"),
    ]  # no moment; not made yet
    assert [reply.status_code for reply in refused] == [422] * 2
    assert picked("middle").status_code == picked("clip", take=str(other.pk)).status_code == 404


def test_a_viewer_picks_nothing(project: Any, charlie: Any, signed_in: Any) -> None:
    add_member(project, charlie, Role.VIEWER)
    for name, verb in (("assets-pick", "get"), ("assets-put", "post")):
        reply = getattr(signed_in(charlie), verb)(reverse(name, args=[project.slug]), {"slot": "first_frame"})
        assert reply.status_code == 403


def test_a_thousand_files_cost_as_many_queries_as_ten(project: Any, bob: Any, signed_in: Any) -> None:
    caller, address = signed_in(bob), reverse("assets-pick", args=[project.slug]) + "?slot=first_frame"
    first = make_asset(project=project)
    make_take_row(project=project, status="completed", inputs=[("first_frame", first)])
    counts = []
    for many in (10, 1000):
        rows = [
            Asset(
                project=project,
                owner=bob,
                kind="image",
                name="a",
                file=f"{many}-{n}",
                sha256="0",
                size_bytes=1,
            )
            for n in range(many)
        ]
        Asset.objects.bulk_create(rows)
        caller.get(address)
        with CaptureQueriesContext(connection) as asked:
            caller.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 11
