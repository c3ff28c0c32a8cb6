"""Venice video: queue and retrieve by POST, a file as bytes or at a one-time address, consent by 409."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite
from types import MappingProxyType
from typing import Any

from . import likeness
from ._venice_body import CONSENT_FLOW, STATEMENTS, build_body, build_quote_body, source_of
from ._venice_models import read_model
from ._venice_report import detail_texts, field_of, is_report, issue_text
from .base import DiscoveredModel, Gateway, Step
from .capabilities import Capabilities
from .errors import BadReply, Busy, GatewayError, Lost, Refused
from .values import (
    Allowance,
    ConsentNeeded,
    Failure,
    FailureClass,
    Job,
    JobState,
    KeyCheck,
    Mode,
    Result,
    ResultKind,
    Role,
    Standing,
    VideoRequest,
)
from .wire import (
    Reply,
    WireRequest,
    advised_text,
    as_mapping,
    as_money,
    as_number,
    as_text,
    money_text,
    people_text,
    raw_text,
    retry_after,
    whole_number,
)

# seen with upscaling in July 2026, while the pages say that the length is found out by itself; a known one
# goes out with a second request
_ASKS_LENGTH = "With a source clip, an administrator can have its length sent: source_length in the model."
_NEEDS_CONSENT = "needs_consent"
_MOST_NAME = 200  # characters of a model's id
_DOCS_URL = "https://docs.venice.ai/guides/media/seedance-face-consent"
_UNKNOWN_JOB = "request id is invalid"
# a 404 that speaks of the model says nothing of the job
_ABOUT_MODEL = ("model not found", "model is required")
# where a finished reply may name its address, if the queue answer did not
_ADDRESSES = ("download_url", "video_url", "url")


class Venice(Gateway):
    """Venice.ai. API: https://docs.venice.ai/api-reference/endpoint/video/queue (read 2026-09)."""

    name, label = "venice", "Venice"
    base_url = "https://api.venice.ai/api/v1"
    docs_url = "https://docs.venice.ai/api-reference/endpoint/video/queue"
    call_id_headers = ("cf-ray",)
    modes = frozenset(Mode)
    roles = frozenset(Role)
    # PROCESSING and COMPLETED are documented; other pages and clients show the rest, in either case
    statuses = {
        **dict.fromkeys(("processing", "pending", "queued", "running", "in_progress"), JobState.RUNNING),
        **dict.fromkeys(("completed", "complete", "succeeded", "success", "done"), JobState.FINISHED),
        **dict.fromkeys(("failed", "failure", "error", "rejected", "expired"), JobState.FAILED),
        **dict.fromkeys(("cancelled", "canceled"), JobState.CANCELLED),
    }
    # https://docs.venice.ai/api-reference/rate-limiting (read 2026-09)
    submits_per_min = 40
    polls_per_min = 120
    busy_s = (30.0, 30.0)  # where neither Retry-After nor a reset time is told (its page of error codes)
    # Venice may fetch inputs before it answers; its own clients saw more than a minute
    submit_read_timeout_s = 150.0
    quotes = True
    discovers = True
    tells_balance = True
    # a failed job may answer 500 for ever, a model closed to a region or a key 403; an outage looks the same
    # (https://docs.venice.ai/api-reference/error-codes, read 2026-09)
    ends_after = MappingProxyType({500: 9, 403: 9})
    # "a few retries" of download_url, then 429 or 410; no word of ranges (Venice's guides, read 2026-09)
    counts_fetches = True
    # under about 100 kB for five seconds of 720p was seen where moderation said nothing (clients, 2026-08)
    placeholder_bytes_a_s = 20_000.0
    result_hosts = ("private-share.venice.ai/v1/share/read/",)

    # -- submit ----------------------------------------------------------------------------------

    def build_submit(self, request: VideoRequest, caps: Capabilities) -> WireRequest:
        """Unlike other gateways Venice answers 400 to any field a model does not list."""
        body = build_body(request, caps)
        return WireRequest("POST", "/video/queue", json=body, read_timeout_s=self.submit_read_timeout_s)

    def build_second_submit(
        self, error: Refused, request: VideoRequest, caps: Capabilities
    ) -> WireRequest | None:
        """With the seconds of the source clip, where an upscale was refused for want of them: a 400 made no
        job and costs nothing (the upscaling guide, read 2026-09)."""
        if request.mode != Mode.UPSCALE or (error.status, error.field) != (400, "duration"):
            return None
        first, again = (self.build_submit(request, replace(caps, source_length=on)) for on in (False, True))
        return None if caps.source_length or again.json == first.json else again

    def parse_submit(self, reply: Reply, request: VideoRequest) -> Job | ConsentNeeded:
        data = self.submit_json(reply)
        if reply.status == 409:
            return _consent_needed(data)
        url = as_text(data.get("download_url"))
        return Job(
            id=self.require_id(data.get("queue_id"), reply),
            model=as_text(data.get("model")) or request.model,
            request_id=self.call_id(reply),
            handle={"download_url": url} if url else {},
            deprecation=_deprecation(reply),
        )

    def is_answer(self, reply: Reply, step: str) -> bool:
        """A 409 may ask for consent, whatever the model; a 422 on retrieve is how a failed job is told."""
        data = reply.json_or_empty()
        if step == Step.SUBMIT and reply.status == 409:
            return _asks_consent(data)
        return step == Step.POLL and reply.status == 422 and bool(data.get("error"))

    # -- poll ------------------------------------------------------------------------------------

    def build_poll(self, job: Job) -> WireRequest:
        """``model`` must be the one that queue answered with; other keys than these are refused."""
        body = {"model": job.model, "queue_id": job.id, "delete_media_on_completion": False}
        accept = {"Accept": "application/json, video/mp4"}
        return WireRequest("POST", "/video/retrieve", json=body, headers=accept)

    def parse_poll(self, reply: Reply, job: Job) -> Job:
        """The content type may be wrong either way, so the bytes decide (Venice's own CLI, 2026-08)."""
        if reply.is_video:
            return replace(job, state=JobState.FINISHED, eta_s=None, result=Result(ResultKind.BYTES))
        data = reply.json()
        state = JobState.FAILED if reply.status == 422 else self.state_of(data.get("status"))
        if state == JobState.FAILED:
            return replace(job, state=state, eta_s=None, failure=self._failure(reply, data))
        if state == JobState.FINISHED:
            return replace(job, state=state, eta_s=None, result=_result(data, job))
        return replace(job, state=state, eta_s=_eta_s(data))

    def build_bytes(self, job: Job) -> WireRequest:
        return replace(self.build_poll(job), read_timeout_s=120.0)

    def _failure(self, reply: Reply, data: Mapping[str, Any]) -> Failure:
        """A final failure; money comes back where ``credits_refunded`` says so, else nobody can tell."""
        inner = as_mapping(data.get("error"))
        kind, refunded = (
            as_text(inner.get("type")),
            inner.get("credits_refunded", data.get("credits_refunded")),
        )
        other = advised_text(inner.get("recommended_model"))[:_MOST_NAME]
        text = people_text(self.error_text(reply)) or "Venice says that this job failed."
        moderated = "content_policy" in kind or _is_policy(text, data)
        return Failure(
            FailureClass.MODERATION if moderated else FailureClass.PROVIDER_DOWN,
            text,
            billed=not refunded if isinstance(refunded, bool) else None,
            code=kind,
            hint=people_text(f"Venice suggests the model {other}." if other else as_text(data.get("hint"))),
            mend={"model": other} if other else {},
        )

    def build_after_store(self, job: Job) -> WireRequest:
        """Have the stored copy deleted: at its one-time address where there is one, else by its job.

        ``/video/complete`` answers 400 for every job since 2026-09-30; nothing hangs on either.
        """
        url = as_text(job.handle.get("download_url"))
        if url:
            return WireRequest("DELETE", "", absolute=url)
        return WireRequest("POST", "/video/complete", json={"model": job.model, "queue_id": job.id})

    # -- look-ups --------------------------------------------------------------------------------

    def build_check_key(self) -> WireRequest:
        return WireRequest("GET", "/api_keys/rate_limits")

    def parse_check_key(self, reply: Reply) -> KeyCheck:
        data = reply.json().get("data")
        if not isinstance(data, Mapping) or not isinstance(data.get("accessPermitted"), bool):
            raise BadReply("This does not look like Venice's key page.", raw=raw_text(reply.body))
        has = as_mapping(data.get("balances"))
        usd, diem = as_money(has.get("USD")), as_money(has.get("DIEM"))
        ok = data["accessPermitted"]
        text = "The key works." if ok else "Venice does not let this key in."
        return KeyCheck(ok, text, Standing(balance_usd=usd, beside=_diem(diem)))

    def standing_of(self, reply: Reply, step: str) -> Standing | None:
        """Both balances and the rate limit of this kind of call stand in the headers of any answer
        (https://docs.venice.ai/api-reference/rate-limiting, read 2026-09)."""
        usd, diem = (money_text(reply.header(f"x-venice-balance-{name}")) for name in ("usd", "diem"))
        left = whole_number(reply.header("x-ratelimit-remaining-requests"))
        if usd is None and diem is None and left is None:
            return None
        most = whole_number(reply.header("x-ratelimit-limit-requests"))
        calls = {} if left is None else {step: Allowance(left, most, _resets_at(reply))}
        return Standing(balance_usd=usd, beside=_diem(diem), calls=calls)

    def opens_for_quote(self, request: VideoRequest, caps: Capabilities) -> frozenset[Role]:
        """A source clip is fetched for its length, frame rate and height (the quote page, read 2026-09)."""
        return frozenset() if source_of(request, caps) is None else frozenset({Role.SOURCE_VIDEO})

    def build_quote(self, request: VideoRequest, caps: Capabilities) -> WireRequest:
        """Only what the price hangs on: neither prompt nor pictures leave the studio for a quote.

        :raises Unsupported: for a source clip without an address.
        """
        return WireRequest("POST", "/video/quote", json=build_quote_body(request, caps))

    def parse_quote(self, reply: Reply) -> Decimal:
        quote = as_money(reply.json().get("quote"))
        if quote is None:
            raise BadReply("Venice's quote holds no price.", status=reply.status, raw=raw_text(reply.body))
        return quote

    def build_discover(self) -> WireRequest:
        return WireRequest("GET", "/models", query={"type": "video"})

    def parse_discover(self, reply: Reply) -> Sequence[DiscoveredModel]:
        data = reply.json().get("data")
        if not isinstance(data, list):
            raise BadReply("Venice's model list has an unexpected shape.", raw=raw_text(reply.body))
        return [read_model(item) for item in data if isinstance(item, Mapping) and as_text(item.get("id"))]

    # -- errors ----------------------------------------------------------------------------------

    def error_text(self, reply: Reply) -> str:
        """Validation reports name the field in ``issues``; some bodies have only ``details``."""
        data = reply.json_or_empty()
        issues = data.get("issues")
        told = [issue_text(issue) for issue in issues] if isinstance(issues, list) else []
        if told:
            return "; ".join(told)
        return super().error_text(reply) or "; ".join(detail_texts(data.get("details")))

    def specific_error(self, reply: Reply, step: str) -> GatewayError | None:
        text, raw = people_text(self.error_text(reply)), raw_text(reply.body)
        if reply.status == 429:
            return Busy(text or "Venice is busy.", retry_after_s=_wait_s(reply), status=429, raw=raw)
        if reply.status == 403:
            kind = _forbidden(text)
            closed = kind == FailureClass.INVALID_INPUT  # a key's list leaves out what it may not call
            return Refused(text or "Venice forbids this.", kind, about_model=closed, status=403, raw=raw)
        if step == Step.SUBMIT:
            return self._submit_error(reply, text, raw)
        if step == Step.QUOTE and reply.status in (400, 404):
            return self._quote_error(reply, text, raw)
        if step in (Step.POLL, Step.RESULT) and _is_lost(reply, text):
            return Lost("Venice no longer knows this job.", status=reply.status, raw=raw)
        return None

    def _submit_error(self, reply: Reply, text: str, raw: str) -> GatewayError | None:
        """The definite refusals. A 503 in Venice's own JSON means offline or at capacity; any other
        5xx may follow a charge (https://docs.venice.ai/api-reference/error-codes, read 2026-09)."""
        data = reply.json_or_empty()
        if reply.status == 503 and data.get("error"):
            return Refused(text, FailureClass.PROVIDER_DOWN, status=503, raw=raw)
        if reply.status == 410:
            return Refused(text or "Venice has retired this.", field="model", status=410, raw=raw)
        if reply.status == 422:
            prompt = advised_text(data.get("suggested_prompt"))
            hint = f"Venice suggests this prompt: {prompt}" if prompt else ""
            mend = {"prompt": prompt} if prompt else {}
            kind = FailureClass.MODERATION if _is_policy(text, data) else FailureClass.INVALID_INPUT
            return Refused(text, kind, hint=people_text(hint), mend=mend, status=422, raw=raw)
        if reply.status == 400:
            return Refused(
                text or "Venice refused the request.",
                field=field_of(data),
                hint=_ASKS_LENGTH if field_of(data) == "duration" else "",
                about_model=is_report(data),
                status=400,
                raw=raw,
            )
        return None

    def _quote_error(self, reply: Reply, text: str, raw: str) -> GatewayError:
        """Nothing was asked for yet, so nothing can be billed; the model may have changed or be gone."""
        data, status = reply.json_or_empty(), reply.status
        return Refused(
            text or "Venice names no price for this.",
            field="model" if status == 404 else field_of(data),
            about_model=is_report(data),
            status=status,
            raw=raw,
        )


def _deprecation(reply: Reply) -> dict[str, str]:
    """Every answer about a model near its end says so in two headers."""
    told = {name: reply.header(f"x-venice-model-deprecation-{name}") for name in ("warning", "date")}
    return {name: people_text(value) for name, value in told.items() if value}


def _asks_consent(data: Mapping[str, Any]) -> bool:
    """A question that has words to show and an answer that is written down: ``seedance`` is the only flow
    there is (https://docs.venice.ai/api-reference/endpoint/video/queue, read 2026-09), so a question of
    another one is a refusal with its reason."""
    flow = data.get("consent_flow")
    is_asked = flow == CONSENT_FLOW or as_mapping(data.get("error")).get("code") == _NEEDS_CONSENT
    text = as_text(as_mapping(data.get("consent")).get("policy_text"))
    return is_asked and flow in (None, CONSENT_FLOW) and bool(text)


def _consent_needed(data: Mapping[str, Any]) -> ConsentNeeded:
    consent, roles = data["consent"], data.get("face_media_roles")
    return ConsentNeeded(
        flow=CONSENT_FLOW,
        version=as_text(consent.get("consent_version")),
        policy_text=as_text(consent.get("policy_text")),
        roles=tuple(str(role) for role in roles) if isinstance(roles, list) else (),
        statements=STATEMENTS,
        docs_url=_DOCS_URL,
    )


def _result(data: Mapping[str, Any], job: Job) -> Result:
    """The address came once, with the queue answer; a few replies were seen to repeat it."""
    told = [job.handle.get("download_url"), *(data.get(name) for name in _ADDRESSES)]
    url = next((text for text in map(as_text, told) if text), "")
    if not url:
        raise Lost("Venice finished this clip, but its one-time address is not known here.")
    return Result(ResultKind.LINK, url)


def _eta_s(data: Mapping[str, Any]) -> float | None:
    """Milliseconds on the wire; the average is an estimate, so nothing is said once it has passed."""
    usual, spent = as_number(data.get("average_execution_time")), as_number(data.get("execution_duration"))
    if usual is None or spent is None:
        return None
    left = (usual - spent) / 1000
    return left if left > 0 else None


def _is_lost(reply: Reply, text: str) -> bool:
    if reply.status == 400:
        return _UNKNOWN_JOB in text.lower()
    return reply.status in (404, 410) and not any(words in text.lower() for words in _ABOUT_MODEL)


def _is_policy(text: str, data: Mapping[str, Any]) -> bool:
    words = f"{text} {data.get('code')} {as_mapping(data.get('error')).get('code')}".lower()
    if "policy" in words or "suggested_prompt" in data or "moderation" in words:
        return True
    return likeness.about(text) is not None


def _forbidden(text: str) -> FailureClass:
    """403 covers a region, a model's privacy class and a key without API access alike, in every call."""
    about_key = "api" in text.lower() and "access" in text.lower()
    return FailureClass.KEY_REJECTED if about_key else FailureClass.INVALID_INPUT


def _wait_s(reply: Reply) -> float | None:
    """``Retry-After``, else the reset time."""
    told, reset = retry_after(reply), _reset_s(reply)
    if told is not None or reset is None:
        return told
    return min(max(reset - time.time(), 1.0), 3600.0)


def _reset_s(reply: Reply) -> float | None:
    """Seconds since 1970: on the wire in milliseconds, in the docs in seconds."""
    for name in ("x-ratelimit-reset-requests", "x-ratelimit-resets"):
        try:
            reset = float(reply.header(name))
        except ValueError:
            continue
        reset = reset / 1000 if reset > 1e11 else reset
        return reset if isfinite(reset) else None
    return None


def _resets_at(reply: Reply) -> datetime | None:
    try:
        reset = _reset_s(reply)
        return None if reset is None else datetime.fromtimestamp(reset, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _diem(amount: Decimal | None) -> str:
    """Venice's own money beside dollars; nothing where there is none."""
    return f"{amount:.2f} DIEM" if amount else ""
