"""What the bar below the library does to the files that are ticked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from generations.forms_library import ManyForm
from generations.services.asset_bulk import Act, Outcome, act_on

from .answers import came_from


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Back to the page it came from; what was done and what was left is said there."""
    form = ManyForm(request.POST)
    if form.is_valid():
        got = form.cleaned_data
        _say(request, got["act"], got["tags"], act_on(request.user, got["asset"], got["act"], got["tags"]))
    else:
        for errors in form.errors.values():
            messages.error(request, errors[0])
    return HttpResponseRedirect(came_from(request) or reverse("library"))


def _say(request: HttpRequest, act: Act, tags: tuple[str, ...], found: Outcome) -> None:
    if found.done:
        messages.success(request, _done_words(act, found.done) % {"n": found.done, "tags": ", ".join(tags)})
    for reason, count in found.left.items():
        words = ngettext("%(n)d file was left as it is.", "%(n)d files were left as they are.", count)
        messages.warning(request, f"{words % {'n': count}} {reason}")
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
