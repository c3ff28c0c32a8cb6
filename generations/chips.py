"""The settings of the composer as chips: only what the chosen model takes, each with its values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generations.forms import LEFT, Typed
from generations.lengths import length_words
from generations.services import options
from generations.services.carry import choices, default_of
from generations.services.offers import Offer
from providers.gateways.capabilities import WITH_A_CLIP, Audio, Capabilities
from providers.gateways.values import Mode, Role

LABELS: dict[str, Any] = {
    "model": gettext_lazy("Model"),
    "shot": gettext_lazy("Shot"),
    "duration_s": gettext_lazy("Length"),
    "aspect_ratio": gettext_lazy("Ratio"),
    "resolution": gettext_lazy("Resolution"),
    "generate_audio": gettext_lazy("Sound"),
    "seed": gettext_lazy("Seed"),
    "negative_prompt": gettext_lazy("Without"),
    "mode": gettext_lazy("With the clip"),
    "upscale_factor": gettext_lazy("Upscale"),
    "watermark": gettext_lazy("Watermark"),
    "return_last_frame": gettext_lazy("Last frame from the gateway"),
}
MODE_WORDS: dict[Mode, Any] = {
    Mode.TEXT_TO_VIDEO: gettext_lazy("words"),
    Mode.IMAGE_TO_VIDEO: gettext_lazy("first frame"),
    Mode.FIRST_LAST_FRAME: gettext_lazy("two frames"),
    Mode.REFERENCE_TO_VIDEO: gettext_lazy("references"),
    Mode.VIDEO_TO_VIDEO: gettext_lazy("remake or join"),
    Mode.EDIT: gettext_lazy("edit"),
    Mode.EXTEND: gettext_lazy("extend"),
    Mode.UPSCALE: gettext_lazy("upscale"),
}


def chips_of(
    offers: Sequence[Offer],
    offer: Offer | None,
    typed: Typed,
    mode: Mode,
    wrong: Mapping[str, str],
    clip_modes: Sequence[Mode] = (),
) -> list[dict[str, Any]]:
    """``clip_modes`` are what the model could do with the source clip that stands there."""
    if offer is None:
        return []
    caps = offer.caps
    chips = [_model_chip(offers, offer, wrong)]
    if len(clip_modes) > 1:
        chips.append(_mode_chip(clip_modes, mode, wrong))
    replaced = options.replaced(caps, typed.values)
    for name in ("duration_s", "aspect_ratio", "resolution", "upscale_factor"):
        if name not in replaced and (values := choices(caps, mode, name)):
            chosen = typed.values.get(name, default_of(caps, mode, name))
            chip = _noted(_select(name, values, chosen, wrong), caps)
            chips.append(_with_left(chip, caps, mode, typed))
    if caps.audio == Audio.OPTIONAL and Role.AUDIO_TRACK not in typed.single:  # else the clip has that sound
        chips.append(_sound(caps, mode, typed))
    if caps.seed:
        chips.append(_seed(caps, typed, wrong))
    return chips


def _basics(name: str, wrong: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "label": LABELS[name], "error": wrong.get(name, "")}


def _select(name: str, values: Iterable[Any], chosen: Any, wrong: Mapping[str, str]) -> dict[str, Any]:
    shown = [{"value": _plain(v), "label": _words(name, v), "selected": v == chosen} for v in values]
    return {**_basics(name, wrong), "kind": "select", "options": shown}


def _noted(chip: dict[str, Any], caps: Capabilities) -> dict[str, Any]:
    """Behind a resolution stands what the catalogue notes of it: ``4k · 10-bit HEVC``."""
    told = {choice.value: choice.note for choice in caps.resolutions if choice.note}
    if chip["name"] != "resolution" or not told:
        return chip
    for item in chip["options"]:
        item["label"] = " · ".join(filter(None, (item["label"], told.get(item["value"], ""))))
    return chip


def _with_left(chip: dict[str, Any], caps: Capabilities, mode: Mode, typed: Typed) -> dict[str, Any]:
    """One choice more, where the gateway may be left to choose."""
    name = chip["name"]
    if name not in caps.leavable(mode):
        return chip
    told = _words(name, caps.left_to_gateway[name])
    label = _("Gateway's default (%(value)s)") % {"value": told} if told else _("Gateway's default")
    left = {"value": LEFT, "label": label, "selected": name in typed.values and typed.values[name] is None}
    return {**chip, "options": [*chip["options"], left]}


def _mode_chip(modes: Sequence[Mode], mode: Mode, wrong: Mapping[str, str]) -> dict[str, Any]:
    shown = [{"value": m.value, "label": MODE_WORDS[m], "selected": m == mode} for m in modes]
    return {**_basics("mode", wrong), "kind": "select", "icon": "film", "reloads": True, "options": shown}


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(name: str, value: Any) -> str:
    if name == "duration_s":
        return length_words(value)
    if name == "upscale_factor":
        return f"{value}×"
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return _("Adaptive") if value == "adaptive" else str(value)


def _sound(caps: Capabilities, mode: Mode, typed: Typed) -> dict[str, Any]:
    """On or off; a list of three where it may be left to the gateway."""
    on = typed.values.get("generate_audio", True)
    chip = {**_basics("generate_audio", {}), "icon": "volume-2"}
    if "generate_audio" not in caps.leavable(mode):
        return {**chip, "kind": "toggle", "value": on}
    listed = [("true", _("Sound on"), on is True), ("false", _("Sound off"), on is False)]
    shown = [{"value": value, "label": words, "selected": chosen} for value, words, chosen in listed]
    return _with_left({**chip, "kind": "select", "options": shown}, caps, mode, typed)


def _seed(caps: Capabilities, typed: Typed, wrong: Mapping[str, str]) -> dict[str, Any]:
    return {
        **_basics("seed", wrong),
        "kind": "number",
        "value": typed.values.get("seed"),
        "placeholder": _("random"),
        "min": 0,
        "max": caps.seed_max,
    }


def _model_chip(offers: Sequence[Offer], offer: Offer, wrong: Mapping[str, str]) -> dict[str, Any]:
    account = offer.model.account
    told = " · ".join(filter(None, (account.name, offer.model.label)))
    prefix = account.name if _stands_elsewhere(offers, offer) else account.adapter.label
    shown = {"icon": "box", "prefix": prefix, "title": f"{LABELS['model']}: {told}"}
    shown |= {"picker": True, "value": offer.model.label}
    groups = model_groups(offers, offer)
    return {**_basics("model", wrong), **shown, "kind": "select", "reloads": True, "groups": groups}


def _stands_elsewhere(offers: Sequence[Offer], offer: Offer) -> bool:
    """Whether another account offers a model of this name."""
    label, account_id = offer.model.label.casefold(), offer.model.account_id
    return any(
        item.model.account_id != account_id and item.model.label.casefold() == label for item in offers
    )


def model_groups(offers: Sequence[Offer], chosen: Offer | None = None) -> list[dict[str, Any]]:
    """By account and family; an account that cannot be used says why and its models cannot be picked."""
    names = Counter((item.model.account_id, item.model.label) for item in offers)
    groups = []
    for (account, family), items in groupby(offers, key=lambda item: (item.model.account, item.model.family)):
        listed = list(items)
        label = " · ".join(filter(None, (account.name, sandbox_word(account), family, listed[0].why_not)))
        groups.append({"label": label, "options": [_option(item, chosen, names) for item in listed]})
    return groups


def sandbox_word(account: Any) -> str:
    return _("sandbox") if account.sandbox and "sandbox" not in account.name.lower() else ""


def _starts_from(modes: Iterable[Mode]) -> list[str]:
    """What a model of several with one name starts from; all that is done with a clip is one thing here."""
    words = (_("source clip") if mode in WITH_A_CLIP else str(MODE_WORDS[mode]) for mode in modes)
    return list(dict.fromkeys(words))


def _option(item: Offer, chosen: Offer | None, names: Counter[tuple[Any, str]]) -> dict[str, Any]:
    label = item.model.label
    if names[(item.model.account_id, label)] > 1:
        label = f"{label} · {' / '.join(_starts_from(item.modes))}"
    if item.caps.beta:
        label = f"{label} · {_('beta')}"
    if item.model.ends_on:
        label = f"{label} · {_('until %(date)s') % {'date': item.model.ends_on}}"
    selected = chosen is not None and item.model.pk == chosen.model.pk
    # a chosen one stays choosable, or the browser would not send it and the page could not say why
    return {
        "value": str(item.model.pk),
        "label": label,
        "selected": selected,
        "disabled": not item.usable and not selected,
    }
