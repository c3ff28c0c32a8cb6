"""What ElkAPI answers: every documented shape of a submit, of a poll and of the result."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from providers.gateways.errors import BadReply, Busy, GatewayError, LinkExpired, Lost, Refused, Unavailable
from providers.gateways.values import FailureClass, JobState, ResultKind

from .battery import HTML, MP4_HEAD, answer
from .elkapi_samples import LINK, ElkAPISamples, ark, middleware, relay, wrapped


class TestElkAPIReplies(ElkAPISamples):
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

    def test_lists_the_video_models_that_the_key_sees(self) -> None:
        rows = [{"id": name} for name in ("doubao-seedance-2-0-260128", "gpt-5-mini", "doubao-seedance-9-0")]
        client, wire = self.client(answer(200, {"object": "list", "data": [*rows, "odd", {}]}))
        found = client.discover()
        assert [model.wire_id for model in found] == ["doubao-seedance-2-0-260128", "doubao-seedance-9-0"]
        assert not any(model.capabilities or model.if_new for model in found)
        assert wire.sent[0].url.path == "/v1/models"

    def test_checks_a_key_for_free(self) -> None:
        client, wire = self.client(answer(200, {"object": "list", "data": [], "success": True}))
        assert client.check_key().ok
        assert (wire.sent[0].method, wire.sent[0].url.path) == ("GET", "/v1/models")
