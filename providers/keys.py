"""Turn every sealed key over to the first of FIELD_KEYS; can be interrupted and run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from . import secrets
from .models import FormerKey, ProviderAccount

# who has sealed secrets of their own reseals them in here; added by AppConfig.ready
ALSO: list[Callable[[], Counter[str]]] = []


def rotate() -> Counter[str]:
    """Reseal what an older field key sealed.

    :returns: rows per field-key id afterwards; unreadable ones under ``unreadable``.
    """
    found = sum((reseal() for reseal in ALSO), Counter[str]())
    for account in ProviderAccount.objects.exclude(sealed_key="").iterator():
        found[_reseal(account, str(account.pk))] += 1
    for row in FormerKey.objects.iterator():
        found[_reseal(row, str(row.account_id))] += 1
    return found


def _reseal(row: ProviderAccount | FormerKey, owner: str) -> str:
    before = row.sealed_key
    try:
        plain = row.get_key()
    except secrets.Unreadable:
        return "unreadable"
    if secrets.sealed_with(before) != secrets.current_key_id():
        sealed = secrets.seal(plain, owner)
        # only if nobody saved another key meanwhile
        type(row).objects.filter(pk=row.pk, sealed_key=before).update(sealed_key=sealed)
    return secrets.current_key_id()
