"""Hold a request against a model's capabilities: every refusal names the field and what is allowed.

Nothing is rounded and nothing is dropped. An empty list means the request can be expressed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .capabilities import Audio, Capabilities, ExtraField, RoleLimits, Together, Travel
from .values import AUTO_S, REFERENCES, SPEAKERS, Input, Media, Mode, Role, VideoRequest

_FLAG = re.compile(r"(?<!\S)--[A-Za-z]\w*")


@dataclass(frozen=True)
class Problem:
    field: str
    message: str
    allowed: tuple[Any, ...] = ()
    rule: str = ""  # of a file: which of its limits was passed, for whoever would mend it


def check(request: VideoRequest, caps: Capabilities, *, public_urls: bool = False) -> list[Problem]:
    """All the reasons why this model cannot take this request; ``public_urls`` says whether the studio
    can hand the gateway an address instead of the bytes."""
    return [
        *_check_prompt(request, caps),
        *_check_mode(request, caps),
        *_check_values(request, caps),
        *_check_switches(request, caps),
        *_check_inputs(request, caps),
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
        yield Problem(role, f"A take of {words} needs a {_name(role)}.")
    for role in sorted(roles - allowed):
        yield Problem(role, f"A {_name(role)} has no place in {words}.")


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
        others = " or a ".join(_name(role) for role in chosen.beside)
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


def _check_inputs(request: VideoRequest, caps: Capabilities) -> Iterator[Problem]:
    roles = {item.role for item in request.inputs}
    for role in sorted(roles | set(caps.inputs)):
        media = request.media(role)
        limits = caps.inputs.get(role)
        if limits is None:
            yield Problem(role, f"This model takes no {_name(role)}.")
        else:
            yield from _check_count(role, len(media), limits, request.mode)
            yield from _check_role(role, media, limits, request)
            if media and limits.beside and not roles.intersection(limits.beside):
                others = " or a ".join(_name(other) for other in limits.beside)
                yield Problem(role, f"A {_name(role)} needs a {others} beside it.")
    yield from _check_groups(request, caps)
    yield from _check_elements(request)
    yield from _check_voices(request)


# as the composer names its slots; the field beside a sentence has the role's own name
_NAMES = {
    Role.SOURCE_VIDEO: "source clip",
    Role.AUDIO_TRACK: "sound track",
    Role.REFERENCE_IMAGE: "reference",
    Role.REFERENCE_BACKGROUND: "background",
    Role.REFERENCE_VIDEO: "reference clip",
    Role.REFERENCE_AUDIO: "reference sound",
    Role.REFERENCE_VOICE: "voice of a reference",
    Role.REFERENCE_DOCUMENT: "document",
    Role.ELEMENT_REFERENCE: "view of an element",
    Role.SCENE_IMAGE: "scene",
}


def _name(role: Role) -> str:
    return _NAMES.get(role, role.replace("_", " "))


def _a(role: Role) -> str:
    return f"{'an' if _name(role)[0] in 'aeiou' else 'a'} {_name(role)}"


def _check_groups(request: VideoRequest, caps: Capabilities) -> Iterator[Problem]:
    roles = {item.role for item in request.inputs}
    for group in caps.exclusive:
        used = [role for role in group if role in roles]
        if len(used) > 1:
            names = " and ".join(map(_name, group))
            text = f"Choose between {names}: this model does not take them together."
            yield Problem(used[-1], text)
    for group in caps.one_of:
        if not roles.intersection(group):
            names = " or ".join(_a(role) for role in group)
            yield Problem(group[0], f"This model needs {names}.", tuple(group))
    for shared in caps.together:
        yield from _check_together(request, shared)


def _check_together(request: VideoRequest, shared: Together) -> Iterator[Problem]:
    """What one role alone has too much of is refused by its own limits."""
    used = [role for role in shared.roles if request.media(role)]
    media = [item for role in used for item in request.media(role)]
    names = " and ".join(f"{_name(role)}s" for role in shared.roles)
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
        what = _a(role) if least == 1 else f"{least} {_name(role)}s"
        yield Problem(role, f"This model needs {what}.", (least,))


def _check_role(
    role: Role, media: list[Media], limits: RoleLimits, request: VideoRequest
) -> Iterator[Problem]:
    media = [item for item in media if not item.is_awaited]
    for item in media:
        yield from _check_media(role, item, limits)
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


def _check_media(role: Role, media: Media, limits: RoleLimits) -> Iterator[Problem]:
    if media.mime not in limits.mimes:
        kinds = ", ".join(map(type_words, limits.mimes))
        yield Problem(role, f"{type_words(media.mime)} is not taken; use {kinds}.", limits.mimes, "mime")
    elif media.animated:
        text = "This picture is animated: only its first picture would be used; send that one."
        yield Problem(role, text, rule="animated")
    yield from _check_codecs(role, media, limits)
    if limits.max_bytes is not None and media.size_bytes > limits.max_bytes:
        yield Problem(
            role,
            f"{size_words(media.size_bytes)}; this model takes {size_words(limits.max_bytes)}.",
            (limits.max_bytes,),
            "bytes",
        )
    if media.width and media.height:
        yield from _check_picture(role, media.width, media.height, limits)
    if media.duration_s is not None:
        yield from _check_length(role, media.duration_s, limits)
    least, most = limits.min_fps or 0, limits.max_fps or float("inf")
    if media.fps is not None and not least <= media.fps <= most:
        text = f"{media.fps:g} frames a second; they must lie between {least:g} and {most:g}."
        yield Problem(role, text, (least, most), "fps")


_TYPES = {"video/quicktime": "MOV", "audio/mpeg": "MP3", "audio/mp4": "M4A", "audio/x-wav": "WAV"}
_TYPES |= {"text/plain": "TXT"}


def type_words(mime: str) -> str:
    """JPEG, MOV, MP3: of a media type, as people name such files."""
    return _TYPES.get(mime, mime.rpartition("/")[2].upper())


# as people write them; FFmpeg's own name in capitals for the others
_CODECS = {"h264": "H.264", "hevc": "HEVC", "pcm": "PCM"}


def codec_words(name: str) -> str:
    return "PCM" if name.startswith("pcm") else _CODECS.get(name, name.upper())


def _check_codecs(role: Role, media: Media, limits: RoleLimits) -> Iterator[Problem]:
    """What is not known passes."""
    pairs = (("video_codec", limits.video_codecs), ("audio_codec", limits.audio_codecs))
    for name, taken in pairs:
        own = getattr(media, name)
        if not own or not taken or own in taken or (own.startswith("pcm") and "pcm" in taken):
            continue
        words = " or ".join(codec_words(codec) for codec in taken)
        yield Problem(role, f"{codec_words(own)}; {words} wanted.", taken, name)


def _check_picture(role: Role, width: int, height: int, limits: RoleLimits) -> Iterator[Problem]:
    short, long, ratio = min(width, height), max(width, height), width / height
    if limits.min_side_px and short < limits.min_side_px:
        yield Problem(
            role,
            f"{width} × {height}; the short side must be {limits.min_side_px} px or more.",
            (limits.min_side_px,),
            "min_side",
        )
    if limits.max_side_px and long > limits.max_side_px:
        yield Problem(
            role,
            f"{width} × {height}; the long side must be {limits.max_side_px} px or less.",
            (limits.max_side_px,),
            "max_side",
        )
    least, most = limits.min_pixels or 0, limits.max_pixels or float("inf")
    if not least <= width * height <= most:
        yield Problem(
            role,
            f"{width} × {height}; width times height must lie between {least:,} and {most:,}.",
            (least, most),
            "pixels",
        )
    low, high = limits.min_ratio or 0, limits.max_ratio or float("inf")
    on_the_edge = limits.between_ratios and ratio in (low, high)
    if on_the_edge or not low <= ratio <= high:
        strictly = "strictly " if limits.between_ratios else ""
        text = f"{ratio:.2f}:1; width to height must lie {strictly}between {low:g} and {high:g}."
        yield Problem(role, text, (low, high), "ratio")


def _check_length(role: Role, duration_s: float, limits: RoleLimits) -> Iterator[Problem]:
    if limits.min_s is not None and duration_s < limits.min_s:
        yield Problem(role, f"{duration_s:.1f} s; at least {limits.min_s:g} s.", (limits.min_s,), "min_s")
    if limits.max_s is not None and duration_s > limits.max_s:
        yield Problem(role, f"{duration_s:.1f} s; at most {limits.max_s:g} s.", (limits.max_s,), "max_s")


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


def size_words(size: int) -> str:
    """Of a number of bytes, as people read it."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.0f} kB"
