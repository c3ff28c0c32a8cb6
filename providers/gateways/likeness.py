"""What a refusal says of the people shown: a child, a public figure, a real person at all.

No gateway has a code for it that all use, and the wording of some is not documented, so the sentence
decides. What names nobody is an ordinary refusal of content. Seen or documented: Ark's
``PrivacyInformation`` and *may contain real person* (behind ElkAPI; starred out there but for the last
part); Venice answers 422 for a public figure and for a minor, with or without consent
(docs.venice.ai/guides/media/seedance-face-consent, read 2026-09), its exact words are not published.
"""

from __future__ import annotations

import re
from enum import StrEnum


class About(StrEnum):
    MINOR = "minor"
    PUBLIC_FIGURE = "public_figure"
    REAL_PERSON = "real_person"


# read from the top: whoever is both is refused for being a child
_WORDS: tuple[tuple[About, re.Pattern[str]], ...] = tuple(
    (about, re.compile(rf"(?i){pattern}"))
    for about, pattern in (
        (About.MINOR, r"\bminors\b|\ba minor\b|under-?age\b|\bchildren\b|\bchild (?:safety|abuse|sexual)"),
        (
            About.PUBLIC_FIGURE,
            r"public.?figure|celebrit|famous (?:person|people)|politician|well-known person",
        ),
        (
            About.REAL_PERSON,
            r"PrivacyInformation|\breal (?:person|people|human|faces?)\b"
            r"|(?:recogni[sz]|identifi)able (?:person|face)|\blikeness(?:es)?\b|\bhuman faces?\b",
        ),
    )
)


def about(text: str) -> About | None:
    """:param text: of a refusal: its code, sentence and reply, as far as they are known."""
    return next((found for found, pattern in _WORDS if pattern.search(text)), None)
