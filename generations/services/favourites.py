"""The models that stand first for a person: those they marked, and those they used last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from generations.models import FavouriteModel, Generation
from providers.models import VideoModel

LAST_TAKES = 60  # how far back *recently used* looks


def mark(user: Any, model: VideoModel, *, on: bool) -> None:
    """Both ways as often as one likes. A mark holds for the model in all its modes, so taking it away takes
    it from every id of that name."""
    if on:
        FavouriteModel.objects.get_or_create(user=user, model=model)
        return
    same = VideoModel.objects.filter(account_id=model.account_id, label=model.label)
    FavouriteModel.objects.filter(user=user, model__in=same).delete()


def marked(user: Any) -> set[UUID]:
    return set(FavouriteModel.objects.filter(user=user).values_list("model_id", flat=True))


def used_last(user: Any) -> list[UUID]:
    """The models of the person's own last takes, the latest first, each once."""
    takes = Generation.objects.filter(author=user).order_by("-id")
    return _once(takes.values_list("model_id", flat=True)[:LAST_TAKES])


def _once(ids: Iterable[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))
