"""Venice as its pages describe it: `/venice/api/v1/…` and its share links.

Source: https://docs.venice.ai (read 2026-09).
"""

import asyncio
import secrets
import time
import uuid
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.catalogue import read_catalogue
from providers.sandbox.dialects import _venice_checks as checks
from providers.sandbox.dialects._venice_call import CONTENT_POLICY, NAME, Call
from providers.sandbox.dialects._venice_models import (
    AUTO,
    asked_seconds,
    describe_model,
    get_price,
    price_by_source,
)
from providers.sandbox.dialects._venice_references import workflow_of
from providers.sandbox.dialects._venice_report import Report, check_choice
from providers.sandbox.faults import find_poll_fault, find_submit_fault, spoil_submit
from providers.sandbox.files import make_payload, send_file, send_whole
from providers.sandbox.jobs import FAILED, FINISHED, Job
from providers.sandbox.keys import is_empty, must_tell_lengths
from providers.sandbox.limits import Limits
from providers.sandbox.media import BadMedia
from providers.sandbox.order import make_order
from providers.sandbox.sandbox import Sandbox
from providers.sandbox.spending import Spending
from providers.sandbox.wire import Json, NotJson, TooLarge, hash_body, parse_object, read_body
from providers.stand_in import blank_mp4

_BASE = "/venice/api/v1"
_BODY_BYTES = 35_000_000
_DAY_S = 86_400
_MODELS = read_catalogue(NAME)
_INVALID_ID = "Request ID is invalid."
_POLICY = """\
I confirm that every depicted person is me or has given explicit consent to this use of their likeness.
I confirm that I have the right to use all media I upload.
I accept Venice's Terms of Service and Privacy Policy; violations may end my account.
I understand that Venice stores no content of this request."""
_ENDS_SOON = {
    "x-venice-model-deprecation-warning": "This model will be removed; use another one",
    "x-venice-model-deprecation-date": "2026-12-31",
}
_DOCS = "https://docs.venice.ai/guides/media/seedance-face-consent"


def build(sandbox: Sandbox) -> list[Route]:
    dialect = Venice(sandbox)
    return [
        Route(f"{_BASE}/video/retrieve", dialect.answer_retrieve, methods=["POST"]),
        Route(f"{_BASE}/video/queue", dialect.answer_queue, methods=["POST"]),
        Route(f"{_BASE}/video/quote", dialect.answer_quote, methods=["POST"]),
        Route(f"{_BASE}/video/complete", dialect.answer_complete, methods=["POST"]),
        Route(f"{_BASE}/models", dialect.answer_models),
        Route(f"{_BASE}/api_keys/rate_limits", dialect.answer_key),
        Route("/v1/share/read/{token}", dialect.answer_share, methods=["GET", "DELETE"]),
    ]


class Venice:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.limits = Limits()
        self.spending = Spending(sandbox, NAME)
        jobs = [job for job in sandbox.jobs.values() if job.dialect == NAME]
        self._shares = {job.echo["share"]: job for job in jobs if job.echo["share"]}

    # -- queue

    async def answer_queue(self, request: Request) -> Response:
        call = Call(self, request, "queue")
        return call.find_refusal() or call.note(await self._queue(call))

    async def _queue(self, call: Call) -> Response:
        read = await self._read(call)
        if isinstance(read, Response):
            return read
        body, sha256 = read
        model = _MODELS.get(call.model)
        if model is None:
            return call.refuse(404, f"Specified model not found: {call.model}")
        untold = must_tell_lengths(call.key)
        if report := checks.check_queue(body, model, asks=self._may_ask(body, model), untold=untold):
            return call.answer(report.to_body(), 400)
        try:
            inputs = await checks.load_inputs(body)
        except BadMedia as error:
            return call.refuse(400, str(error))
        return self._judge(call, body, inputs, sha256)

    def _may_ask(self, body: dict[str, Any], model: dict[str, Any]) -> bool:
        """A model that asks by its table, or that is told to by a word."""
        prompt = body.get("prompt")
        told = isinstance(prompt, str) and "consent" in self.sandbox.words_of(prompt)
        return told or bool(model.get("consent"))

    async def _read(self, call: Call) -> tuple[dict[str, Any], str] | Response:
        """Another content type is 400, not 415."""
        try:
            raw = await read_body(call.request, _BODY_BYTES)
            if call.request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
                return call.refuse(400, "Content-Type must be application/json")
            body = await parse_object(raw)
        except TooLarge:
            too_large = {"code": "PAYLOAD_TOO_LARGE", "error": "Request body is too large"}
            return call.answer(too_large, 413, {"Connection": "close"})
        except NotJson:
            return call.refuse(400, "Invalid JSON body")
        if not isinstance(body.get("model"), str):
            report = Report()
            report.add_missing(["model"], "string")
            return call.answer(report.to_body(), 400)
        call.model = body["model"]
        return call.find_budget_refusal() or (body, hash_body(raw))

    def _judge(self, call: Call, body: dict[str, Any], inputs: checks.Inputs, sha256: str) -> Response:
        model, words = _MODELS[call.model], self.sandbox.words_of(body.get("prompt", ""))
        if problem := checks.find_bad_ratio(inputs, model) or checks.find_bad_length(body, inputs, model):
            return call.refuse(422, problem)
        if problem := _find_person(words, inputs):
            return call.refuse(422, problem)
        if asked := self._find_consent_question(call, body, inputs, words):
            return asked
        if is_empty(call.key):
            return call.refuse(402, "Insufficient USD or Diem balance to complete request.")
        if "refused" in words:
            return call.refuse(
                422, "Your prompt violates the content policy of Venice.ai or the model provider"
            )
        fault = find_submit_fault(self.sandbox, words, call.key + sha256, call.voice)
        if fault is not None:
            return fault
        job = self.sandbox.accept(self._make_job(call, body, inputs, sha256))
        answer = call.answer(self._describe_queued(job), more=_ENDS_SOON if "deprecated" in words else None)
        return spoil_submit(job, answer, call.voice)

    def _find_consent_question(
        self, call: Call, body: dict[str, Any], inputs: checks.Inputs, words: frozenset[str]
    ) -> Response | None:
        """Faces not attested before ask for all of the request; nothing is charged."""
        faces = inputs.list_faces()
        hashes = [media.sha256 for found in faces.values() for media in found]
        if "consent" in words:
            hashes = hashes or [hash_body(body.get("prompt", "").encode())]
        elif not _MODELS[call.model].get("consent") or "face" not in words or not faces:
            return None
        if "consents" in body:
            self.sandbox.attest(call.key_id, hashes)
        if all((call.key_id, each) in self.sandbox.consents for each in hashes):
            return None
        return call.answer(
            {
                "error": {
                    "code": "needs_consent",
                    "message": "This request contains media with human faces.",
                },
                "consent_flow": "seedance",
                "face_media_roles": list(faces),
                "consent": {"consent_version": "v2.0", "policy_text": _POLICY},
                "docs_url": _DOCS,
            },
            409,
        )

    def _make_job(self, call: Call, body: dict[str, Any], inputs: checks.Inputs, sha256: str) -> Job:
        model, prompt = _MODELS[call.model], body.get("prompt", "")
        duration = _find_duration(body, inputs)
        audio = model["audio"] == "fixed" or (model["audio"] == "toggle" and body.get("audio", True))
        audio = audio or "audio_url" in body  # what the clip follows is heard
        clip = make_order(
            self.sandbox, model=call.model, prompt=prompt, duration_s=duration,
            resolution=body.get("resolution", _default_resolution(body, model)),
            aspect_ratio=body.get("aspect_ratio", ""), audio=audio, first=inputs.find_one("image_url"),
            last=inputs.find_one("end_image_url"), references=inputs.list_references(),
        )  # fmt: skip
        job = self.sandbox.make_job(
            id=str(uuid.uuid4()), dialect=NAME, key=call.key, model=call.model, prompt=prompt,
            mode=_name_mode(body, model), duration_s=duration, clip=clip,
            amount_usd=_find_price(model, body, inputs),
            request_id=call.ray, request_sha256=sha256,
            echo={"share": secrets.token_urlsafe(32) if model.get("share_link") else "", "revoked": False},
        )  # fmt: skip
        if job.echo["share"]:
            self._shares[job.echo["share"]] = job
        return job

    def _describe_queued(self, job: Job) -> dict[str, str]:
        answer = {"model": job.model, "queue_id": job.id}
        if job.echo["share"] and "private link" in job.words:
            answer["download_url"] = "http://10.0.0.1/x.mp4"
        elif job.echo["share"]:
            answer["download_url"] = f"{self.sandbox.settings.origin}/v1/share/read/{job.echo['share']}"
        return answer

    # -- retrieve and complete

    async def answer_retrieve(self, request: Request) -> Response:
        call = Call(self, request, "retrieve")
        return call.find_refusal() or call.note(await self._retrieve(call))

    async def _retrieve(self, call: Call) -> Response:
        job = await self._find_job(call, {"delete_media_on_completion": bool})
        if isinstance(job, Response):
            return job
        if fault := find_poll_fault(job, call.voice):
            return fault
        now = time.time()
        phase = job.get_phase(now)
        if phase == FAILED:
            return _describe_failure(call, job)
        if phase != FINISHED:
            return call.answer(
                _describe_progress(job, "POST_PROCESSING" if job.is_odd(now) else "PROCESSING")
            )
        if job.echo["share"]:
            return call.answer(_describe_progress(job, "COMPLETED"))
        return await self._send_result(call, job)

    async def _find_job(self, call: Call, optional: dict[str, type]) -> Job | Response:
        """Exactly these keys, and the model the job was queued with."""
        read = await self._read(call)
        if isinstance(read, Response):
            return read
        body = read[0]
        if report := _check_lookup(body, optional):
            return call.answer(report.to_body(), 400)
        call.wants_deletion = body.get("delete_media_on_completion", False)
        job = self.sandbox.find_job(body["queue_id"], NAME, call.key_id)
        if job is None or job.model != call.model or time.time() - job.created_at > _DAY_S:
            return call.refuse(400, _INVALID_ID)
        return call.refuse(404, "Media not found or expired") if job.deleted else job

    async def _send_result(self, call: Call, job: Job) -> Response:
        if "private link" in job.words:  # JSON with a link instead of bytes has been seen
            return call.answer(_describe_progress(job, "COMPLETED") | {"video_url": "http://10.0.0.1/x.mp4"})
        if job.spend("expired link"):
            return call.refuse(502, "Failed to fetch the finished video")
        payload = make_payload(job, await self._get_file(job))
        if call.wants_deletion:
            self.sandbox.delete(job)
        return send_whole(payload, job.spend("truncated"), call.headers)

    async def _get_file(self, job: Job) -> Path:
        """The clip, or what has been seen to come silently instead of one that moderation withheld."""
        clip = await self.sandbox.get_clip(job)
        if "placeholder" not in job.words:
            return clip
        blank = clip.with_name(f"{clip.stem}-blank.mp4")
        if not blank.exists():
            data = await asyncio.to_thread(blank_mp4, 640, 360, 24.0, job.duration_s)
            blank.write_bytes(data)
        return blank

    async def answer_complete(self, request: Request) -> Response:
        call = Call(self, request)
        if refusal := call.find_refusal():
            return refusal
        job = await self._find_job(call, {})
        if isinstance(job, Response):
            return job
        if not self.sandbox.is_finished(job):
            return call.refuse(400, _INVALID_ID)  # not a cancel
        self.sandbox.delete(job)
        return call.answer({"success": True})

    # -- quote, models, key

    async def answer_quote(self, request: Request) -> Response:
        """No key, and laxer than queue: what does not apply is dropped."""
        call = Call(self, request)
        read = await self._read(call)
        if isinstance(read, Response):
            return read
        body, model = read[0], _MODELS.get(call.model)
        if model is None:
            return call.refuse(404, f"Specified model not found: {call.model}")
        if model["takes"] in ("video", "upscale"):
            return await self._quote_by_source(call, body, model)
        report = Report()
        check_choice(report, body, "duration", checks.list_lengths(body, model), required=True)
        if model["resolutions"]:
            check_choice(report, body, "resolution", model["resolutions"], required=False)
        if report:
            return call.answer(report.to_body(), 400)
        clips_s = body.get("reference_video_total_duration", 0)
        if not isinstance(clips_s, int | float) or isinstance(clips_s, bool) or clips_s < 0:
            report.add_type(["reference_video_total_duration"], "number", clips_s)
            return call.answer(report.to_body(), 400)
        return call.answer({"quote": get_price(model, body, clips_s)})

    async def _quote_by_source(self, call: Call, body: dict[str, Any], model: dict[str, Any]) -> Response:
        """The clip is opened for its length, height and frame rate; upscaling is priced for keys only, 40
        times a minute. A length or a resolution that was told is dropped."""
        upscales = model["takes"] == "upscale"
        if upscales and (refusal := self._find_upscale_refusal(call)):
            return refusal
        if report := checks.check_source_quote(body, model):
            return call.answer(report.to_body(), 400)
        try:
            inputs = await checks.load_inputs({"video_url": body["video_url"]})
        except BadMedia as error:
            return call.refuse(400, str(error))
        if upscales and inputs.source and inputs.source.seconds > checks.UPSCALE_MOST_S:
            return call.refuse(400, f"video_url: at most {checks.UPSCALE_MOST_S:g} seconds can be upscaled")
        return call.answer({"quote": price_by_source(model, body, inputs.source)})

    def _find_upscale_refusal(self, call: Call) -> Response | None:
        if call.found_key is None:
            return call.refuse(403, "Authentication is required for upscale quotes")
        call.bucket = "upscale quote"
        return call.find_refusal()

    async def answer_models(self, request: Request) -> Response:
        call = Call(self, request)
        kind = request.query_params.get("type", "video")
        if kind not in ("video", "all"):
            return call.refuse(400, "Invalid request parameters: type")
        rows = [describe_model(name, model) for name, model in _MODELS.items() if model.get("listed", True)]
        return call.answer({"object": "list", "type": kind, "data": rows})

    async def answer_key(self, request: Request) -> Response:
        call = Call(self, request)
        if refusal := call.find_refusal():
            return refusal
        usd = self.spending.left(call.key)
        data = {
            "accessPermitted": True, "apiTier": {"id": "paid", "isCharged": True},
            "balances": {"USD": usd, "DIEM": 0}, "keyExpiration": None,
            "nextEpochBegins": time.strftime("%Y-%m-%dT00:00:00.000Z", time.gmtime(time.time() + _DAY_S)),
            "rateLimits": [],
        }  # fmt: skip
        return call.answer({"data": data})

    # -- download_url

    async def answer_share(self, request: Request) -> Response:
        """Pre-signed, no key. DELETE revokes; afterwards 410."""
        job = self._shares.get(request.path_params["token"])
        if "authorization" in request.headers:
            return Json({"error": "No credentials are accepted here"}, 400)
        if job is None or job.deleted or not self.sandbox.is_finished(job):
            return Json({"error": "Not found"}, 404)
        if request.method == "DELETE":
            job.echo["revoked"] = True
            self.sandbox.store.save_job(job)
            return Json({"success": True})
        is_over = time.time() - job.created_at > min(_DAY_S, self.sandbox.settings.link_s + job.run_s)
        if job.echo["revoked"] or is_over or job.spend("expired link"):
            return Json({"error": "This link has expired"}, 410)
        return send_file(request, make_payload(job, await self.sandbox.get_clip(job)), job)


def _find_price(model: dict[str, Any], body: dict[str, Any], inputs: checks.Inputs) -> float:
    if model["takes"] in ("video", "upscale"):
        return price_by_source(model, body, inputs.source)
    return get_price(model, body, checks.sum_clips(inputs))


def _find_duration(body: dict[str, Any], inputs: checks.Inputs) -> int:
    """Whole seconds; without a length asked for the source clip's, and never more than a minute here."""
    if body.get("duration") in AUTO:
        return int(asked_seconds(body, checks.sum_clips(inputs)))
    if "duration" in body and body["duration"].endswith("s"):
        return int(body["duration"].removesuffix("s"))
    return min(max(1, round(inputs.find_source_seconds() or 5)), 60)


def _default_resolution(body: dict[str, Any], model: dict[str, Any]) -> str:
    options = model["resolutions"]
    if model["takes"] == "upscale":
        return {1: "720p", 2: "2x", 4: "4x"}[body.get("upscale_factor", 2)]
    return "720p" if "720p" in options else options[0] if options else ""


def _name_mode(body: dict[str, Any], model: dict[str, Any]) -> str:
    """A Seedance reference model runs whatever workflow the prompt's first words ask for."""
    if model.get("workflows"):
        return workflow_of(body["prompt"])
    if "end_image_url" in body:
        return "first_last_frame"
    names = {"text": "text_to_video", "image": "image_to_video", "video": "video_to_video"}
    return names.get(model["takes"]) or ("upscale" if model["takes"] == "upscale" else "reference_to_video")


def _check_lookup(body: dict[str, Any], optional: dict[str, type]) -> Report:
    report = Report()
    if extra := [name for name in body if name not in {"model", "queue_id", *optional}]:
        report.add_unknown([], extra)
    if "queue_id" not in body:
        report.add_missing(["queue_id"], "string")
    elif not isinstance(body["queue_id"], str):
        report.add_type(["queue_id"], "string", body["queue_id"])
    for name, wanted in optional.items():
        if name in body and not isinstance(body[name], wanted):
            report.add_type([name], "boolean", body[name])
    return report


def _find_person(words: frozenset[str], inputs: checks.Inputs) -> str:
    """Who may not be shown, whatever is attested; the gateway's own sentences are not published."""
    if not inputs.list_faces():
        return ""
    if "minor" in words:
        return "Content policy violation: the media shows a minor."
    if "public figure" in words:
        return "Content policy violation: the media shows a public figure."
    return ""


def _describe_progress(job: Job, status: str) -> dict[str, Any]:
    """Milliseconds. A job that is done no longer ages."""
    age_s = (
        min(time.time() - job.created_at, job.run_s)
        if status == "COMPLETED"
        else time.time() - job.created_at
    )
    average_ms, age_ms = int(job.run_s * 1000), int(age_s * 1000)
    return {"status": status, "average_execution_time": average_ms, "execution_duration": age_ms}


def _describe_failure(call: Call, job: Job) -> Response:
    """Failures are HTTP errors on retrieve and repeat identically."""
    if "moderated" in job.words:
        return call.answer({"error": CONTENT_POLICY}, 422)
    text = job.render_error or "The provider failed to generate this video."
    return call.answer(
        {"error": text, "credits_refunded": True, "hint": "Try again with another prompt."}, 422
    )
