"""Every gateway of the registry has been through the whole line."""

from providers.gateways.registry import all_gateways
from tests.batteries import batteries_in
from tests.generations.pipeline_battery import PipelineBattery


def test_every_gateway_has_a_battery_of_the_line() -> None:
    assert set(batteries_in("tests.generations", PipelineBattery)) == set(all_gateways())
