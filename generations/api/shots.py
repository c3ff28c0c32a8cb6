"""/api/v1/projects/{project}/shots and /api/v1/shots: what a film is made of, and its cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from generations import cut_answers, shot_csv, shot_lengths
from generations.cut import Which
from generations.models import Project, Shot, Verb
from generations.note_markers import CannotMark
from generations.schemas_shots import ChooseIn, Format, ImportIn, Notes, PlaceIn, ShotChange, ShotIn
from generations.services import looking_in, shot_import, shot_takes, shots
from generations.services.shot_import import Fate, Plan
from generations.services.shots import ShotRefused

from . import answers_shots
from .errors import ApiError, invalid, not_found
from .find import get_open_project, get_project, require_open

of_projects = Router(tags=["shots"])
router = Router(tags=["shots"])
choices = Router(tags=["shots"])


@of_projects.get("/{project}/shots", response=answers_shots.Shots)
def list_shots(request: HttpRequest, project: str) -> dict[str, Any]:
    """All of a project, in their order."""
    where = get_project(request.user, project)
    return {"items": _shown(where, _counted(shots.in_order(where)))}


@of_projects.post("/{project}/shots", response={201: answers_shots.Shot})
def add(request: HttpRequest, project: str, body: ShotIn) -> Status:
    where = get_open_project(request.user, project)
    try:
        made = shots.add(request.user, where, body.words(), after=body.after)
    except ShotRefused as error:
        raise _refused(error) from error
    return Status(201, _one(where, made.pk))


@of_projects.post("/{project}/shots/import", response=answers_shots.Imported)
def import_list(request: HttpRequest, project: str, body: ImportIn) -> dict[str, Any]:
    """A CSV with a head: all of it or nothing; while a line cannot be, 422. ``dry_run`` tells of all."""
    where = get_open_project(request.user, project)
    ticks = {"update": body.update, "follow": body.follow}
    try:
        rows = shot_csv.read(body.csv, shot_lengths.rate_of(where))
        if body.dry_run:
            return _planned(shot_import.plan(where, rows, **ticks), rows.unread, done=False)
        return _planned(shot_import.run(request.user, where, rows, **ticks), rows.unread, done=True)
    except shot_csv.Unreadable as error:
        raise invalid("csv", str(error)) from error
    except ShotRefused as error:
        raise _refused(error) from error


@of_projects.get("/{project}/shots/cut")
def cut_file(
    request: HttpRequest,
    project: str,
    format: Query[Format] = "otio",
    which: Query[Which] = Which.CHOSEN,
    notes: Query[Notes] = "",
) -> HttpResponseBase:
    """The cut as a file: ``chosen`` takes alone, or the ``newest`` where none is chosen; what is missing is a
    gap. ``notes`` of one side become markers; a CSV is the list itself."""
    where = get_project(request.user, project)
    try:
        return cut_answers.file_of(where, format, which, notes)
    except CannotMark as error:
        raise invalid("format", str(error)) from error


@router.get("/{uuid:shot_id}", response=answers_shots.Shot)
def read(request: HttpRequest, shot_id: UUID) -> dict[str, Any]:
    shot = _found(request, shot_id)
    return _one(shot.project, shot.pk)


@router.patch("/{uuid:shot_id}", response=answers_shots.Shot)
def change(request: HttpRequest, shot_id: UUID, body: ShotChange) -> dict[str, Any]:
    """What is not given stays. 409 where somebody else changed it at this moment."""
    shot = _writable(request, shot_id)
    try:
        shots.change(request.user, shot, body.over(shot), seen=shots.version_of(shot))
    except ShotRefused as error:
        raise _refused(error) from error
    return _one(shot.project, shot.pk)


@router.delete("/{uuid:shot_id}", response={204: None})
def remove(request: HttpRequest, shot_id: UUID) -> Status:
    """Its takes stay in the project, without a shot."""
    shots.remove(request.user, _writable(request, shot_id))
    return Status(204, None)


@router.post("/{uuid:shot_id}/place", response=answers_shots.Shot)
def place(request: HttpRequest, shot_id: UUID, body: PlaceIn) -> dict[str, Any]:
    shot = _writable(request, shot_id)
    try:
        shots.place(request.user, shot, after=body.after)
    except ShotRefused as error:
        raise _refused(error) from error
    return _one(shot.project, shot.pk)


@choices.post("/{uuid:shot_id}/choose", response=answers_shots.Shot)
def choose(request: HttpRequest, shot_id: UUID, body: ChooseIn) -> dict[str, Any]:
    """The take that stands for the shot in the cut. For those who may decide, reviewers too."""
    shot = _writable(request, shot_id)
    shot_takes.choose(request.user, shot.project, shot, body.take)
    return _one(shot.project, shot.pk)


def _found(request: HttpRequest, pk: UUID) -> Shot:
    rows = Shot.objects.filter(project__in=Project.objects.visible_to(request.user))
    shot = rows.select_related("project").filter(pk=pk).first()
    if shot is None:
        raise not_found()
    looking_in.trace(request.user, shot.project)
    return shot


def _writable(request: HttpRequest, pk: UUID) -> Shot:
    shot = _found(request, pk)
    if not shot.project.allows(request.user, Verb.DECIDE):
        raise ApiError(403, "not_allowed", _("Your role in this project does not allow that."))
    require_open(shot.project)
    return shot


def _refused(error: ShotRefused) -> ApiError:
    """Whoever was faster is 409; what cannot be said of a shot is 422."""
    if error.field == "after":
        return ApiError(409, "wrong_state", error.message, field="after")
    return invalid(error.field, error.message)


def _counted(rows: Any) -> Any:
    worthy = {f"takes__{name}": value for name, value in shot_takes.worthy().items()}
    return rows.annotate(done=Count("takes", filter=Q(**worthy)))


def _one(project: Project, pk: UUID) -> dict[str, Any]:
    found = list(_counted(Shot.objects.filter(pk=pk)))
    if not found:
        raise not_found()
    before = Shot.objects.filter(project=project, order__lt=found[0].order).count()
    return _shown(project, found, first=before + 1)[0]


def _shown(project: Project, rows: Iterable[Any], first: int = 1) -> list[dict[str, Any]]:
    page, gallery = reverse("shots", args=[project.slug]), reverse("gallery", args=[project.slug])
    return [
        {
            "id": shot.pk,
            "project": project.slug,
            **{name: getattr(shot, name) for name in ("code", "title", "note", "duration_s", "made_at")},
            "number": number,
            "chosen_take": shot.chosen_take_id,
            "takes": shot.done,
            "links": {
                "self": f"/api/v1/shots/{shot.pk}",
                "page": f"{page}?shot={shot.pk}",
                "takes": f"{gallery}?shot={shot.pk}",
            },
        }
        for number, shot in enumerate(rows, start=first)
    ]


def _planned(plan: Plan, unread: Sequence[str], *, done: bool) -> dict[str, Any]:
    lines = [
        {
            "line": line.number,
            "fate": line.fate.value,
            "code": line.words.code,
            "why": line.why,
            "fields": list(line.before) if line.fate != Fate.SAME else [],
        }
        for line in plan.lines
    ]
    return {"done": done, "moves": plan.moves, "unread": list(unread), "lines": lines}
