"""The matrix page: many takes by one click, over what stands in the composer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from generations import matrix
from generations.composer import refusal_words
from generations.forms import Typed
from generations.mentions import names_here
from generations.models import Generation, Verb
from generations.plan import Plan, plan_of, priced, priced_without_asking
from generations.services import matrix_drafts
from generations.services.compose import Refused
from generations.services.create import KeyReused, Once, PriceMoved, create_generations
from generations.services.drafts import Seen
from generations.services.refusals import NotAllowed
from generations.sheet import Sheet, begun_from, edited, followed, read_sheet, taken_over
from generations.telling.at_limit import AtLimit
from providers.quotas import QuotaExceeded

from .amounts import agreed
from .answers import go
from .frame import page_of
from .once import MADE_BEFORE, key_for, posted_key
from .opening import open_writable
from .studio import draft_desk


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What was filled in last; at first one cell: what stands in the composer. A prompt that came into the
    composer since takes the place of its earlier one; where other prompts stand, the page asks."""
    project = open_writable(request, slug)
    desk = draft_desk(request.user, project)
    kept = matrix_drafts.of(request.user, project)
    filled = read_sheet(kept) if kept else begun_from(desk.typed, desk.typed.model_id)
    filled = followed(filled, desk.typed.prompt)
    if not filled.models:
        filled = replace(filled, models=begun_from(desk.typed, desk.typed.model_id).models)
    plan = plan_of(request.user, project, desk.typed, filled)
    plan = priced_without_asking(request.user, project, plan)
    marks = {"version": matrix_drafts.version_of(kept), "saved_by": kept.get("tab", "")}
    return _shown(request, project, desk.typed, plan, **marks, names=names_here(desk))


@require_POST
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """The grid for what is filled in now, with its prices; kept as the person's draft. Where another tab has
    written meanwhile it is not, until ``keep`` says whose goes on: ``mine`` or ``theirs``."""
    project = open_writable(request, slug)
    typed = draft_desk(request.user, project).typed
    filled = _with_composers(request, project, edited(read_sheet(request.POST), request.POST), typed.prompt)
    filled, version, conflict = _kept(request, project, filled)
    theirs = matrix_drafts.of(request.user, project) if conflict else None
    plan = priced(plan_of(request.user, project, typed, filled))
    return _shown(request, project, typed, plan, version=version, theirs=theirs)


@require_POST
def generate(request: HttpRequest, slug: str) -> HttpResponse:
    """Make every ticked cell, or nothing; then to the page of the batch."""
    project = open_writable(request, slug, Verb.SPEND)
    typed = draft_desk(request.user, project).typed
    filled = read_sheet(request.POST)
    version = matrix_drafts.save_over(request.user, project, filled.as_draft(), _tab_of(request))
    shown = partial(_shown, request, project, typed, version=version)
    wanted = plan_of(request.user, project, typed, filled)
    if words := _not_now(request, typed, wanted):
        return shown(priced(wanted), [words], status=422)
    try:
        takes = _create(request, wanted)
    except PriceMoved:
        words = _("The price has changed; it stands on the button now. Click again to go on.")
        return shown(priced(wanted), [words], status=409)
    except KeyReused:
        return shown(priced(wanted), [MADE_BEFORE], status=422)
    except QuotaExceeded as error:
        return shown(priced(wanted), [AtLimit.of(error)], status=422)
    except Refused as error:  # an allow-list was changed a moment ago
        wanted = plan_of(request.user, project, typed, filled)
        return shown(priced(wanted), [refusal_words(error.problems)], status=422)
    except NotAllowed as error:
        return shown(priced(wanted), [str(error)], status=422)
    return go(request, reverse("batch", args=[takes[0].batch_id]))


def _with_composers(request: HttpRequest, project: Any, filled: Sheet, prompt: str) -> Sheet:
    """As a button of the page asks; what gives way to the composer's prompt stays in the history."""
    taken = taken_over(filled, prompt, request.POST.get("take_prompt"))
    if taken is not filled:
        matrix_drafts.remember(request.user, project, filled.as_draft(), taken.as_draft())
    return taken


def _not_now(request: HttpRequest, typed: Typed, wanted: Plan) -> str:
    """Why this form makes nothing; an empty string where it can."""
    if not posted_key(request):
        return _("This form was out of date and made nothing. Click again.")
    if request.POST.get("base") != matrix.fingerprint(typed):
        return _("The composer has changed since; look at the cells and click again.")
    if request.POST.get("layout") != wanted.layout:
        return _("There are other cells now; look at them and click again.")
    if wanted.problems:
        return wanted.problems[0]
    return "" if wanted.made else _("No cell is left to make: tick one, or change what stands in its way.")


def _create(request: HttpRequest, wanted: Plan) -> list[Generation]:
    """The same form sent twice makes one set of takes."""
    compositions = wanted.compositions
    told = "".join(item.fingerprint() for item in compositions)
    told += str(compositions[0].shot.pk) if compositions[0].shot else ""  # it is the same for all
    once = Once(f"matrix-{posted_key(request)}", hashlib.sha256(told.encode()).hexdigest())
    limit, _all_unknown = agreed(request.POST.get("shown_usd"))
    unknown = request.POST.get("some_unknown") == "1"
    return create_generations(request.user, compositions, once=once, shown_usd=limit, some_unknown=unknown)


def _kept(request: HttpRequest, project: Any, filled: Sheet) -> tuple[Sheet, int, bool]:
    """What is filled in from now on, the version that the page shows, and whether it is to be asked whose
    words go on. What gives way stays in the history, so no word is lost."""
    user, tab = request.user, _tab_of(request)
    text = request.POST.get("version", "")
    seen = Seen(int(text) if text.isdecimal() and len(text) < 10 else 0, tab)
    match request.POST.get("keep"):
        case "mine":
            return filled, matrix_drafts.save_over(user, project, filled.as_draft(), tab), False
        case "theirs" if kept := matrix_drafts.of(user, project):
            matrix_drafts.remember(user, project, filled.as_draft(), kept)
            return read_sheet(kept), matrix_drafts.version_of(kept), False
    return filled, *matrix_drafts.save(user, project, filled.as_draft(), seen)


def _tab_of(request: HttpRequest) -> str:
    """The name of the page that sends the form; one that is opened gets a new one."""
    posted = request.POST.get("tab", "")
    return posted if len(posted) == 32 and posted.isascii() and posted.isalnum() else uuid4().hex


def _shown(
    request: HttpRequest,
    project: Any,
    typed: Typed,
    plan: Plan,
    errors: Any = (),
    *,
    status: int = 200,
    version: int = 0,
    saved_by: str = "",
    theirs: Mapping[str, Any] | None = None,
    names: Any = (),
) -> HttpResponse:
    """``version`` is what the page shows of the draft, ``saved_by`` the page that wrote it; ``theirs`` what
    another tab has written, where the person is to choose; ``names`` what ``@`` offers, where scripts run."""
    context: dict[str, Any] = {
        "project": project,
        "names": names,
        "matrix": matrix.context_of(request.user, project, typed, plan, errors),
    }
    context["matrix"] |= {"idem_key": key_for(request, "matrix"), "tab": _tab_of(request)}
    context["matrix"] |= {"version": version, "saved_by": saved_by, "theirs": theirs}
    if request.htmx:
        return render(request, "generations/_matrix.html", context, status=status)
    context |= page_of(request, project, "studio")
    return render(request, "generations/matrix.html", context, status=status)
