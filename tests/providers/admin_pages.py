"""What tests of the admin send: its forms, and its pages as a browser would send them back."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from providers.admin import ModelForm
from providers.models import ProviderAccount, VideoModel
from providers.seen import marks


def form(account: ProviderAccount, **changes: Any) -> dict[str, Any]:
    names = ("name", "base_url", "max_in_flight", "submits_per_min", "polls_per_min")
    values = {name: getattr(account, name) for name in names}
    seen = json.dumps(marks(account, (*names, "enabled", "low_balance_usd")))
    return {**values, "enabled": "on", "key": "", "seen": seen, **changes}


def page_of(row: Any) -> str:
    return f"/admin/providers/{row._meta.model_name}/{row.pk}/change/"


def opened(desk: Client, row: Any) -> dict[str, Any]:
    """The row's page as the browser would send it back untouched."""
    drawn = desk.get(page_of(row)).context["adminform"].form
    values = {name: drawn[name].value() for name in drawn.fields}
    for field in drawn:
        if field.field.show_hidden_initial:  # Django draws the first value beside it, unseen
            values[field.html_initial_name] = field.value()
    sent = {name: "on" if value is True else value for name, value in values.items()}
    return {name: value for name, value in sent.items() if value is not None and value is not False}


def model_form(model: VideoModel, **changes: Any) -> dict[str, Any]:
    said = {"label": model.label, "family": model.family, "allowed": "on"}
    said |= {"retired_at_0": "", "retired_at_1": ""}
    rows = {name: json.dumps(getattr(model, name)) for name in ("capabilities", "price_rule")}
    seen = json.dumps(marks(model, ModelForm.Meta.fields))
    return {**said, **rows, "seen": seen, **changes}
