"""From a take, or a recipe, into the composer: in place on the page that shows it, else on the way there."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations import composer
from generations.desk import Desk, for_new_model, lay
from generations.forms import read_typed
from generations.models import Draft, Generation, Output, Project, Verb
from generations.services import advice, assets, compose, drafts, fixing_notes, recipe_in, remix

from .answers import go, refused
from .finding import read_id, take_for
from .opening import open_writable
from .statuses import REFUSALS, status_of
from .studio import laid, render_composer, seen_of
from .take_context import allowed, remixes

Fill = Callable[[Generation, str], Draft]  # of the take, for the page of this name


@require_safe
def menu(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What can be taken over from a take, as the items of a card's menu."""
    take = take_for(request.user, pk)
    outputs = {output.kind: output for output in take.outputs.all()}
    may = allowed(request.user, take)
    context = {"take": take, "outputs": outputs, "can": remixes(take, may, outputs)}
    return render(request, "generations/_card_menu.html", context)


@require_POST
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All of it; ``model`` names another one, ``advised=prompt`` takes the prompt that was advised."""
    model, advised = read_id(request.POST.get("model")), request.POST.get("advised") == advice.PROMPT

    def fill(take: Generation, tab: str) -> Draft:
        told = advice.of(request.user, take) if advised else None
        draft = remix.edit_take(request.user, take, model, prompt=told.prompt if told else "", tab=tab)
        return _fitted(draft, for_new_model, tab) if model else draft

    return _fill(request, pk, fill)


@require_POST
def fix(request: HttpRequest, pk: UUID, note: UUID) -> HttpResponse:
    """All of it, for a note on it. One that was deleted meanwhile leaves an ordinary edit, which is said."""

    def fill(take: Generation, tab: str) -> Draft:
        found = fixing_notes.find(take.project, note)
        if found is None or found.generation_id != take.pk:
            messages.warning(request, _("The note is gone; this is an ordinary edit."))
            return remix.edit_take(request.user, take, tab=tab)
        return remix.fix(request.user, take, found, tab=tab)

    return _fill(request, pk, fill)


@require_POST
def use(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One part of a take: ``part`` says which."""
    part = request.POST.get("part", "")[:80]

    def fill(take: Generation, tab: str) -> Draft:
        draft = remix.use(request.user, take, part, tab=tab)
        return _fitted(draft, for_new_model, tab) if part == remix.MODEL else draft

    return _fill(request, pk, fill)


@require_POST
def go_on(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Make the clip an asset and put it in as the source, with a model that extends or enlarges it."""

    def fill(take: Generation, tab: str) -> Draft:
        drafts.require_composer(request.user, take.project)
        remix.able_to(request.user, take, verb)  # before a file is copied for nothing
        clip = assets.from_output(request.user, take, Output.Kind.VIDEO)
        return remix.go_on(request.user, take, clip, verb, tab=tab)

    return _fill(request, pk, fill)


@require_POST
def use_last_frame(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the last frame an asset and put it in as first frame, smaller where it must be."""

    def start(take: Generation, tab: str) -> Draft:
        drafts.require_composer(request.user, take.project)
        frame = assets.from_output(request.user, take)
        draft = remix.start_from(request.user, take, frame, tab=tab)
        return _fitted(draft, composer.fit_first_frame, tab)

    return _fill(request, pk, start)


def _fitted(draft: Draft, fit: Callable[[Desk], Desk], tab: str) -> Draft:
    """The draft as its model takes it."""
    desk = laid(draft)
    fitted = fit(desk)
    if fitted is desk:
        return draft
    try:
        body, seen = fitted.typed.as_draft(), drafts.Seen(draft.version, tab)
        return drafts.save(draft.user, draft.project, body, seen)
    except drafts.ChangedElsewhere as error:  # while a frame was made smaller, as by a second click
        return error.draft


@require_POST
def recipe(request: HttpRequest, slug: str) -> HttpResponse:
    """Fill the composer from the JSON of a recipe; files that are not in the project are named."""
    project = open_writable(request, slug)
    _keep_posted(request, project)
    text, tab = request.POST.get("recipe", ""), seen_of(request).tab
    try:
        filled = recipe_in.fill(request.user, project, text, tab=tab)
    except compose.Refused as error:
        return _posted_again(request, project, 422, str(error))
    if not request.htmx:
        return redirect("studio", slug)
    return render_composer(request, laid(filled.draft), draft=filled.draft, errors=filled.missing)


def _fill(request: HttpRequest, pk: UUID, fill: Fill) -> HttpResponse:
    """The composer with it, where the page shows one; else the way there."""
    take = take_for(request.user, pk)
    here = bool(request.htmx) and request.htmx.target == "composer"
    if here:
        _keep_posted(request, take.project)
    try:
        draft = fill(take, seen_of(request).tab)
    except REFUSALS as error:
        status = status_of(error)
        if here:
            return _posted_again(request, take.project, status, str(error))
        return refused(request, take, status, error)
    if here:
        return render_composer(request, laid(draft), draft=draft)
    return go(request, f"{take.project.get_absolute_url()}?focus=prompt")


def _keep_posted(request: HttpRequest, project: Project) -> None:
    """What stands on the page is what it is put into, and what an undo brings back."""
    if "draft_tab" not in request.POST or not project.allows(request.user, Verb.COMPOSE):
        return
    body, seen = read_typed(request.POST).as_draft(), seen_of(request)
    try:
        drafts.save(request.user, project, body, seen)
    except drafts.ChangedElsewhere:
        drafts.save_over(request.user, project, body, tab=seen.tab)


def _posted_again(request: HttpRequest, project: Project, status: int, words: str) -> HttpResponse:
    desk = lay(request.user, project, read_typed(request.POST))
    return render_composer(request, desk, status=status, errors=[words])
