"""Guests: whoever has a link, its passphrase and a session of it. Nothing here asks who is signed in.

A session is a random key in a cookie, of which the row keeps the hash; it holds for one link. To begin one
counts as a view. Whether the link still holds is asked at every request, whatever the cookie says.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.labels import clean_line
from generations.models import Guest, ShareLink
from generations.models.share import ShareLinkQuerySet
from generations.tokens import hashed, new_token

IDLE, ABSOLUTE = timedelta(days=7), timedelta(days=30)  # as sessions of members
NOTED = timedelta(seconds=30)  # how exactly a visit is remembered


class NoName(ValueError):
    """The words say what is missing."""


def link_of(token: str) -> ShareLink | None:
    """The link of this token while it holds: neither revoked nor expired."""
    return _links(token).live(timezone.now()).first()


def over(token: str) -> ShareLink | None:
    """The link of this token where its time is over, and nothing else."""
    return _links(token).filter(expires_at__lte=timezone.now(), revoked_at=None).first()


def _links(token: str) -> ShareLinkQuerySet:
    rows = ShareLink.objects.filter(token_sha256=hashed(token))
    return rows.select_related("project", "view__owner", "view__project")


def guest_of(share: ShareLink, key: str) -> Guest | None:
    """Whose session this is, if it is one of this link and not too old."""
    if not key:
        return None
    now = timezone.now()
    rows = Guest.objects.filter(share=share, key_sha256=hashed(key), seen_at__gt=now - IDLE)
    rows = rows.filter(created_at__gt=now - ABSOLUTE)
    if share.sessions_from is not None:
        rows = rows.filter(created_at__gte=share.sessions_from)
    return rows.first()


def is_open(share: ShareLink) -> bool:
    """Whether one more may come in."""
    return share.most_views is None or share.views < share.most_views


def begin(share: ShareLink) -> tuple[Guest, str] | None:
    """One more view, and the key for the cookie; None where all views are used, also by whoever came at the
    same moment."""
    room = Q(most_views=None) | Q(views__lt=F("most_views"))
    key = new_token()
    with transaction.atomic():
        rows = ShareLink.objects.live(timezone.now()).filter(room, pk=share.pk, passphrase=share.passphrase)
        if not rows.update(views=F("views") + 1):
            return None
        return Guest.objects.create(share=share, key_sha256=hashed(key)), key


def passes(share: ShareLink, passphrase: str) -> bool:
    """One hash, whatever was typed."""
    return not share.passphrase or check_password(passphrase, share.passphrase)


def saw(guest: Guest) -> None:
    """They are here now."""
    now = timezone.now()
    if now - guest.seen_at > NOTED:
        Guest.objects.filter(pk=guest.pk).update(seen_at=now)


def name(guest: Guest, text: str) -> Guest:
    """What stands beside what they write from now on; given once.

    :raises NoName:
    """
    said = clean_line(text)[:80].strip()
    if not said:
        raise NoName(_("Say who you are: your name stands beside what you write."))
    Guest.objects.filter(pk=guest.pk, name="").update(name=said)
    guest.refresh_from_db(fields=["name"])
    return guest
