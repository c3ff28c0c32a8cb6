"""Hold the inputs of a request against a model's capabilities: how many, of which roles, beside which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .capabilities import Capabilities, RoleLimits, Together
from .check_files import check_media
from .problem import Problem
from .role_words import a_role, role_name
from .values import SPEAKERS, Media, Mode, Role, VideoRequest


def check_inputs(request: VideoRequest, caps: Capabilities) -> Iterator[Problem]:
    """What is wrong with the inputs: each file, their numbers, and which of them go together."""
    roles = {item.role for item in request.inputs}
    for role in sorted(roles | set(caps.inputs)):
        media = request.media(role)
        limits = caps.inputs.get(role)
        if limits is None:
            yield Problem(role, f"This model takes no {role_name(role)}.")
        else:
            yield from _check_count(role, len(media), limits, request.mode)
            yield from _check_role(role, media, limits, request)
            if media and limits.beside and not roles.intersection(limits.beside):
                others = " or a ".join(role_name(other) for other in limits.beside)
                yield Problem(role, f"A {role_name(role)} needs a {others} beside it.")
    yield from _check_groups(request, caps)
    yield from _check_elements(request)
    yield from _check_voices(request)


def _check_groups(request: VideoRequest, caps: Capabilities) -> Iterator[Problem]:
    roles = {item.role for item in request.inputs}
    for group in caps.exclusive:
        used = [role for role in group if role in roles]
        if len(used) > 1:
            names = " and ".join(map(role_name, group))
            text = f"Choose between {names}: this model does not take them together."
            yield Problem(used[-1], text)
    for group in caps.one_of:
        if not roles.intersection(group):
            names = " or ".join(a_role(role) for role in group)
            yield Problem(group[0], f"This model needs {names}.", tuple(group))
    for shared in caps.together:
        yield from _check_together(request, shared)


def _check_together(request: VideoRequest, shared: Together) -> Iterator[Problem]:
    """What one role alone has too much of is refused by its own limits."""
    used = [role for role in shared.roles if request.media(role)]
    media = [item for role in used for item in request.media(role)]
    names = " and ".join(f"{role_name(role)}s" for role in shared.roles)
    if len(media) > shared.most:
        yield Problem(
            used[-1], f"{len(media)} {names} in all; this model takes {shared.most}.", (shared.most,)
        )
    total = sum(item.duration_s or 0 for item in media if not item.is_awaited)
    if shared.total_s is not None and len(used) > 1 and total > shared.total_s:
        text = f"{total:.1f} s of {names} in all; this model takes {shared.total_s:g} s."
        yield Problem(used[-1], text, (shared.total_s,), "total_s")


MOST_VIEWS = {"image": 3, "video": 1}  # of one element beside its first picture (Venice, 2026-09)


def _check_elements(request: VideoRequest) -> Iterator[Problem]:
    """Views belong to the element before them: at most three pictures and a clip for each."""
    views: dict[str, int] | None = None
    for item in request.inputs:
        if item.role == Role.ELEMENT:
            views = {}
        elif item.role == Role.ELEMENT_REFERENCE:
            kind = item.media.mime.partition("/")[0]
            if views is None:
                yield Problem(item.role, "An element reference follows the element it belongs to.")
                return
            views[kind] = views.get(kind, 0) + 1
            if views[kind] > MOST_VIEWS.get(kind, 0):
                yield Problem(item.role, "An element takes three more pictures and one clip.", (3, 1))
                return


_ONE_VOICE, _NO_REFERENCE = "A reference has one voice.", "A voice follows the reference it belongs to."


def _check_voices(request: VideoRequest) -> Iterator[Problem]:
    """A voice belongs to the reference before it, which has one."""
    voiced: bool | None = None
    for item in request.inputs:
        if item.role in SPEAKERS:
            voiced = False
        elif item.role == Role.REFERENCE_VOICE:
            if voiced is not False:
                yield Problem(item.role, _ONE_VOICE if voiced else _NO_REFERENCE)
                return
            voiced = True


def _check_count(role: Role, count: int, limits: RoleLimits, mode: Mode) -> Iterator[Problem]:
    least, most = limits.counts.get(mode, (limits.min_count, limits.max_count))
    if count > most:
        where = f" in {mode.replace('_', ' ')}" if mode in limits.counts else ""
        yield Problem(role, f"{count} given; this model takes {most or 'none'}{where}.", (most,))
    if count < least:
        what = a_role(role) if least == 1 else f"{least} {role_name(role)}s"
        yield Problem(role, f"This model needs {what}.", (least,))


def _check_role(
    role: Role, media: list[Media], limits: RoleLimits, request: VideoRequest
) -> Iterator[Problem]:
    media = [item for item in media if not item.is_awaited]
    for item in media:
        yield from check_media(role, item, limits)
    total = sum(item.duration_s or 0 for item in media)
    if limits.total_s is not None and total > limits.total_s:
        yield Problem(
            role,
            f"{total:.1f} s in all; this model takes {limits.total_s:g} s.",
            (limits.total_s,),
            "total_s",
        )
    if media and limits.with_clip_s is not None:
        yield from _check_whole(role, total, request.duration_s, limits.with_clip_s)


def _check_whole(role: Role, total: float, asked: Any, most: float) -> Iterator[Problem]:
    """``asked`` is as it was typed: what is no length is refused elsewhere."""
    own = asked if isinstance(asked, (int, float)) and asked > 0 else 0
    if total + own > most:
        text = f"{total + own:.1f} s with the clip itself; this model takes {most:g} s of both."
        yield Problem(role, text, (most,), "total_s")
