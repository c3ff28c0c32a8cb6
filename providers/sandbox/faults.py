"""Faults on the wire that a prompt word asks for, the same for every dialect.

A dialect gives `refuse(status, headers)`, which words an error the way its gateway does.
"""

from collections.abc import Callable

from starlette.responses import Response

from providers.sandbox.jobs import Job
from providers.sandbox.sandbox import Sandbox
from providers.sandbox.wire import Hangup, broken_json, proxy_page

Refuse = Callable[[int, dict[str, str]], Response]
_WAIT = {"Retry-After": "2"}


def find_submit_fault(
    sandbox: Sandbox, words: frozenset[str], fingerprint: str, refuse: Refuse
) -> Response | None:
    """Answers instead of making a job; the fingerprint tells a retry from a new request."""
    if "no job" in words:
        return Hangup()
    if "429" in words and sandbox.toggle("429", fingerprint):
        return refuse(429, _WAIT)
    if "503 submit" in words and sandbox.toggle("503 submit", fingerprint):
        return refuse(503, _WAIT)
    return None


def spoil_submit(job: Job, answer: Response, refuse: Refuse) -> Response:
    """The job is made and billed; what does the caller hear of it?"""
    if "lost answer" in job.words:
        return Hangup()
    if "500 submit" in job.words:
        return refuse(500, {})
    return answer


def find_poll_fault(job: Job, refuse: Refuse) -> Response | None:
    if not job.words:
        return None
    for word, status, headers in (("429", 429, _WAIT), ("500", 500, {}), ("503", 503, _WAIT)):
        if job.spend(word):
            return refuse(status, headers)
    if "500 always" in job.words:
        return refuse(500, {})
    if job.spend("not json"):
        return broken_json()
    if job.spend("html"):
        return proxy_page(200)
    if "html" in job.words and "html again" not in job.spent:
        job.spent.add("html again")
        return proxy_page(502)
    return None
