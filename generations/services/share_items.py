"""The takes of a link of chosen ones, changed later: some come in, some go, the order is another.

Each change holds the link's row. Who orders, renames or takes out says which list they had before them: of
what somebody else changed meanwhile nothing is written over. To add needs no such word, for it goes to the
end, and what is there already stays where it is. Guests who are in see it at their next look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from generations.models import ShareItem, ShareLink, Verb
from providers.models import audit

from . import guest_copies, share_takes, shares
from .allowed import require_alive
from .refusals import Outdated
from .shares import BadShare, Chosen

List = list[Chosen]
WAYS = {"up": -1, "down": 1, "first": -share_takes.MOST}


def version_of(items: Iterable[ShareItem]) -> str:
    """Stands for these takes in this order under these captions."""
    told = "\n".join(f"{item.generation_id} {item.caption}" for item in items)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def arrange(user: Any, share: ShareLink, wanted: Sequence[Chosen], version: str) -> None:
    """These takes in this order and no others; which of them are new has to be fit for a link.

    :raises NotAllowed, BadShare, Outdated: WrongState: the link was revoked.
    """
    _change(user, share, lambda _now: list(wanted), version)


def add(user: Any, share: ShareLink, takes: Sequence[UUID]) -> int:
    """To the end, in this order.

    :returns: how many were not there yet.
    :raises NotAllowed, BadShare: WrongState: the link was revoked.
    """
    fresh: List = []

    def change(now: List) -> List:
        there = {one.take for one in now}
        fresh[:] = [Chosen(pk) for pk in dict.fromkeys(takes) if pk not in there]
        return now + fresh

    _change(user, share, change)
    return len(fresh)


def move(user: Any, share: ShareLink, take: UUID, way: str, version: str, *, caption: str) -> None:
    """:param way: one of WAYS, or another word for one that stays where it is and is renamed alone.

    :raises NotAllowed, BadShare, Outdated: WrongState: the link was revoked.
    """

    def change(now: List) -> List:
        at = _place(now, take)
        to = min(max(at + WAYS.get(way, 0), 0), len(now) - 1)
        rest = now[:at] + now[at + 1 :]
        return [*rest[:to], replace(now[at], caption=caption), *rest[to:]]

    _change(user, share, change, version)


@dataclass(frozen=True)
class Out:
    """What was taken out, and where it stood, from 0."""

    take: Chosen
    at: int
    number: int


def take_out(user: Any, share: ShareLink, take: UUID, version: str) -> Out:
    """What guests wrote and decided stays with the take.

    :returns: all that ``put_back`` needs.
    :raises NotAllowed, BadShare, Outdated: WrongState: the link was revoked.
    """
    stood: list[Out] = []

    def change(now: List) -> List:
        at = _place(now, take)
        number = share.items.values_list("number", flat=True).get(generation=take)
        stood.append(Out(now[at], at, number))
        return now[:at] + now[at + 1 :]

    _change(user, share, change, version)
    return stood[0]


def put_back(user: Any, share: ShareLink, take: Chosen, at: int, version: str) -> None:
    """:raises NotAllowed, BadShare, Outdated: WrongState: the link was revoked."""
    _change(user, share, lambda now: [*now[:at], take, *now[at:]], version)


def _place(now: List, take: UUID) -> int:
    """:raises Outdated: it is there no more."""
    found = [at for at, one in enumerate(now) if one.take == take]
    if not found:
        raise Outdated(_("This take is not in the link any more."))
    return found[0]


def _change(user: Any, share: ShareLink, how: Callable[[List], List], version: str | None = None) -> None:
    """:param version: of the list that the person had before them, where it matters."""
    require_alive(user, share.project, Verb.SHARE)
    with transaction.atomic():
        row = shares.locked(share)
        if row.follows_view:
            raise BadShare("takes", _("This link shows what its view finds; change the view."))
        items = list(row.items.order_by("position", "id"))
        if version is not None and version != version_of(items):
            raise Outdated(_("Somebody changed this list meanwhile. It is shown as it is now."))
        now = [Chosen(item.generation_id, item.caption) for item in items]
        named = {one.take: replace(one, caption=shares.caption_of(one.caption)) for one in how(now)}
        wanted = list(named.values())
        if _shown(wanted) != _shown(now):
            _write(row, {item.generation_id: item for item in items}, wanted)
            before, after = ([str(one.take) for one in takes] for takes in (now, wanted))
            audit(user, "arranged", "share", row.pk, before={"takes": before}, after={"takes": after})
            guest_copies.ask_for(one.take for one in share_takes.shown(row))


def _shown(items: List) -> list[tuple[UUID, str]]:
    return [(one.take, one.caption) for one in items]


def _write(share: ShareLink, there: dict[UUID, ShareItem], wanted: List) -> None:
    """:raises BadShare: none is left, more than fit, or a new one cannot be shown."""
    if not wanted:
        raise BadShare("takes", _("A link shows one take at least; to end it, revoke it."))
    if len(wanted) > share_takes.MOST:
        raise BadShare("takes", _("At most %(n)d takes in one link.") % {"n": share_takes.MOST})
    added = [one for one in wanted if one.take not in there]
    made = shares.items_of(share, added)
    fresh = {item.generation_id: item for item in made}
    for place, one in enumerate(wanted, 1):
        item = there.get(one.take) or fresh[one.take]
        item.position, item.caption = place, one.caption
    kept = [there[one.take] for one in wanted if one.take in there]
    gone = [item for item in there.values() if item not in kept]
    share.gone_numbers |= {str(item.generation_id): item.number for item in gone}
    ShareItem.objects.filter(share=share).exclude(pk__in=[item.pk for item in kept]).delete()
    ShareItem.objects.bulk_update(kept, ["position", "caption"])
    ShareItem.objects.bulk_create(made)
    share.save(update_fields=["last_number", "gone_numbers"])
