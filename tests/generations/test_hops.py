"""How many clips lie behind a take: counted when it is made, said before and after."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from generations.models import Generation, Output, PastPrompt
from generations.services import lineage
from generations.services.compose import Wish, compose
from generations.services.create import create_generations
from generations.services.drafts import Seen, save
from generations.services.lineage import hop_of
from providers.gateways.values import Mode, Role
from tests.factories import make_asset, make_model, make_take_row, make_token

pytestmark = pytest.mark.both_databases
ONWARD = {Mode.EXTEND: 2, Mode.UPSCALE: 1}  # an enlarged clip is no further hop


@pytest.fixture
def model(db: None) -> Any:
    return make_model()


def ended(take: Generation) -> Any:
    """Its last frame as a file of the take, and as an asset."""
    frame = make_asset(project=take.project)
    facts = {"file": "x.png", "sha256": frame.sha256, "mime": "image/png", "size_bytes": 9}
    Output.objects.create(generation=take, kind=Output.Kind.LAST_FRAME, **facts)
    return frame


def go_on(take: Generation, frame: Any, relation: str) -> Generation:
    wish = Wish(take.model, {"prompt": "On"}, [(Role.FIRST_FRAME, frame.pk)], take, relation)
    return create_generations(take.author, [compose(take.author, take.project, wish)])[0]


def test_each_last_frame_is_one_hop_more(project, model):
    take = make_take_row(project=project, model=model, status="completed")
    hops = []
    for _number in range(3):
        take = go_on(take, ended(take), "last_frame")
        hops.append(take.hop)
    assert hops == [1, 2, 3]


def test_an_edit_stands_where_its_parent_stands_while_it_has_its_frame(project, model):
    first = make_take_row(project=project, model=model, status="completed")
    frame = ended(first)
    second = go_on(first, frame, "last_frame")
    assert go_on(second, frame, "edit").hop == 1
    assert go_on(second, make_asset(project=project), "edit").hop == 0
    assert hop_of(second, "edit", []) == 0


def test_the_composer_says_the_hop_before_the_click(signed_in, bob, project, model):
    take = make_take_row(project=project, model=model, status="completed", hop=2)
    frame = ended(take)
    body = {"prompt": "On", "parent": str(take.pk), "relation": "last_frame", "model": str(model.pk)}
    body |= {"inputs": [{"role": "first_frame", "asset": str(frame.pk)}]}
    save(bob, project, body, Seen())
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert "Hop 3" in page and "drift a little with each hop" in page
    save(bob, project, {**body, "inputs": []}, Seen(1))  # the frame was taken out
    assert "Hop 3" not in signed_in(bob).get(f"/p/{project.slug}/").content.decode()


def picked(take: Generation, op: str = "last_frame", **more: Any) -> Any:
    """A file that was picked out of a take for a slot, and a copy of it that fits there."""
    of = make_asset(project=take.project, derivation={"op": op, "take": str(take.pk)})
    return make_asset(project=take.project, derived_from=of, derivation={"op": "crop"}, **more)


def test_the_take_of_the_first_slot_becomes_the_parent_and_the_others_are_named(
    signed_in, bob, project, model
):
    one, two = (make_take_row(project=project, model=model, prompt=p, hop=1) for p in ("A fox", "A hare"))
    files = [(Role.REFERENCE_IMAGE, picked(two)), (Role.REFERENCE_IMAGE, make_asset(project=project))]
    uses = [(Role.FIRST_FRAME, picked(one)), *files]
    assert lineage.origin(Generation.objects.all(), uses, Mode.IMAGE_TO_VIDEO) == (one, "last_frame")
    told = [(Role.FIRST_FRAME, Mode.IMAGE_TO_VIDEO, "video", "frame", 2)]
    told += [(Role.SOURCE_VIDEO, mode, "video", mode.value, hop) for mode, hop in ONWARD.items()]
    told += [(Role.SOURCE_VIDEO, Mode.EDIT, "video", "clip", 2)]
    told += [(Role.REFERENCE_IMAGE, Mode.REFERENCE_TO_VIDEO, "last_frame", "used", 0)]
    for role, mode, op, relation, hop in told:
        found = lineage.origin(Generation.objects.all(), [(role, picked(one, op))], mode)
        assert found == (one, relation) and hop_of(one, relation, []) == hop, role
    assert lineage.origin(Generation.objects.exclude(pk=one.pk), uses, Mode.IMAGE_TO_VIDEO) == (two, "used")

    wish = Wish(model, {"prompt": "On"}, [(Role.FIRST_FRAME, uses[0][1].pk)])
    (take,) = create_generations(bob, [compose(bob, project, wish)])
    assert (take.parent, take.relation, take.hop) == (one, "last_frame", 2)
    take.inputs.create(role="reference_image", position=1, asset=files[0][1])
    page = signed_in(bob).get(f"/t/{take.pk}").content.decode()
    assert "Goes on from the last frame of" in page and "Out of “A fox”" in page
    assert "Uses" in page and page.count("A hare") == 2
    body = {"prompt": "On", "model": str(model.pk)}
    body |= {"inputs": [{"role": "first_frame", "asset": str(uses[0][1].pk)}]}
    save(bob, project, body, Seen())
    assert "Hop 2" in signed_in(bob).get(f"/p/{project.slug}/").content.decode()


@pytest.mark.parametrize(("hop", "said", "warned"), [(0, False, False), (2, True, False), (3, True, True)])
def test_the_take_page_warns_from_the_third_on(signed_in, bob, project, model, hop, said, warned):
    take = make_take_row(project=project, model=model, status="completed", hop=hop)
    page = signed_in(bob).get(f"/t/{take.pk}").content.decode()
    assert (f"Hop {hop}" in page, "drift a little" in page) == (said, warned)


def test_the_api_finds_the_last_frame_by_its_bytes(client, bob, project, model):
    parent = make_take_row(project=project, model=model, status="completed", hop=1)
    body = {"project": project.slug, "model": model.wire_id, "prompt": "On", "parent": str(parent.pk)}
    body["inputs"] = [{"role": "first_frame", "asset": str(ended(parent).pk)}]
    headers = {"Authorization": f"Bearer {make_token(bob)}"}
    made = client.post("/api/v1/generations", body, content_type="application/json", headers=headers).json()
    assert (made["relation"], made["hop"]) == ("last_frame", 2)


def test_older_takes_are_counted_by_the_migration(project, model):
    first = make_take_row(project=project, model=model)
    frame = make_asset(project=project)
    second = make_take_row(project=project, model=model, parent=first, relation="last_frame")
    retry = make_take_row(
        project=project, model=model, parent=second, relation="retry", inputs=[("first_frame", frame)]
    )
    third = make_take_row(project=project, model=model, parent=retry, relation="last_frame")
    import_module("generations.migrations.0023_fill_hops").fill(apps, None)
    assert [Generation.objects.get(pk=take.pk).hop for take in (first, second, retry, third)] == [0, 1, 1, 2]


def test_older_prompts_are_filled_in_by_the_migration(bob, project, model):
    for text in ("A fox", "A fox", "A hare", " "):
        make_take_row(project=project, model=model, prompt=text, author=bob)
    import_module("generations.migrations.0021_fill_past_prompts").fill(apps, None)
    found = PastPrompt.objects.filter(user=bob, project=project, sent=True).values_list("text", flat=True)
    assert sorted(found) == ["A fox", "A hare"]
