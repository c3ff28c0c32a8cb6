"""Venice's report of a refused request: ``issues`` name the fields; some bodies have only ``details``.

Source: https://docs.venice.ai/api-reference/error-codes (read 2026-09).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .wire import as_text


def is_report(data: Mapping[str, Any]) -> bool:
    """Whether a 400 finds fault with fields. The studio holds a request against what it knows of the model
    before it goes out, so that knowledge is old then."""
    return any(isinstance(data.get(name), (list, Mapping)) and data[name] for name in ("issues", "details"))


def issue_text(issue: object) -> str:
    if not isinstance(issue, Mapping):
        return str(issue)
    place = ".".join(str(part) for part in issue.get("path") or ())
    text, expected = as_text(issue.get("message")), as_text(issue.get("expected"))
    if text == "Required" and expected:
        text = f"required: {expected}"
    return f"{place}: {text}" if place else text


def field_of(data: Mapping[str, Any]) -> str:
    """The first field that a report names; one that the model does not know stands in ``keys``."""
    issues = data.get("issues")
    first = issues[0] if isinstance(issues, list) and issues else {}
    places = (first.get("path"), first.get("keys")) if isinstance(first, Mapping) else ()
    return next((str(names[0]) for names in places if isinstance(names, list) and names), "")


def detail_texts(details: object) -> Iterator[str]:
    if isinstance(details, str):
        yield details
    elif isinstance(details, Mapping):
        for name, inner in details.items():
            errors = inner.get("_errors") if isinstance(inner, Mapping) else None
            if isinstance(errors, list):
                yield from (f"{name}: {text}" for text in errors)
