"""Notes as a file: of one take, or of takes of a project. One side at a time, which the file's name says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from generations import note_markers, note_sets, note_sheet
from generations.filenames import joined
from generations.forms_culling import SelectionForm
from generations.models import Audience, Project
from generations.services.selection import TooMany

from .culling import first_error
from .finding import take_for
from .frame import page_of
from .opening import open_project

FORMATS = {
    "csv": lazy("CSV, for a spreadsheet"),
    "otio": lazy("OTIO markers"),
    "edl": lazy("EDL markers (CMX 3600)"),
    "fcpxml": lazy("FCP XML markers"),
}
MOST_MARKED = 2000  # takes in one timeline, which is made whole in memory


class WantedForm(forms.Form):
    side = forms.ChoiceField(choices=[(side.value, side.label) for side in Audience])
    format = forms.ChoiceField(choices=list(FORMATS.items()))


@require_safe
def of_take(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """``?side=internal|client&format=csv|otio|edl|fcpxml``; without them the page where they are chosen."""
    take = take_for(request.user, pk)
    form = WantedForm(request.GET or None)
    try:
        if not form.is_bound:
            return _choose(request, take.project, form, [], ids=[take.pk])
        return _file(form, [take.pk], take.project)
    except (note_markers.CannotMark, forms.ValidationError) as error:
        return _choose(request, take.project, form, [], _words(error), ids=[take.pk])


@require_POST
def of_takes(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Of those that are ticked or all that match; first the page where side and kind of file are chosen."""
    project = open_project(request.user, slug)
    chosen = SelectionForm(request.POST, project=project)
    given = [(name, value) for name in chosen.fields for value in request.POST.getlist(name)]
    form = WantedForm(request.POST if "format" in request.POST else None)
    try:
        if not chosen.is_valid():
            raise forms.ValidationError(first_error(chosen))
        if not form.is_bound:
            return _choose(request, project, form, given, ids=chosen.selection().takes())
        return _file(form, chosen.selection().takes(), project)
    except (note_markers.CannotMark, TooMany, forms.ValidationError) as error:
        return _choose(request, project, form, given, _words(error))


def _file(form: WantedForm, ids: Sequence[UUID], project: Project) -> HttpResponseBase:
    """:raises CannotMark, ValidationError: there is nothing on this side."""
    if not form.is_valid():
        raise forms.ValidationError(first_error(form))
    side, kind = Audience(form.cleaned_data["side"]), form.cleaned_data["format"]
    sets = list(note_sets.of(ids, side)) if kind != "csv" else note_sets.of(ids, side)
    if kind == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(note_sheet.stream(sets), content_type=_type(kind))
        return _named(answer, project, side, ".csv")
    if not sets:
        raise forms.ValidationError(_("There are no notes on this side."))
    if len(sets) > MOST_MARKED:
        raise forms.ValidationError(_("At most %(n)d takes in one timeline.") % {"n": MOST_MARKED})
    title = f"{project.name}, {_told(side)}"
    answer = HttpResponse(
        note_markers.text(list(sets), kind, title=title, side=side), content_type=_type(kind)
    )
    return _named(answer, project, side, note_markers.SUFFIXES[kind])


def _told(side: Audience) -> str:
    return _("notes of the client's side") if side == Audience.CLIENT else _("internal notes")


def _type(kind: str) -> str:
    return f"{note_markers.TYPES[kind]}; charset=utf-8"


def _named(answer: HttpResponseBase, project: Project, side: Audience, suffix: str) -> HttpResponseBase:
    name = joined([project.name, _told(side), f"{timezone.localdate():%Y-%m-%d}"], suffix)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _choose(
    request: HttpRequest,
    project: Any,
    form: WantedForm,
    given: list[tuple[str, str]],
    problem: str = "",
    *,
    ids: Sequence[UUID] | None = None,
) -> HttpResponse:
    """:param ids: what was chosen; a side on which none of it has notes is not offered."""
    filled = set(Audience.values) if ids is None else note_sets.sides_of(ids)
    first = next((side.value for side in Audience if side in filled), Audience.INTERNAL.value)
    context = {
        **page_of(request, open_project(request.user, project.slug), "gallery"),
        "form": form,
        "sides": Audience,
        "formats": FORMATS.items(),
        "filled": filled,
        "chosen_side": form["side"].value() or first,
        "chosen_format": form["format"].value() or "csv",
        "given": given,
        "problem": problem,
    }
    return render(request, "generations/note_files.html", context, status=422 if problem else 200)


def _words(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, forms.ValidationError) else str(error)
