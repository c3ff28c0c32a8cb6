"""Venice against the replies of its own pages (https://docs.venice.ai/api-reference)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from providers.gateways._venice_models import read_model
from providers.gateways.capabilities import from_plain, laid_over, to_plain
from providers.gateways.errors import (
    Ambiguous,
    BadReply,
    Busy,
    FetchRefused,
    Lost,
    Refused,
    Unavailable,
    Unsupported,
)
from providers.gateways.values import (
    ConsentNeeded,
    FailureClass,
    Job,
    JobState,
    Mode,
    ResultKind,
    Role,
    Standing,
    VideoRequest,
)
from providers.sandbox.rows import ROWS

from .battery import ANOTHER, MP4_HEAD, PICTURE, ProviderBattery, answer, in_the_rain, picture
from .venice_requests import ID, SHARE, TICKS, caps_of

CONSENT = {
    "error": {"code": "needs_consent", "message": "Faces were found."},
    "consent_flow": "seedance",
    "face_media_roles": ["image", "end_image"],
    "consent": {"consent_version": "v2.0", "policy_text": "line 1\nline 2\nline 3\nline 4"},
    "docs_url": "https://docs.venice.ai/guides/media/seedance-face-consent",
}
VALIDATION = {
    "error": "Invalid request parameters",
    "details": {"_errors": [], "aspect_ratio": {"_errors": ["Required"]}},
    "issues": [
        {
            "code": "invalid_type",
            "expected": "'16:9' | '9:16'",
            "received": "undefined",
            "path": ["aspect_ratio"],
            "message": "Required",
        }
    ],
}


UNKNOWN_KEY = {
    "error": "Invalid request parameters",
    "details": {"_errors": ["Unrecognized key(s) in object: 'seed'"]},
    "issues": [
        {
            "code": "unrecognized_keys",
            "keys": ["seed"],
            "path": [],
            "message": "Unrecognized key(s) in object: 'seed'",
        }
    ],
}


class TestVenice(ProviderBattery):
    name, model = "venice", "wan-3-0-image-to-video"
    full = in_the_rain(
        "wan-3-0-image-to-video",
        consents={"seedance": TICKS},
    )
    bare = VideoRequest(
        model="wan-3-0-image-to-video",
        mode=Mode.IMAGE_TO_VIDEO,
        prompt="A lighthouse",
        duration_s=5.0,
        resolution="720p",
        aspect_ratio="16:9",
        inputs=(picture(),),
    )
    references = VideoRequest(
        model="seedance-2-0-reference-to-video-basic",
        mode=Mode.REFERENCE_TO_VIDEO,
        prompt="<Image 1> walks through <Image 2>",
        duration_s=5.0,
        resolution="720p",
        aspect_ratio="16:9",
        inputs=(picture(Role.REFERENCE_IMAGE), picture(Role.REFERENCE_IMAGE, address=ANOTHER)),
    )
    references_body = {
        "model": "seedance-2-0-reference-to-video-basic",
        "prompt": "Refer to <Image 1>, <Image 2> to generate: <Image 1> walks through <Image 2>",
        "duration": "5s",
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "audio": False,
        "reference_image_urls": [PICTURE, ANOTHER],
    }
    submit_path = "/video/queue"
    full_body = {
        "model": "wan-3-0-image-to-video",
        "prompt": "A lighthouse in the rain",
        "duration": "5s",
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "audio": True,
        "image_url": PICTURE,
        "end_image_url": PICTURE,
        "consents": {"seedance": TICKS},
    }
    bare_body = {
        "model": "wan-3-0-image-to-video",
        "prompt": "A lighthouse",
        "duration": "5s",
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "audio": False,
        "image_url": PICTURE,
    }
    field_types = {
        "model": str,
        "prompt": str,
        "duration": str,
        "aspect_ratio": str,
        "resolution": str,
        "audio": bool,
        "image_url": str,
        "end_image_url": str,
        "consents": dict,
    }
    submitted = {"model": "wan-3-0-image-to-video", "queue_id": ID, "download_url": SHARE}
    job_id = ID
    poll = (
        "POST",
        "/video/retrieve",
        {"model": "wan-3-0-image-to-video", "queue_id": ID, "delete_media_on_completion": False},
    )
    submit_faults = [
        ("400", Refused, FailureClass.INVALID_INPUT),
        ("400 input", Refused, FailureClass.INVALID_INPUT),
        ("403 region", Refused, FailureClass.INVALID_INPUT),
        ("403 privacy", Refused, FailureClass.INVALID_INPUT),
        ("404", Refused, FailureClass.INVALID_INPUT),
        ("404 missing", Refused, FailureClass.INVALID_INPUT),
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("403 access", Refused, FailureClass.KEY_REJECTED),
        ("402", Refused, FailureClass.NO_BALANCE),
        ("402 limit", Refused, FailureClass.NO_BALANCE),
        ("402 x402", Refused, FailureClass.NO_BALANCE),
        ("409", Refused, FailureClass.INVALID_INPUT),
        ("409 flow", Refused, FailureClass.INVALID_INPUT),
        ("409 no words", Refused, FailureClass.INVALID_INPUT),
        ("409 odd", Refused, FailureClass.INVALID_INPUT),
        ("410", Refused, FailureClass.INVALID_INPUT),
        ("413", Refused, FailureClass.INVALID_INPUT),
        ("422 policy", Refused, FailureClass.MODERATION),
        ("422 suggestion", Refused, FailureClass.MODERATION),
        ("422 code", Refused, FailureClass.MODERATION),
        ("422 object", Refused, FailureClass.MODERATION),
        ("422 ratio", Refused, FailureClass.INVALID_INPUT),
        ("422 ratio object", Refused, FailureClass.INVALID_INPUT),
        ("429", Busy, None),
        ("429 wait", Busy, None),
        ("429 failures", Busy, None),
        ("500", Ambiguous, None),
        ("500 unknown", Ambiguous, None),
        ("504", Ambiguous, None),
        ("503", Refused, FailureClass.PROVIDER_DOWN),
    ]
    poll_faults = [
        ("400 lost", Lost, None),
        ("404 lost", Lost, None),
        ("410", Lost, None),
        ("400 model", Unavailable, None),
        ("404 model", Unavailable, None),
        ("404 unknown", Unavailable, None),
        ("422 page", Unavailable, None),
        ("500", Unavailable, None),
        ("502", Unavailable, None),
        ("504", Unavailable, None),
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("403 access", Refused, FailureClass.KEY_REJECTED),
        ("403 region", Refused, FailureClass.INVALID_INPUT),
        ("429", Busy, None),
        ("503", Busy, None),
    ]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        return {"status": word, "average_execution_time": 145000, "execution_duration": 53200}

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

    # -- the rest --------------------------------------------------------------------------------

    def test_the_file_is_asked_for_as_it_is(self) -> None:
        client, wire = self.client(answer(200, MP4_HEAD))
        with client.result_bytes(self.job()) as response:
            client.raise_for_result(response)
            assert response.read() == MP4_HEAD
        assert wire.sent[0].headers["accept-encoding"] == "identity"
        assert wire.body == self.poll[2]

    def test_a_file_that_is_gone_is_lost(self) -> None:
        client, _ = self.client(answer(404, {"error": "Media not found"}))
        with client.result_bytes(self.job()) as response, pytest.raises(Lost):
            client.raise_for_result(response)

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("Not offered in your region", FailureClass.INVALID_INPUT),
            ("API access is disabled", FailureClass.KEY_REJECTED),
        ],
    )
    def test_a_forbidden_file_is_the_keys_fault_only_where_it_says_so(
        self, text: str, kind: FailureClass
    ) -> None:
        client, _ = self.client(answer(403, {"error": text}))
        with client.result_bytes(self.job()) as response, pytest.raises(Refused) as caught:
            client.raise_for_result(response)
        assert (caught.value.message, caught.value.failure_class) == (text, kind)

    def test_cleans_up_after_the_copy_is_safe(self) -> None:
        client, wire = self.client(answer(400, {"error": "Request ID is invalid."}))
        client.after_store(Job(id=ID, model=self.model))
        assert wire.sent[0].url.path == "/api/v1/video/complete"
        assert wire.body == {"model": self.model, "queue_id": ID}

    def test_a_quote_sends_neither_prompt_nor_pictures(self) -> None:
        client, wire = self.client(answer(200, {"quote": 0.55}))
        assert client.quote(self.full, self.caps) == Decimal("0.55")
        assert wire.body == {
            "model": self.model,
            "duration": "5s",
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "audio": True,
        }

    @pytest.mark.parametrize("quote", ["0.55", None, True, -1, float("1e999")])
    def test_no_price_is_no_quote(self, quote: object) -> None:
        reply = httpx.Response(200, content=str({"quote": quote}).replace("'", '"').replace("inf", "1e999"))
        with pytest.raises(BadReply):
            self.client(reply)[0].quote(self.bare, self.caps)

    def test_the_key_check_tells_the_balance(self) -> None:
        data = {"accessPermitted": True, "balances": {"USD": 50.23, "DIEM": 100.02}, "rateLimits": []}
        client, wire = self.client(answer(200, {"data": data}))
        check = client.check_key()
        assert check.ok and check.standing == Standing(Decimal("50.23"), beside="100.02 DIEM")
        assert wire.sent[0].url.path == "/api/v1/api_keys/rate_limits"
        closed = {"accessPermitted": False, "balances": {}}
        assert not self.client(answer(200, {"data": closed}))[0].check_key().ok

    def test_discovers_models_with_their_limits(self) -> None:
        limits = {
            "model_type": "image-to-video",
            "aspect_ratios": ["auto", "16:9"],
            "resolutions": ["4k", "768P"],
            "durations": ["4s", "5s", "Auto", "1 gen"],
            "audio": True,
            "audio_configurable": True,
            "prompt_character_limit": 10000,
        }
        spec = {"name": "Seedance 2.0", "offline": True, "constraints": limits}
        item = {"id": "new-image-to-video", "model_spec": spec}
        client, wire = self.client(answer(200, {"data": [item, {"id": 5}, {"id": "bare"}]}))
        found, bare = client.discover()
        assert str(wire.sent[0].url).endswith("/models?type=video")
        assert (found.label, found.offline, bare.label) == ("Seedance 2.0", True, "bare")
        caps = from_plain({**found.if_new, **found.capabilities})
        assert caps.durations_s == (4.0, 5.0) and caps.prompt_max_chars == 10000
        assert caps.wire_resolution("768p") == "768P" and caps.wire_ratio("adaptive") == "auto"
        assert caps.modes == (Mode.IMAGE_TO_VIDEO,) and caps.inputs[Role.FIRST_FRAME].min_count == 1

    def test_a_discovery_lies_over_the_catalogue(self) -> None:
        item = {"id": self.model, "model_spec": {"constraints": {"durations": ["3s"]}}}
        found = self.client(answer(200, {"data": [item]}))[0].discover()[0]
        merged = from_plain({**to_plain(self.caps), **found.capabilities})
        assert merged.durations_s == (3.0,) and merged.inputs == self.caps.inputs

    def test_a_listed_limit_of_pictures_is_refused_here(self) -> None:
        limits = {
            "reference_image_min_short_side_pixels": 512,
            "reference_image_min_aspect_ratio": 0.5,
            "reference_image_max_aspect_ratio": 2,
        }
        item = {"id": self.model, "model_spec": {"constraints": limits}}
        found = self.client(answer(200, {"data": [item]}))[0].discover()[0]
        caps = from_plain(laid_over(to_plain(self.caps), found.capabilities))
        assert set(caps.inputs) == set(self.caps.inputs)
        for role in (Role.FIRST_FRAME, Role.LAST_FRAME):
            kept = replace(self.caps.inputs[role], min_side_px=512, min_ratio=0.5, max_ratio=2.0)
            assert caps.inputs[role] == kept

    @pytest.mark.parametrize("odd", [None, "300", True, -1, float("inf"), []])
    def test_a_limit_of_pictures_that_is_no_number_is_not_told(self, odd: object) -> None:
        limits = {"reference_image_min_short_side_pixels": odd, "reference_image_min_aspect_ratio": odd}
        found = read_model({"id": "m", "model_spec": {"constraints": limits}})
        assert "inputs" not in found.capabilities

    @pytest.mark.parametrize(
        ("facts", "told"),
        [
            ({"width": 299, "height": 400}, "300 px or more"),
            ({"width": 1000, "height": 399}, "between 0.4 and 2.5"),
            ({"mime": "image/avif"}, "AVIF is not taken"),
        ],
    )
    def test_a_reference_out_of_bounds_stays_here(self, facts: Mapping[str, Any], told: str) -> None:
        wish = replace(self.references, inputs=(picture(Role.REFERENCE_IMAGE, **facts),))
        with pytest.raises(Unsupported, match=told):
            self.client(answer(200, self.submitted))[0].submit(wish, caps_of(wish.model))
