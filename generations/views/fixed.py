"""Whether a version does for the note that it was made for, by POST alone. To htmx nothing is drawn: the page
looks again at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from generations.models import Generation
from generations.services import fix_answers
from generations.services.comments import NoSuchNote

from .answers import came_from, heard, refused
from .finding import take_for
from .statuses import REFUSALS, status_of


@require_POST
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    made, status = take_for(request.user, pk), 204
    try:
        said = _say(request.user, made, request.POST.get("answer", ""))
    except NoSuchNote as error:
        raise Http404 from error
    except REFUSALS as error:
        status, said = status_of(error), str(error)
    if getattr(request, "htmx", False):
        toast = {"text": said, "level": "" if status == 204 else "error"}
        return heard(status, {"studio:toast": toast, "live:refresh": {}})
    if status != 204:
        return refused(request, made, status, said)
    messages.success(request, said)
    return HttpResponseRedirect(came_from(request) or made.get_absolute_url())


def _say(person: Any, made: Generation, word: str) -> str:
    """:returns: what came of it, in words."""
    if word == "yes":
        fix_answers.settled(person, made)
        return _("The note is resolved.")
    fix_answers.not_yet(person, made)
    return _("The note stays open.")
