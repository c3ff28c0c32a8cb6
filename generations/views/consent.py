"""The consent page: the gateway's words exactly as they came, and the statements that a person ticks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from generations.models import Generation, Status, Verb
from generations.services import consent as service
from generations.services.create import NotAllowed
from generations.telling import recipe
from providers.quotas import QuotaExceeded

from .finding import take_for

# a gateway names roles in its own words, and no files
ROLES_OF = {
    "image": {"first_frame"},
    "end_image": {"last_frame"},
    "video": {"source_video"},
    "reference_image": {"reference_image", "element", "scene_image"},
    "reference_video": {"reference_video"},
}


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who may see the take may read; who may spend may attest."""
    take = take_for(request.user, pk)
    if request.method == "POST":
        return _attest(request, take)
    if take.status != Status.NEEDS_CONSENT:
        return redirect(take)
    return _page(request, take)


def _attest(request: HttpRequest, take: Generation) -> HttpResponse:
    if not take.project.allows(request.user, Verb.SPEND):
        return _page(request, take, 403, _("Your role in this project does not allow that."))
    if take.status != Status.NEEDS_CONSENT:
        return _moved_on(request, take)
    ticks = {name: request.POST.get(f"tick-{name}") == "on" for name in take.consent["statements"]}
    shown, address = request.POST.get("text_sha256", ""), request.META.get("REMOTE_ADDR")
    try:
        sent = service.attest(request.user, take, ticks, text_sha256=shown, address=address)
    except NotAllowed as error:
        return _page(request, take, 403, str(error))
    except service.NotAttested as error:
        return _page(request, take, 422, str(error))
    except QuotaExceeded as error:
        return _page(request, take, 429, str(error))
    if not sent:
        return _moved_on(request, take)
    messages.success(request, _("Attested. The take is in line again."))
    return redirect(take)


def _moved_on(request: HttpRequest, take: Generation) -> HttpResponse:
    """Somebody was faster, or this was the second click."""
    messages.info(request, _("The take no longer waits for consent."))
    return redirect(take)


def _page(request: HttpRequest, take: Generation, status: int = 200, problem: str = "") -> HttpResponse:
    question = take.consent
    context = {
        "take": take,
        "project": take.project,
        "question": question,
        "statements": question.get("statements", {}).items(),
        "concerned": (shown := concerned(take)),
        "others": len(recipe.inputs(take)) - len(shown),
        "may_spend": take.project.allows(request.user, Verb.SPEND),
        "problem": problem,
    }
    return render(request, "generations/consent.html", context, status=status)


def concerned(take: Generation) -> list[Any]:
    """Every input of the roles that were named; all inputs where that names none."""
    named: set[str] = set()
    for word in take.consent.get("roles", []):
        named |= ROLES_OF.get(word, {word})
    everything = recipe.inputs(take)
    return [item for item in everything if item.use.role in named] or everything
