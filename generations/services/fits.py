"""Whether a file can be an input of a model: it fits, one click makes it fit, or it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from generations.models import Asset
from providers.gateways.capabilities import Capabilities, RoleLimits, Travel
from providers.gateways.check import check, inline_room, size_words
from providers.gateways.values import Input, Role, VideoRequest


@dataclass(frozen=True)
class Fit:
    """``light`` is fits, fix or no; ``why`` says it in words; ``most_bytes`` is for a smaller copy."""

    light: str
    why: str = ""
    most_bytes: int = 0


Use = tuple[Role, Asset]


def fit_of(
    uses: Sequence[Use], at: int, caps: Capabilities, prompt: str = "", *, reachable: bool = False
) -> Fit:
    """Judge the file at one place of a request beside its other files.

    :param reachable: the gateway can fetch files from the studio, so that size is no matter of the request.
    """
    role, asset = uses[at]
    limits = caps.inputs.get(role)
    if limits is None:
        return Fit("no", _("Not taken by this model"))
    most = _most_bytes(uses, at, caps, limits, prompt, reachable)
    too_big = asset.size_bytes > most
    reason = _beside_others(uses, at, caps, limits) or _other_reason(uses, at, caps, most, reachable)
    if reason:
        return Fit("no", reason)
    if not too_big:
        return Fit("fits")
    sizes = {"size": size_words(asset.size_bytes), "most": size_words(most)}
    if asset.kind != Asset.Kind.IMAGE or most < 20_000:
        return Fit("no", _("%(size)s; %(most)s at most") % sizes)
    return Fit("fix", _("%(size)s; make a copy of %(most)s") % sizes, most)


def _most_bytes(
    uses: Sequence[Use], at: int, caps: Capabilities, limits: RoleLimits, prompt: str, reachable: bool
) -> int:
    """The model's own limit, or an equal share of what one request may carry."""
    most = limits.max_bytes or 10**12
    mode = caps.mode_for([role for role, _asset in uses])
    empty = VideoRequest(model="", mode=mode, prompt=prompt)
    ways = caps.ways(uses[at][0], empty)
    by_address = reachable and Travel.PUBLIC_URL in ways
    if Travel.MULTIPART in ways or Travel.DATA_URL not in ways or by_address:
        return most
    room = inline_room(empty, caps) * 3 // 4 - 100 * len(uses)
    others = sum(asset.size_bytes for place, (_role, asset) in enumerate(uses) if place != at)
    return min(most, max(room - others, room // max(len(uses), 1), 0))


def _beside_others(uses: Sequence[Use], at: int, caps: Capabilities, limits: RoleLimits) -> str:
    """Why there is no place for this file beside those before it."""
    role, before = uses[at][0], [role for role, _asset in uses[:at]]
    if role == Role.LAST_FRAME and Role.FIRST_FRAME not in before:
        return _("Needs a first frame too")
    if before.count(role) >= limits.max_count:
        return _("%(n)d at most") % {"n": limits.max_count}
    if any(role in group and set(group) & set(before) - {role} for group in caps.exclusive):
        frames = {Role.FIRST_FRAME, Role.LAST_FRAME} & set(before)
        return _("Not together with a frame") if frames else _("Not together with the others")
    return ""


def _other_reason(uses: Sequence[Use], at: int, caps: Capabilities, most: int, reachable: bool) -> str:
    """What is wrong with this file by itself besides its size; others of its role answer for themselves."""
    role, asset = uses[at]
    near = [use for place, use in enumerate(uses) if place == at or use[0] != role]
    inputs = tuple(Input(r, replace(a.as_media(), size_bytes=0)) for r, a in near)
    request = VideoRequest(model="", mode=caps.mode_for([r for r, _asset in near]), prompt="x", inputs=inputs)
    found = [problem for problem in check(request, caps, public_urls=reachable) if problem.field == role]
    if asset.size_bytes > most:  # the smaller copy is a JPEG, whatever the original was
        found = [problem for problem in found if problem.allowed != caps.inputs[role].mimes]
    return found[0].message if found else ""
