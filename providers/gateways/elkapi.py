"""ElkAPI video: a gateway of the new-api kind before Seedance on Volcengine Ark.

What is asked goes into ``metadata``, which ElkAPI hands on to Ark; what comes back is ElkAPI's task around
Ark's own. Builds differ in the shape of a poll, so every documented one is read. What an error means is told
in ``_elkapi_errors``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from . import _elkapi_balance as balance
from . import _elkapi_errors as errors
from .base import FROM_WORDS_AND_PICTURES, DiscoveredModel, Gateway, Step
from .capabilities import Audio, Capabilities
from .errors import BadReply, GatewayError, Lost, Unavailable, Unsupported
from .values import (
    Failure,
    FailureClass,
    Input,
    Job,
    JobState,
    KeyCheck,
    Result,
    ResultKind,
    Role,
    Standing,
    VideoRequest,
)
from .wire import Reply, WireRequest, as_mapping, as_number, as_text, raw_text

# kind of a content item by role; frames stand before references
_KINDS = {
    Role.FIRST_FRAME: "image_url",
    Role.LAST_FRAME: "image_url",
    Role.REFERENCE_IMAGE: "image_url",
    Role.REFERENCE_VIDEO: "video_url",
    Role.REFERENCE_AUDIO: "audio_url",
}
_FRAMES = (Role.FIRST_FRAME, Role.LAST_FRAME)
# Ark names the formats wav and mp3 in a data URL (https://www.volcengine.com/docs/82379/1520757, 2026-09)
_SOUND_NAMES = {"data:audio/mpeg;": "data:audio/mp3;", "data:audio/x-wav;": "data:audio/wav;"}
# ElkAPI's row is written after its answer to the submit, so a poll may be too early to find it
_ROW_APPEARS_S = 60.0
_MOST_TOKENS = 1e9
_REDIRECTS = (301, 302, 303, 307, 308)
_GIVEN_UP = ("expired", "timeout")
_VIDEO = "seedance"  # in the id of every video model that ElkAPI's pages name
_STOPPED = ("cancelled", "canceled")


class ElkAPI(Gateway):
    """ElkAPI. API: https://docs.elkapi.com/en/docs/api/ai-model/videos/seedance/createvideo (read 2026-10);
    what that page leaves open follows new-api's source (mid-2026)."""

    name, label = "elkapi", "ElkAPI"
    base_url = "https://api.elkapi.com/v1"
    docs_url = "https://docs.elkapi.com/en/docs/api/ai-model/videos/seedance/createvideo"
    call_id_headers = ("x-oneapi-request-id",)
    modes = FROM_WORDS_AND_PICTURES
    roles = frozenset(_KINDS)
    # upper-case words stand in ElkAPI's own envelope, the others in its flat replies and in Ark's
    statuses = {
        **dict.fromkeys(
            ("not_start", "submitted", "queued", "pending", "unknown"),
            JobState.QUEUED,
        ),
        **dict.fromkeys(("in_progress", "processing", "running"), JobState.RUNNING),
        **dict.fromkeys(("success", "completed", "succeeded"), JobState.FINISHED),
        **dict.fromkeys(("failure", "failed", "error", *_GIVEN_UP), JobState.FAILED),
        **dict.fromkeys(_STOPPED, JobState.CANCELLED),
    }
    # no limits are published; Ark's are shared by all customers of ElkAPI
    max_in_flight = 3
    submits_per_min = 60
    polls_per_min = 12  # ElkAPI itself looks at Ark every 15 s
    busy_s = (15.0, 60.0)  # new-api sends no Retry-After
    result_redirects = 2  # its own address may lead on to a lasting link first: three with that
    deadline_s = 7500.0  # a little after the catalogue has Ark give up
    discovers = True
    tells_balance = True

    # -- submit ----------------------------------------------------------------------------------

    def build_submit(self, request: VideoRequest, caps: Capabilities) -> WireRequest:
        """Media always go into ``metadata.content`` with their role: ``images`` has none, and both together
        would be mixed up."""
        metadata = _settings(request, caps)
        content = [_item(item) for item in _in_order(request)]
        if content:
            metadata["content"] = content
        body = {"model": request.model, "prompt": request.prompt, "metadata": metadata}
        return WireRequest("POST", "/video/generations", json=body, read_timeout_s=self.submit_read_timeout_s)

    def parse_submit(self, reply: Reply, request: VideoRequest) -> Job:
        """:raises GatewayError: also for a 200 that carries an error and no id."""
        data = self.submit_json(reply)
        inner = as_mapping(data.get("data"))
        told = (data.get("id"), data.get("task_id"), inner.get("task_id"))
        job_id = next((text for text in map(as_text, told) if text), None)
        error = None if job_id else errors.submit_error(reply)
        if error is not None:
            raise error
        job = Job(
            id=self.require_id(job_id, reply),
            model=request.model,
            request_id=self.call_id(reply),
            deadline_s=as_number(request.extra.get("execution_expires_after")),
            handle={"sent_at": int(time.time())},
        )
        word = as_text(data.get("status"))
        state = self.state_of(word) if word else JobState.QUEUED
        return replace(job, state=state if state == JobState.RUNNING else JobState.QUEUED)

    # -- poll ------------------------------------------------------------------------------------

    def build_poll(self, job: Job) -> WireRequest:
        way = "/videos" if job.handle.get("flat") else "/video/generations"
        return WireRequest("GET", f"{way}/{quote(job.id, safe='')}")

    def is_answer(self, reply: Reply, step: str) -> bool:
        """A poll may be denied for reasons that depend on the job; a result may be a redirect, and a build
        may lack the page with a key's quota."""
        if step == Step.POLL:
            return errors.is_unknown_job(reply) or errors.is_wrong_path(reply)
        if step == Step.BALANCE:
            return errors.is_wrong_path(reply)
        return step == Step.RESULT and reply.status in _REDIRECTS and bool(reply.header("location"))

    def parse_poll(self, reply: Reply, job: Job) -> Job:
        data = reply.json()
        if errors.is_wrong_path(reply):
            return self._other_way(reply, job)
        if errors.is_unknown_job(reply):
            raise self._denied(reply, job)
        return self._read(_task(data, reply), job)

    def _other_way(self, reply: Reply, job: Job) -> Job:
        """This build lacks the first path: the job is asked for at the second from now on."""
        if job.handle.get("flat"):
            raise Unavailable(
                "ElkAPI offers no way to ask for this job.", status=404, raw=raw_text(reply.body)
            )
        return replace(job, state=JobState.RUNNING, handle={**job.handle, "flat": True})

    def _denied(self, reply: Reply, job: Job) -> GatewayError:
        sent_at = as_number(job.handle.get("sent_at"))
        early = sent_at is not None and time.time() - sent_at < _ROW_APPEARS_S
        kind = Unavailable if early else Lost
        text = "ElkAPI does not know this job yet." if early else "ElkAPI does not know this job."
        return kind(text, status=reply.status, raw=raw_text(reply.body))

    def _read(self, task: Mapping[str, Any], job: Job) -> Job:
        """Of what ended badly only Ark's own status tells the truth: ElkAPI shows a job that Ark let expire
        as running, until its own time-out a day later (new-api, mid-2026)."""
        ark = as_mapping(task.get("data")) or task
        word = as_text(task.get("status")).lower()
        inner = as_text(ark.get("status")).lower()
        word = inner if inner in (*_GIVEN_UP, *_STOPPED) else word
        state = self.state_of(word)
        if state in (JobState.FAILED, JobState.CANCELLED):
            return replace(job, state=state, failure=_failure(word, task, ark))
        if state == JobState.FINISHED:
            return _finished(task, ark, job)
        return replace(job, state=state, progress=_progress(task.get("progress")))

    # -- the result ------------------------------------------------------------------------------

    def build_bytes(self, job: Job) -> WireRequest:
        return replace(self.build_fresh_link(job), read_timeout_s=90.0)

    def build_fresh_link(self, job: Job) -> WireRequest:
        """ElkAPI has no call for a new link, but hands the file through."""
        accept = {"Accept": "video/mp4, application/json"}
        return WireRequest("GET", f"/videos/{quote(job.id, safe='')}/content", headers=accept)

    def parse_fresh_link(self, reply: Reply, job: Job) -> Result:
        """The file itself, or a redirect to a lasting link as a fork sends it (2026-09)."""
        if reply.is_video:
            return Result(ResultKind.BYTES)
        address = reply.header("location")
        if reply.status in _REDIRECTS and _is_link(address):
            return Result(ResultKind.LINK, address, _link_ends(address))
        raise BadReply(
            "ElkAPI sent no file for the finished clip.", status=reply.status, raw=raw_text(reply.body)
        )

    # -- look-ups --------------------------------------------------------------------------------

    def build_check_key(self) -> WireRequest:
        return WireRequest("GET", "/models")

    def parse_check_key(self, reply: Reply) -> KeyCheck:
        data = reply.json().get("data")
        if not isinstance(data, list):
            raise BadReply("This does not look like ElkAPI's model list.", raw=raw_text(reply.body))
        return KeyCheck(ok=True, message="The key works.")

    def build_balance(self, before: Sequence[Reply]) -> WireRequest | None:
        """The key's quota; where the build lacks that page, the two older ones."""
        if not before:
            return balance.QUOTA
        if not errors.is_wrong_path(before[0]) or len(before) > len(balance.BILLING):
            return None
        return balance.BILLING[len(before) - 1]

    def parse_balance(self, replies: Sequence[Reply]) -> Standing:
        if len(replies) == 1:
            return balance.read_quota(replies[0])
        return balance.read_billing(*replies[1:])

    def build_discover(self) -> WireRequest:
        return WireRequest("GET", "/models")

    def parse_discover(self, reply: Reply) -> Sequence[DiscoveredModel]:
        """The list has ids of every kind and nothing beside them: those of Seedance make video. One that the
        catalogue lacks comes without modes, for an administrator to fill in."""
        self.parse_check_key(reply)
        ids = (as_text(as_mapping(item).get("id")) for item in reply.json()["data"])
        return [DiscoveredModel(id_, id_) for id_ in ids if _VIDEO in id_.lower()]

    # -- errors ----------------------------------------------------------------------------------

    def error_text(self, reply: Reply) -> str:
        return errors.text_of(reply) or super().error_text(reply)

    def specific_error(self, reply: Reply, step: str) -> GatewayError | None:
        if step == Step.SUBMIT:
            return errors.submit_error(reply)
        return errors.result_error(reply) if step == Step.RESULT else errors.look_up_error(reply)


def _settings(request: VideoRequest, caps: Capabilities) -> dict[str, Any]:
    """Ark's fields in ``metadata``. Length as ``duration``: ``seconds`` would win, but cannot say *auto*.
    Sound is always said, since Ark makes some where it is left out."""
    extra = {name: value for name, value in request.extra.items() if name != "web_search"}
    told = {
        "duration": _whole(request.duration_s),
        "ratio": None if request.aspect_ratio is None else caps.wire_ratio(request.aspect_ratio),
        "resolution": None if request.resolution is None else caps.wire_resolution(request.resolution),
        "generate_audio": caps.sound(request) if caps.audio == Audio.OPTIONAL else None,
        "watermark": request.watermark,
        "seed": request.seed,
        "return_last_frame": request.return_last_frame,
    }
    gives_up = caps.extra.get("execution_expires_after")
    if gives_up is not None and extra.get("service_tier") != "flex":  # flex may take a day
        extra.setdefault("execution_expires_after", gives_up.default)
    if request.extra.get("web_search"):
        extra["tools"] = [{"type": "web_search"}]
    _check_frames(extra.get("frames"))
    options = {name: value for name, value in extra.items() if name not in told}
    return {name: value for name, value in {**told, **options}.items() if value is not None}


def _whole(seconds: float | None) -> int | None:
    """A length that is no whole number would come back as a fault of the server."""
    if seconds is not None and seconds != int(seconds):
        raise Unsupported("ElkAPI takes whole seconds.", field="duration_s")
    return None if seconds is None else int(seconds)


def _check_frames(frames: int | None) -> None:
    if frames is not None and (frames - 25) % 4:
        raise Unsupported("A number of frames is 25 and a multiple of 4 more.", field="extra.frames")


def _in_order(request: VideoRequest) -> list[Input]:
    """Frames first to last, then references in the person's order: a prompt counts them by kind."""
    frames = [item for role in _FRAMES for item in request.inputs if item.role == role]
    references = [item for item in request.inputs if item.role not in _FRAMES]
    if frames and references:
        raise Unsupported("Seedance takes frames or references, not both.", field=references[0].role)
    return [*frames, *references]


def _item(item: Input) -> dict[str, Any]:
    kind, address = _KINDS[item.role], item.media.address
    if not address:
        raise Unsupported("An input has no address to send.", field=item.role)
    if kind == "video_url" and address.startswith("data:"):
        raise Unsupported("ElkAPI takes clips from a public address only.", field=item.role)
    for theirs, named in _SOUND_NAMES.items():
        if address.startswith(theirs):
            address = named + address[len(theirs) :]
    return {"type": kind, kind: {"url": address}, "role": item.role.value}


def _task(data: Mapping[str, Any], reply: Reply) -> Mapping[str, Any]:
    """The task out of its envelope, where it has one.

    :raises Unavailable: for a 200 whose ``code`` tells of an error.
    """
    code, inner = data.get("code"), data.get("data")
    if isinstance(code, str) and code and code != "success":
        text = errors.text_of(reply) or "ElkAPI could not tell about this job."
        raise Unavailable(text, status=reply.status, raw=raw_text(reply.body))
    if code == "success" or (code in (0, 200) and not isinstance(code, bool) and isinstance(inner, Mapping)):
        return as_mapping(inner)
    return data


def _finished(task: Mapping[str, Any], ark: Mapping[str, Any], job: Job) -> Job:
    url = _link(task, ark)
    tokens = as_number(as_mapping(ark.get("usage")).get("total_tokens"))
    return replace(
        job,
        state=JobState.FINISHED,
        result=Result(ResultKind.LINK, url, _link_ends(url)) if url else Result(ResultKind.ASK),
        duration_s=as_number(ark.get("duration")),
        last_frame_url=as_text(as_mapping(ark.get("content")).get("last_frame_url")),
        tokens=int(tokens) if tokens is not None and 0 <= tokens <= _MOST_TOKENS else None,
    )


def _link(task: Mapping[str, Any], ark: Mapping[str, Any]) -> str:
    """The first usable address. Builds before 2026-02 have it in ``fail_reason``, of a success too."""
    places = (
        as_mapping(ark.get("content")).get("video_url"),
        task.get("result_url"),
        as_mapping(task.get("metadata")).get("url"),
        task.get("video_url"),
        task.get("url"),
        task.get("fail_reason"),
    )
    return next((text for text in map(as_text, places) if _is_link(text)), "")


def _is_link(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def _link_ends(url: str) -> datetime | None:
    """Ark's links say when they were signed and for how many seconds."""
    try:
        query = parse_qs(urlsplit(url).query)
        signed = datetime.strptime(query["X-Tos-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return signed + timedelta(seconds=min(int(query["X-Tos-Expires"][0]), 10**8))
    except (KeyError, ValueError, OverflowError):
        return None


def _progress(told: object) -> float | None:
    """A share of one, from ``"50%"`` or 50."""
    text = as_text(told).removesuffix("%")
    percent = float(text) if text.isdecimal() and len(text) < 4 else as_number(told)
    return percent / 100 if percent is not None and 0 <= percent <= 100 else None


def _failure(word: str, task: Mapping[str, Any], ark: Mapping[str, Any]) -> Failure:
    """Only a job that succeeded is charged; what was set aside comes back (new-api, mid-2026)."""
    error = as_mapping(ark.get("error")) or as_mapping(task.get("error"))
    code = str(error.get("code") or "")
    reason = as_text(error.get("message")) or as_text(task.get("error")) or as_text(task.get("fail_reason"))
    if word in _STOPPED:
        return Failure(FailureClass.PROVIDER_DOWN, "The job was cancelled upstream.", billed=False, code=word)
    if word in _GIVEN_UP or errors.is_time_out(reason):
        text = "The job took too long and was given up upstream."
        return Failure(FailureClass.PROVIDER_DOWN, text, billed=False, code=word)
    found = errors.meaning_of(code, reason)
    return Failure(found.failure_class, found.message, billed=False, code=code, hint=found.hint)
