"""What a take goes on from. Each clip that starts from another one's end is one hop; picture and colour drift
a little with every hop, so people are told how many lie behind a take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from generations.models import Asset, Generation, Output
from providers.gateways.values import Mode, Role

LAST_FRAME, EXTEND, UPSCALE = "last_frame", "extend", "upscale"
FRAME, CLIP, USED = "frame", "clip", "used"  # from another picture of it, on its clip; beside other inputs
# relation: the role in which it goes on, and the file of the parent that stands there
_GOES_ON = {
    LAST_FRAME: (Role.FIRST_FRAME, Output.Kind.LAST_FRAME),
    EXTEND: (Role.SOURCE_VIDEO, Output.Kind.VIDEO),
    UPSCALE: (Role.SOURCE_VIDEO, Output.Kind.VIDEO),
}
_CARRIES = tuple(role for role, _kind in _GOES_ON.values())
FIRST_WARNED = 3
_MOST_BEHIND = 8  # copies of copies between a file and its take


def hop_of(parent: Generation | None, relation: str, inputs: Iterable[tuple[Role, UUID]]) -> int:
    """How many hops lie behind a take that is made like this. An edit or a retry stands where its parent
    stands, as long as it starts from the same file."""
    if parent is None:
        return 0
    if relation == UPSCALE:  # the same pictures, only larger
        return parent.hop
    if relation in (*_GOES_ON, FRAME, CLIP):
        return parent.hop + 1
    files = {(role.value, str(pk)) for role, pk in inputs if role in _CARRIES}
    before = {(item["role"], item.get("asset")) for item in parent.request.get("inputs", [])}
    return parent.hop if files & before else 0


def still_from(rows: QuerySet[Generation], relation: str, uses: Iterable[tuple[Role, Asset]]) -> Any:
    """Of ``rows`` those whose file, or a copy made to fit, still stands among ``uses``; all of them for
    a relation that needs none."""
    if relation not in _GOES_ON:
        return rows
    wanted, kind = _GOES_ON[relation]
    here = [asset for role, asset in uses if role == wanted]
    originals = Asset.objects.filter(derived__in=here).values("sha256")
    ours = Q(sha256__in=[asset.sha256 for asset in here]) | Q(sha256__in=originals)
    return rows.filter(Exists(Output.objects.filter(ours, generation=OuterRef("pk"), kind=kind)))


def relation_of(parent: Generation, uses: Iterable[tuple[Role, Asset]]) -> str:
    """What a request that only names its parent makes of it, by the bytes of its inputs."""
    uses, same = list(uses), Generation.objects.filter(pk=parent.pk)
    found = (relation for relation in _GOES_ON if still_from(same, relation, uses).exists())
    return next(found, "edit")


def chain_of(asset: Asset) -> Iterator[Asset]:
    """The file and what it was made from, step by step."""
    step: Asset | None = asset
    for _step in range(_MOST_BEHIND):
        if step is None:
            return
        yield step
        step = step.derived_from


def take_id_of(asset: Asset) -> UUID | None:
    """The take that this file, or what it was made from, came out of."""
    named = (one.derivation.get("take") for one in chain_of(asset))
    found = next((name for name in named if name), None)
    return UUID(found) if found else None


def takes_behind(rows: QuerySet[Generation], assets: Iterable[Asset]) -> dict[UUID, Generation]:
    """File -> the take behind it; those that are not among ``rows`` are left out."""
    behind = {asset.pk: pk for asset in assets if (pk := take_id_of(asset))}
    takes = rows.in_bulk(set(behind.values())) if behind else {}
    return {asset: takes[pk] for asset, pk in behind.items() if pk in takes}


def origin(
    rows: QuerySet[Generation], uses: Iterable[tuple[Role, Asset]], mode: Mode
) -> tuple[Generation | None, str]:
    """The take behind the first of the inputs that came out of one, and how the new take stands to it."""
    uses = list(uses)
    behind = takes_behind(rows, (asset for _role, asset in uses))
    for role, asset in uses:
        if asset.pk in behind:
            return behind[asset.pk], _relation_in(role, asset, mode)
    return None, ""


def _relation_in(role: Role, asset: Asset, mode: Mode) -> str:
    if role == Role.SOURCE_VIDEO:
        return {Mode.EXTEND: EXTEND, Mode.UPSCALE: UPSCALE}.get(mode, CLIP)
    if role != Role.FIRST_FRAME:
        return USED
    is_end = any(one.derivation.get("op") == Output.Kind.LAST_FRAME for one in chain_of(asset))
    return LAST_FRAME if is_end else FRAME
