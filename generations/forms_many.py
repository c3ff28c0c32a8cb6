"""A field of many ids."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as lazy


class ManyIds(forms.Field):
    """Every value that came under this name, as UUIDs; each once, in order."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"invalid": lazy("Load the page again; this selection was not understood.")}

    def to_python(self, value: Any) -> list[UUID]:
        try:
            return list(dict.fromkeys(UUID(text) for text in value or []))
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
