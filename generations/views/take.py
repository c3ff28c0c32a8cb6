"""The page of one take, its live fragment, and what doing it again would cost."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from generations.models import Event, Generation, Status
from generations.services import advice, again
from generations.services.refusals import NotAllowed
from generations.telling import money, situation

from .finding import take_for
from .take_context import rerun_of, take_context, version_of


@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "generations/take.html", take_context(request, take_for(request.user, pk)))


@require_safe
def live(request: HttpRequest, pk: UUID) -> HttpResponse:
    """204 while the browser shows the present version: one question, for open pages ask every two seconds."""
    events = Event.objects.filter(generation=OuterRef("pk")).order_by().values("generation")
    rows = Generation.objects.visible_to(request.user)
    rows = rows.only("version", "review_no", "changed_at")
    found = rows.annotate(lines=Subquery(events.annotate(n=Count("pk")).values("n"))).filter(pk=pk).first()
    if found and request.GET.get("v") == version_of(found, found.lines or 0):
        return HttpResponse(status=204)
    take = take_for(request.user, pk)
    return render(request, "generations/_take.html", take_context(request, take))


@require_safe
def price(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The buttons that cost money, with the price of this moment and a key that works once."""
    take = take_for(request.user, pk)
    try:
        quote = again.price_now(request.user, take)
    except NotAllowed:
        return HttpResponse(status=403)
    context = {"take": take, "project": take.project, "quote": quote, "once": secrets.token_urlsafe(18)}
    context |= rerun_of(take)
    context["again"] = money.submitting_again(take)
    if take.status == Status.FAILED and (changes := advice.changes_of(take)):
        context["mended"] = {
            "words": situation.mend_words(changes),
            "quote": again.price_now(request.user, take, mended=True),
            "once": secrets.token_urlsafe(18),
        }
    template = "_take_price.html" if getattr(request, "htmx", False) else "take_price.html"
    return render(request, f"generations/{template}", context)
