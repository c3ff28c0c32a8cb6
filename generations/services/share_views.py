"""What a saved view finds for guests.

Whoever changes a view changes what guests of its links see, so it is followed only while all of it is
understood and its owner may share the project.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from generations.forms_gallery import Choices, GalleryForm
from generations.models import SavedView, ShareLink, Verb

from .gallery import Filter


class CannotFollow(ValueError):
    """The words tell the team why."""


def filter_of(view: SavedView | None, choices: Choices | None = None) -> Filter:
    """What guests see of this view.

    :param view: None: it was deleted.
    :param choices: of its project, where they were read before.
    :raises CannotFollow:
    """
    if view is None:
        raise CannotFollow(_("Its saved view was deleted."))
    if not (view.owner.is_active and view.project.allows(view.owner, Verb.SHARE)):
        raise CannotFollow(_("The owner of the saved view may not share the project."))
    form = GalleryForm(QueryDict(view.query), project=view.project, choices=choices)
    wanted = form.filter()
    if form.errors:  # without a tag that is gone, say, it would find many more
        raise CannotFollow(_("The saved view names what is not there any more, a tag perhaps."))
    if wanted.text:  # the search finds a take by what is noted on it as well
        raise CannotFollow(_("The saved view looks for words, which stand in internal notes too."))
    return wanted


def troubles(shares: Iterable[ShareLink]) -> dict[UUID, str]:
    """Share -> why it shows nothing, for the team; links that follow none, or one that works, are left out.

    A view is asked for once, a project's choices as well; with ``view__project__memberships`` read along
    nothing else is.
    """
    choices: dict[UUID, Choices] = {}
    told: dict[UUID | None, str] = {}
    followed = [share for share in shares if share.follows_view]
    for share in followed:
        if share.view_id not in told:
            told[share.view_id] = _trouble(share.view, choices)
    return {share.pk: told[share.view_id] for share in followed if told[share.view_id]}


def _trouble(view: SavedView | None, choices: dict[UUID, Choices]) -> str:
    if view is not None and view.project_id not in choices:
        choices[view.project_id] = Choices.of(view.project)
    try:
        filter_of(view, choices[view.project_id] if view else None)
    except CannotFollow as error:
        return _("%(why)s Guests see nothing.") % {"why": error}
    return ""
