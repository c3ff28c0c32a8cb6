"""Whether a version does for the note that it was made for, by POST alone. To htmx nothing is drawn: the page
looks again at once."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from generations.services import fix_answers
from generations.services.comments import NoSuchNote
from generations.services.decide import WrongState
from generations.services.refusals import NotAllowed

from .answers import came_from, refused
from .finding import take_for


@require_POST
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    made, status = take_for(request.user, pk), 200
    try:
        if request.POST.get("answer") == "yes":
            fix_answers.settled(request.user, made)
            said = _("The note is resolved.")
        else:
            fix_answers.not_yet(request.user, made)
            said = _("The note stays open.")
    except NoSuchNote as error:
        raise Http404 from error
    except NotAllowed as error:
        status, said = 403, str(error)
    except WrongState as error:
        status, said = 409, str(error)
    if not getattr(request, "htmx", False):
        if status > 200:
            return refused(request, made, status, said)
        messages.success(request, said)
        return HttpResponseRedirect(came_from(request) or made.get_absolute_url())
    heard = {"studio:toast": {"text": said, "level": "error" if status > 200 else ""}, "live:refresh": {}}
    return HttpResponse(
        status=204 if status == 200 else status,
        headers={"HX-Trigger": json.dumps(heard), "HX-Reswap": "none"},
    )
