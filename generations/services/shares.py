"""Links for guests, as the team handles them: make, change, a new link for the same share, revoke.

Each leaves a line in the audit log, which never holds a token or a passphrase.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.labels import clean_line
from generations.models import Generation, Project, SavedView, ShareItem, ShareLink, Verb
from generations.tokens import hashed, new_token
from providers.models import audit

from . import guest_copies, share_takes, share_views
from .allowed import require_alive, require_in
from .refusals import BadField, WrongState

SUGGESTED_DAYS = 14
MOST_CAPTION = 80  # signs


class BadShare(BadField):
    """No link can be made, or changed, like that."""


@dataclass(frozen=True)
class Terms:
    """What a link grants, all off unless it is said. ``passphrase``: None leaves the present one, an empty
    one takes it off."""

    title: str
    brand: str = ""
    passphrase: str | None = None
    expires_at: datetime | None = None
    most_views: int | None = None
    may_comment: bool = False
    may_approve: bool = False
    may_download: bool = False


@dataclass(frozen=True)
class Chosen:
    take: UUID
    caption: str = ""


def make(
    user: Any, project: Project, terms: Terms, *, takes: Sequence[Chosen] = (), view: SavedView | None = None
) -> tuple[ShareLink, str]:
    """Of chosen takes, in their order, or of a view, whose later finds show too. The token is known only now.

    :raises NotAllowed, BadShare:
    """
    require_alive(user, project, Verb.SHARE)
    terms = _checked(terms)
    if (view is None) == (not takes):
        raise BadShare("takes", _("Share either takes or a saved view."))
    if view is not None:
        _require_followable(project, view)
    token, secret = new_token(), _secret(terms)
    with transaction.atomic():
        share = ShareLink(project=project, made_by=user, view=view, follows_view=view is not None)
        _apply(share, terms, secret)
        share.token_sha256, share.token_end = hashed(token), token[-4:]
        items = items_of(share, takes)
        share.save()
        ShareItem.objects.bulk_create(items)
        audit(user, "made", "share", share.pk, after=_told(share) | {"takes": len(takes)})
        guest_copies.ask_for(one.take for one in share_takes.shown(share))
    return share, token


def _require_followable(project: Project, view: SavedView) -> None:
    """:raises BadShare:"""
    if view.project_id != project.pk:
        raise BadShare("view", _("This view is of another project."))
    try:
        share_views.filter_of(view)
    except share_views.CannotFollow as error:
        raise BadShare("view", str(error)) from error


def _checked(terms: Terms) -> Terms:
    title, brand = clean_line(terms.title)[:120].strip(), clean_line(terms.brand)[:120].strip()
    if not title:
        raise BadShare("title", _("Give it a title: guests read it."))
    if terms.most_views is not None and not 0 < terms.most_views <= 100_000:
        raise BadShare("most_views", _("Between 1 and 100,000 views, or none for no limit."))
    values = {field.name: getattr(terms, field.name) for field in fields(terms)}
    return Terms(**{**values, "title": title, "brand": brand})


def items_of(share: ShareLink, takes: Sequence[Chosen]) -> list[ShareItem]:
    """Not saved yet, and neither are the share's numbers.

    :raises BadShare: more than fit, or one that cannot be shown.
    """
    chosen = {one.take: one for one in takes}
    if len(chosen) > share_takes.MOST:
        raise BadShare("takes", _("At most %(n)d takes in one link.") % {"n": share_takes.MOST})
    rows = Generation.objects.filter(project=share.project, pk__in=list(chosen))
    there = set(share_takes.showable(rows).values_list("pk", flat=True))
    if len(there) < len(chosen):
        raise BadShare("takes", _("Some of these takes have no clip, or are in the trash; leave them out."))
    return [
        ShareItem(
            share=share,
            generation_id=pk,
            position=place,
            number=_number_of(share, one.take),
            caption=caption_of(one.caption),
        )
        for place, (pk, one) in enumerate(chosen.items(), 1)
    ]


def _number_of(share: ShareLink, take: UUID) -> int:
    """The one that it had in this link before, else the next."""
    if before := share.gone_numbers.pop(str(take), None):
        return int(before)
    share.last_number += 1
    return share.last_number


def caption_of(text: str) -> str:
    return clean_line(text)[:MOST_CAPTION].strip()


def _secret(terms: Terms) -> str | None:
    """The hash of the passphrase, None where the present one stays. Takes long, so in no transaction."""
    if terms.passphrase is None:
        return None
    return make_password(terms.passphrase) if terms.passphrase else ""


def _apply(share: ShareLink, terms: Terms, secret: str | None) -> None:
    for name in ("title", "brand", "expires_at", "most_views", "may_comment", "may_approve", "may_download"):
        setattr(share, name, getattr(terms, name))
    if secret is not None:
        share.passphrase = secret


def change(user: Any, share: ShareLink, terms: Terms | Callable[[ShareLink], Terms]) -> ShareLink:
    """Holds at once, for guests who are in as well; another passphrase sends them back to the door.

    :param terms: or how they follow from those that the link has at that moment.
    :raises NotAllowed, BadShare: WrongState: it was revoked.
    """
    require_in(user, share.project, Verb.SHARE)
    wanted = (lambda _row: terms) if isinstance(terms, Terms) else terms
    secret = _secret(wanted(share))
    try:
        with transaction.atomic():
            share = locked(share)
            before, was = _told(share), share.passphrase
            _apply(share, _checked(wanted(share)), secret)
            if share.most_views is not None and share.most_views < share.views:
                raise BadShare("most_views", _("It was opened %(n)d times already.") % {"n": share.views})
            if share.passphrase != was:
                share.sessions_from = timezone.now()
            share.save(update_fields=_CHANGED)
            audit(user, "changed", "share", share.pk, before=before, after=_told(share))
    except IntegrityError as error:  # somebody came in at this moment
        raise BadShare("most_views", _("It was opened more often already.")) from error
    return share


_CHANGED = [
    *("title", "brand", "passphrase", "expires_at", "most_views", "sessions_from"),
    *("may_comment", "may_approve", "may_download"),
]


def locked(share: ShareLink) -> ShareLink:
    """The row, which nobody else changes until the transaction is over.

    :raises WrongState: it was revoked.
    """
    row = ShareLink.objects.select_for_update(of=("self",)).select_related("project").get(pk=share.pk)
    if row.revoked_at is not None:
        raise WrongState(_("This link was revoked; make a new one."))
    return row


def renew(user: Any, share: ShareLink) -> str:
    """Another token for the same share; the old one, and whoever came by it, is out at once.

    :raises NotAllowed: WrongState: it was revoked.
    """
    require_alive(user, share.project, Verb.SHARE)
    token = new_token()
    with transaction.atomic():
        row = locked(share)
        row.token_sha256, row.token_end, row.sessions_from = hashed(token), token[-4:], timezone.now()
        row.save(update_fields=["token_sha256", "token_end", "sessions_from"])
        audit(user, "renewed", "share", share.pk, after={"title": row.title, "link ends in": row.token_end})
    return token


def revoke(user: Any, share: ShareLink) -> bool:
    """For good; media too are refused from the next request on.

    :returns: False where it was revoked already.
    :raises NotAllowed:
    """
    require_in(user, share.project, Verb.SHARE)
    with transaction.atomic():
        rows = ShareLink.objects.filter(pk=share.pk, revoked_at=None)
        if not rows.update(revoked_at=timezone.now(), revoked_by=user):
            return False
        audit(user, "revoked", "share", share.pk, after={"title": share.title})
    return True


def _told(share: ShareLink) -> dict[str, Any]:
    """For the audit log: that there is a passphrase, not which."""
    return {
        "title": share.title,
        "project": str(share.project_id),
        "view": str(share.view_id or ""),
        "passphrase": bool(share.passphrase),
        "expires_at": share.expires_at.isoformat() if share.expires_at else None,
        "most_views": share.most_views,
        **{name: getattr(share, name) for name in ("may_comment", "may_approve", "may_download")},
    }
