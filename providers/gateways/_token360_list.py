"""Token360's list of jobs, newest first, a hundred a page (``GET /videos``, read 2026-09)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .errors import BadReply
from .job_list import Candidate
from .wire import Reply, WireRequest, as_number, as_text, raw_text


class ListedJobs:
    """A ``JobList``."""

    def build(self, since: datetime) -> WireRequest:
        return _page()

    def read(self, reply: Reply) -> list[Candidate]:
        data = reply.json().get("data")
        if not isinstance(data, list):
            raise BadReply("Token360's job list has an unexpected shape.", raw=raw_text(reply.body))
        found = [_candidate(item) for item in data if isinstance(item, Mapping)]
        return [candidate for candidate in found if candidate is not None]

    def build_more(self, reply: Reply, since: datetime) -> WireRequest | None:
        data, found = reply.json(), self.read(reply)
        last = as_text(data.get("last_id"))
        if not data.get("has_more") or not last or not found or found[-1].created_at < since:
            return None
        return _page(after=last)


def _page(**more: str) -> WireRequest:
    return WireRequest("GET", "/videos", query={"limit": "100", "order": "desc", **more})


def _candidate(item: Mapping[str, Any]) -> Candidate | None:
    job_id, created = as_text(item.get("id")), as_number(item.get("created_at"))
    if not job_id or created is None:
        return None
    try:
        created_at = datetime.fromtimestamp(created, UTC)
    except (ValueError, OverflowError, OSError):  # one odd line must not hide the others
        return None
    return Candidate(job_id, as_text(item.get("model")), as_text(item.get("prompt")), created_at)
