"""Every key of the studio in one table, and what a person has put in its place.

A key is written ``Ctrl+Alt+Shift+Key``: Ctrl is also Cmd, Shift is said of letters and of named keys only.
Scripts hear them by name through static/js/keys.js; what a name does stands in the script that does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

EVERYWHERE, STUDIO, GALLERY, PLAYER = "everywhere", "studio", "gallery", "player"
PICKER, QUEUE, REVIEW, SHARE = "picker", "queue", "review", "share"
SHOTS, CUT = "shots", "cut"
PLACES: dict[str, Any] = {
    STUDIO: lazy("Composer"),
    PICKER: lazy("Model picker, in its list"),
    QUEUE: lazy("Queue, on a row"),
    GALLERY: lazy("Gallery and assets"),
    PLAYER: lazy("Player and comparison"),
    REVIEW: lazy("Review, on the page of a take"),
    SHARE: lazy("Link for guests, on a take"),
    SHOTS: lazy("Shots, on a shot"),
    CUT: lazy("The cut, played through"),
    EVERYWHERE: lazy("Everywhere"),
}
_HELD = ("Ctrl", "Alt", "Shift")
_NAMED = {name.lower(): name for name in ("Enter", "Space", "Home", "End", "PageUp", "PageDown", "Delete")}
_NAMED |= {f"arrow{way.lower()}": f"Arrow{way}" for way in ("Up", "Down", "Left", "Right")}
_NAMED |= {f"f{number}": f"F{number}" for number in range(1, 13)} | {"insert": "Insert"}
# the browser keeps these for itself
_TAKEN = {"Ctrl+N", "Ctrl+T", "Ctrl+W", "Ctrl+Shift+N", "Ctrl+Shift+T", "Ctrl+Shift+W", "F5", "F11", "F12"}
_SHOWN = {"Enter": "↵", "ArrowUp": "↑", "ArrowDown": "↓", "ArrowLeft": "←", "ArrowRight": "→"}
MOST_KEYS = 3  # of one thing to do


@dataclass(frozen=True)
class Key:
    """One thing to do by key. ``typing``: also while a person writes, so it needs Ctrl or Alt."""

    name: str
    keys: tuple[str, ...]
    words: Any
    place: str
    typing: bool = False


KEYS = (
    Key("generate", ("Ctrl+Enter",), lazy("Generate"), STUDIO, typing=True),
    Key("prompt", ("/",), lazy("Go to the prompt"), STUDIO),
    Key("picker", ("M",), lazy("Choose a model"), STUDIO),
    Key("prompts", ("Alt+P",), lazy("Prompts: history, saved ones, snippets"), STUDIO, typing=True),
    Key("prompt-earlier", ("Alt+ArrowUp",), lazy("An earlier prompt"), STUDIO, typing=True),
    Key("prompt-later", ("Alt+ArrowDown",), lazy("A later prompt"), STUDIO, typing=True),
    Key("slot-earlier", ("Alt+ArrowLeft",), lazy("Move the input that has the focus earlier"), STUDIO),
    Key("slot-later", ("Alt+ArrowRight",), lazy("Move the input that has the focus later"), STUDIO),
    Key("undo", ("Ctrl+Z",), lazy("Undo the last change of the composer, outside of a text"), STUDIO),
    Key("picker-mark", ("F",), lazy("Mark a model as favourite"), PICKER),
    Key("picker-tick", ("C", "Space"), lazy("Tick a model for the comparison"), PICKER),
    Key("picker-search", ("/",), lazy("Go to the search"), PICKER),
    Key("queue-up", ("Alt+ArrowUp",), lazy("Move a take of mine up"), QUEUE),
    Key("queue-down", ("Alt+ArrowDown",), lazy("Move a take of mine down"), QUEUE),
    Key("queue-front", ("Alt+Home",), lazy("Bring a take of mine to the front"), QUEUE),
    Key("queue-pause", ("P",), lazy("Pause a take of mine, or let it go on"), QUEUE),
    Key("search", ("/",), lazy("Go to the search"), GALLERY),
    Key("cull-play", ("Space",), lazy("Over the whole screen, and play or pause there"), GALLERY),
    Key("cull-left", ("ArrowLeft",), lazy("The take before"), GALLERY),
    Key("cull-right", ("ArrowRight",), lazy("The next take"), GALLERY),
    Key("cull-up", ("ArrowUp",), lazy("A row up"), GALLERY),
    Key("cull-down", ("ArrowDown",), lazy("A row down"), GALLERY),
    *(Key(f"cull-{n}", (str(n),), format_lazy(lazy("{n} of 5 stars"), n=n), GALLERY) for n in range(1, 6)),
    Key("cull-0", ("0",), lazy("My stars off"), GALLERY),
    Key("cull-pick", ("P",), lazy("Pick"), GALLERY),
    Key("cull-reject", ("X",), lazy("Skip: the opposite of a pick"), GALLERY),
    Key("cull-unmark", ("U",), lazy("Neither picked nor skipped"), GALLERY),
    Key("cull-tick", ("S",), lazy("Tick, or no longer"), GALLERY),
    Key("cull-all", ("Ctrl+A",), lazy("Tick all that are shown"), GALLERY),
    Key("cull-tag", ("T",), lazy("Write a tag"), GALLERY),
    Key("cull-move", ("V",), lazy("Move to a shot"), GALLERY),
    Key("cull-stack", ("G",), lazy("Stack what is ticked as versions of one"), GALLERY),
    Key("cull-compare", ("C",), lazy("Compare what is ticked"), GALLERY),
    Key("cull-trash", ("Delete",), lazy("Into the trash"), GALLERY),
    Key("cull-undo", ("Ctrl+Z",), lazy("Undo the last change"), GALLERY),
    Key("cull-open", ("Enter",), lazy("Open the take"), GALLERY),
    Key("play", ("Space",), lazy("Play or pause"), PLAYER),
    Key("frame-back", ("ArrowLeft",), lazy("One frame back"), PLAYER),
    Key("frame-on", ("ArrowRight",), lazy("One frame on"), PLAYER),
    Key("ten-back", ("Shift+ArrowLeft",), lazy("Ten frames back"), PLAYER),
    Key("ten-on", ("Shift+ArrowRight",), lazy("Ten frames on"), PLAYER),
    Key("reverse", ("J",), lazy("Back, again for faster"), PLAYER),
    Key("stop", ("K",), lazy("Stop"), PLAYER),
    Key("forward", ("L",), lazy("Forward, again for faster"), PLAYER),
    Key("loop-start", ("I",), lazy("Start of the loop"), PLAYER),
    Key("loop-end", ("O",), lazy("End of the loop"), PLAYER),
    Key("loop-clear", ("Shift+I", "Shift+O"), lazy("No loop"), PLAYER),
    Key("mute", ("M",), lazy("Sound on or off"), PLAYER),
    Key("full", ("F",), lazy("Full screen"), PLAYER),
    Key("wipe", ("W",), lazy("Wipe between two clips, or beside each other"), PLAYER),
    Key("difference", ("D",), lazy("Difference of two clips, or beside each other"), PLAYER),
    Key("compare-back", ("ArrowUp",), lazy("Mark the clip before it, in a comparison"), PLAYER),
    Key("compare-on", ("ArrowDown",), lazy("Mark the next clip, in a comparison"), PLAYER),
    Key("start", ("Home",), lazy("To the first frame"), PLAYER),
    Key("end", ("End",), lazy("To the last frame"), PLAYER),
    Key("approve", ("A",), lazy("Approve"), REVIEW),
    Key("request-changes", ("R",), lazy("Request changes, or reject"), REVIEW),
    Key("review-undo", ("Ctrl+Z",), lazy("Take the last decision back, in the playlist"), REVIEW),
    Key("review-back", ("ArrowUp",), lazy("The take before, in the playlist"), REVIEW),
    Key("review-on", ("ArrowDown",), lazy("The next take, in the playlist"), REVIEW),
    Key("note", ("C",), lazy("Write a note on this frame; Escape leaves it"), REVIEW),
    Key("note-draw", ("D",), lazy("Draw on this frame, or no longer"), REVIEW),
    Key("note-send", ("Ctrl+Enter",), lazy("Send the note"), REVIEW, typing=True),
    Key("note-next", ("N",), lazy("To the next open note"), REVIEW),
    Key("share-take-up", ("Alt+ArrowUp",), lazy("Show this take earlier"), SHARE),
    Key("share-take-down", ("Alt+ArrowDown",), lazy("Show this take later"), SHARE),
    Key("share-take-first", ("Alt+Home",), lazy("Show this take first"), SHARE),
    Key("share-take-out", ("Delete",), lazy("Take it out of the link, outside of its caption"), SHARE),
    Key("shot-up", ("Alt+ArrowUp",), lazy("Move the shot earlier"), SHOTS),
    Key("shot-down", ("Alt+ArrowDown",), lazy("Move the shot later"), SHOTS),
    Key("cut-back", ("ArrowLeft",), lazy("The beginning of this shot, then the shot before"), CUT),
    Key("cut-on", ("ArrowRight",), lazy("The next shot"), CUT),
    Key("keys", ("?",), lazy("These keys"), EVERYWHERE),
)


class NoKey(ValueError):
    """What was written names no key that can be used; the message says why."""


class KeyTable:
    """The keys as one person has them. ``own``: by name, where they differ from what the table says."""

    def __init__(self, own: Mapping[str, Any]) -> None:
        self.own = own

    def of(self, key: Key) -> list[str]:
        mine = self.own.get(key.name)
        return [str(combo) for combo in mine] if isinstance(mine, list) else list(key.keys)

    @property
    def table(self) -> list[dict[str, Any]]:
        """What keys.js reads."""
        return [{"name": key.name, "keys": self.of(key), "typing": key.typing} for key in KEYS]

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """What people read: by place, each with the caps of its keys."""
        return [
            {"label": label, "keys": [self._row(k) for k in KEYS if k.place == place]}
            for place, label in PLACES.items()
        ]

    @cached_property
    def first(self) -> dict[str, str]:
        """By name, with underscores for templates, its first key; empty where a person has none."""
        return {key.name.replace("-", "_"): next(iter(self.of(key)), "") for key in KEYS}

    @cached_property
    def hints(self) -> dict[str, str]:
        """The same as a page shows it beside what it does."""
        return {name: " ".join(caps_of(combo)) for name, combo in self.first.items()}

    def _row(self, key: Key) -> dict[str, Any]:
        combos = self.of(key)
        changed = key.name in self.own
        shown = {"combos": [caps_of(combo) for combo in combos], "typed": " ".join(combos)}
        return {"name": key.name, "words": key.words, "changed": changed, **shown}


def caps_of(combo: str) -> list[str]:
    """The caps as they are drawn: ``["Ctrl", "↵"]``."""
    return [_SHOWN.get(cap, str(_("Space")) if cap == "Space" else cap) for cap in _parts(combo)]


def _parts(combo: str) -> list[str]:
    """``Ctrl++`` is Ctrl and the plus."""
    head, last = (combo[:-1], combo[-1]) if combo.endswith("+") else combo.rpartition("+")[::2]
    return [part for part in (*head.split("+"), last) if part]


def read(text: str, *, typing: bool = False) -> list[str]:
    """``Ctrl+enter  g`` as its keys, each as the table writes it; empty for an empty text.

    :raises NoKey:
    """
    found = list(dict.fromkeys(_one(word, typing) for word in text.split()))
    if len(found) > MOST_KEYS:
        raise NoKey(_("At most %(most)d keys for one thing.") % {"most": MOST_KEYS})
    return found


def _one(word: str, typing: bool) -> str:
    *given, last = _parts(word) or [""]
    held = {part.capitalize() for part in given}
    key = _NAMED.get(last.lower(), last.upper() if len(last) == 1 else "")
    if not key or not key.isprintable() or held - set(_HELD):
        raise NoKey(_("%(key)s is no key that can be used here.") % {"key": word[:40]})
    if typing and not held & {"Ctrl", "Alt"}:
        raise NoKey(_("This one also works while you write, so it needs Ctrl or Alt."))
    if len(key) == 1 and key.lower() == key.upper():
        held.discard("Shift")  # the sign says it already
    combo = "+".join([*(part for part in _HELD if part in held), key])
    if combo in _TAKEN:
        raise NoKey(_("The browser keeps %(key)s for itself.") % {"key": combo})
    return combo


def conflicts(keys_of: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """By name, one sentence for each key that would do two things on one page."""
    found: dict[str, str] = {}
    for first in KEYS:
        for second in KEYS:
            both = set(keys_of[first.name]) & set(keys_of[second.name])
            if first != second and both and _meet(first, second):
                words = _("%(key)s is also “%(other)s”.")
                found.setdefault(first.name, words % {"key": min(both), "other": second.words})
    return found


def _meet(first: Key, second: Key) -> bool:
    return first.place == second.place or EVERYWHERE in (first.place, second.place)
