"""The composer's panel of what is seldom changed: words to leave out, switches that may be left to the
gateway, and the model's own options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generations.chips import LABELS
from generations.forms import Typed
from generations.services import options
from providers.gateways.capabilities import Capabilities, ExtraField
from providers.gateways.values import Mode

_HELP: dict[str, Any] = {
    "return_last_frame": gettext_lazy("A picture of its own. Without it the studio takes one from the clip."),
}


def more_of(caps: Capabilities, mode: Mode, typed: Typed, wrong: Mapping[str, str]) -> list[dict[str, Any]]:
    """The fields of the panel, in their order; ``value`` is empty where nobody chose."""
    fields = [_without(typed, wrong)] if caps.negative_prompt else []
    fields += [
        {**_three(name, LABELS[name], typed, wrong), "help": _HELP.get(name, "")}
        for name in ("watermark", "return_last_frame")
        if getattr(caps, name)
    ]
    offered = options.offered(caps, mode).items()
    return [*fields, *(_option(name, spec, typed, wrong) for name, spec in offered)]


def _without(typed: Typed, wrong: Mapping[str, str]) -> dict[str, Any]:
    return {
        **_field("negative_prompt", LABELS["negative_prompt"], wrong),
        "kind": "text",
        "value": typed.values.get("negative_prompt", ""),
        "placeholder": _("What the clip should not show"),
    }


def _three(name: str, label: Any, typed: Typed, wrong: Mapping[str, str]) -> dict[str, Any]:
    """A switch that may also be left to the gateway: then nothing is sent."""
    listed = [("true", _("On")), ("false", _("Off"))]
    value = typed.values.get(name)
    chosen = "" if value is None else str(value).lower()
    return _listed(_field(name, label, wrong), listed, chosen)


def _listed(field: dict[str, Any], listed: Iterable[tuple[str, Any]], chosen: str) -> dict[str, Any]:
    choices = [("", _("As the gateway does")), *listed]
    shown = [{"value": value, "label": words, "selected": value == chosen} for value, words in choices]
    return {**field, "kind": "select", "options": shown, "value": chosen}


def _option(name: str, spec: ExtraField, typed: Typed, wrong: Mapping[str, str]) -> dict[str, Any]:
    label = spec.label or options.label_of(name)
    value = typed.values.get(name)
    if spec.kind == "boolean":
        return _three(name, label, typed, wrong)
    if spec.choices:
        listed = [(word, word.capitalize()) for word in spec.choices]
        return _listed(_field(name, label, wrong), listed, "" if value is None else str(value))
    field = {**_field(name, label, wrong), "value": value, "placeholder": _("As the gateway does")}
    if spec.kind == "string":
        return {**field, "kind": "line"}
    bounds = {"min": _bound(spec.minimum), "max": _bound(spec.maximum)}
    return {**field, **bounds, "kind": "number", "step": "1" if spec.kind == "integer" else "any"}


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}" if abs(value) < 100_000 else str(int(value))


def _field(name: str, label: Any, wrong: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "label": label, "error": wrong.get(name, ""), "id": name.replace(".", "-")}
