"""What a new administrator finds: the sample project, and the sandbox's accounts attached."""

from __future__ import annotations

import logging
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings

log = logging.getLogger(__name__)


def prepare(user: Any) -> str:
    """Where to land. A failure here must not lose the new account: it is logged, the home page follows."""
    try:
        if settings.SANDBOX:
            _call("providers.accounts", "attach_sandbox_accounts")
        project = _call("generations.services.projects", "create_sample_project", user)
        return str(project.get_absolute_url()) if project else "/"
    except Exception:
        log.exception("The sample project could not be made")
        return "/"


def _call(module: str, name: str, *args: Any) -> Any:
    """Call a verb of the pipeline, or nothing where that part is not installed."""
    if find_spec(module) is None:
        return None
    verb = getattr(import_module(module), name, None)
    return verb(*args) if verb else None
