"""One row of an error table, and the answer that it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

SUBMIT, POLL = "submit", "poll"


@dataclass(frozen=True)
class Row:
    """``body`` is JSON, or a text that goes out as it is. ``made``: the job exists and is billed all the
    same. ``times``: how often it comes before the gateway answers as ever; 0 is every time."""

    step: str
    name: str
    meaning: str
    status: int
    body: Any
    made: bool = False
    times: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def word(self) -> str:
        return f"{self.step} {self.name}"

    def text(self) -> str:
        return self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False)

    def answer(self, headers: Mapping[str, str]) -> Response:
        is_page = isinstance(self.body, str) and self.body.startswith("<")
        kind = "text/html" if is_page else "application/json"
        return Response(self.text(), self.status, {**headers, **self.headers}, kind)


def submit(name: str, meaning: str, status: int, body: Any, **more: Any) -> Row:
    """Comes to every submit, if nothing else is said."""
    return Row(SUBMIT, name, meaning, status, body, **more)


def poll(name: str, meaning: str, status: int, body: Any, **more: Any) -> Row:
    """Comes once, if nothing else is said: the next poll is answered as ever."""
    return Row(POLL, name, meaning, status, body, **{"times": 1, **more})
