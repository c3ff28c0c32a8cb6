"""Parts of a take in the composer: only that part changes, and it can be taken back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from generations.models import Generation, Output
from generations.models import Role as ProjectRole
from generations.services import drafts, lineage, remix
from generations.services.drafts import Seen
from providers.gateways.values import Role
from providers.models import VideoModel
from tests.factories import CAPABILITIES, add_member, make_asset, make_model, make_take_row, make_user
from tests.generations.composer.page import REFERENCES, slots_in

pytestmark = pytest.mark.both_databases
EXTENDS: dict[str, Any] = {
    **CAPABILITIES,
    "modes": ["text_to_video", "extend"],
    "inputs": {"source_video": {"max_count": 1}},
}
ON_PAGE = {"HX-Request": "true", "HX-Target": "composer"}
MINE: dict[str, Any] = {"prompt": "My own words", "seed": 7, "duration_s": 10.0, "resolution": "1080p"}


@pytest.fixture
def model(db: None) -> Any:
    return make_model()


@pytest.fixture
def take(project: Any, model: Any) -> Generation:
    frame = make_asset(project=project)
    fields = {"status": "completed", "prompt": "Fog", "inputs": [("first_frame", frame)]}
    made = make_take_row(project=project, model=model, **fields)
    made.request |= {"seed": 42}
    made.save()
    return made


@pytest.fixture
def draft(bob: Any, project: Any, model: Any) -> Any:
    drafts.save(bob, project, {**MINE, "model": str(model.pk)}, Seen())
    return lambda: drafts.of(bob, project).body


def use(client: Any, take: Generation, part: str = "", verb: str = "use", **more: Any) -> Any:
    return client.post(f"/t/{take.pk}/{verb}", {"part": part}, **more)


@pytest.mark.parametrize(
    ("part", "changed"),
    [("prompt", {"prompt": "Fog"}), ("seed", {"seed": 42}), ("duration_s", {"duration_s": 5.0})],
)
def test_one_value_replaces_only_itself(signed_in, bob, project, take, draft, part, changed):
    reply = use(signed_in(bob), take, part)
    assert reply.url == f"/p/{project.slug}/?focus=prompt"
    assert {name: draft()[name] for name in MINE} == {**MINE, **changed}


def test_inputs_only_brings_the_files_and_leaves_the_words(signed_in, bob, project, take, draft):
    client = signed_in(bob)
    use(client, take, "inputs")
    assert {name: draft()[name] for name in MINE} == MINE
    page = client.get(f"/p/{project.slug}/").content.decode()
    assert slots_in(page, "first_frame") == [str(take.inputs.get().asset_id)]


def test_a_takes_model_sets_aside_what_it_takes_fewer_of(signed_in, bob, project, model):
    two = {**REFERENCES, "inputs": {"reference_image": {"max_count": 2}}}
    few = make_model(account=model.account, label="Takes two", capabilities=two)
    take = make_take_row(project=project, model=few, status="completed")
    files = [str(make_asset(project=project).pk) for _ in range(3)]
    inputs = [{"role": "reference_image", "asset": pk} for pk in files]
    drafts.save(bob, project, {**MINE, "model": str(model.pk), "inputs": inputs}, Seen())
    client = signed_in(bob)
    use(client, take, "model")
    page = client.get(f"/p/{project.slug}/").content.decode()
    assert slots_in(page) == files[:2] and slots_in(page, "reference_image_aside") == files[2:]


def test_an_input_by_link_that_never_came_is_named(signed_in, bob, project, take, draft):
    take.request |= {"inputs": [{"role": "first_frame", "url": "https://pics.example/a.png?key=secret"}]}
    take.save()
    for verb, part in (("use", "inputs"), ("edit", "")):
        use(signed_in(bob), take, part, verb)
        said = drafts.of(bob, project).replaced["words"]
        assert "by link from pics.example" in said and "secret" not in said


def test_a_value_that_the_take_lacks_is_refused(signed_in, bob, take, draft):
    for part in ("negative_prompt", "inputs.0", "model_id", "__class__", "extra.camera"):
        assert use(signed_in(bob), take, part).status_code == 422
    assert {name: draft()[name] for name in MINE} == MINE


def test_the_seed_that_the_gateway_took_can_be_used(signed_in, bob, take, draft):
    Generation.objects.filter(pk=take.pk).update(request={"prompt": "Fog"}, job_handle={"seed": 99})
    use(signed_in(bob), take, "seed")
    assert draft()["seed"] == 99


def test_what_was_replaced_comes_back_by_undo(signed_in, bob, project, take, draft):
    client = signed_in(bob)
    use(client, take, verb="edit")
    assert draft()["prompt"] == "Fog"
    assert "Filled from take" in client.get(f"/p/{project.slug}/").content.decode()
    client.post(f"/p/{project.slug}/composer/draft/undo")
    assert {name: draft()[name] for name in MINE} == MINE
    page = client.get(f"/p/{project.slug}/").content.decode()
    assert "My own words" in page and "Filled from take" not in page


def test_on_the_page_what_is_being_typed_is_the_base(signed_in, bob, project, take, draft, model):
    typed = {"prompt": "Typed this second", "model": str(model.pk), "duration_s": "10", "seed": "7"}
    typed |= {"draft_version": drafts.of(bob, project).version, "draft_tab": uuid4().hex, "part": "seed"}
    page = signed_in(bob).post(f"/t/{take.pk}/use", typed, headers=ON_PAGE).content.decode()
    assert ">Typed this second</textarea>" in page and 'value="42"' in page
    assert draft()["prompt"] == "Typed this second" and draft()["seed"] == 42


def test_a_refusal_on_the_page_keeps_the_composer(signed_in, bob, project, take, draft, model):
    typed = {"prompt": "Typed", "model": str(model.pk), "draft_tab": uuid4().hex, "part": "nonsense"}
    reply = signed_in(bob).post(f"/t/{take.pk}/use", typed, headers=ON_PAGE)
    assert reply.status_code == 422
    assert ">Typed</textarea>" in reply.content.decode() and "no such value" in reply.content.decode()


def test_the_take_page_offers_each_value(signed_in, bob, take):
    page = signed_in(bob).get(f"/t/{take.pk}").content.decode()
    for part in ("prompt", "inputs", "model", "seed", "duration_s", "resolution"):
        assert f'name="part" value="{part}"' in page


def test_a_viewer_is_offered_nothing_and_may_use_nothing(signed_in, project, take):
    viewer = make_user()
    add_member(project, viewer, ProjectRole.VIEWER)
    client = signed_in(viewer)
    assert 'name="part"' not in client.get(f"/t/{take.pk}").content.decode()
    assert 'name="part"' not in client.get(f"/t/{take.pk}/menu").content.decode()
    for verb in ("use", "edit", "extend", "upscale"):
        assert use(client, take, "prompt", verb).status_code == 403


def test_the_menu_of_a_card_offers_what_the_take_has(signed_in, bob, charlie, project, model):
    plain = make_take_row(project=project, model=model, status="failed")
    page = signed_in(bob).get(f"/t/{plain.pk}/menu").content.decode()
    offered = ["/edit", 'value="prompt"', 'value="seed"', 'value="inputs"', "/extend", "/use-last-frame"]
    assert [words in page for words in offered] == [True, True, False, False, False, False]
    assert signed_in(charlie).get(f"/t/{plain.pk}/menu").status_code == 404


def offer_only(*models: Any) -> None:
    VideoModel.objects.exclude(pk__in=[model.pk for model in models]).update(allowed=False)


def with_clip(take: Generation) -> Generation:
    """Its clip as a row, and the same bytes as an asset: what a first click has made."""
    asset = make_asset(project=take.project, kind="clip", mime="video/mp4", duration_s=5, fps=24)
    Output.objects.create(
        generation=take, kind="video", file="x.mp4", sha256=asset.sha256, mime="video/mp4", size_bytes=9
    )
    return take


def test_extend_puts_the_clip_on_a_model_that_extends(signed_in, bob, project, take, draft, model):
    able = make_model(capabilities=EXTENDS)
    offer_only(model, able)
    use(signed_in(bob), with_clip(take), verb="extend")
    body, clip = draft(), project.assets.get(kind="clip")
    assert body["inputs"] == [{"role": "source_video", "asset": str(clip.pk)}]
    assert (body["model"], body["mode"], body["relation"]) == (str(able.pk), "extend", "extend")
    assert f"The model is {able.label} now." in drafts.of(bob, project).replaced["words"]
    assert (body["prompt"], body["seed"]) == ("My own words", 7)


@pytest.mark.parametrize("verb", ["extend", "use-last-frame"])
def test_going_on_leaves_the_characters_behind(signed_in, bob, project, take, model, verb):
    files = [str(make_asset(project=project).pk)]
    named = {"prompt": "A portrait of @[Mira Vale]", "cast": [{"name": "Mira Vale", "files": files}]}
    drafts.save(bob, project, {**named, "model": str(model.pk)}, Seen())
    make_model(capabilities=EXTENDS)
    frame = make_asset(project=project)
    Output.objects.create(
        generation=take, kind="last_frame", file="x", sha256=frame.sha256, mime="image/png", size_bytes=9
    )
    use(signed_in(bob), with_clip(take), verb=verb)
    body = drafts.of(bob, project).body
    assert (body["prompt"], body.get("cast", [])) == ("A portrait of Mira Vale", [])
    assert len(body["inputs"]) == 1 and files[0] not in str(body)


def test_extend_takes_the_nearest_model(take, model):
    far, near = make_model(capabilities=EXTENDS), make_model(capabilities=EXTENDS, account=model.account)
    offer_only(model, far, near)
    assert remix.able_to(take.author, take, "extend").model == near
    family = make_model(capabilities=EXTENDS, account=model.account, family="Wan", label="Wan edit")
    same_name = make_model(capabilities=EXTENDS, account=model.account, family="Wan", label="Wan words")
    offer_only(model, far, near, family, same_name)
    type(model).objects.filter(pk=model.pk).update(family="Wan", label="Wan words")
    take.model.refresh_from_db()
    assert remix.able_to(take.author, take, "extend").model == same_name


def test_upscale_puts_the_clip_on_a_model_that_enlarges(signed_in, bob, project, take, draft, model):
    able = make_model(capabilities={**EXTENDS, "modes": ["upscale"], "prompt_max_chars": 0})
    offer_only(model, able)
    use(signed_in(bob), with_clip(take), verb="upscale")
    body, clip = draft(), project.assets.get(kind="clip")
    assert body["inputs"] == [{"role": "source_video", "asset": str(clip.pk)}]
    assert (body["model"], body["mode"], body["relation"]) == (str(able.pk), "upscale", "upscale")
    assert lineage.hop_of(take, "upscale", [(Role.SOURCE_VIDEO, clip.pk)]) == take.hop
    assert f'action="/t/{take.pk}/upscale"' in signed_in(bob).get(f"/t/{take.pk}/menu").content.decode()


def test_extend_says_where_no_model_does(signed_in, bob, take, draft, model):
    offer_only(model)
    assert use(signed_in(bob), with_clip(take), verb="extend").status_code == 422
    assert draft()["prompt"] == "My own words"
