"""What is wrong now, on the admin panel's first page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from generations.models import Alert
from generations.services import alerts
from generations.telling import alarms

MOST = 4


def context(now: datetime) -> dict[str, Any]:
    """What is open, the most urgent first, and how many more there are; ``unwatched_since``, where nobody has
    looked for minutes, for then an empty list says nothing. Two questions."""
    rows = list(Alert.objects.open().select_related("account", "acknowledged_by").urgent_first())
    since = alerts.watched_at()
    return {
        "alerts": [{"row": row, "told": alarms.of(row)} for row in rows[:MOST]],
        "more_alerts": max(len(rows) - MOST, 0),
        "unwatched": not alerts.is_watched(now, since),
        "unwatched_since": since,
    }
