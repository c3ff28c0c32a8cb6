"""The takes of a link, changed after it was made: added from the gallery, and on the page of the link put in
another order, renamed and taken out.

403 the role does not allow it · 404 not visible · 409 the list or the link moved on · 422 it cannot be so.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from generations.forms_shares import ItemForm
from generations.models import ShareLink, Verb
from generations.services import share_items, share_takes
from generations.services.refusals import NotAllowed, WrongState
from generations.services.shares import BadShare, Chosen

from .culling import first_error
from .finding import read_id
from .opening import open_writable
from .shares import answer, chosen_of, find, left_words, listed_of, showable_of


@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """What is ticked, to the end of the link ``share``; what has no clip is left out, and said."""
    project = open_writable(request, slug, Verb.SHARE)
    links = ShareLink.objects.visible_to(request.user).filter(project=project)
    share = get_object_or_404(links.select_related("project"), pk=read_id(request.POST.get("share")))
    ids, problem = chosen_of(project, request.POST)
    takes = showable_of(project, ids)
    try:
        if problem or not takes:
            raise BadShare("takes", problem or _("Choose takes that have a clip."))
        added = share_items.add(request.user, share, [take.pk for take in takes])
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except (BadShare, WrongState) as error:
        messages.error(request, str(error))
        return answer(request, find(request, share.pk), status=422 if isinstance(error, BadShare) else 409)
    messages.success(request, _added(added))
    if len(takes) < len(ids):
        messages.info(request, left_words(len(ids) - len(takes)))
    return redirect("share", share.pk)


def _added(added: int) -> str:
    if not added:
        return _("They were in this link already.")
    words = ngettext("One take added; guests see it now.", "%(n)d takes added; guests see them now.", added)
    return words % {"n": added}


@require_POST
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One row of the list: ``act`` is up, down, first, out, back, or nothing for its caption alone."""
    share = find(request, pk)
    form, out = ItemForm(request.POST), None
    if not form.is_valid():
        return _list(request, share, first_error(form), status=422)
    try:
        out = _do(request.user, share, form.cleaned_data)
    except NotAllowed as error:
        raise PermissionDenied from error
    except BadShare as error:
        return _list(request, share, str(error), status=422)
    except WrongState as error:
        return _list(request, share, str(error), status=409)
    return _list(request, share, out=out)


def _do(user: Any, share: ShareLink, got: dict[str, Any]) -> dict[str, Any] | None:
    """:returns: what was taken out, as the form that puts it back has it."""
    take, version, caption = got["take"], got["version"], got["caption"]
    if got["act"] == "back":
        share_items.put_back(user, share, Chosen(take, caption), got["at"] or 0, version)
        return None
    if got["act"] == "out":
        out = share_items.take_out(user, share, take, version)
        title = out.take.caption or _("Take %(n)d") % {"n": out.number}
        return {"take": take, "at": out.at, "caption": out.take.caption, "title": title}
    share_items.move(user, share, take, got["act"], version, caption=caption)
    return None


def _list(
    request: HttpRequest, share: ShareLink, problem: str = "", *, out: Any = None, status: int = 200
) -> HttpResponse:
    share = find(request, share.pk)
    if getattr(request, "htmx", False):
        context = {"share": share, "problem": problem, "out": out}
        context |= listed_of(share, share_takes.shown(share))
        return render(request, "generations/_share_takes.html", context, status=status)
    if problem:
        messages.error(request, problem)
        return answer(request, share, status=status)
    return redirect(f"{reverse('share', args=[share.pk])}#share-takes")
