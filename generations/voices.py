"""Voices of references: a sound that one picture or clip among the references speaks with.

A composer keeps for each voice the file that speaks, so that it stays with that file whatever is added, moved
or set aside: ``voice_of`` names them for the voices in their row, then for those that are set aside. A form
repeats the names on their own, so it also says in which order its slots stand (``voice_order``, one for each,
empty ones too); a take has its inputs in order: a voice follows its reference.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from providers.gateways.values import SPEAKERS, Role

ORDER, OWNERS = "voice_order", "voice_of"
VOICE = Role.REFERENCE_VOICE
_BOTH = (*SPEAKERS, VOICE)


def named(data: Mapping[str, Any]) -> list[tuple[Any, Any]] | None:
    """Who speaks and with what, out of a form; without the voices of a removed reference. None without an
    order. A voice that was sent beside the slots is that of the first reference that has none."""
    if not hasattr(data, "getlist") or not (order := data.getlist(ORDER)):
        return None
    left = {role: iter(data.getlist(role.value)) for role in _BOTH}
    slots = [(Role(word), next(left[Role(word)], "")) for word in order if word in _BOTH]
    pairs = list(pairs_of(slots))
    return [*pairs, *zip(_silent(slots, pairs), left[VOICE], strict=False)]


def _silent(slots: Sequence[tuple[Role, Any]], pairs: Sequence[tuple[Any, Any]]) -> Iterator[Any]:
    """References without a voice; one picture may stand there twice."""
    spoken = Counter(owner for owner, _voice in pairs)
    for role, value in slots:
        if role in SPEAKERS and value:
            spoken[value] -= 1
            if spoken[value] < 0:
                yield value


def pairs_of(items: Iterable[tuple[Role, Any]]) -> Iterator[tuple[Any, Any]]:
    """Who speaks and with what, of inputs or slots in their order."""
    speaker = None
    for role, value in items:
        if role in SPEAKERS:
            speaker = value
        elif role == VOICE and value and speaker:
            yield speaker, value


def in_inputs(data: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Who speaks and with what, out of the inputs of a draft or a take, which stand in order."""
    told = [(item["role"], item.get("asset")) for item in _items(data) if item.get("role") in _BOTH]
    return list(pairs_of(told))


def of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [item for item in _items(data) if item.get("role") == VOICE]


def _items(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    inputs = data.get("inputs")
    return [item for item in inputs if isinstance(item, dict)] if isinstance(inputs, list) else []


def in_order(role: Role, rows: Mapping[Role, Sequence[Any]], owners: Sequence[Any]) -> list[tuple[Role, Any]]:
    """The references of one kind, each followed by its voice."""
    voices = _by_owner(rows, owners)
    found: list[tuple[Role, Any]] = []
    for value in rows.get(role, ()):
        found.append((role, value))
        if voices[value]:
            found.append((VOICE, voices[value].popleft()))
    return found


def _by_owner(rows: Mapping[Role, Sequence[Any]], owners: Sequence[Any]) -> defaultdict[Any, deque[Any]]:
    voices: defaultdict[Any, deque[Any]] = defaultdict(deque)
    for owner, voice in zip(owners, rows.get(VOICE, ()), strict=False):
        voices[owner].append(voice)
    return voices


def waiting(
    rows: Mapping[Role, Sequence[Any]], aside: Mapping[Role, Sequence[Any]], owners: Sequence[Any]
) -> list[tuple[Any, Any]]:
    """Who speaks and with what, of the voices that do not go out now: those set aside, and those whose
    reference is."""
    voices = _by_owner(rows, owners)
    for role in SPEAKERS:
        for value in rows.get(role, ()):
            if voices[value]:
                voices[value].popleft()
    idle = [(owner, voice) for owner, left in voices.items() for voice in left]
    return [*idle, *zip(owners[len(rows.get(VOICE, ())) :], aside.get(VOICE, ()), strict=False)]


def without(
    voices: Sequence[Any], owners: Sequence[Any], files: Collection[Any]
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Voices and who speaks, without these files on either side."""
    kept = [pair for pair in zip(voices, owners, strict=False) if not set(pair) & set(files)]
    return tuple(voice for voice, _owner in kept), tuple(owner for _voice, owner in kept)


def present(items: Iterable[tuple[Any, Any]], here: Container[Any]) -> Iterator[tuple[Any, Any]]:
    """Role and value of the inputs that are there; the voice of one that is not is not another's."""
    is_here = True
    for role, value in items:
        if role in SPEAKERS:
            is_here = value in here
        if value in here and (is_here or role != VOICE):
            yield role, value
