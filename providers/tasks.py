"""Queue doors of this app."""

from . import discovery


def discover_models() -> None:
    """Once a day: what each gateway offers now."""
    discovery.discover_all()
