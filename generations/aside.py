"""What is set aside, one by one: seen with its picture, taken out, or brought back by hand to where it fits.

A file is named by its role and its id (``last_frame:…``), a setting by its name (``value:seed``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generations import elements, pick_words, voices
from generations.desk import Desk
from generations.forms import Typed
from generations.models import Asset
from generations.roles import MANY, PLACES, SINGLE
from generations.services import carry, casting
from providers.gateways.values import SPEAKERS, Role

OUT, BACK = "aside_out", "aside_back"  # fields of the form: what to take out, what to bring back and whereto
MOST_PLACES = 2  # that are offered for one file
_VALUE = "value"
_OWNED = (Role.ELEMENT_REFERENCE, voices.VOICE)  # where they go depends on whose they are
_OF: dict[Role, Any] = {
    voices.VOICE: gettext_lazy("Voice of %(name)s"),
    Role.ELEMENT_REFERENCE: gettext_lazy("View of %(name)s"),
}

File = tuple[Role, UUID]


def rows_of(desk: Desk) -> list[dict[str, Any]]:
    """For the panel of the composer: each with its name and picture, why it waits, and where it could go."""
    files = desk.aside_files
    rows = [_value_row(name, item.value) for name, item in desk.typed.aside.items()]
    owners, names = _owners(desk.typed), {asset.pk: asset.name for _role, asset in desk.uses}
    names |= {pk: asset.name for pk, asset in files.items()}
    for file in waiting(desk.typed):
        row = _file_row(desk, file, files.get(file[1]))
        owner = names.get(owners.get(file))
        rows.append(row | ({"label": _OF[file[0]] % {"name": owner}} if owner else {}))
    return rows


def _owners(typed: Typed) -> dict[File, Any]:
    """Whose a voice or a view is that waits."""
    found: dict[File, Any] = {(voices.VOICE, voice): owner for owner, voice in _voices(typed)}
    element = None
    for role, pk, waits in _items(typed):
        element = pk if role == Role.ELEMENT else element
        if waits and role == Role.ELEMENT_REFERENCE:
            found[role, pk] = element
    return found


def waiting(typed: Typed) -> list[File]:
    """The files that are set aside, in the order of the slots."""
    aside = typed.rows_aside
    plain = [role for role in (*SINGLE, *MANY) if role not in (*elements.BOTH, voices.VOICE)]
    found = [(role, pk) for role in plain for pk in aside.get(role, ())]
    found += [(role, pk) for role, pk, waits in _items(typed) if waits]
    return found + [(voices.VOICE, voice) for _owner, voice in _voices(typed)]


def _items(typed: Typed) -> list[elements.Item]:
    return elements.items_of(typed.rows, typed.rows_aside, typed.owners)


def _voices(typed: Typed) -> list[tuple[Any, Any]]:
    return voices.waiting(typed.rows, typed.rows_aside, typed.voice_of)


def _value_row(name: str, value: Any) -> dict[str, Any]:
    row = {"key": f"{_VALUE}:{name}", "label": carry.words_of(name, value), "icon": "sliders-horizontal"}
    return {**row, "why": "", "name": "", "thumb_url": "", "places": []}


def _file_row(desk: Desk, file: File, asset: Asset | None) -> dict[str, Any]:
    role, pk = file
    key, place = f"{role.value}:{pk}", PLACES[role]
    return {
        "key": key,
        "label": str(place.label),
        "name": asset.name if asset else _("Not in this project any more"),
        "icon": place.icon,
        "thumb_url": reverse("asset-thumb", args=[pk]) if asset and asset.thumb else "",
        "why": _why(desk, role),
        "places": [_place(key, role, to) for to in places(desk, file, asset)],
    }


def _place(key: str, role: Role, to: Role) -> dict[str, str]:
    words = _("Bring back") if to == role else _("Use as %(place)s") % {"place": PLACES[to].label}
    return {"key": f"{key}:{to.value}", "words": words}


def _why(desk: Desk, role: Role) -> str:
    most = desk.most(role)
    if not most:
        return pick_words.takes_no(role)
    return pick_words.takes_only(most, role) if len(desk.typed.rows.get(role, ())) >= most else ""


def places(desk: Desk, file: File, asset: Asset | None) -> list[Role]:
    """Where a file that waits could go now: to its own kind of slot, else to others that take such a file."""
    role, _pk = file
    if asset is None:
        return []
    if role in _OWNED:
        return [role] if _has_owner(desk, file, asset) else []
    if _takes(desk, role, asset):
        return [role]
    others = (to for to in PLACES if role != Role.ELEMENT and to not in (role, *_OWNED))
    return [to for to in others if _takes(desk, to, asset)][:MOST_PLACES]


def _takes(desk: Desk, to: Role, asset: Asset) -> bool:
    if asset.kind not in PLACES[to].kinds or _count(desk.typed, to) >= desk.most(to) or desk.offer is None:
        return False
    roles = {role for role, _asset in desk.uses}
    if any(to in group and set(group) & roles - {to} for group in desk.caps.exclusive):
        return False
    return desk.caps.mode_for([*roles, to], desk.typed.mode) in desk.offer.modes and to in desk.caps.inputs


def _count(typed: Typed, role: Role) -> int:
    return len(typed.rows.get(role, ())) if PLACES[role].many else int(role in typed.single)


def _has_owner(desk: Desk, file: File, asset: Asset) -> bool:
    """Its element, or the reference that speaks with it, stands here and has room for it."""
    role, pk = file
    typed = desk.typed
    if _count(typed, role) >= desk.most(role):
        return False
    if role == voices.VOICE:
        return bool(_owner_of_voice(typed, pk))
    family = _family(typed, file)
    if not family or family[0][2]:
        return False
    here = {value for _role, value, waits in family[1:] if not waits}
    alike = [one for of, one in desk.uses if of == role and one.pk in here and one.kind == asset.kind]
    return len(alike) < casting.VIEWS.get(asset.kind, 0)


def _family(typed: Typed, view: File) -> list[elements.Item]:
    """The element that a waiting view belongs to and all its views, those behind it too; empty where it does
    not wait."""
    family: list[elements.Item] = []
    for item in _items(typed):
        if item[0] == Role.ELEMENT:
            if (*view, True) in family:
                break
            family = []
        family.append(item)
    return family if (*view, True) in family else []


def _owner_of_voice(typed: Typed, pk: UUID) -> Any:
    speaking = set(typed.voice_of[: len(typed.rows.get(voices.VOICE, ()))])
    here = {value for role in SPEAKERS for value in typed.rows.get(role, ())} - speaking
    return next((owner for owner, voice in _voices(typed) if voice == pk and owner in here), None)


def without(typed: Typed, key: str) -> Typed:
    """One thing less among what is set aside; an element takes its views along. Unchanged where it is not
    there."""
    kind, _colon, name = key.partition(":")
    if kind == _VALUE:
        return replace(typed, aside={other: item for other, item in typed.aside.items() if other != name})
    file = read(key)
    return typed if file is None else _without(typed, file)


def read(key: str) -> File | None:
    """``role:id``, and what follows it left out; None for what is no file."""
    role, pk = (key.split(":") + [""])[:2]
    try:
        return Role(role), UUID(pk)
    except ValueError:
        return None


def _without(typed: Typed, file: File) -> Typed:
    role, pk = file
    if file not in waiting(typed):
        return typed
    if role in elements.BOTH:
        return _with_items(typed, _items_without(_items(typed), file))
    if role == voices.VOICE:
        return _with_voices(typed, *_voices_without(typed, pk))
    return replace(typed, rows_aside=_less(typed.rows_aside, role, pk))


def _less(rows: Mapping[Role, Sequence[UUID]], role: Role, pk: UUID) -> dict[Role, tuple[UUID, ...]]:
    left = list(rows.get(role, ()))
    left.remove(pk)
    return _filled({**rows, role: tuple(left)})


def _filled(rows: Mapping[Role, Sequence[UUID]]) -> dict[Role, tuple[UUID, ...]]:
    return {role: tuple(files) for role, files in rows.items() if files}


def _items_without(items: Iterable[elements.Item], file: File) -> list[elements.Item]:
    kept: list[elements.Item] = []
    gone, found = False, False
    for item in items:
        if item[0] == Role.ELEMENT:
            gone = False
        if not found and item == (*file, True):
            found, gone = True, file[0] == Role.ELEMENT
        elif not gone:
            kept.append(item)
    return kept


def _with_items(typed: Typed, items: Sequence[elements.Item]) -> Typed:
    rows, aside, owners = elements.sorted_out(items)
    shown, waits = _filled({**typed.rows, **rows}), _filled({**typed.rows_aside, **aside})
    return replace(typed, rows=shown, rows_aside=waits, owners=owners)


Pairs = list[tuple[Any, Any]]  # who speaks, and with what


def _voice_pairs(typed: Typed) -> tuple[Pairs, Pairs]:
    """Those in their row, and those set aside."""
    here, away = typed.rows.get(voices.VOICE, ()), typed.rows_aside.get(voices.VOICE, ())
    named = typed.voice_of
    return list(zip(named, here, strict=False)), list(zip(named[len(here) :], away, strict=False))


def _voices_without(typed: Typed, pk: UUID) -> tuple[Pairs, Pairs]:
    here, away = _voice_pairs(typed)
    gone = next(pair for pair in _voices(typed) if pair[1] == pk)
    (away if gone in away else here).remove(gone)
    return here, away


def _with_voices(typed: Typed, here: Pairs, away: Pairs) -> Typed:
    rows = _filled({**typed.rows, voices.VOICE: tuple(voice for _owner, voice in here)})
    aside = _filled({**typed.rows_aside, voices.VOICE: tuple(voice for _owner, voice in away)})
    return replace(typed, rows=rows, rows_aside=aside, voice_of=tuple(who for who, _v in (*here, *away)))


def brought_back(desk: Desk, key: str) -> Typed:
    """What waits put where it goes (``role:id:place``); unchanged where it cannot go there any more."""
    file, typed = read(key), desk.typed
    if file is None or file not in waiting(typed):
        return typed
    role, pk = file
    to = next(
        (to for to in places(desk, file, desk.aside_files.get(pk)) if to.value == key.split(":")[-1]), None
    )
    if to is None:
        return typed
    if role in elements.BOTH:
        return _with_items(typed, _items_with(desk, file))
    if role == voices.VOICE:
        owner = _owner_of_voice(typed, pk)
        here, away = _voices_without(typed, pk)
        return _with_voices(typed, [*here, (owner, pk)], away)
    rest = _without(typed, file)
    if not PLACES[to].many:
        return replace(rest, single={**rest.single, to: pk})
    return replace(rest, rows={**rest.rows, to: (*rest.rows.get(to, ()), pk)})


def _items_with(desk: Desk, file: File) -> list[elements.Item]:
    """An element comes with as many of its views as there is room for."""
    room = desk.most(Role.ELEMENT_REFERENCE) - _count(desk.typed, Role.ELEMENT_REFERENCE)
    found: list[elements.Item] = []
    mine, is_back = False, False
    for role, value, waits in _items(desk.typed):
        mine = mine and role != Role.ELEMENT
        if not is_back and (role, value, waits) == (*file, True):
            is_back, mine, waits = True, role == Role.ELEMENT, False
        elif mine and waits and room > 0:
            waits, room = False, room - 1
        found.append((role, value, waits))
    return found
