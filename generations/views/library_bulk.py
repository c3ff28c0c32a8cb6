"""What the bar below the library does to the files that are ticked, and takes back again."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from generations.forms_library import ManyForm
from generations.services.asset_bulk import INVERSE, Act, Outcome, act_on, together

from .answers import came_from

KEPT = "library_undo"  # of the session: the last act alone can be taken back


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Back to the page it came from; what was done and what was left is said there, with a way back."""
    form = ManyForm(request.POST)
    if form.is_valid():
        got = form.cleaned_data
        found = act_on(request.user, got["asset"], got["act"], got["tags"])
        words = _done_words(got["act"], found.done) % {"n": found.done, "tags": ", ".join(got["tags"])}
        _say(request, words, found, undo=_kept(request, got["act"], found))
    else:
        for errors in form.errors.values():
            messages.error(request, errors[0])
    return HttpResponseRedirect(came_from(request) or reverse("library"))


@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """The opposite of the last act, on the files that it changed, as far as the person may still do that."""
    kept = request.session.get(KEPT) or {}
    if kept.get("key") == key:
        del request.session[KEPT]
        sets = [(tuple(tags), [UUID(pk) for pk in files]) for tags, files in kept["sets"]]
        found = together(act_on(request.user, files, Act(kept["act"]), tags) for tags, files in sets)
        words = ngettext("Undone: %(n)d file is as before.", "Undone: %(n)d files are as before.", found.done)
        _say(request, words % {"n": found.done}, found)
    else:
        messages.error(request, _("This cannot be undone any more."))
    return HttpResponseRedirect(came_from(request) or reverse("library"))


def _kept(request: HttpRequest, act: Act, found: Outcome) -> str:
    """The address at which it is undone; empty where nothing has changed."""
    if not found.changed:
        return ""
    sets = [(tags, [str(pk) for pk in files]) for tags, files in found.changed.items()]
    key = secrets.token_urlsafe(12)
    request.session[KEPT] = {"key": key, "act": INVERSE[act], "sets": sets}
    return reverse("assets-undo", args=[key])


def _say(request: HttpRequest, words: str, found: Outcome, *, undo: str = "") -> None:
    if found.done:
        messages.success(request, words, extra_tags=undo)
    for reason, count in found.left.items():
        said = ngettext("%(n)d file was left as it is.", "%(n)d files were left as they are.", count)
        messages.warning(request, f"{said % {'n': count}} {reason}")
    if not found.done and not found.left:
        messages.error(request, _("None of these files is here any more."))


def _done_words(act: Act, n: int) -> Any:
    return {
        Act.TAG: ngettext("%(n)d file has the tag %(tags)s.", "%(n)d files have the tag %(tags)s.", n),
        Act.UNTAG: ngettext("The tag %(tags)s is off %(n)d file.", "The tag %(tags)s is off %(n)d files.", n),
        Act.TRASH: ngettext(
            "%(n)d file is in the trash. It can be restored for 30 days.",
            "%(n)d files are in the trash. They can be restored for 30 days.",
            n,
        ),
        Act.RESTORE: ngettext("%(n)d file is back.", "%(n)d files are back.", n),
        Act.SHARE: ngettext(
            "Everybody in the studio can use %(n)d file now.",
            "Everybody in the studio can use %(n)d files now.",
            n,
        ),
        Act.UNSHARE: ngettext(
            "%(n)d file belongs to its project alone again.",
            "%(n)d files belong to their projects alone again.",
            n,
        ),
    }[act]
