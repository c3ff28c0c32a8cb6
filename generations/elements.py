"""Elements and their further views: a view belongs to the element that it stands behind.

A form repeats the two names on their own, so it also says in which order they stand (``element_order``, one
for each slot, empty ones too). A draft keeps the owners as a list, a take its inputs in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from providers.gateways.values import Role

ORDER, OWNERS = "element_order", "element_owners"
BOTH = (Role.ELEMENT, Role.ELEMENT_REFERENCE)


def named(data: Mapping[str, Any]) -> list[tuple[Role, Any]] | None:
    """A form's files of both roles in order, without those of a removed element; None without an order."""
    if not hasattr(data, "getlist") or not (order := data.getlist(ORDER)):
        return None
    left = {role: iter(_listed(data, role)) for role in BOTH}
    return list(_with_owner((Role(word), next(left[Role(word)], "")) for word in order if word in BOTH))


def _listed(data: Any, role: Role) -> list[Any]:
    return [*data.getlist(role.value), *data.getlist(f"{role.value}_aside")]


def _with_owner(slots: Iterable[tuple[Role, Any]]) -> Iterator[tuple[Role, Any]]:
    present = False
    for role, value in slots:
        if role == Role.ELEMENT:
            present = bool(value)
        if value and present:
            yield role, value


def owners_of(items: Iterable[tuple[Role, Any]]) -> tuple[int, ...]:
    """For each view the number of its element, counted from 0."""
    found, element = [], -1
    for role, _value in items:
        element += role == Role.ELEMENT
        if role == Role.ELEMENT_REFERENCE:
            found.append(max(element, 0))
    return tuple(found)


def owners_kept(data: Mapping[str, Any]) -> tuple[int, ...]:
    """Of a draft, which names them, or of a take, whose inputs stand in order."""
    kept = data.get(OWNERS)
    if isinstance(kept, list):
        return tuple(number for number in kept if isinstance(number, int) and 0 <= number < 100)
    inputs = data.get("inputs")
    items = [item for item in inputs if isinstance(item, dict)] if isinstance(inputs, list) else []
    return owners_of((Role(item["role"]), None) for item in items if item.get("role") in BOTH)


def in_order(elements: Sequence[Any], views: Sequence[Any], owners: Sequence[int]) -> list[tuple[Role, Any]]:
    """Each element and behind it its views; a view that nobody placed belongs to the last one."""
    last = max(len(elements) - 1, 0)
    placed = [min(owners[at], last) if at < len(owners) else last for at in range(len(views))]
    found: list[tuple[Role, Any]] = []
    for number, element in enumerate(elements):
        found.append((Role.ELEMENT, element))
        found += [(Role.ELEMENT_REFERENCE, view) for at, view in enumerate(views) if placed[at] == number]
    return found if elements else [(Role.ELEMENT_REFERENCE, view) for view in views]
