"""The calls that give a gateway a file once, through an account's client."""

from __future__ import annotations

from .base import Step
from .client import GatewayClient
from .errors import Refused
from .registrar import Registrar
from .values import Registered
from .wire import FilePart


class Registering:
    """The registrar of the client's gateway, sent.

    :raises Refused: the gateway keeps no files.
    """

    def __init__(self, client: GatewayClient) -> None:
        if client.gateway.registrar is None:
            raise Refused(f"{client.gateway.label} keeps no files.")
        self._registrar: Registrar = client.gateway.registrar
        self._client = client

    def make_group(self, name: str) -> str:
        """The id of a place for one file.

        :raises NothingMade: it is certain that none was made.
        :raises Ambiguous: one may have been made.
        """
        return self._client.ask(self._registrar.build_group(name), Step.SUBMIT, self._registrar.parse_group)

    def register(self, name: str, group: str, file: FilePart) -> Registered:
        """Give the gateway a file to keep, once.

        :raises NothingMade, Ambiguous: as ``make_group``.
        """
        wire = self._registrar.build_register(name, group, file)
        return self._client.ask(wire, Step.SUBMIT, self._registrar.parse_register)

    def look(self, registered_id: str) -> Registered:
        """How a registered file stands.

        :raises Lost: the gateway does not know it.
        """
        wire = self._registrar.build_look(registered_id)
        return self._client.ask(
            wire, Step.RESULT, lambda reply: self._registrar.parse_look(reply, registered_id)
        )
