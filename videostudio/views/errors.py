"""Error pages that belong to the product, and say what to do next."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "", **kwargs: Any) -> HttpResponse:
    """The form was sent without the token of this browser: mostly a page left open over a sign-out."""
    return render(request, "403_csrf.html", status=403)
