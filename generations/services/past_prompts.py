"""A person's prompts in a project, the latest first: what was sent, and what other words replaced."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from generations.models import PastPrompt, Project

MOST_SHOWN = 60
MOST_WORDS = 8


def remember(user: Any, project: Project, texts: Iterable[str], *, sent: bool) -> None:
    """Each text once; one that is known counts as used now. The first of ``texts`` is the newest."""
    now = timezone.now()
    different = dict.fromkeys(text.strip() for text in texts if text.strip())
    rows = [
        _row(user, project, text, sent, now - timedelta(microseconds=place))
        for place, text in enumerate(different)
    ]
    PastPrompt.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user", "project", "text_sha256"],
        update_fields=["used_at", "sent"] if sent else ["used_at"],
    )


def _row(user: Any, project: Project, text: str, sent: bool, at: Any) -> PastPrompt:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return PastPrompt(user=user, project=project, text=text, text_sha256=digest, sent=sent, used_at=at)


def find(user: Any, project: Project, words: str = "") -> QuerySet[PastPrompt]:
    """The latest that hold every one of ``words``."""
    rows = PastPrompt.objects.filter(user=user, project=project)
    for word in words.split()[:MOST_WORDS]:
        rows = rows.filter(text__icontains=word)
    return rows.order_by("-used_at")[:MOST_SHOWN]
