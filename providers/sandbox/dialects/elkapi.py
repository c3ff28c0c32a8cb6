"""ElkAPI as its page describes it, where that is silent as new-api's source does, before the vendor's checks
(https://docs.elkapi.com/en/docs/api/ai-model/videos/seedance/createvideo, read 2026-10):
`/elkapi/v1/video/generations` and its neighbours."""

import json
import re
import secrets
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from providers.sandbox.catalogue import read_catalogue
from providers.sandbox.dialects import _elkapi_checks as checks
from providers.sandbox.dialects._elkapi_replies import View
from providers.sandbox.dialects._elkapi_rules import check_together
from providers.sandbox.faults import Voice, find_poll_fault, find_submit_fault, spoil_submit
from providers.sandbox.files import make_payload, send_whole
from providers.sandbox.jobs import Job
from providers.sandbox.keys import find_key, is_empty, is_known, is_old, is_unlimited, name_key
from providers.sandbox.media import PICTURE, VIDEO
from providers.sandbox.order import make_order
from providers.sandbox.sandbox import Sandbox
from providers.sandbox.spending import Spending
from providers.sandbox.wire import Json, NotJson, TooLarge, hash_body, parse_object, read_body

NAME = "elkapi"
_BASE = "/elkapi/v1"
_BODY_BYTES, _ARK_BYTES = 128 << 20, 64 << 20
_MODELS = read_catalogue(NAME)
_LETTERS = string.ascii_letters + string.digits
_UNITS = 500_000  # a dollar
_CHOSEN_S = 5  # the length that the model chooses
_CODECS = {"4k": "hevc"}  # https://www.volcengine.com/docs/82379/1520757 (read 2026-10)
_SATURATED = "当前分组上游负载已饱和，请稍后再试"
_DOTTED = re.compile(r"\b\w+(?:\.\w+)*\.(\w+)")


def build(sandbox: Sandbox) -> list[Route]:
    dialect = ElkAPI(sandbox)
    every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return [
        Route(f"{_BASE}/video/generations", dialect.answer_submit, methods=["POST"]),
        Route(f"{_BASE}/videos", dialect.answer_submit, methods=["POST"]),
        Route(f"{_BASE}/video/generations/{{id}}", dialect.answer_poll),
        Route(f"{_BASE}/videos/{{id}}", dialect.answer_flat),
        Route(f"{_BASE}/videos/{{id}}/content", dialect.answer_content),
        Route(f"{_BASE}/models", dialect.answer_models),
        Route("/elkapi/api/usage/token", dialect.answer_usage),
        Route(f"{_BASE}/dashboard/billing/subscription", dialect.answer_limit),
        Route(f"{_BASE}/dashboard/billing/usage", dialect.answer_used),
        Route("/elkapi/{rest:path}", answer_wrong_path, methods=every),
    ]


@dataclass
class Call:
    """One request and the id its answer carries."""

    request: Request
    key: str
    id: str

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Oneapi-Request-Id": self.id}

    @property
    def voice(self) -> Voice:
        return Voice(NAME, self.spoil_submit, self.headers)

    def answer(self, body: Any, more: dict[str, str] | None = None) -> Response:
        return Json(body, headers=self.headers | (more or {}))

    def refuse(self, status: int, message: str, code: str = "", kind: str = "new_api_error") -> Response:
        """The middleware's error: the request id stands in its text."""
        error = {"message": f"{message} (request id: {self.id})", "type": kind, "code": code}
        return Json({"error": error}, status, self.headers)

    def refuse_task(
        self, status: int, code: str, message: str, more: dict[str, str] | None = None
    ) -> Response:
        """The relay's error."""
        return Json({"code": code, "message": message, "data": None}, status, self.headers | (more or {}))

    def refuse_ark(self, error: checks.ArkRefused, masked: bool) -> Response:
        """The vendor's own body as text; masking stars out every dotted word but its last part."""
        code = _DOTTED.sub(r"***.\1", error.code) if masked else error.code
        text = f"{error.message} Request id: 0217{self.id}"
        told = {"code": code, "message": text, "param": error.param, "type": "BadRequest"}
        return self.refuse_task(error.status, "fail_to_fetch_task", json.dumps({"error": told}))

    def spoil_submit(self, status: int, headers: dict[str, str]) -> Response:
        """No `Retry-After` comes from the real one; here a word promises it."""
        if status == 503:
            return self.refuse(503, "No available channel for this model", "model_not_found")
        if status == 429:
            return self.refuse_task(429, "fail_to_fetch_task", _SATURATED, headers)
        return self.refuse_task(500, "do_request_failed", "Post ***: dial tcp: i/o timeout")

    def spoil_poll(self, status: int, headers: dict[str, str]) -> Response:
        error = {"message": f"Please try again. (request id: {self.id})", "type": "new_api_error", "code": ""}
        return Json({"error": error}, status, self.headers | headers)

    def refuse_lost(self) -> Response:
        """Not a 404, and the same for another user's job."""
        return self.refuse_task(400, "task_not_exist", "task_not_exist")


class ElkAPI:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.spending = Spending(sandbox, NAME)

    def _open(self, request: Request) -> tuple[Call, Response | None]:
        """A key may be written with `sk-` before it."""
        key = (find_key(request) or "").removeprefix("sk-")
        call = Call(request, key, f"{time.strftime('%Y%m%d%H%M%S')}{secrets.token_hex(4)}")
        return call, None if is_known(key) else call.refuse(401, "Invalid token")

    # -- submit

    async def answer_submit(self, request: Request) -> Response:
        call, refusal = self._open(request)
        if refusal is not None:
            return refusal
        words: frozenset[str] = frozenset()
        try:
            body = await read_body(request, _BODY_BYTES)
            sent = await parse_object(body)
            model = sent.get("model")
            if not isinstance(model, str) or not model:
                return call.refuse(400, "The model is missing or not a string")
            if model not in _MODELS:
                return call.refuse(503, f"No available channel for model {model}", "model_not_found")
            asked = checks.check_shape(sent)
            words = self.sandbox.words_of(sent["prompt"])
            inputs = await _ask_ark(asked, model, len(body))
            return self._judge(call, sent, asked, inputs, hash_body(body))
        except TooLarge:
            return call.refuse_task(413, "read_request_body_failed", "too large", {"Connection": "close"})
        except NotJson:
            return call.refuse(400, "The body is not a JSON object")
        except checks.Refused as error:
            return call.refuse_task(error.status, error.code, error.message)
        except checks.ArkRefused as error:
            return call.refuse_ark(error, "masked" in words)

    def _judge(
        self, call: Call, sent: dict[str, Any], asked: dict[str, Any], inputs: checks.Inputs, sha256: str
    ) -> Response:
        words = self.sandbox.words_of(sent["prompt"])
        if is_empty(call.key):
            return call.refuse_task(403, "insufficient_user_quota", "user quota is not enough")
        _moderate(words, inputs)
        fault = find_submit_fault(self.sandbox, words, call.key + sha256, call.voice)
        if fault is not None:
            return fault
        job = self.sandbox.accept(self._make_job(call, sent, asked, inputs, sha256))
        clips = any(media.kind == VIDEO for media in inputs.references)
        more = {"X-New-Api-Other-Ratios": json.dumps({"video_input": 0.608696} if clips else {})}
        return spoil_submit(job, call.answer(_describe_new(job), more), call.voice)

    def _make_job(
        self, call: Call, sent: dict[str, Any], asked: dict[str, Any], inputs: checks.Inputs, sha256: str
    ) -> Job:
        name, prompt = sent["model"], sent["prompt"]
        model = _MODELS[name]
        duration_s = _length_of(asked)
        resolution = asked.get("resolution", model["default_resolution"])
        ratio = checks.choose_ratio(asked.get("ratio", model["default_ratio"]), inputs)
        size = checks.size_of(resolution, ratio)
        sound = asked.get("generate_audio", "generate_audio" in model["options"])
        order = make_order(
            self.sandbox, model=name, prompt=prompt, duration_s=duration_s, resolution=resolution,
            aspect_ratio=ratio, audio=sound, first=inputs.frames.get("first_frame"),
            last=inputs.frames.get("last_frame"), references=inputs.references,
        )  # fmt: skip
        clips = sum(media.kind == VIDEO for media in inputs.references)
        tokens = checks.count_tokens(duration_s, size, clips)
        rate = model["usd_per_million"][resolution][1 if clips else 0]
        ark_id = f"cgt-{time.strftime('%Y%m%d%H%M%S')}-{_random(5).lower()}"
        is_old = "old build" in self.sandbox.words_of(prompt)
        return self.sandbox.make_job(
            id=ark_id if is_old else f"task_{_random(32)}", dialect=NAME, key=call.key, model=name,
            prompt=prompt, mode=inputs.mode, duration_s=duration_s, request_id=call.id,
            clip=replace(order, width=size[0], height=size[1], codec=_CODECS.get(resolution, "h264")),
            request_sha256=sha256,
            amount_usd=round(rate * tokens / 1_000_000, 4),
            echo={
                "ark_id": ark_id, "tokens": tokens, "resolution": resolution, "ratio": ratio,
                "seed": asked.get("seed", 58944), "generate_audio": sound,
                "last_frame": asked.get("return_last_frame", False),
                "expires_after": asked.get("execution_expires_after", 172800),
                "service_tier": asked.get("service_tier", "default"),
            },
        )  # fmt: skip

    # -- poll

    async def answer_poll(self, request: Request) -> Response:
        return self._poll(request, lambda view: view.describe(), first_way=True)

    async def answer_flat(self, request: Request) -> Response:
        return self._poll(request, lambda view: view.flat(), first_way=False)

    def _poll(
        self, request: Request, describe: Callable[[View], dict[str, Any]], first_way: bool
    ) -> Response:
        call, refusal = self._open(request)
        job = None if refusal else self._find(call)
        if refusal is not None or job is None:
            return refusal or call.refuse_lost()
        if first_way and "flat only" in job.words:
            return _wrong_path(call)
        fault = find_poll_fault(job, replace(call.voice, refuse=call.spoil_poll))
        return fault or call.answer(describe(View(self.sandbox, job)))

    def _find(self, call: Call) -> Job | None:
        return self.sandbox.find_job(call.request.path_params["id"], NAME, name_key(call.key))

    # -- result

    async def answer_content(self, request: Request) -> Response:
        """The file handed through, whole and without ranges; it lives as long as the link behind it."""
        call, refusal = self._open(request)
        if refusal is not None:
            return refusal
        job = self._find(call)
        if job is None:
            return call.refuse(404, "Task not found", kind="invalid_request_error")
        if not self.sandbox.is_finished(job):
            word = View(self.sandbox, job).word
            text = f"Task is not completed yet, current status: {word}"
            return call.refuse(400, text, kind="invalid_request_error")
        if "gone" in job.words or time.time() > job.created_at + job.run_s + self.sandbox.settings.link_s:
            return call.refuse(502, "Upstream service returned status 403", kind="server_error")
        if "redirect" in job.words:
            return RedirectResponse(self.sandbox.issue_link(job), 302, call.headers)
        payload = make_payload(job, await self.sandbox.get_clip(job))
        more = {"cache-control": "public, max-age=86400"}
        return send_whole(payload, job.spend("truncated"), call.headers | more)

    # -- models and money

    async def answer_models(self, request: Request) -> Response:
        call, refusal = self._open(request)
        rows = [
            {"id": name, "object": "model", "created": 1626777600, "owned_by": "doubao"} for name in _MODELS
        ]
        return refusal or call.answer({"data": rows, "object": "list", "success": True})

    async def answer_usage(self, request: Request) -> Response:
        """In quota units, 500,000 a dollar; older builds have no such page."""
        call, refusal = self._open(request)
        if refusal is None and is_old(call.key):
            return _wrong_path(call)
        left, used = (round(usd * _UNITS) for usd in self._money(call))
        data = {"object": "token_usage", "name": "studio", "total_granted": left + used, "total_used": used}
        data |= {"total_available": left, "unlimited_quota": is_unlimited(call.key), "expires_at": 0}
        return refusal or call.answer({"code": True, "message": "ok", "data": data})

    async def answer_limit(self, request: Request) -> Response:
        """What was ever put in; a hundred million for a key without a limit of its own."""
        call, refusal = self._open(request)
        limit = 100_000_000 if is_unlimited(call.key) else round(sum(self._money(call)), 4)
        names = ("soft_limit_usd", "hard_limit_usd", "system_hard_limit_usd")
        body = {"object": "billing_subscription", "has_payment_method": True, "access_until": 0}
        return refusal or call.answer(body | dict.fromkeys(names, limit))

    async def answer_used(self, request: Request) -> Response:
        """In hundredths."""
        call, refusal = self._open(request)
        return refusal or call.answer({"object": "list", "total_usage": round(self._money(call)[1] * 100, 2)})

    def _money(self, call: Call) -> tuple[float, float]:
        """Left and used; nothing is left of a key without a limit, whatever it used."""
        left = 0.0 if is_unlimited(call.key) else self.spending.left(call.key)
        return left, self.spending.used(call.key)


async def answer_wrong_path(request: Request) -> Response:
    return _wrong_path(Call(request, "", secrets.token_hex(8)))


def _wrong_path(call: Call) -> Response:
    request = call.request
    text = f"Invalid URL ({request.method} {request.url.path.removeprefix('/elkapi')})"
    error = {"message": text, "type": "invalid_request_error", "param": "", "code": ""}
    return Json({"error": error}, 404, call.headers)


async def _ask_ark(asked: dict[str, Any], name: str, size: int) -> checks.Inputs:
    if size > _ARK_BYTES:
        raise checks.ArkRefused("the request body is larger than 64 MB")
    checks.check_values(asked, _MODELS[name], name)
    inputs = await checks.check_media(asked, _MODELS[name])
    check_together(asked, inputs.mode, _MODELS[name], name)
    return inputs


def _moderate(words: frozenset[str], inputs: checks.Inputs) -> None:
    """Inputs are looked at before the answer, results minutes later."""
    if "refused" in words:
        text = "The request failed because the input text may contain sensitive information."
        raise checks.ArkRefused(text, "InputTextSensitiveContentDetected")
    for kind, medium in ((PICTURE, "Image"), (VIDEO, "Video")):
        if "face" in words and any(media.kind == kind for media in inputs.pictures):
            text = f"The request failed because the input {kind} may contain real person."
            raise checks.ArkRefused(text, f"Input{medium}SensitiveContentDetected.PrivacyInformation")


def _length_of(asked: dict[str, Any]) -> int:
    if "frames" in asked:
        return max(1, int(asked["frames"]) // 24)
    duration_s = int(asked.get("duration", _CHOSEN_S))
    return _CHOSEN_S if duration_s == -1 else duration_s


def _describe_new(job: Job) -> dict[str, Any]:
    if "old build" in job.words:
        return {"task_id": job.id}
    return {
        "id": job.id, "task_id": job.id, "object": "video", "model": job.model, "status": "queued",
        "progress": 0, "created_at": int(job.created_at),
    }  # fmt: skip


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
