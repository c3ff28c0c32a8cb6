"""Files of takes and assets over HTTP: who may have them, in which pieces, under which name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation, Membership, Output, Role
from tests import factories

pytestmark = pytest.mark.django_db
BODY = bytes(range(256)) * 8192  # 2 MiB


@pytest.fixture
def take(project: Any) -> Generation:
    take = factories.make_take_row(project=project, status="completed")
    factories.make_output(take, BODY)
    factories.make_output(take, b"RIFF....WEBP", kind=Output.Kind.POSTER)
    return take


@pytest.fixture
def asset(project: Any, tmp_path: Path) -> Any:
    from tests.media_files import make_image

    return factories.save_asset(
        project.created_by, project, make_image(tmp_path / "face & co.png", (640, 480))
    )


def addresses(take: Generation, asset: Any) -> list[str]:
    of_take = [reverse("media-output", args=[take.pk, kind]) for kind in ("video", "poster")]
    kept = [reverse("take-download", args=[take.pk, "video"]), reverse("take-recipe", args=[take.pk])]
    return [*of_take, *kept, reverse("asset-thumb", args=[asset.pk]), reverse("asset-file", args=[asset.pk])]


def test_a_stranger_gets_404_for_every_file(take, asset, charlie, signed_in):
    answers = {url: signed_in(charlie).get(url).status_code for url in addresses(take, asset)}
    assert set(answers.values()) == {404}, answers


@pytest.mark.parametrize("role", list(Role))
def test_every_role_of_the_project_sees_every_file(take, asset, charlie, signed_in, role):
    Membership.objects.create(project=take.project, user=charlie, role=role)
    answers = {url: signed_in(charlie).get(url).status_code for url in addresses(take, asset)}
    assert set(answers.values()) == {200}, answers


def test_nobody_signed_in_is_sent_to_the_door(take, asset, client):
    assert {client.get(url).status_code for url in addresses(take, asset)} == {302}


def test_a_member_who_left_gets_no_further_range(take, bob, signed_in):
    url, caller = reverse("media-output", args=[take.pk, "video"]), signed_in(bob)
    assert caller.get(url, headers={"Range": "bytes=0-9"}).status_code == 206
    Membership.objects.filter(user=bob).delete()
    assert caller.get(url, headers={"Range": "bytes=10-19"}).status_code == 404


def test_files_are_only_read(take, asset, bob, signed_in):
    caller = signed_in(bob)
    assert {caller.post(url).status_code for url in addresses(take, asset)} == {405}


def test_an_open_range_gets_a_mebibyte(take, bob, signed_in):
    url = reverse("media-output", args=[take.pk, "video"])
    reply = signed_in(bob).get(url, headers={"Range": "bytes=100-"})
    assert reply.status_code == 206
    assert reply["Content-Range"] == f"bytes 100-{100 + 1024 * 1024 - 1}/{len(BODY)}"
    assert b"".join(reply.streaming_content) == BODY[100 : 100 + 1024 * 1024]


def test_the_hash_is_the_etag_and_spares_the_bytes(take, bob, signed_in):
    url, caller = reverse("media-output", args=[take.pk, "video"]), signed_in(bob)
    head = caller.head(url)
    assert head["ETag"] == f'"{take.outputs.get(kind="video").sha256}"'
    assert int(head["Content-Length"]) == len(BODY)
    assert caller.get(url, headers={"If-None-Match": head["ETag"]}).status_code == 304


def test_files_cannot_run_anything(take, asset, bob, signed_in):
    for url in addresses(take, asset):
        reply = signed_in(bob).get(url)
        assert "sandbox" in reply["Content-Security-Policy"]
        assert reply["X-Content-Type-Options"] == "nosniff"


def test_a_download_says_what_it_is(take, bob, signed_in):
    Generation.objects.filter(pk=take.pk).update(prompt='A "boat"/ship: slow?', version_no=2)
    reply = signed_in(bob).get(reverse("take-download", args=[take.pk, "video"]))
    shown = reply["Content-Disposition"]
    assert shown.startswith("attachment")
    assert f'"Harbour film - A -boat-ship- slow - V2 - {take.pk.hex[-6:]}.mp4"' in shown


def test_what_is_in_the_trash_is_still_there_for_members(take, bob, charlie, signed_in):
    Generation.objects.filter(pk=take.pk).update(trashed_at=timezone.now())
    url = reverse("media-output", args=[take.pk, "video"])
    assert signed_in(bob).get(url).status_code == 200
    assert signed_in(charlie).get(url).status_code == 404


def test_a_file_that_is_not_made_yet_is_404(take, bob, signed_in):
    assert signed_in(bob).get(reverse("media-output", args=[take.pk, "strip"])).status_code == 404


def test_an_unknown_kind_is_no_address(take, bob, signed_in):
    assert signed_in(bob).get(f"/t/{take.pk}/secrets").status_code == 404


def test_the_recipe_names_files_by_hash_and_no_key(project, bob, signed_in, tmp_path):
    take = factories.make_take_row(project=project, status="completed", recipe={"sent": {"body": {"a": 1}}})
    factories.make_output(take)
    reply = signed_in(bob).get(reverse("take-recipe", args=[take.pk]))
    told = json.loads(reply.content)
    assert told["take"] == str(take.pk) and told["sent"] == {"body": {"a": 1}}
    assert told["outputs"][0]["sha256"] == take.outputs.get().sha256
    assert "sandbox-key-for-tests" not in reply.content.decode()
