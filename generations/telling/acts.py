"""One sentence for what was done to many takes, and for what was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations.models import Change, Generation, Mark
from generations.services.selection import portions
from generations.services.undo import Undone

MOST_NAMED = 3  # links in one sentence


def done(change: Change) -> str:
    """What a change did, or that there was nothing to do."""
    n = len(change.before)
    if not n and change.kind == "trash":
        return _("Nothing was thrown away: what is signed off, or on its way, stays.")
    if not n and change.kind == "move":
        return _("Nothing to move; they are there already.")
    if not n:
        return _("Nothing to change; they are so already.")
    stars = change.after.get("stars", 0)
    values = {"n": n, "tags": ", ".join(change.after.get("tags", [])), "stars": stars}
    return " ".join(filter(None, [_sentence(change, n) % values, _for_guests(change)]))


def _for_guests(change: Change) -> str:
    links = change.after.get("links") or []
    return guests_lose(links, len(change.before)) if change.kind == "trash" else guests_see_again(links)


def guests_lose(links: Sequence[tuple[str, int]], takes: int) -> str:
    """What throwing away means for clients.

    :param links: titles of links that showed some of these takes, and how many.
    """
    if not links:
        return ""
    if takes == 1:
        return _("It was shown to guests by the link %(links)s and has disappeared there.") % _named(links)
    words = ngettext(
        "%(n)d was shown to guests by the link %(links)s; it has disappeared there.",
        "%(n)d were shown to guests by the link %(links)s; they have disappeared there.",
        max(n for _title, n in links),
    )
    return words % _named(links)


def guests_see_again(links: Sequence[tuple[str, int]]) -> str:
    return _("Guests of the link %(links)s see it again.") % _named(links) if links else ""


def _named(links: Sequence[tuple[str, int]]) -> dict[str, Any]:
    names = [f"“{title}”" for title, _n in links[:MOST_NAMED]]
    if rest := len(links) - len(names):
        names.append(ngettext("%(n)d more", "%(n)d more", rest) % {"n": rest})
    return {"n": max(n for _title, n in links), "links": ", ".join(names)}


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
        case "ask":
            return ngettext("%(n)d take is in review.", "%(n)d takes are in review.", n)
        case "approve":
            approved = ngettext("%(n)d take approved.", "%(n)d takes approved.", n)
            return f"{approved} {_('Only another decision takes that back.')}"
        case "move":
            return _moved(change, n)
        case "trash":
            return ngettext("%(n)d take is in the trash.", "%(n)d takes are in the trash.", n)
        case _:
            return ngettext("%(n)d take is back.", "%(n)d takes are back.", n)


def _moved(change: Change, n: int) -> str:
    """``12 takes with 3 further versions are in shot SH010.``: versions of one are in one shot."""
    code, further = change.after["code"], change.after.get("further", 0)
    rest = ngettext("%(n)d further version", "%(n)d further versions", further) % {"n": further}
    values = {"n": n - further, "rest": rest, "code": code}
    match bool(code), bool(further):
        case True, False:
            words = ngettext("%(n)d take is in shot %(code)s.", "%(n)d takes are in shot %(code)s.", n)
        case True, True:
            words = ngettext(
                "%(n)d take with %(rest)s is in shot %(code)s.",
                "%(n)d takes with %(rest)s are in shot %(code)s.",
                n - further,
            )
        case False, False:
            words = ngettext("%(n)d take is in no shot.", "%(n)d takes are in no shot.", n)
        case _:
            words = ngettext(
                "%(n)d take with %(rest)s is in no shot.",
                "%(n)d takes with %(rest)s are in no shot.",
                n - further,
            )
    return (words % values).replace("%", "%%")  # a code may hold one, and more is filled in behind this


def _marked(mark: str, n: int) -> str:
    words: dict[str, Any] = {
        Mark.PICK.value: ngettext("%(n)d take picked.", "%(n)d takes picked.", n),
        Mark.REJECT.value: ngettext("%(n)d take skipped.", "%(n)d takes skipped.", n),
        "": ngettext("The mark is off %(n)d take.", "The mark is off %(n)d takes.", n),
    }
    return words[mark]


def left(change: Change, asked: Sequence[UUID]) -> str:
    """Of the trash, and of reviews: why it did not take all."""
    n = len(asked) - len(change.before)
    if n <= 0 or not change.before:
        return ""
    match change.kind:
        case "trash":
            return _kept(asked, n)
        case "restore":
            words = ngettext("%(n)d is gone for good.", "%(n)d are gone for good.", n)
        case "ask" | "approve":
            words = ngettext(
                "%(n)d stays: it stood so already, is signed off, in the trash or has no clip.",
                "%(n)d stay: they stood so already, are signed off, in the trash or have no clip.",
                n,
            )
        case _:
            return ""
    return words % {"n": n}


def _kept(asked: Sequence[UUID], n: int) -> str:
    """What the trash does not take: what is signed off, and what is on its way."""
    signed = sum(
        Generation.objects.filter(pk__in=some, signed_at__isnull=False).count() for some in portions(asked)
    )
    words = []
    if signed:
        told = ngettext("%(n)d is signed off and stays.", "%(n)d are signed off and stay.", signed)
        words.append(told % {"n": signed})
    if rest := n - signed:
        words.append(
            ngettext("%(n)d is on its way and stays.", "%(n)d are on their way and stay.", rest) % {"n": rest}
        )
    return " ".join(words)


def undone(found: Undone) -> str:
    told = ngettext("Undone for %(n)d take.", "Undone for %(n)d takes.", found.done) % {"n": found.done}
    if not found.left:
        return told
    stay = ngettext("%(n)d was changed since and stays.", "%(n)d were changed since and stay.", found.left)
    return f"{told} {stay % {'n': found.left}}"
