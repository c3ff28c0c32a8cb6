"""What a clip is beside what was asked for: some gateways change a setting without a word.

Until the file is here the gateway's own answer to the submit is held against the request; then the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Manager, Prefetch, QuerySet
from django.utils.translation import gettext as _

from generations.clips import clip_of
from generations.models import Event, Generation, Output
from providers.gateways.file_words import codec_words, size_words
from providers.gateways.wire import whole_number

_KEPT = "events_that_describe"  # on a take: its last words about the clip to come, newest first
_SHORT_SIDES = {"1k": 1024, "2k": 1440, "4k": 2160}
_HD_PIXELS = 1280 * 720
_PLAYED_EVERYWHERE = ("h264", "vp8", "vp9")
# makers round to whole blocks (1280 × 704, 5.04 s): only what a person would notice is told
SIDE_SLACK, RATIO_SLACK, LENGTH_SLACK_S = 0.12, 0.06, 0.6


def differences(take: Generation) -> list[str]:
    """One sentence for each setting that came out, or will come out, otherwise than asked."""
    clip = clip_of(take)
    return [*_placeholder(take, clip), *_measured(take.request, clip)] if clip else _announced(take)


def stored_as(clip: Output | None) -> str:
    """The kind of the stored clip, and whether everybody can look at it; empty where nobody knows."""
    codec = clip.facts.get("video_codec", "") if clip else ""
    if not codec or codec in _PLAYED_EVERYWHERE:
        return codec_words(codec)
    return _("%(codec)s; not every browser plays it") % {"codec": codec_words(codec)}


def with_differences(takes: QuerySet[Generation]) -> QuerySet[Generation]:
    """Takes for a list: what ``differences`` looks at comes with them, in two queries for all."""
    kept = Prefetch("events", _that_describe(Event.objects), to_attr=_KEPT)
    return takes.prefetch_related("outputs", kept)


def _that_describe(events: Manager[Event]) -> QuerySet[Event]:
    return events.filter(kind__in=["accepted", "sending"]).order_by("-id")


def _announced(take: Generation) -> list[str]:
    """From the last answer that described the clip; a new attempt has none yet."""
    kept: Iterable[Event] = getattr(take, _KEPT) if hasattr(take, _KEPT) else _that_describe(take.events)
    last = next(iter(kept), None)
    makes: dict[str, Any] = last.detail.get("makes", {}) if last else {}
    gateway = take.account.adapter.label
    found = []
    size, told = take.request.get("resolution"), makes.get("resolution")
    if size and told and _short_side(size) != _short_side(told):
        found.append(
            _("Asked for %(asked)s; %(gateway)s makes %(made)s.")
            % {"asked": size, "gateway": gateway, "made": told}
        )
    asked, told = take.request.get("duration_s"), makes.get("duration_s")
    if asked and told and abs(asked - told) > LENGTH_SLACK_S:
        words = {"asked": f"{asked:g}", "gateway": gateway, "made": f"{told:g}"}
        found.append(_("Asked for %(asked)s s; %(gateway)s makes %(made)s s.") % words)
    if makes.get("generate_audio") is not None:
        found += _sound(take.request, makes["generate_audio"])
    return found


def _placeholder(take: Generation, clip: Output) -> list[str]:
    """Larger pictures may be calm and small; smaller ones have less to say."""
    usual = take.account.adapter.placeholder_bytes_a_s * (clip.duration_s or 0)
    share = min(1.0, (clip.width or 0) * (clip.height or 0) / _HD_PIXELS)
    if clip.size_bytes >= usual * share:
        return []
    words = {"size": size_words(clip.size_bytes), "gateway": take.account.adapter.label}
    text = _("Only %(size)s: %(gateway)s may have put a blank clip in its place. Look before you use it.")
    return [text % words]


def _measured(request: dict[str, Any], clip: Output) -> list[str]:
    found = []
    if clip.width and clip.height:
        found += _picture(request, clip.width, clip.height)
    asked = request.get("duration_s")
    if asked and clip.duration_s and abs(asked - clip.duration_s) > LENGTH_SLACK_S:
        words = {"asked": f"{asked:g}", "made": f"{clip.duration_s:.1f}"}
        found.append(_("Asked for %(asked)s s; the clip has %(made)s s.") % words)
    if "has_audio" in clip.facts:
        found += _sound(request, clip.facts["has_audio"])
    return found


def _picture(request: dict[str, Any], width: int, height: int) -> list[str]:
    size, ratio = request.get("resolution") or "", request.get("aspect_ratio") or ""
    words = {"width": width, "height": height}
    short, wanted = _short_side(size), _ratio(ratio)
    made = _("the clip has %(width)s × %(height)s") % words
    if short and abs(min(width, height) / short - 1) > SIDE_SLACK:
        return [_("Asked for %(asked)s; %(made)s.") % {"asked": f"{size} {ratio}".strip(), "made": made}]
    if wanted and abs(width / height / wanted - 1) > RATIO_SLACK:
        return [_("Asked for %(asked)s; %(made)s.") % {"asked": ratio, "made": made}]
    return []


def _sound(request: dict[str, Any], sounds: bool) -> list[str]:
    asked = request.get("generate_audio")
    if asked is True and not sounds:
        return [_("Asked for sound; the clip has none.")]
    return [_("Asked for a silent clip; it has sound.")] if asked is False and sounds else []


def _short_side(size: str) -> int | None:
    """Pixels of the short side; None where the word tells none."""
    word = size.lower()
    if (side := whole_number(word.removesuffix("p"))) is not None:
        return side
    width, _x, height = (whole_number(part) for part in word.partition("x"))
    return min(width, height) if width is not None and height is not None else _SHORT_SIDES.get(word)


def _ratio(word: str) -> float | None:
    across, _colon, down = (whole_number(part) for part in word.partition(":"))
    return across / down if across is not None and down else None
