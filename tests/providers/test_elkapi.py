"""ElkAPI against the replies of its own page, of new-api and of Ark
(https://docs.elkapi.com/en/docs/api/ai-model/videos/seedance/createvideo)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from providers.catalogue import load
from providers.gateways import check as checking
from providers.gateways.errors import (
    Ambiguous,
    BadReply,
    Busy,
    GatewayError,
    LinkExpired,
    Lost,
    Refused,
    Unavailable,
    Unsupported,
)
from providers.gateways.values import (
    AUTO_S,
    FailureClass,
    Input,
    JobState,
    Mode,
    ResultKind,
    Role,
    VideoRequest,
)
from providers.prices import cost_of_tokens, estimate

from .battery import ANOTHER, HTML, MP4_HEAD, PICTURE, Fault, ProviderBattery, answer, picture

SEEDANCE = "doubao-seedance-2-0-260128"
LINK = "https://files.example.com/a.mp4?X-Tos-Date=20261001T120000Z&X-Tos-Expires=86400"


def middleware(message: str, kind: str = "new_api_error", code: str = "") -> dict[str, Any]:
    return {"error": {"message": f"{message} (request id: 20261001x)", "type": kind, "code": code}}


def relay(code: str, message: str = "x") -> dict[str, Any]:
    return {"code": code, "message": message, "data": None}


def ark(code: str, message: str = "Refused.") -> dict[str, Any]:
    """Ark's refusal, as the relay hands it on."""
    body = {"error": {"code": code, "message": f"{message} Request id: 0217abcdef0123", "param": ""}}
    return relay("fail_to_fetch_task", json.dumps(body))


def wrapped(status: str, upstream: object = None, **more: Any) -> dict[str, Any]:
    """A poll in ElkAPI's own envelope (V1)."""
    task = {
        "id": 6,
        "task_id": "task_abc123",
        "platform": "54",
        "user_id": 1,
        "channel_id": 8,
        "quota": 5750000,
        "action": "generate",
        "status": status,
        "fail_reason": "",
        "progress": "100%",
        "properties": {"input": "", "upstream_model_name": "ep-1", "origin_model_name": SEEDANCE},
        "data": upstream,
        **more,
    }
    return {"code": "success", "message": "", "data": task}


def clip(role: Role = Role.REFERENCE_VIDEO, seconds: float = 4.0, **overrides: Any) -> Input:
    fields: dict[str, Any] = {"mime": "video/mp4", "duration_s": seconds, "size_bytes": 900_000}
    return picture(role, **{**fields, "address": "https://example.com/reference.mp4", **overrides})


def sound(**overrides: Any) -> Input:
    fields: dict[str, Any] = {"mime": "audio/mpeg", "duration_s": 5.0, "width": None, "height": None}
    fields["address"] = "https://example.com/reference.mp3"
    return picture(Role.REFERENCE_AUDIO, **{**fields, **overrides})


class TestElkAPI(ProviderBattery):
    name, model = "elkapi", SEEDANCE
    full = VideoRequest(
        model=SEEDANCE,
        mode=Mode.FIRST_LAST_FRAME,
        prompt="A lighthouse in the rain",
        duration_s=5.0,
        resolution="720p",
        aspect_ratio="16:9",
        generate_audio=True,
        seed=7,
        watermark=False,
        return_last_frame=True,
        inputs=(picture(Role.LAST_FRAME, address=ANOTHER), picture()),
        extra={"execution_expires_after": 7200, "safety_identifier": "abc", "priority": 1},
        reference="take-1",
    )
    bare = VideoRequest(
        model=SEEDANCE,
        mode=Mode.TEXT_TO_VIDEO,
        prompt="A lighthouse",
        duration_s=5.0,
        resolution="480p",
        aspect_ratio="16:9",
    )
    references = replace(
        bare,
        mode=Mode.REFERENCE_TO_VIDEO,
        inputs=(picture(Role.REFERENCE_IMAGE), picture(Role.REFERENCE_IMAGE, address=ANOTHER)),
    )
    submit_path = "/video/generations"
    full_body = {
        "model": SEEDANCE,
        "prompt": "A lighthouse in the rain",
        "metadata": {
            "duration": 5,
            "ratio": "16:9",
            "resolution": "720p",
            "generate_audio": True,
            "watermark": False,
            "seed": 7,
            "return_last_frame": True,
            "execution_expires_after": 7200,
            "safety_identifier": "abc",
            "priority": 1,
            "content": [
                {"type": "image_url", "image_url": {"url": PICTURE}, "role": "first_frame"},
                {"type": "image_url", "image_url": {"url": ANOTHER}, "role": "last_frame"},
            ],
        },
    }
    bare_body = {
        "model": SEEDANCE,
        "prompt": "A lighthouse",
        "metadata": {"duration": 5, "ratio": "16:9", "resolution": "480p", "generate_audio": False},
    }
    references_body = {
        **bare_body,
        "metadata": {
            **bare_body["metadata"],
            "content": [
                {"type": "image_url", "image_url": {"url": PICTURE}, "role": "reference_image"},
                {"type": "image_url", "image_url": {"url": ANOTHER}, "role": "reference_image"},
            ],
        },
    }
    field_types = {"model": str, "prompt": str, "metadata": dict}
    submitted = {
        "id": "task_abc123",
        "task_id": "task_abc123",
        "object": "video",
        "model": SEEDANCE,
        "status": "queued",
        "progress": 0,
        "created_at": 1760000000,
    }
    job_id = "task_abc123"
    poll = ("GET", "/video/generations/task_abc123", None)
    # every row of the page's error table for a submit
    submit_faults: list[Fault] = [
        (400, relay("invalid_request", "prompt is required"), Refused, FailureClass.INVALID_INPUT),
        (400, relay("invalid_seconds"), Refused, FailureClass.INVALID_INPUT),
        (400, middleware("invalid JSON"), Refused, FailureClass.INVALID_INPUT),
        (400, relay("model_price_error"), Refused, FailureClass.PROVIDER_DOWN),
        (400, ark("InvalidParameter"), Refused, FailureClass.INVALID_INPUT),
        (400, ark("MissingParameter.content"), Refused, FailureClass.INVALID_INPUT),
        (400, ark("***.Foo"), Refused, FailureClass.INVALID_INPUT),
        (400, ark("InvalidParameter.TaskTypeConstraint"), Refused, FailureClass.INVALID_INPUT),
        (400, ark("InputTextSensitiveContentDetected"), Refused, FailureClass.MODERATION),
        (400, ark("InputImageSensitiveContentDetected.PolicyViolation"), Refused, FailureClass.MODERATION),
        (400, ark("InputVideoSensitiveContentDetected"), Refused, FailureClass.MODERATION),
        (400, ark("InputAudioSensitiveContentDetected"), Refused, FailureClass.MODERATION),
        (400, ark("OutputVideoSensitiveContentDetected"), Refused, FailureClass.MODERATION),
        (400, ark("***.PrivacyInformation"), Refused, FailureClass.MODERATION),
        (400, ark("***", "The image may contain real person."), Refused, FailureClass.MODERATION),
        (400, ark("InputTextRiskDetection"), Refused, FailureClass.MODERATION),
        (400, ark("InputImageRiskDetection"), Refused, FailureClass.MODERATION),
        (400, ark("ContentSecurityDetectionError"), Refused, FailureClass.MODERATION),
        (401, middleware("invalid token"), Refused, FailureClass.KEY_REJECTED),
        (401, ark("AuthenticationError"), Refused, FailureClass.PROVIDER_DOWN),
        (401, ark("InvalidAccountStatus"), Refused, FailureClass.PROVIDER_DOWN),
        (401, relay("fail_to_fetch_task", "no JSON"), Refused, FailureClass.PROVIDER_DOWN),
        (403, ark("AccountOverdueError"), Refused, FailureClass.PROVIDER_DOWN),
        (403, ark("AccessDenied"), Refused, FailureClass.PROVIDER_DOWN),
        (403, ark("OperationDenied.ServiceOverdue"), Refused, FailureClass.PROVIDER_DOWN),
        (404, ark("ModelNotOpen"), Refused, FailureClass.PROVIDER_DOWN),
        (404, ark("InvalidEndpointOrModel.NotFound"), Refused, FailureClass.PROVIDER_DOWN),
        (403, relay("insufficient_user_quota"), Refused, FailureClass.NO_BALANCE),
        (403, relay("pre_consume_token_quota_failed"), Refused, FailureClass.NO_BALANCE),
        (403, middleware("your IP is not in the list"), Refused, FailureClass.KEY_REJECTED),
        (413, relay("read_request_body_failed"), Refused, FailureClass.INVALID_INPUT),
        (429, relay("fail_to_fetch_task", "当前分组上游负载已饱和，请稍后再试"), Busy, None),
        (400, ark("ServerOverloaded"), Busy, None),
        (500, relay("build_request_failed"), Refused, FailureClass.INTERNAL),
        (500, relay("do_request_failed"), Ambiguous, None),
        (500, relay("unmarshal_response_body_failed"), Ambiguous, None),
        (500, relay("invalid_response"), Ambiguous, None),
        (500, relay("get_channel_failed"), Ambiguous, None),
        (500, ark("InternalServiceError"), Ambiguous, None),
        (500, ark("***"), Ambiguous, None),
        (500, middleware("panic", "new_api_panic"), Ambiguous, None),
        (503, middleware("no channel", code="model_not_found"), Refused, FailureClass.PROVIDER_DOWN),
        (404, middleware("Invalid URL (POST /x)", "invalid_request_error"), Refused, FailureClass.INTERNAL),
        (200, relay("insufficient_user_quota"), Refused, FailureClass.NO_BALANCE),
        (200, relay("something_new"), Ambiguous, None),
        (200, {"id": 7, "status": "queued"}, Ambiguous, None),
    ]
    poll_faults: list[Fault] = [
        (401, middleware("quota used up"), Refused, FailureClass.KEY_REJECTED),
        (400, relay("task_not_exist"), Unavailable, None),  # the job was sent just now
        (200, relay("task_not_exist"), Unavailable, None),
        (200, relay("get_tasks_failed"), Unavailable, None),
        (404, {"error": "x"}, Unavailable, None),
    ]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        done = self.gateway.statuses.get(word.lower()) == JobState.FINISHED
        return wrapped(word, {"id": "cgt-1"}, result_url=LINK if done else "")

    # -- the page's own examples -----------------------------------------------------------------

    def sent_as(self, request: VideoRequest) -> str:
        return json.dumps(self.gateway.build_submit(request, self.caps).json, indent=2)

    def test_the_first_example_of_the_page(self) -> None:
        prompt = (
            "A first-person fruit tea ad, picking apples by hand, freshly cut and shaken, "
            "close-up product shots, cinematic, highly detailed"
        )
        request = VideoRequest(
            SEEDANCE,
            Mode.TEXT_TO_VIDEO,
            prompt,
            duration_s=8.0,
            resolution="720p",
            aspect_ratio="16:9",
            generate_audio=True,
            watermark=False,
        )
        assert self.submit(request)[1].body["metadata"]["duration"] == 8
        assert self.sent_as(request) == FIRST_EXAMPLE

    def test_the_multimodal_example_of_the_page(self) -> None:
        prompt = (
            "Use the first-person composition of the reference video throughout, use the reference audio "
            "as background music, and generate a fruit tea advertisement"
        )
        request = VideoRequest(
            SEEDANCE,
            Mode.REFERENCE_TO_VIDEO,
            prompt,
            duration_s=11.0,
            aspect_ratio="16:9",
            generate_audio=True,
            watermark=False,
            inputs=(
                picture(Role.REFERENCE_IMAGE, address="https://example.com/first-frame.jpg"),
                clip(),
                sound(address="https://example.com/music.mp3"),
            ),
        )
        assert self.sent_as(request) == MULTIMODAL_EXAMPLE

    def test_the_content_example_of_the_page(self) -> None:
        media = (
            picture(Role.REFERENCE_IMAGE, address="https://example.com/reference.png"),
            clip(),
            sound(),
        )
        request = replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=media)
        content = self.submit(request)[1].body["metadata"]["content"]
        assert json.dumps(content, indent=2) == CONTENT_EXAMPLE

    def test_the_reply_of_the_page(self) -> None:
        job, _ = self.submit(self.bare, answer(200, self.submitted, **{"X-Oneapi-Request-Id": "r-1"}))
        assert (job.id, job.state, job.request_id) == ("task_abc123", JobState.QUEUED, "r-1")

    # -- what is sent ------------------------------------------------------------------------------

    def test_the_model_may_choose_length_and_ratio(self) -> None:
        request = replace(self.bare, duration_s=AUTO_S, aspect_ratio="adaptive")
        metadata = self.submit(request)[1].body["metadata"]
        assert (metadata["duration"], metadata["ratio"]) == (-1, "adaptive")
        assert type(metadata["duration"]) is int

    def test_the_metadata_has_the_types_of_the_page(self) -> None:
        metadata = self.submit(self.full)[1].body["metadata"]
        words = {"duration": int, "ratio": str, "resolution": str, "generate_audio": bool, "seed": int}
        assert {name: type(metadata[name]) for name in words} == words

    def test_fields_that_would_be_stronger_are_never_sent(self) -> None:
        for request in (self.full, self.bare, self.references):
            assert set(self.submit(request)[1].body) == {"model", "prompt", "metadata"}

    def test_references_keep_the_order_in_which_a_prompt_counts_them(self) -> None:
        media = (sound(), picture(Role.REFERENCE_IMAGE), clip(), picture(Role.REFERENCE_IMAGE))
        request = replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=media)
        items = self.submit(request)[1].body["metadata"]["content"]
        assert [item["type"] for item in items] == ["audio_url", "image_url", "video_url", "image_url"]

    def test_an_mp3_inside_the_request_has_the_vendors_name(self) -> None:
        inline = sound(address="data:audio/mpeg;base64,SUQz")
        request = replace(
            self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=(picture(Role.REFERENCE_IMAGE), inline)
        )
        item = self.submit(request)[1].body["metadata"]["content"][1]
        assert item["audio_url"]["url"] == "data:audio/mp3;base64,SUQz"

    def test_a_search_of_the_web_is_a_tool(self) -> None:
        body = self.submit(replace(self.bare, extra={"web_search": True}))[1].body
        assert body["metadata"]["tools"] == [{"type": "web_search"}]
        assert "web_search" not in body["metadata"]

    def test_frames_stand_in_for_a_length(self) -> None:
        older = "doubao-seedance-1-0-pro-250528"
        request = replace(self.bare, model=older, extra={"frames": 29})
        body = self.gateway.build_submit(request, self.caps_of(older)).json
        assert body is not None and body["metadata"]["frames"] == 29 and "duration" not in body["metadata"]
        assert "generate_audio" not in body["metadata"]
        with pytest.raises(Unsupported):
            self.gateway.build_submit(replace(request, extra={"frames": 30}), self.caps_of(older))

    def test_a_recipe_names_every_kind_of_file_by_its_hash(self) -> None:
        named = tuple(
            Input(item.role, item.media.at("sha256:00"))
            for item in (picture(Role.REFERENCE_IMAGE), clip(), sound())
        )
        request = replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=named)
        assert self.sent_as(request).count('"sha256:00"') == 3

    # -- refusals before sending -------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("inputs", "field"),
        [
            ((clip(address="data:video/mp4;base64,AAAA"),), Role.REFERENCE_VIDEO),
            ((sound(),), Role.REFERENCE_AUDIO),
            ((picture(), picture(Role.REFERENCE_IMAGE)), Role.REFERENCE_IMAGE),
            ((picture(), clip()), Role.REFERENCE_VIDEO),
            ((picture(Role.REFERENCE_IMAGE),) * 10, Role.REFERENCE_IMAGE),
            ((clip(),) * 4, Role.REFERENCE_VIDEO),
            ((clip(seconds=8.0), clip(seconds=8.0)), Role.REFERENCE_VIDEO),
            ((clip(seconds=1.5),), Role.REFERENCE_VIDEO),
            ((clip(width=3840, height=2160),), Role.REFERENCE_VIDEO),
            ((clip(width=400, height=400),), Role.REFERENCE_VIDEO),
            ((clip(size_bytes=50_000_001),), Role.REFERENCE_VIDEO),
            ((picture(Role.REFERENCE_IMAGE, width=299, height=299),), Role.REFERENCE_IMAGE),
        ],
    )
    def test_inputs_out_of_limits_are_refused_by_name(self, inputs: tuple[Input, ...], field: str) -> None:
        with pytest.raises(Unsupported) as caught:
            self.submit(replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=inputs))
        assert caught.value.field == field

    def test_a_sound_needs_a_picture_or_a_clip_beside_it(self) -> None:
        alone = replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=(sound(),))
        told = checking.check(alone, self.caps, public_urls=True)
        assert [p.message for p in told] == [
            "A reference audio needs a reference image or a reference video beside it."
        ]
        newest = replace(alone, model="doubao-seedance-2-5-260628")
        assert checking.check(newest, self.caps_of(newest.model), public_urls=True) == []

    @pytest.mark.parametrize("prompt", ["A cat --dur 12", "--rs 480p a cat", "A cat\n--ratio 1:1"])
    def test_words_that_ark_reads_as_settings_are_refused(self, prompt: str) -> None:
        with pytest.raises(Unsupported, match="read as a setting") as caught:
            self.submit(replace(self.bare, prompt=prompt))
        assert caught.value.field == "prompt"

    @pytest.mark.parametrize("prompt", ["A well--known cat", "A cat -- black", "A cat – black"])
    def test_dashes_in_a_prompt_are_left_alone(self, prompt: str) -> None:
        assert self.submit(replace(self.bare, prompt=prompt))[1].body["prompt"] == prompt

    def test_frames_and_references_never_go_out_together(self) -> None:
        inputs = (picture(), picture(Role.REFERENCE_IMAGE))
        with pytest.raises(Unsupported, match="not both"):  # whatever a catalogue says
            self.gateway.build_submit(replace(self.bare, inputs=inputs), self.caps)

    # -- submit replies ----------------------------------------------------------------------------

    @pytest.mark.parametrize(
        "reply",
        [
            {"task_id": "cgt-2026-x"},
            {"id": "", "task_id": "cgt-2026-x"},
            {"code": "success", "message": "", "data": {"task_id": "cgt-2026-x"}},
        ],
    )
    def test_older_builds_name_the_job_elsewhere(self, reply: Mapping[str, Any]) -> None:
        job, _ = self.submit(self.bare, answer(200, reply))
        assert (job.id, job.state) == ("cgt-2026-x", JobState.QUEUED)

    @pytest.mark.parametrize(
        ("status", "body", "words"),
        [
            (401, middleware("无效的令牌"), "own quota is used up"),
            (403, relay("insufficient_user_quota", "用户额度不足"), "250,000 tokens"),
            (429, relay("fail_to_fetch_task", "当前分组上游负载已饱和"), "upstream is at its limit"),
            (401, ark("AuthenticationError", "Bad key"), "studio's key is not the cause"),
            (401, relay("fail_to_fetch_task", "***"), "studio's key is not the cause"),
            (400, ark("***.PrivacyInformation"), "real person"),
            (400, ark("InputAudioSensitiveContentDetected"), "A reference sound was refused"),
            (
                400,
                ark("InvalidParameter", "duration is not valid for r2v."),
                "duration is not valid for r2v.",
            ),
            (503, middleware("x", code="model_not_found"), "no route to this model"),
            (500, relay("do_request_failed", "***.com"), "nobody knows whether a job was made"),
        ],
    )
    def test_a_refusal_is_told_in_one_good_sentence(self, status: int, body: object, words: str) -> None:
        with pytest.raises(GatewayError) as caught:
            self.submit(self.bare, answer(status, body))
        assert words in caught.value.message and "equest id" not in caught.value.message

    # -- poll replies: each documented shape ---------------------------------------------------------

    @pytest.mark.parametrize(
        ("body", "state"),
        [
            (wrapped("SUCCESS", {"content": {"video_url": LINK}, "status": "succeeded"}), "finished"),
            (
                wrapped("SUCCESS", {"content": {"video_url": LINK}}, result_url="https://b.example.com"),
                "finished",
            ),
            (wrapped("SUCCESS", None, result_url=LINK), "finished"),
            (wrapped("SUCCESS", None, fail_reason=LINK), "finished"),
            ({"object": "video", "status": "completed", "metadata": {"url": LINK}}, "finished"),
            ({"object": "video", "status": "completed", "metadata": {"url": ""}, "url": LINK}, "finished"),
            (
                {
                    "code": "success",
                    "data": {"object": "video", "status": "completed", "metadata": {"url": LINK}},
                },
                "finished",
            ),
            ({"code": 0, "data": {"status": "succeeded", "url": LINK, "format": "mp4"}}, "finished"),
            ({"code": 200, "data": {"status": "succeeded", "url": LINK, "format": "mp4"}}, "finished"),
            (
                {"task_id": "t", "status": "completed", "url": LINK, "format": "mp4", "metadata": {}},
                "finished",
            ),
            (
                {"id": "cgt-1", "status": "succeeded", "content": {"video_url": LINK}, "error": None},
                "finished",
            ),
            ({"id": "t", "status": "completed", "progress": 100, "video_url": LINK}, "finished"),
            ({"code": "success", "data": None}, "running"),
            (wrapped("IN_PROGRESS", {"error": {"code": "NotFound", "message": "x"}}), "running"),
            ({"object": "video", "status": "unknown", "completed_at": 1, "metadata": {"url": ""}}, "queued"),
        ],
    )
    def test_reads_every_shape_of_a_poll(self, body: Mapping[str, Any], state: str) -> None:
        job = self.polled(answer(200, body))
        assert job.state == state
        if state == "finished":
            assert job.result is not None and job.result.url == LINK
            assert job.result.expires_at == datetime(2026, 10, 2, 12, tzinfo=UTC)

    @pytest.mark.parametrize(
        "body",
        [
            wrapped("FAILURE", {"error": {"code": "OutputVideoSensitiveContentDetected", "message": "No."}}),
            {"object": "video", "status": "failed", "error": {"code": "OutputVideoSensitiveContentDetected"}},
            {
                "code": "success",
                "data": {"status": "failed", "error": {"code": "OutputVideoSensitiveContentDetected"}},
            },
            {"status": "failed", "error": {"code": 1, "message": "***: OutputVideoSensitiveContentDetected"}},
            wrapped("FAILURE", None, fail_reason="OutputVideoSensitiveContentDetected"),
        ],
    )
    def test_reads_the_reason_in_every_shape(self, body: Mapping[str, Any]) -> None:
        failure = self.polled(answer(200, body)).failure
        assert failure is not None and failure.failure_class == FailureClass.MODERATION
        assert failure.message.startswith("The finished clip was withheld") and failure.billed is False

    def test_the_result_url_of_a_failure_is_its_reason(self) -> None:
        body = wrapped("FAILURE", None, fail_reason=LINK, result_url=LINK)
        job = self.polled(answer(200, body))
        assert job.state == JobState.FAILED and job.result is None

    def test_task_failed_is_no_reason(self) -> None:
        failure = self.polled(answer(200, wrapped("FAILURE", None, fail_reason="task failed"))).failure
        assert failure.message == "ElkAPI says that this job failed and names no reason."
        inner = {"error": {"code": "InternalServiceError", "message": "Oh. Request id: 0217abcdef"}}
        failure = self.polled(answer(200, wrapped("FAILURE", inner, fail_reason="task failed"))).failure
        assert (failure.message, failure.code) == (
            "The upstream failed to make this clip.",
            "InternalServiceError",
        )

    @pytest.mark.parametrize(
        ("inner", "state"), [("expired", "failed"), ("cancelled", "cancelled"), ("running", "running")]
    )
    def test_only_arks_own_status_tells_the_truth(self, inner: str, state: str) -> None:
        job = self.polled(answer(200, wrapped("IN_PROGRESS", {"status": inner}, progress="30%")))
        assert job.state == state
        if state != "running":
            assert job.failure.billed is False and job.failure.code == inner

    def test_elkapis_own_time_out_is_told_in_english(self) -> None:
        body = wrapped("FAILURE", {"status": "running"}, fail_reason="任务超时（1440分钟）")
        failure = self.polled(answer(200, body)).failure
        assert failure.message == "The job took too long and was given up upstream."

    @pytest.mark.parametrize(
        ("told", "share"),
        [("50%", 0.5), (50, 0.5), ("0%", 0.0), ("-5%", None), ("soon", None), (None, None), (900, None)],
    )
    def test_progress_is_text_or_number(self, told: object, share: float | None) -> None:
        assert self.polled(answer(200, wrapped("IN_PROGRESS", None, progress=told))).progress == share

    def test_what_only_ark_tells_is_kept(self) -> None:
        inner = {
            "status": "succeeded",
            "content": {"video_url": LINK, "last_frame_url": "https://files.example.com/l.jpg"},
            "duration": 5,
            "usage": {"completion_tokens": 108900, "total_tokens": 108900},
        }
        job = self.polled(answer(200, wrapped("SUCCESS", inner)))
        assert (job.duration_s, job.tokens) == (5, 108900)
        assert job.last_frame_url == "https://files.example.com/l.jpg"

    @pytest.mark.parametrize("odd", [-1, "many", 1e300, None, True])
    def test_an_odd_count_of_tokens_is_none(self, odd: object) -> None:
        assert self.polled(answer(200, wrapped("SUCCESS", {"usage": {"total_tokens": odd}}))).tokens is None

    def test_success_without_a_link_is_asked_for(self) -> None:
        job = self.polled(answer(200, wrapped("SUCCESS", {"status": "succeeded"}, result_url="")))
        assert job.result is not None and job.result.kind == ResultKind.ASK

    def test_an_unknown_job_is_lost_only_after_a_minute(self) -> None:
        old = replace(self.job(), handle={"sent_at": int(time.time()) - 61})
        for status in (200, 400):
            with pytest.raises(Lost):
                self.polled(answer(status, relay("task_not_exist")), old)
        with pytest.raises(Lost):
            self.polled(answer(400, relay("task_not_exist")), replace(old, handle={}))

    def test_a_build_without_the_first_path_is_asked_at_the_second(self) -> None:
        wrong = answer(404, middleware("Invalid URL (GET /v1/video/generations/x)", "invalid_request_error"))
        job = self.polled(wrong)
        assert job.state == JobState.RUNNING and job.handle["sent_at"]
        assert self.gateway.build_poll(job).path == "/videos/task_abc123"
        with pytest.raises(Unavailable, match="no way to ask"):
            self.polled(wrong, job)

    def test_a_key_that_gave_out_says_nothing_about_the_job(self) -> None:
        with pytest.raises(Refused) as caught:
            self.polled(answer(401, middleware("该令牌额度已用尽")))
        assert caught.value.failure_class == FailureClass.KEY_REJECTED

    def test_an_id_is_quoted_in_the_path(self) -> None:
        job = replace(self.job(), id="a/../b?c")
        assert self.gateway.build_poll(job).path == "/video/generations/a%2F..%2Fb%3Fc"
        assert self.gateway.build_bytes(job).path == "/videos/a%2F..%2Fb%3Fc/content"

    # -- the result --------------------------------------------------------------------------------

    def asked(self, reply: httpx.Response) -> Any:
        return self.client(reply)[0].fresh_link(self.job())

    def test_a_dead_link_gives_way_to_the_file_itself(self) -> None:
        client, wire = self.client(answer(200, MP4_HEAD))
        result = client.fresh_link(self.job())
        assert result is not None and result.kind == ResultKind.BYTES
        assert str(wire.sent[0].url) == "https://api.elkapi.com/v1/videos/task_abc123/content"

    def test_a_fork_redirects_to_a_lasting_link(self) -> None:
        result = self.asked(answer(302, "", location="https://files.example.com/a.mp4"))
        assert (result.kind, result.url) == (ResultKind.LINK, "https://files.example.com/a.mp4")
        for odd in ("/a.mp4", "file:///etc/passwd"):
            with pytest.raises(BadReply):
                self.asked(answer(302, "", location=odd))

    @pytest.mark.parametrize(
        ("status", "body", "kind"),
        [
            (200, {"error": {"message": "x"}}, BadReply),
            (400, middleware("Task is not completed yet, current status: QUEUED"), Unavailable),
            (400, relay("task_not_exist"), Lost),
            (404, middleware("Task not found"), Lost),
            (404, middleware("Invalid URL (GET /v1/videos/x/content)"), LinkExpired),
            (502, middleware("upstream returned status 403", "server_error"), LinkExpired),
            (502, middleware("upstream returned status 500", "server_error"), Unavailable),
            (502, HTML, Unavailable),
            (403, middleware("request blocked", "server_error"), Unavailable),
            (401, middleware("quota used up"), Refused),
            (429, {}, Busy),
            (500, middleware("x", "server_error"), Unavailable),
        ],
    )
    def test_each_failure_of_a_download(self, status: int, body: object, kind: type[GatewayError]) -> None:
        with pytest.raises(GatewayError) as caught:
            self.asked(answer(status, body))
        assert type(caught.value) is kind and caught.value.message

    def test_checks_a_key_for_free(self) -> None:
        client, wire = self.client(answer(200, {"object": "list", "data": [], "success": True}))
        assert client.check_key().ok
        assert (wire.sent[0].method, wire.sent[0].url.path) == ("GET", "/v1/models")

    # -- money -------------------------------------------------------------------------------------

    def price(self, **changes: Any) -> Decimal | None:
        model = next(m for m in load("elkapi") if m.wire_id == SEEDANCE)
        return estimate(model.price, replace(self.bare, resolution="720p", **changes)).amount_usd

    def test_the_price_counts_tokens_as_measured(self) -> None:
        assert self.price(duration_s=4.0) == Decimal("0.62")  # 87,300 at 7 dollars a million
        assert self.price(duration_s=4.0, inputs=(clip(),)) == Decimal("0.75")  # 173,700 at 4.30
        assert self.price(duration_s=5.0) == Decimal("0.77")  # 108,900

    def test_what_the_model_chooses_is_held_at_its_most(self) -> None:
        assert self.price(duration_s=AUTO_S) == self.price(duration_s=15.0)
        ratios = [choice.value for choice in self.caps.aspect_ratios]
        assert self.price(aspect_ratio="adaptive") == max(self.price(aspect_ratio=r) or 0 for r in ratios)

    def test_counted_tokens_have_a_cost(self) -> None:
        model = next(m for m in load("elkapi") if m.wire_id == SEEDANCE)
        request = replace(self.bare, resolution="720p")
        assert cost_of_tokens(model.price, request, 108_900) == Decimal("0.762300")
        assert cost_of_tokens(model.price, replace(request, resolution="4k"), 108_900) is None
        assert cost_of_tokens(None, request, 108_900) is None

    def test_only_what_the_page_names_is_listed(self) -> None:
        listed = {m.wire_id for m in load("elkapi") if m.listed}
        assert listed == {SEEDANCE, "doubao-seedance-2-0-fast-260128"}


FIRST_EXAMPLE = """{
  "model": "doubao-seedance-2-0-260128",
  "prompt": "A first-person fruit tea ad, picking apples by hand, freshly cut and shaken, \
close-up product shots, cinematic, highly detailed",
  "metadata": {
    "duration": 8,
    "ratio": "16:9",
    "resolution": "720p",
    "generate_audio": true,
    "watermark": false
  }
}"""
CONTENT_EXAMPLE = """[
  {
    "type": "image_url",
    "image_url": {
      "url": "https://example.com/reference.png"
    },
    "role": "reference_image"
  },
  {
    "type": "video_url",
    "video_url": {
      "url": "https://example.com/reference.mp4"
    },
    "role": "reference_video"
  },
  {
    "type": "audio_url",
    "audio_url": {
      "url": "https://example.com/reference.mp3"
    },
    "role": "reference_audio"
  }
]"""
MULTIMODAL_EXAMPLE = """{
  "model": "doubao-seedance-2-0-260128",
  "prompt": "Use the first-person composition of the reference video throughout, use the reference audio \
as background music, and generate a fruit tea advertisement",
  "metadata": {
    "duration": 11,
    "ratio": "16:9",
    "generate_audio": true,
    "watermark": false,
    "content": [
      {
        "type": "image_url",
        "image_url": {
          "url": "https://example.com/first-frame.jpg"
        },
        "role": "reference_image"
      },
      {
        "type": "video_url",
        "video_url": {
          "url": "https://example.com/reference.mp4"
        },
        "role": "reference_video"
      },
      {
        "type": "audio_url",
        "audio_url": {
          "url": "https://example.com/music.mp3"
        },
        "role": "reference_audio"
      }
    ]
  }
}"""
