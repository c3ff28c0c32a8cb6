"""Venice's validation report: a Zod 3 error as JSON (https://docs.venice.ai, read 2026-09)."""

from collections.abc import Sequence
from typing import Any

_NAMES = {str: "string", bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}


class Report:
    """Collects issues field by field; an empty report is a valid request."""

    def __init__(self) -> None:
        self.issues: list[dict[str, Any]] = []

    def __bool__(self) -> bool:
        return bool(self.issues)

    def to_body(self) -> dict[str, Any]:
        details: dict[str, Any] = {"_errors": []}
        for issue in self.issues:
            node = details
            for step in issue["path"]:
                node = node.setdefault(str(step), {"_errors": []})
            node["_errors"].append(issue["message"])
        return {"error": "Invalid request parameters", "details": details, "issues": self.issues}

    def add_missing(self, path: Sequence[str | int], expected: str) -> None:
        facts = {"code": "invalid_type", "expected": expected, "received": "undefined"}
        self.add(path, "Required", facts)

    def add_type(self, path: Sequence[str | int], expected: str, value: Any) -> None:
        received = "null" if value is None else _NAMES.get(type(value), "unknown")
        facts = {"code": "invalid_type", "expected": expected, "received": received}
        self.add(path, f"Expected {expected}, received {received}", facts)

    def add_enum(self, path: Sequence[str | int], options: Sequence[str], value: str) -> None:
        text = f"Invalid enum value. Expected {list_options(options)}, received '{value}'"
        self.add(path, text, {"received": value, "code": "invalid_enum_value", "options": list(options)})

    def add_unknown(self, path: Sequence[str | int], keys: Sequence[str]) -> None:
        text = f"Unrecognized key(s) in object: {', '.join(repr(key) for key in keys)}"
        self.add(path, text, {"code": "unrecognized_keys", "keys": list(keys)})

    def add_custom(self, field: str, message: str) -> None:
        self.add([field], message, {"code": "custom"})

    def add_length(self, path: Sequence[str | int], code: str, bound: int, unit: str) -> None:
        """`too_small` or `too_big`, for text and arrays."""
        word = "at least" if code == "too_small" else "at most"
        facts = {"code": code, "minimum" if code == "too_small" else "maximum": bound, "inclusive": True}
        self.add(path, f"Must contain {word} {bound} {unit}", facts)

    def add(self, path: Sequence[str | int], message: str, facts: dict[str, Any]) -> None:
        self.issues.append(facts | {"path": list(path), "message": message})


def list_options(options: Sequence[str]) -> str:
    return " | ".join(f"'{option}'" for option in options)


def check_choice(report: Report, body: dict[str, Any], name: str, options: list[str], required: bool) -> None:
    if name not in body:
        if required:
            report.add_missing([name], list_options(options))
    elif not isinstance(body[name], str):
        report.add_type([name], "string", body[name])
    elif body[name] not in options:
        report.add_enum([name], options, body[name])
