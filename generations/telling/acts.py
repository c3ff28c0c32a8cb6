"""One sentence for what was done to many takes, and for what was taken back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations.models import Change, Mark
from generations.services.undo import Undone


def done(change: Change) -> str:
    """What a change did, or that there was nothing to do."""
    n = len(change.before)
    if not n:
        return _("Nothing to change; they are so already.")
    stars = change.after.get("stars", 0)
    values = {"n": n, "tags": ", ".join(change.after.get("tags", [])), "stars": stars}
    return _sentence(change, n) % values


def _sentence(change: Change, n: int) -> str:
    match change.kind:
        case "mark":
            return _marked(change.after["mark"], n)
        case "rate" if change.after["stars"]:
            return ngettext("%(n)d take has %(stars)d of 5.", "%(n)d takes have %(stars)d of 5.", n)
        case "rate":
            return ngettext("Your stars are off %(n)d take.", "Your stars are off %(n)d takes.", n)
        case "tag":
            return ngettext("%(n)d take has the tag %(tags)s.", "%(n)d takes have the tag %(tags)s.", n)
        case "untag":
            return ngettext("The tag %(tags)s is off %(n)d take.", "The tag %(tags)s is off %(n)d takes.", n)
        case "stack":
            return ngettext("%(n)d version.", "%(n)d versions of one.", n)
        case "unstack":
            return ngettext("%(n)d take stands alone again.", "%(n)d takes stand alone again.", n)
        case "top":
            return _("This version is on top now.")
        case "trash":
            return ngettext("%(n)d take is in the trash.", "%(n)d takes are in the trash.", n)
        case _:
            return ngettext("%(n)d take is back.", "%(n)d takes are back.", n)


def _marked(mark: str, n: int) -> str:
    words: dict[str, Any] = {
        Mark.PICK.value: ngettext("%(n)d take picked.", "%(n)d takes picked.", n),
        Mark.REJECT.value: ngettext("%(n)d take rejected.", "%(n)d takes rejected.", n),
        "": ngettext("The mark is off %(n)d take.", "The mark is off %(n)d takes.", n),
    }
    return words[mark]


def left(change: Change, asked: int) -> str:
    """Of the trash: why it did not take all."""
    n = asked - len(change.before)
    if n <= 0 or not change.before or change.kind not in ("trash", "restore"):
        return ""
    words = (
        ngettext("%(n)d is on its way and stays.", "%(n)d are on their way and stay.", n)
        if change.kind == "trash"
        else ngettext("%(n)d is gone for good.", "%(n)d are gone for good.", n)
    )
    return words % {"n": n}


def undone(found: Undone) -> str:
    told = ngettext("Undone for %(n)d take.", "Undone for %(n)d takes.", found.done) % {"n": found.done}
    if not found.left:
        return told
    stay = ngettext("%(n)d was changed since and stays.", "%(n)d were changed since and stay.", found.left)
    return f"{told} {stay % {'n': found.left}}"
