"""Every gateway file has its battery."""

import importlib
import pkgutil
from pathlib import Path

from providers.catalogue import load
from providers.gateways.registry import all_gateways

from .battery import ProviderBattery


def batteries() -> dict[str, type[ProviderBattery]]:
    found = {}
    for info in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if info.name.startswith("test_"):
            for value in vars(importlib.import_module(f"{__package__}.{info.name}")).values():
                if isinstance(value, type) and issubclass(value, ProviderBattery) and hasattr(value, "name"):
                    found[value.name] = value
    return found


def test_every_gateway_has_a_battery_and_a_catalogue() -> None:
    for name, gateway in all_gateways().items():
        assert name == gateway.name and name in batteries(), f"no battery for {name}"
        assert load(name), f"no catalogue for {name}"


def test_a_gateway_names_itself_its_address_and_its_pages() -> None:
    for gateway in all_gateways().values():
        assert gateway.label and gateway.base_url.startswith("https://") and gateway.statuses
        assert gateway.docs_url.startswith("https://") and gateway.modes
        assert "https://" in (type(gateway).__doc__ or "") and "read 20" in (type(gateway).__doc__ or "")
