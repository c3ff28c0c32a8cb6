"""Token360 against the replies of its own pages (https://token360.ai/en-US/docs/api-reference)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from providers.gateways.base import DiscoveredModel
from providers.gateways.client import GatewayClient
from providers.gateways.errors import Ambiguous, BadReply, Busy, Lost, Refused, Unavailable, Unsupported
from providers.gateways.job_list import Candidate
from providers.gateways.values import FailureClass, Input, JobState, Mode, ResultKind, Role

from .battery import (
    ANOTHER,
    KEY,
    PICTURE,
    ProviderBattery,
    Wire,
    answer,
    in_the_rain,
    lighthouse,
    openai_error,
    picture,
    with_pictures,
)
from .swept import swept

CLIP, SOUND = "https://files.example.com/clip.mp4", "https://files.example.com/sound.wav"


def failed(code: str, message: str) -> dict[str, Any]:
    return {"id": "vid_1", "object": "video", "status": "failed", "error": {"code": code, "message": message}}


def clip(role: Role = Role.REFERENCE_VIDEO, **overrides: Any) -> Input:
    fields: dict[str, Any] = {"mime": "video/mp4", "duration_s": 5.0, "address": CLIP, **overrides}
    return picture(role, **fields)


def sound(**overrides: Any) -> Input:
    fields: dict[str, Any] = {"mime": "audio/wav", "duration_s": 5.0, "width": None, "height": None}
    return picture(Role.REFERENCE_AUDIO, **{**fields, "address": SOUND, **overrides})


class TestToken360(ProviderBattery):
    name, model = "token360", "seedance-2.0"
    full = in_the_rain(
        "seedance-2.0",
        seed=7,
        watermark=False,
        return_last_frame=True,
        extra={"safety_identifier": "ada@example.com", "execution_expires_after": 7200},
        callback_url="https://studio.example.com/hooks/x:y",
    )
    bare = lighthouse("seedance-2.0")
    references = with_pictures(bare)
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
        "callback_url": "https://studio.example.com/hooks/x:y",
        "request_id": "take-1",
        "safety_identifier": hashlib.sha256(b"ada@example.com").hexdigest(),
        "execution_expires_after": 7200,
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
        "callback_url": str,
        "request_id": str,
        "safety_identifier": str,
        "execution_expires_after": int,
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
        ("400", Refused, FailureClass.INVALID_INPUT),
        ("400 vendor", Refused, FailureClass.INVALID_INPUT),
        ("400 asset", Refused, FailureClass.INVALID_INPUT),
        ("404", Refused, FailureClass.INVALID_INPUT),
        ("413", Refused, FailureClass.INVALID_INPUT),
        ("400 content", Refused, FailureClass.MODERATION),
        ("400 balance", Refused, FailureClass.NO_BALANCE),
        ("402", Refused, FailureClass.NO_BALANCE),
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("403 frozen", Refused, FailureClass.KEY_REJECTED),
        ("403 model", Refused, FailureClass.INVALID_INPUT),
        ("404 model", Refused, FailureClass.INVALID_INPUT),
        ("429", Busy, None),
        ("500", Ambiguous, None),
        ("502", Ambiguous, None),
        ("503", Ambiguous, None),
        ("200 null", Ambiguous, None),
        ("500 model", Refused, FailureClass.PROVIDER_DOWN),
        ("503 model", Refused, FailureClass.PROVIDER_DOWN),
        ("200 error", Refused, FailureClass.PROVIDER_DOWN),
    ]
    poll_faults = [
        ("400", Unavailable, None),
        ("500", Unavailable, None),
        ("502", Unavailable, None),
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("403 frozen", Refused, FailureClass.KEY_REJECTED),
        ("404", Lost, None),
        ("429", Busy, None),
        ("503", Busy, None),
    ]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        return {**self.submitted, "status": word, "url": "https://files.example.com/a.mp4?X-Sig=1"}

    def test_a_body_that_is_too_large_says_what_to_do(self) -> None:
        with pytest.raises(Refused) as caught:
            self.submit(self.bare, answer(413, openai_error("Request Entity Too Large")))
        assert caught.value.hint == "The pictures are too large to be sent along; use smaller ones."

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
            self.client(answer(400, openai_error("status is in_progress")))[0].fresh_link(self.job())

    def test_moderation_is_told_from_other_failures(self) -> None:
        moderated = failed("OutputAudioSensitiveContentDetected", "Blocked. Request id: 0217abcdef0123")
        failure = self.polled(answer(200, moderated), replace(self.job(), handle={"sound": True})).failure
        assert failure.failure_class == FailureClass.MODERATION and failure.message == "Blocked."
        assert "without sound" in failure.hint and failure.mend == {"generate_audio": False}
        silent = self.polled(answer(200, moderated)).failure
        assert silent.hint == ""
        assert self.polled(answer(200, failed("Timeout", "slow"))).failure.failure_class != "moderation"

    def test_a_plain_string_serves_as_error(self) -> None:
        failure = self.polled(answer(200, {"status": "failed", "error": "broken"})).failure
        assert failure.message == "broken" and failure.billed is False

    def found(self, wire: httpx.MockTransport, since: datetime) -> list[Candidate]:
        return swept(self.gateway, self.gateway.base_url, KEY, lambda here: here.find(since), wire)

    def test_finds_jobs_in_the_list(self) -> None:
        item = {"id": "v1", "model": "m", "prompt": "p", "created_at": 1760000000}
        wire = Wire(answer(200, {"object": "list", "data": [item, {"id": 5}, "x"]}))
        found = self.found(wire, datetime.now(UTC))
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
        assert [c.job_id for c in self.found(serve, since)] == (["v1"] if older else ["v1", "v2"])

    def test_checks_a_key_for_free(self) -> None:
        client, wire = self.client(answer(200, {"object": "list", "data": [], "has_more": False}))
        assert client.check_key().ok
        assert (wire.sent[0].method, wire.sent[0].url.path) == ("GET", "/v1/videos")

    def test_the_words_of_the_page_that_seedance_2_takes(self) -> None:
        wish = replace(self.bare, model="seedance-2.0", resolution="4k", aspect_ratio="21:9")
        body = self.submit(wish)[1].body
        assert (body["resolution"], body["aspect_ratio"]) == ("4K", "21:9")
        assert self.submit(replace(wish, aspect_ratio="adaptive"))[1].body["aspect_ratio"] == "adaptive"

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

    # -- clips and sounds: three kinds in one list ---------------------------------------------------

    def refer(self, *inputs: Input, mode: Mode = Mode.REFERENCE_TO_VIDEO) -> Any:
        ratio = None if mode in (Mode.EDIT, Mode.EXTEND) else "16:9"
        request = replace(self.bare, mode=mode, aspect_ratio=ratio, inputs=inputs)
        return self.submit(request)[1].body

    def test_the_example_of_a_first_frame(self) -> None:
        at = "https://files.example.com/a.png"
        request = replace(self.bare, mode=Mode.IMAGE_TO_VIDEO, inputs=(picture(address=at),))
        assert self.submit(request)[1].body["frame_images"] == [
            {"type": "image_url", "frame_type": "first_frame", "image_url": {"url": at}}
        ]

    @pytest.mark.parametrize(("mode", "role"), [(Mode.EDIT, "edit_source"), (Mode.EXTEND, "extend_source")])
    def test_the_example_of_a_source_clip(self, mode: Mode, role: str) -> None:
        body = self.refer(clip(Role.SOURCE_VIDEO), mode=mode)
        assert body["input_references"] == [{"type": "video_url", "role": role, "video_url": {"url": CLIP}}]
        assert body["aspect_ratio"] == "adaptive" and "frame_images" not in body

    def test_three_kinds_keep_the_persons_order(self) -> None:
        body = self.refer(sound(), picture(Role.REFERENCE_IMAGE), clip(), picture(Role.REFERENCE_IMAGE))
        assert body["input_references"] == [
            {"type": "audio_url", "audio_url": {"url": SOUND}},
            {"type": "image_url", "image_url": {"url": PICTURE}},
            {"type": "video_url", "video_url": {"url": CLIP}},
            {"type": "image_url", "image_url": {"url": PICTURE}},
        ]

    def test_references_may_stand_beside_a_source(self) -> None:
        body = self.refer(clip(Role.SOURCE_VIDEO), picture(Role.REFERENCE_IMAGE), sound(), mode=Mode.EDIT)
        assert [item.get("role") for item in body["input_references"]] == ["edit_source", None, None]

    def test_at_most_three_clips_and_three_sounds(self) -> None:
        assert len(self.refer(*[clip()] * 3, *[sound()] * 3)["input_references"]) == 6
        with pytest.raises(Unsupported, match="4 given; this model takes 3"):
            self.refer(*[clip(duration_s=2.0)] * 4)
        with pytest.raises(Unsupported, match="4 given; this model takes 3"):
            self.refer(picture(Role.REFERENCE_IMAGE), *[sound(duration_s=2.0)] * 4)

    @pytest.mark.parametrize(
        ("inputs", "words"),
        [
            ([clip(duration_s=1.0)], "at least 2 s"),
            ([clip(duration_s=16.0)], "at most 15 s"),
            ([clip(duration_s=6.0)] * 3, "18.0 s in all"),
            ([picture(Role.REFERENCE_IMAGE), sound(duration_s=16.0)], "at most 15 s"),
            ([picture(Role.REFERENCE_IMAGE), *[sound(duration_s=6.0)] * 3], "18.0 s in all"),
            ([clip(mime="video/webm")], "WEBM is not taken"),
        ],
    )
    def test_lengths_and_kinds_are_checked_here(self, inputs: list[Input], words: str) -> None:
        with pytest.raises(Unsupported, match=words):
            self.refer(*inputs)

    def test_a_sound_never_goes_alone(self) -> None:
        with pytest.raises(Unsupported, match="beside it") as caught:
            self.refer(sound())
        assert caught.value.field == Role.REFERENCE_AUDIO
        alone = replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=(sound(),))
        with pytest.raises(Unsupported, match="beside it"):  # whatever a catalogue says
            self.gateway.build_submit(alone, self.caps)

    @pytest.mark.parametrize("other", [picture(), clip()])
    def test_a_source_goes_without_frames_and_other_clips(self, other: Input) -> None:
        with pytest.raises(Unsupported, match="does not take them together"):
            self.refer(clip(Role.SOURCE_VIDEO), other, mode=Mode.EXTEND)

    def test_a_source_without_a_word_on_its_use_is_refused(self) -> None:
        vague = replace(self.bare, mode=Mode.VIDEO_TO_VIDEO, inputs=(clip(Role.SOURCE_VIDEO),))
        with pytest.raises(Unsupported) as caught:
            self.gateway.build_submit(vague, self.caps)
        assert caught.value.field == "mode"

    def test_models_without_references_take_no_clips(self) -> None:
        assert self.caps_of("seedance-1.5-pro").modes == (
            Mode.TEXT_TO_VIDEO,
            Mode.IMAGE_TO_VIDEO,
            Mode.FIRST_LAST_FRAME,
        )

    # -- further options -----------------------------------------------------------------------------

    def test_a_person_is_named_by_a_hash_only(self) -> None:
        ready = "0f" * 32
        for given, sent in (("Ada", hashlib.sha256(b"Ada").hexdigest()), (ready, ready)):
            body = self.submit(replace(self.bare, extra={"safety_identifier": given}))[1].body
            assert body["safety_identifier"] == sent and len(sent) == 64

    @pytest.mark.parametrize("seconds", [3599, 259201, True, "7200"])
    def test_an_expiry_out_of_its_bounds_is_refused_here(self, seconds: object) -> None:
        with pytest.raises(Unsupported) as caught:
            self.submit(replace(self.bare, extra={"execution_expires_after": seconds}))
        assert caught.value.field == "extra.execution_expires_after"

    def test_the_job_is_overdue_when_the_request_says_so(self) -> None:
        assert self.submit(self.full)[0].deadline_s == 7200
        assert self.submit(self.bare)[0].deadline_s is None

    # -- its call at the end -------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("body", "ids"),
        [
            ({"request_id": "r", "status": "completed", "data": {"id": "v1", "object": "video"}}, {"v1"}),
            ({"id": "v1", "status": "failed"}, {"v1"}),
            ({"video": {"video_id": "v1"}}, {"v1"}),
            ({"id": "evt_1", "data": {"task_id": "v1"}}, {"evt_1", "v1"}),
            ({"status": "completed", "id": 5, "data": ["v1"], "video": "v1"}, set()),
        ],
    )
    def test_finds_the_job_in_its_call_wherever_it_may_stand(
        self, body: dict[str, Any], ids: set[str]
    ) -> None:
        assert self.gateway.jobs_in_hook(body) == ids

    def test_the_callback_address_shows_in_no_log_and_no_kept_reply(self) -> None:
        assert "x:y" not in repr(self.full)
        address = "https://studio.example.com/hooks/0123456789abcdef:Ab-9_secret"
        with pytest.raises(Refused) as caught:
            self.submit(self.bare, answer(400, openai_error(f"callback_url {address} is not reachable")))
        assert "secret" not in f"{caught.value.message} {caught.value.raw}"

    # -- what it booked ------------------------------------------------------------------------------

    def cost(self, reply: httpx.Response) -> Any:
        return self.client(reply)[0].cost(replace(self.job(), request_id="req/9"))

    def booked(self, data: Any, code: Any = 0) -> Any:
        return self.cost(answer(200, {"code": code, "msg": "success", "data": data, "traceId": "t"}))

    def test_asks_for_the_cost_by_the_request_id(self) -> None:
        client, wire = self.client(answer(200, {"code": 404, "msg": "not found"}))
        assert client.cost(replace(self.job(), request_id="req/9")) is None
        assert str(wire.sent[0].url).endswith("/v1/billing/requests/req%2F9?type=video")
        assert wire.sent[0].method == "GET"

    @pytest.mark.parametrize(
        ("data", "usd"),
        [
            ({"amount": "0.5675", "currency": "USD"}, "0.5675"),
            ({"amount": 0.5675}, "0.5675"),
            ({"totalCost": "1", "currency": ""}, "1"),
            ([{"cost": 0.25}, {"cost": "0.5"}], "0.75"),
        ],
    )
    @pytest.mark.parametrize("code", [0, 200, "0"])
    def test_reads_what_was_booked(self, data: Any, usd: str, code: Any) -> None:
        assert self.booked(data, code) == Decimal(usd)

    def test_what_is_not_booked_yet_is_no_sum(self) -> None:
        assert self.cost(answer(404, "<html>")) is None
        assert self.booked(None, 404) is None and self.booked(None, "404") is None
        assert self.booked({"amount": "0"}) is None  # a finished clip for nothing: not booked, rather

    @pytest.mark.parametrize(
        "data",
        [
            *(None, [], {}, "0.5", {"price": 1}, {"amount": True}, {"amount": "many"}, {"amount": -1}),
            *(
                {"amount": "NaN"},
                {"amount": "1e30"},
                {"amount": {"usd": 1}},
                {"amount": 3, "currency": "CNY"},
            ),
            *([{"amount": 1}, {"status": "pending"}], {"amount": 10**400}),
        ],
    )
    def test_what_cannot_be_read_is_never_a_sum(self, data: Any) -> None:
        with pytest.raises(BadReply):
            self.booked(data)

    def test_a_failing_code_under_200_is_an_error(self) -> None:
        with pytest.raises(BadReply, match="no permission"):
            self.cost(answer(200, {"code": 403, "msg": "no permission", "data": {"amount": "1"}}))
        with pytest.raises(BadReply):
            self.cost(answer(200, {"data": {"amount": "1"}}))
        with pytest.raises(Unavailable):
            self.cost(answer(500, {"code": 0, "data": {"amount": "1"}}))

    # -- its catalogue -------------------------------------------------------------------------------

    def listed(self, *rows: Any, **data: Any) -> httpx.Response:
        return answer(200, {"code": 0, "msg": "success", "data": {"list": list(rows), **data}})

    def test_asks_the_public_catalogue_without_the_key(self) -> None:
        client, wire = self.client(self.listed())
        assert client.discover() == []
        sent = wire.sent[0]
        assert str(sent.url) == "https://api.token360.ai/public/models?size=200&current=1"
        assert sent.method == "GET" and KEY not in str(sent.headers)

    def test_video_models_are_told_from_others_and_nothing_is_guessed_of_them(self) -> None:
        video = {"name": "veo-9", "displayName": "Veo 9", "modelType": "VIDEO_GENERATION"}
        rows = [
            video,
            {"name": "old", "modelOutputTypes": ["VIDEO"]},
            {"name": "gpt", "modelType": "TEXT_GENERATION", "modelOutputTypes": ["VIDEO"]},
            {"name": "", "modelType": "VIDEO_GENERATION"},
            {"name": 5, "modelType": "VIDEO_GENERATION"},
            {"name": "x" * 121, "modelType": "VIDEO_GENERATION"},
            "seedance-2.0",
        ]
        found = self.client(self.listed(*rows))[0].discover()
        assert found == [DiscoveredModel("veo-9", "Veo 9"), DiscoveredModel("old", "old")]

    @pytest.mark.parametrize(
        "reply",
        [
            {"code": 500, "msg": "sorry", "data": {"list": []}},
            *({"code": 0, "data": []}, {"code": 0, "data": {"list": {}}}, {"object": "list", "data": None}),
        ],
    )
    def test_anything_but_the_catalogue_is_a_bad_reply(self, reply: Any) -> None:
        with pytest.raises(BadReply):
            self.client(answer(200, reply))[0].discover()

    def paged(self, count: int, most: int, **told: Any) -> list[str]:
        """Ids that are found when the server sends at most ``most`` of its ``count`` models a page."""
        models = [{"name": f"m{n}", "modelType": "VIDEO_GENERATION"} for n in range(count)]

        def serve(asked: httpx.Request) -> httpx.Response:
            at = (int(asked.url.params["current"]) - 1) * most
            return self.listed(*models[at : at + most], **told)

        client = GatewayClient(self.gateway, self.gateway.base_url, KEY, transport=httpx.MockTransport(serve))
        return [model.wire_id for model in client.discover()]

    @pytest.mark.parametrize(
        ("count", "most", "told"),
        [
            (250, 200, {"total": 250}),
            (250, 100, {"total": 250}),
            (400, 200, {}),
            (250, 200, {}),
            (3, 200, {}),
        ],
    )
    def test_the_whole_catalogue_is_read(self, count: int, most: int, told: dict[str, int]) -> None:
        assert self.paged(count, most, **told) == [f"m{n}" for n in range(count)]

    def test_a_catalogue_without_an_end_is_not_believed(self) -> None:
        with pytest.raises(BadReply, match="no end"):
            self.client(self.listed({"name": "m"}, total=9999))[0].discover()
