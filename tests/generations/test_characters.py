"""Characters: made, changed, archived, shared with the studio, and their pages."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from generations.api.find import get_character
from generations.models import Asset, Character
from generations.services import characters
from generations.services.characters import CharacterRefused
from generations.services.refusals import NotAllowed
from tests.factories import add_member, make_asset, make_project, make_take_row, save_asset
from tests.media_files import make_jpeg, make_wav


def picture(project: Any, name: str = "front") -> Asset:
    return make_asset(project=project, name=f"{name}.png")


def make(user: Any, project: Any, name: str = "Mira", **more: Any) -> Character:
    return characters.create(user, project, name=name, files=[picture(project)], **more)


@pytest.mark.parametrize(
    ("kinds", "field"),
    [
        ([], "assets"),
        (["clip"], "assets"),
        (["image"] * 10, "assets"),
        (["image", "sound", "sound"], "assets"),
    ],
)
def test_a_character_has_pictures_one_clip_and_one_sound(alice: Any, project: Any, kinds: Any, field: str):
    files = [make_asset(project=project, kind=kind) for kind in kinds]
    with pytest.raises(CharacterRefused) as error:
        characters.create(alice, project, name="Mira", files=files)
    assert error.value.field == field and not Character.objects.exists()


def test_a_name_is_whole_and_stands_for_one_character(alice: Any, project: Any):
    make(alice, project, "  Mi[r]a  ")
    assert Character.objects.get().name == "Mi(r)a"
    for name in ("mi(r)a", "  "):
        with pytest.raises(CharacterRefused):
            make(alice, project, name)


def test_the_name_of_an_archived_one_is_free_until_it_comes_back(alice: Any, project: Any):
    old = make(alice, project)
    characters.change(alice, old, archived=True)
    make(alice, project)
    with pytest.raises(CharacterRefused):
        characters.change(alice, old, archived=False)
    assert [row.name for row in characters.listed(alice, project, archived=True)] == ["Mira"]


def test_a_name_in_a_project_one_does_not_see_is_no_business_of_a_producer(
    alice: Any, producer: Any, project: Any
):
    """In the project its own is meant, and can still be changed."""
    own = make(alice, project)
    studio_s = make(producer, make_project(producer), studio=True)
    assert [row.pk for row in characters.listed(alice, project)] == [own.pk, studio_s.pk]
    request = SimpleNamespace(user=alice)
    assert get_character(request, "mira", project).pk == own.pk
    assert characters.change(alice, own, name="Mira", notes="Older now").notes == "Older now"
    with pytest.raises(CharacterRefused):
        make(alice, project, "MIRA")


def test_the_studio_s_are_made_by_administrators_and_producers(alice: Any, producer: Any, project: Any):
    with pytest.raises(NotAllowed):
        make(alice, project, studio=True)
    add_member(project, producer)
    made = make(producer, project, studio=True)
    assert made.project is None and not characters.may_change(alice, made)
    elsewhere = make_project(alice)
    assert list(characters.listed(alice, elsewhere)) == [made]


def test_one_of_a_project_can_become_the_studio_s(alice: Any, producer: Any, project: Any):
    row = make(alice, project)
    with pytest.raises(NotAllowed):
        characters.change(alice, row, studio=True)
    add_member(project, producer)
    elsewhere = make(producer, make_project(producer))
    with pytest.raises(CharacterRefused):  # its name would stand for two
        characters.change(producer, row, studio=True)
    characters.change(producer, elsewhere, name="Mara")
    assert characters.change(producer, row, studio=True).project is None


def test_a_viewer_makes_none(producer: Any, project: Any):
    add_member(project, producer, "viewer")
    with pytest.raises(NotAllowed):
        make(producer, project)


def test_the_studio_s_files_are_copied_once_into_the_project_that_uses_them(
    admin: Any, alice: Any, project: Any, tmp_path: Any
):
    home = make_project(admin)
    files = [save_asset(admin, home, make_jpeg(tmp_path / "a.jpg", (640, 480)))]
    files.append(save_asset(admin, home, make_wav(tmp_path / "b.wav", 3.0)))
    made = characters.create(admin, home, name="Mira", files=files, studio=True)
    first = characters.member_of(alice, made, project)
    assert characters.member_of(alice, made, project) == first
    here = Asset.objects.in_bulk(first.files)
    assert [here[pk].project_id for pk in first.files] == [project.pk] * 2
    assert [here[pk].sha256 for pk in first.files] == [asset.sha256 for asset in files]
    assert [here[pk].name for pk in first.files] == ["a.jpg", "b.wav"]


def test_uses_are_counted_of_takes_that_one_may_see(alice: Any, admin: Any, project: Any):
    made = make(admin, project, studio=True)
    for place in (project, project, make_project(admin)):
        make_take_row(project=place, hold=False).characters.add(made)
    assert characters.listed(alice, project).get().uses == 2
    assert characters.listed(admin, project).get().uses == 3


# -- pages ---------------------------------------------------------------------------------------------


@pytest.fixture
def page(signed_in: Any, bob: Any, project: Any) -> Any:
    client = signed_in(bob)
    return lambda path="", body=None: (
        client.get(f"/p/{project.slug}/characters{path}")
        if body is None
        else client.post(f"/p/{project.slug}/characters{path}", body)
    )


def test_one_is_made_of_an_upload_and_a_picked_file(page: Any, project: Any, tmp_path: Any):
    front = picture(project)
    with make_jpeg(tmp_path / "side.jpg", (640, 480)).open("rb") as file:
        answer = page("/new", {"name": "Mira", "notes": "Yellow coat", "pick": str(front.pk), "files": file})
    assert answer.status_code == 302
    row = Character.objects.get()
    assert [asset.name for asset in row.assets] == ["front.png", "side.jpg"] and row.notes == "Yellow coat"
    shown = page().content.decode()
    assert "Mira" in shown and "2 pictures" in shown and "in 0 takes" in shown


def test_a_refused_form_keeps_what_was_typed_and_uploaded(page: Any, tmp_path: Any):
    with make_jpeg(tmp_path / "side.jpg", (640, 480)).open("rb") as file:
        answer = page("/new", {"name": " ", "notes": "Yellow coat", "files": file})
    shown = answer.content.decode()
    assert answer.status_code == 422 and "Give the character a name." in shown
    assert "Yellow coat" in shown and f'name="file" value="{Asset.objects.get().pk}"' in shown


def test_a_file_that_is_no_medium_is_refused_by_name(page: Any, tmp_path: Any):
    (tmp_path / "notes.txt").write_text("no picture")
    with (tmp_path / "notes.txt").open("rb") as file:
        answer = page("/new", {"name": "Mira", "files": file})
    assert answer.status_code == 422 and "notes.txt" in answer.content.decode()


def test_the_main_picture_can_be_changed_and_one_taken_out(page: Any, alice: Any, project: Any):
    front, side = picture(project), picture(project, "side")
    row = characters.create(alice, project, name="Mira", files=[front, side])
    body = {"name": "Mira", "file": [str(front.pk), str(side.pk)]}
    shown = page(f"/{row.pk}", {**body, "first": str(side.pk)}).content.decode()
    assert shown.index(f'name="file" value="{side.pk}"') < shown.index(f'name="file" value="{front.pk}"')
    assert [asset.pk for asset in row.assets] == [front.pk, side.pk], "nothing is kept before Save"
    page(f"/{row.pk}", {"name": "Mira K.", "file": [str(side.pk)]})
    row = Character.objects.get()
    assert row.name == "Mira K." and [asset.pk for asset in row.assets] == [side.pk]


def test_two_people_at_once_do_not_overwrite_each_other_unseen(page: Any, alice: Any, project: Any):
    front = picture(project)
    row = characters.create(alice, project, name="Mira", notes="Yellow coat", files=[front])
    seen = characters.version_of(row)
    assert f'name="seen" value="{seen}"' in page(f"/{row.pk}").content.decode()
    characters.change(alice, row, notes="Red coat", files=[front, picture(project, "hat")])
    mine = {"name": "Mira", "notes": "Blue coat", "file": [str(front.pk)]}
    moved = page(f"/{row.pk}", {**mine, "seen": seen, "first": str(front.pk)}).content.decode()
    assert f'name="seen" value="{seen}"' in moved  # moving files about is no look at what stands there now
    answer = page(f"/{row.pk}", {**mine, "seen": seen})
    shown = answer.content.decode()
    assert answer.status_code == 409 and "Red coat" in shown and "Blue coat" in shown and "hat.png" in shown
    assert Character.objects.get().notes == "Red coat"
    now = re.search(r'name="seen" value="(\w+)"', shown)[1]
    assert page(f"/{row.pk}", {**mine, "seen": now}).status_code == 302
    assert Character.objects.get().notes == "Blue coat"


def test_a_file_names_the_characters_that_go_without_it(client: Any, alice: Any, project: Any):
    row = make(alice, project)
    client.force_login(alice)
    address = f"/a/{row.assets[0].pk}"
    assert "Mira" in client.get(address).content.decode()
    said = client.post(f"{address}/trash", follow=True).content.decode()
    assert "Without it until then: Mira." in said


@pytest.mark.parametrize("page", ["/", "/gallery"])
def test_people_read_a_name_without_the_brackets(client: Any, alice: Any, project: Any, page: str):
    take = make_take_row(project=project, author=alice, status="failed", prompt="A portrait of @[Mira Vale]")
    client.force_login(alice)
    shown = client.get(f"/p/{project.slug}{page}?status=any").content.decode()
    assert "A portrait of @Mira Vale" in shown and "@[Mira Vale]" not in shown
    assert "A portrait of @Mira Vale" in client.get(f"/t/{take.pk}").content.decode()


def test_an_archived_one_leaves_the_list_and_comes_back(page: Any, alice: Any, project: Any):
    row = make(alice, project)
    page(f"/{row.pk}/archive", {"archived": "1"})
    assert "No characters yet" in page().content.decode()
    page(f"/{row.pk}/archive", {"archived": "0"})
    assert "No characters yet" not in page().content.decode()


def test_the_studio_s_can_be_seen_but_not_changed_by_members(page: Any, admin: Any, project: Any):
    row = make(admin, project, studio=True)
    assert "whole studio" in page().content.decode()
    assert page(f"/{row.pk}").status_code == 403
    assert page(f"/{row.pk}/archive", {"archived": "1"}).status_code == 403


def test_a_picture_of_the_studio_s_is_seen_where_its_file_is_not(
    signed_in: Any, admin: Any, bob: Any, charlie: Any, project: Any, tmp_path: Any
):
    home = make_project(admin)
    file = save_asset(admin, home, make_jpeg(tmp_path / "a.jpg", (640, 480)))
    row = characters.create(admin, home, name="Mira", files=[file], studio=True)
    mine = characters.create(
        admin, project, name="Otto", files=[save_asset(admin, project, tmp_path / "a.jpg")]
    )
    assert signed_in(bob).get(f"/a/{file.pk}/thumb").status_code == 404
    assert signed_in(bob).get(f"/c/{row.pk}/thumb/{file.pk}").status_code == 200
    assert signed_in(charlie).get(f"/c/{mine.pk}/thumb/{mine.assets[0].pk}").status_code == 404
