"""Links for guests, and guests at their doors: for the tests of shares."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.test import Client

from generations.media import probe
from generations.models import Generation, GuestCopy, Output, ShareLink
from generations.services import guest_copies, shares
from generations.services.share_takes import key_of
from generations.services.shares import Chosen, Terms
from tests import factories
from tests import media_files as make

PASSPHRASE = "open sesame 9"
PICTURES = (Output.Kind.POSTER, Output.Kind.SMALL, Output.Kind.STRIP)


CLIP = {"fps": 24.0, "duration_s": 5.0, "width": 1280, "height": 720}
CLIP |= {"facts": {"rate": "24/1", "frames": 120}}


def make_take(project: Any, **fields: Any) -> Generation:
    """A finished take with a clip of 120 frames, its copy for guests and its pictures; the files hold nothing
    that plays."""
    take = factories.make_take_row(project=project, status="completed", hold=False, **fields)
    clip = factories.make_output(take, take.pk.bytes * 100, **CLIP)
    bare = {name: getattr(clip, name) for name in ("file", "sha256", "mime", "size_bytes", *CLIP)}
    bare["facts"] = {**clip.facts, "rules": guest_copies.RULES}
    GuestCopy.objects.create(generation=take, source_sha256=clip.sha256, **bare)
    for kind in PICTURES:
        factories.make_output(take, b"RIFF....WEBP", kind=kind)
    return take


def make_clip(
    project: Any, folder: Path, *, words: str = "", user_data: str = "", **fields: Any
) -> Generation:
    """A finished take with a real clip of 24 frames and pictures; ``words`` stand in the file's container,
    ``user_data`` in its pictures' stream."""
    path = make.make_mp4(folder / "clip.mp4", audio=True)
    if user_data:
        path = make.with_user_data(path, folder / "user-data.mp4", user_data)
    if words:
        path = make.tagged(path, folder / "tagged.mp4", words)
    facts = probe(path, mime="video/mp4")
    take = factories.make_take_row(project=project, status="completed", hold=False, **fields)
    measures = {name: getattr(facts, name) for name in ("width", "height", "duration_s", "fps")}
    factories.make_output(take, path.read_bytes(), facts=facts.of_clip(), **measures)
    for kind in PICTURES:
        factories.make_output(take, b"RIFF....WEBP", kind=kind)
    guest_copies.make(take.pk)
    return take


def share_of(take: Generation, *more: Generation, **terms: Any) -> tuple[ShareLink, str]:
    """A link of these takes and its token, by the owner of their project."""
    chosen = [Chosen(one.pk) for one in (take, *more)]
    wish = Terms(**{"title": "First Light", **terms})
    return shares.make(take.project.created_by, take.project, wish, takes=chosen)


class Caller:
    """A guest's browser: keeps cookies, sends what the page's forms send."""

    def __init__(self, token: str, **client: Any) -> None:
        self.token, self.root = token, f"/s/{token}"
        self.client = Client(**client)

    def enter(self, passphrase: str = "") -> Any:
        return self.client.post(self.root, {"passphrase": passphrase})

    def get(self, rest: str = "", **headers: Any) -> Any:
        return self.client.get(self.root + rest, headers=headers)

    def post(self, rest: str, **data: Any) -> Any:
        return self.client.post(self.root + rest, data)

    def seen(self, key: str) -> str:
        """What the page's form of decisions carries."""
        found = re.findall(r'name="seen" value="(\w+)"', self.get(f"/{key}").content.decode())
        return found[0] if found else ""


def guest_at(token: str, passphrase: str = "") -> Caller:
    """Somebody who is in."""
    caller = Caller(token)
    assert caller.enter(passphrase).status_code == 302
    return caller


def take_key(share: ShareLink, take: Generation) -> str:
    return key_of(share, "take", take.pk)


def note_key(share: ShareLink, note: Any) -> str:
    return key_of(share, "note", note.pk)
