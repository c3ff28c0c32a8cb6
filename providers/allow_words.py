"""What an allow-list says to people: whose it is, what it allows, who can change it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from . import quota_words
from .models import AllowList, VideoModel

MOST_NAMED = 6
MOST_PEOPLE = 3
# in projects; those of the studio are named where limits name them
IN_PROJECTS = {"owner": lazy("owner"), "editor": lazy("editor")}


def role_label(role: str) -> str:
    return str(IN_PROJECTS[role]) if role in IN_PROJECTS else quota_words.role_label(role)


def whose(rule: AllowList) -> str:
    """For somebody whom it concerns: the project is theirs, and so is the role."""
    if rule.scope == AllowList.Scope.PROJECT:
        return _("The allow-list of this project")
    return _("The allow-list for each %(role)s") % {"role": role_label(rule.role)}


def refusal(rule: AllowList, what: str, allowed: str) -> str:
    """Whose list it is, what is not on it, and what is. ``who_changes`` follows in a refusal."""
    said = _("%(whose)s does not have %(what)s.") % {"whose": whose(rule), "what": what}
    return f"{said} {allowed}"


def nothing_left(rule: AllowList, model: VideoModel) -> str:
    return refusal(rule, _("anything that %(model)s makes") % {"model": model}, allows(rule))


def allows(rule: AllowList) -> str:
    """All that it allows, in one sentence: ``Allowed: 480p, 720p; at most 8 s.``"""
    parts = [first_of(rule.names), first_of(rule.account_names), first_of(rule.resolutions)]
    if rule.longest_s is not None:
        parts.append(_("at most %(n)s s") % {"n": f"{rule.longest_s.normalize():f}"})
    return _("Allowed: %(what)s.") % {"what": "; ".join(filter(None, parts))}


def cuts(rules: Sequence[AllowList]) -> list[str]:
    """Beside the settings that are shorter by it."""
    return [f"{whose(rule)}. {allows(rule)}" for rule in rules]


def first_of(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return _("%(names)s and %(n)d more") % {"names": shown, "n": more} if more > 0 else shown


def who_changes() -> str:
    """Administrators alone; empty where there is none."""
    people = get_user_model().objects.administrators().order_by("display_name", "username")
    names = [person.get_full_name() for person in people[:MOST_PEOPLE]]
    if not names:
        return ""
    *first, last = names
    told = _("%(names)s or %(last)s") % {"names": ", ".join(first), "last": last} if first else last
    return _("%(names)s can change it.") % {"names": told}
