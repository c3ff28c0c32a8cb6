"""What can go wrong between the studio and a gateway.

GatewayError
├── NothingMade            the gateway made nothing, for sure
│   ├── Unreachable        no byte of the request was sent               retryable
│   ├── Busy               429, or a documented "over capacity"          retryable, later and later
│   └── Refused            a definite no, with its failure class
├── Ambiguous              a submit whose outcome nobody knows: never sent again by itself
├── Unavailable            a poll, quote or look-up that failed for now  retryable
│   ├── BadReply           an answer that is not what the page promises  retryable
│   └── NotReady           the file is not there after all: the job is polled again
├── Lost                   the gateway no longer knows the job
├── LinkExpired            the result's address is dead; a fresh one may be asked for
├── FileElsewhere          where the file was asked for, its address came
├── FetchRefused           an address that may not be fetched, or more bytes than allowed
└── Unsupported            the request says what this adapter cannot express

Every error carries a sentence fit for people and the raw reply with keys removed and cut to 2,000
characters, for administrators.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .values import FailureClass


class GatewayError(Exception):
    retryable = False

    def __init__(self, message: str, *, status: int | None = None, raw: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.raw = raw


class NothingMade(GatewayError):
    pass


class Unreachable(NothingMade):
    retryable = True


class Busy(NothingMade):
    """``retry_after_s``: the time that the gateway told; None where it told none, and the adapter's
    ``busy_s`` says how long to wait."""

    retryable = True

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: float | None = None,
        status: int | None = None,
        raw: str = "",
    ) -> None:
        super().__init__(message, status=status, raw=raw)
        self.retry_after_s = retry_after_s


class Refused(NothingMade):
    def __init__(
        self,
        message: str,
        failure_class: FailureClass = FailureClass.INVALID_INPUT,
        *,
        field: str = "",
        hint: str = "",
        mend: Mapping[str, Any] | None = None,
        again_after_s: float | None = None,
        about_model: bool = False,
        status: int | None = None,
        raw: str = "",
    ) -> None:
        super().__init__(message, status=status, raw=raw)
        self.failure_class = failure_class
        self.field = field
        self.hint = hint
        self.mend = mend or {}  # as of ``Failure``
        self.about_model = about_model  # it shows that what the studio knows of the model is old
        self.again_after_s = again_after_s  # this *no* may be a slip: ask once more after so many seconds


class Ambiguous(GatewayError):
    pass


class Unavailable(GatewayError):
    retryable = True


class BadReply(Unavailable):
    pass


class NotReady(Unavailable):
    pass


class Lost(GatewayError):
    pass


class LinkExpired(GatewayError):
    pass


class FileElsewhere(GatewayError):
    """``url`` may be relative to the address that was asked; it is fetched without the key."""

    def __init__(self, url: str, *, status: int | None = None, raw: str = "") -> None:
        super().__init__("The gateway names another address for the file.", status=status, raw=raw)
        self.url = url
        self.is_redirect = status is not None and 300 <= status < 400  # no answer that tells an address


class FetchRefused(GatewayError):
    pass


class Unsupported(GatewayError):
    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field
