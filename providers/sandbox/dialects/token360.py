"""Token360 as its pages describe it (https://token360.ai/en-US/docs/api-reference, read 2026-09):
`/token360/v1/videos` and its neighbours."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from providers.sandbox.catalogue import read_catalogue
from providers.sandbox.dialects import _token360_checks as checks
from providers.sandbox.dialects._token360_assets import Assets
from providers.sandbox.faults import Voice, find_poll_fault, find_submit_fault, spoil_submit
from providers.sandbox.files import make_payload, send_whole
from providers.sandbox.jobs import FAILED, FINISHED, QUEUED, RUNNING, Job
from providers.sandbox.keys import find_key, is_empty, is_known, name_key
from providers.sandbox.lengths import find_seconds
from providers.sandbox.media import VIDEO, Media
from providers.sandbox.order import make_order
from providers.sandbox.sandbox import Sandbox
from providers.sandbox.webhook import Webhook
from providers.sandbox.wire import Json, NotJson, TooLarge, hash_body, parse_object, read_body

NAME = "token360"
_BASE = "/token360/v1"
_BODY_BYTES = 1_000_000  # about 1 MB at the load balancer
_MODELS = read_catalogue(NAME)
_STATUS = {QUEUED: "queued", RUNNING: "in_progress", FINISHED: "completed", FAILED: "failed"}
_TYPES = {
    400: "invalid_request_error", 401: "invalid_api_key", 402: "insufficient_balance", 404: "not_found_error",
    413: "invalid_request_error", 429: "rate_limit_error", 500: "api_error", 503: "api_error",
}  # fmt: skip
_MESSAGES = {
    429: "Rate limit reached, please try again later.",
    500: "The server had an error while processing your request.",
    503: "The engine is currently overloaded, please try again later.",
}
# a second, as a reseller measured them in August 2026; 4K as four times the pixels of 1080p
_TOKENS = {"480p": 10_128, "720p": 20_256, "1080p": 45_576, "4K": 182_304}
_UNKNOWN_CLIP_S = 4  # for a link that is not fetched
_OTHERS = {"deepseek-v3": "TEXT_GENERATION", "flux-1": "IMAGE_GENERATION"}  # listed with the video models
_ECHOED = ("resolution", "duration", "aspect_ratio", "seed", "generate_audio", "watermark")


def _list_model(name: str, kind: str, label: str, usd: float) -> dict[str, Any]:
    return {
        "name": name, "displayName": label, "modelType": kind, "modelOutputTypes": [kind.partition("_")[0]],
        "publisher": {"displayName": "A vendor"},
        "displayPricing": {"inputPrice": "0", "outputPrice": str(usd)},
    }  # fmt: skip


_CATALOGUE = [
    *(_list_model(name, kind, name, 0) for name, kind in _OTHERS.items()),
    *(_list_model(name, "VIDEO_GENERATION", m["label"], m["usd_per_s"]) for name, m in _MODELS.items()),
]


def _reckon_usd(model: dict[str, Any], resolution: str, duration_s: int, references: list[Media]) -> float:
    """Tokens times their price; with a clip among the inputs its seconds count and a token costs less."""
    clips_s = [find_seconds(media) or _UNKNOWN_CLIP_S for media in references if media.kind == VIDEO]
    tokens = _TOKENS[resolution] * (duration_s + sum(clips_s))
    usd_per_token = model["usd_per_s"] / _TOKENS["720p"]
    return round(tokens * usd_per_token * (model["share_with_clips"] if clips_s else 1), 4)


def build(sandbox: Sandbox) -> list[Route]:
    dialect = Token360(sandbox)
    sandbox.after_accept.append(Webhook(sandbox, describe_poll).watch)
    return [
        Route(f"{_BASE}/videos/{{id}}", dialect.answer_one, methods=["GET", "DELETE"]),
        Route(f"{_BASE}/videos", dialect.answer_collection, methods=["GET", "POST"]),
        Route(f"{_BASE}/videos/{{id}}/content", dialect.answer_content),
        Route(f"{_BASE}/models", dialect.answer_models),
        Route(f"{_BASE}/asset-groups", dialect.answer_assets, methods=["POST"]),
        Route(f"{_BASE}/assets", dialect.answer_assets, methods=["POST"]),
        Route(f"{_BASE}/assets/{{id}}", dialect.answer_assets),
        Route(f"{_BASE}/billing/requests/{{request_id}}", dialect.answer_billing),
        Route("/token360/public/models", dialect.answer_catalogue),
    ]


@dataclass
class Call:
    """One request and the id its answer carries (X-Request-ID and X-Trace-ID are the same UUID)."""

    request: Request
    key: str
    id: str

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Request-ID": self.id, "X-Trace-ID": self.id}

    @property
    def voice(self) -> Voice:
        return Voice(NAME, self.refuse_plainly, self.headers)

    def answer(self, body: Any) -> Response:
        return Json(body, headers=self.headers)

    def refuse(
        self,
        status: int,
        message: str,
        param: str | None = None,
        kind: str = "",
        more: dict[str, str] | None = None,
    ) -> Response:
        """The error shape; `code` is the HTTP number as text."""
        error = {"message": message, "type": kind or _TYPES[status], "param": param, "code": str(status)}
        return Json({"error": error}, status, self.headers | (more or {}))

    def refuse_plainly(self, status: int, headers: dict[str, str]) -> Response:
        return self.refuse(status, _MESSAGES[status], more=headers)

    def refuse_lost(self, job_id: str) -> Response:
        return self.refuse(404, f"Video '{job_id}' not found.")


class Token360:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.assets = Assets(sandbox)

    def _open(self, request: Request) -> tuple[Call, Response | None]:
        """401 comes before anything else."""
        key = find_key(request)
        call = Call(request, key or "", str(uuid.uuid4()))
        return call, None if is_known(key) else call.refuse(401, "Incorrect API key provided.")

    # -- submit

    async def answer_collection(self, request: Request) -> Response:
        call, refusal = self._open(request)
        if refusal is not None:
            return refusal
        return await self._submit(call) if request.method == "POST" else self._list(call)

    async def _submit(self, call: Call) -> Response:
        try:
            body = await read_body(call.request, _BODY_BYTES)
            asked = await parse_object(body)
            checks.check_shape(asked)
            model = _MODELS.get(asked["model"])
            if model is None:
                return call.refuse(404, f"Model '{asked['model']}' not found.", "model", "model_not_found")
            checks.check_values(asked, model)
            inputs = await checks.check_media(asked, model, self._finder(call, asked["model"]))
        except TooLarge:
            return call.refuse(413, "Request body is too large.", more={"Connection": "close"})
        except NotJson:
            return call.refuse(400, "The body is not a JSON object.")
        except checks.Refused as error:
            return call.refuse(400, error.message, error.param)
        return self._judge(call, asked, inputs, hash_body(body))

    def _finder(self, call: Call, model: str) -> checks.Find:
        """Opens `asset://…` for this key and this model."""
        return lambda url, kind: self.assets.find_media(url, kind, call.key, model)

    def _judge(self, call: Call, asked: dict[str, Any], inputs: checks.Inputs, sha256: str) -> Response:
        words = self.sandbox.words_of(asked["prompt"])
        if is_empty(call.key):
            return call.refuse(402, "Insufficient balance.")
        if "refused" in words:
            return call.refuse(400, "The prompt was rejected by the content policy.", "prompt")
        fault = find_submit_fault(self.sandbox, words, call.key + sha256, call.voice)
        if fault is not None:
            return fault
        job = self.sandbox.accept(self._make_job(call, asked, inputs, sha256))
        return spoil_submit(job, call.answer(_describe(job, "queued")), call.voice)

    def _make_job(self, call: Call, asked: dict[str, Any], inputs: checks.Inputs, sha256: str) -> Job:
        model = _MODELS[asked["model"]]
        duration = asked.get("duration", 5)
        resolution = asked.get("resolution", model["default_resolution"])
        clip = make_order(
            self.sandbox, model=asked["model"], prompt=asked["prompt"], duration_s=duration,
            resolution=resolution, aspect_ratio=asked.get("aspect_ratio", "adaptive"),
            audio=asked.get("generate_audio", True), first=inputs.frames.get("first_frame"),
            last=inputs.frames.get("last_frame"), references=inputs.references,
        )  # fmt: skip
        return self.sandbox.make_job(
            id=f"video_{uuid.uuid4().hex}", dialect=NAME, key=call.key, model=asked["model"],
            prompt=asked["prompt"], mode=inputs.mode, duration_s=duration, clip=clip, request_id=call.id,
            amount_usd=_reckon_usd(model, resolution, duration, inputs.references), request_sha256=sha256,
            echo={
                "parameters": {name: asked[name] for name in _ECHOED if name in asked},
                "last_frame": asked.get("return_last_frame", False), "metadata": asked.get("metadata"),
                "callback_url": asked.get("callback_url"), "request_id": asked.get("request_id"),
            },
        )  # fmt: skip

    # -- poll, list, delete

    async def answer_one(self, request: Request) -> Response:
        call, refusal = self._open(request)
        if refusal is not None:
            return refusal
        job = self._find(call)
        if job is None:
            return call.refuse_lost(request.path_params["id"])
        if request.method == "DELETE":
            self.sandbox.delete(job)
            return call.answer({"id": job.id, "object": "video", "deleted": True})
        return find_poll_fault(job, call.voice) or call.answer(describe_poll(self.sandbox, job))

    def _find(self, call: Call) -> Job | None:
        job = self.sandbox.find_job(call.request.path_params["id"], NAME, name_key(call.key))
        return None if job is None or job.deleted else job

    def _list(self, call: Call) -> Response:
        query = call.request.query_params
        limit, order = query.get("limit", "20"), query.get("order", "desc")
        if not (limit.isdigit() and 1 <= int(limit) <= 100):
            return call.refuse(400, "limit must be between 1 and 100.", "limit")
        if order not in ("asc", "desc"):
            return call.refuse(400, "order must be asc or desc.", "order")
        rows = self._own_jobs(call.key, order)
        try:
            rows, has_more = _cut_page(rows, query.get("after"), query.get("before"), int(limit))
        except ValueError as error:
            return call.refuse(400, "No such cursor.", str(error))
        now = time.time()
        data = [_describe(job, _STATUS[job.get_phase(now)], short=True) for job in rows]
        ends = (
            {"first_id": rows[0].id, "last_id": rows[-1].id} if rows else {"first_id": None, "last_id": None}
        )
        return call.answer({"object": "list", "data": data, "has_more": has_more} | ends)

    def _own_jobs(self, key: str, order: str) -> list[Job]:
        key_id = name_key(key)
        jobs = self.sandbox.jobs.values()
        rows = [job for job in jobs if job.key_id == key_id and job.dialect == NAME and not job.deleted]
        rows = [job for job in rows if not job.forgotten and "forgotten" not in job.words]
        return rows[::-1] if order == "desc" else rows

    # -- result

    async def answer_content(self, request: Request) -> Response:
        """A fresh signed link at each call."""
        call, refusal = self._open(request)
        job = None if refusal else self._find(call)
        if refusal is not None or job is None:
            return refusal or call.refuse_lost(request.path_params["id"])
        status = _STATUS[job.get_phase(time.time())]
        if status != "completed":
            return call.refuse(400, f"Video is not ready, current status: {status}.")
        way = request.query_params.get("format", "redirect")
        if way == "binary":
            return await self._stream(call, job)
        if way not in ("redirect", "url"):
            return call.refuse(400, "format must be redirect, url or binary.", "format")
        link = self.sandbox.issue_link(job)
        if way == "redirect":
            return RedirectResponse(link, 302, call.headers)
        life_s = int(self.sandbox.settings.link_s)
        return call.answer({"url": link, "video_id": job.id, "expires_in": life_s})

    async def _stream(self, call: Call, job: Job) -> Response:
        name = {"content-disposition": f'attachment; filename="{job.id}.mp4"'}
        payload = make_payload(job, await self.sandbox.get_clip(job))
        return send_whole(payload, job.spend("truncated"), call.headers | name)

    # -- reference assets

    async def answer_assets(self, request: Request) -> Response:
        call, refusal = self._open(request)
        if refusal is not None:
            return refusal
        if request.method != "POST":
            return await self.assets.answer(call)
        if request.url.path.endswith("/asset-groups"):
            return await self.assets.add_group(call)
        return await self.assets.add(call)

    # -- models and money

    async def answer_models(self, request: Request) -> Response:
        call, refusal = self._open(request)
        names = [*_MODELS, *_OTHERS]
        rows = [{"id": name, "object": "model", "created": 0, "owned_by": "token360"} for name in names]
        return refusal or call.answer({"object": "list", "data": rows})

    async def answer_catalogue(self, request: Request) -> Response:
        """Public, no key; gives no durations or resolutions."""
        size, current = min(_read_count(request, "size", 20), 200), _read_count(request, "current", 1)
        rows = _CATALOGUE[(current - 1) * size :][:size]
        page = {"list": rows, "total": len(_CATALOGUE), "current": current, "size": size}
        return Json({"code": 0, "msg": "success", "data": page})

    async def answer_billing(self, request: Request) -> Response:
        """HTTP 200 with the outcome in `code`."""
        call, refusal = self._open(request)
        if refusal is not None:
            return refusal
        job = self._find_billed(call) if request.query_params.get("type") == "video" else None
        if job is None or "no bill" in job.words or job.spend("late bill"):
            return call.answer({"code": 404, "msg": "request not found", "data": None, "traceId": call.id})
        return call.answer(_describe_bill(job) | {"traceId": call.id})

    def _find_billed(self, call: Call) -> Job | None:
        wanted = (call.request.path_params["request_id"], name_key(call.key))
        jobs = self.sandbox.jobs.values()
        return next((job for job in jobs if (job.request_id, job.key_id) == wanted), None)


def _read_count(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    return max(int(text), 1) if text.isdecimal() and len(text) < 6 else default


def _describe(job: Job, status: str, short: bool = False) -> dict[str, Any]:
    """A job as the submit answers it; the list has the shorter rows."""
    row = {
        "id": job.id, "object": "video", "status": status, "model": job.model, "prompt": job.prompt,
        "created_at": int(job.created_at),
    }  # fmt: skip
    return row if short else row | {"parameters": job.echo["parameters"]}


def describe_poll(sandbox: Sandbox, job: Job) -> dict[str, Any]:
    """What one poll answers."""
    now = time.time()
    phase = job.get_phase(now)
    word = "polishing" if job.is_odd(now) else _STATUS[phase]
    more: dict[str, Any] = {"updated_at": int(now), "error": None, "metadata": job.echo["metadata"]}
    if phase == FAILED:
        more["error"] = _describe_failure(job)
    if phase == FINISHED:
        more |= {"duration": job.duration_s} | _describe_result(sandbox, job)
    return _describe(job, word) | more


def _describe_result(sandbox: Sandbox, job: Job) -> dict[str, Any]:
    """The poll's link is issued once and ages; a fresh one comes from /content."""
    result: dict[str, Any] = {"content": {}}
    if job.echo["last_frame"]:
        result["content"] = {"last_frame_url": sandbox.issue_link(job, "png")}
    if "no url" in job.words:
        return result
    job.link = job.link or sandbox.issue_link(job)
    if "video_url" in job.words:
        return result | {"video_url": job.link}
    return result | {"url": job.link, "video_url": None}


def _describe_failure(job: Job) -> dict[str, str]:
    if "moderated" in job.words:
        text = "The output video may contain sensitive information."
        return {"code": "OutputVideoSensitiveContentDetected", "message": text}
    return {
        "code": "InternalServiceError",
        "message": job.render_error or "The service failed to make this video.",
    }


def _describe_bill(job: Job) -> dict[str, Any]:
    refunded = job.get_phase(time.time()) == FAILED
    data = {
        "requestId": job.request_id, "type": "video", "model": job.model, "videoId": job.id,
        "amount": "0" if refunded else str(job.amount_usd), "currency": "USD",
    }  # fmt: skip
    return {"code": 0, "msg": "success", "data": data}


def _cut_page(rows: list[Job], after: str | None, before: str | None, limit: int) -> tuple[list[Job], bool]:
    """Raises ValueError with the cursor's name if it names no row."""
    ids = [job.id for job in rows]
    for name, cursor in (("after", after), ("before", before)):
        if cursor is not None and cursor not in ids:
            raise ValueError(name)
    start = ids.index(after) + 1 if after else 0
    end = ids.index(before) if before else len(rows)
    rows = rows[start:end]
    if before and not after:
        return rows[-limit:], len(rows) > limit
    return rows[:limit], len(rows) > limit
