"""What SilkDock answers: a job, its failure, its file, and errors in every shape."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest

from providers.gateways.errors import Busy, FileElsewhere, Lost, NotReady, Refused, Unavailable
from providers.gateways.values import FailureClass, JobState, ResultKind

from .battery import LATER, MP4_HEAD, NOW, answer
from .silkdock_samples import SilkDockSamples, error


class TestSilkDockReplies(SilkDockSamples):
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
            ({"llm_provider-retry-after": LATER, "date": NOW}, 7),
            ({}, None),
        ],
    )
    def test_both_names_of_the_wait_are_read(self, headers: dict[str, str], wait: float | None) -> None:
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
