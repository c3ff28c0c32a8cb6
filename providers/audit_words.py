"""What a line of the audit log says of before and after, for people."""

from __future__ import annotations

import json
from typing import Any

from .models import AuditEvent

_MOST_WORDS = 160


def change(row: AuditEvent, most: int = _MOST_WORDS) -> str:
    """``limit: 5 → 7``; of what is new or gone, its value alone."""
    names = list(dict.fromkeys([*row.before, *row.after]))
    words = "; ".join(f"{name}: {_change(row.before.get(name), row.after.get(name))}" for name in names)
    return words if len(words) <= most else f"{words[:most]}…"


def _change(before: Any, after: Any) -> str:
    if before is None or after is None:
        return _short(after if before is None else before)
    return _short(after) if before == after else f"{_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
