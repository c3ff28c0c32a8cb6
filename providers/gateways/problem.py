"""One reason why a model cannot take a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    field: str
    message: str
    allowed: tuple[Any, ...] = ()
    rule: str = ""  # of a file: which of its limits was passed, for whoever would mend it
