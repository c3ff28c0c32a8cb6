"""How a link stands, in words for the team: open, over, revoked, how often it was opened and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations.models import Guest, ShareLink
from generations.services import share_views


def state_of(share: ShareLink, now: datetime | None = None) -> str:
    """``live``, ``revoked``, ``expired`` or ``used_up``; guests who are in stay in a used-up one."""
    now = now or timezone.now()
    if share.revoked_at is not None:
        return "revoked"
    if share.expires_at is not None and share.expires_at <= now:
        return "expired"
    return "used_up" if share.most_views is not None and share.views >= share.most_views else "live"


def badge_of(share: ShareLink) -> dict[str, str]:
    """Word, icon and family, as ``components/_badge.html`` takes them."""
    words = {
        "live": (_("Open"), "check", "good"),
        "revoked": (_("Revoked"), "circle-slash", "wait"),
        "expired": (_("Expired"), "hourglass", "wait"),
        "used_up": (_("Used up"), "eye", "act"),
    }
    word, icon, family = words[state_of(share)]
    return {"word": word, "icon": icon, "family": family}


def rows(shares: Sequence[ShareLink]) -> list[dict[str, Any]]:
    """Of a list; the same few questions, however long it is."""
    came = visits([share.pk for share in shares])
    trouble = share_views.troubles(share for share in shares if state_of(share) == "live")
    return [
        {**_row(share), "trouble": trouble.get(share.pk, ""), **came.get(share.pk, _NOBODY)}
        for share in shares
    ]


_NOBODY: dict[str, Any] = {"last_visit": None, "names": []}


def row(share: ShareLink) -> dict[str, Any]:
    return rows([share])[0]


def _row(share: ShareLink) -> dict[str, Any]:
    return {
        "share": share,
        "state": state_of(share),
        "badge": badge_of(share),
        "views": views_of(share),
        "may": grants(share),
    }


def grants(share: ShareLink) -> list[str]:
    given = [
        (share.may_comment, _("notes")),
        (share.may_approve, _("decisions")),
        (share.may_download, _("downloads")),
    ]
    return [word for is_on, word in given if is_on]


def views_of(share: ShareLink) -> str:
    if share.most_views is not None:
        return _("opened %(n)d of %(most)d times") % {"n": share.views, "most": share.most_views}
    if not share.views:
        return _("not opened yet")
    return ngettext("opened once", "opened %(n)d times", share.views) % {"n": share.views}


def visits(ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Share -> when a guest was last there, and the names of those who gave one."""
    guests = Guest.objects.filter(share__in=ids).order_by()
    last = dict(guests.values_list("share").annotate(at=Max("seen_at")))
    names: dict[UUID, list[str]] = {}
    for share, name in guests.exclude(name="").order_by("id").values_list("share", "name"):
        if name not in names.setdefault(share, []):
            names[share].append(name)
    return {pk: {"last_visit": at, "names": names.get(pk, [])[:6]} for pk, at in last.items()}


def who_came(share: ShareLink) -> list[Guest]:
    """With how many notes and decisions each left; those without a name last."""
    alive = Q(comments__deleted_at=None)
    rows = Guest.objects.filter(share=share).annotate(
        notes=Count("comments", filter=alive, distinct=True), said=Count("decisions", distinct=True)
    )
    return sorted(rows.order_by("-seen_at")[:200], key=lambda guest: guest.name == "")
