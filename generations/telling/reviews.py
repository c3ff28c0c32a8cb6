"""Where a take stands in review, in words: badges, who decided when, and days that are due."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from generations.models import Decision, Generation, Review, Verification

# review -> its icon and the family of its colour: see static/css/badge.css
LOOKS: dict[str, tuple[str, str]] = {
    Review.IN_REVIEW.value: ("eye", "work"),
    Review.CHANGES.value: ("pencil", "act"),
    Review.APPROVED.value: ("check", "good"),
    Review.REJECTED.value: ("x", "bad"),
}


def badge(take: Generation) -> dict[str, str] | None:
    """What _review_badge.html shows; None where it was never asked for."""
    if not take.review:
        return None
    icon, family = LOOKS[take.review]
    word = _("Signed off") if take.signed_at else str(Review(take.review).label)
    return {"word": word, "icon": "stamp" if take.signed_at else icon, "family": family}


# what its client said last -> its words on a card and in full
CLIENT_WORDS: dict[str, tuple[Any, Any]] = {
    Review.APPROVED.value: (lazy("Client"), lazy("The client approved")),
    Review.CHANGES.value: (lazy("Client"), lazy("The client wants changes")),
}


def client_badge(take: Generation) -> dict[str, str] | None:
    """As ``badge``, of what guests said: the words differ, so that nobody takes it for the team's."""
    if take.client_review not in CLIENT_WORDS:
        return None
    icon, family = LOOKS[take.client_review]
    word, words = CLIENT_WORDS[take.client_review]
    return {"word": str(word), "words": str(words), "icon": icon, "family": family}


def due(day: date | None) -> dict[str, Any] | None:
    """:returns: ``words`` and ``late``, with the day itself."""
    if day is None:
        return None
    left = (day - timezone.localdate()).days
    if left < 0:
        words = ngettext("Overdue by %(n)d day", "Overdue by %(n)d days", -left) % {"n": -left}
    elif left == 0:
        words = _("Due today")
    elif left == 1:
        words = _("Due tomorrow")
    else:
        words = _("Due %(day)s") % {"day": date_format(day, "D j M")}
    return {"words": words, "late": left < 0, "day": day}


def who(line: Decision) -> str:
    """The name, and for guests how sure the studio is of it."""
    if line.verified_by == Verification.MEMBER:
        return line.person_name
    return f"{line.person_name} ({line.get_verified_by_display()})"


def version(take: Generation) -> str:
    return f"V{take.version_no}" if take.version_no else ""
