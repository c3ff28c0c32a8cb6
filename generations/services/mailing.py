"""Mails to people, as text: one each, under the studio's name."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.core.mail import send_mail
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)


def send(person: Any, about: str, parts: Iterable[str]) -> bool:
    """Whether it went out; where it did not, the log says why.

    :param about: the subject, before the studio's name; on one line, whatever is in it.
    :param parts: paragraphs; empty ones are left out.
    """
    subject = " ".join(f"{about} · {_('Video Studio')}".split())
    try:
        send_mail(subject, "\n\n".join(filter(None, parts)), None, [person.email])
    except OSError as error:  # the mail server is away or refuses
        logger.warning("a mail to %s was not sent: %s", person.pk, error)
        return False
    except Exception:  # an address that cannot be written, say
        logger.exception("a mail to %s could not be sent", person.pk)
        return False
    return True
