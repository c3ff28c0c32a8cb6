"""A clip's length in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from providers.gateways.values import AUTO_S


def length_words(seconds: float | int | str) -> str:
    """``5 s``, or *Auto* where the model chooses."""
    if seconds == AUTO_S:
        return _("Auto")
    return _("%(n)s s") % {"n": f"{seconds:g}" if isinstance(seconds, float) else seconds}
