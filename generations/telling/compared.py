"""What was asked of several takes, side by side: only where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from generations.chips import LABELS
from generations.lengths import length_words
from generations.models import Generation
from generations.services.compose import FIELDS
from generations.telling import recipe


def names(takes: Sequence[Generation]) -> list[str]:
    """What each is called beside the others: by its model, with what tells it from one of the same model."""
    plain = [str(take.model.label) for take in takes]
    versions = [
        f"{name} V{take.version_no}" if take.version_no else name
        for name, take in zip(plain, takes, strict=True)
    ]
    return [
        f"{name} · {recipe.short_id(take)}" if versions.count(name) > 1 else name
        for name, take in zip(versions, takes, strict=True)
    ]


def differences(takes: Sequence[Generation]) -> list[dict[str, Any]]:
    """A row for each field that is not the same in all: its name and one value a take, in words."""
    rows = [
        {"label": _("Model"), "values": [str(take.model) for take in takes]},
        {"label": _("Account"), "values": [take.account.name for take in takes]},
    ]
    rows += [_row(name, takes) for name in FIELDS if name != "extra"]
    rows.append({"label": _("Files"), "values": [_files(take) for take in takes]})
    rows.append({"label": _("Cost"), "values": [_cost(take) for take in takes]})
    return [row for row in rows if len(set(row["values"])) > 1]


def _row(name: str, takes: Sequence[Generation]) -> dict[str, Any]:
    label = LABELS.get(name, _("Prompt"))
    return {"label": label, "values": [_words(name, take.request.get(name)) for take in takes]}


def _words(name: str, value: Any) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return length_words(value) if name == "duration_s" else str(value)


def _files(take: Generation) -> str:
    return ", ".join(use.asset.name for use in take.inputs.all()) or "–"


def _cost(take: Generation) -> str:
    return "–" if take.actual_usd is None else f"${take.actual_usd.normalize():f}"
