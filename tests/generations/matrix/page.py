"""What a matrix page says, and a model that lacks what the other one has."""

from __future__ import annotations

import re

from tests.factories import CAPABILITIES

HTMX = {"HX-Request": "true"}
SHORT = {**CAPABILITIES, "durations_s": [4], "seed": False}


def keys_of(page: str) -> list[str]:
    return re.findall(r'name="shown" value="(\w+)"', page)
