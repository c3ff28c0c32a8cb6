"""The pages of the library, as a caller asks for them and as they answer."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse

from generations.models import Asset
from generations.services import asset_library
from generations.services.asset_library import Description

HTMX = {"HX-Request": "true"}


def look(client: Any, project: Any = None, htmx: bool = False, **wanted: Any) -> Any:
    address = reverse("assets", args=[project.slug]) if project else reverse("library")
    return client.get(address, wanted, headers=HTMX if htmx else {})


def shown(reply: Any) -> list[str]:
    return re.findall(r'id="asset-([0-9a-f-]{36})"', reply.content.decode())


def ids(*assets: Asset) -> list[str]:
    return [str(asset.pk) for asset in assets]


def describe(asset: Asset, **told: Any) -> None:
    asset_library.describe(asset, Description(**{"name": asset.name, **told}))
