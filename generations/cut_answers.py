"""The cut as what is sent to a browser or a program: a file for editors, or its clips."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from generations import archive, cut, cut_files, note_markers
from generations.cut import Piece, Which
from generations.filenames import joined
from generations.forms_shots import NOTES
from generations.models import Project
from providers.cells import csv_of


def file_of(project: Project, kind: str, which: Which, notes: str = "") -> HttpResponseBase:
    """:raises CannotMark: it does not fit into this kind of file."""
    pieces, mime = cut.of(project, which), f"{note_markers.TYPES[kind]}; charset=utf-8"
    if kind == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(csv_of(cut_files.table(pieces)), content_type=mime)
        return _named(answer, project, _("shot list"), cut_files.SUFFIXES[kind], which)
    text = cut_files.text(project, pieces, kind, notes=notes)
    told = _("cut, %(notes)s") % {"notes": str(NOTES[notes]).lower()} if notes else _("cut")
    return _named(HttpResponse(text, content_type=mime), project, told, cut_files.SUFFIXES[kind], which)


def clips_of(project: Project, pieces: Sequence[Piece], which: Which) -> HttpResponseBase:
    """One ZIP, in which they are called as the files of the cut call them."""
    ids = [piece.take.pk for piece in pieces if piece.take]
    answer = StreamingHttpResponse(archive.stream(ids), content_type="application/zip")
    return _named(answer, project, _("cut"), ".zip", which)


def _named(
    answer: HttpResponseBase, project: Project, told: str, suffix: str, which: Which
) -> HttpResponseBase:
    """Both cuts may lie in one folder, and number their clips differently: their names tell them apart."""
    words = {Which.CHOSEN: _("chosen"), Which.NEWEST: _("newest")}
    name = joined([project.name, told, words[which], f"{timezone.localdate():%Y-%m-%d}"], suffix)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
