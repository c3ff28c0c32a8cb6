"""Voices in the composer: each stays with its reference, whatever is added, removed or set aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.http import QueryDict

from generations.desk import lay, with_another
from generations.forms import read_typed
from generations.models import Generation
from generations.services import characters, remix
from providers.gateways.values import Role
from tests.factories import CAPABILITIES, make_asset, make_model
from tests.generations.composer.page import slots_in, waiting_in

PICTURE, CLIP, VOICE = "reference_image", "reference_video", "reference_voice"
SPEAKING: dict[str, Any] = {
    **CAPABILITIES,
    "modes": ["text_to_video", "reference_to_video"],
    "inputs": {
        PICTURE: {"max_count": 3},
        CLIP: {"max_count": 2, "mimes": ["video/mp4"]},
        VOICE: {"max_count": 5, "mimes": ["audio/mpeg"], "min_s": 3, "max_s": 30, "beside": [PICTURE, CLIP]},
    },
    "prompt_tags": {PICTURE: "@Image{n}"},
}
Slots = Sequence[tuple[str, Any]]


@pytest.fixture
def speaking(model: Any) -> Any:
    model.capabilities = SPEAKING
    model.save()
    return model


def sound(project: Any, name: str, seconds: float = 4.0) -> Any:
    facts = {"kind": "sound", "mime": "audio/mpeg", "duration_s": seconds, "width": None, "height": None}
    return make_asset(project=project, name=f"{name}.mp3", **facts)


def clip(project: Any) -> Any:
    facts = {"kind": "clip", "mime": "video/mp4", "duration_s": 3.0, "fps": 24.0}
    return make_asset(project=project, name="walk.mp4", **facts)


@pytest.fixture
def files(project: Any) -> dict[str, Any]:
    told = {name: make_asset(project=project, name=f"{name}.png") for name in ("cat", "hat")}
    return {**told, "walk": clip(project), "purr": sound(project, "purr"), "step": sound(project, "step")}


def form_of(slots: Slots) -> dict[str, Any]:
    """As a browser sends these slots."""
    found: dict[str, Any] = {"voice_order": [role for role, _file in slots]}
    for role in (PICTURE, CLIP, VOICE):
        found[role] = [str(getattr(file, "pk", file)) for of, file in slots if of == role]
    return found


def spoken(files: dict[str, Any]) -> Slots:
    """The second picture and the clip speak."""
    first = [(PICTURE, files["cat"]), (VOICE, ""), (PICTURE, files["hat"]), (VOICE, files["purr"])]
    return [*first, (PICTURE, ""), (CLIP, files["walk"]), (VOICE, files["step"]), (CLIP, "")]


def in_order(page: str) -> list[tuple[str, str]]:
    pattern = r'name="(\w+)" value="([^"]*)"><input type="hidden" name="voice_order"'
    return re.findall(pattern, page)


def test_voices_go_out_behind_their_reference_and_come_back(
    send: Any, signed_in: Any, bob: Any, project: Any, speaking: Any, files: dict[str, Any]
) -> None:
    slots = spoken(files)
    wanted = [(role, str(file.pk)) for role, file in slots if file]
    page = send("composer", **form_of(slots)).content.decode()
    assert in_order(page) == [(role, str(getattr(file, "pk", file))) for role, file in slots]
    ids = re.findall(r'id="(slot-[^"]+)"', page)
    assert (
        len(ids) == len(set(ids)) and "Voice of Reference 2" in page and "Voice of Reference clip 1" in page
    )

    assert send("composer/draft", **form_of(slots)).status_code == 200
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert [slot for slot in in_order(page) if slot[1]] == wanted

    assert send("generate", **form_of(slots)).status_code == 200
    take = Generation.objects.get()
    assert [(use.role, str(use.asset_id)) for use in take.inputs.order_by("position")] == wanted
    draft = remix.use(bob, take, "inputs")
    assert [(item["role"], item["asset"]) for item in draft.body["inputs"]] == wanted
    typed = read_typed(draft.body)
    assert [(role.value, str(pk)) for role, pk in typed.inputs] == wanted
    first, *others = draft.body["inputs"][1:]  # the hat came by a link and is not here
    typed = read_typed({"inputs": [{"role": first["role"], "url": "https://a.example/hat.png"}, *others]})
    assert [(role.value, str(pk)) for role, pk in typed.inputs] == wanted[3:]


def test_a_voice_goes_with_its_reference_and_waits_for_a_model_that_has_voices(
    send: Any, speaking: Any, files: dict[str, Any]
) -> None:
    slots = [(role, "" if file == files["hat"] else file) for role, file in spoken(files)]
    page = send("composer", **form_of(slots)).content.decode()
    assert [pk for pk in slots_in(page, VOICE) if pk] == [str(files["step"].pk)]

    silent = {**SPEAKING, "inputs": {PICTURE: {"max_count": 3}, CLIP: SPEAKING["inputs"][CLIP]}}
    away = send(
        "composer", **form_of(spoken(files)), model=str(make_model(capabilities=silent).pk)
    ).content.decode()
    assert sum(key.startswith(VOICE) for key in waiting_in(away)) == 2 and not in_order(away)
    names = (PICTURE, CLIP, f"{VOICE}_aside", "voice_of")
    back = {name: [pk for pk in re.findall(rf'name="{name}" value="([^"]*)"', away) if pk] for name in names}
    page = send("composer", **back).content.decode()
    wanted = [(role, str(file.pk)) for role, file in spoken(files) if file]
    assert [slot for slot in in_order(page) if slot[1]] == wanted


def fields_of(page: str) -> dict[str, list[str]]:
    """What the browser would send back of these slots, the hidden fields of what is set aside among it."""
    names = (PICTURE, CLIP, VOICE, "voice_order", "voice_of", *(f"{n}_aside" for n in (PICTURE, CLIP, VOICE)))
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', page) for name in names}


def test_a_voice_waits_and_comes_back_with_a_reference_that_is_too_much(
    send: Any, speaking: Any, files: dict[str, Any]
) -> None:
    slots = spoken(files)
    small = {**SPEAKING, "inputs": {**SPEAKING["inputs"], PICTURE: {"max_count": 1}}}
    other = make_model(capabilities=small, account=speaking.account)
    was, there = str(speaking.pk), str(other.pk)
    page = send("composer", **form_of(slots), model=there, laid_for=was).content.decode()
    assert [file for _role, file in in_order(page) if file] == [
        *(str(files["cat"].pk), str(files["walk"].pk), str(files["step"].pk))
    ]
    assert sorted(key.partition(":")[0] for key in waiting_in(page)) == [PICTURE, VOICE]
    for _reload in range(2):  # it waits as long as nothing is chosen
        page = send("composer", **fields_of(page), model=there, laid_for=there).content.decode()
    page = send("composer", **fields_of(page), model=was, laid_for=there).content.decode()
    wanted = [(role, str(file.pk)) for role, file in slots if file]
    assert [slot for slot in in_order(page) if slot[1]] == wanted


def test_one_picture_may_stand_twice_with_a_voice_each(files: dict[str, Any], speaking: Any) -> None:
    cat, purr, step = files["cat"], files["purr"], files["step"]
    twice = [(PICTURE, cat), (VOICE, purr), (PICTURE, cat), (VOICE, step)]
    typed = typed_of(twice, speaking)
    assert [(role.value, pk) for role, pk in typed.inputs] == [(role, file.pk) for role, file in twice]
    assert read_typed(typed.as_draft()).inputs == typed.inputs
    added = typed_of([(PICTURE, cat), (VOICE, purr), (PICTURE, cat), (VOICE, "")], speaking)
    assert [pk for role, pk in added.inputs if role == VOICE] == [purr.pk]


def test_a_voice_has_its_light(send: Any, project: Any, speaking: Any, files: dict[str, Any]) -> None:
    slots = [(PICTURE, files["cat"]), (VOICE, sound(project, "long", 31.0)), (PICTURE, files["hat"])]
    page = send("composer", **form_of([*slots, (VOICE, sound(project, "hm", 1.0))])).content.decode()
    lights = re.findall(r'data-slot="reference_voice".*?class="light (\w+)"', page, re.DOTALL)
    assert lights == ["fix", "no"] and "at most 30 s" in page and "at least 3 s" in page


def test_a_character_speaks_with_its_own_sound(
    send: Any, alice: Any, project: Any, speaking: Any, files: dict[str, Any]
) -> None:
    """Its first picture does; another character's picture before it keeps quiet."""
    cast = [files["purr"], files["hat"], files["walk"]]
    mira = characters.create(alice, project, name="Mira", files=cast)
    before = form_of([(PICTURE, files["cat"]), (VOICE, "")])
    page = send("composer", **before, cast_add=str(mira.pk)).content.decode()
    wanted = [(PICTURE, "cat"), (PICTURE, "hat"), (VOICE, "purr"), (CLIP, "walk")]
    assert [slot for slot in in_order(page) if slot[1]] == [(of, str(files[name].pk)) for of, name in wanted]
    data = form_of([(role, pk) for role, pk in in_order(page)])
    cast_json = re.search(r"name=\"cast\" value=\"(\[.*?\])\"><input", page)[1].replace("&quot;", '"')
    page = send("composer", **data, cast=cast_json, cast_out="Mira").content.decode()
    assert [slot for slot in in_order(page) if slot[1]] == [(PICTURE, str(files["cat"].pk))]


def test_a_copy_that_takes_the_place_of_a_reference_keeps_its_voice(
    bob: Any, project: Any, speaking: Any, files: dict[str, Any]
) -> None:
    other = make_asset(project=project)
    desk = lay(bob, project, typed_of([*spoken(files)], speaking))
    desk = with_another(desk, files["hat"].pk, other.pk)
    assert (Role.REFERENCE_IMAGE, other.pk) == desk.typed.inputs[1]
    assert desk.typed.inputs[2] == (Role.REFERENCE_VOICE, files["purr"].pk)
    files["hat"].delete()
    desk = lay(bob, project, typed_of([*spoken(files)], speaking))
    voices = [asset.pk for role, asset in desk.uses if role == Role.REFERENCE_VOICE]
    assert voices == [files["step"].pk]  # not that of the file that is gone


def typed_of(slots: Slots, model: Any) -> Any:
    data = QueryDict(mutable=True)
    for name, values in {**form_of(slots), "model": [str(model.pk)]}.items():
        data.setlist(name, values)
    return read_typed(data)


def test_forged_orders_break_nothing(files: dict[str, Any], speaking: Any) -> None:
    every = [(PICTURE, files["cat"]), (VOICE, files["purr"])]
    for order in ([VOICE] * 300, ["", "first_frame"], [PICTURE, VOICE, VOICE]):
        data = QueryDict(mutable=True)
        for name, values in {**form_of(every), "voice_order": order}.items():
            data.setlist(name, values)
        assert len(read_typed(data).inputs) <= 2
