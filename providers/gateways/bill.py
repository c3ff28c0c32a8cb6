"""What an adapter says of a gateway that books what a job cost apart from the job."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from .values import Job
from .wire import Reply, WireRequest


class Bill(Protocol):
    def build(self, job: Job) -> WireRequest:
        """For a finished job."""

    def read(self, reply: Reply) -> Decimal | None:
        """US dollars; None while nothing is booked yet."""
