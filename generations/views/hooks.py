"""The door for a gateway's call: no sign-in, no session, one answer whatever the token is."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from generations.services import hooks

MOST_BYTES = 64 * 1024


@csrf_exempt
@login_not_required
@require_POST
def gateway_hook(request: HttpRequest, token: str) -> HttpResponse:
    """200 at once for known and unknown tokens alike. A longer body is refused with 413, as everywhere in
    the studio: it would be sent again twice at most, and the take is polled anyway."""
    try:
        body = request.read(MOST_BYTES + 1)
    except UnreadablePostError:  # it broke off; nothing that it had to say is needed
        return HttpResponse(status=400)
    if len(body) > MOST_BYTES:
        return HttpResponse(status=413)
    hooks.heard(token, body)
    return HttpResponse()
