"""Shots where takes are: the dialog that lists them, and the take that stands for its shot."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations import shot_list
from generations.models import Verb
from generations.services import shot_takes

from .answers import done, refused
from .finding import read_id, take_for
from .opening import may, open_project
from .statuses import REFUSALS, status_of


@require_safe
def pick(request: HttpRequest, slug: str) -> HttpResponse:
    """The dialog; with ``list`` what it finds for ``q`` alone. ``of`` says what a shot is chosen for, ``now``
    which one is."""
    project = open_project(request.user, slug)
    can_add = may(project, Verb.COMPOSE) and project.archived_at is None
    given = request.GET
    now = given.get("now") or given.get("shot", "")  # the field of a filter goes along under its name
    context = shot_list.context_of(project, given.get("of", ""), given.get("q", ""), now)
    context["shots"]["may_add"] &= can_add
    name = "_shots_found" if "list" in given else "_shots_dialog"
    return render(request, f"generations/{name}.html", context)


@require_POST
def choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """This take stands for the shot it is in (``shot``); without ``on`` it does no longer."""
    take, is_on = take_for(request.user, pk), request.POST.get("on") == "1"
    if take.shot is None or take.shot_id != read_id(request.POST.get("shot")):
        return refused(request, take, 409, _("This take is in another shot by now."))
    code = take.shot.code
    try:
        if is_on or take.shot.chosen_take_id == take.pk:  # another one may have been chosen since
            shot_takes.choose(request.user, take.project, take.shot, take.pk if is_on else None)
    except REFUSALS as error:
        return refused(request, take, status_of(error), error)
    said = _("Chosen for %(code)s.") if is_on else _("No longer chosen for %(code)s.")
    return done(request, take, said % {"code": code})
