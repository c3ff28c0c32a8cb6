"""The team's pages about links for guests: all of a project, a new one, one of them, and how guests see it.

Whoever may share the project sees its links; to everybody else they are not there. The address of a link is
shown by the request that made it, and never again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations.forms_culling import SelectionForm
from generations.forms_shares import ShareForm
from generations.guest_page import Visit
from generations.models import Comment, Decision, Generation, IdempotencyKey, SavedView, ShareLink, Verb
from generations.services import share_items, share_links, share_takes, shares
from generations.services.refusals import NotAllowed, WrongState
from generations.services.selection import TooMany
from generations.services.share_takes import Shown
from generations.services.shares import BadShare, Chosen
from generations.telling import shares as words

from .culling import first_error
from .finding import read_id
from .frame import page_of
from .guest import show
from .guest_door import discreet
from .once import key_for, posted_key
from .opening import may, open_project, open_writable

MOST_LISTED = 200


@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    project = open_project(request.user, slug)
    if not may(project, Verb.SHARE):
        raise PermissionDenied
    rows = ShareLink.objects.filter(project=project).select_related("made_by", "view__owner", "view__project")
    found = list(rows.prefetch_related("view__project__memberships")[:MOST_LISTED])
    context = {**page_of(request, project, "shares"), "rows": words.rows(found)}
    context["can_share"] = project.archived_at is None
    return render(request, "generations/shares.html", context)


@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """What is shared comes as ``take`` (many), as the gallery's selection, or as ``view``; with ``title`` the
    link is made."""
    project = open_writable(request, slug, Verb.SHARE)
    given = request.POST if request.method == "POST" else request.GET
    making = "title" in request.POST
    view = _view(request, project, given.get("view"))
    ids, problem = ([], "") if view else chosen_of(project, given)
    takes = showable_of(project, ids)
    form = ShareForm(request.POST if making else None, title=view.name if view else project.name)
    if making and (takes or view) and form.is_valid():
        if before := _made_before(request):
            return before
        try:
            captions = {take.pk: request.POST.get(f"caption-{take.pk}", "")[:200] for take in takes}
            chosen = [Chosen(take.pk, captions[take.pk]) for take in takes]
            with transaction.atomic():
                share, token = shares.make(request.user, project, form.terms(), takes=chosen, view=view)
                _remember(request, share)
            return _made(request, share, token)
        except IntegrityError:  # two clicks at once
            return _made_before(request) or redirect("shares", slug)
        except BadShare as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    left = len(ids) - len(takes)
    context = {
        **page_of(request, project, "shares"),
        "form": form,
        "idem_key": key_for(request, "share"),
        "view": view,
        "takes": [(take, request.POST.get(f"caption-{take.pk}", "")) for take in takes],
        "left": left and left_words(left),
        "open_links": [] if view else _open_links(project),
        "from_sandbox": any(take.account.sandbox for take in takes),
        "problem": problem or ("" if takes or view else _("Choose takes that have a clip.")),
    }
    return render(request, "generations/share_new.html", context, status=422 if making else 200)


def _remember(request: HttpRequest, share: ShareLink) -> None:
    """Which link this form made.

    :raises IntegrityError: it made one already."""
    if key := posted_key(request):
        IdempotencyKey.objects.create(user=request.user, key=f"share-{key}", batch_id=share.pk)


def _made_before(request: HttpRequest) -> HttpResponse | None:
    """The page of the link that this form made: its answer loaded again makes no other."""
    key = posted_key(request)
    row = IdempotencyKey.objects.filter(user=request.user, key=f"share-{key}").first() if key else None
    if row is None:
        return None
    messages.info(
        request, _("This link is made. Its address was shown once; *New link* below makes another.")
    )
    return redirect("share", row.batch_id)


def _open_links(project: Any) -> list[ShareLink]:
    """To which takes can be added."""
    rows = ShareLink.objects.filter(project=project, follows_view=False).live(timezone.now())
    return list(rows[:MOST_LISTED])


def left_words(left: int) -> str:
    words = ngettext(
        "%(n)d of them has no clip and is left out.", "%(n)d of them have no clip and are left out.", left
    )
    return words % {"n": left}


def _view(request: HttpRequest, project: Any, text: str | None) -> SavedView | None:
    """:raises Http404: none that they see."""
    if not text:
        return None
    rows = SavedView.objects.visible_to(request.user).select_related("owner", "project")
    return get_object_or_404(rows, project=project, pk=read_id(text))


def chosen_of(project: Any, given: Any) -> tuple[list[UUID], str]:
    form = SelectionForm(given, project=project)
    if not form.is_valid():
        return [], first_error(form)
    try:
        ids = form.selection().takes()
    except TooMany as error:
        return [], str(error)
    if len(ids) > share_takes.MOST:
        return [], _("At most %(n)d takes in one link.") % {"n": share_takes.MOST}
    return ids, ""


def showable_of(project: Any, ids: list[UUID]) -> list[Generation]:
    rows = Generation.objects.filter(project=project).select_related("account")
    found = share_takes.showable(rows).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _made(request: HttpRequest, share: ShareLink, token: str) -> HttpResponse:
    """The page of the link with its address, this once."""
    return answer(request, find(request, share.pk), shown=share_links.address_of(request, token))


@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET: how it stands and who came; POST changes it."""
    share = find(request, pk)
    if request.method != "POST":
        return answer(request, share)
    form = ShareForm(request.POST, share=share)
    if form.is_valid():
        try:
            shares.change(request.user, share, form.terms())
            messages.success(request, _("Saved; it holds at once."))
            return redirect("share", pk)
        except BadShare as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except WrongState as error:
            messages.error(request, str(error))
            return answer(request, find(request, pk), status=409)
    return answer(request, share, form=form, status=422)


@require_POST
def renew(request: HttpRequest, pk: UUID) -> HttpResponse:
    share = find(request, pk)
    try:
        token = shares.renew(request.user, share)
    except NotAllowed as error:  # the project was put away
        raise PermissionDenied from error
    except WrongState as error:
        messages.error(request, str(error))
        return answer(request, find(request, pk), status=409)
    return _made(request, share, token)


@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    share = find(request, pk)
    done = shares.revoke(request.user, share)
    said = (
        _("“%(title)s” is revoked: nothing of it opens any more.") if done else _("It was revoked already.")
    )
    messages.success(request, said % {"title": share.title} if done else said)
    return redirect("share", pk)


@require_safe
def preview(request: HttpRequest, pk: UUID, key: str = "") -> HttpResponse:
    """As guests see it. Nothing can be written there, and no view is counted."""
    return _preview(request, pk, key, live=False)


@require_safe
def preview_live(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
    return _preview(request, pk, key, live=True)


def _preview(request: HttpRequest, pk: UUID, key: str, *, live: bool) -> Any:
    share = find(request, pk)
    visit = Visit(share, None, reverse("share-preview", args=[pk]))
    return discreet(show(request, visit, key, live=live))


def find(request: HttpRequest, pk: UUID) -> ShareLink:
    rows = ShareLink.objects.visible_to(request.user)
    rows = rows.select_related("project", "made_by", "revoked_by", "view__owner", "view__project")
    return get_object_or_404(rows, pk=pk)


def answer(
    request: HttpRequest,
    share: ShareLink,
    *,
    form: ShareForm | None = None,
    shown: str = "",
    status: int = 200,
) -> HttpResponse:
    project = open_project(request.user, share.project.slug)
    if not may(project, Verb.SHARE):
        raise Http404
    takes = share_takes.shown(share)
    context = {
        **page_of(request, project, "shares"),
        **words.row(share),
        "form": form or ShareForm(share=share),
        "shown": shown,
        "reaches_others": share_links.reaches_others(),
        "takes": takes,
        **listed_of(share, takes),
        "guests": words.who_came(share),
        "said": _said(share, {one.take.pk: one.title for one in takes}),
        "alive": share.revoked_at is None,
    }
    return render(request, "generations/share.html", context, status=status)


def listed_of(share: ShareLink, takes: Sequence[Shown]) -> dict[str, Any]:
    """The list of a link's own takes; empty for one that follows a view."""
    there = {one.take.pk: one for one in takes}
    items = [] if share.follows_view else list(share.items.all())
    return {
        "items": [(item, there.get(item.generation_id)) for item in items],
        "takes_version": share_items.version_of(items),
        "can_arrange": share.revoked_at is None and share.project.archived_at is None,
    }


def _said(share: ShareLink, titles: dict[UUID, str]) -> list[dict[str, Any]]:
    """What guests of this link wrote and decided, newest first.

    :param titles: of its takes, as guests read them.
    """
    notes = Comment.objects.filter(guest__share=share).alive().select_related("generation")
    decisions = Decision.objects.filter(guest__share=share).select_related("generation")
    lines = [
        {
            "at": row.created_at,
            "name": row.author_name,
            "take": row.generation,
            "title": titles.get(row.generation_id, _("Not in the link any more")),
            "words": row.body or _("A drawing"),
        }
        for row in notes.order_by("-id")[:100]
    ]
    lines += [
        {
            "at": row.at,
            "name": row.person_name,
            "take": row.generation,
            "title": titles.get(row.generation_id, _("Not in the link any more")),
            "words": row.get_review_display(),
            "sure": row.get_verified_by_display(),
        }
        for row in decisions.order_by("-id")[:100]
    ]
    return sorted(lines, key=lambda line: line["at"], reverse=True)[:100]
