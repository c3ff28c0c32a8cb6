"""How a submit to SilkDock may be written: JSON or a form, nested or flat; all of it becomes one flat order.

Source: https://silkdock.ai/docs/api/video (read 2026-11).
"""

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any

from providers.sandbox.forms import BadForm, Part, read_form
from providers.sandbox.wire import NotJson, parse_object

TOP = ("model", "prompt", "input_reference", "seconds", "size", "user")
ALIASES = {"first_image": "first_frame_url", "last_image": "last_frame_url"}
_BRACKETS = re.compile(r"extra_body\[(\w+)\](\[\])?")


class BadBody(ValueError):
    """The body cannot be read as an order; the text says why."""


@dataclass
class Order:
    """``top`` are the documented fields of the first level, ``extra`` the others, wherever they stood."""

    top: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    is_form: bool = False

    def __getitem__(self, name: str) -> Any:
        return self.top.get(name)


async def read_order(body: bytes, content_type: str) -> Order:
    """:raises BadBody:"""
    if content_type.lower().startswith("multipart/form-data"):
        return _sort(_form_fields(body, content_type), is_form=True)
    try:
        return _sort(await parse_object(body))
    except NotJson as error:
        raise BadBody("Invalid JSON payload") from error


def _sort(fields: dict[str, Any], *, is_form: bool = False) -> Order:
    """Flat fields are read too; on a clash the nested one wins."""
    nested = fields.get("extra_body", {})
    if not isinstance(nested, dict):
        raise BadBody("extra_body must be a JSON object")
    flat = {name: value for name, value in fields.items() if name not in (*TOP, "extra_body")}
    extra = {ALIASES.get(name, name): value for name, value in {**flat, **nested}.items()}
    top = {name: fields[name] for name in TOP if name in fields}
    return Order(top, extra, is_form)


def _form_fields(body: bytes, content_type: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in _parts(body, content_type):
        found = _BRACKETS.fullmatch(name)
        if found is not None:
            extra = fields.setdefault("extra_body", {})
            extra[found[1]] = [*extra.get(found[1], []), value] if found[2] else _plain(value)
        else:
            fields[name] = _json_object(value) if name == "extra_body" else value
    if isinstance(fields.get("seconds"), str) and fields["seconds"].isdigit():
        fields["seconds"] = int(fields["seconds"])
    return fields


def _json_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BadBody("extra_body is not valid JSON") from error
    if not isinstance(found, dict):
        raise BadBody("extra_body must be a JSON object")
    return found


def _plain(value: str) -> Any:
    """In the bracket form every value is text."""
    return {"true": True, "false": False}.get(value, value)


def _parts(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """Name and text of each part; a file becomes a data URL."""
    try:
        parts = read_form(body, content_type)
    except BadForm as error:
        raise BadBody(str(error)) from error
    return [(part.name, _data_url(part) if part.mime else part.text) for part in parts]


def _data_url(part: Part) -> str:
    return f"data:{part.mime};base64,{base64.b64encode(part.content).decode()}"
