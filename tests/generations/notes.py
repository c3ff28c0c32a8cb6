"""Takes to write on, and guests who write: rows for the tests of notes, decisions and shares."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from generations.models import Generation, Guest, ShareLink
from tests import factories

CLIP = {
    "fps": 24.0,
    "duration_s": 5.0,
    "width": 1280,
    "height": 720,
    "facts": {"rate": "24/1", "frames": 120},
}


def make_clip(project: Any, *, facts: dict[str, Any] | None = None, **fields: Any) -> Generation:
    """A completed take with a clip of 120 frames at 24 a second; no file behind it."""
    take = factories.make_take_row(project=project, status="completed", hold=False, **fields)
    factories.make_output(take, **{**CLIP, **({"facts": facts} if facts else {})})
    return take


def make_guest(project: Any, made_by: Any, *, name: str = "Anna Client", **permissions: bool) -> Guest:
    """Somebody who came by a link that allows what is named."""
    key = secrets.token_hex(16)
    sha256 = hashlib.sha256(key.encode()).hexdigest()
    share = ShareLink.objects.create(
        project=project,
        made_by=made_by,
        title="For you",
        token_sha256=sha256,
        token_end="abcd",
        **permissions,
    )
    return Guest.objects.create(share=share, name=name, key_sha256=sha256)
