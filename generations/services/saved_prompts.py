"""The team's prompts of a project: saved, changed, deleted, and the places in them that are filled in."""

from __future__ import annotations

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from generations.models import Project, SavedPrompt, Verb
from providers.gateways.plain import keepable_text
from providers.gateways.problem import Problem

from .compose import Refused
from .drafts import require_composer
from .refusals import NotAllowed

MOST_SAVED = 500
MOST_CHARS = 20_000
MOST_NAME = 80
_PLACE = re.compile(r"\{\{\s*([^{}\s][^{}]{0,39}?)\s*\}\}")


def variables_of(text: str) -> list[str]:
    """``{{subject}}`` and its like, each once, in their order."""
    return list(dict.fromkeys(_PLACE.findall(text)))


def find(project: Project, kind: str = "", words: str = "") -> QuerySet[SavedPrompt]:
    """By name; those that hold every one of ``words`` in name or text."""
    rows = SavedPrompt.objects.filter(project=project).select_related("owner", "project")
    rows = rows.filter(kind=kind) if kind else rows
    for word in words.split()[:8]:
        rows = rows.filter(Q(name__icontains=word) | Q(text__icontains=word))
    return rows.order_by("name", "id")


def save(user: Any, project: Project, kind: str, name: str, text: str) -> SavedPrompt:
    """:raises NotAllowed, Refused:"""
    require_composer(user, project)
    if SavedPrompt.objects.filter(project=project).count() >= MOST_SAVED:
        raise _refused("name", _("There are %(most)d saved prompts already; delete some first."), MOST_SAVED)
    if kind not in SavedPrompt.Kind.values:
        raise _refused("kind", _("Choose what kind of text it is."))
    return _kept(SavedPrompt(project=project, owner=user, kind=kind), name, text)


def change(user: Any, row: SavedPrompt, name: str, text: str) -> SavedPrompt:
    """The team shares them: whoever composes may improve one.

    :raises NotAllowed, Refused:
    """
    require_composer(user, row.project)
    return _kept(row, name, text)


def may_delete(user: Any, row: SavedPrompt) -> bool:
    """One's own, while one composes here; an owner of the project, every one."""
    verb = Verb.COMPOSE if row.owner_id == user.pk else Verb.MANAGE
    return row.project.allows(user, verb)


def delete(user: Any, row: SavedPrompt) -> None:
    """:raises NotAllowed:"""
    if not may_delete(user, row):
        raise NotAllowed(_("Only who saved it, or an owner of the project, may delete it."))
    row.delete()


def _kept(row: SavedPrompt, name: str, text: str) -> SavedPrompt:
    row.name = " ".join(keepable_text(name).split())
    row.text = keepable_text(text.replace("\r\n", "\n")).strip()
    if not row.name or len(row.name) > MOST_NAME:
        raise _refused("name", _("Give it a name of 1 to %(most)d characters."), MOST_NAME)
    if not row.text or len(row.text) > MOST_CHARS:
        raise _refused("text", _("Write 1 to %(most)d characters."), MOST_CHARS)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _refused("name", _("There is one of this name already.")) from error
    return row


def _refused(field: str, words: str, most: int = 0) -> Refused:
    return Refused([Problem(field, words % {"most": most} if most else words)])
