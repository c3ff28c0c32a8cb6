"""GET /health for machines: 200 when all is up, else 503; no secrets, no names."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseAway
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from .. import liveness


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    try:
        found = liveness.report()
    except DatabaseAway:
        found = {"ok": False, "web": "up", "database": "down"}
    response = JsonResponse(found, status=200 if found["ok"] else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # asked every few seconds: no line per 503
    return response
