"""Every gateway file has its battery."""

from providers.catalogue import load
from providers.gateways.registry import all_gateways
from tests.batteries import batteries_in

from .battery import ProviderBattery


def test_every_gateway_has_a_battery_and_a_catalogue() -> None:
    batteries = batteries_in("tests.providers", ProviderBattery)
    for name, gateway in all_gateways().items():
        assert name == gateway.name and name in batteries, f"no battery for {name}"
        assert load(name), f"no catalogue for {name}"


def test_a_gateway_names_itself_its_address_and_its_pages() -> None:
    for gateway in all_gateways().values():
        assert gateway.label and gateway.base_url.startswith("https://") and gateway.statuses
        assert gateway.docs_url.startswith("https://") and gateway.modes
        assert "https://" in (type(gateway).__doc__ or "") and "read 20" in (type(gateway).__doc__ or "")
