"""What a guest's page shows, as plain values: nothing of the team's rows goes further than this.

Takes and notes stand under keys of the link. What is not named here does not reach a guest: no prompt, seed,
model, price, tag, rating, internal note, id, or name of anybody who wrote nothing to the client.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations import clips
from generations.keys import KEYS, PLAYER, KeyTable
from generations.media import rates
from generations.models import Comment, Decision, Generation, Guest, GuestCopy, Output, Review, ShareLink
from generations.services import client_decisions, guest_codes, guest_copies, guest_notes, review, share_takes
from generations.services.share_takes import Shown


@dataclass(frozen=True)
class Visit:
    """Somebody looking at a link: a guest, or without one a member who sees it as a guest would.

    :ivar root: where its addresses begin.
    """

    share: ShareLink
    guest: Guest | None
    root: str

    @property
    def is_preview(self) -> bool:
        return self.guest is None


_STATES = {
    Review.APPROVED.value: ("approved", "good", "circle-check"),
    Review.CHANGES.value: ("changes", "act", "pencil-line"),
}
_NOTE_KEYS = {"note", "note-draw", "note-send", "note-next"}


def context(visit: Visit, takes: Sequence[Shown], now: Shown | None) -> dict[str, Any]:
    """Of the page with the take ``now``; ``version`` changes with everything that is shown."""
    share, guest = visit.share, visit.guest
    closed = share.project.archived_at is not None
    found: dict[str, Any] = {
        "title": share.title,
        "brand": share.brand,
        "until": share.expires_at,
        "root": visit.root,
        "preview": visit.is_preview,
        "may": {
            "comment": share.may_comment and not closed,
            "approve": share.may_approve and not closed,
            "download": share.may_download,
        },
        "guest": _guest(guest),
        "takes": _list(visit, takes, now),
    }
    if now is not None:
        found["take"] = _take(visit, now)
    found["version"] = hashlib.sha256(json.dumps(found, default=str).encode()).hexdigest()[:16]
    return found


def frame(visit: Visit, person: Any) -> dict[str, Any]:
    """What stands around it and never changes while one looks."""
    table = KeyTable(getattr(person, "keys", None) or {})
    names = {key.name for key in KEYS if key.place == PLAYER} | _NOTE_KEYS
    keys = [row for row in table.table if row["name"] in names]
    return {"player_keys": keys, "share_title": visit.share.title}


def _guest(guest: Guest | None) -> dict[str, Any]:
    if guest is None:
        return {"name": "", "confirmed": False, "asks_mail": False}
    return {
        "name": guest.name,
        "confirmed": guest.confirmed_at is not None,
        "asks_mail": guest_codes.needed(guest),
    }


def _list(visit: Visit, takes: Sequence[Shown], now: Shown | None) -> list[dict[str, Any]]:
    rows = [one.take for one in takes]
    notes, mine = guest_notes.counts(visit.share, rows), client_decisions.by(visit.guest, rows)
    return [
        {
            "title": one.title,
            "version": one.version,
            "url": f"{visit.root}/{one.key}",
            "poster_url": _small(visit, one),
            "current": now is not None and one.key == now.key,
            **_state(visit, one.take, notes.get(one.take.pk, 0), mine.get(one.take.pk)),
        }
        for one in takes
    ]


def _state(visit: Visit, take: Generation, notes: int, mine: Decision | None) -> dict[str, Any]:
    """Their own word on this very file; what the team says among itself is no matter of theirs."""
    if mine is not None and mine.file_sha256 == review.sha256_of(take):
        name, family, icon = _STATES[mine.review]
        word = _("Approved by you") if mine.review == Review.APPROVED else _("You asked for changes")
        own = visit.guest is not None and client_decisions.may_take_back(visit.guest, mine)
        return {"state": name, "family": family, "icon": icon, "word": word, "own": own}
    if notes:
        word = ngettext("%(n)d note", "%(n)d notes", notes) % {"n": notes}
        return {"state": "noted", "family": "wait", "icon": "message-square", "word": word}
    word = _("Waiting for you") if visit.share.may_approve else ""
    return {"state": "open", "family": "wait", "icon": "clock", "word": word}


def played(take: Generation) -> Output | GuestCopy | None:
    """The file that is shown: the studio's own encoding where there is one, else the bare copy."""
    proxy = next((out for out in take.outputs.all() if out.kind == Output.Kind.PROXY), None)
    return proxy or guest_copies.ready(take)


def _take(visit: Visit, one: Shown) -> dict[str, Any]:
    take, copy = one.take, guest_copies.ready(one.take)
    pace = _pace(take)
    notes = [_note(visit, one, row, pace) for row in guest_notes.threads(visit.share, take)]
    state = next(iter(_list(visit, [one], one)))
    return {
        **{name: state[name] for name in ("state", "family", "icon", "word")},
        "key": one.key,
        "url": f"{visit.root}/{one.key}",
        "title": one.title,
        "version": one.version,
        "player": _player(visit, one, pace),
        "cannot": guest_copies.cannot_be(take),
        "poster_url": _file(visit, one, Output.Kind.POSTER),
        "download_bytes": copy.size_bytes if copy else None,
        "seen": seen_key(visit.share, take),
        "signed": take.signed_at is not None,
        "approved": state["state"] == _STATES[Review.APPROVED][0],
        "own": state.get("own", False),
        "notes": notes,
    }


def _pace(take: Generation) -> dict[str, Any] | None:
    shown, source = played(take), guest_copies.source_of(take)
    return clips.pace(shown, source) if shown and source else None


def _player(visit: Visit, one: Shown, pace: dict[str, Any] | None) -> dict[str, Any] | None:
    shown = played(one.take)
    if shown is None or pace is None:
        return None
    return {
        "video_url": f"{visit.root}/{one.key}/video",
        "poster_url": _file(visit, one, Output.Kind.POSTER),
        "strip_url": _file(visit, one, Output.Kind.STRIP),
        **pace,
        "aspect_css": f"{shown.width}/{shown.height}" if shown.width and shown.height else "16/9",
        "alt": one.title,
    }


def _file(visit: Visit, one: Shown, kind: Output.Kind) -> str:
    there = any(out.kind == kind for out in one.take.outputs.all())
    return f"{visit.root}/{one.key}/{kind.value}" if there else ""


def _small(visit: Visit, one: Shown) -> str:
    return _file(visit, one, Output.Kind.SMALL) or _file(visit, one, Output.Kind.POSTER)


def _note(visit: Visit, one: Shown, row: Comment, pace: dict[str, Any] | None) -> dict[str, Any]:
    said = _said(visit, row)
    url = f"{visit.root}/{one.key}/notes/{said['key']}/drawing?v={row.version}"
    return {
        **said,
        "done": row.resolved_at is not None,
        **_moment(row, pace),
        "drawing_url": url if row.drawing else "",
        "replies": [_said(visit, reply) for reply in row.replies.all()],
    }


def _said(visit: Visit, row: Comment) -> dict[str, Any]:
    mine = visit.guest is not None and row.guest_id == visit.guest.pk
    return {
        "key": share_takes.key_of(visit.share, "note", row.pk),
        "name": row.author_name,
        "mine": mine,
        "team": row.guest_id is None,
        "body": row.body,
        "checklist": [{"text": item["text"], "done": item["done"]} for item in row.checklist],
        "deleted": row.deleted_at is not None,
        "at": row.created_at,
        "edited": row.edited_at is not None,
    }


def _moment(row: Comment, pace: dict[str, Any] | None) -> dict[str, Any]:
    """Where it stands in the clip: frames, and their words; None and empty for the whole clip."""
    if row.frame is None or pace is None:
        return {"frame": None, "frame_end": None, "code": "", "code_end": ""}
    rate, end = rates.read(pace["rate"], None), row.frame_end
    codes = {
        "code": rates.timecode(row.frame, rate),
        "code_end": "" if end is None else rates.timecode(end, rate),
    }
    return {"frame": row.frame, "frame_end": end, **codes}


def seen_key(share: ShareLink, take: Generation) -> str:
    """Stands for the bytes that a guest looks at, without being their hash."""
    text = f"{share.pk}:{take.pk}:{review.sha256_of(take)}"
    return salted_hmac("share clip", text, algorithm="sha256").hexdigest()[:16]
