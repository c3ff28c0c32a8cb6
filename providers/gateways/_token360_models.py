"""Token360's public catalogue: names and kinds of models, and nothing of what they take. It lies beside the
API (``/public/models``, not below ``/v1``) and needs no key. The API's own ``/models`` gives bare ids, among
which those that make video cannot be told.

Source: published client code against it (2026-08); no page documents it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import DiscoveredModel
from .errors import BadReply
from .wire import Reply, WireRequest, as_mapping, as_number, as_text, people_text, raw_text

_ROWS = 200
_MOST_CHARS = 120  # an id has room for so many
_DONE = (None, 0, 200, "0", "200")  # where the envelope has a code at all


def page(number: int) -> WireRequest:
    query = {"size": str(_ROWS), "current": str(number)}
    return WireRequest("GET", "../public/models", query=query, keyless=True)


def read(reply: Reply) -> list[DiscoveredModel]:
    """The video models of one page. An unknown one comes without modes, so it waits for an administrator:
    no limit of a model is told anywhere.

    :raises BadReply: for anything but the catalogue.
    """
    return [_model(row) for row in _rows(reply) if _makes_video(row) and _id(row)]


def has_more(reply: Reply, number: int) -> bool:
    """Whether a page follows. A total counts before the rows asked for: the server may send fewer a page."""
    rows, total = len(_rows(reply)), as_number(as_mapping(reply.json().get("data")).get("total"))
    if not rows:
        return False
    return rows >= _ROWS if total is None else number * rows < total


def _rows(reply: Reply) -> list[Mapping[str, Any]]:
    told = reply.json()
    rows = as_mapping(told.get("data")).get("list")
    if told.get("code") not in _DONE or not isinstance(rows, list):
        message = people_text(as_text(told.get("msg")))
        raise BadReply(f"Token360's catalogue cannot be read. {message}".strip(), raw=raw_text(reply.body))
    return [row for row in rows if isinstance(row, Mapping)]


def _makes_video(row: Mapping[str, Any]) -> bool:
    kind = as_text(row.get("modelType"))
    if kind:
        return kind.upper() == "VIDEO_GENERATION"
    outputs = row.get("modelOutputTypes")
    return isinstance(outputs, list) and "VIDEO" in outputs


def _id(row: Mapping[str, Any]) -> str:
    name = as_text(row.get("name")).strip()
    return name if len(name) <= _MOST_CHARS else ""


def _model(row: Mapping[str, Any]) -> DiscoveredModel:
    return DiscoveredModel(_id(row), as_text(row.get("displayName")).strip() or _id(row))
