"""The gallery of a project: its takes as a wall, filtered by the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from generations.card_looking import Looking, looking
from generations.cards import card
from generations.forms_gallery import GalleryForm
from generations.models import Generation, Verb
from generations.services import gallery as wall
from generations.services import saved_views, shots
from generations.telling import situation
from providers.ids import new_id

from .frame import page_of
from .opening import may, open_project


@require_safe
def gallery(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; to htmx the wall alone, or with ``before`` the next part of it."""
    project = open_project(request.user, slug)
    form = GalleryForm(request.GET, project=project)
    wanted = form.filter()
    context = wall_context(project, form, wanted)
    if not getattr(request, "htmx", False) or request.headers.get("HX-Boosted"):
        around = {**page_of(request, project, "gallery"), **_bar(request.user, project, form)}
        return render(request, "generations/gallery.html", {**context, **around})
    if form.cleaned_data.get("before"):
        return render(request, "generations/_wall_part.html", context)
    response = render(request, "generations/_wall.html", context)
    response["HX-Push-Url"] = context["address"]
    return response


def wall_context(project: Any, form: GalleryForm, wanted: wall.Filter) -> dict[str, Any]:
    found = wall.page(project, wanted, form.cleaned_data.get("before"))
    by = looking(project, found.takes)
    query, url = form.query(), reverse("gallery", args=[project.slug])
    return {
        "project": project,
        "form": form,
        "chips": [form[name] for name in _CHIPS],
        "more": [form[name] for name in ("reviewer", "mode", "gateway")],
        "spans": [form[name] for name in ("since", "until", "cost_from", "cost_to")],
        "more_given": sum(name in _MORE for name, _value in form.given()),
        "cards": _in_trash(found.takes, by) if wanted.trash else [card(take, by) for take in found.takes],
        "before": found.before,
        "given": form.given(),
        "query": query,
        "seen": new_id(),  # ids rise: whatever is made from now on was not seen
        "may": {name: _may_sort(project, verb) for name, verb in _SORTS.items()}
        | {"trash": may(project, Verb.TRASH)},
        "filtered": bool(query),
        "filtered_more": len(form.given()) > 1,
        "understood": not form.errors,
        "shot": _shot(project, form, wanted),
        "in_trash": wanted.trash,
        "url": url,
        "address": f"{url}?{query}" if query else url,
        "any": bool(found.takes) or wall.has_any(project),
        "can_compose": may(project, Verb.COMPOSE),
    }


_CHIPS = ("status", "mark", "stars", "review", "client", "tag", "person", "model")
_MORE = ("reviewer", "mode", "gateway", "since", "until", "cost_from", "cost_to", "versions")


_SORTS = {"rate": Verb.COMMENT, "stack": Verb.COMPOSE, "decide": Verb.DECIDE, "share": Verb.SHARE}


def _shot(project: Any, form: GalleryForm, wanted: wall.Filter) -> dict[str, Any]:
    """The chip of the filter; ``offered``: there are shots. ``rest``: the address without it."""
    rest = urlencode([(name, value) for name, value in form.given() if name != "shot"])
    gone = isinstance(wanted.shot, UUID) and form.shot_row is None
    return {
        "offered": bool(wanted.shot) or shots.any_in(project),
        "code": form.shot_row.code if form.shot_row else "",
        "title": form.shot_row.title if form.shot_row else "",
        "none": wanted.shot == wall.NO_SHOT,
        "gone": gone,
        "rest": rest,
    }


def _may_sort(project: Any, verb: Verb) -> bool:
    """An archived project is only looked at."""
    return may(project, verb) and project.archived_at is None


def _bar(user: Any, project: Any, form: GalleryForm) -> dict[str, Any]:
    """What stands around the wall and stays when it is filtered anew: the views with a name."""
    views = saved_views.of(user, project)
    return {
        "views": [
            {
                "id": view.pk,
                "name": view.name,
                "query": view.query,
                "shared": view.shared,
                "owner": str(view.owner) if view.owner_id != user.pk else "",
                "may_change": view.owner_id == user.pk or may(project, Verb.MANAGE),
                "may_share": view.shared or _may_sort(project, Verb.COMMENT),
            }
            for view in views
        ],
        "people": form.deciders,
        "tags": [name for name, _label in form.fields["tag"].choices if name],
    }


def _in_trash(takes: list[Generation], by: Looking) -> list[dict[str, Any]]:
    thrown_by = wall.who_threw_away(takes)
    return [{**card(take, by), **_trashed(take, by, thrown_by.get(take.pk))} for take in takes]


def _trashed(take: Generation, by: Looking, thrown_by: Any) -> dict[str, Any]:
    return {
        "status": "trash",
        "trash_why": situation.why_in_trash(take, thrown_by),
        "trash_days_left": situation.trash_days_left(take, settings.STUDIO["TRASH_DAYS"]),
        "restore_url": reverse("take-restore", args=[take.pk]) if by.may(Verb.TRASH) else "",
    }
