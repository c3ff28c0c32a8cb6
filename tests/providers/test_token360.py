"""Token360 against the replies of its own pages (https://token360.ai/en-US/docs/api-reference)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from providers.gateways.client import GatewayClient
from providers.gateways.errors import Ambiguous, BadReply, Lost, Refused, Unavailable, Unsupported
from providers.gateways.values import FailureClass, JobState, Mode, ResultKind, Role, VideoRequest

from .battery import ANOTHER, PICTURE, ProviderBattery, answer, picture


def failed(code: str, message: str) -> dict[str, Any]:
    return {"id": "vid_1", "object": "video", "status": "failed", "error": {"code": code, "message": message}}


def error(message: str, kind: str = "invalid_request_error", **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": None, **more}}


class TestToken360(ProviderBattery):
    name, model = "token360", "seedance-2.0"
    full = VideoRequest(
        model="seedance-2.0",
        mode=Mode.FIRST_LAST_FRAME,
        prompt="A lighthouse in the rain",
        duration_s=5.0,
        resolution="720p",
        aspect_ratio="16:9",
        generate_audio=True,
        seed=7,
        watermark=False,
        return_last_frame=True,
        inputs=(picture(), picture(Role.LAST_FRAME)),
        extra={"safety_identifier": "abc"},
        reference="take-1",
    )
    bare = VideoRequest(
        model="seedance-2.0",
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
    submit_path = "/videos"
    full_body = {
        "model": "seedance-2.0",
        "prompt": "A lighthouse in the rain",
        "duration": 5,
        "resolution": "720p",
        "aspect_ratio": "16:9",
        "generate_audio": True,
        "seed": 7,
        "watermark": False,
        "return_last_frame": True,
        "frame_images": [
            {"type": "image_url", "frame_type": "first_frame", "image_url": {"url": PICTURE}},
            {"type": "image_url", "frame_type": "last_frame", "image_url": {"url": PICTURE}},
        ],
        "metadata": {"take": "take-1"},
        "safety_identifier": "abc",
    }
    bare_body = {
        "model": "seedance-2.0",
        "prompt": "A lighthouse",
        "duration": 5,
        "resolution": "480p",
        "aspect_ratio": "16:9",
        "generate_audio": False,
    }
    references_body = {
        **bare_body,
        "input_references": [
            {"type": "image_url", "image_url": {"url": PICTURE}},
            {"type": "image_url", "image_url": {"url": ANOTHER}},
        ],
    }
    field_types = {
        "model": str,
        "prompt": str,
        "duration": int,
        "resolution": str,
        "aspect_ratio": str,
        "generate_audio": bool,
        "seed": int,
        "watermark": bool,
        "return_last_frame": bool,
        "frame_images": list,
        "metadata": dict,
        "safety_identifier": str,
    }
    submitted = {
        "id": "vid_1",
        "object": "video",
        "status": "queued",
        "model": "seedance-2.0",
        "prompt": "A lighthouse",
        "created_at": 1760000000,
        "parameters": {},
    }
    job_id = "vid_1"
    poll = ("GET", "/videos/vid_1", None)
    submit_faults = [
        (400, error("duration is a string", param="duration"), Refused, FailureClass.INVALID_INPUT),
        (400, error("InputTextSensitiveContentDetected"), Refused, FailureClass.MODERATION),
        (403, error("frozen", "api_key_frozen"), Refused, FailureClass.KEY_REJECTED),
        (403, error("no access", "model_access_denied"), Refused, FailureClass.INVALID_INPUT),
        (404, error("unknown model", "model_not_found"), Refused, FailureClass.INVALID_INPUT),
        (400, error("too little", "insufficient_balance"), Refused, FailureClass.NO_BALANCE),
        (
            500,
            error("Model 'x' not found or not active for requested provider", "api_error"),
            Refused,
            FailureClass.PROVIDER_DOWN,
        ),
        (503, error("No available provider", "api_error"), Refused, FailureClass.PROVIDER_DOWN),
        (503, error("overloaded", "api_error"), Ambiguous, None),
        (200, error("upstream down", "api_error"), Refused, FailureClass.PROVIDER_DOWN),
        (200, {"id": None, "error": None}, Ambiguous, None),
    ]
    poll_faults = [
        (404, error("no such video", "not_found_error"), Lost, None),
        (400, error("odd"), Unavailable, None),
    ]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        return {**self.submitted, "status": word, "url": "https://files.example.com/a.mp4?X-Sig=1"}

    def test_refuses_half_seconds(self) -> None:
        caps = replace(self.caps, durations_s=(5.5,))
        with pytest.raises(Unsupported):
            self.gateway.build_submit(replace(self.bare, duration_s=5.5), caps)

    def test_an_id_is_quoted_in_the_path(self) -> None:
        wire = self.gateway.build_poll(replace(self.job(), id="a/../b?c"))
        assert wire.path == "/videos/a%2F..%2Fb%3Fc"

    def test_keeps_the_request_id_for_the_billing_look_up(self) -> None:
        job, _ = self.submit(self.bare, answer(200, self.submitted, **{"X-Request-ID": "req-9"}))
        assert job.request_id == "req-9"

    def test_a_submit_may_fail_at_once(self) -> None:
        job, _ = self.submit(self.bare, answer(200, failed("InternalError", "sorry")))
        assert job.state == JobState.FAILED and job.failure.billed is False

    def test_takes_the_first_address_there_is(self) -> None:
        done = {"id": "vid_1", "status": "completed", "url": None, "duration": 5}
        first = self.polled(answer(200, {**done, "video_url": "https://b.example.com/b.mp4"}))
        assert first.result.url == "https://b.example.com/b.mp4" and first.duration_s == 5
        inner = {"video_url": "https://c.example.com/c.mp4", "last_frame_url": "https://c.example.com/l.png"}
        second = self.polled(answer(200, {**done, "content": inner}))
        assert second.result.url == inner["video_url"] and second.last_frame_url == inner["last_frame_url"]

    def test_completed_without_an_address_is_asked_for(self) -> None:
        job = self.polled(answer(200, {"id": "vid_1", "status": "completed"}))
        assert job.result.kind == ResultKind.ASK

    def test_a_fresh_link_knows_its_end(self) -> None:
        reply = {"url": "https://files.example.com/a.mp4", "video_id": "vid_1", "expires_in": 3600}
        client, wire = self.client(answer(200, reply))
        result = client.fresh_link(self.job())
        assert str(wire.sent[0].url).endswith("/videos/vid_1/content?format=url")
        assert timedelta(minutes=59) < result.expires_at - datetime.now(UTC) <= timedelta(hours=1)

    def test_a_fresh_link_without_address_is_a_bad_reply(self) -> None:
        with pytest.raises(BadReply):
            self.client(answer(200, {"video_id": "vid_1"}))[0].fresh_link(self.job())

    def test_a_link_asked_for_too_early_is_asked_for_again(self) -> None:
        with pytest.raises(Unavailable):
            self.client(answer(400, error("status is in_progress")))[0].fresh_link(self.job())

    def test_moderation_is_told_from_other_failures(self) -> None:
        moderated = failed("OutputAudioSensitiveContentDetected", "Blocked. Request id: 0217abcdef0123")
        failure = self.polled(answer(200, moderated), replace(self.job(), handle={"sound": True})).failure
        assert failure.failure_class == FailureClass.MODERATION and failure.message == "Blocked."
        assert "without sound" in failure.hint
        silent = self.polled(answer(200, moderated)).failure
        assert silent.hint == ""
        assert self.polled(answer(200, failed("Timeout", "slow"))).failure.failure_class != "moderation"

    def test_a_plain_string_serves_as_error(self) -> None:
        failure = self.polled(answer(200, {"status": "failed", "error": "broken"})).failure
        assert failure.message == "broken" and failure.billed is False

    def test_finds_jobs_in_the_list(self) -> None:
        item = {"id": "v1", "model": "m", "prompt": "p", "created_at": 1760000000}
        client, wire = self.client(answer(200, {"object": "list", "data": [item, {"id": 5}, "x"]}))
        found = client.find(datetime.now(UTC))
        assert str(wire.sent[0].url).endswith("/videos?limit=100&order=desc")
        assert [c.job_id for c in found] == ["v1"]
        assert found[0].created_at == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)

    @pytest.mark.parametrize("older", [False, True])
    def test_looks_as_far_back_as_the_submit(self, older: bool) -> None:
        since = datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)
        at = int(since.timestamp()) - (1 if older else 0)
        items = [{"id": f"v{n}", "model": "m", "prompt": "p", "created_at": at} for n in (1, 2)]
        pages = {
            None: {"data": items[:1], "has_more": True, "last_id": "v1"},
            "v1": {"data": items[1:], "has_more": False, "last_id": "v2"},
        }
        serve = httpx.MockTransport(lambda asked: answer(200, pages[asked.url.params.get("after")]))
        client = GatewayClient(self.gateway, self.gateway.base_url, "key", transport=serve)
        assert [c.job_id for c in client.find(since)] == (["v1"] if older else ["v1", "v2"])

    def test_checks_a_key_for_free(self) -> None:
        client, wire = self.client(answer(200, {"object": "list", "data": [], "has_more": False}))
        assert client.check_key().ok
        assert (wire.sent[0].method, wire.sent[0].url.path) == ("GET", "/v1/videos")

    def test_a_picture_decides_the_ratio_where_the_model_says_so(self) -> None:
        caps = replace(self.caps, ratio_from_input=(Mode.IMAGE_TO_VIDEO,))
        request = replace(self.bare, mode=Mode.IMAGE_TO_VIDEO, aspect_ratio=None, inputs=(picture(),))
        body = self.gateway.build_submit(request, caps).json
        assert body is not None and body["aspect_ratio"] == "adaptive"

    def test_frames_and_references_never_go_out_together(self) -> None:
        for frames in ((picture(),), (picture(), picture(Role.LAST_FRAME))):
            inputs = (*frames, picture(Role.REFERENCE_IMAGE))
            both = replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=inputs)
            with pytest.raises(Unsupported, match="does not take them together") as caught:
                self.submit(both)
            assert caught.value.field == Role.REFERENCE_IMAGE
            with pytest.raises(Unsupported, match="not both"):  # whatever a catalogue says
                self.gateway.build_submit(both, self.caps)

    def test_nine_references_and_no_more(self) -> None:
        nine = replace(self.references, inputs=(picture(Role.REFERENCE_IMAGE),) * 9)
        assert len(self.submit(nine)[1].body["input_references"]) == 9
        with pytest.raises(Unsupported, match="10 given; this model takes 9"):
            self.submit(replace(nine, inputs=(*nine.inputs, picture(Role.REFERENCE_IMAGE))))
