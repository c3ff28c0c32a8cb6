"""A gateway that quotes the key back: it stands in no error, no chain of errors and no answer kept."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from providers.gateways.base import Step
from providers.gateways.client import GatewayClient
from providers.gateways.registry import get_gateway
from providers.gateways.values import Job
from providers.gateways.wire import WireRequest

from .swept import swept

KEY = "odd0key1that2no3rule4knows"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
GATEWAYS = ("token360", "venice")
CALLS: dict[str, Any] = {
    "ask": lambda client: client.ask(WireRequest("GET", "/x"), Step.OTHER, client.gateway.parse_check_key),
    "quote": lambda client: client.quote(None, None),
    "check_key": lambda client: client.check_key(),
    "discover": lambda client: client.discover(),
    "fresh_link": lambda client: client.fresh_link(Job("j", "m")),
    "after_store": lambda client: client.after_store(Job("j", "m")),
}


def quoting(request: httpx.Request) -> httpx.Response:
    told = {"error": {"message": f"The key {KEY} is wrong"}, "message": f"{KEY}?"}
    return httpx.Response(401, json=told)


class Clumsy:
    """An adapter with a mistake: it fails with what it was given."""

    label, auth_header, auth_prefix = "Clumsy", "authorization", "Bearer "

    def __getattr__(self, name: str) -> Any:
        def fail(*_args: Any) -> Any:
            try:
                raise ValueError(f"inner {KEY}")
            except ValueError as error:
                raise KeyError(f"outer {KEY}") from error

        return fail


def told_by(call: Any) -> str:
    """Everything a log would print, or what came back."""
    try:
        return repr(call())
    except Exception as error:
        return "".join(traceback.format_exception(error)[-1:]) + repr(vars(error)) + chain(error)


def chain(error: BaseException | None) -> str:
    said = ""
    while error is not None:
        said += f"{error!r} {error}"
        error = error.__cause__ or error.__context__
    return said


@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize("name", ["ask", "check_key", "discover"])
def test_no_error_holds_the_key(gateway: str, name: str) -> None:
    client = GatewayClient(get_gateway(gateway), "https://gw.example/v1", KEY, httpx.MockTransport(quoting))
    assert KEY not in told_by(lambda: CALLS[name](client))


@pytest.mark.parametrize("name", CALLS)
def test_not_even_a_mistake_of_an_adapter_shows_it(name: str) -> None:
    client = GatewayClient(Clumsy(), "https://gw.example/v1", KEY, httpx.MockTransport(quoting))
    said = told_by(lambda: CALLS[name](client))
    assert "outer" in said and "inner" in said and KEY not in said


def test_the_sweeps_client_hides_it_as_well() -> None:
    class Transport(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return quoting(request)

    def find() -> Any:
        gateway = get_gateway("token360")
        return swept(gateway, "https://gw.example/v1", KEY, lambda here: here.find(SINCE), Transport())

    said = told_by(find)
    assert "is wrong" in said and KEY not in said
