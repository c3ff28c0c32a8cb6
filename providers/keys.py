"""Turn every sealed key over to the first of FIELD_KEYS; can be interrupted and run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from . import secrets
from .models import ProviderAccount

# where secrets lie: rows, and the columns of each; who has others adds them in AppConfig.ready
SEALED: list[tuple[Any, tuple[str, ...]]] = [(ProviderAccount, ("sealed_key",))]


def rotate() -> Counter[str]:
    """Reseal what an older field key sealed.

    :returns: rows per field-key id afterwards; unreadable ones under ``unreadable``.
    """
    found: Counter[str] = Counter()
    for rows, column in _columns():
        for pk, sealed in rows.exclude(**{column: ""}).values_list("pk", column).iterator():
            found[_reseal(rows.filter(pk=pk), str(pk), column, sealed)] += 1
    return found


def _columns() -> Iterator[tuple[QuerySet[Any], str]]:
    for model, columns in SEALED:
        for column in columns:
            yield model.objects.all(), column


def _reseal(row: QuerySet[Any], owner: str, column: str, before: str) -> str:
    try:
        plain = secrets.unseal(before, owner)
    except secrets.Unreadable:
        return "unreadable"
    if secrets.sealed_with(before) != secrets.current_key_id():
        # only if nobody saved another one meanwhile
        row.filter(**{column: before}).update(**{column: secrets.seal(plain, owner)})
    return secrets.current_key_id()
