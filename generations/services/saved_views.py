"""Filters of the gallery under a name: a person's own, or shared with the project."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from generations.labels import clean_line
from generations.models import Project, SavedView, Verb
from generations.services.allowed import require_alive, require_in

MOST = 50  # of one person in one project
MOST_CHARS = 60


class BadView(ValueError):
    """The words say what is wrong with it."""


def of(user: Any, project: Project) -> list[SavedView]:
    """Mine and the shared ones, by name; the project is visible to the person."""
    rows = SavedView.objects.filter(Q(owner=user) | Q(shared=True), project=project)
    return list(rows.select_related("owner")[: 4 * MOST])


def verb_for(shared: bool) -> Verb:
    """What keeping a view needs: who only looks keeps theirs for themselves."""
    return Verb.COMMENT if shared else Verb.SEE


def save(user: Any, project: Project, name: str, query: str, *, shared: bool) -> SavedView:
    """One of the same name and person is written over.

    :param query: as ``GalleryForm.query`` writes it.
    :raises NotAllowed: sharing needs more than looking. BadView: no name, or too many.
    """
    require_alive(user, project, verb_for(shared))
    label = clean_line(name)[:MOST_CHARS].strip()
    if not label:
        raise BadView(_("Give it a name."))
    mine = SavedView.objects.filter(project=project, owner=user)
    if not mine.filter(name=label).exists() and mine.count() >= MOST:
        raise BadView(_("At most %(n)d views of your own in a project.") % {"n": MOST})
    with transaction.atomic():
        view, _made = mine.update_or_create(
            name=label, defaults={"query": query, "shared": shared, "owner": user, "project": project}
        )
    return view


def change(user: Any, view: SavedView, *, name: str | None = None, shared: bool | None = None) -> SavedView:
    """Another name, or shared from now on or no longer; by its owner, or by who manages the project.

    :raises NotAllowed, BadView:
    """
    _require_mine(user, view)
    if shared:
        require_in(user, view.project, Verb.COMMENT)
    if name is not None:
        view.name = clean_line(name)[:MOST_CHARS].strip() or view.name
    if shared is not None:
        view.shared = shared
    try:
        with transaction.atomic():
            view.save(update_fields=["name", "shared"])
    except IntegrityError as error:
        raise BadView(_("There is one of this name already.")) from error
    return view


def delete(user: Any, view: SavedView) -> None:
    """:raises NotAllowed:"""
    _require_mine(user, view)
    view.delete()


def _require_mine(user: Any, view: SavedView) -> None:
    if view.owner_id != user.pk:
        require_in(user, view.project, Verb.MANAGE)
