"""May this person do that in this project? The answer as a refusal that says why not."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from generations.models import Project, Verb
from generations.services.refusals import NotAllowed


def require_in(user: Any, project: Project, verb: Verb) -> None:
    """:raises NotAllowed:"""
    if not project.allows(user, verb):
        raise NotAllowed(_("Your role in this project does not allow that."))


def require_alive(user: Any, project: Project, verb: Verb) -> None:
    """As ``require_in``, for what adds to a project.

    :raises NotAllowed: by role, or because the project was put away.
    """
    require_in(user, project, verb)
    if project.archived_at:
        raise NotAllowed(_("This project is archived; its takes stay as they are."))
