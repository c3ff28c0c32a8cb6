"""One job: what was asked, what it costs, and where it stands at a given moment.

Nothing ticks. A job's phase follows from its age and its words, so a poll is a look at the
clock, and a restarted sandbox goes on where the killed one stopped.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from providers.sandbox.render.order import ClipOrder
from providers.sandbox.words import find_words

QUEUED, RUNNING, FINISHED, FAILED = "queued", "running", "finished", "failed"
_QUEUED_SHARE = 0.2
_FAILING = {"failed", "moderated", "expired job", "timed out"}
_KEPT = (
    "id", "dialect", "key_id", "key_last4", "model", "prompt", "mode", "duration_s", "amount_usd",
    "created_at", "run_s", "request_id", "request_sha256", "extra_words", "echo", "deleted", "forgotten",
)  # fmt: skip


@dataclass(slots=True)
class Job:
    id: str
    dialect: str
    key_id: str
    key_last4: str
    model: str
    prompt: str
    mode: str
    duration_s: int
    amount_usd: float
    created_at: float
    run_s: float
    request_id: str
    request_sha256: str
    clip: ClipOrder
    extra_words: list[str] = field(default_factory=list)  # from the settings' `faults`
    echo: dict[str, Any] = field(default_factory=dict)  # what the dialect repeats in its answers
    deleted: bool = False
    forgotten: bool = False
    # Known in memory only; a restart may play a one-time fault again.
    words: frozenset[str] = frozenset()
    spent: set[str] = field(default_factory=set)
    ready: bool = False
    render_error: str = ""
    link: str = ""
    links_dead_until: float = 0.0

    def __post_init__(self) -> None:
        self.words = find_words(self.prompt) | frozenset(self.extra_words)

    def spend(self, word: str) -> bool:
        """True once, if the job carries this word."""
        if word not in self.words or word in self.spent:
            return False
        self.spent.add(word)
        return True

    def comes(self, word: str, times: int) -> bool:
        """True for the first so many times that it is asked; 0 is every time."""
        turn = next((turn for turn in range(times) if f"{word} {turn}" not in self.spent), None)
        if turn is not None:
            self.spent.add(f"{word} {turn}")
        return turn is not None or not times

    def share_done(self, now: float) -> float:
        return (now - self.created_at) / self.run_s if self.run_s > 0 else 1.0

    def get_phase(self, now: float) -> str:
        share = self.share_done(now)
        if share < _QUEUED_SHARE:
            return QUEUED
        if share < 1 or "stuck" in self.words:
            return RUNNING
        if self.render_error or self.words & _FAILING:
            return FAILED
        return FINISHED if self.ready else RUNNING

    def is_odd(self, now: float) -> bool:
        return "odd status" in self.words and 1 / 3 <= self.share_done(now) < 2 / 3

    def to_row(self) -> dict[str, Any]:
        row = {name: getattr(self, name) for name in _KEPT}
        return row | {"clip": asdict(self.clip)}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "Job":
        return cls(**{**row, "clip": ClipOrder(**row["clip"])})

    def to_bill_line(self, now: float) -> dict[str, Any]:
        names = ("dialect", "key_last4", "model", "prompt", "mode", "duration_s", "amount_usd", "created_at")
        line = {name: getattr(self, name) for name in names}
        refunded = self.get_phase(now) == FAILED and self.echo.get("refunds", True)
        return line | {"job_id": self.id, "refunded": refunded, "request_sha256": self.request_sha256}
