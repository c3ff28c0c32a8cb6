"""When a gateway is asked for its models out of turn: for a new account, after a refusal about a model."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from generations.models import Generation, Status
from generations.services.submit import submit_generation
from providers import accounts, asking, tasks
from providers.gateways.base import Step
from providers.gateways.elkapi import ElkAPI
from providers.gateways.errors import Refused
from providers.gateways.registry import get_gateway
from providers.gateways.wire import Reply
from providers.models import ProviderAccount
from tests.factories import make_account, make_model, make_take_row, model_of
from tests.providers.sandbox_server import SandboxServer

pytestmark = pytest.mark.django_db
ABOUT_MODEL = Refused("No such model.", field="model")


@pytest.fixture
def rung(monkeypatch: Any) -> list[tuple[Any, ...]]:
    heard: list[tuple[Any, ...]] = []
    monkeypatch.setattr(asking, "async_task", lambda *told, cluster: heard.append((*told, cluster)))
    return heard


@pytest.fixture
def saved(django_capture_on_commit_callbacks: Any) -> Any:
    """Run what waits for the end of the transaction."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_new_account_is_asked_once_it_is_saved(rung: list[Any], saved: Any) -> None:
    with saved():
        account = accounts.create_account("silkdock", "Main", "sandbox-key-for-tests")
        assert not rung
    assert rung == [("providers.tasks.discover_account", str(account.pk), "files")]
    account.save()
    account.refresh_from_db()
    assert account.discovery_rung_at is not None


@pytest.mark.parametrize(
    "how",
    [{"gateway": "elkapi"}, {"gateway": "silkdock", "sandbox": True}, {"gateway": "silkdock", "key": ""}],
)
def test_who_has_no_list_or_no_key_is_not_asked(
    rung: list[Any], saved: Any, how: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ElkAPI, "discovers", False)  # every shipped gateway has a list
    with saved():
        accounts.create_account(**{"name": "Main", "key": "sandbox-key-for-tests", **how})
    assert not rung


def test_a_broken_queue_is_not_in_the_way(monkeypatch: Any, saved: Any) -> None:
    def broken(*_told: Any, **_more: Any) -> None:
        raise OSError("the queue is away")

    monkeypatch.setattr(asking, "async_task", broken)
    with saved():
        accounts.create_account("silkdock", "Main", "sandbox-key-for-tests")
    assert ProviderAccount.objects.filter(name="Main").exists()


def test_the_task_asks_the_gateway_and_closes_what_its_flags_close(sandbox: SandboxServer) -> None:
    account = make_account("silkdock", base_url=sandbox.url_for("silkdock"))
    tasks.discover_account(str(account.pk))
    account.refresh_from_db()
    assert account.discovery["at"] and not account.discovery["error"]
    assert "gates" in account.models.get(wire_id="wan-2.7").discovered
    ProviderAccount.objects.filter(pk=account.pk).update(discovery={}, enabled=False)
    tasks.discover_account(str(account.pk))
    account.refresh_from_db()
    assert account.discovery == {}


def test_refusals_about_a_model_ask_once_in_ten_minutes(rung: list[Any], saved: Any) -> None:
    account, other = (make_account("silkdock", discovery_rung_at=None) for _ in range(2))
    with saved():
        assert not asking.ask_after(account, Refused("No such length.", field="seconds"))
        assert asking.ask_after(account, ABOUT_MODEL)
        assert not asking.ask_after(account, ABOUT_MODEL)
        assert asking.ask_after(other, Refused("Not in this mode.", field="mode"))
        earlier = timezone.now() - timedelta(minutes=10)
        ProviderAccount.objects.filter(pk=account.pk).update(discovery_rung_at=earlier)
        assert asking.ask_after(account, ABOUT_MODEL)
    assert [told[1] for told in rung] == [str(account.pk), str(other.pk), str(account.pk)]


def test_a_refused_take_rings(rung: list[Any], saved: Any, sandbox: SandboxServer) -> None:
    account = make_account("silkdock", base_url=sandbox.url_for("silkdock"), discovery_rung_at=None)
    take = make_take_row(model=make_model(account=account, wire_id="gone-since"))
    with saved():
        submit_generation(str(take.pk))
    take.refresh_from_db()
    assert take.status == Status.FAILED
    assert ("providers.tasks.discover_account", str(account.pk), "files") in rung


@pytest.mark.parametrize(
    ("gateway", "status", "body", "field"),
    [
        ("silkdock", 400, b'{"error": {"message": "Invalid model name passed in model=x."}}', "model"),
        ("silkdock", 400, b'{"error": {"message": "needs input_reference"}}', "mode"),
        ("silkdock", 400, b'{"error": {"message": "seconds is no integer", "param": "seconds"}}', "seconds"),
        ("siliconflow", 400, b'{"code": 20012, "message": "Model does not exist."}', "model"),
        ("siliconflow", 400, b'{"code": 20015, "message": "odd"}', ""),
        ("venice", 404, b'{"error": "Specified model not found: x"}', "model"),
        ("token360", 404, b'{"error": {"message": "x", "type": "model_not_found"}}', "model"),
        ("token360", 503, b'{"error": {"message": "No available provider"}}', "model"),
    ],
)
def test_which_refusals_are_about_a_model(gateway: str, status: int, body: bytes, field: str) -> None:
    error = get_gateway(gateway).error_of(Reply(status, {}, body), Step.SUBMIT)
    assert isinstance(error, Refused) and error.field == field


REPORT = b"""{"details": {"_errors": [], "aspect_ratio": {"_errors": ["Required"]}},
  "issues": [{"code": "invalid_type", "path": ["aspect_ratio"], "message": "Required"}]}"""


@pytest.mark.parametrize("step", [Step.SUBMIT, Step.QUOTE])
@pytest.mark.parametrize(
    ("status", "body", "rings"),
    [
        (400, REPORT, True),
        (400, b'{"issues": [{"code": "unrecognized_keys", "keys": ["seed"], "path": []}]}', True),
        (400, b'{"error": "image_url: image cannot be read"}', False),
        (404, b'{"error": "Specified model not found: x"}', True),
        (402, b'{"error": "Insufficient USD or Diem balance"}', False),
    ],
)
def test_venices_report_about_fields_asks_for_its_models(
    rung: list[Any], saved: Any, step: str, status: int, body: bytes, rings: bool
) -> None:
    """Our own check let the field pass, so what we know of the model is old."""
    account = make_account("venice", discovery_rung_at=None)
    error = get_gateway("venice").error_of(Reply(status, {}, body), step)
    with saved():
        assert asking.ask_after(account, error) is rings
    assert bool(rung) is rings


def test_a_take_refused_by_a_report_rings(rung: list[Any], saved: Any, sandbox: SandboxServer) -> None:
    account = make_account("venice", base_url=sandbox.url_for("venice"), discovery_rung_at=None)
    take = make_take_row(model=model_of(account, "wan-2.6-text-to-video"))
    changed = {"durations_s": [6.0], "aspect_ratios": [], "resolutions": []}
    take.model.capabilities = {**take.model.capabilities, **changed}
    take.model.save()
    Generation.objects.filter(pk=take.pk).update(
        request={"prompt": "A mill", "duration_s": 6.0}, price_basis="quoted"
    )
    with saved():
        submit_generation(str(take.pk))
    take.refresh_from_db()
    assert take.status == Status.FAILED and "aspect_ratio: required" in take.failure_message
    assert ("providers.tasks.discover_account", str(account.pk), "files") in rung


def test_who_adds_an_account_is_told(signed_in: Any, admin: Any, monkeypatch: Any) -> None:
    desk = signed_in(admin)
    said = {"gateway": "silkdock", "name": "Main", "base_url": "", "key": "sandbox-key-for-tests"}
    page = desk.post("/admin/providers/provideraccount/add/", said, follow=True).content.decode()
    assert "The gateway is asked for its models now" in page
    monkeypatch.setenv("THE_KEY", "sandbox-key-for-tests")
    for gateway, told in (("silkdock", True), ("elkapi", False)):
        out = StringIO()
        how = ["--gateway", gateway, "--name", f"A {gateway}", "--key-env", "THE_KEY"]
        call_command("provider", "add", *how, stdout=out)
        assert ("provider discover 'A silkdock'" in out.getvalue()) == told
