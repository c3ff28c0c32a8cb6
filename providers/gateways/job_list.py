"""What an adapter says of its gateway's own list of jobs, in which lost answers are looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from .wire import Reply, WireRequest


@dataclass(frozen=True)
class Candidate:
    """A job in the gateway's list that may be the one whose answer was lost."""

    job_id: str
    model: str
    prompt: str
    created_at: datetime


class JobList(Protocol):
    def build(self, since: datetime) -> WireRequest:
        """The first page, newest first."""

    def read(self, reply: Reply) -> list[Candidate]: ...

    def build_more(self, reply: Reply, since: datetime) -> WireRequest | None:
        """The page after ``reply``; None when jobs made since then can no longer follow."""
