"""SilkDock video: one nested body for all vendors, one picture as a form part, the file by its own call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from .base import DiscoveredModel, Gateway, Step, retry_after
from .capabilities import Audio, Capabilities
from .errors import (
    BadReply,
    Busy,
    FileElsewhere,
    GatewayError,
    Lost,
    NotReady,
    Refused,
    Unavailable,
    Unsupported,
)
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
from .wire import Reply, WireRequest, as_mapping, as_number, as_text, file_part, people_text, raw_text

_LISTS = (
    (Role.REFERENCE_IMAGE, "reference_image_urls"),
    (Role.REFERENCE_VIDEO, "reference_video_urls"),
    (Role.REFERENCE_AUDIO, "reference_audio_urls"),
)
# options of the studio's catalogue that are no field of ``extra_body``
_USER, _PICTURE_IS = "user", "picture_is"
_FIRST_FRAME = "first frame"

# the kinds that the proxy behind SilkDock writes into ``error.type`` (LiteLLM 1.83 to 1.109, read 2026-11);
# their status moved between releases, so the kind decides on any 4xx
_KEY_KINDS = {"auth_error", "token_not_found_in_db", "expired_key"}
_NO_MODEL_KIND = re.compile(r"_model_access_denied$")
_BUDGET = re.compile(r"(?i)budget has been exceeded|exceeded ?budget|payment required")
_NOT_READY = re.compile(r"(?i)not ready|not complete|still processing")
_UNKNOWN_MODEL = re.compile(r"(?i)invalid model name")
_RETRY = re.compile(r"(?i)\bretry\b|try again")
_MODERATION = re.compile(r"(?i)sensitive|moderation|content.?policy|policy.?violation|safety|copyright")
_CLASS_NAME = re.compile(r"^(?:litellm\.)?[A-Za-z]+(?:Error|Exception)\s*[:-]\s*")
_ROUTING = re.compile(
    r"(?s)\s*(?:LiteLLM: model group|Received Model Group|Available Model Group|No fallback).*"
)
_PRIVATE = re.compile(r"https?://\S+|\b[0-9a-f]{32,}\b|\bsk-\S+")
LONGEST_WAIT_S = 600.0
CONTENT_READ_S = 600.0  # the whole file is held at the gateway before its first byte


class SilkDock(Gateway):
    """SilkDock. API: https://silkdock.ai/docs/api/video (read 2026-11)."""

    name, label = "silkdock", "SilkDock"
    base_url = "https://silkdock.ai"
    docs_url = "https://silkdock.ai/docs/api/video"
    modes = frozenset(
        {Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO, Mode.FIRST_LAST_FRAME, Mode.REFERENCE_TO_VIDEO}
    )
    roles = frozenset(
        {
            Role.FIRST_FRAME,
            Role.LAST_FRAME,
            Role.REFERENCE_IMAGE,
            Role.REFERENCE_VIDEO,
            Role.REFERENCE_AUDIO,
            Role.AUDIO_TRACK,
        }
    )
    # three words are documented; the others come from the proxy's code and a published client (2026-11)
    statuses = {
        "processing": JobState.RUNNING,
        "queued": JobState.QUEUED,
        "in_progress": JobState.RUNNING,
        "completed": JobState.FINISHED,
        "succeeded": JobState.FINISHED,
        "success": JobState.FINISHED,
        "ready": JobState.FINISHED,
        "failed": JobState.FAILED,
        "error": JobState.FAILED,
        "expired": JobState.FAILED,
        "cancelled": JobState.FAILED,
        "canceled": JobState.FAILED,
    }
    # no limits are published; these are careful assumptions
    max_in_flight = 2
    submits_per_min = 6
    polls_per_min = 12  # its samples ask every five seconds
    deadline_s = 1800.0
    keeps_results_s = 3600.0
    discovers = True
    lost_after = 5  # the waits between them come to a minute
    shows_job_ids = False  # they spell the vendor and its account in plain base64

    def clean_base_url(self, address: str) -> str:
        """Without ``/v1``: one path of the API does not begin with it."""
        return address.rstrip("/").removesuffix("/v1")

    # -- submit ----------------------------------------------------------------------------------

    def build_submit(self, request: VideoRequest, caps: Capabilities) -> WireRequest:
        """JSON; a form only for the one picture that is not at an address of its own."""
        picture = _primary(request)
        local = picture is not None and _is_local(picture)
        extra_body = {**_settings(request, caps), **_inputs(request), **_options(request)}
        body: dict[str, Any] = {"model": request.model, "prompt": request.prompt}
        if picture is not None and not local:
            body["input_reference"] = _url(picture, Role.FIRST_FRAME)
        if request.duration_s is not None:
            body["seconds"] = _whole(request.duration_s)
        if size := extra_body.pop("size", None):
            body["size"] = size
        if extra_body:
            body["extra_body"] = extra_body
        if _USER in request.extra:
            body["user"] = request.extra[_USER]
        path, wait = "/v1/videos/generations", self.submit_read_timeout_s
        if picture is None or not local:
            return WireRequest("POST", path, json=body, read_timeout_s=wait)
        files = {"input_reference": _part(picture)}
        return WireRequest("POST", path, form=_as_form(body), files=files, read_timeout_s=wait)

    def parse_submit(self, reply: Reply, request: VideoRequest) -> Job:
        data = self.submit_json(reply)
        cost = _cost(reply)
        job = Job(
            id=self.require_id(data.get("id"), reply),
            model=request.model,
            request_id=reply.header("x-litellm-call-id"),
            makes=_makes(data),
            handle={} if cost is None else {"cost_usd": str(cost)},
        )
        return self._read(data, job)

    # -- poll ------------------------------------------------------------------------------------

    def build_poll(self, job: Job) -> WireRequest:
        """By the id of the submit: a poll may answer with another one, which is not to be used."""
        return WireRequest("GET", f"/v1/videos/{quote(job.id, safe='')}")

    def parse_poll(self, reply: Reply, job: Job) -> Job:
        return self._read(reply.json(), job)

    def _read(self, data: Mapping[str, Any], job: Job) -> Job:
        state = self.state_of(data.get("status"))
        if state == JobState.FAILED:
            return replace(job, state=state, failure=_failure(data, job))
        if state != JobState.FINISHED:
            return replace(job, state=state, progress=_progress(data))
        url = as_text(data.get("url"))
        return replace(
            job,
            state=state,
            result=Result(ResultKind.BYTES),
            cost_usd=_kept_cost(job),
            duration_s=as_number(as_mapping(data.get("usage")).get("duration_seconds")),
            handle={**job.handle, **({"url": url} if url else {})},
        )

    # -- the result ------------------------------------------------------------------------------

    def build_bytes(self, job: Job) -> WireRequest:
        accept = {"Accept": "video/mp4, application/json"}
        path = f"/v1/videos/{quote(job.id, safe='')}/content"
        return WireRequest("GET", path, headers=accept, read_timeout_s=CONTENT_READ_S)

    def second_place(self, job: Job) -> str:
        """The address that the last poll named; how long it lives is not said."""
        return as_text(job.handle.get("url"))

    # -- look-ups --------------------------------------------------------------------------------

    def build_check_key(self) -> WireRequest:
        return WireRequest("GET", "/v1/models")

    def parse_check_key(self, reply: Reply) -> KeyCheck:
        if not isinstance(reply.json().get("data"), list):
            raise BadReply("This does not look like SilkDock's model list.", raw=raw_text(reply.body))
        return KeyCheck(ok=True, message="The key works. SilkDock does not tell the balance.")

    def build_discover(self) -> WireRequest:
        """Without a query it lists every model; nothing in it tells lengths, sizes or prices."""
        return WireRequest("GET", "/model_group/info")

    def parse_discover(self, reply: Reply) -> Sequence[DiscoveredModel]:
        data = reply.json().get("data")
        if not isinstance(data, list):
            raise BadReply("SilkDock's model list has an unexpected shape.", raw=raw_text(reply.body))
        return [_model(item) for item in data if isinstance(item, Mapping) and _makes_video(item)]

    # -- errors ----------------------------------------------------------------------------------

    def error_text(self, reply: Reply) -> str:
        """``error.message``, a text in ``error``, or ``detail``; without the proxy's own words around it."""
        return _clean(_told(reply))

    def specific_error(self, reply: Reply, step: str) -> GatewayError | None:
        """The kind before the status where releases differ on the status, else the status before the text."""
        if reply.status >= 400:
            found = self._about_account(reply, step)
            if found is not None:
                return found
        if step == Step.SUBMIT:
            return self._submit_error(reply)
        if step == Step.RESULT:
            return self._result_error(reply) or self._look_up_error(reply, step)
        return self._look_up_error(reply, step)

    def _about_account(self, reply: Reply, step: str) -> GatewayError | None:
        status, raw, kind = reply.status, raw_text(reply.body), _kind(reply)
        if status < 500 and (status == 402 or kind == "budget_exceeded" or _BUDGET.search(_told(reply))):
            text = "The credit of this SilkDock key is used up."
            return Refused(text, FailureClass.NO_BALANCE, status=status, raw=raw)
        if status < 500 and _NO_MODEL_KIND.search(kind) or (status == 403 and step != Step.OTHER):
            text = "This SilkDock key may not use this model."
            return Refused(text, FailureClass.INVALID_INPUT, field="model", status=status, raw=raw)
        if status in (401, 403) or (status < 500 and kind in _KEY_KINDS):
            return Refused("SilkDock rejected the key.", FailureClass.KEY_REJECTED, status=status, raw=raw)
        if status == 429 or (status == 503 and step != Step.SUBMIT):
            text = people_text(self.error_text(reply)) or "SilkDock is busy."
            return Busy(text, retry_after_s=_wait_s(reply), status=status, raw=raw)
        return None

    def _submit_error(self, reply: Reply) -> GatewayError | None:
        status, raw = reply.status, raw_text(reply.body)
        if status in (404, 405) and _is_route(reply):
            return Refused(_WRONG_ADDRESS, FailureClass.PROVIDER_DOWN, status=status, raw=raw)
        if status not in (400, 409, 422):
            return None
        text = people_text(self.error_text(reply)) or f"SilkDock answered {status}."
        if status == 409 and _RETRY.search(text):
            return Busy(text, retry_after_s=_wait_s(reply), status=status, raw=raw)
        if _UNKNOWN_MODEL.search(text):
            text = "SilkDock does not offer this model to this key."
            return Refused(text, FailureClass.INVALID_INPUT, field="model", status=status, raw=raw)
        refused = FailureClass.MODERATION if _MODERATION.search(text) else FailureClass.INVALID_INPUT
        return Refused(text, refused, field=_param(reply), status=status, raw=raw)

    def _result_error(self, reply: Reply) -> GatewayError | None:
        """What came where the file was asked for. Early questions were seen to be answered with 500."""
        status, raw = reply.status, raw_text(reply.body)
        if 300 <= status < 400 and reply.header("location"):
            return FileElsewhere(reply.header("location"), status=status, raw=raw)
        if status >= 400 and _NOT_READY.search(_told(reply)):
            return NotReady("SilkDock says that the clip is not ready after all.", status=status, raw=raw)
        data = reply.json_or_empty()
        url = as_text(data.get("url")) or as_text(data.get("download_url"))
        return FileElsewhere(url, status=status, raw=raw) if status < 300 and url else None

    def _look_up_error(self, reply: Reply, step: str) -> GatewayError | None:
        if reply.status not in (404, 405):
            return None
        raw = raw_text(reply.body)
        if _is_route(reply):
            return Unavailable(_WRONG_ADDRESS, status=reply.status, raw=raw)
        if reply.status == 404 and step in (Step.POLL, Step.RESULT):
            return Lost("SilkDock does not know this job.", status=404, raw=raw)
        return None


_WRONG_ADDRESS = "There is no such page at this address; an administrator checks the account's base address."


# -- what is sent -----------------------------------------------------------------------------------


def _settings(request: VideoRequest, caps: Capabilities) -> dict[str, Any]:
    """Resolution and ratio go together or not at all. Sound is said where a person chose: what the gateway
    does by itself is not known."""
    body: dict[str, Any] = {}
    resolution, ratio = request.resolution, request.aspect_ratio
    if (resolution is None) != (ratio is None):
        missing = "resolution" if resolution is None else "aspect_ratio"
        raise Unsupported("SilkDock takes a resolution together with a ratio.", field=missing)
    if resolution is not None and ratio is not None:
        body |= _size(caps.wire_resolution(resolution), caps.wire_ratio(ratio))
    if request.generate_audio is not None and caps.audio == Audio.OPTIONAL:
        if request.generate_audio and request.first(Role.AUDIO_TRACK):
            text = "The clip follows the sound track; sound cannot be made as well."
            raise Unsupported(text, field="generate_audio")
        body["generate_audio"] = request.generate_audio
    if request.watermark is not None and caps.watermark:
        body["watermark"] = request.watermark
    return body


def _size(resolution: str, ratio: str) -> dict[str, str]:
    """A resolution that the catalogue spells ``1920x1080`` goes out as ``size``, upright where asked."""
    width, _, height = resolution.partition("x")
    if not (width.isdigit() and height.isdigit()):
        return {"resolution": resolution, "aspect_ratio": ratio}
    across, _, down = ratio.partition(":")
    if int(width) * int(down) == int(height) * int(across):
        return {"size": resolution}
    if int(width) * int(across) == int(height) * int(down):
        return {"size": f"{height}x{width}"}
    raise Unsupported(f"This model has no size of {ratio} at {resolution}.", field="aspect_ratio")


def _as_first_frame(request: VideoRequest) -> bool:
    """A picture is an ordinary reference unless a person says that the clip begins with it."""
    if request.mode == Mode.FIRST_LAST_FRAME:
        return True
    return request.mode == Mode.IMAGE_TO_VIDEO and request.extra.get(_PICTURE_IS) == _FIRST_FRAME


def _primary(request: VideoRequest) -> Media | None:
    """The picture for ``input_reference``, which never turns into a first frame by itself."""
    return None if _as_first_frame(request) else request.first(Role.FIRST_FRAME)


def _inputs(request: VideoRequest) -> dict[str, Any]:
    """One family of inputs a request; the single mix that SilkDock names is the primary picture beside
    ``reference_image_urls``, where the list decides."""
    frames, lists = dict(_frames(request)), dict(_references(request))
    mixed = set(lists) - {"reference_image_urls"} if _primary(request) else set()
    if lists and (frames or mixed):
        raise Unsupported("SilkDock takes frames or references, not both.", field=Role.REFERENCE_IMAGE)
    track = request.first(Role.AUDIO_TRACK)
    if track is not None and "reference_audio_urls" in lists:
        raise Unsupported("SilkDock takes a sound track or reference sounds.", field=Role.AUDIO_TRACK)
    sound = {} if track is None else {"audio_url": _url(track, Role.AUDIO_TRACK)}
    return {**frames, **lists, **sound}


def _frames(request: VideoRequest) -> Iterator[tuple[str, str]]:
    first, last = request.first(Role.FIRST_FRAME), request.first(Role.LAST_FRAME)
    if last is not None and first is None:
        raise Unsupported("A last frame needs a first frame.", field=Role.LAST_FRAME)
    if first is not None and _as_first_frame(request):
        yield "first_frame_url", _url(first, Role.FIRST_FRAME)
    if last is not None:
        yield "last_frame_url", _url(last, Role.LAST_FRAME)


def _references(request: VideoRequest) -> Iterator[tuple[str, list[str]]]:
    """A clip goes by the list; ``video_url`` says the same for one clip, so it is not sent."""
    for role, name in _LISTS:
        if media := request.media(role):
            yield name, [_url(item, role) for item in media]


def _options(request: VideoRequest) -> dict[str, Any]:
    return {name: value for name, value in request.extra.items() if name not in (_USER, _PICTURE_IS)}


def _is_local(media: Media) -> bool:
    return media.address.startswith(("data:", "sha256:"))


def _url(media: Media, role: Role) -> str:
    """The address that SilkDock fetches; a recipe's ``sha256:`` name stands for it."""
    if not media.address:
        raise Unsupported("An input has no address to send.", field=role)
    if media.address.startswith("data:"):
        text = "SilkDock fetches this file from a public address; only a single picture can be sent along."
        raise Unsupported(text, field=role)
    return media.address


def _part(media: Media) -> Any:
    try:
        return file_part(media.address, media.mime)
    except ValueError:
        raise Unsupported("The picture cannot be read.", field=Role.FIRST_FRAME) from None


def _as_form(body: Mapping[str, Any]) -> dict[str, str]:
    """In a form a number is text, and ``extra_body`` the text of a JSON object."""
    return {
        name: json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else str(value)
        for name, value in body.items()
    }


def _whole(seconds: float) -> int:
    if seconds != int(seconds):
        raise Unsupported("SilkDock takes whole seconds.", field="duration_s")
    return int(seconds)


# -- what comes back --------------------------------------------------------------------------------


def _makes(data: Mapping[str, Any]) -> dict[str, Any]:
    """``usage`` tells what is made and billed: a pair of resolution and ratio that a model lacks is
    replaced without an error (https://silkdock.ai/docs/api/video, read 2026-11)."""
    usage = as_mapping(data.get("usage"))
    sound = usage.get("has_audio")
    told = {
        "duration_s": as_number(usage.get("duration_seconds")),
        "resolution": as_text(usage.get("video_resolution")).lower()[:20] or None,
        "generate_audio": sound if isinstance(sound, bool) else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _cost(reply: Reply) -> Decimal | None:
    """What the proxy reckons for this job, where it says so; never a guess."""
    try:
        cost = Decimal(reply.header("x-litellm-response-cost"))
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and 0 < cost < 1_000_000 else None


def _kept_cost(job: Job) -> Decimal | None:
    kept = as_text(job.handle.get("cost_usd"))
    return Decimal(kept) if kept else None


def _progress(data: Mapping[str, Any]) -> float | None:
    told = as_number(data.get("progress"))
    return None if told is None else min(max(told, 0.0), 100.0) / 100


def _failure(data: Mapping[str, Any], job: Job) -> Failure:
    """The reason is a text; an object is read too. SilkDock bills at the submit and says nothing of money
    coming back, so nobody can tell."""
    error = data.get("error")
    text = _clean(as_text(as_mapping(error).get("message")) or as_text(error))
    moderated = bool(_MODERATION.search(text))
    return Failure(
        FailureClass.MODERATION if moderated else FailureClass.PROVIDER_DOWN,
        people_text(text) or "SilkDock gave up on this job and named no reason.",
        billed=None,
        code=as_text(as_mapping(error).get("code"))[:120],
        cost_usd=_kept_cost(job),
    )


def _told(reply: Reply) -> str:
    data = reply.json_or_empty()
    error, detail = data.get("error"), data.get("detail")
    if isinstance(error, Mapping):
        return _word(error.get("message")) or _word(error.get("code"))
    if _word(error):
        return _word(error)
    if isinstance(detail, list):
        return "; ".join(filter(None, map(_issue, detail)))
    if _word(detail) or data:
        return _word(detail)
    text = reply.body[:2000].decode("utf-8", "replace").strip()
    return "" if text[:1] in ("<", "[", "{", '"') else text[:500]


def _issue(item: object) -> str:
    """A line of a validation report: where, and what."""
    place = as_mapping(item).get("loc")
    where = ".".join(str(part) for part in place if part != "body") if isinstance(place, list) else ""
    text = as_text(as_mapping(item).get("msg"))
    return f"{where}: {text}" if where and text else text


def _word(value: object) -> str:
    """Some releases write the text ``None`` for nothing."""
    text = as_text(value)
    return "" if text == "None" else text


def _kind(reply: Reply) -> str:
    return _word(as_mapping(reply.json_or_empty().get("error")).get("type"))


def _param(reply: Reply) -> str:
    return _word(as_mapping(reply.json_or_empty().get("error")).get("param"))[:60]


def _is_route(reply: Reply) -> bool:
    """The web framework answers, not the proxy: the address is wrong, whatever the job."""
    data = reply.json_or_empty()
    return "detail" in data and "error" not in data


def _clean(text: str) -> str:
    """The vendor's sentence without class names, routing notes, addresses and keys around it."""
    text = _ROUTING.sub("", text).strip()
    while (found := _CLASS_NAME.match(text)) is not None:
        text = text[found.end() :].strip()
    if text.startswith("{"):
        try:
            inner = json.loads(text)
        except ValueError:
            inner = {}
        error = as_mapping(as_mapping(inner).get("error"))
        text = as_text(error.get("message")) or as_text(as_mapping(inner).get("message")) or text
    return _PRIVATE.sub("…", text)


def _wait_s(reply: Reply) -> float:
    """Its own wait, or the vendor's, which arrives under another name."""
    told = reply.header("retry-after") or reply.header("llm_provider-retry-after")
    return min(retry_after(replace(reply, headers={"retry-after": told}), default_s=15.0), LONGEST_WAIT_S)


# -- the model list ---------------------------------------------------------------------------------

_BY_ADDRESS = {"travel": ["public_url"]}


def _makes_video(item: Mapping[str, Any]) -> bool:
    if not as_text(item.get("model_group")):
        return False
    return item.get("mode") == "video_generation" or any(name in item for name in _FLAGS)


_FLAGS = {
    "supports_video_start_end_frame": Mode.FIRST_LAST_FRAME,
    "supports_video_multimodal_reference": Mode.REFERENCE_TO_VIDEO,
}


def _model(item: Mapping[str, Any]) -> DiscoveredModel:
    """A flag that is missing counts as *no*. Whether a model needs a picture is not told."""
    gates = {mode: item.get(name) is True for name, mode in _FLAGS.items()}
    modes: list[str] = [Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO, *(m for m, open_ in gates.items() if open_)]
    inputs: dict[str, Any] = {Role.FIRST_FRAME: {"travel": ["multipart", "public_url"]}}
    if gates[Mode.FIRST_LAST_FRAME]:
        inputs[Role.LAST_FRAME] = dict(_BY_ADDRESS)
    if gates[Mode.REFERENCE_TO_VIDEO]:
        inputs[Role.REFERENCE_IMAGE] = {**_BY_ADDRESS, "max_count": 9}
        inputs[Role.REFERENCE_VIDEO] = {**_BY_ADDRESS, "max_count": 3, "mimes": ["video/mp4"]}
        inputs[Role.REFERENCE_AUDIO] = {**_BY_ADDRESS, "max_count": 3, "mimes": ["audio/mpeg", "audio/wav"]}
    return DiscoveredModel(
        wire_id=item["model_group"],
        label=item["model_group"],
        gates=gates,
        if_new={"modes": [str(mode) for mode in modes], "inputs": {str(r): v for r, v in inputs.items()}},
    )
