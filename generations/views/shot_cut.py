"""The cut of a project: played through, as a file for editors, and its clips."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from generations import clips, cut, cut_answers, note_markers, shot_lengths
from generations.cut import Piece, Which
from generations.file_urls import file_url, small_among, url_among
from generations.forms_shots import FORMATS, NOTES, CutForm
from generations.media import rates
from generations.models import Output, Project

from .frame import page_of
from .opening import open_project


def which_of(text: str | None) -> Which:
    return Which(text) if text in set(Which) else Which.CHOSEN


@require_safe
def play(request: HttpRequest, slug: str) -> HttpResponse:
    """``?which=chosen|newest``; ``?shot=`` where it begins."""
    project = open_project(request.user, slug)
    which = which_of(request.GET.get("which"))
    pieces = cut.of(project, which)
    rate = shot_lengths.rate_of(project)
    missing = sum(piece.take is None for piece in pieces)
    context = {
        **page_of(request, project, "shots"),
        "which": which.value,
        "ways": _ways(reverse("shots-play", args=[slug]), which),
        "pieces": [_played(project, piece, which) for piece in pieces],
        "rate": rates.written(rate),
        "start": request.GET.get("shot", ""),
        "length": shot_lengths.words(sum(piece.seconds for piece in pieces)),
        "missing": missing,
    }
    return render(request, "generations/shots_play.html", context)


def _ways(url: str, which: Which) -> list[dict[str, Any]]:
    words = {Which.CHOSEN: _("Chosen only"), Which.NEWEST: _("Newest where none is chosen")}
    return [
        {"url": f"{url}?which={one.value}", "words": word, "current": one == which}
        for one, word in words.items()
    ]


def _played(project: Project, piece: Piece, which: Which) -> dict[str, Any]:
    """A piece as static/js/cut.js reads it. A slate has no ``clip``; ``open`` where a take is there, and
    none chosen."""
    shot, outputs = piece.shot, piece.outputs
    told = {
        "id": str(shot.pk),
        "code": shot.code,
        "title": shot.title,
        "seconds": round(float(piece.seconds), 6),
        "words": shot_lengths.words(piece.seconds),
        "page": f"{reverse('shots', args=[project.slug])}?shot={shot.pk}#shot-{shot.pk}",
    }
    clip, original = clips.played(outputs), outputs.get(Output.Kind.VIDEO)
    if piece.take is None or clip is None or original is None:
        return {**told, "open": cut.is_open(shot, which)}
    start = clips.pace(clip, original)["start_s"]
    posters = {
        "poster": url_among(outputs, piece.take.pk, Output.Kind.POSTER),
        "small": small_among(outputs, piece.take.pk),
    }
    return {
        **told,
        "clip": file_url(piece.take.pk, clip.kind),
        "start": start,
        **posters,
        "chosen": piece.is_chosen,
    }


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """``?format=&which=&notes=``; without a format the page where they are chosen."""
    project = open_project(request.user, slug)
    form = CutForm(request.GET if "format" in request.GET else None)
    if not form.is_bound:
        return _choose(request, project, form)
    if not form.is_valid():
        return _choose(request, project, form, _("Choose a kind of file."))
    said = form.cleaned_data
    try:
        return cut_answers.file_of(project, said["format"], which_of(said["which"]), said["notes"])
    except note_markers.CannotMark as error:
        return _choose(request, project, form, str(error))


@require_safe
def clips_of(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The clips of the cut as one ZIP, called as its timeline calls them."""
    project = open_project(request.user, slug)
    which = which_of(request.GET.get("which"))
    return cut_answers.clips_of(project, cut.of(project, which), which)


def _choose(request: HttpRequest, project: Any, form: CutForm, problem: str = "") -> HttpResponse:
    context = {
        **page_of(request, project, "shots"),
        "form": form,
        "formats": FORMATS.items(),
        "notes": NOTES.items(),
        "chosen_format": form["format"].value() or "otio",
        "chosen_which": form["which"].value() or Which.CHOSEN.value,
        "chosen_notes": form["notes"].value() or "",
        "whiches": [
            (Which.CHOSEN.value, _("Chosen takes only"), _("Shots without one are gaps.")),
            (
                Which.NEWEST.value,
                _("The newest take where none is chosen"),
                _("Shots without a clip are gaps."),
            ),
        ],
        "problem": problem,
    }
    return render(request, "generations/shots_export.html", context, status=422 if problem else 200)
