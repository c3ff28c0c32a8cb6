"""What would differ if a take were run at another account, in words: it stands there before the click."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from generations import pick_words
from generations.lengths import length_words
from generations.models import Generation
from generations.services import carry, options
from generations.services.elsewhere import Way
from generations.services.failover import Offered
from generations.services.travel import is_reachable
from providers.gateways.capabilities import Capabilities, Travel, from_plain
from providers.gateways.values import VideoRequest

from . import dollars, situation

_ORDER = ("duration_s", "resolution", "aspect_ratio", "seed", *carry.FIELDS)
_SAID_APART = ("prompt", "inputs", "cast", "extra", "generate_audio")


def differences(item: Offered) -> list[str]:
    """One sentence each; none where nothing differs but the account and perhaps its price."""
    return [*settings_differ(item), *_price(item), *_pause(item.take)]


def settings_differ(item: Offered) -> list[str]:
    """All but the price."""
    take, way = item.take, item.way
    return [
        *_gateway(take, way),
        *_settings(take.request, way.composition.plain()),
        *_sound(take, from_plain(take.model.capabilities), way),
        *_files(way),
        *_consent(take, way),
        *_privacy(take, way),
    ]


def _gateway(take: Generation, way: Way) -> Iterator[str]:
    if way.account.gateway != take.account.gateway:
        told = {"there": way.account.adapter.label, "here": take.account.adapter.label}
        yield _("%(there)s instead of %(here)s, with its own rules for words and pictures.") % told
    if way.offer.model.label.casefold() != take.model.label.casefold():
        yield _("It is called %(name)s there.") % {"name": way.offer.model.label}


def _settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    was, now = _flat(before), _flat(after)
    for name in sorted({*was, *now}, key=_place):
        old, new = was.get(name), now.get(name)
        if _same(old, new):
            continue
        if new is None:
            yield _("%(what)s: not taken there.") % {"what": carry.words_of(name, old)}
        elif old is None:
            yield _("%(what)s, which nobody had chosen.") % {"what": carry.words_of(name, new)}
        else:
            yield _("%(new)s instead of %(old)s.") % {
                "new": carry.words_of(name, new),
                "old": _value(name, old),
            }


def _place(name: str) -> tuple[int, str]:
    """As the composer has them; a model's own options last. A database keeps no order of keys."""
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER)), name


def _flat(request: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in request.items() if name not in _SAID_APART}
    return {**plain, **options.found_in(request)}


def _value(name: str, value: Any) -> str:
    """After words that have named the setting already."""
    return length_words(value) if name == "duration_s" else str(value)


def _same(old: Any, new: Any) -> bool:
    return bool(old == new or (old in (None, "", False) and new in (None, "", False)))


def _sound(take: Generation, here: Capabilities, way: Way) -> Iterator[str]:
    asked = VideoRequest(
        model="",
        mode=way.composition.request.mode,
        prompt="",
        generate_audio=take.request.get("generate_audio"),
    )
    was, now = here.sound(asked), way.offer.caps.sound(way.composition.request)
    if was != now:
        yield _("With sound, which cannot be switched off there.") if now else _("Without sound.")


def _files(way: Way) -> Iterator[str]:
    """Files that can only be fetched there: whoever has the address can fetch them as well."""
    request, caps = way.composition.request, way.offer.caps
    if is_reachable(way.account) and any(
        caps.ways(item.role, request) == (Travel.PUBLIC_URL,) for item in request.inputs
    ):
        yield _("Its files are fetched from an address of this studio that ends by itself.")


def _consent(take: Generation, way: Way) -> Iterator[str]:
    if not way.composition.inputs:
        return
    if take.consent.get("attested"):
        yield _("What was attested for %(here)s does not count there; it may ask anew.") % {
            "here": take.account.adapter.label
        }
    elif way.offer.caps.may_ask_consent:
        yield _("It may ask for consent about people in the pictures.")


def _privacy(take: Generation, way: Way) -> Iterator[str]:
    here, there = from_plain(take.model.capabilities).privacy, way.offer.caps.privacy
    if here == there:
        return
    _word, meaning = pick_words.privacy([way.offer])
    yield f"{meaning}." if meaning else _("Nothing is said there of what is kept of words and files.")


def _price(item: Offered) -> Iterator[str]:
    before, now = item.take.held_usd, item.quote.amount_usd
    if before is not None and now is not None and now != before:
        yield _("%(now)s instead of %(before)s.") % {"now": dollars(now), "before": dollars(before)}


def _pause(take: Generation) -> Iterator[str]:
    if situation.is_paused(take):
        yield _("It stays paused there until somebody lets it go on.")
