"""SiliconFlow as its pages describe it: `/siliconflow/v1` is the site in China, `/siliconflow-com/v1` the
international one. Their keys are disjoint: one that begins `sandbox-com` is known at the latter only, any
other at the former only.

Source: https://docs.siliconflow.cn/docs/api/video-submit-post (read 2026-09).
"""

import secrets
import string
import time
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.catalogue import read_catalogue
from providers.sandbox.dialects import _siliconflow_checks as checks
from providers.sandbox.faults import Voice, find_poll_fault, find_submit_fault, spoil_submit
from providers.sandbox.jobs import FAILED, FINISHED, QUEUED, RUNNING, Job
from providers.sandbox.keys import find_key, is_empty, is_known, name_key
from providers.sandbox.media import Media
from providers.sandbox.order import make_order
from providers.sandbox.sandbox import Sandbox
from providers.sandbox.wire import Json, NotJson, TooLarge, hash_body, parse_object, read_body

NAME = "siliconflow"
_SITES = {"/siliconflow/v1": False, "/siliconflow-com/v1": True}
_BODY_BYTES = 12_000_000
_LINK_S = 600.0
_CLIP_S = 5
_MODELS = read_catalogue(NAME)
_STATUS = {QUEUED: "InQueue", RUNNING: "InProgress", FINISHED: "Succeed", FAILED: "Failed"}
_LETTERS = string.ascii_lowercase + string.digits
_LIMIT = "Request was rejected due to rate limiting. Details:TPM limit reached."
_BODIES: dict[int, Any] = {
    429: {"message": _LIMIT, "data": "string"},
    500: {"code": 50000, "message": "Internal error.", "data": None},
    503: {"code": 50505, "message": "Model service overloaded. Please try again later.", "data": None},
}


def build(sandbox: Sandbox) -> list[Route]:
    return [route for base, abroad in _SITES.items() for route in _site(sandbox, base, abroad)]


def _site(sandbox: Sandbox, base: str, abroad: bool) -> list[Route]:
    dialect = SiliconFlow(sandbox, abroad)
    return [
        Route(f"{base}/video/submit", dialect.answer_submit, methods=["POST"]),
        Route(f"{base}/video/status", dialect.answer_status, methods=["POST"]),
        Route(f"{base}/models", dialect.answer_models, methods=["GET"]),
        Route(f"{base}/{{rest:path}}", answer_elsewhere, methods=["GET", "POST", "PUT", "DELETE", "HEAD"]),
    ]


@dataclass
class Call:
    """One request; every answer to it carries the trace id."""

    key: str
    trace: str

    @property
    def headers(self) -> dict[str, str]:
        return {"x-siliconcloud-trace-id": self.trace}

    @property
    def voice(self) -> Voice:
        return Voice(NAME, self.refuse_plainly, self.headers)

    def answer(self, body: Any, status: int = 200, more: dict[str, str] | None = None) -> Response:
        return Json(body, status, self.headers | (more or {}))

    def refuse(self, status: int, code: int, message: str) -> Response:
        return self.answer({"code": code, "message": message, "data": None}, status)

    def refuse_plainly(self, status: int, headers: dict[str, str]) -> Response:
        return self.answer(_BODIES[status], status, headers)


def _open(request: Request) -> Call:
    return Call(find_key(request) or "", f"ti_{secrets.token_hex(10)}")


async def answer_elsewhere(request: Request) -> Response:
    return _open(request).answer("404 page not found", 404)


class SiliconFlow:
    def __init__(self, sandbox: Sandbox, abroad: bool) -> None:
        self.sandbox, self.abroad = sandbox, abroad

    def _refuse_key(self, call: Call) -> Response | None:
        """401 comes before anything else; a key of the other site is refused in the other wording."""
        if not is_known(call.key):
            return call.answer("Invalid token", 401)
        if call.key.startswith("sandbox-com") != self.abroad:
            return call.refuse(401, 30014, "Token is invalid.")
        return None

    # -- submit

    async def answer_submit(self, request: Request) -> Response:
        call = _open(request)
        if refusal := self._refuse_key(call):
            return refusal
        try:
            body = await read_body(request, _BODY_BYTES)
            asked = await parse_object(body)
            image = await checks.check(asked, _MODELS)
        except (TooLarge, NotJson):
            return call.refuse(400, 20015, "The parameter is invalid. Please check again.")
        except checks.Refused as error:
            return call.refuse(400, error.code, error.message)
        return self._judge(call, asked, image, hash_body(body))

    def _judge(self, call: Call, asked: dict[str, Any], image: Media | None, sha256: str) -> Response:
        words = self.sandbox.words_of(asked["prompt"])
        if is_empty(call.key):
            status = 402 if "402" in call.key else 403
            return call.refuse(status, 30001, "Sorry, your account balance is insufficient")
        if "refused" in words:
            return call.refuse(400, 20015, "The prompt was rejected by the content policy.")
        fingerprint = call.key + sha256
        fault = find_submit_fault(self.sandbox, words, fingerprint, call.voice)
        if fault is not None:
            return fault
        job = self.sandbox.accept(self._make_job(call, asked, image, sha256))
        return spoil_submit(job, call.answer({"requestId": job.id}), call.voice)

    def _make_job(self, call: Call, asked: dict[str, Any], image: Media | None, sha256: str) -> Job:
        model, size = asked["model"], asked["image_size"]
        short = min(size.split("x"), key=int)
        clip = make_order(
            self.sandbox, model=model, prompt=asked["prompt"], duration_s=_CLIP_S, resolution=f"{short}p",
            aspect_ratio=checks.SIZES[size], audio=False, first=image,
        )  # fmt: skip
        return self.sandbox.make_job(
            id="".join(secrets.choice(_LETTERS) for _ in range(12)), dialect=NAME, key=call.key, model=model,
            prompt=asked["prompt"], mode="image_to_video" if image else "text_to_video", duration_s=_CLIP_S,
            clip=clip, request_id=call.trace, amount_usd=_MODELS[model]["usd"], request_sha256=sha256,
            echo={"seed": asked.get("seed", secrets.randbelow(2**31)), "bare": secrets.randbelow(2) == 0},
        )  # fmt: skip

    # -- poll

    async def answer_status(self, request: Request) -> Response:
        call = _open(request)
        if refusal := self._refuse_key(call):
            return refusal
        try:
            asked = await parse_object(await read_body(request, _BODY_BYTES))
        except (TooLarge, NotJson):
            asked = {}
        wanted = asked.get("requestId")
        job = (
            self.sandbox.find_job(str(wanted), NAME, name_key(call.key))
            if set(asked) == {"requestId"}
            else None
        )
        if job is None:
            return call.refuse(400, 20015, "The parameter is invalid. Please check again.")
        return find_poll_fault(job, call.voice) or call.answer(self._describe(job))

    def _describe(self, job: Job) -> dict[str, Any]:
        """`results` is missing before the end in half of the jobs and null in the others."""
        now = time.time()
        phase = job.get_phase(now)
        if phase not in (FINISHED, FAILED):
            status = "Warming" if job.is_odd(now) else _STATUS[phase]
            return (
                {"status": status} if job.echo["bare"] else {"status": status, "reason": "", "results": None}
            )
        if phase == FAILED:
            return {"status": "Failed", "reason": _reason(job), "results": None}
        return {"status": "Succeed", "reason": ""} | self._describe_result(job)

    def _describe_result(self, job: Job) -> dict[str, Any]:
        """The link is issued once: a later poll names the same, and ten minutes on it is dead."""
        job.link = job.link or self._issue(job)
        videos = [] if "no url" in job.words else [{"url": job.link}]
        facts = {"timings": {"inference": round(job.run_s, 3)}, "seed": job.echo["seed"]}
        if "top videos" in job.words:
            return {"videos": videos, "results": facts}
        return {"results": {"videos": videos} | facts}

    def _issue(self, job: Job) -> str:
        ends = int(time.time() + min(self.sandbox.settings.link_s, _LINK_S))
        link = self.sandbox.issue_link(job, most_s=_LINK_S)
        return f"{link}?Expires={ends}&OSSAccessKeyId=sandbox&Signature={secrets.token_hex(8)}"

    # -- models

    async def answer_models(self, request: Request) -> Response:
        """Also with an empty balance; of kinds only video is kept here."""
        call = _open(request)
        if refusal := self._refuse_key(call):
            return refusal
        kind = request.query_params.get("type", "video")
        rows = [{"id": name, "object": "model", "created": 0, "owned_by": ""} for name in _MODELS]
        return call.answer({"object": "list", "data": rows if kind == "video" else []})


def _reason(job: Job) -> str:
    if "moderated" in job.words:
        return "The generated content did not pass the review."
    return job.render_error or "The task failed."
