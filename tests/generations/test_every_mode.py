"""Every mode of every gateway, from the studio's own API to a stored clip that plays, over real HTTP.

A mode or a kind of input that the catalogue gains fails here until a case is written for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generations import media
from generations.media import MediaFacts
from generations.models import Generation, Output, Status
from generations.services.needs import lines_of
from generations.services.outgoing import prepare
from generations.storage import media_store
from providers import ledger
from providers.catalogue import load
from providers.gateways.capabilities import WITH_A_CLIP, Audio, Travel, from_plain
from providers.gateways.registry import all_gateways
from providers.gateways.values import Mode, Role
from tests.factories import make_token
from tests.generations.desk import Desk
from tests.generations.pipeline import Line
from tests.media_files import make_jpeg, make_mp4, make_sound
from tests.providers.sandbox_server import SandboxServer

FIRST, LAST, SOURCE, TRACK = Role.FIRST_FRAME, Role.LAST_FRAME, Role.SOURCE_VIDEO, Role.AUDIO_TRACK
VOICE, PAPER, STAGE = Role.REFERENCE_VOICE, Role.REFERENCE_DOCUMENT, Role.REFERENCE_BACKGROUND
PICTURE, CLIP, SOUND = Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO
ELEMENT, VIEW, SCENE = Role.ELEMENT, Role.ELEMENT_REFERENCE, Role.SCENE_IMAGE
TEXT, IMAGE = Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO
FRAMES, REFERENCES = Mode.FIRST_LAST_FRAME, Mode.REFERENCE_TO_VIDEO
EDIT, EXTEND, RESTYLE, UPSCALE = Mode.EDIT, Mode.EXTEND, Mode.VIDEO_TO_VIDEO, Mode.UPSCALE
SUBJECT = "A paper boat on a pond, in every mode"  # one for all: what is alike is rendered once
SOURCE_S, SOUND_S = 3.0, 3.2


@dataclass(frozen=True)
class Found:
    """A file and what a probe told of it."""

    path: Path
    facts: MediaFacts


@dataclass(frozen=True)
class Case:
    """One take: what is asked of the API, and what must come of it."""

    gateway: str
    model: str
    mode: Mode
    roles: tuple[Role, ...]
    sent: tuple[str, ...]  # words of the gateway's page that the body has
    asked: dict[str, Any]
    ran: str = ""  # what the gateway's bill calls the mode, where it has a word of its own
    form: str = "application/json"
    clip_s: float | None = None  # where no length is asked for
    lines: int | None = None  # of the short side, where no resolution is asked for

    def __str__(self) -> str:
        words = (self.gateway, self.model.rpartition("/")[2], self.mode, *self.roles, *self.asked)
        return " ".join((*words, self.form.partition("/")[0] if "form" in self.form else "")).strip()


def of(gateway: str, model: str, *rows: tuple[Any, ...], **facts: Any) -> list[Case]:
    """A row: mode, roles, words of the body, and perhaps what is asked beside and other facts."""
    made = []
    for mode, roles, sent, *rest in rows:
        asked, more = (*rest, {}, {})[:2]
        made.append(Case(gateway, model, mode, roles, sent, asked, **{**facts, **more}))
    return made


LOUD, QUIET = {"generate_audio": True}, {"generate_audio": False}
CAMERA = {"extra": {"camera_trajectory": "0 0 0 1; 1 90 20 1.5"}}
FLAT, WITH_SOUND = ("reference_image_urls",), ("reference_video_urls", "reference_audio_urls", "<Audio 1>")
AROUND = ("frontal_image_url", "reference_image_urls")
STAGED = ("image_references", "background")
CASES: Sequence[Case] = [
    *of("venice", "seedance-2-0-mini-text-to-video-basic", (TEXT, (), (), LOUD)),
    *of("venice", "pixverse-c1-text-to-video", (TEXT, (), (), QUIET)),
    *of("venice", "grok-imagine-text-to-video-private", (TEXT, (), ())),
    *of("venice", "wan-2.5-preview-text-to-video", (TEXT, (TRACK,), ("audio_url",))),
    *of("venice", "pixverse-c1-image-to-video", (IMAGE, (FIRST,), ("image_url",))),
    *of("venice", "minimax-h3-max-multi-angle", (IMAGE, (FIRST,), ("azimuth",), CAMERA)),
    *of("venice", "pixverse-c1-transition", (FRAMES, (FIRST, LAST), ("image_url", "end_image_url"))),
    *of("venice", "pixverse-c1-reference-to-video", (REFERENCES, (PICTURE, STAGE), STAGED, QUIET)),
    *of("venice", "grok-imagine-reference-to-video-private", (REFERENCES, (PICTURE, PICTURE), FLAT)),
    *of(
        "venice",
        "kling-o3-standard-reference-to-video",
        (REFERENCES, (ELEMENT, VIEW, SCENE), (*AROUND, "scene_image_urls")),
        (REFERENCES, (ELEMENT, VIEW, VIEW, ELEMENT, VIEW), AROUND),
        lines=720,
    ),
    *of(
        "venice",
        "seedance-2-0-mini-reference-to-video-basic",
        (REFERENCES, (PICTURE, PICTURE), (*FLAT, "<Image 2>")),
        (REFERENCES, (CLIP, SOUND), WITH_SOUND),
        (REFERENCES, (CLIP, TRACK), ("audio_url",)),
        (EDIT, (SOURCE,), ("Strictly edit <Video 1>",)),
        (EDIT, (SOURCE, PICTURE), ("Strictly edit <Video 1>", *FLAT)),
        (EXTEND, (SOURCE,), ("Extend <Video 1>",)),
        (RESTYLE, (SOURCE, SOURCE), ("followed by <Video 2>",), {}, {"ran": "stitch"}),
    ),
    *of(
        "venice",
        "gemini-omni-flash-1-1-video-to-video",
        (RESTYLE, (SOURCE,), ("video_url",)),
        clip_s=SOURCE_S,
    ),
    *of(
        "venice",
        "wan-2-7-reference-to-video",
        (REFERENCES, (PICTURE, VOICE, PICTURE, CLIP), ("image_references", "audio_url", "video_references")),
    ),
    *of(
        "venice",
        "wan-3-0-reference-to-video",
        (REFERENCES, (PICTURE, PAPER), ("reference_document_urls", *FLAT), QUIET),
    ),
    *of("venice", "grok-imagine-video-to-video-private", (RESTYLE, (SOURCE,), ("video_url",))),
    *of(
        "venice",
        "topaz-video-upscale",
        (UPSCALE, (SOURCE,), ("video_url", "upscale_factor"), {"upscale_factor": 2}),
        clip_s=SOURCE_S,
        lines=1080,
    ),
    *of(
        "silkdock",
        "seedance-2.0",
        (TEXT, (), (), LOUD),
        (TEXT, (TRACK,), ()),
        (IMAGE, (FIRST,), ("input_reference",), {}, {"form": "multipart/form-data"}),
        (IMAGE, (FIRST,), ("first_frame",), {"extra": {"picture_is": "first frame"}}),
        (FRAMES, (FIRST, LAST), ("first_frame", "last_frame")),
        (REFERENCES, (PICTURE, PICTURE), ("reference_image",)),
        (REFERENCES, (CLIP,), ("reference_video_urls",), QUIET),
        (REFERENCES, (PICTURE, CLIP, SOUND), ("reference_image", "reference_video_urls", "reference_audio")),
    ),
    *of(
        "elkapi",
        "doubao-seedance-2-0-fast-260128",
        (TEXT, (), (), LOUD),
        (IMAGE, (FIRST,), ("first_frame",)),
        (FRAMES, (FIRST, LAST), ("first_frame", "last_frame")),
        (REFERENCES, (PICTURE, PICTURE), ("reference_image",)),
        (REFERENCES, (CLIP,), ("reference_video",), QUIET),
        (REFERENCES, (PICTURE, CLIP, SOUND), ("reference_image", "reference_video", "reference_audio")),
    ),
    *of("siliconflow", "Wan-AI/Wan2.2-T2V-A14B", (TEXT, (), ()), clip_s=5, lines=720),
    *of("siliconflow", "Wan-AI/Wan2.2-I2V-A14B", (IMAGE, (FIRST,), ("image",)), clip_s=5, lines=720),
    *of(
        "token360",
        "seedance-2.0-fast",
        (TEXT, (), (), LOUD),
        (IMAGE, (FIRST,), ("frame_images", "first_frame")),
        (FRAMES, (FIRST, LAST), ("frame_images", "first_frame", "last_frame")),
        (REFERENCES, (PICTURE, PICTURE), ("input_references", "image_url")),
        (REFERENCES, (PICTURE, CLIP, SOUND), ("input_references", "image_url", "video_url", "audio_url")),
        (EDIT, (SOURCE,), ("edit_source",)),
        (EXTEND, (SOURCE,), ("extend_source",), QUIET),
    ),
]


# -- the catalogue says what there must be a case for ----------------------------------------------------


@pytest.mark.parametrize("gateway", sorted(all_gateways()))
def test_every_mode_and_kind_of_input_of_the_catalogue_has_a_case(gateway: str) -> None:
    every = [model.capabilities for model in load(gateway)]
    mine = [case for case in CASES if case.gateway == gateway]
    assert {mode for caps in every for mode in caps.modes} == {case.mode for case in mine}
    assert {role for caps in every for role in caps.inputs} == {role for case in mine for role in case.roles}
    if any(caps.audio == Audio.OPTIONAL for caps in every):
        assert {True, False} <= {case.asked.get("generate_audio") for case in mine}


# -- from the API to a clip that plays -----------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: Any) -> dict[Role, list[Found]]:
    """Small files within the limits of all gateways, enough of a kind that no two inputs are one."""
    folder = tmp_path_factory.mktemp("inputs")
    pictures = [make_jpeg(folder / f"{n}.jpg", (640 + 16 * n, 360 + 8 * n)) for n in range(5)]
    clips = [make_mp4(folder / f"{n}.mp4", SOURCE_S, (960, 540 + 2 * n)) for n in range(2)]
    sounds = [make_sound(folder / "tone.mp3", SOUND_S)]
    papers = [folder / "scene.md"]
    papers[0].write_text("# A pond\n\nA paper boat drifts to the left.\n", encoding="utf-8")
    kinds = {**dict.fromkeys((SOURCE, CLIP), clips), **dict.fromkeys((TRACK, SOUND, VOICE), sounds)}
    kinds[PAPER] = papers
    found = {path: Found(path, media.examine(path)) for path in (*pictures, *clips, *sounds, *papers)}
    return {role: [found[path] for path in kinds.get(role, pictures)] for role in Role}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_ends_as_a_stored_clip_that_plays(
    studio: Line,
    sandbox: SandboxServer,
    live_server: Any,
    settings: Any,
    client: Any,
    files: dict[Role, list[Found]],
    case: Case,
) -> None:
    settings.PUBLIC_URL = live_server.url
    desk = Desk(sandbox, case.gateway, case.model, {}, may_fetch_here=True)
    take = ask(client, desk, case, files)
    assert take.mode == case.mode
    check_addresses(take, live_server.url)
    studio.run_until(lambda: Generation.objects.get(pk=take.pk).is_final, seconds=180)
    take.refresh_from_db()
    assert take.status == Status.COMPLETED, take.failure_message
    check_sent(take, case, sandbox)
    clip = take.outputs.get(kind=Output.Kind.VIDEO)
    check_clip(media.probe(media_store().path(clip.file), mime=clip.mime), take, case)
    assert not ledger.open_holds().exists()


def ask(client: Any, desk: Desk, case: Case, files: dict[Role, list[Found]]) -> Generation:
    """By the studio's API, as a script would."""
    rest = [found for role in (FIRST, SOURCE, SOUND, PAPER) for found in files[role]]
    inputs = []
    for role in case.roles:
        found = next(found for found in rest if found in files[role])
        rest.remove(found)
        inputs.append({"role": role, "asset": str(desk.keep_known(found.path, found.facts))})
    body = {"project": desk.project.slug, "model": case.model, "inputs": inputs}
    body |= {"prompt": SUBJECT} if case.mode != UPSCALE else {}
    body |= {"mode": case.mode} if case.mode in WITH_A_CLIP else {}
    body |= desk.least(case.model, case.mode) | case.asked
    headers = {"Authorization": f"Bearer {make_token(desk.user)}"}
    answer = client.post("/api/v1/generations", json.dumps(body), "application/json", headers=headers)
    assert answer.status_code == 202, answer.content
    return Generation.objects.get(pk=answer.json()["id"])


def check_addresses(take: Generation, studio_url: str) -> None:
    """What the gateway fetches itself stands at the studio's own address."""
    out = prepare(take)
    for item in out.request.inputs:
        if out.capabilities.ways(item.role, out.request) == (Travel.PUBLIC_URL,):
            assert item.media.address.startswith(f"{studio_url}/i/"), item.role


def check_sent(take: Generation, case: Case, sandbox: SandboxServer) -> None:
    """The page's words for this mode and each file; the gateway's own bill names the mode."""
    body = json.dumps(take.recipe["sent"]["body"])
    assert [word for word in case.sent if word not in body] == []
    assert all(f"sha256:{use.asset.sha256}" in body for use in take.inputs.select_related("asset"))
    (line,) = [line for line in sandbox.bill() if line["job_id"] == take.job_id]
    assert line["mode"] == (case.ran or case.mode)
    posts = [row for row in sandbox.requests() if row["body_sha256"] == line["request_sha256"]]
    assert posts[-1]["headers"]["content-type"].startswith(case.form)


def check_clip(facts: MediaFacts, take: Generation, case: Case) -> None:
    """As long, as large and as loud as was asked for."""
    asked = take.request
    assert facts.duration_s == pytest.approx(case.clip_s or asked["duration_s"], abs=0.15)
    lines = case.lines or lines_of(asked["resolution"])
    assert facts.width and facts.height
    assert min(facts.width, facts.height) == pytest.approx(lines, rel=0.05)
    if asked.get("aspect_ratio") == "16:9":
        assert facts.width / facts.height == pytest.approx(16 / 9, rel=0.03)
    fixed = from_plain(take.model.capabilities).audio == Audio.FIXED
    assert facts.has_audio == (fixed or TRACK in case.roles or bool(asked.get("generate_audio")))
