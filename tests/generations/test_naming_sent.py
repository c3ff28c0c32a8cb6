"""Each gateway is sent its own names for the files; the take keeps the prompt as it was written."""

from __future__ import annotations

from typing import Any

import pytest

from generations.models import Asset, Generation
from generations.services import again, outgoing, reconcile
from generations.services.compose import Refused, Wish, compose, wish_of
from generations.services.create import create_generations
from generations.services.naming import Member
from providers.gateways.capabilities import from_plain
from providers.gateways.job_list import Candidate
from providers.gateways.values import Mode, Role
from tests.factories import CLOSED_PORT, make_account, make_asset, make_take, make_take_row, model_of

IMAGE, CLIP, SOUND = Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO
ELEMENT, VIEW, SCENE, SOURCE = Role.ELEMENT, Role.ELEMENT_REFERENCE, Role.SCENE_IMAGE, Role.SOURCE_VIDEO
SEEDANCE, KLING = "seedance-2-0-reference-to-video-basic", "kling-o3-pro-reference-to-video"
FACTS: dict[str, dict[str, Any]] = {
    Asset.Kind.IMAGE: {},
    Asset.Kind.CLIP: {"mime": "video/mp4", "duration_s": 4.0, "fps": 24.0},
    Asset.Kind.SOUND: {"mime": "audio/mpeg", "duration_s": 4.0, "width": None, "height": None},
}
KINDS = {CLIP: Asset.Kind.CLIP, SOURCE: Asset.Kind.CLIP, SOUND: Asset.Kind.SOUND}


@pytest.fixture
def offered(db: None, monkeypatch: Any) -> Any:
    """``offered("venice", id)``: a model of the shipped catalogue that costs nothing and sends nothing."""
    monkeypatch.setattr("generations.services.compose.is_reachable", lambda account: True)

    def make(gateway: str, wire_id: str) -> Any:
        return model_of(make_account(gateway, base_url=CLOSED_PORT, sandbox=True), wire_id)

    return make


def files(project: Any, *roles: Role) -> list[tuple[Role, Asset]]:
    """Named ``one``, ``two``, … in their order."""
    names = iter(("one", "two", "three", "four"))
    kinds = [KINDS.get(role, Asset.Kind.IMAGE) for role in roles]
    return [
        (role, make_asset(project=project, name=f"{next(names)}.x", kind=kind, **FACTS[kind]))
        for role, kind in zip(roles, kinds, strict=True)
    ]


def taken(user: Any, project: Any, model: Any, prompt: str, *roles: Role, **more: Any) -> Generation:
    inputs = [(role, asset.pk) for role, asset in files(project, *roles)]
    composition = compose(user, project, Wish(model, {"prompt": prompt}, inputs, **more))
    return create_generations(user, [composition])[0]


def sent(take: Generation) -> dict[str, Any]:
    """The body of the submit, with addresses that nobody fetches."""
    out = outgoing.prepare(take, with_files=False)
    caps = from_plain(take.model.capabilities)
    named = tuple(
        type(item)(item.role, item.media.at(f"https://example.com/{at}"))
        for at, item in enumerate(out.request.inputs)
    )
    request = type(out.request)(**{**vars(out.request), "inputs": named})
    return dict(take.account.adapter.build_submit(request, caps).json or {})


GOLDEN = [
    ("venice", SEEDANCE, "@[two] meets @[one]", [IMAGE, IMAGE], "<Image 2> meets <Image 1>"),
    ("venice", SEEDANCE, "@[two] as in @[one]", [CLIP, IMAGE], "<Image 1> as in <Video 1>"),
    ("venice", SEEDANCE, "@[one] speaks with @[two]", [IMAGE, SOUND], "<Image 1> speaks with <Audio 1>"),
    ("venice", KLING, "@[three] and @[two] in @[four]", [ELEMENT, VIEW, ELEMENT, SCENE],
     "@Element2 and @Element1 in @Image1"),
    ("venice", "grok-imagine-1-5-reference-to-video-private", "@[two] by @[one]", [IMAGE, IMAGE],
     "@Image2 by @Image1"),
    ("elkapi", "doubao-seedance-2-0-260128", "@[two] by @[one]", [IMAGE, IMAGE], "image 2 by image 1"),
    ("elkapi", "doubao-seedance-2-0-260128", "@[one] to @[two]", [IMAGE, SOUND],
     "image 1 to the reference audio"),
    ("token360", "seedance-2.0", "@[two] by @[one]", [IMAGE, IMAGE],
     "the second reference image by the first reference image"),
    ("silkdock", "seedance-2.0", "@[one] dances", [IMAGE], "the reference image dances"),
    ("token360", "seedance-2.0", "From @[one] to @[two]", [Role.FIRST_FRAME, Role.LAST_FRAME],
     "From the first frame to the last frame"),
]  # fmt: skip


@pytest.mark.parametrize(("gateway", "wire_id", "written", "roles", "words"), GOLDEN)
def test_each_gateway_reads_its_own_names(
    offered: Any, alice: Any, project: Any, gateway: str, wire_id: str, written: str, roles: Any, words: str
):
    take = taken(alice, project, offered(gateway, wire_id), written, *roles)
    body = sent(take)
    assert body["prompt"].endswith(words) and "@[" not in body["prompt"]
    assert take.prompt == take.request["prompt"] == written


def test_siliconflow_names_its_frame_in_words(offered: Any, alice: Any, project: Any):
    model = offered("siliconflow", "Wan-AI/Wan2.2-I2V-A14B")
    assert sent(taken(alice, project, model, "@[one] wakes", Role.FIRST_FRAME))["prompt"] == (
        "the first frame wakes"
    )


@pytest.mark.parametrize(
    ("mode", "clips", "written", "words"),
    [
        (None, 0, "a boat", "Refer to <Image 1> to generate: a boat"),
        (Mode.EDIT, 1, "its sky as @[one]", "Strictly edit <Video 1>, its sky as <Image 1>"),
        (Mode.EXTEND, 1, "a storm over @[one]", "Extend <Video 1>, generate a storm over <Video 1>"),
        (Mode.EXTEND, 1, "Extend @[one] backward, dawn", "Extend <Video 1> backward, dawn"),
        (Mode.VIDEO_TO_VIDEO, 2, "a whip pan", "<Video 1> + a whip pan + followed by <Video 2>"),
    ],
)  # fmt: skip
def test_each_workflow_has_its_shape(
    offered: Any, alice: Any, project: Any, mode: Any, clips: int, written: str, words: str
):
    roles = [*([IMAGE] if mode in (None, Mode.EDIT) else []), *[SOURCE] * clips]
    take = taken(alice, project, offered("venice", SEEDANCE), written, *roles, mode=mode)
    assert sent(take)["prompt"] == words


def test_a_workflow_without_its_clip_is_refused_and_nothing_else_is_run(
    offered: Any, alice: Any, project: Any
):
    with pytest.raises(Refused) as error:
        taken(alice, project, offered("venice", SEEDANCE), "changing its sky", IMAGE, mode=Mode.EDIT)
    assert [problem.field for problem in error.value.problems] == [SOURCE]


def test_a_name_that_nothing_stands_behind_is_refused_by_name(offered: Any, alice: Any, project: Any):
    with pytest.raises(Refused) as error:
        taken(alice, project, offered("venice", SEEDANCE), "@[one] and @[hat]", IMAGE)
    (problem,) = error.value.problems
    assert problem.field == "prompt" and problem.message.startswith("“@[hat]” names no file")


def test_the_length_of_the_prompt_is_that_of_what_goes_out(offered: Any, alice: Any, project: Any):
    model = offered("token360", "seedance-2.0")
    most = from_plain(model.capabilities).prompt_max_chars
    with pytest.raises(Refused):
        taken(alice, project, model, "x" * (most - 7) + " @[one]", IMAGE)


def test_a_retry_reads_the_names_anew_and_a_character_stays_with_its_files(
    offered: Any, alice: Any, project: Any
):
    mine = files(project, IMAGE, IMAGE)
    cast = [Member("Mira", tuple(asset.pk for _role, asset in mine))]
    wish = Wish(
        offered("venice", SEEDANCE), {"prompt": "@[Mira] waves"}, [(r, a.pk) for r, a in mine], cast=cast
    )
    take = create_generations(alice, [compose(alice, project, wish)])[0]
    words = "Mira (<Image 1>, <Image 2>) waves"
    assert sent(take)["prompt"] == f"Refer to <Image 1>, <Image 2> to generate: {words}"
    Generation.objects.filter(pk=take.pk).update(status="failed")
    retry = again.retry(alice, Generation.objects.get(pk=take.pk), key="k", shown_usd=None)
    assert sent(retry)["prompt"] == sent(take)["prompt"] and retry.request["cast"] == take.request["cast"]
    fewer = wish_of(take, {"inputs": take.request["inputs"][1:]})
    assert compose(alice, project, fewer).request.prompt == "<Image 1> waves"


def test_a_lost_take_is_known_in_the_list_by_what_was_sent(offered: Any, alice: Any, project: Any):
    model = offered("token360", "seedance-2.0")
    take = make_take(
        alice, project, model, prompt="@[one] runs", inputs=[(r, a.pk) for r, a in files(project, IMAGE)]
    )
    twin = make_take_row(
        project=project, model=model, prompt="the reference image runs", hold=False, status="uncertain"
    )
    Generation.objects.filter(pk=take.pk).update(status="uncertain", submitted_at=twin.submitted_at)
    take.refresh_from_db()
    job = Candidate("job-1", model.wire_id, "the reference image runs", twin.submitted_at)
    assert not reconcile.adopt(take, [job]), "another take sent the same words"
    Generation.objects.filter(pk=twin.pk).update(status="failed")
    assert reconcile.adopt(take, [job])


def test_the_take_s_page_shows_what_was_sent_where_it_differs(signed_in: Any, alice: Any, project: Any):
    told = {"sent": {"body": {"prompt": "<Image 1> waves"}}}
    take = make_take_row(project=project, prompt="@[one] waves", recipe=told, hold=False)
    page = signed_in(alice).get(take.get_absolute_url()).content.decode()
    assert "@[one] waves" in page and "&lt;Image 1&gt; waves" in page
    Generation.objects.filter(pk=take.pk).update(recipe={"sent": {"body": {"prompt": take.prompt}}})
    assert "As it was sent" not in signed_in(alice).get(take.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("wire_id", "roles", "tag"),
    [
        (SEEDANCE, [IMAGE, IMAGE], "<Image 9>"),
        (SEEDANCE, [IMAGE, IMAGE], "<Video 3>"),
        (SEEDANCE, [IMAGE, SOUND], "<Audio 2>"),
        (KLING, [ELEMENT, VIEW, SCENE], "@Element4"),
        (KLING, [ELEMENT, VIEW, SCENE], "@Image7"),
    ],
)
def test_a_gateways_tag_beyond_what_is_attached_is_refused(
    wire_id: str, roles: list[Role], tag: str, bob: Any, project: Any, offered: Any
):
    with pytest.raises(Refused) as refused:
        taken(bob, project, offered("venice", wire_id), f"{tag} runs", *roles)
    said = [problem.message for problem in refused.value.problems]
    assert said == [f"“{tag}” names no file that is attached. Attach it, or take the name out."]
