"""The doors of the gallery's bar and keys: what they answer to htmx and to plain forms, and the ZIP."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from typing import Any
from unittest.mock import ANY

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Change, Generation, Membership, Output, Role, SavedView
from generations.services import culling, saved_views, undo
from generations.storage import media_store
from providers.ids import new_id
from tests import factories

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def takes(project: Any) -> list[Generation]:
    model = factories.make_model()
    return [
        factories.make_take_row(project=project, model=model, status="completed", hold=False)
        for _ in range(3)
    ]


def ids(takes: Any) -> list[str]:
    return [str(take.pk) for take in takes]


def post(client: Any, project: Any, door: str, htmx: bool = True, **values: Any) -> Any:
    url = reverse(f"gallery-{door}", args=[project.slug])
    return client.post(url, values, headers=HTMX if htmx else {})


def told(reply: Any) -> dict[str, Any]:
    return json.loads(reply.headers["HX-Trigger"]).get("studio:toast", {})


def test_a_key_gets_its_card_back_and_no_message(project, bob, signed_in, takes):
    reply = post(signed_in(bob), project, "act", act="star-4", take=ids(takes[:1]), quiet="1")
    text = reply.content.decode()
    assert text.count("<article") == 1 and f'id="take-{takes[0].pk}"' in text
    assert 'hx-swap-oob="morph"' in text and 'data-stars="4"' in text
    heard = json.loads(reply.headers["HX-Trigger"])
    assert list(heard) == ["takes:changed"], "what an older Undo may have meant has changed"
    assert heard["takes:changed"] == {"change": ANY, "group": "rate", "takes": ids(takes[:1])}


def test_the_bar_says_what_was_done_and_offers_undo(project, bob, signed_in, takes):
    caller = signed_in(bob)
    reply = post(caller, project, "act", act="tag", tags="Night, wide", take=ids(takes[:2]))
    said = told(reply)
    assert said["text"] == "2 takes have the tag night, wide."
    assert said["action"]["values"] == {"change": str(Change.objects.get().pk)}
    assert told(post(caller, project, "undo", **said["action"]["values"]))["text"] == "Undone for 2 takes."
    assert told(post(caller, project, "undo"))["text"] == "There is nothing to undo."


def test_cards_that_go_are_taken_out_and_the_others_stay_where_they_are(project, bob, signed_in, takes):
    caller = signed_in(bob)

    def does(act: str, chosen: Any, **more: str) -> tuple[list[str], bool]:
        reply = post(caller, project, "act", act=act, take=ids(chosen), **more)
        gone = re.findall(r'id="take-([^"]+)" hx-swap-oob="delete"', reply.content.decode())
        return gone, "gallery:changed" in reply.headers["HX-Trigger"]

    assert does("trash", takes[:1]) == (ids(takes[:1]), False)
    assert does("restore", takes[:1]) == (ids(takes[:1]), False)
    assert does("stack", takes, of="versions=on") == ([], False)
    assert does("unstack", takes) == ([], True)
    gone, again = does("stack", takes)
    assert (sorted(gone), again) == (sorted(ids(takes[:2])), False)
    assert does("trash", takes[2:]) == ([], True), "the version below shows in its place"


def test_all_that_match_go_by_the_filter_of_the_page(project, bob, signed_in, takes):
    culling.mark(bob, project, [takes[0].pk, takes[1].pk], "pick")
    caller, seen = signed_in(bob), str(takes[2].pk)
    post(caller, project, "act", act="star-5", every="1", of="mark=pick", but=ids(takes[:1]), seen=seen)
    rated = Generation.objects.filter(stars__gt=0)
    assert [take.pk for take in rated] == [takes[1].pk]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"act": "pick"}, "Tick at least one take."),
        ({"act": "pick", "take": ["x"]}, "Load the page again; this selection was not understood."),
        ({"act": "tag", "tags": " , "}, "Write a tag."),
        ({"act": "stack"}, "Choose two takes or more to stack them."),
        ({"act": "explode"}, "Select a valid choice. explode is not one of the available choices."),
        ({}, "This field is required."),
    ],
)
def test_what_cannot_be_done_changes_nothing_and_says_why(project, bob, signed_in, takes, values, said):
    if values.get("act") in ("tag", "stack", "explode") or not values:
        values = {**values, "take": ids(takes[:1])}
    reply = post(signed_in(bob), project, "act", **values)
    assert (reply.status_code, told(reply)["text"]) == (422, said)
    assert told(reply)["level"] == "error" and not Change.objects.exists()
    plain = post(signed_in(bob), project, "act", htmx=False, **values)
    assert plain.status_code == 302 and said in signed_in(bob).get(plain.url).content.decode() or plain.url


def test_a_viewer_looks_and_downloads_only(project, charlie, signed_in, takes):
    Membership.objects.create(project=project, user=charlie, role=Role.VIEWER)
    caller = signed_in(charlie)
    assert post(caller, project, "act", act="pick", take=ids(takes)).status_code == 403
    page = caller.get(reverse("gallery", args=[project.slug])).content.decode()
    assert 'name="act" value="pick"' not in page and 'value="trash"' not in page
    assert "gallery/download" in page


def test_without_scripts_the_form_goes_back_and_compares(project, bob, signed_in, takes):
    caller = signed_in(bob)
    quiet = post(caller, project, "act", htmx=False, act="pick", take=ids(takes), quiet="1")
    assert quiet.url == reverse("gallery", args=[project.slug])
    reply = post(caller, project, "act", htmx=False, act="reject", take=ids(takes))
    assert reply.url == reverse("gallery", args=[project.slug])
    assert "3 takes skipped." in caller.get(reply.url).content.decode()
    reply = post(caller, project, "act", htmx=False, act="compare", take=ids(takes[:2]))
    assert reply.url.startswith(reverse("compare", args=[project.slug])) and reply.url.count("take=") == 2


def test_the_page_of_a_take_sorts_it_and_shows_its_versions(project, bob, charlie, signed_in, takes):
    take, other = takes[:2]
    factories.make_output(take)
    caller, address = signed_in(bob), take.get_absolute_url()
    reply = post(caller, project, "act", act="star-4", take=ids([take]), alone="1")
    assert reply.content.strip() == b"" and "live:refresh" in reply["HX-Trigger"]
    post(caller, project, "act", act="tag", tags="night", take=ids([take]))
    post(caller, project, "act", act="stack", take=ids([take, other]))
    page = caller.get(address).content.decode()
    assert 'value="star-0" aria-pressed="true"' in page and 'value="star-5" aria-pressed="false"' in page
    assert '<span class="clip">night</span>' in page and page.count('class="ver"') == 2
    factories.add_member(project, charlie, Role.VIEWER)
    page = signed_in(charlie).get(address).content.decode()
    assert '<span class="chip">night</span>' in page and 'name="act"' not in page and 'class="ver"' in page


# --- the ZIP --------------------------------------------------------------------------------------


def store_clip(take: Generation, content: bytes) -> None:
    name = media_store().name_for("takes", take.pk, "clip.mp4")
    path = media_store().part(name).with_name("clip.mp4")
    path.write_bytes(content)
    Output.objects.create(
        generation=take,
        kind="video",
        file=name,
        sha256=hashlib.sha256(content).hexdigest(),
        mime="video/mp4",
        size_bytes=len(content),
    )


def test_the_zip_holds_the_clips_in_order_and_says_what_they_are(
    project, bob, signed_in, takes, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path / "media"
    clips = [b"first" * 1000, b"second" * 1000]
    for take, clip in zip(takes, clips, strict=False):
        store_clip(take, clip)
    gone = Output.objects.get(generation=takes[0])
    reply = post(signed_in(bob), project, "download", htmx=False, take=[*ids(takes[1::-1]), *ids(takes[2:])])
    assert reply.streaming and reply["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(reply.streaming_content))) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        *names, last = archive.namelist()
        assert last == "manifest.json" and [archive.read(name) for name in names] == clips[::-1]
    assert [entry["file"] for entry in manifest] == [*names, None]
    assert manifest[1]["sha256"] == gone.sha256 and manifest[0]["recipe"]["take"] == str(takes[1].pk)
    assert names[0].startswith("0001 Harbour film - ") and names[0].endswith(".mp4")


def test_the_zip_tells_of_a_clip_that_is_not_here(project, bob, signed_in, takes, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    store_clip(takes[0], b"clip")
    media_store().path(Output.objects.get().file).unlink()
    reply = post(signed_in(bob), project, "download", htmx=False, take=ids(takes))
    with zipfile.ZipFile(io.BytesIO(b"".join(reply.streaming_content))) as archive:
        assert archive.namelist() == ["manifest.json"]
        assert json.loads(archive.read("manifest.json"))[0]["file"] is None


# --- saved views ----------------------------------------------------------------------------------


def save(client: Any, project: Any, **values: Any) -> Any:
    return client.post(reverse("view-save", args=[project.slug]), values)


def test_a_filter_gets_a_name_and_others_see_it_once_it_is_shared(project, alice, bob, signed_in, takes):
    mine, others = signed_in(bob), signed_in(alice)
    save(mine, project, name="My picks", of="mark=pick&sort=rating&page=9&trash=")
    view = SavedView.objects.get()
    assert view.query == "mark=pick&sort=rating"
    page = reverse("gallery", args=[project.slug])
    assert b"My picks" in mine.get(page).content and b"My picks" not in others.get(page).content
    assert mine.post(reverse("view-change", args=[view.pk]), {"act": "share"}).url == f"{page}?{view.query}"
    assert b"My picks" in others.get(f"{page}?{view.query}").content
    others.post(reverse("view-change", args=[view.pk]), {"act": "delete"})  # alice owns the project
    assert not SavedView.objects.exists()


def test_a_name_that_is_there_is_written_over(project, bob, signed_in):
    for of in ("mark=pick", "mark=reject"):
        save(signed_in(bob), project, name=" My  view ", of=of)
    assert SavedView.objects.get().query == "mark=reject"


def test_others_views_are_left_alone(project, alice, charlie, signed_in):
    Membership.objects.create(project=project, user=charlie, role=Role.VIEWER)
    own = saved_views.save(alice, project, "Own", "mark=pick", shared=False)
    shared = saved_views.save(alice, project, "Shared", "mark=pick", shared=True)
    caller = signed_in(charlie)
    for view, status in ((own, 404), (shared, 403)):
        reply = caller.post(reverse("view-change", args=[view.pk]), {"act": "delete"})
        assert reply.status_code == status
    assert save(caller, project, name="x", of="", shared="1").status_code == 403
    assert save(caller, project, name="x", of="mark=pick").status_code == 302
    assert SavedView.objects.count() == 3


def test_no_name_and_too_many_are_refused(project, bob, signed_in, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST", 1)
    caller = signed_in(bob)
    page = save(caller, project, name="  ", of="mark=pick").url
    assert b"Give it a name." in caller.get(page).content
    for name in "ab":
        save(caller, project, name=name, of="mark=pick")
    assert SavedView.objects.count() == 1


def test_an_archived_project_keeps_its_views_and_takes_no_new_ones(project, bob, signed_in):
    project.archived_at = timezone.now()
    project.save()
    assert save(signed_in(bob), project, name="x", of="").status_code == 403


def test_a_filter_that_says_less_by_now_means_nothing(project, alice, bob, signed_in, takes):
    """Its last take lost the tag since the page was drawn: without the tag, all would be meant."""
    undo.undo(alice, culling.tag(alice, project, [takes[0].pk], ["night"]))
    for door in ("act", "download"):
        reply = post(signed_in(bob), project, door, act="trash", every="1", of="tag=night")
        assert reply.status_code == 422 and "load the page again" in told(reply)["text"]
    assert not Generation.objects.exclude(trashed_at=None).exists()


def test_thousands_may_be_ticked_one_by_one(project, bob, signed_in, takes):
    many = [*ids(takes), *(str(new_id()) for _ in range(2000))]
    reply = post(signed_in(bob), project, "act", act="pick", take=many, of="", seen="")
    assert told(reply)["text"] == "3 takes picked."


@pytest.mark.parametrize("sort", ["cost", "rating", "newest"])
def test_a_page_behind_a_take_that_is_none_is_empty(project, bob, signed_in, takes, sort):
    page = reverse("gallery", args=[project.slug])
    reply = signed_in(bob).get(page, {"sort": sort, "before": str(new_id())}, headers=HTMX)
    assert reply.status_code == 200


def test_names_of_views_keep_their_signs(project, bob, signed_in):
    save(signed_in(bob), project, name="Day/Night\u202e 16/9 ", of="mark=pick")
    assert SavedView.objects.get().name == "Day/Night 16/9"
