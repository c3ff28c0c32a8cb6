"""Inputs of every role: as facts for a check, or as real files for the sandbox."""

from __future__ import annotations

import base64
import io
import tempfile
import wave
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from providers.gateways.capabilities import Capabilities
from providers.gateways.values import Input, Media, Mode, Role
from tests.media_files import make_mp4

CLIP = "data:video/mp4;base64,AAAAFGZ0eXA="
SOUND = "data:audio/mpeg;base64,SUQzBAAAAAA="
PICTURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="
PAPER = "data:application/pdf;base64,JVBERi0xLjcKJSVFT0YK"
CLIPS = {Role.REFERENCE_VIDEO, Role.SOURCE_VIDEO}
SOUNDS = {Role.REFERENCE_AUDIO, Role.REFERENCE_VOICE, Role.AUDIO_TRACK}


def clip(role: Role = Role.SOURCE_VIDEO, **overrides: Any) -> Input:
    fields: dict[str, Any] = {"sha256": "1" * 64, "mime": "video/mp4", "size_bytes": 9000, "address": CLIP}
    fields |= {"width": 1280, "height": 720, "duration_s": 4.0, **overrides}
    return Input(role, Media(**fields))


def sound(role: Role = Role.AUDIO_TRACK, **overrides: Any) -> Input:
    fields: dict[str, Any] = {"sha256": "2" * 64, "mime": "audio/mpeg", "size_bytes": 9000, "address": SOUND}
    fields |= {"duration_s": 4.0, **overrides}
    return Input(role, Media(**fields))


def item_for(role: Role) -> Input:
    """A file that fits nearly every model, with an address that nobody can read."""
    if role in CLIPS:
        return clip(role)
    if role in SOUNDS:
        return sound(role)
    if role == Role.REFERENCE_DOCUMENT:
        return Input(role, Media("3" * 64, "application/pdf", 9000, address=PAPER))
    facts = {"width": 1280, "height": 720, "address": PICTURE}
    return Input(role, Media(sha256="0" * 64, mime="image/png", size_bytes=2000, **facts))


def real_item(role: Role) -> Input:
    """The same with bytes: a picture of 800 × 450, a clip of 3 s, a sound of 3 s."""
    if role in CLIPS:
        data, kind, facts = _clip(), "video/mp4", {"duration_s": 3.0, "width": 640, "height": 360}
    elif role in SOUNDS:
        data, kind, facts = _sound(), "audio/wav", {"duration_s": 3.0}
    elif role == Role.REFERENCE_DOCUMENT:
        data, kind, facts = b"%PDF-1.7\n%%EOF\n", "application/pdf", {}
    else:
        data, kind, facts = _picture(role), "image/png", {"width": 800, "height": 450}
    address = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return Input(role, Media("0" * 64, kind, len(data), address=address, **facts))


def least_roles(caps: Capabilities, mode: Mode) -> list[Role]:
    """The fewest inputs with which this model does this."""
    if mode == Mode.REFERENCE_TO_VIDEO:
        needed = [role for role, limits in caps.inputs.items() if limits.min_count]
        another = Role.REFERENCE_IMAGE if Role.ELEMENT not in caps.inputs else Role.ELEMENT
        return [*needed, *([] if another in needed else [another])]
    clips = caps.inputs.get(Role.SOURCE_VIDEO)
    least, _ = clips.counts.get(mode, (1, 1)) if clips else (1, 1)
    roles = {
        Mode.TEXT_TO_VIDEO: [],
        Mode.IMAGE_TO_VIDEO: [Role.FIRST_FRAME],
        Mode.FIRST_LAST_FRAME: [Role.FIRST_FRAME, Role.LAST_FRAME],
    }
    return roles.get(mode, [Role.SOURCE_VIDEO] * least)


@cache
def _clip() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return make_mp4(Path(folder) / "clip.mp4", 3.0, (640, 360)).read_bytes()


@cache
def _sound() -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(2 * 8000 * 3))
    return target.getvalue()


def _picture(role: Role) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (800, 450), "red" if role == Role.FIRST_FRAME else "blue").save(target, "PNG")
    return target.getvalue()
