"""What the tests with real keys do, done with the sandbox's address and a key of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generations.media import Unplayable
from generations.models import Output
from generations.services.cheapest import PROMPT
from providers import accounts
from providers.gateways.registry import all_gateways
from tests import live_take
from tests.providers.sandbox_server import SandboxServer

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=sorted(all_gateways()))
def account(request: Any, sandbox: SandboxServer, settings: Any) -> Any:
    """As an administrator would add it: nothing says that this is a sandbox."""
    name = request.param
    settings.OUTBOUND_ALLOW = [f"127.0.0.1:{sandbox.port}"]  # where its results lie
    address = {f"VS_LIVE_{name.upper()}_KEY": f"sandbox-live-{name}"}
    return live_take.find_account(name, {**address, f"VS_LIVE_{name.upper()}_URL": sandbox.url_for(name)})


def test_nobody_is_asked_without_a_key() -> None:
    assert all(live_take.find_account(name, {}) is None for name in all_gateways())


def test_the_key_is_taken_and_the_list_names_what_is_known(account: Any) -> None:
    found = accounts.check_key(account)
    assert found.ok, found.message
    if account.adapter.discovers:
        listed, known = live_take.list_known(account)
        assert listed & known


def test_the_cheapest_clip_is_made_stored_and_plays(
    account: Any, sandbox: SandboxServer, settings: Any, tmp_path: Path
) -> None:
    settings.STUDIO = {**settings.STUDIO, "POLL_SCALE": 0.02, "RECOVER_EVERY_S": 0, "RING_AGAIN_S": 0.5}
    assert not account.sandbox
    with live_take.a_line(settings, tmp_path) as line:
        take = live_take.make_cheapest(line, account, within_s=60, pause_s=0.02)
        facts = live_take.probe_stored(take)
    asked = take.request.get("duration_s") or 5
    assert facts.duration_s == pytest.approx(asked, abs=0.15)
    (line_of_bill,) = [row for row in sandbox.bill() if row["job_id"] == take.job_id]
    assert (line_of_bill["prompt"], line_of_bill["refunded"]) == (PROMPT, False)


def test_a_file_that_is_no_clip_is_not_taken_for_one(
    sandbox: SandboxServer, settings: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    """The last step looks at the bytes that are stored, not at what the row says of them."""
    settings.OUTBOUND_ALLOW = [f"127.0.0.1:{sandbox.port}"]
    settings.STUDIO = {**settings.STUDIO, "POLL_SCALE": 0.02, "RECOVER_EVERY_S": 0, "RING_AGAIN_S": 0.5}
    names = {"VS_LIVE_TOKEN360_KEY": "sandbox-live", "VS_LIVE_TOKEN360_URL": sandbox.url_for("token360")}
    account = live_take.find_account("token360", names)
    assert account is not None
    with live_take.a_line(settings, tmp_path) as line:
        take = live_take.make_cheapest(line, account, within_s=60, pause_s=0.02)
        path = tmp_path / "media" / take.outputs.get(kind=Output.Kind.VIDEO).file
        path.chmod(0o600)
        path.write_bytes(b"#" * path.stat().st_size)
        with pytest.raises(Unplayable):
            live_take.probe_stored(take)
