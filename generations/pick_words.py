"""The words of the model picker and of its comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from generations.chips import MODE_WORDS
from generations.lengths import length_words
from generations.roles import PLACES
from generations.services.needs import highest, lines_of, longest_s
from generations.services.offers import Offer
from generations.services.typical import Typical
from providers.gateways.capabilities import WITH_A_CLIP, Audio, Beta, Privacy
from providers.gateways.values import Mode, Role
from providers.models import ProviderAccount
from providers.prices import UnitPrice

_NEEDS: dict[Mode, Any] = {
    Mode.IMAGE_TO_VIDEO: gettext_lazy("Needs a first frame"),
    Mode.FIRST_LAST_FRAME: gettext_lazy("Needs a first and a last frame"),
    Mode.REFERENCE_TO_VIDEO: gettext_lazy("Needs references"),
    **dict.fromkeys(WITH_A_CLIP, gettext_lazy("Needs a source clip")),
}
_TAKES_NO: dict[Role, Any] = {
    Role.FIRST_FRAME: gettext_lazy("Takes no first frame"),
    Role.LAST_FRAME: gettext_lazy("Takes no last frame"),
    Role.SOURCE_VIDEO: gettext_lazy("Takes no source clip"),
    Role.AUDIO_TRACK: gettext_lazy("Follows no sound track"),
    Role.REFERENCE_IMAGE: gettext_lazy("Takes no references"),
    Role.REFERENCE_BACKGROUND: gettext_lazy("Takes no backgrounds"),
    Role.REFERENCE_VIDEO: gettext_lazy("Takes no reference clips"),
    Role.REFERENCE_AUDIO: gettext_lazy("Takes no reference sounds"),
    Role.REFERENCE_VOICE: gettext_lazy("Takes no voices"),
    Role.REFERENCE_DOCUMENT: gettext_lazy("Takes no documents"),
    Role.ELEMENT: gettext_lazy("Takes no elements"),
    Role.ELEMENT_REFERENCE: gettext_lazy("Takes no elements"),
    Role.SCENE_IMAGE: gettext_lazy("Takes no scene images"),
}
_MOST_CODES = 8
_BASES = {
    "quoted": gettext_lazy("quoted"),
    "estimated": gettext_lazy("estimated"),
    "sandbox": gettext_lazy("not charged"),
    "unknown": gettext_lazy("price unknown"),
}


def takes_no(role: Role) -> str:
    return str(_TAKES_NO[role])


def takes_only(most: int, role: Role) -> str:
    return _("%(what)s: %(n)d at most") % {"what": PLACES[role].label, "n": most}


def needs(modes: Sequence[Mode]) -> str:
    """What a model of these modes must have beside words."""
    return next((str(_NEEDS[mode]) for mode in modes if mode in _NEEDS), _("Works from words alone"))


def health(account: ProviderAccount) -> str:
    """Why an account cannot be used, or what its last check found; empty where all is well."""
    is_well = not account.why_unusable() and account.health.get("ok") is not False
    return "" if is_well else account.state_words()


def modes(members: Iterable[Offer]) -> str:
    has = frozenset(mode for member in members for mode in member.modes)
    return _mode_words(has, get_language())


@lru_cache(maxsize=1024)
def _mode_words(has: frozenset[Mode], _language: str | None) -> str:
    return " · ".join(str(MODE_WORDS[mode]) for mode in Mode if mode in has)


def facts(members: Sequence[Offer]) -> str:
    """Longest clip, highest resolution, and the marks: sound, last frame, seed."""
    caps = [member.caps for member in members]
    has_last = any(Mode.FIRST_LAST_FRAME in item.modes for item in caps)
    sounds, seed = any(item.audio != Audio.NONE for item in caps), any(item.seed for item in caps)
    longest, best = max(map(longest_s, caps)), max(map(highest, caps), key=lines_of)
    return _fact_words(longest, best, sounds, has_last, seed, get_language())


@lru_cache(maxsize=1024)
def _fact_words(
    longest: float, best: str, sounds: bool, has_last: bool, seed: bool, _language: str | None
) -> str:
    told = (
        _("to %(length)s") % {"length": length_words(longest)} if longest else "",
        best,
        _("sound") if sounds else "",
        _("last frame") if has_last else "",
        _("seed") if seed else "",
    )
    return " · ".join(filter(None, told))


def beta(members: Iterable[Offer]) -> str:
    """Empty where one of them is finished."""
    has = {member.caps.beta for member in members}
    if Beta.NO in has or not has:
        return ""
    return _("beta") if Beta.OPEN in has else _("beta accounts only")


def privacy(members: Iterable[Offer]) -> tuple[str, str]:
    """A word, and what it means: as private as the least of them, and empty where one says nothing."""
    has = {member.caps.privacy for member in members}
    if Privacy.ANONYMIZED in has:
        return _("anonymized"), _("Anonymized: a third party runs it, and is not told who asks")
    if has == {Privacy.PRIVATE}:
        return _("private"), _("Private: the gateway keeps neither words nor files")
    return "", ""


def closed(members: Iterable[Offer]) -> str:
    """Countries where none of them is offered."""
    each = [set(member.caps.closed_in) for member in members]
    codes = sorted(set.intersection(*each)) if each else []
    if not codes:
        return ""
    more = (
        _(" and %(n)d more countries") % {"n": len(codes) - _MOST_CODES} if len(codes) > _MOST_CODES else ""
    )
    return _("Not offered in %(codes)s") % {"codes": ", ".join(codes[:_MOST_CODES])} + more


def amount(usd: Decimal) -> str:
    """US dollars with a third decimal where it says something: rates are small."""
    cents = usd.quantize(Decimal("0.001"), ROUND_HALF_UP)
    text = f"{cents:,.3f}"
    return f"${text[:-1] if text.endswith('0') else text}"


def unit(price: UnitPrice) -> str:
    pattern = _("%(sum)s/s") if price.per == "second" else _("%(sum)s a clip")
    return pattern % {"sum": amount(price.usd)}


def price(found: UnitPrice | None, basis: str) -> dict[str, str]:
    """``sum`` is what it costs by the price list, ``basis`` how the price of a take will be known. A sandbox
    takes nothing; what stands there is the gateway's price."""
    if found is None:
        return {"sum": "", "basis": str(_BASES["unknown" if basis == "estimated" else basis])}
    told = _BASES["sandbox"] if basis == "sandbox" else _BASES["estimated"]
    return {"sum": unit(found), "basis": str(told)}


def settings(values: Mapping[str, Any]) -> str:
    """``5 s · 720p · 16:9 · sound``."""
    length = values.get("duration_s")
    told = [
        length_words(length) if length is not None else "",
        values.get("resolution") or "",
        values.get("aspect_ratio") or "",
        _("sound") if values.get("generate_audio") else "",
    ]
    return " · ".join(filter(None, told))


def span(seconds: float) -> str:
    """``48 s``, ``2 min``, ``1 min 20 s``: to five seconds above a minute."""
    if seconds < 60:
        return _("%(s)d s") % {"s": max(round(seconds), 1)}
    minutes, rest = divmod(int(round(seconds / 5) * 5), 60)
    if not rest or minutes >= 10:
        return _("%(m)d min") % {"m": minutes}
    return _("%(m)d min %(s)d s") % {"m": minutes, "s": rest}


def time(found: Typical | None) -> str:
    return _("about %(span)s") % {"span": span(found.p50_s)} if found else _("no history yet")


def time_title(found: Typical | None) -> str:
    if found is None:
        return ""
    told = {"half": span(found.p50_s), "most": span(found.p90_s), "n": found.takes}
    words = _("The last %(n)d takes in 30 days: half within %(half)s, nine in ten within %(most)s")
    return words % told
