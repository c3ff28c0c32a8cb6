"""SilkDock against the requests and replies of its own page (https://silkdock.ai/docs/api/video)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import httpx
import pytest

from providers.gateways.base import Step
from providers.gateways.capabilities import gated
from providers.gateways.errors import (
    Ambiguous,
    BadReply,
    Busy,
    FileElsewhere,
    Lost,
    NotReady,
    Refused,
    Unavailable,
    Unsupported,
)
from providers.gateways.values import FailureClass, Input, JobState, Mode, ResultKind, Role, VideoRequest
from providers.gateways.wire import Reply

from .battery import MP4_HEAD, Fault, ProviderBattery, answer, picture

SITE = "https://example.com"
ROLES = {"mp4": "video/mp4", "mp3": "audio/mpeg", "png": "image/png", "jpg": "image/jpeg"}
OCEAN = "Ocean waves crashing on rocks, sunlight refracting into rainbows"


def at(role: Role, name: str) -> Input:
    """An input that SilkDock can fetch by itself."""
    mime = ROLES[name.rpartition(".")[2]]
    size: dict[str, Any] = {} if mime.startswith("image") else {"width": None, "height": None}
    return picture(role, address=f"{SITE}/{name}", mime=mime, **size)


def error(message: str, kind: str | None = "invalid_request_error", **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": "400", **more}}


class TestSilkDock(ProviderBattery):
    name, model = "silkdock", "seedance-2.0"
    full = VideoRequest(
        model="seedance-2.0",
        mode=Mode.FIRST_LAST_FRAME,
        prompt="A lighthouse in the rain",
        duration_s=6.0,
        resolution="1080p",
        aspect_ratio="16:9",
        generate_audio=True,
        watermark=False,
        inputs=(at(Role.FIRST_FRAME, "first.png"), at(Role.LAST_FRAME, "last.png")),
        extra={"user": "p-7", "picture_is": "first frame"},
        reference="take-1",
    )
    bare = VideoRequest(
        model="seedance-2.0",
        mode=Mode.TEXT_TO_VIDEO,
        prompt="A lighthouse",
        duration_s=5.0,
        resolution="720p",
        aspect_ratio="16:9",
    )
    references = replace(
        bare,
        mode=Mode.REFERENCE_TO_VIDEO,
        inputs=(at(Role.REFERENCE_IMAGE, "a.png"), at(Role.REFERENCE_IMAGE, "b.png")),
    )
    submit_path = "/v1/videos/generations"
    full_body = {
        "model": "seedance-2.0",
        "prompt": "A lighthouse in the rain",
        "seconds": 6,
        "extra_body": {
            "resolution": "1080p",
            "aspect_ratio": "16:9",
            "generate_audio": True,
            "watermark": False,
            "first_frame_url": f"{SITE}/first.png",
            "last_frame_url": f"{SITE}/last.png",
        },
        "user": "p-7",
    }
    bare_body = {
        "model": "seedance-2.0",
        "prompt": "A lighthouse",
        "seconds": 5,
        "extra_body": {"resolution": "720p", "aspect_ratio": "16:9"},
    }
    references_body = {
        **bare_body,
        "extra_body": {
            "resolution": "720p",
            "aspect_ratio": "16:9",
            "reference_image_urls": [f"{SITE}/a.png", f"{SITE}/b.png"],
        },
    }
    field_types = {"model": str, "prompt": str, "seconds": int, "extra_body": dict, "user": str}
    submitted = {
        "id": "video_xxxxxx",
        "object": "video",
        "status": "processing",
        "usage": {"duration_seconds": 10.0, "video_resolution": "1080p", "has_audio": False},
    }
    job_id = "video_xxxxxx"
    poll = ("GET", "/v1/videos/video_xxxxxx", None)
    submit_faults: list[Fault] = [
        (400, error("litellm.BadRequestError: needs input_reference"), Refused, FailureClass.INVALID_INPUT),
        (400, error("/videos: Invalid model name passed in model=x."), Refused, FailureClass.INVALID_INPUT),
        (400, error("Missing prompt", param="prompt"), Refused, FailureClass.INVALID_INPUT),
        (400, error("Invalid JSON payload", param="request_body"), Refused, FailureClass.INVALID_INPUT),
        (400, error("Content policy violation: no."), Refused, FailureClass.MODERATION),
        (400, error("Budget has been exceeded! Current cost: 2"), Refused, FailureClass.NO_BALANCE),
        (400, error("x", "budget_exceeded"), Refused, FailureClass.NO_BALANCE),
        (422, error("ExceededBudget: over", None), Refused, FailureClass.NO_BALANCE),
        (429, error("x", "budget_exceeded"), Refused, FailureClass.NO_BALANCE),
        (401, error("No api key passed in.", "auth_error"), Refused, FailureClass.KEY_REJECTED),
        (401, error("x", "token_not_found_in_db", param="key"), Refused, FailureClass.KEY_REJECTED),
        (400, error("x", "expired_key"), Refused, FailureClass.KEY_REJECTED),
        (403, error("x", "key_model_access_denied", param="model"), Refused, FailureClass.INVALID_INPUT),
        (401, error("x", "team_model_access_denied"), Refused, FailureClass.INVALID_INPUT),
        (403, error("upstream says no", None), Refused, FailureClass.INVALID_INPUT),
        (404, {"detail": "Not Found"}, Refused, FailureClass.PROVIDER_DOWN),
        (405, {"detail": "Method Not Allowed"}, Refused, FailureClass.PROVIDER_DOWN),
        (409, error("conflict"), Refused, FailureClass.INVALID_INPUT),
        (409, error("busy, please retry"), Busy, None),
        (422, {"detail": [{"loc": ["body", "seconds"], "msg": "no"}]}, Refused, FailureClass.INVALID_INPUT),
        (429, error("Rate limit exceeded for x", "throttling_error"), Busy, None),
        (429, error("No deployments available for selected model", None), Busy, None),
        (503, error("x", "no_db_connection"), Ambiguous, None),
        (500, error("x", "internal_server_error"), Ambiguous, None),
        (200, {"id": "", "status": "processing"}, Ambiguous, None),
        (200, {"id": "x" * 1025}, Ambiguous, None),
    ]
    poll_faults: list[Fault] = [
        (404, error("Video not found"), Lost, None),
        (404, {"detail": "Not Found"}, Unavailable, None),
        (405, {"detail": "Method Not Allowed"}, Unavailable, None),
        (408, error("timeout"), Unavailable, None),
        (403, error("x", None), Refused, FailureClass.INVALID_INPUT),
        (422, error("x", "budget_exceeded"), Refused, FailureClass.NO_BALANCE),
        (500, error("x", "internal_server_error"), Unavailable, None),
    ]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        return {"id": "video_xxxxxx", "status": word, "url": "https://cdn.example.com/video.mp4"}

    def send(self, wish: VideoRequest, **caps: Any) -> Any:
        """The body on the wire for a request to any model of the catalogue."""
        client, wire = self.client(answer(200, self.submitted))
        client.submit(wish, replace(self.caps_of(wish.model), **caps))
        return wire.body

    # -- the page's own requests, key by key and in their order -------------------------------------

    def same(self, wish: VideoRequest, body: str) -> None:
        wire = self.gateway.build_submit(wish, self.caps_of(wish.model))
        self.gateway.refuse(wish, self.caps_of(wish.model))
        assert (wire.method, wire.path) == ("POST", "/v1/videos/generations")
        assert json.dumps(wire.json) == json.dumps(json.loads(body))

    def test_example_text_to_video(self) -> None:
        wish = replace(self.bare, prompt=OCEAN, duration_s=10.0, resolution="1080p")
        self.same(
            wish,
            '{ "model": "seedance-2.0", "prompt": "Ocean waves crashing on rocks, sunlight refracting into'
            ' rainbows", "seconds": 10, "extra_body": { "resolution": "1080p", "aspect_ratio": "16:9" }}',
        )

    def test_example_one_picture_at_an_address(self) -> None:
        wish = replace(
            self.bare,
            model="wan-2.7",
            mode=Mode.IMAGE_TO_VIDEO,
            prompt="The subject starts running as the camera slowly pulls back",
            duration_s=10.0,
            resolution="1080p",
            aspect_ratio="4:3",
            inputs=(at(Role.FIRST_FRAME, "reference.jpg"),),
        )
        self.same(
            wish,
            '{ "model": "wan-2.7", "prompt": "The subject starts running as the camera slowly pulls back",'
            ' "input_reference": "https://example.com/reference.jpg", "seconds": 10,'
            ' "extra_body": { "resolution": "1080p", "aspect_ratio": "4:3" }}',
        )

    def test_example_start_and_end_frame(self) -> None:
        wish = replace(
            self.bare,
            mode=Mode.FIRST_LAST_FRAME,
            prompt="The camera slowly pushes in from the front and ends on a night city silhouette",
            duration_s=6.0,
            resolution="1080p",
            inputs=(at(Role.FIRST_FRAME, "first.png"), at(Role.LAST_FRAME, "last.png")),
        )
        self.same(
            wish,
            '{ "model": "seedance-2.0", "prompt": "The camera slowly pushes in from the front and ends on a'
            ' night city silhouette", "seconds": 6, "extra_body": { "resolution": "1080p", "aspect_ratio":'
            ' "16:9", "first_frame_url": "https://example.com/first.png",'
            ' "last_frame_url": "https://example.com/last.png" }}',
        )

    def test_example_sound_track(self) -> None:
        wish = replace(
            self.bare,
            prompt="A dancer spins to the beat",
            duration_s=10.0,
            aspect_ratio="1:1",
            inputs=(at(Role.AUDIO_TRACK, "music.mp3"),),
        )
        self.same(
            wish,
            '{ "model": "seedance-2.0", "prompt": "A dancer spins to the beat", "seconds": 10, "extra_body":'
            ' { "resolution": "720p", "aspect_ratio": "1:1", "audio_url": "https://example.com/music.mp3" }}',
        )

    def test_example_size(self) -> None:
        wish = replace(
            self.bare,
            model="veo-3.1-generate",
            prompt="Birdsong echoes through a forest",
            duration_s=8.0,
            resolution="1080p",
        )
        self.same(
            wish,
            '{ "model": "veo-3.1-generate", "prompt": "Birdsong echoes through a forest", "seconds": 8,'
            ' "size": "1920x1080"}',
        )

    def test_example_form_with_a_file(self) -> None:
        wish = replace(
            self.bare,
            model="wan-2.7",
            mode=Mode.IMAGE_TO_VIDEO,
            prompt="She slowly turns around",
            resolution="1080p",
            inputs=(picture(address="data:image/jpeg;base64,/9j/4AAQ", mime="image/jpeg"),),
        )
        client, wire = self.client(answer(200, self.submitted))
        assert client.submit(wish, self.caps_of("wan-2.7")).id == "video_xxxxxx"
        parts = form_of(wire.sent[0])
        assert [(name, text) for name, text, _file, _mime in parts[:4]] == [
            ("model", b"wan-2.7"),
            ("prompt", b"She slowly turns around"),
            ("seconds", b"5"),
            ("extra_body", b'{"resolution":"1080p","aspect_ratio":"16:9"}'),
        ]
        assert parts[4:] == [("input_reference", b"\xff\xd8\xff\xe0\x00\x10", "input.jpg", "image/jpeg")]
        assert [(file, mime) for _name, _text, file, mime in parts[:4]] == [(None, "text/plain")] * 4

    def test_example_capabilities_of_one_model(self) -> None:
        """The page asks for one model; the same address without a query lists them all."""
        wire = self.gateway.build_discover()
        assert (wire.method, wire.path, dict(wire.query)) == ("GET", "/model_group/info", {})

    def test_example_download(self) -> None:
        wire = self.gateway.build_bytes(self.job())
        assert (wire.method, wire.path) == ("GET", "/v1/videos/video_xxxxxx/content")
        assert wire.read_timeout_s >= 600

    # -- what else can be said -----------------------------------------------------------------------

    def test_a_recipe_names_the_file_by_its_hash(self) -> None:
        wish = replace(self.bare, mode=Mode.IMAGE_TO_VIDEO, inputs=(picture(address="sha256:abc"),))
        wire = self.gateway.build_submit(wish, self.caps)
        part = wire.files["input_reference"]
        assert (part.name, part.content) == ("sha256:abc", b"")
        frames = replace(
            self.full, inputs=tuple(replace(i, media=i.media.at("sha256:abc")) for i in self.full.inputs)
        )
        body = self.gateway.build_submit(frames, self.caps).json
        assert body is not None and body["extra_body"]["last_frame_url"] == "sha256:abc"

    def test_a_picture_becomes_the_first_frame_only_when_that_is_said(self) -> None:
        wish = replace(self.bare, mode=Mode.IMAGE_TO_VIDEO, inputs=(at(Role.FIRST_FRAME, "a.png"),))
        assert self.send(wish)["input_reference"] == f"{SITE}/a.png"
        assert "first_frame_url" not in self.send(wish)["extra_body"]
        framed = self.send(replace(wish, extra={"picture_is": "first frame"}))
        assert framed["extra_body"]["first_frame_url"] == f"{SITE}/a.png"
        assert "input_reference" not in framed and "picture_is" not in str(framed)

    def test_frames_and_lists_go_by_address_only(self) -> None:
        first = replace(
            self.bare, mode=Mode.IMAGE_TO_VIDEO, inputs=(picture(),), extra={"picture_is": "first frame"}
        )
        for wish in (
            first,
            replace(self.full, inputs=(picture(), at(Role.LAST_FRAME, "last.png"))),
            replace(self.references, inputs=(picture(Role.REFERENCE_IMAGE),)),
            replace(self.bare, inputs=(picture(Role.AUDIO_TRACK, address="data:audio/mpeg;base64,AAAA"),)),
        ):
            with pytest.raises(Unsupported, match="public address"):
                self.gateway.build_submit(wish, self.caps)
        with pytest.raises(Unsupported, match="PUBLIC_URL") as caught:  # and the check says it earlier
            self.submit(replace(self.references, inputs=(picture(Role.REFERENCE_IMAGE),)))
        assert caught.value.field == Role.REFERENCE_IMAGE

    def test_clips_and_sounds_are_references_too(self) -> None:
        inputs = (
            at(Role.REFERENCE_VIDEO, "a.mp4"),
            at(Role.REFERENCE_AUDIO, "a.mp3"),
            at(Role.REFERENCE_VIDEO, "b.mp4"),
        )
        body = self.send(replace(self.references, inputs=inputs))["extra_body"]
        assert body["reference_video_urls"] == [f"{SITE}/a.mp4", f"{SITE}/b.mp4"]
        assert body["reference_audio_urls"] == [f"{SITE}/a.mp3"]
        assert "video_url" not in body and "reference_image_urls" not in body

    def test_the_one_mix_that_the_page_names(self) -> None:
        inputs = (at(Role.FIRST_FRAME, "main.png"), *self.references.inputs)
        body = self.send(replace(self.references, inputs=inputs))
        assert body["input_reference"] == f"{SITE}/main.png"
        assert len(body["extra_body"]["reference_image_urls"]) == 2
        local = replace(self.references, inputs=(picture(), *self.references.inputs))
        wire = self.gateway.build_submit(local, self.caps)
        assert list(wire.files) == ["input_reference"]
        assert json.loads(wire.form["extra_body"])["reference_image_urls"] == [
            f"{SITE}/a.png",
            f"{SITE}/b.png",
        ]

    @pytest.mark.parametrize(
        "inputs",
        [
            (at(Role.FIRST_FRAME, "a.png"), at(Role.REFERENCE_VIDEO, "a.mp4")),
            (at(Role.FIRST_FRAME, "a.png"), at(Role.REFERENCE_AUDIO, "a.mp3")),
            (at(Role.FIRST_FRAME, "a.png"), at(Role.LAST_FRAME, "b.png"), at(Role.REFERENCE_IMAGE, "c.png")),
            (at(Role.REFERENCE_AUDIO, "a.mp3"), at(Role.AUDIO_TRACK, "b.mp3")),
        ],
    )
    def test_two_families_never_go_out_together(self, inputs: tuple[Input, ...]) -> None:
        both = replace(self.references, inputs=inputs)
        with pytest.raises(Unsupported, match="does not take them together"):
            self.submit(both)
        with pytest.raises(Unsupported, match="SilkDock takes"):  # whatever a catalogue says
            self.gateway.build_submit(both, self.caps)

    def test_a_last_frame_never_goes_alone(self) -> None:
        alone = replace(self.full, inputs=(at(Role.LAST_FRAME, "last.png"),))
        for call in (self.submit, lambda wish: self.gateway.build_submit(wish, self.caps)):
            with pytest.raises(Unsupported):
                call(alone)

    def test_resolution_and_ratio_go_together_or_not_at_all(self) -> None:
        for missing in ("resolution", "aspect_ratio"):
            with pytest.raises(Unsupported) as caught:
                self.gateway.build_submit(replace(self.bare, **{missing: None}), self.caps)
            assert caught.value.field == missing
        neither = self.gateway.build_submit(replace(self.bare, resolution=None, aspect_ratio=None), self.caps)
        assert neither.json is not None and "extra_body" not in neither.json

    def test_sound_is_said_when_somebody_chose_and_never_beside_a_track(self) -> None:
        for chosen in (True, False):
            assert (
                self.send(replace(self.bare, generate_audio=chosen))["extra_body"]["generate_audio"] is chosen
            )
        track = replace(self.bare, inputs=(at(Role.AUDIO_TRACK, "music.mp3"),))
        with pytest.raises(Unsupported) as caught:
            self.submit(replace(track, generate_audio=True))
        assert caught.value.field == "generate_audio"

    def test_an_upright_size_is_turned(self) -> None:
        veo = replace(self.bare, model="veo-3.1-generate", duration_s=8.0, aspect_ratio="9:16")
        body = self.send(veo)
        assert body["size"] == "720x1280" and "extra_body" not in body
        with pytest.raises(Unsupported):
            self.gateway.build_submit(replace(veo, aspect_ratio="1:1"), self.caps_of("veo-3.1-generate"))

    def test_options_of_one_vendor_lie_in_the_extra_body(self) -> None:
        wish = replace(self.bare, model="veo-3.1-generate", duration_s=8.0)
        wish = replace(wish, generate_audio=True, extra={"enhance_prompt": False})
        body = self.send(wish)
        assert body["extra_body"] == {"generate_audio": True, "enhance_prompt": False}
        with pytest.raises(Unsupported):
            self.submit(replace(self.bare, extra={"enhance_prompt": False}))

    def test_refuses_half_seconds(self) -> None:
        with pytest.raises(Unsupported):
            self.gateway.build_submit(replace(self.bare, duration_s=5.5), self.caps)

    # -- what comes back -------------------------------------------------------------------------------

    def test_the_submit_tells_what_will_be_made(self) -> None:
        job, _ = self.submit(self.bare)
        assert job.state == JobState.RUNNING
        assert job.makes == {"duration_s": 10.0, "resolution": "1080p", "generate_audio": False}
        for usage in (None, [], {"duration_seconds": "10", "video_resolution": 720, "has_audio": "no"}):
            odd, _ = self.submit(self.bare, answer(200, {"id": "task_abc123", "usage": usage}))
            assert (odd.id, odd.makes) == ("task_abc123", {})

    def test_an_id_is_quoted_in_the_path_and_kept_from_the_submit(self) -> None:
        long = "video_" + "b+/=" * 60
        job, _ = self.submit(self.bare, answer(200, {"id": long, "status": "processing"}))
        assert self.gateway.build_poll(job).path == "/v1/videos/video_" + "b%2B%2F%3D" * 60
        moved = self.polled(answer(200, {"id": "video_other", "status": "completed"}), job)
        assert moved.id == long
        assert self.gateway.build_bytes(moved).path == "/v1/videos/video_" + "b%2B%2F%3D" * 60 + "/content"

    def test_progress_is_optional_and_clamped(self) -> None:
        for told, known in ((40, 0.4), (250, 1.0), (-3, 0.0), (None, None), ("40", None), (True, None)):
            job = self.polled(answer(200, {"id": "x", "status": "processing", "progress": told}))
            assert job.progress == known

    def test_a_finished_clip_comes_by_its_own_call_and_the_address_is_second(self) -> None:
        reply = {"id": "video_xxxxxx", "status": "completed", "url": "https://cdn.example.com/video.mp4"}
        job = self.polled(answer(200, reply))
        assert job.result is not None and job.result.kind == ResultKind.BYTES
        assert self.gateway.second_place(job) == "https://cdn.example.com/video.mp4"
        bare = self.polled(answer(200, {"id": "video_xxxxxx", "status": "completed"}))
        assert bare.result is not None and self.gateway.second_place(bare) == ""

    @pytest.mark.parametrize(
        ("told", "sentence", "kind"),
        [
            (
                "Content policy violation: prompt was rejected.",
                "Content policy violation: prompt was rejected.",
                FailureClass.MODERATION,
            ),
            ({"message": "vendor broke", "code": "E7"}, "vendor broke", FailureClass.PROVIDER_DOWN),
            (None, "SilkDock gave up on this job and named no reason.", FailureClass.PROVIDER_DOWN),
            ([], "SilkDock gave up on this job and named no reason.", FailureClass.PROVIDER_DOWN),
        ],
    )
    def test_a_failure_is_read_in_every_shape(self, told: Any, sentence: str, kind: FailureClass) -> None:
        failure = self.polled(answer(200, {"id": "x", "status": "failed", "error": told})).failure
        assert failure is not None
        assert (failure.message, failure.failure_class, failure.billed) == (sentence, kind, None)

    def test_the_cost_that_the_gateway_tells_is_kept_to_the_end(self) -> None:
        client, _ = self.client(answer(200, self.submitted, **{"x-litellm-response-cost": "1.25"}))
        job = client.submit(self.bare, self.caps)
        done = self.polled(answer(200, {"id": "x", "status": "completed"}), job)
        assert done.cost_usd == Decimal("1.25")
        for odd in ("", "nan", "-1", "free", "1e9", "0"):
            told, _ = self.submit(self.bare, answer(200, self.submitted, **{"x-litellm-response-cost": odd}))
            assert self.polled(answer(200, {"status": "completed"}), told).cost_usd is None

    def test_the_call_is_named_for_support(self) -> None:
        job, _ = self.submit(self.bare, answer(200, self.submitted, **{"x-litellm-call-id": "c-9"}))
        assert job.request_id == "c-9"

    # -- errors -----------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("headers", "wait"),
        [
            ({"retry-after": "9"}, 9),
            ({"llm_provider-retry-after": "11"}, 11),
            ({"retry-after": "9", "llm_provider-retry-after": "11"}, 9),
            ({"retry-after": "5000"}, 600),
            ({}, 15),
        ],
    )
    def test_both_names_of_the_wait_are_read(self, headers: dict[str, str], wait: float) -> None:
        for call in (lambda reply: self.submit(self.bare, reply), self.polled):
            with pytest.raises(Busy) as caught:
                call(httpx.Response(429, json=error("x", "rate_limit_error"), headers=headers))
            assert caught.value.retry_after_s == wait

    @pytest.mark.parametrize(
        ("body", "sentence"),
        [
            (error("litellm.BadRequestError: needs a picture"), "needs a picture"),
            (
                error(
                    'litellm.BadRequestError: OpenAIException - {"error": {"message": "seconds too long"}}'
                    "\n\nLiteLLM: model group 'x' failed with the error above. No fallback was attempted."
                ),
                "seconds too long",
            ),
            ({"error": "plain words"}, "plain words"),
            ({"detail": "Unprocessable"}, "Unprocessable"),
            ({"detail": [{"loc": ["body", "seconds"], "msg": "not whole"}]}, "seconds: not whole"),
            (error("None", code="None"), "SilkDock answered 422."),
            (error("see https://10.0.0.3/v1 for key sk-1234abcd"), "see … for key …"),
            ("bare text", "bare text"),
            ("<html>x</html>", "SilkDock answered 422."),
        ],
    )
    def test_the_sentence_for_people_is_clean(self, body: Any, sentence: str) -> None:
        with pytest.raises(Refused) as caught:
            self.submit(self.bare, answer(422, body))
        assert caught.value.message == sentence

    def test_a_refusal_names_its_field_unless_it_says_none(self) -> None:
        for param, field in (("prompt", "prompt"), ("None", ""), (None, "")):
            with pytest.raises(Refused) as caught:
                self.submit(self.bare, answer(400, error("x", param=param)))
            assert caught.value.field == field

    @pytest.mark.parametrize("status", [400, 409, 500])
    @pytest.mark.parametrize(
        "text",
        [
            "litellm.InternalServerError: ValueError: video not ready",
            "litellm.APIConnectionError: video not completed yet",
            "still processing",
        ],
    )
    def test_a_download_too_early_goes_back_to_polling(self, status: int, text: str) -> None:
        assert type(self.file_error(answer(status, error(text, None)))) is NotReady

    def test_json_in_place_of_the_file(self) -> None:
        for name in ("url", "download_url"):
            found = self.file_error(answer(200, {name: "https://cdn.example.com/a.mp4"}))
            assert isinstance(found, FileElsewhere) and found.url == "https://cdn.example.com/a.mp4"
        assert type(self.file_error(answer(200, {"status": "processing"}))) is NotReady

    def test_a_redirect_names_the_file_elsewhere(self) -> None:
        for location in ("https://cdn.example.com/a.mp4", "/files/a.mp4"):
            found = self.file_error(httpx.Response(302, headers={"location": location}))
            assert isinstance(found, FileElsewhere)
            assert found.url == httpx.URL("https://silkdock.ai/v1/videos/x/content").join(location)

    def test_other_troubles_of_a_download(self) -> None:
        assert type(self.file_error(answer(404, error("Video not found")))) is Lost
        assert type(self.file_error(answer(500, error("boom", None)))) is Unavailable
        assert type(self.file_error(answer(302, ""))) is Unavailable

    def file_error(self, reply: httpx.Response) -> Exception:
        client, _ = self.client(reply)
        with client.result_bytes(self.job()) as response, pytest.raises(Exception) as caught:
            client.raise_for_result(response)
        return caught.value

    def test_a_file_is_let_through(self) -> None:
        client, _ = self.client(answer(200, MP4_HEAD, **{"content-type": "video/mp4"}))
        with client.result_bytes(self.job()) as response:
            client.raise_for_result(response)
            assert response.read() == MP4_HEAD

    # -- look-ups -----------------------------------------------------------------------------------------

    def test_checks_a_key_for_free(self) -> None:
        client, wire = self.client(answer(200, {"object": "list", "data": [{"id": "wan-2.7"}]}))
        assert client.check_key().ok
        assert (wire.sent[0].method, wire.sent[0].url.path) == ("GET", "/v1/models")

    def test_flags_of_a_model_gate_its_modes(self) -> None:
        flags = {"supports_video_multimodal_reference": True, "supports_video_start_end_frame": False}
        rows = [
            {"model_group": "seedance-2.0", "mode": "video_generation", **flags},
            {"model_group": "bare", "mode": "video_generation"},
            {"model_group": "chatty", "mode": "chat"},
            {"model_group": None, "mode": "video_generation"},
            "odd",
        ]
        client, wire = self.client(answer(200, {"data": rows}))
        flagged, bare = client.discover()
        assert wire.sent[0].url.path == "/model_group/info"
        assert flagged.gates == {Mode.FIRST_LAST_FRAME: False, Mode.REFERENCE_TO_VIDEO: True}
        assert not any(bare.gates.values())
        left = gated(self.caps, flagged.gates)
        assert set(self.caps.modes) - set(left.modes) == {Mode.FIRST_LAST_FRAME}
        assert set(self.caps.inputs) - set(left.inputs) == {Role.LAST_FRAME}
        assert gated(self.caps, bare.gates).modes == (Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO)
        assert set(gated(self.caps, bare.gates).inputs) == {Role.FIRST_FRAME, Role.AUDIO_TRACK}
        assert bare.if_new["modes"] == ["text_to_video", "image_to_video"]
        assert set(flagged.if_new["inputs"]) == {
            "first_frame",
            "reference_image",
            "reference_video",
            "reference_audio",
        }
        with pytest.raises(BadReply):
            self.client(answer(200, {"models": []}))[0].discover()

    def test_the_base_address_is_kept_without_its_version(self) -> None:
        for typed in ("https://silkdock.ai", "https://silkdock.ai/v1", "https://silkdock.ai/v1/"):
            assert self.gateway.clean_base_url(typed) == "https://silkdock.ai"

    def test_an_error_is_never_read_from_a_success(self) -> None:
        assert (
            self.gateway.specific_error(Reply(200, {}, b'{"url": "https://a.example/x"}'), Step.POLL) is None
        )


def form_of(request: httpx.Request) -> list[tuple[str, bytes, str | None, str]]:
    """Name, content, file name and type of each part, read by another parser than the sandbox's."""
    head = b"Content-Type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + request.read())
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_payload(decode=True),
            part.get_filename(),
            part.get_content_type(),
        )
        for part in message.iter_parts()
    ]
