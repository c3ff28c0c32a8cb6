"""@ in the composer: what the page offers to name, characters put in and out, and the workflows."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from generations.models import Asset, Draft, Generation
from generations.services import characters
from tests.factories import CAPABILITIES, make_asset, make_model, make_project
from tests.generations.composer.page import slots_in

TAGS = {"reference_image": "<Image {n}>", "reference_video": "<Video {n}>", "source_video": "<Video {n}>"}
REFERRING: dict[str, Any] = {
    **CAPABILITIES,
    "modes": ["text_to_video", "reference_to_video"],
    "inputs": {
        "reference_image": {"max_count": 3},
        "reference_audio": {"max_count": 1, "mimes": ["audio/mpeg"], "beside": ["reference_image"]},
    },
    "prompt_tags": TAGS,
}
ELEMENTS: dict[str, Any] = {
    **CAPABILITIES,
    "modes": ["reference_to_video"],
    "inputs": {
        "element": {"max_count": 2},
        "element_reference": {"max_count": 8, "beside": ["element"], "mimes": ["image/png", "video/mp4"]},
    },
    "prompt_tags": {"element": "@Element{n}"},
}
WORKFLOWS: dict[str, Any] = {
    **REFERRING,
    "modes": ["reference_to_video", "edit", "extend", "video_to_video"],
    "inputs": {
        "reference_image": {"max_count": 3},
        "source_video": {
            "max_count": 3,
            "mimes": ["video/mp4"],
            "counts": {"edit": [1, 1], "extend": [1, 1], "video_to_video": [2, 3]},
        },
    },
    "prompt_forms": {
        "reference_to_video": "Refer to {references} to generate: {prompt}",
        "edit": "Strictly edit <Video 1>, {prompt}",
        "extend": "Extend <Video 1>, generate {prompt}",
        "video_to_video": "<Video 1> + {prompt} + {following}",
    },
}


def with_caps(caps: dict[str, Any]) -> Any:
    return make_model(capabilities=caps)


def images(project: Any, *names: str) -> list[Asset]:
    return [make_asset(project=project, name=f"{name}.png", thumb="thumb.webp") for name in names]


def voice(project: Any) -> Asset:
    facts = {"kind": "sound", "mime": "audio/mpeg", "duration_s": 4.0, "width": None, "height": None}
    return make_asset(project=project, name="voice.mp3", **facts)


@pytest.fixture
def mira(alice: Any, project: Any) -> Any:
    files = [*images(project, "front", "side"), voice(project)]
    return characters.create(alice, project, name="Mira", files=files)


def html(response: Any) -> str:
    return unescape(response.content.decode())


def named(page: str) -> dict[str, dict[str, str]]:
    """The options of the list by name, with their data."""
    found = re.findall(r'<li id="mention-\d+"[^>]*data-name="([^"]*)"(.*?)><span class="pic">', page)
    return {name: dict(re.findall(r' data-([a-z]+)(?:="([^"]*)")?', rest)) for name, rest in found}


def cast_in(page: str) -> Any:
    return json.loads(re.search(r"name=\"cast\" value=\"(\[.*?\])\"><input", page)[1])


def again(page: str) -> dict[str, Any]:
    """What the form would send back of files and characters."""
    roles = ("reference_image", "reference_audio", "reference_image_aside", "element", "element_reference")
    back: dict[str, Any] = {role: [pk for pk in slots_in(page, role) if pk] for role in roles}
    back["element_order"] = re.findall(r'name="element_order" value="([^"]*)"', page)
    for_ = re.search(r'name="cast_for" value="([^"]*)"', page)
    return {**back, "cast": json.dumps(cast_in(page)), "cast_for": for_[1] if for_ else ""}


def test_attached_files_and_characters_can_be_named(send: Any, project: Any, mira: Any):
    cat, hat = images(project, "cat", "hat")
    model = with_caps(REFERRING)
    page = html(send("composer", model=str(model.pk), reference_image=[str(cat.pk), str(hat.pk)]))
    assert named(page)["hat"]["tag"] == "<Image 2>" and "wants" in named(page)["hat"]
    assert named(page)["Mira"] == {"add": str(mira.pk)}


def test_a_form_that_names_every_file_leaves_none_to_be_named(send: Any, pictures: list[str]):
    model = with_caps(WORKFLOWS)
    for prompt, wants in (("A boat", False), ("Refer to <Image 1> to draw a boat", True)):
        page = html(send("composer", model=str(model.pk), reference_image=pictures[:1], prompt=prompt))
        assert ("wants" in named(page)["cat"]) == wants


def test_a_character_brings_its_files_and_goes_with_them(send: Any, project: Any, mira: Any):
    model = with_caps(REFERRING)
    cat = images(project, "cat")[0]
    page = html(send("composer", model=str(model.pk), reference_image=[str(cat.pk)], cast_add=str(mira.pk)))
    files = [str(asset.pk) for asset in mira.assets]
    assert slots_in(page)[:3] == [str(cat.pk), *files[:2]] and slots_in(page, "reference_audio") == [files[2]]
    assert named(page)["Mira"]["tag"] == "<Image 2>, <Image 3>, the reference audio"
    page = html(send("composer", model=str(model.pk), **again(page), cast_out="Mira"))
    assert slots_in(page) == [str(cat.pk), ""] and cast_in(page) == []


def test_what_found_no_place_is_said_and_the_main_picture_comes_first(send: Any, project: Any, mira: Any):
    model = with_caps(REFERRING)
    full = [str(asset.pk) for asset in images(project, "a", "b")]
    page = html(send("composer", model=str(model.pk), reference_image=full, cast_add=str(mira.pk)))
    assert slots_in(page) == [*full, str(mira.assets[0].pk)]
    assert "Mira: 1 picture left out" in page


def test_another_model_gets_the_files_in_the_roles_it_has(send: Any, mira: Any):
    flat, elements = with_caps(REFERRING), with_caps(ELEMENTS)
    front, side, sound = (str(asset.pk) for asset in mira.assets)
    page = html(send("composer", model=str(flat.pk), cast_add=str(mira.pk)))
    page = html(send("composer", model=str(elements.pk), **again(page)))
    assert slots_in(page, "element") == [front, ""] and slots_in(page, "element_reference") == [side, ""]
    assert named(page)["Mira"]["tag"] == "@Element1" and "Mira: 1 sound left out" in page
    page = html(send("composer", model=str(flat.pk), **again(page)))
    assert slots_in(page)[:2] == [front, side] and slots_in(page, "reference_audio") == [sound]


def test_views_of_a_character_do_not_join_another_element(send: Any, project: Any, mira: Any):
    model = with_caps(ELEMENTS)
    boat, stern = (str(asset.pk) for asset in images(project, "boat", "stern"))
    placed = {
        "element": [boat],
        "element_reference": [stern],
        "element_order": ["element", "element_reference"],
    }
    page = html(send("composer", model=str(model.pk), **placed, cast_add=str(mira.pk)))
    back = again(page)
    assert back["element_order"].count("element") == 2
    page = html(send("composer", model=str(model.pk), **back, cast_out="Mira"))
    assert slots_in(page, "element") == [boat, ""] and slots_in(page, "element_reference") == [stern, ""]


def test_a_file_that_a_person_took_out_stays_out(send: Any, mira: Any):
    model, other = with_caps(REFERRING), with_caps(REFERRING)
    page = html(send("composer", model=str(model.pk), cast_add=str(mira.pk)))
    left = again(page)
    left["reference_image"] = left["reference_image"][1:]
    page = html(send("composer", model=str(model.pk), **left))
    page = html(send("composer", model=str(other.pk), **again(page)))
    assert slots_in(page) == [str(mira.assets[1].pk), ""]


def test_a_take_keeps_the_name_the_files_and_the_use(send: Any, mira: Any, alice: Any, project: Any):
    model = with_caps(REFERRING)
    page = html(send("composer", model=str(model.pk), cast_add=str(mira.pk)))
    assert send(model=str(model.pk), **again(page), prompt="@[Mira] waves").status_code == 200
    take = Generation.objects.get()
    old = [str(asset.pk) for asset in mira.assets]
    assert take.prompt == "@[Mira] waves" and take.request["cast"][0]["files"] == old
    characters.change(alice, mira, files=images(project, "new"))
    assert characters.listed(alice, project).get().uses == 1
    assert [str(use.asset_id) for use in take.inputs.order_by("position")] == old


def test_a_name_in_the_prompt_alone_brings_nothing(send: Any, mira: Any):
    answer = send(prompt="@[Mira] waves")
    assert answer.status_code == 422 and "“@[Mira]” names no file that is attached" in html(answer)
    assert not Generation.objects.exists()


def test_the_draft_keeps_the_cast(send: Any, mira: Any):
    model = with_caps(REFERRING)
    page = html(send("composer", model=str(model.pk), cast_add=str(mira.pk)))
    send("composer/draft", model=str(model.pk), **again(page))
    assert [member["name"] for member in Draft.objects.get().body["cast"]] == ["Mira"]


def test_a_character_of_another_project_is_not_there(send: Any, charlie: Any):
    other = make_project(charlie)
    hers = characters.create(charlie, other, name="Zoe", files=images(other, "zoe"))
    assert send("composer", cast_add=str(hers.pk)).status_code == 404
    assert "Zoe" not in named(html(send("composer")))


def test_forged_files_in_a_cast_attach_nothing(send: Any, charlie: Any, alice: Any):
    foreign = images(make_project(charlie), "secret")[0]
    cast = json.dumps([{"name": "X", "files": [str(foreign.pk)]}])
    model, other = with_caps(REFERRING), with_caps(REFERRING)
    page = html(send("composer", model=str(model.pk), cast=cast, cast_for=str(other.pk)))
    assert slots_in(page) == [""]


def workflow_row(page: str) -> str:
    found = re.search(r'<fieldset class="workflows".*?</fieldset>', page, re.DOTALL)
    return found[0] if found else ""


def test_workflows_are_a_row_only_where_they_are_documented(send: Any):
    assert not workflow_row(html(send("composer", model=str(with_caps(REFERRING).pk))))
    row = workflow_row(html(send("composer", model=str(with_caps(WORKFLOWS).pk))))
    assert re.findall(r'<span class="v">(\w+)</span>', row) == ["Reference", "Edit", "Extend", "Stitch"]


@pytest.mark.parametrize(
    ("mode", "clips", "said"),
    [
        ("edit", 0, "Needs 1 source clip."),
        ("edit", 1, "Goes out as “Strictly edit <Video 1>, …”"),
        ("extend", 2, "Needs 1 source clip."),
        ("video_to_video", 1, "Needs 2 to 3 source clips."),
        ("video_to_video", 2, "Goes out as “<Video 1> + … + followed by <Video 2>”"),
    ],
)
def test_a_workflow_says_its_shape_or_what_it_lacks(
    send: Any, project: Any, mode: str, clips: int, said: str
):
    model = with_caps(WORKFLOWS)
    files = [
        str(make_asset(project=project, name=f"{n}.mp4", kind="clip", mime="video/mp4", duration_s=4.0).pk)
        for n in range(clips)
    ]
    row = workflow_row(html(send("composer", model=str(model.pk), mode=mode, source_video=files)))
    assert said in row and re.search(rf'value="{mode}" checked', row)


def test_a_workflow_without_its_clip_is_not_run_as_another(send: Any, pictures: list[str]):
    model = with_caps(WORKFLOWS)
    answer = send(model=str(model.pk), mode="edit", reference_image=pictures[:1])
    assert answer.status_code == 422 and "Needs 1 source clip." in html(answer)
    assert not Generation.objects.exists()
