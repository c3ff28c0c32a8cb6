"""A shot list from elsewhere: sent or pasted, looked at row by row, and then taken over as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from generations import shot_csv, shot_lengths
from generations.forms_shots import ImportForm
from generations.services import shot_import
from generations.services.refusals import Outdated
from generations.services.shot_import import Fate, Line, Plan
from generations.services.shots import MOST, ShotRefused

from .frame import page_of
from .opening import open_writable

# what becomes of a row: its word, its icon, the family of its colour
LOOKS = {
    Fate.NEW: (lazy("New"), "plus", "good"),
    Fate.CHANGES: (lazy("Changes"), "pencil", "work"),
    Fate.SAME: (lazy("Same"), "check", "wait"),
    Fate.LEFT: (lazy("Left as it is"), "check", "wait"),
    Fate.CANNOT: (lazy("Cannot be taken over"), "x", "bad"),
}
_COUNTED = {Fate.CANNOT: lazy("cannot be taken over")}  # behind a number
_NAMES = {"title": lazy("Title"), "duration_s": lazy("Length"), "note": lazy("Notes")}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Posted without ``seen`` it is looked at; with the version of what was shown it is done."""
    project = open_writable(request, slug)
    if request.method != "POST":
        return _page(request, project, ImportForm(initial={"update": True}))
    form = ImportForm(request.POST, request.FILES)
    text = None
    if not form.is_valid():
        form.look_at_wrong()
        return _page(request, project, form, status=422)
    said = {name: form.cleaned_data[name] for name in ("update", "follow")}
    try:
        text = form.content()
        rows = shot_csv.read(text, shot_lengths.rate_of(project))
        if seen := request.POST.get("seen", ""):
            done = shot_import.run(request.user, project, rows, seen=seen, **said)
            messages.success(request, _told(done))
            return redirect("shots", project.slug)
        plan = shot_import.plan(project, rows, **said)
        return _preview(request, project, form, text, plan, rows.unread)
    except shot_csv.Unreadable as error:
        return _refused(request, project, form, text, str(error))
    except (Outdated, ShotRefused) as error:
        plan = shot_import.plan(project, rows, **said)
        return _preview(request, project, form, text, plan, rows.unread, str(error), status=409)


def _refused(
    request: HttpRequest, project: Any, form: ImportForm, text: str | None, problem: str
) -> HttpResponse:
    """The list again to be mended, as text; a file that is none has to be chosen anew.

    :param text: None: there is none."""
    if form.cleaned_data["file"] and text is None:
        problem = _("%(why)s Choose a file again.") % {"why": problem}
    elif form.cleaned_data["file"] and text:
        problem = _("%(why)s The text of the file stands below.") % {"why": problem}
    given = {**form.cleaned_data, "file": None, "text": text or form.cleaned_data["text"]}
    return _page(request, project, ImportForm(initial=given), status=422, problem=problem)


def _told(plan: Plan) -> str:
    new, changed = plan.counts["new"], plan.counts["changes"]
    words = [
        ngettext("%(n)d shot added", "%(n)d shots added", new) % {"n": new},
        ngettext("%(n)d changed", "%(n)d changed", changed) % {"n": changed},
    ]
    return _("%(what)s.") % {"what": ", ".join(words)}


def _page(
    request: HttpRequest, project: Any, form: ImportForm, status: int = 200, problem: str = "", **more: Any
) -> HttpResponse:
    context = {
        **page_of(request, project, "shots"),
        "form": form,
        "problem": problem,
        "most": MOST,
        "rate": f"{float(shot_lengths.rate_of(project)):.6g}",
        **more,
    }
    return render(request, "generations/shots_import.html", context, status=status)


def _preview(
    request: HttpRequest,
    project: Any,
    form: ImportForm,
    text: str,
    plan: Plan,
    unread: Sequence[str],
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    lines = [_line(line) for line in plan.lines]
    counts = [
        {
            "words": _COUNTED.get(fate, LOOKS[fate][0]),
            "n": plan.counts[fate.value],
            "family": LOOKS[fate][2],
            "icon": LOOKS[fate][1],
        }
        for fate in Fate
        if plan.counts[fate.value]
    ]
    more = {"plan": plan, "lines": lines, "counts": counts, "text": text, "given": form.cleaned_data}
    more["unread"] = unread
    return _page(request, project, form, status, problem, **more)


def _line(line: Line) -> dict[str, Any]:
    word, icon, family = LOOKS[line.fate]
    return {
        "number": line.number,
        "fate": line.fate.value,
        "word": word,
        "icon": icon,
        "family": family,
        "code": line.words.code,
        "title": line.words.title,
        "length": shot_lengths.words(line.words.duration_s) if line.words.duration_s is not None else "",
        "note": line.words.note,
        "why": line.why,
        "changes": [
            {"name": _NAMES[name], "old": _shown(old), "new": _shown(getattr(line.words, name))}
            for name, old in line.before.items()
        ],
    }


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return str(value) if isinstance(value, str) else shot_lengths.words(value)
