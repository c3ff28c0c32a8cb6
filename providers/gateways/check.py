"""Hold a request against a model's capabilities: every refusal names the field and what is allowed.

Nothing is rounded and nothing is dropped. An empty list means the request can be expressed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from .capabilities import Audio, Capabilities, ExtraField, Travel
from .check_inputs import check_inputs
from .file_words import size_words
from .problem import Problem
from .role_words import role_name
from .values import AUTO_S, REFERENCES, Input, Mode, Role, VideoRequest

_FLAG = re.compile(r"(?<!\S)--[A-Za-z]\w*")


def check(request: VideoRequest, caps: Capabilities, *, public_urls: bool = False) -> list[Problem]:
    """All the reasons why this model cannot take this request; ``public_urls`` says whether the studio
    can hand the gateway an address instead of the bytes."""
    return [
        *_check_prompt(request, caps),
        *_check_mode(request, caps),
        *_check_values(request, caps),
        *_check_switches(request, caps),
        *check_inputs(request, caps),
        *_check_travel(request, caps, public_urls),
        *_check_extra(request, caps),
    ]


def _check_prompt(request: VideoRequest, caps: Capabilities) -> Iterator[Problem]:
    if caps.prompt_required and not request.prompt.strip():
        yield Problem("prompt", "Write what the clip should show.")
    flag = _FLAG.search(request.prompt) if caps.prompt_flags else None
    if flag:
        yield Problem("prompt", f"“{flag[0]}” would be read as a setting; write it without the hyphens.")
    for name, text in (("prompt", caps.worded(request)), ("negative_prompt", request.negative_prompt or "")):
        if text and not caps.prompt_max_chars:
            yield Problem(name, f"This model takes no {name.replace('_', ' ')}.")
        elif len(text) > caps.prompt_max_chars:
            yield Problem(
                name,
                f"{len(text):,} characters; this model takes {caps.prompt_max_chars:,}.",
                (caps.prompt_max_chars,),
            )
    if request.negative_prompt and not caps.negative_prompt:
        yield Problem("negative_prompt", "This model takes no negative prompt.")


def _check_mode(request: VideoRequest, caps: Capabilities) -> Iterator[Problem]:
    if request.mode not in caps.modes:
        words = ", ".join(mode.replace("_", " ") for mode in caps.modes)
        yield Problem(
            "mode",
            f"This model does not do {request.mode.replace('_', ' ')}; it does {words}.",
            tuple(caps.modes),
        )
    yield from _check_fit(request)


_FRAMES = {Role.FIRST_FRAME, Role.LAST_FRAME}
_VIDEO = {Role.SOURCE_VIDEO, Role.AUDIO_TRACK, *_FRAMES, *REFERENCES}
# what a mode cannot do without, and what may stand in it at all
_ROLES: dict[Mode, tuple[set[Role], set[Role]]] = {
    Mode.TEXT_TO_VIDEO: (set(), {Role.AUDIO_TRACK}),
    Mode.IMAGE_TO_VIDEO: ({Role.FIRST_FRAME}, {Role.FIRST_FRAME, Role.AUDIO_TRACK}),
    Mode.FIRST_LAST_FRAME: (_FRAMES, {*_FRAMES, Role.AUDIO_TRACK}),
    Mode.REFERENCE_TO_VIDEO: (set(), {*REFERENCES, *_FRAMES, Role.AUDIO_TRACK}),
    Mode.VIDEO_TO_VIDEO: ({Role.SOURCE_VIDEO}, _VIDEO),
    Mode.EDIT: ({Role.SOURCE_VIDEO}, _VIDEO),
    Mode.EXTEND: ({Role.SOURCE_VIDEO}, _VIDEO),
    Mode.UPSCALE: ({Role.SOURCE_VIDEO}, {Role.SOURCE_VIDEO}),
}


def _check_fit(request: VideoRequest) -> Iterator[Problem]:
    needed, allowed = _ROLES[request.mode]
    roles = {item.role for item in request.inputs}
    words = request.mode.replace("_", " ")
    for role in sorted(needed - roles):
        yield Problem(role, f"A take of {words} needs a {role_name(role)}.")
    for role in sorted(roles - allowed):
        yield Problem(role, f"A {role_name(role)} has no place in {words}.")


def _check_values(request: VideoRequest, caps: Capabilities) -> Iterator[Problem]:
    length_needed = "duration_s" not in caps.replaced(request.extra)
    yield from _one_of("duration_s", request.duration_s, caps.durations_s, required=length_needed)
    yield from _check_auto(request, caps)
    left = caps.left_to_gateway
    sizes = tuple(choice.value for choice in caps.resolutions)
    yield from _one_of("resolution", request.resolution, sizes, required="resolution" not in left)
    ratios, ratio_needed = caps.ratios(request.mode), "aspect_ratio" not in left
    yield from _one_of("aspect_ratio", request.aspect_ratio, ratios, required=ratio_needed)
    yield from _check_ratio_beside(request, caps)
    yield from _one_of("upscale_factor", request.upscale_factor, caps.upscale_factors, required=False)


def _check_auto(request: VideoRequest, caps: Capabilities) -> Iterator[Problem]:
    """A clip of unknown length passes: the gateway measures it."""
    if request.duration_s != AUTO_S or caps.auto_clip_s is None:
        return
    least, most = caps.auto_clip_s
    clips = [*request.media(Role.SOURCE_VIDEO), *request.media(Role.REFERENCE_VIDEO)]
    lengths = [clip.duration_s for clip in clips if clip.duration_s is not None and not clip.is_awaited]
    if not clips:
        yield Problem("duration_s", "“Auto” is the length of a clip: add one, or choose a length.")
    elif len(lengths) == len(clips) and not least <= sum(lengths) <= most:
        words = f"“Auto” needs {least:g} to {most:g} s of clips; there are {sum(lengths):.1f} s."
        yield Problem("duration_s", words, (least, most))


def _check_ratio_beside(request: VideoRequest, caps: Capabilities) -> Iterator[Problem]:
    chosen = next((item for item in caps.aspect_ratios if item.value == request.aspect_ratio), None)
    if chosen and chosen.beside and not any(request.media(role) for role in chosen.beside):
        others = " or a ".join(role_name(role) for role in chosen.beside)
        yield Problem("aspect_ratio", f"“{chosen.value}” needs a {others}: add one, or choose a ratio.")


def _one_of(field: str, value: Any, allowed: Sequence[Any], *, required: bool = True) -> Iterator[Problem]:
    name = field.removesuffix("_s").replace("_", " ")
    if value is None:
        if allowed and required:
            yield Problem(field, f"Choose a {name}: {_words(allowed)}.", tuple(allowed))
    elif not allowed:
        yield Problem(field, f"This model takes no {name} here.")
    elif value not in allowed:
        yield Problem(field, f"{_word(value)} is not offered; choose {_words(allowed)}.", tuple(allowed))


def _words(values: Sequence[Any]) -> str:
    return ", ".join(_word(value) for value in values)


def _word(value: Any) -> str:
    if value == AUTO_S:
        return "auto"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _check_switches(request: VideoRequest, caps: Capabilities) -> Iterator[Problem]:
    if request.generate_audio is not None and caps.audio != Audio.OPTIONAL:
        always = caps.audio == Audio.FIXED
        if request.generate_audio != always:
            yield Problem(
                "generate_audio",
                "This model always makes sound." if always else "This model makes silent clips.",
                (always,),
            )
    for name, taken in (("watermark", caps.watermark), ("return_last_frame", caps.return_last_frame)):
        if getattr(request, name) and not taken:
            yield Problem(name, f"This model has no switch for {name.replace('_', ' ')}.")
    if request.seed is not None:
        if not caps.seed:
            yield Problem("seed", "This model takes no seed.")
        elif not 0 <= request.seed <= caps.seed_max:
            yield Problem("seed", f"A seed is a whole number from 0 to {caps.seed_max}.", (0, caps.seed_max))


def _check_travel(request: VideoRequest, caps: Capabilities, public_urls: bool) -> Iterator[Problem]:
    inline = [
        item for item in request.inputs if _must_be_inline(item, caps.ways(item.role, request), public_urls)
    ]
    for item in inline:
        if Travel.DATA_URL not in caps.ways(item.role, request):
            yield Problem(item.role, _ONLY_BY_ADDRESS, (Travel.PUBLIC_URL,))
    inline = [item for item in inline if Travel.DATA_URL in caps.ways(item.role, request)]
    room = inline_room(request, caps)
    if sum(item.media.inline_bytes for item in inline) <= room:
        return
    biggest: Input = max(inline, key=lambda item: item.media.size_bytes)
    raw = max(room * 3 // 4 - 100, 0)
    yield Problem(
        biggest.role,
        f"{size_words(sum(item.media.size_bytes for item in inline))} of inputs; this gateway takes "
        f"{size_words(raw)} inside a request. Use a smaller copy.",
        (raw,),
    )


_ONLY_BY_ADDRESS = (
    "This gateway fetches such a file from a public address, and this studio has none: "
    "an administrator sets PUBLIC_URL to an https address that the internet reaches."
)


def _must_be_inline(item: Input, ways: Sequence[Travel], public_urls: bool) -> bool:
    if Travel.MULTIPART in ways or item.media.is_registered:
        return False
    by_address = public_urls or item.media.address.startswith("http")
    return not (by_address and Travel.PUBLIC_URL in ways)


def inline_room(request: VideoRequest, caps: Capabilities) -> int:
    """Bytes left for data URLs beside the rest of the JSON body (its text counted at four bytes a
    character, plus two thousand for the field names)."""
    return caps.max_body_bytes - 4 * (len(request.prompt) + len(request.negative_prompt or "")) - 2000


def _check_extra(request: VideoRequest, caps: Capabilities) -> Iterator[Problem]:
    for key, value in request.extra.items():
        spec = caps.extra.get(key)
        if spec is None:
            yield Problem(f"extra.{key}", "This model has no such option.", tuple(caps.extra))
        elif not spec.takes(value):
            yield Problem(f"extra.{key}", spec.wanted(), spec.choices)
        elif value is not False and value is not None:
            yield from _check_beside(key, spec, request)


def _check_beside(key: str, spec: ExtraField, request: VideoRequest) -> Iterator[Problem]:
    """What an option asks of the rest of the request while it is on."""
    name = f"extra.{key}"
    if not spec.fits(request.mode):
        words = ", ".join(mode.replace("_", " ") for mode in spec.modes)
        yield Problem(name, f"This option is for {words} only.", spec.modes)
    for needed, wanted in spec.needs.items():
        given = getattr(request, needed)
        if given != wanted and (given or wanted):  # a switch that was left alone is off
            words = f"with {_word(wanted)}" if wanted else "without it"
            yield Problem(name, f"{_field_name(needed).capitalize()}: this option goes {words}.", (wanted,))
    if spec.replaces and getattr(request, spec.replaces) is not None:
        label = key.replace("_", " ")
        yield Problem(name, f"Choose {label} or a {_field_name(spec.replaces)}, not both.")


def _field_name(name: str) -> str:
    return "length" if name == "duration_s" else name.replace("_", " ")
