"""/api/v1/sorting: marks, stars, tags, versions and the trash, for many takes at once, and the way back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from generations import archive
from generations.models import Change, Project, Shot
from generations.schemas_sorting import ArchiveIn, BinIn, SortIn, UndoIn
from generations.services import acts, culling, undo
from generations.services.acts import Act, With
from generations.services.refusals import WrongState
from generations.services.selection import Selection, TooMany
from generations.services.stacks import NoStack

from . import answers_sorting
from .errors import invalid, not_found
from .find import get_project, get_shot

router = Router(tags=["sorting"])
bin_router = Router(tags=["sorting"])
archives = Router(tags=["sorting"])
_IN_THE_BIN = (Act.TRASH, Act.RESTORE)


@router.post("", response=answers_sorting.Sorted)
def sort(request: HttpRequest, body: SortIn) -> dict[str, Any]:
    """Mark, rate, tag, stack or move takes of one project; all of it or nothing. ``changed`` leaves out
    those that were so already. Takes of other projects count for nothing."""
    project = get_project(request.user, body.project)
    given = With(mark=body.mark or "", stars=body.stars or 0, tags=_tags(body))
    given = replace(given, shot=_shot(project, body))
    return _told(_do(request.user, project, Act(body.act), body.takes, given))


@bin_router.post("", response=answers_sorting.Sorted)
def throw(request: HttpRequest, body: BinIn) -> dict[str, Any]:
    """Into the trash, or out of it. What is on its way, or gone for good, stays as it is."""
    project = get_project(request.user, body.project)
    return _told(_do(request.user, project, Act(body.act), body.takes, With()))


@router.post("/undo", response=answers_sorting.Unsorted)
def take_back(request: HttpRequest, body: UndoIn) -> dict[str, int]:
    """Your own change within a day, by its id; takes that were changed since stay as they are."""
    return _undo(request, body, in_the_bin=False)


@bin_router.post("/undo", response=answers_sorting.Unsorted)
def fetch_back(request: HttpRequest, body: UndoIn) -> dict[str, int]:
    """As the other one, for what was done to the trash."""
    return _undo(request, body, in_the_bin=True)


@archives.post("")
def download(request: HttpRequest, body: ArchiveIn) -> StreamingHttpResponse:
    """The clips as one ZIP, written while it is sent; ``manifest.json`` in it has hashes and recipes."""
    ids = _chosen(get_project(request.user, body.project), body.takes)
    response = StreamingHttpResponse(archive.stream(ids), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="takes.zip"'
    return response


def _do(user: Any, project: Project, act: Act, takes: list[UUID], given: With) -> Change:
    try:
        return acts.do(user, project, act, _chosen(project, takes), given)
    except (culling.BadTags, NoStack) as error:
        raise invalid("tags" if isinstance(error, culling.BadTags) else "takes", str(error)) from error


def _chosen(project: Project, takes: list[UUID]) -> list[UUID]:
    try:
        return Selection(project, ids=tuple(takes)).takes()
    except TooMany as error:
        raise invalid("takes", str(error)) from error


def _tags(body: SortIn) -> tuple[str, ...]:
    if body.act not in ("tag", "untag"):
        return ()
    try:
        return culling.clean_tags(body.tags)
    except culling.BadTags as error:
        raise invalid("tags", str(error)) from error


def _shot(project: Project, body: SortIn) -> Shot | None:
    if body.act != Act.MOVE:
        return None
    if "shot" not in body.model_fields_set:
        raise invalid("shot", _("Name the shot; null takes them out of theirs."))
    return get_shot(project, body.shot) if body.shot else None


def _undo(request: HttpRequest, body: UndoIn, *, in_the_bin: bool) -> dict[str, int]:
    project = get_project(request.user, body.project)
    change = undo.find(request.user, project, body.change)
    if change is None:
        raise not_found("change")
    if (change.kind in _IN_THE_BIN) != in_the_bin:
        raise WrongState(_("What was done to the trash is undone under /sorting/bin, all else not."))
    found = undo.undo(request.user, change)
    return {"undone": found.done, "left": found.left}


def _told(change: Change) -> dict[str, Any]:
    return {"change": change.pk if change.before else None, "changed": list(change.before)}
