"""What every gateway must do alike. ``class TestAcme(ProviderBattery)`` adds requests and sample replies.

Where they serve several files of tests, they stand in a ``GatewaySamples`` of their own. The wire is faked by
``httpx.MockTransport``; nothing here touches a network or a database.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import httpx
import pytest

from providers.catalogue import load
from providers.gateways.base import Gateway, Step
from providers.gateways.capabilities import Capabilities
from providers.gateways.client import GatewayClient
from providers.gateways.errors import (
    Ambiguous,
    BadReply,
    Busy,
    GatewayError,
    NothingMade,
    Refused,
    Unavailable,
    Unreachable,
    Unsupported,
)
from providers.gateways.exchange import read_reply
from providers.gateways.registry import get_gateway
from providers.gateways.values import (
    FailureClass,
    Input,
    Job,
    JobState,
    Media,
    Mode,
    ResultKind,
    Role,
    VideoRequest,
)
from providers.gateways.wire import RAW_CAP_CHARS, Reply
from providers.sandbox.rows import ROWS

from .swept import swept

KEY = "planted-key-4711-not-in-any-known-form"
PICTURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="
ANOTHER = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUh=="
MP4_HEAD = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00"
NOW, LATER = "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:44 GMT"
HTML = "<html><body>502 Bad Gateway</body></html>"

Handler = Callable[[httpx.Request], httpx.Response]
# a row of the sandbox's tables by its name there, the error, and its failure class if it has one
Fault = tuple[str, type[GatewayError], FailureClass | None]


def picture(role: Role = Role.FIRST_FRAME, **overrides: Any) -> Input:
    fields: dict[str, Any] = {"sha256": "0" * 64, "mime": "image/png", "size_bytes": 2000}
    fields |= {"width": 1280, "height": 720, "address": PICTURE, **overrides}
    return Input(role, Media(**fields))


def lighthouse(model: str, **more: Any) -> VideoRequest:
    """A request that sets no more than every model of words takes."""
    fields = {"duration_s": 5.0, "resolution": "480p", "aspect_ratio": "16:9", **more}
    return VideoRequest(model, Mode.TEXT_TO_VIDEO, "A lighthouse", **fields)


def in_the_rain(model: str, **more: Any) -> VideoRequest:
    """A request between two frames, to which a gateway adds all that it can say besides."""
    fields: dict[str, Any] = {"duration_s": 5.0, "resolution": "720p", "aspect_ratio": "16:9"}
    frames = (picture(), picture(Role.LAST_FRAME))
    fields |= {"generate_audio": True, "inputs": frames, "reference": "take-1", **more}
    return VideoRequest(model, Mode.FIRST_LAST_FRAME, "A lighthouse in the rain", **fields)


def with_pictures(bare: VideoRequest, *pictures: Input) -> VideoRequest:
    """The same with two reference pictures."""
    inputs = pictures or (picture(Role.REFERENCE_IMAGE), picture(Role.REFERENCE_IMAGE, address=ANOTHER))
    return replace(bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=inputs)


def answer(status: int, body: object = None, **headers: str) -> httpx.Response:
    if isinstance(body, (bytes, str)):
        return httpx.Response(status, content=body, headers=headers)
    return httpx.Response(status, json=body, headers=headers)


def openai_error(message: str, kind: str | None = "invalid_request_error", **more: Any) -> dict[str, Any]:
    """The error body that several gateways have taken over from OpenAI."""
    return {"error": {"message": message, "type": kind, "param": None, "code": None, **more}}


class Wire(httpx.MockTransport):
    """Answers with one reply, or raises it, and keeps what was sent."""

    def __init__(self, reply: httpx.Response | Exception) -> None:
        self.sent: list[httpx.Request] = []
        self.reply = reply
        super().__init__(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    @property
    def body(self) -> Any:
        return json.loads(self.sent[-1].content)


class GatewaySamples:
    """Requests to one gateway, its replies, and a client whose wire is faked."""

    name: ClassVar[str]
    model: ClassVar[str]
    # a request that sets all there is, one that sets the least, and what goes on the wire for each
    full: ClassVar[VideoRequest]
    bare: ClassVar[VideoRequest]
    submit_path: ClassVar[str]
    full_body: ClassVar[Mapping[str, Any]]
    bare_body: ClassVar[Mapping[str, Any]]
    field_types: ClassVar[Mapping[str, type]]
    submitted: ClassVar[Mapping[str, Any]]
    job_id: ClassVar[str]
    poll: ClassVar[tuple[str, str, Any]]  # method, path with query, body or None
    # two reference pictures, and what goes on the wire for them; None where the adapter takes none
    references: ClassVar[VideoRequest | None] = None
    references_body: ClassVar[Mapping[str, Any]] = {}
    submit_faults: ClassVar[Sequence[Fault]]
    poll_faults: ClassVar[Sequence[Fault]]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        """The poll answer that carries this status word."""
        raise NotImplementedError

    # -- helpers ---------------------------------------------------------------------------------

    @property
    def gateway(self) -> Gateway:
        return get_gateway(self.name)

    @property
    def caps(self) -> Capabilities:
        return self.caps_of(self.model)

    def caps_of(self, wire_id: str) -> Capabilities:
        return next(m.capabilities for m in load(self.name) if m.wire_id == wire_id)

    def client(self, reply: httpx.Response | Exception) -> tuple[GatewayClient, Wire]:
        wire = Wire(reply)
        return GatewayClient(self.gateway, self.gateway.base_url, KEY, transport=wire), wire

    def submit(
        self, request: VideoRequest, reply: httpx.Response | Exception | None = None
    ) -> tuple[Any, Wire]:
        client, wire = self.client(reply or answer(200, self.submitted))
        return client.submit(request, self.caps), wire

    def job(self) -> Job:
        job, _ = self.submit(self.bare)
        assert isinstance(job, Job)
        return job

    def polled(self, reply: httpx.Response | Exception, job: Job | None = None) -> Job:
        return self.client(reply)[0].poll(job or self.job())


class ProviderBattery(GatewaySamples):
    """Fill in the attributes; add tests for what only this gateway does."""

    # -- what is sent ----------------------------------------------------------------------------

    def test_sends_the_exact_request(self) -> None:
        _, wire = self.submit(self.full)
        assert str(wire.sent[0].url) == self.gateway.base_url + self.submit_path
        assert wire.sent[0].method == "POST"
        assert wire.sent[0].headers["content-type"] == "application/json"
        assert wire.body == self.full_body

    def test_unset_options_are_left_out(self) -> None:
        _, wire = self.submit(self.bare)
        assert wire.body == self.bare_body

    def test_reference_pictures_go_out_in_their_order(self) -> None:
        assert (self.references is not None) == (Role.REFERENCE_IMAGE in self.gateway.roles)
        if self.references is not None:
            client, wire = self.client(answer(200, self.submitted))
            client.submit(self.references, self.caps_of(self.references.model))
            assert wire.body == self.references_body

    def test_fields_have_the_types_of_the_page(self) -> None:
        _, wire = self.submit(self.full)
        assert {name: type(value) for name, value in wire.body.items()} == dict(self.field_types)

    def test_the_key_stands_in_its_header_only(self) -> None:
        _, wire = self.submit(self.full)
        request = wire.sent[0]
        assert request.headers[self.gateway.auth_header] == self.gateway.auth_prefix + KEY
        others = [v for n, v in request.headers.items() if n != self.gateway.auth_header.lower()]
        assert KEY not in f"{request.url} {others}" and KEY.encode() not in request.content

    def test_asks_for_the_job_as_the_page_says(self) -> None:
        client, wire = self.client(answer(200, self.poll_reply(next(iter(self.gateway.statuses)))))
        client.poll(self.job())
        method, path, body = self.poll
        assert (wire.sent[0].method, str(wire.sent[0].url)) == (method, self.gateway.base_url + path)
        assert (wire.body if wire.sent[0].content else None) == body

    def test_nothing_is_sent_twice(self) -> None:
        client, wire = self.client(answer(500, {"error": "boom"}))
        with pytest.raises(Ambiguous):
            client.submit(self.bare, self.caps)
        assert len(wire.sent) == 1

    # -- refusals before sending ------------------------------------------------------------------

    def refusals(self) -> Iterator[VideoRequest]:
        yield replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=(picture(Role.REFERENCE_VIDEO),))
        yield replace(self.bare, inputs=(picture(Role.LAST_FRAME),))
        yield replace(self.bare, prompt=" ")
        yield replace(self.bare, negative_prompt="rain")
        yield replace(self.bare, upscale_factor=2)
        yield replace(self.bare, duration_s=4711.0)
        yield replace(self.bare, resolution="1x1")
        yield replace(self.bare, aspect_ratio="1:99")
        yield replace(self.bare, extra={"callback_url": "https://example.com/"})
        yield replace(self.bare, extra={"model": "another"})

    def test_refuses_before_sending_what_cannot_be_said(self) -> None:
        for request in self.refusals():
            client, wire = self.client(answer(200, self.submitted))
            with pytest.raises(Unsupported) as caught:
                client.submit(request, self.caps)
            assert caught.value.message and caught.value.field, request
            assert not wire.sent, request

    # -- what comes back ---------------------------------------------------------------------------

    def test_reads_the_job_out_of_the_answer(self) -> None:
        job, _ = self.submit(self.full)
        assert (job.id, job.model) == (self.job_id, self.model)
        assert job.state in (JobState.QUEUED, JobState.RUNNING)

    def test_reads_every_status_word(self) -> None:
        for word, state in self.gateway.statuses.items():
            for spelt in (word, word.upper()):
                assert self.polled(answer(200, self.poll_reply(spelt))).state == state, spelt

    def test_an_unknown_status_word_counts_as_running(self) -> None:
        for word in ("teleporting", "", "fertig"):
            assert self.polled(answer(200, self.poll_reply(word))).state == JobState.RUNNING

    def test_a_finished_job_names_its_result(self) -> None:
        word = next(w for w, s in self.gateway.statuses.items() if s == JobState.FINISHED)
        result = self.polled(answer(200, self.poll_reply(word))).result
        assert result is not None and (result.kind == ResultKind.LINK) == bool(result.url)

    def test_a_failed_job_says_why_and_whether_it_was_billed(self) -> None:
        word = next(w for w, s in self.gateway.statuses.items() if s == JobState.FAILED)
        failure = self.polled(answer(200, self.poll_reply(word))).failure
        assert failure is not None and failure.message
        assert failure.billed in (True, False, None)

    def test_the_sweep_reads_the_same(self) -> None:
        reply = self.poll_reply(next(iter(self.gateway.statuses)))
        wire = Wire(answer(200, reply))
        found = swept(self.gateway, self.gateway.base_url, KEY, lambda here: here.poll(self.job()), wire)
        assert found == self.polled(answer(200, reply))

    # -- failures ----------------------------------------------------------------------------------

    def check_faults(self, faults: Mapping[str, Fault], call: Callable[[httpx.Response], object]) -> None:
        for word, (_name, kind, failure_class) in faults.items():
            row = ROWS[self.name][word]
            with pytest.raises(GatewayError) as caught:
                call(answer(row.status, row.text(), **row.headers))
            assert type(caught.value) is kind, word
            assert getattr(caught.value, "failure_class", None) == failure_class, word
            assert caught.value.message, word

    @classmethod
    def faults_of_submits(cls) -> dict[str, Fault]:
        """By the word that makes them come at the sandbox."""
        common: Sequence[Fault] = [
            ("bare 401", Refused, FailureClass.KEY_REJECTED),
            ("bare 402", Refused, FailureClass.NO_BALANCE),
            ("bare 404", Refused, FailureClass.INVALID_INPUT),
            ("bare 408", Ambiguous, None),
            ("page 413", Refused, FailureClass.INVALID_INPUT),
            ("bare 429", Busy, None),
            ("bare 500", Ambiguous, None),
            ("page 502", Ambiguous, None),
            ("page 503", Ambiguous, None),
            ("page 504", Ambiguous, None),
            ("redirect", Ambiguous, None),
            ("page 200", Ambiguous, None),
            ("empty", Ambiguous, None),
            ("list", Ambiguous, None),
            ("object", Ambiguous, None),
        ]
        return {f"submit {fault[0]}": fault for fault in (*common, *cls.submit_faults)}

    @classmethod
    def faults_of_polls(cls) -> dict[str, Fault]:
        common: Sequence[Fault] = [
            ("bare 401", Refused, FailureClass.KEY_REJECTED),
            ("bare 429", Busy, None),
            ("bare 500", Unavailable, None),
            ("page 502", Unavailable, None),
            ("page 503", Busy, None),
            ("page 504", Unavailable, None),
            ("redirect", Unavailable, None),
            ("page 200", BadReply, None),
            ("empty", BadReply, None),
            ("cut", BadReply, None),
            ("list", BadReply, None),
        ]
        return {f"poll {fault[0]}": fault for fault in (*common, *cls.poll_faults)}

    def test_each_failure_of_a_submit(self) -> None:
        self.check_faults(self.faults_of_submits(), lambda reply: self.submit(self.bare, reply))

    def test_each_failure_of_a_poll(self) -> None:
        job = self.job()
        self.check_faults(self.faults_of_polls(), lambda reply: self.polled(reply, job))

    @pytest.mark.parametrize("odd", [["a"], {"a": 1}, 7, None])
    @pytest.mark.parametrize("status", [400, 403, 500])
    def test_an_error_whose_words_are_no_texts_is_still_an_error(self, odd: object, status: int) -> None:
        body = {"error": dict.fromkeys(("type", "code", "message", "param"), odd), "code": odd, "type": odd}
        for call in (lambda reply: self.submit(self.bare, reply), self.polled):
            with pytest.raises(GatewayError):
                call(answer(status, body))

    def test_a_question_that_no_page_says_how_to_answer_is_a_refusal_with_its_reason(self) -> None:
        words = {"consent_version": "v1", "policy_text": "Everyone agrees."}
        error = {"code": "needs_consent", "message": "Somebody is in the picture."}
        told = {"error": error, "consent_flow": "another", "consent": words}
        with pytest.raises(Refused, match="Somebody is in the picture") as caught:
            self.submit(self.bare, answer(409, told))
        assert caught.value.failure_class == FailureClass.INVALID_INPUT

    def test_the_id_of_a_call_that_made_nothing_is_kept_for_the_gateways_support(self) -> None:
        """Of a refusal, of an answer without a job and of one that cannot be read, whatever the step."""
        name = self.gateway.call_id_headers[0]
        named = {name: "call-77"}
        for reply in (answer(400, {"error": {"message": "No."}}, **named), answer(200, {}, **named)):
            with pytest.raises(GatewayError) as caught:
                self.submit(self.bare, reply)
            assert caught.value.raw.startswith(f"{name}: call-77\n"), caught.value.raw
        odd = httpx.Response(200, content=b"<html>", headers=named)
        with pytest.raises(Ambiguous) as unread:
            self.submit(self.bare, odd)
        assert unread.value.raw == f"{name}: call-77\n<html>"
        polled = self.gateway.error_of(Reply(500, named, b"x" * 5000), Step.POLL)
        assert polled.raw.startswith(f"{name}: call-77\n") and len(polled.raw) == RAW_CAP_CHARS
        bare = self.gateway.error_of(Reply(500, {}, b"down"), Step.POLL)
        assert bare.raw == "down"

    def test_only_a_connection_never_made_proves_that_nothing_was_sent(self) -> None:
        for error in (httpx.ConnectError("x"), httpx.ConnectTimeout("x")):
            with pytest.raises(Unreachable):
                self.submit(self.bare, error)
        for error in (httpx.ReadTimeout("x"), httpx.WriteError("x"), httpx.RemoteProtocolError("x")):
            with pytest.raises(Ambiguous):
                self.submit(self.bare, error)

    def test_a_broken_poll_is_no_verdict(self) -> None:
        job = self.job()
        for error in (httpx.ReadTimeout("x"), httpx.ReadError("x")):
            with pytest.raises(Unavailable):
                self.polled(error, job)

    def test_busy_keeps_the_time_the_gateway_names(self) -> None:
        for told in ("7", LATER):
            with pytest.raises(Busy) as caught:
                self.submit(self.bare, answer(429, {"error": "x"}, **{"Retry-After": told, "Date": NOW}))
            assert caught.value.retry_after_s == 7, told
            assert isinstance(caught.value, NothingMade)

    # -- files and secrets ---------------------------------------------------------------------------

    def test_only_the_head_of_a_file_is_read(self) -> None:
        read: list[int] = []

        def chunks() -> Iterator[bytes]:
            for number in range(1000):
                read.append(number)
                yield MP4_HEAD + bytes(65536)

        reply = read_reply(httpx.Response(200, content=chunks(), headers={"content-type": "text/plain"}))
        assert reply.is_video and len(reply.body) == 16 and len(read) < 5

    def test_an_answer_that_quotes_the_key_is_kept_without_it(self) -> None:
        text = f"Key {KEY} of Bearer abcdefghijkl is wrong, see {PICTURE}"
        with pytest.raises(GatewayError) as caught:
            self.submit(self.bare, answer(400, {"error": {"message": text}}))
        told = f"{caught.value} {caught.value.message} {caught.value.raw}"
        assert KEY not in told and "abcdefghijkl" not in told and "iVBOR" not in told

    def test_a_long_answer_is_cut(self) -> None:
        with pytest.raises(GatewayError) as caught:
            self.submit(self.bare, answer(400, {"error": {"message": "x" * 9000}}))
        assert len(caught.value.message) <= 500 and len(caught.value.raw) <= 2000

    def test_requests_show_neither_prompt_nor_file_in_logs(self) -> None:
        wire = self.gateway.build_submit(self.full, self.caps)
        assert self.full.prompt not in repr(wire) and "base64" not in repr(wire)

    # -- look-ups ------------------------------------------------------------------------------------

    def test_the_key_check_needs_an_answer_of_this_gateway(self) -> None:
        for reply in (answer(200, HTML), answer(200, {"ok": True})):
            with pytest.raises(BadReply):
                self.client(reply)[0].check_key()

    def test_a_wrong_key_is_told_as_such(self) -> None:
        with pytest.raises(Refused) as caught:
            self.client(answer(401, {"error": "x"}))[0].check_key()
        assert caught.value.failure_class == FailureClass.KEY_REJECTED

    def test_an_error_of_a_look_up_is_never_ambiguous(self) -> None:
        for status in (400, 404, 418, 500, 503):
            error = self.gateway.error_of(_reply(status), Step.OTHER)
            assert not isinstance(error, Ambiguous), status

    def test_the_catalogue_offers_only_what_the_adapter_can_say(self) -> None:
        for model in load(self.name):
            assert set(model.capabilities.modes) <= self.gateway.modes, model.wire_id
            assert set(model.capabilities.inputs) <= self.gateway.roles, model.wire_id


def _reply(status: int) -> Reply:
    return Reply(status, {}, b"{}")
