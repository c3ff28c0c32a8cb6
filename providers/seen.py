"""Forms that know which row they were drawn from, and refuse to be laid over another one.

A page may stand open for an hour. What it shows is then older than the row, and Django takes each field that
differs for one that the person typed: saving the page would take back what others did meanwhile.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _


class SeenForm(forms.ModelForm):
    """Carries a mark of each of the row's values that it shows; a page without the marks saves nothing.

    Marks of the values, not the time of the last change: what changes beside the form must not stop it, and
    not everything that writes these rows stamps them.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.there: dict[str, str] = {}
        if self.instance._state.adding:
            del self.fields["seen"]
        else:
            self.there = marks(self.instance, self.fields)
            self.initial["seen"] = json.dumps(self.there)

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: naming what changed since the page was opened; the typing stays in it."""
        said = super().clean() or self.cleaned_data
        seen = read_marks(said.get("seen", ""))
        moved = [name for name, mark in self.there.items() if seen.get(name) != mark]
        if moved:
            words = _(
                "This was changed by somebody else since the page was opened: %(names)s. Nothing was saved. "
                "Keep what you typed, open the page again and change it there."
            )
            names = ", ".join(capfirst(str(self.fields[name].label or name)) for name in moved)
            raise ValidationError(words, params={"names": names})
        return said


def marks(row: Model, names: Iterable[str]) -> dict[str, str]:
    """A short hash of each column among ``names``."""
    there = {field.name for field in row._meta.concrete_fields}
    return {name: _mark(row.serializable_value(name)) for name in names if name in there}


def read_marks(text: str) -> dict[str, Any]:
    """What ``SeenForm`` wrote into its page; nothing of any other text."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _mark(value: Any) -> str:
    plain = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
