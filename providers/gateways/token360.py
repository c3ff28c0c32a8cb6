"""Token360 video: normalised requests, a list of jobs to look lost answers up in, fresh links on demand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from . import _token360_models as models
from . import likeness
from ._token360_assets import ReferenceAssets
from ._token360_bill import Bookings
from ._token360_list import ListedJobs
from .base import FROM_WORDS_AND_PICTURES, PICTURES, DiscoveredModel, Gateway, Step
from .capabilities import Audio, Capabilities
from .errors import BadReply, GatewayError, Lost, Refused, Unsupported
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
from .wire import Reply, WireRequest, as_mapping, as_number, as_text, people_text, raw_text

_FRAMES = ((Role.FIRST_FRAME, "first_frame"), (Role.LAST_FRAME, "last_frame"))
# what may stand in input_references, and how a source clip's part is called there (clients, 2026-08)
_KINDS = {
    Role.REFERENCE_IMAGE: "image_url",
    Role.REFERENCE_VIDEO: "video_url",
    Role.REFERENCE_AUDIO: "audio_url",
    Role.SOURCE_VIDEO: "video_url",
}
_SOURCE_ROLES = {Mode.EDIT: "edit_source", Mode.EXTEND: "extend_source"}
_ID_NAMES = ("id", "video_id", "task_id")  # of a job, in a call to our callback address
_SHA256 = re.compile(r"[0-9a-f]{64}")

# error types of https://token360.ai/en-US/docs/api-reference/error-handling (read 2026-09); which status
# carries which type is not stated there, so the type decides on any 4xx
_TYPES = {
    "invalid_api_key": FailureClass.KEY_REJECTED,
    "api_key_frozen": FailureClass.KEY_REJECTED,
    "insufficient_balance": FailureClass.NO_BALANCE,
    "model_access_denied": FailureClass.INVALID_INPUT,
    "model_not_found": FailureClass.INVALID_INPUT,
    "rate_limit_error": FailureClass.RATE_LIMITED,
    "api_error": FailureClass.PROVIDER_DOWN,
}
_ABOUT_MODEL = ("model_access_denied", "model_not_found")
# seen by resellers under 500 and 503 for ids that no vendor serves: nothing was made (2026-08)
_OFFLINE = re.compile(r"(?i)not found or not active|no available provider")
# vendor codes such as OutputVideoSensitiveContentDetected, and the words around them
_MODERATION = re.compile(
    r"(?i)sensitive|moderation|content.?policy|policy.?violation|risk.?control|copyright"
)
_VENDOR_ID = re.compile(r"(?i)[\s(\[,;]*\brequest[\s_-]?id\s*[:=]?\s*[\w-]{6,}[)\]]?")
A_YEAR_S = 365 * 86400.0
_QUIET_HINT = "Try again without sound: a generated sound track can be refused for harmless prompts."


class Token360(Gateway):
    """Token360. API: https://token360.ai/en-US/docs/api-reference (read 2026-09)."""

    name, label = "token360", "Token360"
    base_url = "https://api.token360.ai/v1"
    docs_url = "https://token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request"
    call_id_headers = ("x-request-id", "x-trace-id")  # one UUID under two names
    modes = FROM_WORDS_AND_PICTURES | _SOURCE_ROLES.keys()
    roles = PICTURES | _KINDS.keys()
    # four words are documented; the others are what published clients also accept
    statuses = {
        "queued": JobState.QUEUED,
        "in_progress": JobState.RUNNING,
        "pending": JobState.RUNNING,
        "processing": JobState.RUNNING,
        "running": JobState.RUNNING,
        "completed": JobState.FINISHED,
        "succeeded": JobState.FINISHED,
        "success": JobState.FINISHED,
        "failed": JobState.FAILED,
        "expired": JobState.FAILED,
        "cancelled": JobState.CANCELLED,
        "canceled": JobState.CANCELLED,
    }
    # no limits are published; these are careful assumptions
    max_in_flight = 2
    submits_per_min = 5
    busy_s = (10.0, 300.0)  # its page of errors, read 2026-09
    takes_callback = True
    discovers = True
    list_name = "its public catalogue, which is the same for every key"
    registrar, job_list, bill = ReferenceAssets(), ListedJobs(), Bookings()

    # -- submit ----------------------------------------------------------------------------------

    def build_submit(self, request: VideoRequest, caps: Capabilities) -> WireRequest:
        body: dict[str, Any] = {
            **_options(request),
            "model": request.model,
            "prompt": request.prompt,
            **_settings(request, caps),
            **_inputs(request),
        }
        if request.reference:
            body["metadata"] = {"take": request.reference}
        if request.callback_url:
            body["callback_url"] = request.callback_url
            if request.reference:  # echoed in the call; it deduplicates nothing
                body["request_id"] = request.reference
        return WireRequest("POST", "/videos", json=body, read_timeout_s=self.submit_read_timeout_s)

    def parse_submit(self, reply: Reply, request: VideoRequest) -> Job:
        """:raises Refused: for a 2xx that carries an ``error`` and no id, as a published client has met."""
        data = self.submit_json(reply)
        if not data.get("id") and data.get("error"):
            raise self._refused(reply)
        job = Job(
            id=self.require_id(data.get("id"), reply),
            model=request.model,
            request_id=self.call_id(reply),
            deadline_s=as_number(request.extra.get("execution_expires_after")),
            handle={"sound": bool(request.generate_audio)},
        )
        return self._read(data, job)

    # -- poll ------------------------------------------------------------------------------------

    def build_poll(self, job: Job) -> WireRequest:
        return WireRequest("GET", f"/videos/{quote(job.id, safe='')}")

    def parse_poll(self, reply: Reply, job: Job) -> Job:
        return self._read(reply.json(), job)

    def _read(self, data: Mapping[str, Any], job: Job) -> Job:
        state = self.state_of(data.get("status"))
        if state == JobState.FAILED:
            return replace(job, state=state, failure=_failure(data, job))
        if state != JobState.FINISHED:
            return replace(job, state=state)
        return replace(
            job,
            state=state,
            result=_result(data),
            duration_s=as_number(data.get("duration")),
            last_frame_url=as_text(as_mapping(data.get("content")).get("last_frame_url")),
        )

    # -- the result ------------------------------------------------------------------------------

    def build_fresh_link(self, job: Job) -> WireRequest:
        return WireRequest("GET", f"/videos/{quote(job.id, safe='')}/content", query={"format": "url"})

    def parse_fresh_link(self, reply: Reply, job: Job) -> Result:
        data = reply.json()
        url, lives_s = as_text(data.get("url")), as_number(data.get("expires_in"))
        if not url:
            raise BadReply("Token360 named no address for the finished clip.", raw=raw_text(reply.body))
        lives_s = None if lives_s is None else min(max(lives_s, 0.0), A_YEAR_S)
        expires_at = None if lives_s is None else datetime.now(UTC) + timedelta(seconds=lives_s)
        return Result(ResultKind.LINK, url, expires_at)

    # -- look-ups --------------------------------------------------------------------------------

    def build_check_key(self) -> WireRequest:
        """One line of the job list: free, and it needs the key."""
        return WireRequest("GET", "/videos", query={"limit": "1"})

    def parse_check_key(self, reply: Reply) -> KeyCheck:
        if not isinstance(reply.json().get("data"), list):
            raise BadReply("This does not look like Token360's job list.", raw=raw_text(reply.body))
        return KeyCheck(ok=True, message="The key works. Token360 does not tell the balance here.")

    def build_discover(self) -> WireRequest:
        return models.page(1)

    def parse_discover(self, reply: Reply) -> Sequence[DiscoveredModel]:
        return models.read(reply)

    def build_discover_more(self, reply: Reply, page: int) -> WireRequest | None:
        return models.page(page + 1) if models.has_more(reply, page) else None

    def jobs_in_hook(self, told: Mapping[str, Any]) -> frozenset[str]:
        """The keys of the envelope are not published: every place where an id was seen or guessed counts."""
        places = (told, as_mapping(told.get("data")), as_mapping(told.get("video")))
        ids = (as_text(place.get(name)) for place in places for name in _ID_NAMES)
        return frozenset(filter(None, ids))

    # -- errors ----------------------------------------------------------------------------------

    def error_text(self, reply: Reply) -> str:
        """The calls about assets have an envelope of their own."""
        return super().error_text(reply) or as_text(reply.json_or_empty().get("msg"))

    def is_answer(self, reply: Reply, step: str) -> bool:
        return step == Step.COST and reply.status == 404  # as its code says with 200: not booked yet

    def specific_error(self, reply: Reply, step: str) -> GatewayError | None:
        raw = raw_text(reply.body)
        if reply.status == 404 and step in (Step.POLL, Step.RESULT):
            return Lost("Token360 does not know this job.", status=404, raw=raw)
        if 400 <= reply.status < 500 and reply.status != 429 and as_text(_error(reply).get("type")) in _TYPES:
            return self._refused(reply)
        if step == Step.SUBMIT and (reply.status in (400, 413) or self._is_offline(reply)):
            return self._refused(reply)
        return None

    def _is_offline(self, reply: Reply) -> bool:
        return reply.status in (500, 503) and bool(_OFFLINE.search(self.error_text(reply)))

    def _refused(self, reply: Reply) -> Refused:
        text = _for_people(self.error_text(reply)) or f"Token360 answered {reply.status}."
        field, hint = as_text(_error(reply).get("param")), ""
        if self._is_offline(reply) or as_text(_error(reply).get("type")) in _ABOUT_MODEL:
            field = "model"
        if reply.status == 413:
            hint = "The pictures are too large to be sent along; use smaller ones."
        return Refused(
            text, self._class_of(reply), field=field, hint=hint, status=reply.status, raw=raw_text(reply.body)
        )

    def _class_of(self, reply: Reply) -> FailureClass:
        error, text = _error(reply), self.error_text(reply)
        kind = as_text(error.get("type"))
        if kind in _TYPES:
            return _TYPES[kind]
        if _OFFLINE.search(text):
            return FailureClass.PROVIDER_DOWN
        if _is_moderation(f"{error.get('code')} {text}"):
            return FailureClass.MODERATION
        return FailureClass.INVALID_INPUT


def _settings(request: VideoRequest, caps: Capabilities) -> dict[str, Any]:
    """The scalar fields. Resolution and sound are always said where the model has them: left out, a
    reseller measured 480p, and sound switched on (2026-08)."""
    body: dict[str, Any] = {}
    if request.duration_s is not None:
        body["duration"] = _whole(request.duration_s)
    resolution = request.resolution or caps.default_resolution()
    if resolution is not None:
        body["resolution"] = caps.wire_resolution(resolution)
    ratio = _ratio(request, caps)
    if ratio is not None:
        body["aspect_ratio"] = ratio
    if caps.audio == Audio.OPTIONAL:
        body["generate_audio"] = caps.sound(request)
    for name in ("seed", "watermark", "return_last_frame"):
        value = getattr(request, name)
        if value is not None and getattr(caps, name):
            body[name] = value
    return body


def _ratio(request: VideoRequest, caps: Capabilities) -> str | None:
    """Where the picture decides, Token360 wants the word ``adaptive`` (Seedance 2.5, seen 2026-08)."""
    if request.mode in caps.ratio_from_input:
        return "adaptive"
    return None if request.aspect_ratio is None else caps.wire_ratio(request.aspect_ratio)


def _options(request: VideoRequest) -> dict[str, Any]:
    """The catalogue's further options. Who is behind a take leaves the studio as a hash only: the field has
    room for 64 characters, and a name or an e-mail address is nobody's business."""
    options = dict(request.extra)
    person = options.get("safety_identifier")
    if person and not _SHA256.fullmatch(person):
        options["safety_identifier"] = hashlib.sha256(person.encode()).hexdigest()
    return options


def _inputs(request: VideoRequest) -> dict[str, list[dict[str, Any]]]:
    """One array or the other: what both together mean is not said, and other gateways differ on it."""
    frames, references = _frames(request), _references(request)
    if frames and references:
        raise Unsupported("Token360 takes frames or references, not both.", field=Role.REFERENCE_IMAGE)
    if references and {item["type"] for item in references} == {"audio_url"}:
        raise Unsupported("A sound needs a picture or a clip beside it.", field=Role.REFERENCE_AUDIO)
    told = {"frame_images": frames, "input_references": references}
    return {name: items for name, items in told.items() if items}


def _references(request: VideoRequest) -> list[dict[str, Any]]:
    """``input_references`` in the person's order. A plain reference has no ``role``: three of four published
    clients leave it out (2026-08)."""
    found = []
    for item in request.inputs:
        kind = _KINDS.get(item.role)
        if kind is not None:
            part = {"role": _source_role(request)} if item.role == Role.SOURCE_VIDEO else {}
            found.append({"type": kind, **part, kind: {"url": _address(item.media)}})
    return found


def _source_role(request: VideoRequest) -> str:
    if request.mode not in _SOURCE_ROLES:
        raise Unsupported("Token360 edits or extends a clip: say which.", field="mode")
    return _SOURCE_ROLES[request.mode]


def _frames(request: VideoRequest) -> list[dict[str, Any]]:
    """``frame_images``; the shape of an item is taken from five published clients (2026-08)."""
    placed = [(word, media) for role, word in _FRAMES if (media := request.first(role)) is not None]
    return [
        {"type": "image_url", "frame_type": word, "image_url": {"url": _address(media)}}
        for word, media in placed
    ]


def _address(media: Media) -> str:
    if not media.address:
        raise Unsupported("An input has no address to send.", field="inputs")
    return media.address


def _whole(seconds: float) -> int:
    """Token360 refuses a duration that is no JSON integer."""
    if seconds != int(seconds):
        raise Unsupported("Token360 takes whole seconds.", field="duration_s")
    return int(seconds)


def _result(data: Mapping[str, Any]) -> Result:
    """``url`` before ``video_url`` before ``content.video_url``; with none of them the link is asked for."""
    places = (data.get("url"), data.get("video_url"), as_mapping(data.get("content")).get("video_url"))
    url = next((text for text in map(as_text, places) if text), "")
    return Result(ResultKind.LINK, url) if url else Result(ResultKind.ASK)


def _is_moderation(text: str) -> bool:
    return bool(_MODERATION.search(text)) or likeness.about(text) is not None


def _failure(data: Mapping[str, Any], job: Job) -> Failure:
    """A failed task. Nothing says that one is charged; the billing page would have the last word."""
    error = data.get("error")
    code = as_text(as_mapping(error).get("code"))
    message = as_text(as_mapping(error).get("message")) or as_text(error)
    if not _is_moderation(f"{code} {message}"):
        text = _for_people(message) or "Token360 gave up on this job and named no reason."
        return Failure(FailureClass.PROVIDER_DOWN, text, billed=False, code=code)
    sounded = job.handle.get("sound") and not code.startswith("Input")
    text = _for_people(message) or "The vendor's moderation refused this clip."
    found = Failure(FailureClass.MODERATION, text, billed=False, code=code)
    return replace(found, hint=_QUIET_HINT, mend={"generate_audio": False}) if sounded else found


def _for_people(text: str) -> str:
    return people_text(_VENDOR_ID.sub("", text))


def _error(reply: Reply) -> Mapping[str, Any]:
    return as_mapping(reply.json_or_empty().get("error"))
