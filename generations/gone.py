"""Models that are no longer offered, by the names they had: a draft or a recipe may still wish for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from providers.models import VideoModel


@dataclass(frozen=True)
class Gone:
    label: str
    account: str  # empty where the row is gone too


def names_of(wished: Iterable[UUID]) -> dict[UUID, Gone]:
    """One for each, no two alike: of those with one name at one account each says the gateway's as well, and
    of those without a row each has a number."""
    ids = list(wished)
    rows = VideoModel.objects.select_related("account").in_bulk(ids) if ids else {}
    told = [(row.label, row.account_id) for row in rows.values()]
    named, unknown = {}, [pk for pk in ids if pk not in rows]
    for pk, row in rows.items():
        same = told.count((row.label, row.account_id)) > 1
        named[pk] = Gone(f"{row.label} ({row.wire_id})" if same else row.label, row.account.name)
    for number, pk in enumerate(unknown, 1):
        label = _("Removed model %(n)d") % {"n": number} if len(unknown) > 1 else _("Removed model")
        named[pk] = Gone(label, "")
    return named
