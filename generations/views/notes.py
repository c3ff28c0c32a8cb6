"""Notes on a take by POST: write, edit, delete, resolve, reopen, tick; and a note's drawing.

403 the role does not allow it · 404 not visible · 409 the note or take moved on · 422 it cannot be a note.
To htmx nothing is drawn: the page looks again at once. A plain form goes back to the note.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations.forms_notes import note_of, number
from generations.models import Audience, Comment, Generation
from generations.services import comments
from generations.services.comments import NoSuchNote, NoteOutdated
from generations.services.writers import Writer

from .answers import heard, shown
from .finding import read_id, take_for
from .statuses import REFUSALS, status_of


@require_POST
def write(request: HttpRequest, pk: UUID) -> HttpResponse:
    def verb(by: Writer, take: Generation) -> Comment:
        parent = request.POST.get("parent")
        audience = request.POST.get("audience") or Audience.INTERNAL.value
        return comments.write(
            by, take, **note_of(request.POST), audience=audience, parent=_note_id(parent) if parent else None
        )

    return _do(request, pk, verb, _("Note sent."))


@require_POST
def edit(request: HttpRequest, pk: UUID, note: UUID) -> HttpResponse:
    def verb(by: Writer, take: Generation) -> Comment:
        version = number(request.POST, "version")
        return comments.edit(
            by, comments.find(by, take, note), -1 if version is None else version, **note_of(request.POST)
        )

    return _do(request, pk, verb, _("Note changed."))


@require_POST
def delete(request: HttpRequest, pk: UUID, note: UUID) -> HttpResponse:
    return _do(
        request, pk, lambda by, take: comments.delete(by, comments.find(by, take, note)), _("Note deleted.")
    )


@require_POST
def resolve(request: HttpRequest, pk: UUID, note: UUID) -> HttpResponse:
    def verb(by: Writer, take: Generation) -> Comment:
        within = read_id(request.POST.get("in"))
        version = Generation.objects.visible_to(by.person).filter(pk=within).first() if within else None
        return comments.resolve(by.person, comments.find(by, take, note), version)

    return _do(request, pk, verb, _("Note resolved."))


@require_POST
def reopen(request: HttpRequest, pk: UUID, note: UUID) -> HttpResponse:
    def verb(by: Writer, take: Generation) -> Comment:
        return comments.reopen(by.person, comments.find(by, take, note))

    return _do(request, pk, verb, _("Note open again."))


@require_POST
def tick(request: HttpRequest, pk: UUID, note: UUID) -> HttpResponse:
    def verb(by: Writer, take: Generation) -> Comment:
        index, version = number(request.POST, "index"), number(request.POST, "version")
        done = request.POST.get("done") == "1"
        found = comments.find(by, take, note)
        return comments.tick(by.person, found, -1 if index is None else index, done, version=version)

    return _do(request, pk, verb, "")


@require_safe
def drawing(request: HttpRequest, pk: UUID, note: UUID) -> JsonResponse:
    by = Writer(person=request.user)
    try:
        found = comments.find(by, take_for(request.user, pk), note)
    except NoSuchNote as error:
        raise Http404 from error
    return JsonResponse({"shapes": found.drawing})


def _do(
    request: HttpRequest, pk: UUID, verb: Callable[[Writer, Generation], Comment], said: str
) -> HttpResponse:
    take = take_for(request.user, pk)
    try:
        comment = verb(Writer(person=request.user), take)
    except NoSuchNote as error:
        raise Http404 from error
    except REFUSALS as error:
        return _refused(request, take, error)
    if getattr(request, "htmx", False):
        return heard(204, {"live:refresh": {}, "note:done": {"id": str(comment.pk)}})
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(f"{take.get_absolute_url()}?side={comment.audience}#note-{comment.pk}")


def _refused(request: HttpRequest, take: Generation, error: Exception) -> HttpResponse:
    """Nothing happened. What was written stays where it was written."""
    status = status_of(error)
    if not getattr(request, "htmx", False):
        take.refresh_from_db()
        page: HttpResponse = shown(request, take, status=status, said=str(error), bad=True)
        return page
    events: dict[str, Any] = {"studio:toast": {"text": str(error), "level": "error"}, "live:refresh": {}}
    if isinstance(error, NoteOutdated):
        now = error.standing
        events["note:outdated"] = {"id": str(now.pk), "version": now.version, "body": now.body}
    return heard(status, events)


def _note_id(text: str) -> UUID:
    """:raises NoSuchNote:"""
    found = read_id(text)
    if found is None:
        raise NoSuchNote(_("There is no such note."))
    return found
