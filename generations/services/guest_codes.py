"""A code by mail: that a guest who approves reads the mail of the address they gave.

Six digits, 15 minutes, five tries. The code is made where it is sent, so that it stands in no message of the
queue; the row keeps its hash.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from generations.models import Guest

from . import guest_tries
from .ring import ring

logger = logging.getLogger(__name__)
HOLDS, TRIES = timedelta(minutes=15), 5
APART, MOST = timedelta(seconds=30), 8  # mails to one guest


class TooOften(Exception):
    """The words say when to try again."""


def needed(guest: Guest) -> bool:
    """Whether an approval of theirs has to wait for a code."""
    return bool(settings.MAIL) and guest.confirmed_at is None


def ask(guest: Guest, email: str, address: str) -> None:
    """A mail goes out; what was confirmed of another address is so no more.

    :param address: where the guest calls from.
    :raises TooOften:
    """
    now = timezone.now()
    if guest_tries.too_fast(address, guest_tries.Kind.MAIL, guest_tries.MAILS_PER_MINUTE):
        raise TooOften(_("Too many mails from this address. Wait a minute."))
    rested = Q(code_asked_at=None) | Q(code_asked_at__lt=now - APART)
    # who has confirmed an address meanwhile keeps it: their word stands under it
    rows = Guest.objects.filter(rested, pk=guest.pk, codes_asked__lt=MOST, confirmed_at=guest.confirmed_at)
    fresh = {"email": email, "confirmed_at": None, "code_sha256": "", "code_until": None, "code_tries": 0}
    if not rows.update(**fresh, code_asked_at=now, codes_asked=F("codes_asked") + 1):
        raise TooOften(
            _("Wait half a minute before you ask for another code, and look in your mail meanwhile.")
        )
    ring("mail_guest_code", guest.pk)


def send(guest_id: UUID | str) -> bool:
    """Returns whether a mail went out. One that was confirmed meanwhile, or got its code, gets none."""
    guest = Guest.objects.filter(pk=guest_id, code_sha256="", confirmed_at=None).exclude(email="").first()
    if guest is None or not settings.MAIL:
        return False
    code = f"{secrets.randbelow(10**6):06d}"
    rows = Guest.objects.filter(pk=guest.pk, email=guest.email, code_sha256="", confirmed_at=None)
    if not rows.update(code_sha256=_hashed(guest, code), code_until=timezone.now() + HOLDS, code_tries=0):
        return False
    text = _("Your code: %(code)s\n\nIt holds for 15 minutes. If you did not ask for it, ignore this mail.")
    try:
        send_mail(_("Your code for the review"), text % {"code": code}, None, [guest.email])
    except (SMTPException, OSError) as error:
        logger.warning("a guest's code could not be mailed: %s", type(error).__name__)
        return False
    return True


def check(guest: Guest, typed: str) -> bool:
    """True once, for the right code in time; each call is a try."""
    rows = Guest.objects.filter(pk=guest.pk, code_until__gt=timezone.now(), code_tries__lt=TRIES)
    if not rows.exclude(code_sha256="").update(code_tries=F("code_tries") + 1):
        return False
    guest.refresh_from_db()
    said = _hashed(guest, "".join(typed.split()))
    if not constant_time_compare(said, guest.code_sha256):
        return False
    mine = Guest.objects.filter(pk=guest.pk, code_sha256=said)
    done = mine.update(confirmed_at=timezone.now(), code_sha256="", code_until=None)
    guest.refresh_from_db()
    return bool(done)


def _hashed(guest: Guest, code: str) -> str:
    return salted_hmac("guest code", f"{guest.pk}:{guest.email}:{code}", algorithm="sha256").hexdigest()
