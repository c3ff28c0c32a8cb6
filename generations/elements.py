"""Elements and their further views: a view belongs to the element that it stands behind.

A form repeats the two names on their own, so it also says in which order its slots stand (``element_order``,
one for each, empty ones too), and beside each view that is set aside which file its element is
(``element_reference_of``). A draft keeps the owners as a list, those of the views in their row first, then
those of the views that are set aside; it counts the elements likewise. A take has its inputs in order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from providers.gateways.values import Role

ORDER, OWNERS, OWNER_ASIDE = "element_order", "element_owners", "element_reference_of"
BOTH = (Role.ELEMENT, Role.ELEMENT_REFERENCE)
Item = tuple[Role, Any, bool]  # the file of an element or of a view of it, and whether it is set aside


def in_form(data: Mapping[str, Any]) -> list[Item] | None:
    """Every element of a form and behind it its views, without those of a removed element; None where it
    does not say which is whose."""
    if not hasattr(data, "getlist"):
        return None
    order, waiting = data.getlist(ORDER), data.getlist(f"{Role.ELEMENT}_aside")
    waiting_views = data.getlist(f"{Role.ELEMENT_REFERENCE}_aside")
    views = list(zip(waiting_views, data.getlist(OWNER_ASIDE), strict=False))
    if not (order or waiting or views):
        return None
    items = [(role, value, False) for role, value in _in_slots(data, order)]
    items += [(Role.ELEMENT, value, True) for value in waiting]
    for view, owner in views:
        _put_behind(items, owner, (Role.ELEMENT_REFERENCE, view, True))
    return items


def _in_slots(data: Any, order: Sequence[str]) -> Iterator[tuple[Role, Any]]:
    left = {role: iter(data.getlist(role.value)) for role in BOTH}
    return _with_owner((Role(word), next(left[Role(word)], "")) for word in order if word in BOTH)


def _put_behind(items: list[Item], owner: Any, view: Item) -> None:
    """At the end of the views of this element; nowhere if it is not there any more."""
    places = [at for at, (role, value, _waits) in enumerate(items) if (role, value) == (Role.ELEMENT, owner)]
    if places:
        after = range(places[-1] + 1, len(items))
        items.insert(next((at for at in after if items[at][0] == Role.ELEMENT), len(items)), view)


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


def items_of(
    rows: Mapping[Role, Sequence[Any]], aside: Mapping[Role, Sequence[Any]], owners: Sequence[int]
) -> list[Item]:
    """Every element and behind it its views, here and set aside; elements that are set aside come last."""
    both = [[(v, waits) for waits, of in enumerate((rows, aside)) for v in of.get(role, ())] for role in BOTH]
    return [(role, value, bool(waits)) for role, (value, waits) in in_order(*both, owners)]


Files = dict[Role, tuple[Any, ...]]


def sorted_out(items: Sequence[Item]) -> tuple[Files, Files, tuple[int, ...]]:
    """The rows, what is set aside, and the owners: what ``items_of`` reads."""
    groups: list[list[Item]] = []
    for item in items:
        if item[0] == Role.ELEMENT or not groups:
            groups.append([])
        groups[-1].append(item)
    ordered = [item for group in sorted(groups, key=lambda group: group[0][2]) for item in group]
    placed = list(zip(ordered, _numbers(ordered), strict=True))
    here, away = ([(i, n) for i, n in placed if i[2] == waits] for waits in (False, True))
    rows, aside = (
        {role: tuple(value for (of, value, _w), _n in part if of == role) for role in BOTH}
        for part in (here, away)
    )
    return rows, aside, tuple(n for (role, _v, _w), n in (*here, *away) if role == Role.ELEMENT_REFERENCE)


def _numbers(items: Iterable[Item]) -> Iterator[int]:
    """For each the number of its element, counted from 0."""
    number = -1
    for role, _value, _waits in items:
        number += role == Role.ELEMENT
        yield max(number, 0)


def set_aside(items: Iterable[Item], most: Mapping[Role, float]) -> list[Item]:
    """Those beyond the number of their role wait; views with their element."""
    found: list[Item] = []
    count: Counter[Role] = Counter()
    alone = False
    for role, value, waits in items:
        waits = waits or count[role] >= most[role] or (role == Role.ELEMENT_REFERENCE and alone)
        alone = waits if role == Role.ELEMENT else alone
        count[role] += not waits
        found.append((role, value, waits))
    return found


def brought_back(items: Sequence[Item], most: Mapping[Role, float]) -> list[Item]:
    """As many of those that wait as there is room for; views behind their element."""
    room = {role: most[role] - sum(of == role and not waits for of, _v, waits in items) for role in BOTH}
    found: list[Item] = []
    alone = False
    for role, value, waits in items:
        if waits and room[role] > 0 and (role == Role.ELEMENT or not alone):
            waits, room[role] = False, room[role] - 1
        alone = waits if role == Role.ELEMENT else alone
        found.append((role, value, waits))
    return found
