"""A gateway's list of models in tests, and rows that it is laid over."""

from __future__ import annotations

from typing import Any

from providers import catalogue
from providers.catalogue import CatalogueModel
from providers.gateways.base import DiscoveredModel
from providers.models import ProviderAccount, VideoModel
from tests.factories import model_of


def change(model: VideoModel, **values: Any) -> None:
    VideoModel.objects.filter(pk=model.pk).update(**values)


def forget_in_catalogue(account: ProviderAccount, monkeypatch: Any, wire_id: str) -> CatalogueModel:
    """As the shipped catalogue was before the model came into it.

    :returns: the entry that is left out until ``monkeypatch.undo()``.
    """
    model_of(account, wire_id).delete()
    shipped = catalogue.load(account.gateway)
    monkeypatch.setattr(
        catalogue, "load", lambda _name: tuple(item for item in shipped if item.wire_id != wire_id)
    )
    return next(item for item in shipped if item.wire_id == wire_id)


class Lists:
    """A client whose gateway lists these models, beside one that every studio knows."""

    def __init__(self, *models: DiscoveredModel) -> None:
        self.models = [*models, DiscoveredModel("wan-2.6-image-to-video", "Wan")]

    def discover(self) -> list[DiscoveredModel]:
        return self.models
