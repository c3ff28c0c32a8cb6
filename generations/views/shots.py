"""The shots of a project: the list, and what people do with its rows. Every answer is the list anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations import shot_codes, shot_lengths, shot_rows
from generations.forms_shots import ShotForm, said_of
from generations.models import Shot, Verb
from generations.services import shot_takes, shots
from generations.services.refusals import NotAllowed, Outdated, WrongState
from generations.services.shots import ShotRefused

from .answers import go
from .finding import read_id
from .frame import page_of
from .opening import may, open_project, open_writable

PAGE, LIST, ADD = "generations/shots.html", "generations/_shots.html", "generations/_shot_add.html"
DIALOG = "generations/_shot_dialog.html"


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """``?page=``, or ``?shot=``: the page on which that one stands."""
    project = open_project(request.user, slug)
    return render(request, PAGE, _page(request, project, read_id(request.GET.get("shot"))))


@require_safe
def live(request: HttpRequest, slug: str) -> HttpResponse:
    """204 while the version shown is the present one."""
    project = open_project(request.user, slug)
    context = _list(request, project)
    if request.GET.get("v") == context["live"]["version"]:
        return HttpResponse(status=204)
    return render(request, LIST, context)


def _list(request: HttpRequest, project: Any, shot: UUID | None = None, problem: str = "") -> dict[str, Any]:
    places = shot_rows.places_of(project, _number(request.GET.get("page")), shot)
    alive = not project.archived_at
    return {
        **shot_rows.context_of(project, places),
        "project": project,
        "can_compose": may(project, Verb.COMPOSE) and alive,
        "can_choose": may(project, Verb.DECIDE) and alive,
        "problem": problem,
    }


def _page(
    request: HttpRequest, project: Any, shot: UUID | None = None, problem: str = "", form: Any = None
) -> dict[str, Any]:
    form = form or _new_form(project)
    return {
        **page_of(request, project, "shots"),
        **_list(request, project, shot, problem),
        "form": form,
    }


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 5 else 1


def _form(project: Any, data: Any = None, **more: Any) -> ShotForm:
    return ShotForm(data, rate=shot_lengths.rate_of(project), **more)


def _new_form(project: Any) -> ShotForm:
    """Of the line below the list, with the next code in it."""
    code = shot_codes.after_last(_codes(project))
    return _form(project, initial={"code": code}, auto_id="add-%s")


def _codes(project: Any) -> list[str]:
    return list(shots.in_order(project).values_list("code", flat=True))


def _found(project: Any, pk: UUID) -> Shot:
    """:raises Http404: it was never there."""
    shot = shots.find(project, pk)
    if shot is None:
        raise Http404
    return shot


@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Behind ``after``, else at the end. What is wrong with it stands in the form that it came from."""
    project = open_writable(request, slug)
    after = read_id(request.POST.get("after"))
    form = _form(project, request.POST, auto_id="shot-%s" if after else "add-%s")
    made = _tried(form, lambda: shots.add(request.user, project, form.words(), after=after))
    if made is None:
        return _form_again(request, project, form, after=after)
    said = _("%(code)s was added.") % {"code": made.code}
    if after or not getattr(request, "htmx", False):
        return _answer(request, project, made, said)
    return _next_form(request, project, made, said)


def _next_form(request: HttpRequest, project: Any, made: Shot, said: str) -> HttpResponse:
    """The line below the list anew; the list hears of it by its poll, unless it shows another part."""
    page = _number(request.POST.get("page"))
    if shot_rows.places_of(project, shot=made.pk).page != page:
        url = reverse("shots", args=[project.slug])
        return go(request, f"{url}?shot={made.pk}#shot-add")
    answer = render(request, ADD, {"project": project, "form": _new_form(project), "page": page})
    answer["HX-Trigger"] = json.dumps({"shots:said": {"text": said}, "shots:added": {}, "live:refresh": {}})
    return answer


def _tried(form: ShotForm, act: Callable[[], Shot]) -> Shot | None:
    if not form.is_valid():
        return None
    try:
        return act()
    except ShotRefused as error:
        form.refuse(error)
        return None


@require_safe
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a shot behind ``?after=``, with a code between that one and the next."""
    project = open_writable(request, slug)
    after = _found(project, read_id(request.GET.get("after")) or UUID(int=0))
    form = _form(project, initial={"code": shot_codes.between(after.code, _codes(project))})
    return _dialog(request, project, form, after=after)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Its words and its place. Who wrote over a shot that another one changed meanwhile is told so."""
    project = open_writable(request, slug)
    if request.method != "POST":
        shot = _found(project, pk)
        return _dialog(request, project, _form(project, initial=said_of(shot, _place(project, shot))), shot)
    found = shots.find(project, pk)
    if found is None:
        return _answer(request, project, problem=_("This shot was removed meanwhile."), status=409)
    return _save(request, project, found)


def _save(request: HttpRequest, project: Any, shot: Shot) -> HttpResponse:
    form, seen = _form(project, request.POST), request.POST.get("seen", "")
    try:
        saved = _tried(form, lambda: shots.change(request.user, shot, form.words(), seen=seen))
        if saved is None:
            return _form_again(request, project, form, shot=shot)
        _put(request.user, project, saved, form.cleaned_data["place"])
    except Outdated as error:
        form.add_error(None, _("%(why)s Saving once more keeps what stands here.") % {"why": error})
        return _form_again(request, project, form, shot=shot, status=409)
    except ShotRefused as error:  # of the place
        return _answer(request, project, shot, problem=error.message, status=409)
    return _answer(request, project, saved, _("%(code)s is kept.") % {"code": saved.code})


def _put(user: Any, project: Any, shot: Shot, number: int | None) -> None:
    """To the place of this number, counted from 1; None: where it is."""
    others = [pk for pk in shots.in_order(project).values_list("pk", flat=True) if pk != shot.pk]
    if number is None or number == _place(project, shot):
        return
    at = min(number - 1, len(others))
    shots.place(user, shot, after=others[at - 1] if at else None)


def _place(project: Any, shot: Shot) -> int:
    ids = list(shots.in_order(project).values_list("pk", flat=True))
    return ids.index(shot.pk) + 1 if shot.pk in ids else 0


@require_POST
def remove(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Its takes stay in the project."""
    project = open_writable(request, slug)
    shot = shots.find(project, pk)
    if shot is None:
        return _answer(request, project, said=_("This shot was removed before."))
    left = shots.remove(request.user, shot)
    said = _("%(code)s was removed.") % {"code": shot.code}
    if left:
        words = ngettext("Its take stays in the project.", "Its %(n)d takes stay in the project.", left)
        said = f"{said} {words % {'n': left}}"
    return _answer(request, project, said=said, aloud=True)


@require_POST
def place(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Behind ``after``; without it to the top."""
    project = open_writable(request, slug)
    shot = shots.find(project, pk)
    try:
        if shot is None:
            raise ShotRefused("after", _("This shot was removed meanwhile."))
        shots.place(request.user, shot, after=read_id(request.POST.get("after")))
    except ShotRefused as error:
        return _answer(request, project, problem=error.message, status=409)
    said = _("%(code)s is number %(n)d now.") % {"code": shot.code, "n": _place(project, shot)}
    return _answer(request, project, shot, said)


@require_POST
def choose(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """``take``; empty: none."""
    project = open_writable(request, slug, Verb.DECIDE)
    shot, take = shots.find(project, pk), read_id(request.POST.get("take"))
    try:
        if shot is None:
            raise shot_takes.NoShot
        shot_takes.choose(request.user, project, shot, take)
    except (WrongState, NotAllowed) as error:
        return _answer(request, project, shot, problem=str(error), status=409)
    words = _("The take is chosen for %(code)s.") if take else _("No take is chosen for %(code)s.")
    return _answer(request, project, shot, words % {"code": shot.code})


# --- what is answered -----------------------------------------------------------------------------------


def _answer(
    request: HttpRequest,
    project: Any,
    shot: Shot | None = None,
    said: str = "",
    *,
    problem: str = "",
    status: int = 200,
    aloud: bool = False,
) -> HttpResponse:
    """The list as it is now, and what was done in one sentence, which is heard rather than seen.

    :param problem: why nothing was done; it stands above the list.
    :param aloud: the sentence is shown to all, for the row that it is about has gone.
    """
    if not getattr(request, "htmx", False):
        return _plainly(request, project, shot, said, problem, status)
    told = {"studio:toast": {"text": said}} if aloud else {"shots:said": {"text": said}} if said else {}
    answer = render(request, LIST, _list(request, project, problem=problem), status=status)
    if told:
        answer["HX-Trigger"] = json.dumps(told)
    return answer


def _plainly(
    request: HttpRequest, project: Any, shot: Shot | None, said: str, problem: str, status: int
) -> HttpResponse:
    if problem:
        return render(request, PAGE, _page(request, project, problem=problem), status=status)
    messages.success(request, said)
    url = reverse("shots", args=[project.slug])
    return HttpResponseRedirect(f"{url}?shot={shot.pk}#shot-{shot.pk}" if shot else url)


def _form_again(
    request: HttpRequest,
    project: Any,
    form: ShotForm,
    *,
    shot: Shot | None = None,
    after: UUID | None = None,
    status: int = 422,
) -> HttpResponse:
    """The form that was sent, with what is wrong with it."""
    if shot is None and after is None:
        if not getattr(request, "htmx", False):
            return render(request, PAGE, _page(request, project, form=form), status=status)
        page = _number(request.POST.get("page"))
        return render(request, ADD, {"project": project, "form": form, "page": page}, status=status)
    behind = shots.find(project, after)
    answer = _dialog(request, project, form, shot, behind, status=status)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#shot-form", "outerHTML"
    answer["HX-Reselect"] = "#shot-form"
    return answer


def _dialog(
    request: HttpRequest,
    project: Any,
    form: ShotForm,
    shot: Shot | None = None,
    after: Shot | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form of one shot: a dialog over the list, without scripts a page."""
    context = {
        "project": project,
        "form": form,
        "shot": shot,
        "after": after,
        "query": f"?page={_number(request.GET.get('page'))}",
        "seen": shots.version_of(shot) if shot else "",
    }
    if getattr(request, "htmx", False):
        return render(request, DIALOG, context, status=status)
    return render(
        request, "generations/shot.html", {**context, **page_of(request, project, "shots")}, status=status
    )
