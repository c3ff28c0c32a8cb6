"""Token360 against the replies of its own pages: the battery, one job, its further options and its call."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers.gateways.errors import BadReply, Refused, Unavailable, Unsupported
from providers.gateways.values import FailureClass, JobState, Mode, ResultKind

from .battery import ProviderBattery, answer, openai_error, picture
from .token360_samples import Token360Samples, failed


class TestToken360(Token360Samples, ProviderBattery):
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
