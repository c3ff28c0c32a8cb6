"""What a person filled into the matrix page of a project, kept so that no reload and no second tab loses
a word. It stands in their draft, with a version and the page that wrote it, as the composer's does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from generations.models import Draft, Project

from . import past_prompts
from .drafts import Seen

_OF_THE_PAGE = ("tab", "version")


def of(user: Any, project: Project) -> dict[str, Any]:
    """As it was saved, with ``version`` and ``tab``; empty where nothing was."""
    kept = Draft.objects.filter(user=user, project=project).values_list("matrix", flat=True).first()
    return kept or {}


def version_of(kept: Mapping[str, Any]) -> int:
    return int(kept.get("version") or 0)


def save(user: Any, project: Project, sheet: Mapping[str, Any], seen: Seen) -> tuple[int, bool]:
    """Keep ``sheet`` from a page that saw what is kept as it is, or wrote it last.

    :returns: the version that the page shows from now on, and whether another page has written something
        else meanwhile: then nothing is saved.
    """
    with transaction.atomic():
        draft, _made = Draft.objects.select_for_update().get_or_create(user=user, project=project)
        kept = draft.matrix
        if _words(kept) == dict(sheet):
            return version_of(kept), False
        if kept and version_of(kept) != seen.version and kept.get("tab") != seen.tab:
            return seen.version, True
        return _write(draft, sheet, seen.tab), False


def save_over(user: Any, project: Project, sheet: Mapping[str, Any], tab: str) -> int:
    """In the place of whatever stands there; the prompts of another page stay in the history."""
    with transaction.atomic():
        draft, _made = Draft.objects.select_for_update().get_or_create(user=user, project=project)
        if draft.matrix.get("tab") != tab:
            remember(user, project, draft.matrix, sheet)
        return _write(draft, sheet, tab)


def remember(user: Any, project: Project, gone: Mapping[str, Any], stays: Mapping[str, Any]) -> None:
    """What one page had written and the other has not."""
    lost = {str(text) for text in gone.get("prompt", [])} - {str(text) for text in stays.get("prompt", [])}
    past_prompts.remember(user, project, sorted(lost), sent=False)


def _write(draft: Draft, sheet: Mapping[str, Any], tab: str) -> int:
    version = version_of(draft.matrix) + 1
    draft.matrix = {**sheet, "tab": tab, "version": version}
    draft.save(update_fields=["matrix", "updated_at"])
    return version


def _words(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name not in _OF_THE_PAGE}
