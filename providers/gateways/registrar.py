"""What an adapter says of files that its gateway is given once and then calls by a name of its own.

As pure as the adapter: ``registering.py`` sends what it builds. What a reply that is no 2xx stands for is
read from the adapter's own error table.
"""

from __future__ import annotations

from typing import Protocol

from .values import Registered
from .wire import FilePart, Reply, WireRequest


class Registrar(Protocol):
    def build_group(self, name: str) -> WireRequest:
        """A place for one file that is to be registered."""

    def parse_group(self, reply: Reply) -> str:
        """:raises GatewayError: ``Ambiguous`` for a 2xx without an id."""

    def build_register(self, name: str, group: str, file: FilePart) -> WireRequest: ...

    def parse_register(self, reply: Reply) -> Registered:
        """:raises GatewayError: ``Ambiguous`` for a 2xx without an id."""

    def build_look(self, registered_id: str) -> WireRequest:
        """How a registered file stands; ``Lost`` in the error table means that it is not known there."""

    def parse_look(self, reply: Reply, registered_id: str) -> Registered: ...

    def address_of(self, registered_id: str) -> str:
        """What stands in a request in the place of the file's address."""
