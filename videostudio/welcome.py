"""What a new administrator finds: the sample project, and the sandbox's accounts attached."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings

from generations.services.projects import create_sample_project
from providers.accounts import attach_sandbox_accounts

log = logging.getLogger(__name__)


def prepare(user: Any) -> str:
    """Where to land. A failure here must not lose the new account: it is logged, the home page follows."""
    attach_sandbox()
    try:
        return create_sample_project(user).get_absolute_url()
    except Exception:
        log.exception("The sample project could not be made")
        return "/"


def attach_sandbox() -> None:
    """See that each gateway has its sandbox account, at the port of this start. The studio runs without."""
    try:
        if settings.SANDBOX:
            attach_sandbox_accounts()
    except Exception:
        log.exception("The sandbox accounts could not be attached")
