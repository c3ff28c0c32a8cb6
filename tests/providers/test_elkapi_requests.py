"""What ElkAPI is sent: the examples of its page, every field, and what is refused before."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from providers.gateways import check as checking
from providers.gateways.errors import Unsupported
from providers.gateways.values import AUTO_S, Input, JobState, Mode, Role, VideoRequest

from .battery import answer, picture
from .elkapi_samples import SEEDANCE, ElkAPISamples, clip, sound

OLDER = "doubao-seedance-1-0-pro-250528"


class TestElkAPIRequests(ElkAPISamples):
    def sent_as(self, request: VideoRequest) -> str:
        return json.dumps(self.gateway.build_submit(request, self.caps).json, indent=2)

    def test_the_reply_of_the_page(self) -> None:
        job, _ = self.submit(self.bare, answer(200, self.submitted, **{"X-Oneapi-Request-Id": "r-1"}))
        assert (job.id, job.state, job.request_id) == ("task_abc123", JobState.QUEUED, "r-1")

    def refusals(self, request: VideoRequest) -> list[str]:
        caps = self.caps_of(request.model)
        return [problem.field for problem in checking.check(request, caps, public_urls=True)]

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

    @pytest.mark.parametrize("model", [SEEDANCE, "doubao-seedance-2-0-fast-260128"])
    def test_a_search_of_the_web_is_for_words_alone(self, model: str) -> None:
        search = replace(self.bare, model=model, extra={"web_search": True})
        framed = replace(search, mode=Mode.IMAGE_TO_VIDEO, inputs=(picture(),))
        assert self.refusals(search) == []
        assert self.refusals(framed) == ["extra.web_search"]
        assert self.refusals(replace(framed, extra={"web_search": False})) == []

    def test_a_draft_is_small_and_without_a_last_frame(self) -> None:
        draft = replace(self.bare, model="doubao-seedance-1-5-pro-251215", extra={"draft": True})
        assert self.refusals(draft) == []
        both = (picture(), picture(Role.LAST_FRAME))
        for change in (
            {"resolution": "1080p"},
            {"return_last_frame": True},
            {"mode": Mode.FIRST_LAST_FRAME, "inputs": both},
        ):
            wrong = replace(draft, **change)
            assert self.refusals(wrong) == ["extra.draft"], change
            assert self.refusals(replace(wrong, extra={"draft": False})) == [], change

    def test_the_oldest_take_their_ratio_from_a_picture_only(self) -> None:
        words = replace(self.bare, model=OLDER, aspect_ratio="adaptive")
        assert self.refusals(words) == ["aspect_ratio"]
        framed = replace(words, mode=Mode.IMAGE_TO_VIDEO, inputs=(picture(),))
        assert self.refusals(framed) == []
        body = self.gateway.build_submit(framed, self.caps_of(OLDER)).json
        assert body is not None and body["metadata"]["ratio"] == "adaptive"

    def test_the_deadline_is_that_of_the_option(self) -> None:
        assert self.submit(self.full)[0].deadline_s == 9000
        assert self.submit(self.bare)[0].deadline_s is None
        assert self.gateway.deadline_s > 7200

    @pytest.mark.parametrize(
        ("extra", "sent"),
        [
            ({}, 7200),
            ({"execution_expires_after": 86400}, 86400),
            ({"execution_expires_after": None}, None),
            ({"service_tier": "default"}, 7200),
            ({"service_tier": "flex"}, None),
            ({"service_tier": "flex", "execution_expires_after": 86400}, 86400),
        ],
    )
    def test_a_job_is_given_up_after_two_hours_unless_it_may_take_long(
        self, extra: dict[str, object], sent: int | None
    ) -> None:
        request = replace(self.bare, model=OLDER, extra=extra)
        assert self.refusals(request) == []
        body = self.gateway.build_submit(request, self.caps_of(OLDER)).json
        assert body is not None and body["metadata"].get("execution_expires_after") == sent

    def test_only_an_option_with_a_default_may_be_left_to_the_gateway(self) -> None:
        assert self.refusals(replace(self.bare, extra={"priority": None})) == ["extra.priority"]

    def test_a_model_without_the_option_is_sent_no_default(self) -> None:
        body = self.gateway.build_submit(self.bare, replace(self.caps, extra={})).json
        assert body is not None and "execution_expires_after" not in body["metadata"]

    def test_frames_stand_in_for_a_length(self) -> None:
        request = replace(self.bare, model=OLDER, duration_s=None, extra={"frames": 29})
        assert self.refusals(request) == []
        body = self.gateway.build_submit(request, self.caps_of(OLDER)).json
        assert body is not None and body["metadata"]["frames"] == 29 and "duration" not in body["metadata"]
        assert "generate_audio" not in body["metadata"]
        with pytest.raises(Unsupported):
            self.gateway.build_submit(replace(request, extra={"frames": 30}), self.caps_of(OLDER))

    def test_frames_beside_a_length_are_refused(self) -> None:
        pair = replace(self.bare, model=OLDER, extra={"frames": 29})
        told = checking.check(pair, self.caps_of(OLDER))
        assert [(p.field, p.message) for p in told] == [
            ("extra.frames", "Choose frames or a length, not both.")
        ]
        neither = replace(pair, duration_s=None, extra={})
        assert self.refusals(neither) == ["duration_s"]

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
            ((clip(fps=12.0),), Role.REFERENCE_VIDEO),
            ((clip(fps=120.0),), Role.REFERENCE_VIDEO),
            ((picture(Role.REFERENCE_IMAGE, width=299, height=299),), Role.REFERENCE_IMAGE),
        ],
    )
    def test_inputs_out_of_limits_are_refused_by_name(self, inputs: tuple[Input, ...], field: str) -> None:
        with pytest.raises(Unsupported) as caught:
            self.submit(replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=inputs))
        assert caught.value.field == field

    @pytest.mark.parametrize("fps", [None, 23.976, 24.0, 59.94, 60.0])
    def test_clips_of_the_usual_rates_are_taken(self, fps: float | None) -> None:
        request = replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=(clip(fps=fps),))
        assert self.refusals(request) == []

    def test_a_sound_needs_a_picture_or_a_clip_beside_it(self) -> None:
        alone = replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=(sound(),))
        told = checking.check(alone, self.caps, public_urls=True)
        assert [p.message for p in told] == [
            "A reference sound needs a reference or a reference clip beside it."
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
