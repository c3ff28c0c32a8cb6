"""What a service refused, as a status of HTTP: one table for every page. What is not there, or may not be
seen, is 404 and no matter of this table."""

from __future__ import annotations

from generations.services.assets import UploadRefused
from generations.services.compose import Refused
from generations.services.consent import NotAttested
from generations.services.create import KeyReused, PriceMoved
from generations.services.guests import NoName
from generations.services.note_words import BadNote
from generations.services.refusals import NotAllowed, WrongState
from providers.quotas import QuotaExceeded

_STATUS_OF: dict[type[Exception], int] = {
    NotAllowed: 403,  # the role does not allow it
    WrongState: 409,  # it moved on, or somebody was faster
    PriceMoved: 409,
    KeyReused: 409,
    Refused: 422,  # it cannot be made so
    UploadRefused: 422,
    NotAttested: 422,
    BadNote: 422,
    NoName: 422,
    QuotaExceeded: 429,  # a limit has no room
}
REFUSALS = tuple(_STATUS_OF)


def status_of(error: Exception) -> int:
    """Of one of ``REFUSALS``, or a kind of it."""
    return next(status for kind, status in _STATUS_OF.items() if isinstance(error, kind))
