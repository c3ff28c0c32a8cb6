"""Faults on the wire that a prompt word asks for, the same for every dialect.

A dialect gives `refuse(status, headers)`, which words an error the way its gateway does. What its page says
besides stands in `rows`, as data.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.responses import Response

from providers.sandbox.jobs import Job
from providers.sandbox.rows import POLL, SUBMIT, find_row
from providers.sandbox.sandbox import Sandbox
from providers.sandbox.wire import Hangup, broken_json, proxy_page

Refuse = Callable[[int, dict[str, str]], Response]
_WAIT = {"Retry-After": "2"}


@dataclass(frozen=True)
class Voice:
    """Which gateway speaks, how it words an error, and what stands in the head of all its answers."""

    dialect: str
    refuse: Refuse
    headers: Mapping[str, str] = field(default_factory=dict)


def find_submit_fault(
    sandbox: Sandbox, words: frozenset[str], fingerprint: str, voice: Voice
) -> Response | None:
    """Answers instead of making a job; the fingerprint tells a retry from a new request."""
    if "no job" in words:
        return Hangup()
    if "429" in words and sandbox.toggle("429", fingerprint):
        return voice.refuse(429, _WAIT)
    if "503 submit" in words and sandbox.toggle("503 submit", fingerprint):
        return voice.refuse(503, _WAIT)
    row = find_row(voice.dialect, SUBMIT, words)
    if row is None or row.made or (row.times and not sandbox.toggle(row.word, fingerprint)):
        return None
    return row.answer(voice.headers)


def spoil_submit(job: Job, answer: Response, voice: Voice) -> Response:
    """The job is made and billed; what does the caller hear of it?"""
    if "lost answer" in job.words:
        return Hangup()
    if "500 submit" in job.words:
        return voice.refuse(500, {})
    row = find_row(voice.dialect, SUBMIT, job.words)
    return row.answer(voice.headers) if row is not None and row.made else answer


def find_poll_fault(job: Job, voice: Voice) -> Response | None:
    if not job.words:
        return None
    row = find_row(voice.dialect, POLL, job.words)
    if row is not None and job.comes(row.word, row.times):
        return row.answer(voice.headers)
    for word, status, headers in (("429", 429, _WAIT), ("500", 500, {}), ("503", 503, _WAIT)):
        if job.spend(word):
            return voice.refuse(status, headers)
    if "500 always" in job.words:
        return voice.refuse(500, {})
    if job.spend("not json"):
        return broken_json()
    if job.spend("html"):
        return proxy_page(200)
    if "html" in job.words and "html again" not in job.spent:
        job.spent.add("html again")
        return proxy_page(502)
    return None
