"""SiliconFlow video: two calls, both POST; a link that lives for ten minutes; errors in three shapes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .base import DiscoveredModel, Gateway, Step
from .capabilities import Capabilities
from .errors import BadReply, Busy, GatewayError, Lost, Refused, Unavailable, Unsupported
from .values import (
    Failure,
    FailureClass,
    Job,
    JobState,
    KeyCheck,
    Media,
    Mode,
    Result,
    ResultKind,
    Role,
    VideoRequest,
)
from .wire import (
    Reply,
    WireRequest,
    as_mapping,
    as_text,
    people_text,
    raw_text,
    read_json,
    retry_after,
    whole_number,
)

_KEY = (
    "SiliconFlow rejected the key. First check the site: a key of siliconflow.cn does not work at "
    "siliconflow.com, nor the other way round; the account's base address decides which one is asked."
)
_NO_MODEL = "This model is not available on the chosen SiliconFlow site."
_NO_PAGE = "SiliconFlow has no such page: the account's base address is wrong. It ends in /v1."
_FORBIDDEN = (
    "SiliconFlow does not let this account in, or has not enabled it for video; "
    "its console may ask to verify your identity."
)
# codes in error bodies: the submit page has 20012 and 50505, published clients met the others (2026-07)
_MODEL_UNKNOWN, _OVERLOADED = 20012, (50505, 50603)
_NOT_OFFERED = (_MODEL_UNKNOWN, 30003)
_CODES: Mapping[int, tuple[FailureClass, str]] = {
    20012: (FailureClass.INVALID_INPUT, _NO_MODEL),
    30001: (FailureClass.NO_BALANCE, "The SiliconFlow balance is used up."),
    30003: (FailureClass.INVALID_INPUT, "SiliconFlow has switched this model off."),
    30014: (FailureClass.KEY_REJECTED, _KEY),
}
_STATUSES: Mapping[int, tuple[FailureClass, str]] = {
    401: (FailureClass.KEY_REJECTED, _KEY),
    402: (FailureClass.NO_BALANCE, "The SiliconFlow balance is used up."),
    403: (FailureClass.KEY_REJECTED, _FORBIDDEN),
}
# requests, tokens or images a minute, an hour, a day
_LIMIT = re.compile(r"\b[RTI]P([MHD])\b")
_LIMIT_S = {"H": 300.0, "D": 3600.0}
# a job that is being made must be asked about before its result is gone
_LONGEST_POLL_REST_S = 300.0
_LINK_LIVES = timedelta(minutes=10)


class SiliconFlow(Gateway):
    """SiliconFlow. API: https://docs.siliconflow.cn/docs/api/video-submit-post (read 2026-09)."""

    name, label = "siliconflow", "SiliconFlow"
    # the international site is https://api.siliconflow.com/v1, with accounts and keys of its own
    base_url = "https://api.siliconflow.cn/v1"
    docs_url = "https://docs.siliconflow.cn/docs/api/video-submit-post"
    call_id_headers = ("x-siliconcloud-trace-id",)
    modes = frozenset({Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO})
    roles = frozenset({Role.FIRST_FRAME})
    statuses = {
        "inqueue": JobState.QUEUED,
        "inprogress": JobState.RUNNING,
        "succeed": JobState.FINISHED,
        "failed": JobState.FAILED,
    }
    # no figures are published for video; the gateway's own plugin asks every five seconds
    max_in_flight = 2
    submits_per_min = 2
    polls_per_min = 24
    busy_s = (15.0, 300.0)  # also the longest rest of a poll: a result is gone after ten minutes
    deadline_s = 1800.0
    # ten minutes by the submit page, an hour by the status page: the shorter one is believed
    keeps_results_s = 600.0
    discovers = True

    # -- submit ----------------------------------------------------------------------------------

    def build_submit(self, request: VideoRequest, caps: Capabilities) -> WireRequest:
        """The six fields that there are. A seed of 0 is a seed, so *any* is said by leaving it out."""
        body: dict[str, Any] = {**request.extra, "model": request.model, "prompt": request.prompt}
        if request.negative_prompt and caps.negative_prompt:
            body["negative_prompt"] = request.negative_prompt
        body["image_size"] = _image_size(request, caps)
        first = request.first(Role.FIRST_FRAME)
        if first is not None:
            body["image"] = _address(first)
        if request.seed is not None and caps.seed:
            body["seed"] = request.seed
        return WireRequest("POST", "/video/submit", json=body, read_timeout_s=self.submit_read_timeout_s)

    def parse_submit(self, reply: Reply, request: VideoRequest) -> Job:
        data = self.submit_json(reply)
        return Job(
            id=self.require_id(data.get("requestId"), reply),
            model=request.model,
            request_id=self.call_id(reply),
        )

    # -- poll ------------------------------------------------------------------------------------

    def build_poll(self, job: Job) -> WireRequest:
        return WireRequest("POST", "/video/status", json={"requestId": job.id})

    def parse_poll(self, reply: Reply, job: Job) -> Job:
        """:raises Lost: for a success without a clip, which is believed when it was said three times."""
        data = reply.json()
        state = self.state_of(data.get("status"))
        if state == JobState.FAILED:
            return replace(job, state=state, failure=_failure(data))
        if state != JobState.FINISHED:
            return replace(job, state=state)
        url = _clip(data)
        if not url:
            raise Lost(
                "SiliconFlow says that this clip is finished, but names no file.",
                status=reply.status,
                raw=raw_text(reply.body),
            )
        handle = _remembered(data, job)
        return replace(job, state=state, handle=handle, result=_result(url, handle))

    # -- look-ups --------------------------------------------------------------------------------

    def build_check_key(self) -> WireRequest:
        """The list of models: free, and it needs the key. The page with the balance went in August 2026."""
        return self.build_discover()

    def parse_check_key(self, reply: Reply) -> KeyCheck:
        self.parse_discover(reply)
        return KeyCheck(ok=True, message="The key works. SiliconFlow does not tell the balance.")

    def build_discover(self) -> WireRequest:
        return WireRequest("GET", "/models", query={"type": "video"})

    def parse_discover(self, reply: Reply) -> Sequence[DiscoveredModel]:
        data = reply.json().get("data")
        if not isinstance(data, list):
            raise BadReply("This does not look like SiliconFlow's list of models.", raw=raw_text(reply.body))
        ids = [as_text(as_mapping(item).get("id")) for item in data]
        return [DiscoveredModel(id_, id_.rpartition("/")[2], if_new=_guess(id_)) for id_ in ids if id_]

    # -- errors ----------------------------------------------------------------------------------

    def error_text(self, reply: Reply) -> str:
        """``message`` of an object, a bare JSON string, or plain text; nothing of a proxy's page."""
        data = _told(reply)
        if isinstance(data, str):
            return data[:300]
        return as_text(as_mapping(data).get("message")) or super().error_text(reply)

    def specific_error(self, reply: Reply, step: str) -> GatewayError | None:
        status, code, raw = reply.status, _code(reply), raw_text(reply.body)
        text = people_text(self.error_text(reply))
        if status == 429 or (status == 503 and _is_theirs(reply)):
            wait_s = _wait_s(reply, text, step)
            return Busy(text or "SiliconFlow is busy.", retry_after_s=wait_s, status=status, raw=raw)
        if status == 404 and "page not found" in text.lower():
            return self._wrong_address(step, raw)
        if step == Step.POLL and status in (400, 404):
            return _poll_denied(status, code, raw)
        known = _CODES.get(code) if 400 <= status < 500 else None
        known = known or _STATUSES.get(status)
        if known is not None:
            return _refused(known, code, step, status, raw)
        if step == Step.SUBMIT and status == 400:
            sentence = f"SiliconFlow refused a setting: {text}" if text else "SiliconFlow refused a setting."
            return Refused(people_text(sentence), FailureClass.INVALID_INPUT, status=status, raw=raw)
        return None

    def _wrong_address(self, step: str, raw: str) -> GatewayError:
        if step == Step.POLL:  # it says nothing of the job
            return Unavailable(_NO_PAGE, status=404, raw=raw)
        return Refused(_NO_PAGE, FailureClass.INVALID_INPUT, status=404, raw=raw)


def _image_size(request: VideoRequest, caps: Capabilities) -> str:
    """The three sizes are kept as spellings of the ratios."""
    if request.aspect_ratio is None:
        raise Unsupported("SiliconFlow needs a ratio.", field="aspect_ratio")
    return caps.wire_ratio(request.aspect_ratio)


def _address(media: Media) -> str:
    if not media.address:
        raise Unsupported("An input has no address to send.", field=Role.FIRST_FRAME)
    return media.address


def _clip(data: Mapping[str, Any]) -> str:
    """The first clip's address: one clip was in every observed answer. The gateway's page keeps ``videos``
    in ``results``; some notes of others show them on top (2026-07)."""
    for holder in (as_mapping(data.get("results")), data):
        videos = holder.get("videos")
        first = videos[0] if isinstance(videos, list) and videos else None
        url = as_text(as_mapping(first).get("url"))
        if url:
            return url
    return ""


def _remembered(data: Mapping[str, Any], job: Job) -> dict[str, Any]:
    """When the clip was first called finished, and the seed that made it."""
    handle = {**job.handle}
    handle.setdefault("finished_at", datetime.now(UTC).isoformat())
    seed = as_mapping(data.get("results")).get("seed")
    if isinstance(seed, int) and not isinstance(seed, bool) and abs(seed) < 2**63:
        handle["seed"] = seed
    return handle


def _result(url: str, handle: Mapping[str, Any]) -> Result:
    """Ten minutes after the first success, or what the signature says if that is sooner."""
    ends = datetime.fromisoformat(handle["finished_at"]) + _LINK_LIVES
    signed = _signed_until(url)
    return Result(ResultKind.LINK, url, min(ends, signed) if signed else ends)


def _signed_until(url: str) -> datetime | None:
    """The storage signs with ``Expires`` in unix seconds."""
    try:
        fields = {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}
        return datetime.fromtimestamp(int(fields["expires"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def _failure(data: Mapping[str, Any]) -> Failure:
    """``reason`` is free text of no known vocabulary: shown, never branched on. That a failed job is free
    is nowhere said; the bill counts finished clips (``video-cnt``)."""
    text = people_text(as_text(data.get("reason")))
    return Failure(
        FailureClass.PROVIDER_DOWN,
        text or "SiliconFlow gave up on this job and named no reason.",
        billed=False,
    )


def _guess(wire_id: str) -> Mapping[str, Any]:
    """The kind stands in the id; the list itself does not tell it."""
    ratios = [
        {"value": "16:9", "wire": "1280x720"},
        {"value": "9:16", "wire": "720x1280"},
        {"value": "1:1", "wire": "960x960"},
    ]
    common = {"aspect_ratios": ratios, "seed": True, "negative_prompt": True, "prompt_max_chars": 2000}
    if "T2V" in wire_id.upper():
        return {"modes": ["text_to_video"], **common}
    if "I2V" in wire_id.upper():
        return {"modes": ["image_to_video"], "inputs": {"first_frame": {"min_count": 1}}, **common}
    return {}


def _told(reply: Reply) -> object:
    """The body as JSON, else as plain text, else nothing."""
    try:
        return read_json(reply.body)
    except ValueError:
        text = reply.body.decode("utf-8", "replace").strip()
        return "" if text.startswith("<") else text


def _code(reply: Reply) -> int:
    code = as_mapping(_told(reply)).get("code")
    return whole_number(str(code)) or 0 if isinstance(code, (int, str)) else 0


def _is_theirs(reply: Reply) -> bool:
    """An overload in the gateway's own words; then no job was made. A proxy's 503 proves nothing."""
    return _code(reply) in _OVERLOADED or bool(as_text(as_mapping(_told(reply)).get("message")))


def _wait_s(reply: Reply, text: str, step: str) -> float | None:
    """``Retry-After`` is not documented but would be honoured; the text names the limit that was met."""
    found = _LIMIT.search(text)
    wait_s = retry_after(reply) or (_LIMIT_S.get(found[1]) if found else None)
    if wait_s is None or step != Step.POLL:
        return wait_s
    return min(wait_s, _LONGEST_POLL_REST_S)


def _poll_denied(status: int, code: int, raw: str) -> GatewayError:
    """What an unknown job is answered with is not documented; the same *no* three times is believed."""
    if code in _CODES:
        return Unavailable("SiliconFlow did not answer for this job.", status=status, raw=raw)
    return Lost("SiliconFlow does not know this job.", status=status, raw=raw)


def _refused(known: tuple[FailureClass, str], code: int, step: str, status: int, raw: str) -> Refused:
    """*No such model* was seen in overload for models that were listed (2026-07): worth one more try."""
    again = 60.0 if code == _MODEL_UNKNOWN and step == Step.SUBMIT else None
    field = "model" if code in _NOT_OFFERED else ""
    return Refused(known[1], known[0], field=field, again_after_s=again, status=status, raw=raw)
