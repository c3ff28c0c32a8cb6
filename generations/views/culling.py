"""What the bar and the keys of the gallery do to takes, by POST alone, and how it is taken back.

htmx gets the changed cards alone, to be put in their places, and a short message; with ``alone`` no cards,
but the word to look again. A plain form goes back to the page it stood on. 403 the role does not allow it ·
422 it cannot be done so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from generations import archive
from generations.card_looking import looking
from generations.cards import card
from generations.filenames import joined
from generations.forms_culling import ActForm, SelectionForm
from generations.forms_gallery import GalleryForm
from generations.models import Change, Generation
from generations.services import acts, gallery, shot_takes, undo
from generations.services.acts import Act, With
from generations.services.culling import BadTags
from generations.services.refusals import NotAllowed
from generations.services.selection import TooMany
from generations.services.shots import ShotRefused
from generations.services.stacks import NoStack
from generations.telling import acts as words

from .answers import came_from, own_page
from .finding import read_id
from .opening import open_project
from .statuses import REFUSALS, status_of

MOST_CARDS = 24  # beyond that the wall is asked for again


@dataclass(frozen=True)
class Effect:
    """What a change does to the wall that shows: cards that look otherwise, cards that go, or all anew."""

    changed: list[UUID] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)
    anew: bool = False


def effect_of(change: Change, shown: gallery.Filter) -> Effect:
    """:param shown: what the wall is filtered by."""
    ids = [UUID(pk) for pk in change.before]
    if len(ids) > MOST_CARDS:
        return Effect(anew=True)
    if change.kind in undo.LOOKS or (change.kind == Act.STACK and not shown.folded):
        return Effect(changed=ids)
    if change.kind == Act.MOVE:
        return _moved(change, ids, shown)
    tops = dict(Generation.objects.filter(pk__in=ids).values_list("pk", "is_top"))
    if change.kind == Act.STACK:
        return Effect([pk for pk in ids if tops.get(pk)], [pk for pk in ids if not tops.get(pk)])
    stacked = Generation.objects.filter(pk__in=ids).exclude(stack=None).exists()
    if change.kind in (Act.TRASH, Act.RESTORE) and not stacked:
        return Effect(gone=ids)
    return Effect(anew=True)


def _moved(change: Change, ids: list[UUID], shown: gallery.Filter) -> Effect:
    """The cards tell of the new shot; where the wall shows another one they go, or come."""
    comes = str(shown.shot or "") == (change.after["shot"] or gallery.NO_SHOT)
    if comes or (change.after["further"] and not shown.folded):  # cards that nobody ticked may show as well
        return Effect(anew=True)
    tops = Generation.objects.filter(pk__in=ids, is_top=True).values_list("pk", flat=True)
    seen = list(tops) if shown.folded else ids
    return Effect(gone=seen) if shown.shot else Effect(changed=seen)


@require_POST
def act(request: HttpRequest, slug: str) -> HttpResponse:
    project = open_project(request.user, slug)
    if request.POST.get("act") == "compare":
        chosen = [("take", pk) for pk in request.POST.getlist("take")]
        back = own_page(request, came_from(request))
        return HttpResponseRedirect(
            f"{reverse('compare', args=[slug])}?{urlencode([*chosen, ('back', back)])}"
        )
    form = ActForm(request.POST, project=project)
    if not form.is_valid():
        return _refused(request, project, 422, first_error(form))
    wanted, given = form.wanted()
    try:
        ids = form.selection().takes()
        change = _do(request.user, project, wanted, ids, given, form.code_of_new)
    except (TooMany, BadTags, NoStack, ShotRefused) as error:
        return _refused(request, project, 422, str(error))
    except REFUSALS as error:
        return _refused(request, project, status_of(error), str(error))
    said = f"{words.done(change)} {words.left(change, ids)}".strip()
    effect = effect_of(change, _shown(request, project, wanted))
    toast = {"text": said, **_way_back(request, project, change)}
    return _answer(request, project, {} if "quiet" in request.POST else toast, effect, change)


def _do(user: Any, project: Any, wanted: Act, ids: list[UUID], given: With, new_shot: str) -> Change:
    if new_shot:
        return shot_takes.move_to_code(user, project, ids, new_shot)
    return acts.do(user, project, wanted, ids, given)


def _shown(request: HttpRequest, project: Any, wanted: Act) -> gallery.Filter:
    """What the wall is filtered by, where it matters for what the act does to its cards."""
    if wanted not in (Act.STACK, Act.MOVE) or _is_alone(request):
        return gallery.Filter()
    return GalleryForm(QueryDict(request.POST.get("of", "")[:2000]), project=project).filter()


@require_POST
def take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """The change that is named, else this person's last one here."""
    project = open_project(request.user, slug)
    change = undo.find(request.user, project, read_id(request.POST.get("change")))
    if change is None:
        return _refused(request, project, 422, _("There is nothing to undo."))
    try:
        found = undo.undo(request.user, change)
    except NotAllowed as error:
        return _refused(request, project, 403, str(error))
    looks = change.kind in undo.LOOKS
    effect = effect_of(change, gallery.Filter()) if looks else Effect(anew=True)
    return _answer(request, project, {"text": words.undone(found)}, effect, change)


@require_POST
def download(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The clips of the selection as one ZIP, while it is made."""
    project = open_project(request.user, slug)
    form = SelectionForm(request.POST, project=project)
    if not form.is_valid():
        return _refused(request, project, 422, first_error(form))
    try:
        ids = form.selection().takes()
    except TooMany as error:
        return _refused(request, project, 422, str(error))
    response = StreamingHttpResponse(archive.stream(ids), content_type="application/zip")
    name = joined([project.name, f"{timezone.localdate():%Y-%m-%d}"], ".zip")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def first_error(form: Any) -> str:
    return str(next(error for errors in form.errors.values() for error in errors))


def _way_back(request: HttpRequest, project: Any, change: Change) -> dict[str, Any]:
    if not change.before or change.kind == Act.APPROVE:
        return {}
    values = {"change": str(change.pk), **({"alone": "1"} if _is_alone(request) else {})}
    url = reverse("gallery-undo", args=[project.slug])
    return {"action": {"words": _("Undo"), "url": url, "values": values, "undoes": _named(change)}}


def _named(change: Change) -> dict[str, Any]:
    """By which a page knows what an *Undo* takes back, and what leaves it nothing to take back. ``takes``:
    empty where there are too many to name."""
    takes = list(change.before) if len(change.before) <= MOST_CARDS else []
    return {"change": str(change.pk), "group": undo.GROUPS.get(change.kind, change.kind), "takes": takes}


def _answer(
    request: HttpRequest, project: Any, toast: dict[str, Any], effect: Effect, change: Change
) -> HttpResponse:
    """:param toast: empty where the card itself shows it."""
    if not getattr(request, "htmx", False):
        if toast:
            messages.success(request, toast["text"])
        return HttpResponseRedirect(came_from(request) or reverse("gallery", args=[project.slug]))
    alone = _is_alone(request)
    if alone:
        effect = Effect()
    context = {"cards": cards(project, effect.changed), "gone": effect.gone}
    response = render(request, "generations/_cards.html", context)
    heard: dict[str, Any] = {"takes:changed": _named(change)} if change.before else {}
    if toast:
        heard["studio:toast"] = toast
    if effect.anew:
        heard["gallery:changed"] = {}
    if alone:
        heard["live:refresh"] = {}
    response["HX-Trigger"] = json.dumps(heard)
    return response


def _is_alone(request: HttpRequest) -> bool:
    """It comes from the page of one take: no cards there."""
    return "alone" in request.POST


def cards(project: Any, ids: list[UUID]) -> list[dict[str, Any]]:
    if not ids:
        return []
    takes = gallery.with_all(project, ids)
    by = looking(project, takes)
    return [card(take, by) for take in takes]


def _refused(request: HttpRequest, project: Any, status: int, said: str) -> HttpResponse:
    if not getattr(request, "htmx", False):
        messages.error(request, said)
        return HttpResponseRedirect(came_from(request) or reverse("gallery", args=[project.slug]))
    toast = {"text": said, "level": "error"}
    # nothing is swapped: the cards stay as they are
    return HttpResponse(
        status=status, headers={"HX-Trigger": json.dumps({"studio:toast": toast}), "HX-Reswap": "none"}
    )
