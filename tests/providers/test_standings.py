"""What a key has left: read from the gateways' pages and headers, kept on the account, shown where it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from providers import accounts, standings
from providers.gateways.base import Step
from providers.gateways.client import GatewayClient
from providers.gateways.errors import BadReply, Busy
from providers.gateways.exchange import build_httpx
from providers.gateways.registry import get_gateway
from providers.gateways.values import Allowance, Job, JobState, Mode, Standing
from providers.gateways.wire import Reply, WireRequest, money_text
from providers.models import ProviderAccount
from tests.factories import make_account
from tests.providers.sandbox_server import SandboxServer

from .on_sandbox import model_of, request_for

ELKAPI, VENICE = get_gateway("elkapi"), get_gateway("venice")
WRONG_PATH = {"error": {"message": "Invalid URL (GET /api/usage/token)", "type": "invalid_request_error"}}
D = Decimal


def reply(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, headers or {}, json.dumps(data).encode())


# --- ElkAPI's pages --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "standing"),
    [
        ({"total_available": 24_750_000, "total_used": 250_000}, Standing(D("49.5"), D("0.5"))),
        ({"total_available": 0}, Standing(D(0))),
        ({"total_available": -50_000, "total_used": 1}, Standing(D("-0.1"), D("0.000002"))),
        (
            {"total_available": 0, "total_used": 600_000, "unlimited_quota": True},
            Standing(None, D("1.2"), unlimited=True),
        ),
    ],
)
def test_a_quota_is_counted_in_units(data: dict[str, Any], standing: Standing) -> None:
    assert ELKAPI.parse_balance([reply({"code": True, "message": "ok", "data": data})]) == standing


@pytest.mark.parametrize(
    "data",
    [
        {"success": False, "message": "token not found"},
        {"data": None},
        {"data": {"total_available": "many"}},
        {"data": {"total_available": None, "unlimited_quota": "yes"}},
    ],
)
def test_a_page_without_a_sum_tells_no_balance(data: dict[str, Any]) -> None:
    with pytest.raises(BadReply, match="tells no balance"):
        ELKAPI.parse_balance([reply(data)])


@pytest.mark.parametrize(
    ("limit", "used", "standing"),
    [
        (50.0, 150.0, Standing(beside="48.50 left of 50.00, in ElkAPI's own unit")),
        ("50.000000", "150", Standing(beside="48.50 left of 50.00, in ElkAPI's own unit")),
        (100_000_000, 150.0, Standing(unlimited=True)),
    ],
)
def test_the_older_pages_are_read_but_not_taken_for_dollars(
    limit: Any, used: Any, standing: Standing
) -> None:
    pages = [reply({"hard_limit_usd": limit}), reply({"total_usage": used})]
    assert ELKAPI.parse_balance([reply(WRONG_PATH, 404), *pages]) == standing


def test_the_older_pages_may_tell_nothing() -> None:
    """Their errors come with 200."""
    error = {"error": {"message": "record not found", "type": "upstream_error"}}
    for pages in ([reply(error), reply(error)], [reply({"hard_limit_usd": 5}), reply({"total_usage": True})]):
        with pytest.raises(BadReply):
            ELKAPI.parse_balance([reply(WRONG_PATH, 404), *pages])


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("https://api.elkapi.com/v1", "../api/usage/token", "https://api.elkapi.com/api/usage/token"),
        ("http://127.0.0.1:9/elkapi/v1/", "../api/x", "http://127.0.0.1:9/elkapi/api/x"),
        ("https://gate.example", "../api/x", "https://gate.example/api/x"),
        ("https://gate.example/v1", "../../../../x", "https://gate.example/x"),
        ("https://gate.example/v1", "//evil.example/x", "https://gate.example/v1/evil.example/x"),
        (
            "https://gate.example/v1",
            "https://evil.example/x",
            "https://gate.example/v1/https:/evil.example/x",
        ),
    ],
)
def test_a_climbing_path_never_leaves_the_keys_host(base: str, path: str, url: str) -> None:
    asked = build_httpx(base, ELKAPI, "sk-planted", WireRequest("GET", path, climbs=True))
    assert asked["url"] == url and asked["headers"]["Authorization"] == "Bearer sk-planted"


# --- Venice's headers ------------------------------------------------------------------------------

HEADERS = {
    "x-venice-balance-usd": "50.23",
    "x-venice-balance-diem": "100.02",
    "x-ratelimit-limit-requests": "40",
    "x-ratelimit-remaining-requests": "39",
    "x-ratelimit-reset-requests": "1760000000000",
}
RESETS_AT = datetime.fromtimestamp(1760000000, UTC)


def test_headers_of_any_answer_tell_money_and_calls() -> None:
    told = VENICE.standing_of(reply({}, 500, HEADERS), Step.SUBMIT)
    assert told == Standing(D("50.23"), None, "100.02 DIEM", calls={"submit": Allowance(39, 40, RESETS_AT)})
    assert VENICE.standing_of(reply({}), Step.POLL) is None


@pytest.mark.parametrize(
    ("headers", "standing"),
    [
        ({"x-venice-balance-usd": "0"}, Standing(D(0))),
        ({"x-venice-balance-usd": "1e9", "x-venice-balance-diem": "-1"}, None),
        ({"x-ratelimit-remaining-requests": "0"}, Standing(calls={"poll": Allowance(0)})),
        (
            {"x-ratelimit-remaining-requests": "7", "x-ratelimit-reset-requests": "1760000000"},
            Standing(calls={"poll": Allowance(7, None, RESETS_AT)}),
        ),
        (
            {"x-ratelimit-remaining-requests": "7", "x-ratelimit-reset-requests": "9e99"},
            Standing(calls={"poll": Allowance(7)}),
        ),
        ({"x-ratelimit-remaining-requests": "soon"}, None),
    ],
)
def test_odd_headers_count_for_nothing(headers: dict[str, str], standing: Standing | None) -> None:
    assert VENICE.standing_of(reply({}, 200, headers), Step.POLL) == standing


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0", D(0)), ("12.5", D("12.5")), ("", None), ("NaN", None), ("-1", None), ("1e5", None), ("٣", None)],
)
def test_money_in_a_header(text: str, amount: Decimal | None) -> None:
    assert money_text(text) == amount


def test_a_refusal_tells_it_too() -> None:
    transport = httpx.MockTransport(
        lambda _request: httpx.Response(429, headers=HEADERS, json={"error": "x"})
    )
    heard: list[Standing] = []
    client = GatewayClient(VENICE, "https://gate.example", "k", transport, hear=heard.append)
    with pytest.raises(Busy):
        client.poll(Job(id="1", model="m"))
    assert heard[0].balance_usd == D("50.23") and client.standing == heard[0]


def test_what_was_told_later_stands_over_it() -> None:
    first = Standing(D(5), D(1), "1 DIEM", calls={"submit": Allowance(3), "poll": Allowance(9)})
    later = Standing(D(4), calls={"poll": Allowance(8)})
    assert first.then(later) == Standing(D(4), calls={"submit": Allowance(3), "poll": Allowance(8)})
    only_calls = first.then(Standing(calls={"poll": Allowance(8)}))
    assert (only_calls.balance_usd, only_calls.beside, only_calls.calls["poll"].left) == (D(5), "1 DIEM", 8)
    assert first.then(None) is first


# --- kept on the account ---------------------------------------------------------------------------


@pytest.fixture
def account(db: None) -> ProviderAccount:
    return make_account("venice")


def fresh(account: ProviderAccount) -> ProviderAccount:
    account.refresh_from_db()
    return account


def test_it_is_written_once_a_minute_unless_asked_for(account: ProviderAccount) -> None:
    for usd in (3, 2):
        standings.keep(account.pk, Standing(D(usd)))
    assert standings.money_words(fresh(account)).startswith("$3.00 (")
    standings.keep(account.pk, Standing(D(1)), at_once=True)
    assert standings.money_words(fresh(account)).startswith("$1.00 (")
    ProviderAccount.objects.update(standing_at=timezone.now() - timedelta(seconds=61))
    standings.keep(account.pk, Standing(calls={"poll": Allowance(119, 120)}))
    standings.keep(account.pk, None)
    assert standings.money_words(fresh(account)).startswith("$1.00 (")
    assert standings.calls_words(account).startswith("119 of 120 polls (")


def test_a_fault_in_keeping_it_is_in_nobodys_way(
    account: ProviderAccount, monkeypatch: Any, caplog: Any
) -> None:
    ProviderAccount.objects.filter(pk=account.pk).update(standing=["odd"])
    standings.keep(account.pk, Standing(D(1)), at_once=True)
    assert "could not be kept" in caplog.text and fresh(account).standing == ["odd"]


def test_words(account: ProviderAccount) -> None:
    assert standings.money_words(account) == standings.calls_words(account) == ""
    told = Standing(
        D("-0.104"), D("2"), "1.00 DIEM", calls={"submit": Allowance(3), "quote": Allowance(0, 5)}
    )
    standings.keep(account.pk, told)
    at = account.standing_at or fresh(account).standing_at
    minute = f"{at:%Y-%m-%d %H:%M} UTC"
    assert standings.money_words(account) == f"-$0.10, 1.00 DIEM, $2.00 used ({minute})"
    assert standings.calls_words(account) == f"3 submits ({minute}); 0 of 5 quotes ({minute})"
    standings.keep(account.pk, Standing(used_usd=D(1), unlimited=True), at_once=True)
    assert standings.money_words(fresh(account)) == f"no limit of its own, $1.00 used ({minute})"


def test_another_key_has_another_balance(account: ProviderAccount) -> None:
    standings.keep(account.pk, Standing(D(1)))
    accounts.save_key(fresh(account), "sandbox-another-key")
    assert fresh(account).standing == {} and account.standing_at is None


# --- over real HTTP --------------------------------------------------------------------------------


def checked(sandbox: SandboxServer, gateway: str, key: str) -> tuple[ProviderAccount, str]:
    account = make_account(gateway, base_url=sandbox.url_for(gateway), key=key)
    told = StringIO()
    call_command("provider", "check", account.name, stdout=told)
    account.refresh_from_db()
    return account, told.getvalue()


@pytest.mark.parametrize(
    ("gateway", "key", "said"),
    [
        ("elkapi", "sandbox-balance-1", "$50.23, $0.00 used"),
        ("elkapi", "sandbox-empty-balance", "$0.00, $0.00 used"),
        ("elkapi", "sandbox-unlimited-balance", "no limit of its own, $0.00 used"),
        ("elkapi", "sandbox-old-balance", "50.23 left of 50.23, in ElkAPI's own unit"),
        ("venice", "sandbox-balance-1", "$50.23"),
        ("venice", "sandbox-empty-balance", "$0.00"),
    ],
)
def test_a_check_of_the_key_tells_the_balance(
    db: None, sandbox: SandboxServer, admin: Any, signed_in: Any, gateway: str, key: str, said: str
) -> None:
    account, told = checked(sandbox, gateway, key)
    assert f"{account.name}: The key works.\n{account.name}: Balance: {said} (" in told
    page = signed_in(admin).get(reverse("admin:providers_provideraccount_change", args=[account.pk]))
    assert f"{said} (".replace("'", "&#x27;") in page.content.decode()


def test_a_gateway_without_a_balance_tells_none(db: None, sandbox: SandboxServer) -> None:
    account, told = checked(sandbox, "silkdock", "sandbox-balance-2")
    assert "Balance:" not in told and account.standing == {}
    assert not account.adapter.tells_balance


def test_a_balance_that_cannot_be_read_says_nothing_against_the_key(
    db: None, sandbox: SandboxServer, monkeypatch: Any
) -> None:
    nowhere = WireRequest("GET", "../api/nowhere", climbs=True)
    monkeypatch.setattr("providers.gateways._elkapi_balance.QUOTA", nowhere)
    broken = WireRequest("GET", "/nowhere")
    monkeypatch.setattr("providers.gateways._elkapi_balance.BILLING", (broken, broken))
    account, told = checked(sandbox, "elkapi", "sandbox-balance-3")
    assert "The key works. Its balance could not be read." in told
    assert account.health["ok"] and account.standing == {}


@pytest.fixture
def client(db: None, sandbox: SandboxServer) -> Iterator[tuple[ProviderAccount, GatewayClient]]:
    account = make_account("venice", base_url=sandbox.url_for("venice"), key="sandbox-balance-4")
    yield account, accounts.client_for(account)


def test_every_answer_of_venice_feeds_the_account(client: tuple[ProviderAccount, GatewayClient]) -> None:
    """A quote tells money, a poll its own limit too; a submit is left to who saves the job's id first."""
    account, venice = client
    model = model_of("venice", "wan-2.6-text-to-video")
    wish = request_for(model, Mode.TEXT_TO_VIDEO, "A lamp over a quay")
    price = venice.quote(wish, model.capabilities)
    assert standings.money_words(fresh(account)).startswith("$50.23 (")
    ProviderAccount.objects.update(standing_at=None)
    job = venice.submit(wish, model.capabilities)
    assert isinstance(job, Job) and "submit" not in fresh(account).standing["calls"]
    assert venice.standing and venice.standing.calls["submit"].most == 40
    assert venice.poll(job).state in (JobState.RUNNING, JobState.FINISHED)
    assert standings.money_words(fresh(account)).startswith(f"${D('50.23') - price:.2f} (")
    assert standings.calls_words(account).startswith("119 of 120 polls (")
