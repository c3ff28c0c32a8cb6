"""Who counts, and who makes a limit, take turns.

A hold is written in two steps: which limits apply is read, then the line is saved. A limit made between the
two would miss that hold for ever. So everybody who writes the ledger holds a common lock until their
transaction ends, and whoever makes a limit holds it alone. SQLite has one writer at a time anyway.
"""

from __future__ import annotations

from django.db import connection

_LOCK = 0x6C696D697473  # "limits", among the advisory locks of this database


def along() -> None:
    """Beside others who write the ledger; inside a transaction, before its first look at limits or lines."""
    _take("pg_advisory_xact_lock_shared")


def alone() -> None:
    """When all of those are done, and until this transaction ends."""
    _take("pg_advisory_xact_lock")


def _take(function: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_LOCK])
