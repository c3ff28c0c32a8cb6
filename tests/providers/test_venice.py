"""Venice against its own pages: the battery, what is sent and what a poll tells."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import httpx
import pytest

from providers.gateways.errors import Busy, FetchRefused, Lost, Refused, Unsupported
from providers.gateways.values import ConsentNeeded, FailureClass, Job, JobState, Mode, ResultKind
from providers.sandbox.rows import ROWS

from .battery import MP4_HEAD, ProviderBattery, answer
from .venice_requests import SHARE, TICKS, caps_of
from .venice_samples import CONSENT, UNKNOWN_KEY, VALIDATION, VeniceSamples


class TestVenice(VeniceSamples, ProviderBattery):
    # -- submit ----------------------------------------------------------------------------------

    def test_a_409_asks_a_person(self) -> None:
        asked, _ = self.submit(self.bare, answer(409, CONSENT))
        assert isinstance(asked, ConsentNeeded)
        assert (asked.flow, asked.version, asked.roles) == ("seedance", "v2.0", ("image", "end_image"))
        assert asked.policy_text == "line 1\nline 2\nline 3\nline 4"
        assert set(asked.statements) == set(TICKS)

    @pytest.mark.parametrize(
        "wire_id", ["kling-2.6-pro-image-to-video", "grok-imagine-text-to-video-private", "some-new-model"]
    )
    @pytest.mark.parametrize("told", [CONSENT, {k: v for k, v in CONSENT.items() if k != "consent_flow"}])
    def test_any_model_may_ask(self, wire_id: str, told: dict[str, Any]) -> None:
        words = {"consent_version": "v7.1", "policy_text": "Who is in it agrees."}
        client, _ = self.client(answer(409, {**told, "consent": words}))
        asked = client.submit(replace(self.bare, model=wire_id), self.caps)
        assert isinstance(asked, ConsentNeeded)
        assert (asked.version, asked.policy_text) == ("v7.1", "Who is in it agrees.")

    @pytest.mark.parametrize(
        "consents",
        [
            {"seedance": {**TICKS, "confirmed_legal_right": False}},
            {"seedance": {"confirmed_legal_right": True}},
            {"seedance": {**TICKS, "consent_version": True}},
            {"another": TICKS},
        ],
    )
    def test_half_a_consent_is_not_sent(self, consents: dict[str, dict[str, bool]]) -> None:
        with pytest.raises(Unsupported):
            self.submit(replace(self.bare, consents=consents))

    def test_a_ratio_is_forbidden_where_none_is_listed(self) -> None:
        caps = caps_of("kling-2.6-pro-image-to-video")
        request = replace(self.bare, model="kling-2.6-pro-image-to-video", resolution=None, aspect_ratio=None)
        client, wire = self.client(answer(200, self.submitted))
        client.submit(request, caps)
        assert "aspect_ratio" not in wire.body and "resolution" not in wire.body
        with pytest.raises(Unsupported):
            client.submit(replace(request, aspect_ratio="16:9"), caps)

    def test_fixed_sound_is_never_said(self) -> None:
        request = replace(self.bare, aspect_ratio=None, resolution="768p", generate_audio=True)
        body = self.gateway.build_submit(request, caps_of("minimax-h3-image-to-video")).json
        assert body is not None and "audio" not in body
        assert body["resolution"] == "768P"

    def test_an_option_of_the_catalogue_is_passed_on(self) -> None:
        caps = caps_of("seedance-2-0-text-to-video-basic")
        request = replace(self.bare, mode=Mode.TEXT_TO_VIDEO, inputs=(), extra={"bitrate_mode": "high"})
        client, wire = self.client(answer(200, self.submitted))
        client.submit(request, caps)
        assert wire.body["bitrate_mode"] == "high"
        with pytest.raises(Unsupported):
            client.submit(replace(request, extra={"bitrate_mode": "huge"}), caps)

    def test_a_validation_report_names_its_field(self) -> None:
        with pytest.raises(Refused) as caught:
            self.submit(self.bare, answer(400, VALIDATION))
        assert caught.value.field == "aspect_ratio" and "'9:16'" in caught.value.message
        with pytest.raises(Refused) as caught:
            self.submit(self.bare, answer(400, {"details": VALIDATION["details"]}))
        assert caught.value.message == "aspect_ratio: Required"

    def test_a_field_that_the_model_does_not_know_is_named(self) -> None:
        with pytest.raises(Refused) as caught:
            self.submit(self.bare, answer(400, UNKNOWN_KEY))
        assert (caught.value.field, caught.value.failure_class) == ("seed", FailureClass.INVALID_INPUT)
        assert caught.value.message == "Unrecognized key(s) in object: 'seed'"

    def test_another_model_that_venice_proposes_is_told(self) -> None:
        words = "Specified model not found: wan-3-0. Did you mean wan-3-0-image-to-video?"
        with pytest.raises(Refused) as caught:
            self.submit(self.bare, answer(404, {"error": words}))
        assert (caught.value.message, caught.value.failure_class) == (words, FailureClass.INVALID_INPUT)

    @pytest.mark.parametrize(
        ("name", "asks"),
        [
            *((name, True) for name in ("400", "403 region", "403 privacy", "404", "410")),
            *((name, False) for name in ("400 input", "402", "403 access", "422 policy")),
        ],
    )
    def test_a_refusal_about_the_model_has_the_list_asked_for(self, name: str, asks: bool) -> None:
        row = ROWS[self.name][f"submit {name}"]
        with pytest.raises(Refused) as caught:
            self.submit(self.bare, answer(row.status, row.text()))
        assert (caught.value.about_model or caught.value.field == "model") is asks

    def test_reset_times_come_in_milliseconds(self) -> None:
        reset = str(int((time.time() + 20) * 1000))
        with pytest.raises(Busy) as caught:
            self.submit(self.bare, answer(429, {"error": "x"}, **{"x-ratelimit-reset-requests": reset}))
        assert 15 < caught.value.retry_after_s <= 20

    # -- poll ------------------------------------------------------------------------------------

    def test_bytes_are_a_result(self) -> None:
        for kind in ("video/mp4", "application/octet-stream", "application/json"):
            reply = httpx.Response(200, content=MP4_HEAD + bytes(5000), headers={"content-type": kind})
            job = self.polled(reply)
            assert job.state == JobState.FINISHED and job.result.kind == ResultKind.BYTES

    def test_json_called_a_video_is_read_as_json(self) -> None:
        reply = answer(200, b'{"status":"PROCESSING"}', **{"content-type": "video/mp4"})
        assert self.polled(reply).state == JobState.RUNNING

    def test_tells_the_time_left_while_it_is_honest(self) -> None:
        assert self.polled(answer(200, self.poll_reply("PROCESSING"))).eta_s == pytest.approx(91.8)
        late = {"status": "PROCESSING", "average_execution_time": 1000, "execution_duration": 5000}
        assert self.polled(answer(200, late)).eta_s is None
        assert self.polled(answer(200, {"status": "PROCESSING"})).progress is None

    def test_the_one_time_address_comes_from_the_queue_answer(self) -> None:
        job = self.polled(answer(200, {"status": "completed", "url": "https://evil.example.com/x"}))
        assert job.result.url == SHARE

    @pytest.mark.parametrize(
        "url",
        [
            "https://evil.example.com/v1/share/read/tok",
            "http://private-share.venice.ai/v1/share/read/tok",
            "https://private-share.venice.ai/other/tok",
            "https://private-share.venice.ai@evil.example.com/v1/share/read/tok",
            "https://private-share.venice.ai:8443/v1/share/read/tok",
            "http://169.254.169.254/v1/share/read/",
            "https://private-share.venice.ai/v1/share/read/%2e%2e/admin",
            "https://[private-share.venice.ai/v1/share/read/tok",
        ],
    )
    def test_an_address_elsewhere_is_not_taken(self, url: str) -> None:
        job = replace(self.job(), handle={"download_url": url})
        client, _ = self.client(answer(200, {"status": "COMPLETED"}))
        finished = client.poll(job)
        with pytest.raises(FetchRefused):
            client.checked_url(finished.result.url)

    def test_the_accounts_own_host_may_keep_results(self) -> None:
        url = "http://127.0.0.1:8123/v1/share/read/tok"
        assert self.gateway.accepts_url(url, "http://127.0.0.1:8123/venice/api/v1")
        assert not self.gateway.accepts_url(url, "http://127.0.0.1:9000/venice/api/v1")
        assert self.client(answer(200))[0].checked_url(SHARE) == SHARE

    def test_finished_without_an_address_is_lost(self) -> None:
        with pytest.raises(Lost):
            self.polled(answer(200, {"status": "COMPLETED"}), Job("q", "m"))

    @pytest.mark.parametrize(
        ("body", "kind", "billed"),
        [
            (
                {
                    "error": {
                        "message": "Not allowed",
                        "type": "provider_content_policy",
                        "credits_refunded": True,
                        "recommended_model": "wan-2-7-text-to-video",
                    }
                },
                FailureClass.MODERATION,
                False,
            ),
            ({"error": "Provider broke", "credits_refunded": False}, FailureClass.PROVIDER_DOWN, True),
            ({"error": "Provider broke", "hint": "Wait"}, FailureClass.PROVIDER_DOWN, None),
        ],
    )
    def test_a_422_is_a_final_failure(self, body: dict, kind: FailureClass, billed: bool | None) -> None:
        job = self.polled(answer(422, body))
        assert job.state == JobState.FAILED
        assert (job.failure.failure_class, job.failure.billed) == (kind, billed)
        assert bool(job.failure.hint) == ("hint" in body or "recommended_model" in str(body))
        advised = {"model": "wan-2-7-text-to-video"} if "recommended_model" in str(body) else {}
        assert job.failure.mend == advised
