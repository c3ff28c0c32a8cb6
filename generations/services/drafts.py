"""What stands in a person's composer, kept so that neither a reload nor a second tab loses a word.

A draft's body holds the words of ``compose.FIELDS``, ``model`` (id of the VideoModel), ``inputs`` as
``[{"role", "asset"}]``, and, where it came from a take, ``parent`` and ``relation``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Draft, Project, Verb

from . import past_prompts
from .refusals import NotAllowed


@dataclass(frozen=True)
class Seen:
    """What a page knows of the draft: the version that it shows, and the page's own name."""

    version: int = 0
    tab: str = ""


class ChangedElsewhere(Exception):
    """Another page has changed the draft since; nothing was saved."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        super().__init__(_("Changed in another tab."))


def of(user: Any, project: Project) -> Draft:
    """The person's draft here; an unsaved, empty one where there is none."""
    found = Draft.objects.filter(user=user, project=project).first()
    return found or Draft(user=user, project=project)


def save(user: Any, project: Project, body: Mapping[str, Any], seen: Seen) -> Draft:
    """Keep ``body`` from a page that saw the draft as it is, or wrote it last.

    :raises ChangedElsewhere: never for the same content.
    """
    mine = Draft.objects.filter(user=user, project=project)
    ours = Q(version=seen.version) | (Q(tab=seen.tab) if seen.tab else Q(pk=None))
    changes: dict[str, Any] = {"body": dict(body), "version": F("version") + 1, "tab": seen.tab}
    if mine.filter(ours).update(**changes, updated_at=timezone.now()):
        return mine.get()
    return _first_or_told(user, project, body, seen)


def _first_or_told(user: Any, project: Project, body: Mapping[str, Any], seen: Seen) -> Draft:
    try:
        with transaction.atomic():
            return Draft.objects.create(user=user, project=project, body=dict(body), version=1, tab=seen.tab)
    except IntegrityError:
        kept = Draft.objects.get(user=user, project=project)
    if kept.body == dict(body):
        return kept
    raise ChangedElsewhere(kept)


def save_over(
    user: Any, project: Project, body: Mapping[str, Any], *, tab: str = "", words: str = ""
) -> Draft:
    """Put ``body`` in the place of whatever stands there; the words that stood there stay in the history.

    :param words: what took its place, as a sentence; with it the person can go back to what stood there.
    """
    with transaction.atomic():
        draft, _made = Draft.objects.select_for_update().get_or_create(user=user, project=project)
        _keep_words(draft, body)
        draft.replaced = {"body": draft.body, "words": words} if words else {}
        draft.body, draft.tab, draft.version = dict(body), tab, draft.version + 1
        draft.save(update_fields=["body", "tab", "version", "replaced", "updated_at"])
    return draft


def undo(user: Any, project: Project, *, tab: str = "") -> Draft:
    """Back to what a take or a recipe took the place of; where there is nothing to undo, all stays."""
    draft = of(user, project)
    if not draft.replaced:
        return draft
    return save_over(user, project, draft.replaced["body"], tab=tab)


def settle(user: Any, project: Project) -> None:
    """The person went on from what was put in: it cannot be undone by one click any more."""
    Draft.objects.filter(user=user, project=project).exclude(replaced={}).update(replaced={})


def _keep_words(draft: Draft, body: Mapping[str, Any]) -> None:
    if draft.prompt.strip() != str(body.get("prompt") or "").strip():
        past_prompts.remember(draft.user, draft.project, [draft.prompt], sent=False)


def require_composer(user: Any, project: Project) -> None:
    """:raises NotAllowed:"""
    if not project.allows(user, Verb.COMPOSE):
        raise NotAllowed(_("Your role in this project does not allow that."))
