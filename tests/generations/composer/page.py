"""What the composer's tests send and look for in its page."""

from __future__ import annotations

import re
from typing import Any

from tests.factories import CAPABILITIES

HTMX = {"HX-Request": "true"}
REFERENCES: dict[str, Any] = {
    **CAPABILITIES,
    "modes": ["text_to_video", "image_to_video", "reference_to_video"],
    "inputs": {"first_frame": {"max_count": 1}, "reference_image": {"max_count": 3}},
    "exclusive": [["first_frame", "reference_image"]],
}


def waiting_in(page: str) -> list[str]:
    """What the panel of what is set aside lists: ``value:seed``, ``last_frame:…``."""
    return re.findall(r'name="aside_out" value="([^"]*)"', page)


def places_in(page: str) -> dict[str, str]:
    """What its buttons to bring something back send, and what they say."""
    return dict(re.findall(r'name="aside_back" value="([^"]*)"[^>]*>([^<]*)<', page))


def slots_in(page: str, name: str = "reference_image") -> list[str]:
    return re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)">', page)
