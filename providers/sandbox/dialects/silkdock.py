"""SilkDock as its page describes it (https://silkdock.ai/docs/api/video, read 2026-11), with the error
bodies of the proxy it is built on (LiteLLM 1.109): `/silkdock/v1/videos/…` and its neighbours."""

import asyncio
import base64
import secrets
import time
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from providers.sandbox.catalogue import read_catalogue
from providers.sandbox.dialects import _silkdock_checks as checks
from providers.sandbox.dialects._silkdock_body import BadBody, Order, read_order
from providers.sandbox.faults import Voice, find_poll_fault, find_submit_fault, spoil_submit
from providers.sandbox.files import make_payload, send_whole
from providers.sandbox.jobs import FAILED, FINISHED, Job
from providers.sandbox.keys import find_key, is_empty, is_known, name_key
from providers.sandbox.order import make_order
from providers.sandbox.sandbox import Sandbox
from providers.sandbox.wire import Json, TooLarge, hash_body, proxy_page, read_body

NAME = "silkdock"
_BASE = "/silkdock/v1"
_BODY_BYTES = 35_000_000
_MODELS = read_catalogue(NAME)
_ALL = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_NOT_READY = "litellm.InternalServerError: ValueError: video not ready"
# the release decides the status of a spent budget
_EMPTY = {"400": 400, "429": 429}


def build(sandbox: Sandbox) -> list[Route]:
    dialect = SilkDock(sandbox)
    # ids hold slashes and pluses, which a path carries percent-encoded
    return [
        Route(f"{_BASE}/videos/generations", dialect.answer_submit, methods=["POST"]),
        Route(f"{_BASE}/videos", dialect.answer_submit, methods=["POST"]),
        Route(f"{_BASE}/videos/{{id:path}}/content", dialect.answer_content, methods=["GET"]),
        Route(f"{_BASE}/videos/{{id:path}}", dialect.answer_poll, methods=["GET"]),
        Route(f"{_BASE}/models", dialect.answer_models, methods=["GET"]),
        Route("/silkdock/model_group/info", dialect.answer_groups, methods=["GET"]),
        Route(f"{_BASE}/videos", answer_wrong_method, methods=_ALL),
        Route(f"{_BASE}/videos/{{id:path}}", answer_wrong_method, methods=_ALL),
        Route("/silkdock/{rest:path}", answer_no_route, methods=_ALL),
    ]


async def answer_wrong_method(_: Request) -> Response:
    return Json({"detail": "Method Not Allowed"}, 405)


async def answer_no_route(_: Request) -> Response:
    return Json({"detail": "Not Found"}, 404)


def refuse(
    status: int,
    message: str,
    kind: str | None = "invalid_request_error",
    param: str | None = None,
    more: dict[str, str] | None = None,
) -> Response:
    """The proxy's error shape: `code` is the HTTP number as text."""
    error = {"message": message, "type": kind, "param": param, "code": str(status)}
    return Json({"error": error}, status, {"x-litellm-call-id": str(uuid.uuid4())} | (more or {}))


def refuse_plainly(status: int, headers: dict[str, str]) -> Response:
    """429 as the proxy words it, 500 with a vendor's text in it, 503 as the page of a proxy before it."""
    if status == 429:
        text = "Rate limit exceeded for api_key. Limit type: requests."
        return refuse(429, text, "throttling_error", more={"retry-after": headers.get("Retry-After", "2")})
    if status == 503:
        page = proxy_page(503)
        page.headers.update(headers)
        return page
    text = "litellm.InternalServerError: OpenAIException - The server had an error."
    return refuse(status, text, "internal_server_error", more=headers)


def _voice() -> Voice:
    return Voice(NAME, refuse_plainly, {"x-litellm-call-id": str(uuid.uuid4())})


def find_key_refusal(request: Request) -> Response | None:
    key = find_key(request)
    if key is None:
        return refuse(401, "Authentication Error, No api key passed in.", "auth_error", "None")
    if not is_known(key):
        text = "Authentication Error, Invalid proxy server token passed. Unable to find token in cache or db."
        return refuse(401, text, "token_not_found_in_db", "key")
    return None


def refuse_empty(key: str) -> Response:
    status = _EMPTY.get(key.removeprefix("sandbox-empty-")[:3], 422)
    return refuse(
        status, "Budget has been exceeded! Current cost: 10.02, Max budget: 10.0", "budget_exceeded"
    )


class SilkDock:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    # -- submit

    async def answer_submit(self, request: Request) -> Response:
        if (refusal := find_key_refusal(request)) is not None:
            return refusal
        key = find_key(request) or ""
        try:
            body = await read_body(request, _BODY_BYTES)
            order = await read_order(body, request.headers.get("content-type", ""))
            model = _MODELS.get(order["model"]) if isinstance(order["model"], str) else None
            if model is None:
                text = (
                    f"/videos: Invalid model name passed in model={order['model']}. Call `/v1/models` to view"
                )
                return refuse(400, f"{text} available models for your key.", param="model")
            checks.check_shape(order)
            checks.check_mode(order, model, strict=key.startswith("sandbox-strict"))
            inputs = await checks.load_inputs(order)
        except TooLarge:
            return refuse(413, "Request body is too large.", more={"Connection": "close"})
        except BadBody as error:
            return refuse(400, str(error), param="request_body")
        except checks.Refused as error:
            return refuse(400, f"litellm.BadRequestError: {error.message}", param=error.param)
        return self._judge(key, order, inputs, hash_body(body))

    def _judge(self, key: str, order: Order, inputs: checks.Inputs, sha256: str) -> Response:
        words = self.sandbox.words_of(order["prompt"])
        if is_empty(key):
            return refuse_empty(key)
        if "refused" in words:
            text = "litellm.BadRequestError: Content policy violation: prompt was rejected."
            return refuse(400, text, param="prompt")
        fault = find_submit_fault(self.sandbox, words, key + sha256, _voice())
        if fault is not None:
            return fault
        job = self.sandbox.accept(self._make_job(key, order, inputs, sha256))
        return spoil_submit(job, _describe_submit(job), _voice())

    def _make_job(self, key: str, order: Order, inputs: checks.Inputs, sha256: str) -> Job:
        name = order["model"]
        model = _MODELS[name]
        resolution, ratio = checks.settle_size(order, model)
        seconds = order["seconds"] or model["durations"][0]
        sound = order.extra.get("generate_audio", model.get("sound", False)) or "audio_url" in order.extra
        clip = make_order(
            self.sandbox, model=name, prompt=order["prompt"], duration_s=seconds, resolution=resolution,
            aspect_ratio=ratio, audio=sound, first=inputs.first, last=inputs.last,
            references=inputs.references,
        )  # fmt: skip
        return self.sandbox.make_job(
            id=_make_id(name), dialect=NAME, key=key, model=name, prompt=order["prompt"], mode=inputs.mode,
            duration_s=seconds, amount_usd=round(model["usd_per_s"] * seconds, 4), clip=clip,
            request_id=str(uuid.uuid4()), request_sha256=sha256,
            # charged at the submit; nothing says that a failure gives it back
            echo={"resolution": resolution, "sound": sound, "refunds": False},
        )  # fmt: skip

    # -- poll and result

    async def answer_poll(self, request: Request) -> Response:
        job = self._find(request)
        if isinstance(job, Response):
            return job
        return find_poll_fault(job, _voice()) or Json(self._describe_poll(job))

    def _find(self, request: Request) -> Job | Response:
        """Also what `GET …/videos/generations` comes to: a job of that name."""
        if (refusal := find_key_refusal(request)) is not None:
            return refusal
        job_id = request.path_params["id"]
        job = self.sandbox.find_job(job_id, NAME, name_key(find_key(request) or ""))
        if job is not None:
            return job
        text = f"litellm.NotFoundError: OpenAIException - Video with id {job_id} not found"
        return refuse(404, text)

    def _describe_poll(self, job: Job) -> dict[str, Any]:
        now = time.time()
        phase = job.get_phase(now)
        row: dict[str, Any] = {"id": f"{job.id}AA==" if "new id" in job.words else job.id}
        if phase == FAILED:
            return row | {"status": "failed", "error": _reason(job)}
        if phase == FINISHED:
            return row | {"status": "completed", "url": self._link(job)}
        share = min(99, max(0, int(job.share_done(now) * 100)))
        return row | {"status": "polishing" if job.is_odd(now) else "processing", "progress": share}

    def _link(self, job: Job) -> str:
        job.link = job.link or self.sandbox.issue_link(job)
        return job.link

    async def answer_content(self, request: Request) -> Response:
        job = self._find(request)
        if isinstance(job, Response):
            return job
        early = self._find_early(job)
        if early is not None:
            return early
        if "no content" in job.words:
            return refuse_plainly(500, {})
        if "json file" in job.words:
            return Json({"url": self._link(job)})
        if "redirect" in job.words:
            return RedirectResponse(self._link(job), 302)
        if job.spend("expired link"):
            return proxy_page(502)
        if "slow" in job.words:  # the gateway holds the whole file before its first byte
            await asyncio.sleep(min(2.0, job.run_s))
        name = {"content-disposition": f"attachment; filename=video_{job.id[-12:]}.mp4"}
        return send_whole(make_payload(job, await self.sandbox.get_clip(job)), job.spend("truncated"), name)

    def _find_early(self, job: Job) -> Response | None:
        """500 by release 1.109; the scripted second one answers 409, which others were seen to use."""
        if not self.sandbox.is_finished(job) or job.spend("not ready"):
            return refuse(500, _NOT_READY, "internal_server_error")
        if "not ready" in job.words and "not ready again" not in job.spent:
            job.spent.add("not ready again")
            return refuse(409, "litellm.BadRequestError: video is still processing")
        return None

    # -- models

    async def answer_models(self, request: Request) -> Response:
        facts = {"object": "model", "created": 1677610602, "owned_by": "openai", "mode": "video_generation"}
        rows = [{"id": name} | facts for name in _MODELS]
        return find_key_refusal(request) or Json({"object": "list", "data": rows})

    async def answer_groups(self, request: Request) -> Response:
        """Without a query all of them; an unknown name is an empty list, not an error."""
        wanted = request.query_params.get("model_group")
        rows = [_describe_group(n, m) for n, m in _MODELS.items() if wanted in (None, n)]
        return find_key_refusal(request) or Json({"data": rows})


def _make_id(model: str) -> str:
    """Standard base64 with all that has to be encoded in a path: plus, slash and padding."""
    told = f"litellm:custom_llm_provider:sandbox;model_id:{model};video_id:{secrets.token_hex(8)}"
    told += " " * (-len(told) % 3)
    return "video_" + base64.b64encode(told.encode() + b"\xfb\xef\xbe\xff").decode()


def _describe_submit(job: Job) -> Response:
    usage = {
        "duration_seconds": float(job.duration_s), "video_resolution": job.echo["resolution"],
        "has_audio": job.echo["sound"],
    }  # fmt: skip
    headers = {"x-litellm-call-id": job.request_id}
    if "cost" in job.words:
        headers["x-litellm-response-cost"] = str(job.amount_usd)
    body = {"id": job.id, "object": "video", "status": "processing", "usage": usage}
    return Json(body, headers=headers)


def _reason(job: Job) -> str:
    if "moderated" in job.words:
        return "Content policy violation: the video was withheld."
    return job.render_error or "The vendor failed to make this video."


def _describe_group(name: str, model: dict[str, Any]) -> dict[str, Any]:
    return {
        "model_group": name, "providers": ["sandbox"], "max_input_tokens": None, "max_output_tokens": None,
        "input_cost_per_token": None, "output_cost_per_token": None, "input_cost_per_pixel": None,
        "mode": "video_generation", "tpm": None, "rpm": None, "supports_parallel_function_calling": False,
        "supports_vision": False, "supports_web_search": False, "supports_url_context": False,
        "supports_reasoning": False, "supports_function_calling": False,
        "supported_openai_params": ["prompt", "input_reference", "seconds", "size", "user"],
        "configurable_clientside_auth_params": None,
        "supports_video_multimodal_reference": bool(model.get("references")),
        "supports_video_start_end_frame": bool(model.get("frames")),
    }  # fmt: skip
