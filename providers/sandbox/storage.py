"""`/store/<token>`: where Token360's signed links lead. A link is the only credential.

Source: https://token360.ai/en-US/docs/api-reference (read 2026-09).
"""

import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from providers.sandbox.files import make_payload, send_file
from providers.sandbox.jobs import Job
from providers.sandbox.links import Link
from providers.sandbox.sandbox import Sandbox

_REFUSAL = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{0}</Code><Message>{1}</Message></Error>'


def build_storage(sandbox: Sandbox) -> list[Route]:
    async def answer(request: Request) -> Response:
        if "authorization" in request.headers:
            return refuse(400, "InvalidArgument", "Only one auth mechanism is allowed.")
        token, _, what = request.path_params["name"].partition(".")
        link = sandbox.links.read(token)
        job = sandbox.jobs.get(link.job_id) if link else None
        if link is None or job is None or link.what != what:
            return refuse(403, "SignatureDoesNotMatch", "The signature is not valid.")
        if _is_expired(job, link):
            return refuse(403, "AccessDenied", "Request has expired.")
        if job.deleted:
            return refuse(404, "NoSuchKey", "The specified key does not exist.")
        target = _find_move(job, request)
        if target is not None:
            return RedirectResponse(target, 302)
        path = await sandbox.get_clip(job)
        return send_file(request, make_payload(job, path.with_suffix(f".{what}")), job)

    return [Route("/store/{name}", answer)]


def _find_move(job: Job, request: Request) -> str | None:
    """Where a word has this link lead on to; None where the file is."""
    if "moved" in job.words and "moved" not in request.query_params:
        return str(request.url.include_query_params(moved=1))
    targets = {
        "moved inside": "http://10.0.0.1/x.mp4",
        "moved scheme": "ftp://files.example.com/x.mp4",
        "moved round": str(request.url),
    }
    return next((target for word, target in targets.items() if word in job.words), None)


def _is_expired(job: Job, link: Link) -> bool:
    """`[expired link]`: at the first fetch every link so far turns out to be dead; `[gone]`: all are."""
    now = time.time()
    if "gone" in job.words:
        return True
    if link.what == "mp4" and job.spend("expired link"):
        job.links_dead_until = now
    return link.expires_at <= now or link.issued_at <= job.links_dead_until


def refuse(status: int, code: str, message: str) -> Response:
    return Response(_REFUSAL.format(code, message), status, media_type="application/xml")
