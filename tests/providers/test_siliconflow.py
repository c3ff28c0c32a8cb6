"""SiliconFlow against the replies of its own pages (https://docs.siliconflow.cn) and what clients met."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from providers.catalogue import load
from providers.gateways.base import Step
from providers.gateways.errors import (
    Ambiguous,
    BadReply,
    Busy,
    GatewayError,
    Lost,
    Refused,
    Unavailable,
    Unsupported,
)
from providers.gateways.values import FailureClass, JobState, Mode, Role, VideoRequest
from providers.gateways.wire import Reply
from providers.prices import estimate

from .battery import HTML, PICTURE, ProviderBattery, answer, picture

T2V, I2V = "Wan-AI/Wan2.2-T2V-A14B", "Wan-AI/Wan2.2-I2V-A14B"
URL = "https://files.example.com/outputs/a.mp4?Expires={}&OSSAccessKeyId=x&Signature=y"
# the pages' own bodies
NO_MODEL = {"code": 20012, "message": "string", "data": "string"}
LIMIT = {
    "message": "Request was rejected due to rate limiting. If you want more, please contact "
    "contact@siliconflow.cn. Details:TPM limit reached.",
    "data": "string",
}
OVERLOADED = {
    "code": 50505,
    "message": "Model service overloaded. Please try again later.",
    "data": "string",
}
# what clients met
BUSY = {"code": 50603, "message": "System is really busy. Please try again later.", "data": None}
BAD_FIELD = {"code": 20015, "message": "The parameter is invalid. Please check again.", "data": None}
NO_MONEY = {"code": 30001, "message": "Sorry, your account balance is insufficient", "data": None}
BAD_KEY = {"code": 30014, "message": "Token is invalid.", "data": None}
DISABLED = {"code": 30003, "message": "Model disabled.", "data": None}


def text(body: str) -> str:
    """A bare JSON string, quotes included."""
    return json.dumps(body)


def done(**changes: Any) -> dict[str, Any]:
    results = {"videos": [{"url": URL.format(4102444800)}], "timings": {"inference": 123.4}, "seed": 42}
    return {"status": "Succeed", "reason": "", "results": {**results, **changes}}


class TestSiliconFlow(ProviderBattery):
    name, model = "siliconflow", T2V
    full = VideoRequest(
        model=T2V,
        mode=Mode.TEXT_TO_VIDEO,
        prompt="A lighthouse in the rain",
        negative_prompt="people",
        aspect_ratio="9:16",
        seed=7,
        reference="take-1",
    )
    bare = VideoRequest(model=T2V, mode=Mode.TEXT_TO_VIDEO, prompt="A lighthouse", aspect_ratio="16:9")
    still = replace(bare, model=I2V, mode=Mode.IMAGE_TO_VIDEO, inputs=(picture(),))
    submit_path = "/video/submit"
    full_body: ClassVar[Mapping[str, Any]] = {
        "model": T2V,
        "prompt": "A lighthouse in the rain",
        "negative_prompt": "people",
        "image_size": "720x1280",
        "seed": 7,
    }
    bare_body: ClassVar[Mapping[str, Any]] = {
        "model": T2V,
        "prompt": "A lighthouse",
        "image_size": "1280x720",
    }
    field_types: ClassVar[Mapping[str, type]] = {
        "model": str,
        "prompt": str,
        "negative_prompt": str,
        "image_size": str,
        "seed": int,
    }
    submitted: ClassVar[Mapping[str, Any]] = {"requestId": "abc123def456"}
    job_id = "abc123def456"
    poll = ("POST", "/video/status", {"requestId": "abc123def456"})
    submit_faults = [
        ("400 model", Refused, FailureClass.INVALID_INPUT),
        ("400", Refused, FailureClass.INVALID_INPUT),
        ("403 model", Refused, FailureClass.INVALID_INPUT),
        ("404", Refused, FailureClass.INVALID_INPUT),
        ("404 plain", Refused, FailureClass.INVALID_INPUT),
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("401 code", Refused, FailureClass.KEY_REJECTED),
        ("401 key", Refused, FailureClass.KEY_REJECTED),
        ("403", Refused, FailureClass.KEY_REJECTED),
        ("402", Refused, FailureClass.NO_BALANCE),
        ("403 money", Refused, FailureClass.NO_BALANCE),
        ("429", Busy, None),
        ("429 hour", Busy, None),
        ("429 day", Busy, None),
        ("429 code", Busy, None),
        ("503", Busy, None),
        ("503 code", Busy, None),
        ("500", Ambiguous, None),
        ("503 text", Ambiguous, None),
        ("504", Ambiguous, None),
        ("504 plain", Ambiguous, None),
        ("200 long id", Ambiguous, None),
        ("200 error", Ambiguous, None),
        ("200 text", Ambiguous, None),
    ]
    poll_faults = [
        ("400", Lost, None),
        ("404", Lost, None),
        ("no clip", Lost, None),
        ("no results", Lost, None),
        ("404 page", Unavailable, None),
        ("400 model", Unavailable, None),
        ("500", Unavailable, None),
        ("504", Unavailable, None),
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("403 money", Refused, FailureClass.NO_BALANCE),
        ("429", Busy, None),
        ("429 day", Busy, None),
        ("503", Busy, None),
        ("text", BadReply, None),
    ]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        return {**done(), "status": word}

    def refusals(self) -> Iterator[VideoRequest]:
        """All but the negative prompt, which this gateway takes; and the picture where it needs one."""
        yield from (request for request in super().refusals() if not request.negative_prompt)
        yield replace(self.bare, duration_s=5.0)
        yield replace(self.bare, generate_audio=True)
        yield replace(self.bare, watermark=True)
        yield replace(self.bare, aspect_ratio=None)
        yield replace(self.bare, aspect_ratio="4:3")
        yield replace(self.bare, mode=Mode.IMAGE_TO_VIDEO, inputs=(picture(),))

    # -- the page's own answer; its request is in tests/generations/test_examples.py ----------------------

    def test_the_answer_of_the_status_page(self) -> None:
        job = self.polled(answer(200, done()))
        assert job.state == JobState.FINISHED and job.result is not None
        assert job.result.url == URL.format(4102444800)
        assert job.handle["seed"] == 42

    def test_a_still_goes_out_as_a_data_url_without_a_blank(self) -> None:
        client, wire = self.client(answer(200, self.submitted))
        client.submit(self.still, self.caps_of(I2V))
        assert wire.body == {**self.bare_body, "model": I2V, "image": PICTURE}

    @pytest.mark.parametrize(
        ("ratio", "size"), [("16:9", "1280x720"), ("9:16", "720x1280"), ("1:1", "960x960")]
    )
    def test_a_ratio_is_said_as_a_size(self, ratio: str, size: str) -> None:
        _, wire = self.submit(replace(self.bare, aspect_ratio=ratio))
        assert wire.body["image_size"] == size

    def test_a_seed_of_nought_is_a_seed(self) -> None:
        assert self.submit(replace(self.bare, seed=0))[1].body["seed"] == 0

    def test_a_picture_model_without_a_picture_is_refused_here(self) -> None:
        client, wire = self.client(answer(200, self.submitted))
        with pytest.raises(Unsupported) as caught:
            client.submit(replace(self.still, inputs=()), self.caps_of(I2V))
        assert caught.value.field == Role.FIRST_FRAME and not wire.sent

    def test_a_picture_of_more_than_five_megabytes_is_refused_here(self) -> None:
        large = replace(self.still, inputs=(picture(size_bytes=4_000_000),))
        with pytest.raises(Unsupported, match="inside a request"):
            self.client(answer(200, self.submitted))[0].submit(large, self.caps_of(I2V))

    # -- what comes back -----------------------------------------------------------------------------

    @pytest.mark.parametrize(
        "reply",
        [
            {"status": "InQueue"},
            {"status": "InQueue", "reason": "", "results": None},
            {"status": "InQueue", "position": 3},
        ],
    )
    def test_results_may_be_missing_or_null_until_the_end(self, reply: dict[str, Any]) -> None:
        assert self.polled(answer(200, reply)).state == JobState.QUEUED

    def test_clips_outside_of_results_are_found(self) -> None:
        job = self.polled(answer(200, {"status": "Succeed", "videos": [{"url": URL.format(1)}]}))
        assert job.result is not None and job.result.url == URL.format(1)
        assert "seed" not in job.handle

    def test_a_reason_is_shown_and_never_branched_on(self) -> None:
        failure = self.polled(answer(200, {"status": "Failed", "reason": "moderation: sensitive"})).failure
        assert failure is not None
        assert (failure.failure_class, failure.message, failure.billed) == (
            FailureClass.PROVIDER_DOWN,
            "moderation: sensitive",
            False,
        )
        assert self.polled(answer(200, {"status": "Failed"})).failure.message

    def test_a_link_lives_ten_minutes_at_most(self) -> None:
        ends = self.polled(answer(200, done())).result.expires_at
        assert timedelta(minutes=9) < ends - datetime.now(UTC) <= timedelta(minutes=10)

    def test_a_sooner_signature_counts(self) -> None:
        soon = int(datetime.now(UTC).timestamp()) + 90
        job = self.polled(answer(200, done(videos=[{"url": URL.format(soon)}])))
        assert job.result.expires_at == datetime.fromtimestamp(soon, UTC)

    @pytest.mark.parametrize("odd", ["soon", "9" * 40, "-1e9", ""])
    def test_a_signature_of_no_date_is_passed_over(self, odd: str) -> None:
        job = self.polled(answer(200, done(videos=[{"url": URL.format(odd)}])))
        assert job.result.expires_at > datetime.now(UTC)

    def test_the_ten_minutes_count_from_the_first_success(self) -> None:
        first = self.polled(answer(200, done()))
        began = datetime.now(UTC) - timedelta(minutes=8)
        again = self.polled(
            answer(200, done()), replace(first, handle={"finished_at": began.isoformat(), "seed": 42})
        )
        assert again.result.expires_at == began + timedelta(minutes=10)

    @pytest.mark.parametrize("odd", [True, "42", 4.2, 2**70, None])
    def test_an_odd_seed_is_passed_over(self, odd: object) -> None:
        assert "seed" not in self.polled(answer(200, done(seed=odd))).handle

    def test_keeps_the_trace_of_the_submit(self) -> None:
        reply = answer(200, self.submitted, **{"X-SiliconCloud-Trace-Id": "ti_9"})
        assert self.submit(self.bare, reply)[0].request_id == "ti_9"

    # -- errors --------------------------------------------------------------------------------------

    def test_an_error_keeps_its_trace(self) -> None:
        for status, body in ((400, BAD_FIELD), (500, HTML)):
            error = self.gateway.error_of(
                Reply(status, {"x-siliconcloud-trace-id": "ti_7"}, json.dumps(body).encode()), Step.SUBMIT
            )
            assert error.raw.startswith("x-siliconcloud-trace-id: ti_7\n")

    def told(self, status: int, body: object, **headers: str) -> Any:
        with pytest.raises(GatewayError) as caught:
            self.submit(self.bare, answer(status, body, **headers))
        return caught.value

    @pytest.mark.parametrize(
        ("status", "body", "words"),
        [
            (400, NO_MODEL, "not available on the chosen SiliconFlow site"),
            (400, BAD_FIELD, "refused a setting: The parameter is invalid"),
            (400, text("odd"), "refused a setting: odd"),
            (401, text("Invalid token"), "siliconflow.com"),
            (401, BAD_KEY, "siliconflow.com"),
            (402, NO_MONEY, "balance"),
            (403, NO_MONEY, "balance"),
            (403, text("Forbidden"), "verify your identity"),
            (403, DISABLED, "switched this model off"),
            (404, text("404 page not found"), "base address is wrong"),
            (429, LIMIT, "TPM limit reached"),
            (503, OVERLOADED, "overloaded"),
            (503, BUSY, "really busy"),
            (504, text("timed out upstream"), "timed out upstream"),
        ],
    )
    def test_each_failure_has_a_sentence(self, status: int, body: object, words: str) -> None:
        assert words in self.told(status, body).message

    @pytest.mark.parametrize(
        ("metric", "wait_s"), [("TPM", None), ("RPH", 300), ("IPD", 3600), ("RPD", 3600)]
    )
    def test_the_limit_that_was_met_says_how_long_to_wait(self, metric: str, wait_s: float | None) -> None:
        body = {"message": f"Request was rejected due to rate limiting. Details:{metric} limit reached."}
        assert self.told(429, body).retry_after_s == wait_s

    def test_a_job_under_way_is_asked_about_before_its_result_is_gone(self) -> None:
        body = {"message": "Details:RPD limit reached."}
        with pytest.raises(Busy) as caught:
            self.polled(answer(429, body, **{"Retry-After": "3600"}))
        assert caught.value.retry_after_s == 300

    def test_a_model_denied_by_a_slip_is_worth_one_more_try(self) -> None:
        assert self.told(400, NO_MODEL).again_after_s == 60
        assert self.told(400, BAD_FIELD).again_after_s is None

    # -- look-ups ------------------------------------------------------------------------------------

    def test_checks_a_key_by_the_list_of_models(self) -> None:
        client, wire = self.client(answer(200, {"object": "list", "data": []}))
        found = client.check_key()
        assert found.ok and found.standing is None
        assert (wire.sent[0].method, str(wire.sent[0].url)) == (
            "GET",
            "https://api.siliconflow.cn/v1/models?type=video",
        )

    def test_a_rejected_key_hints_at_the_site_first(self) -> None:
        with pytest.raises(Refused, match=r"First check the site.*siliconflow\.cn.*siliconflow\.com"):
            self.client(answer(401, text("Invalid token")))[0].check_key()

    def test_lists_models_by_the_kind_in_their_ids(self) -> None:
        rows = [{"id": T2V, "object": "model"}, {"id": I2V}, {"id": "Other/Thing"}, {"id": 5}, "x"]
        found = self.client(answer(200, {"object": "list", "data": rows}))[0].discover()
        assert [(model.wire_id, model.label) for model in found] == [
            (T2V, "Wan2.2-T2V-A14B"),
            (I2V, "Wan2.2-I2V-A14B"),
            ("Other/Thing", "Thing"),
        ]
        assert [model.if_new.get("modes") for model in found] == [
            ["text_to_video"],
            ["image_to_video"],
            None,
        ]

    def test_a_finished_clip_has_one_price_whatever_its_size(self) -> None:
        prices = {m.wire_id: m.price for m in load(self.name)}
        for ratio in ("16:9", "1:1"):
            price = estimate(prices[T2V], replace(self.bare, aspect_ratio=ratio))
            assert price.amount_usd == Decimal("0.29")
        assert prices["Wan-AI/Wan2.1-T2V-14B-720P"] is None
