"""Models that are no longer offered, by the names they had: a draft or a recipe may still wish for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from generations.services.offers import Offer
from providers.models import VideoModel


@dataclass(frozen=True)
class Gone:
    label: str
    account: str  # empty where the row is gone too
    sandbox: bool | None = None  # None where nobody knows


def names_of(wished: Iterable[UUID]) -> dict[UUID, Gone]:
    """One for each, no two alike: of those with one name at one account each says the gateway's as well, and
    of those without a row each has a number."""
    ids = list(wished)
    rows = VideoModel.objects.select_related("account").in_bulk(ids) if ids else {}
    told = [(row.label, row.account_id) for row in rows.values()]
    named, unknown = {}, [pk for pk in ids if pk not in rows]
    for pk, row in rows.items():
        same = told.count((row.label, row.account_id)) > 1
        label = f"{row.label} ({row.wire_id})" if same else row.label
        named[pk] = Gone(label, row.account.name, row.account.sandbox)
    for number, pk in enumerate(unknown, 1):
        label = _("Removed model %(n)d") % {"n": number} if len(unknown) > 1 else _("Removed model")
        named[pk] = Gone(label, "")
    return named


@dataclass(frozen=True)
class Replaced:
    words: str
    costs: bool  # money, which what stood there may not have


def replaced(wished: UUID, now: Offer | None) -> Replaced:
    """What stood in a composer, what stands in its place, and what that changes about the money."""
    was = names_of([wished])[wished]
    told = {"model": was.label, "account": was.account}
    name = _("%(model)s at %(account)s") % told if was.account else _("The chosen model")
    words = _("%(model)s is no longer offered.") % {"model": name}
    if now is None:
        return Replaced(words, costs=False)
    here = {"model": now.model.label, "account": now.model.account.name}
    stands = _("%(model)s at %(account)s stands in its place.") % here
    sandbox = now.model.account.sandbox
    told_of_it = " ".join(filter(None, (words, stands, _money(was.sandbox, sandbox))))
    return Replaced(told_of_it, costs=not sandbox and was.sandbox is not False)


def _money(before: bool | None, sandbox: bool) -> str:
    """:param before: whether it was a sandbox; None where nobody knows."""
    if sandbox:
        return "" if before else _("That is a sandbox: nothing is charged.")
    if before:
        return _("That account costs money; the one before was a sandbox.")
    return _("That account costs money.") if before is None else ""
