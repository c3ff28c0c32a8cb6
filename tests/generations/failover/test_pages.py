"""Failover as people and programs see it; over real HTTP, with the sandbox's bill as the judge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from generations.models import Generation, Status
from providers import ledger
from providers.models import LedgerEntry, VideoModel
from tests.factories import (
    make_account,
    make_take,
    make_take_row,
    make_token,
    model_of,
)
from tests.generations.failover.desk import REFUSED, fresh, run
from tests.generations.pipeline import Line
from tests.providers.sandbox_server import SandboxServer

pytestmark = pytest.mark.django_db


def test_the_page_of_a_take_shows_price_and_differences_and_the_click_sends_it(
    signed_in, bob, project, model, other
):
    take = make_take_row(project=project, model=model, author=bob, hold=False, **REFUSED)
    client, url = signed_in(bob), f"/t/{take.pk}/elsewhere"
    assert f'hx-get="{url}"' in client.get(f"/t/{take.pk}").content.decode()
    page = client.get(url).content.decode()
    assert f"Run at {other.account.name}" in page and "$1.00" in page
    assert "ElkAPI instead of Token360" in page and "$1.00 instead of $0.75" in page
    form = {"account": str(other.account_id), "once": "a-key", "shown": "0.5"}
    assert client.post(url, form).status_code == 409
    assert client.post(url, {**form, "account": str(uuid4()), "shown": "1.00"}).status_code == 422
    made = client.post(url, {**form, "shown": "1.00"})
    assert made.status_code == 302 and made.url == Generation.objects.get(parent=take).get_absolute_url()
    assert "Made anew at another account" in client.get(f"/t/{take.pk}").content.decode()


def test_the_queue_leads_to_one_click_for_all_of_mine(signed_in, bob, waiting, model, other):
    client, url = signed_in(bob), f"/queue/{model.account_id}/elsewhere"
    assert f'<a class="btn s" href="{url}"' in client.get("/queue").content.decode()
    page = client.get(url).content.decode()
    assert f"Run all 3 at {other.account.name}" in page and "$3.00" in page
    ids = [str(take.pk) for take in waiting]
    form = {"to": str(other.account_id), "take": ids, "shown": "2.00"}
    assert client.post(url, form).status_code == 409
    assert client.post(url, {**form, "shown": "3.00"}).status_code == 302
    assert "3 takes are in line there" in client.get("/queue").content.decode()
    assert "Nothing of yours waits here in vain" in client.get(url).content.decode()


def test_the_api_lists_moves_and_refuses(client, bob, waiting, model, other):
    headers = {"Authorization": f"Bearer {make_token(bob)}"}

    def call(method: str, address: str, body: Any = None, **also: str) -> Any:
        asked = getattr(client, method)
        return asked(f"/api/v1/{address}", body, content_type="application/json", headers={**headers, **also})

    one, *rest = waiting
    (item,) = call("get", f"generations/{one.pk}/alternatives").json()["items"]
    assert (item["account"], item["amount_usd"]) == (other.account.name, "1.00")
    place = f"generations/{one.pk}/failover"
    cheap = call("post", place, {"account": other.account.name, "max_usd": "0.5"})
    assert cheap.status_code == 409 and cheap.json()["error"]["amount_usd"] == "1.00"
    nowhere = call("post", place, {"account": model.account.name})
    assert nowhere.status_code == 422 and nowhere.json()["error"]["allowed"] == [other.account.name]
    once = {"Idempotency-Key": "k"}
    moved = call("post", place, {"account": item["account_id"], "max_usd": "1"}, **once)
    assert call("post", place, {"account": item["account_id"], "max_usd": "1"}, **once).status_code == 202
    assert call("post", place, {"account": model.account.name}, **once).status_code == 409
    assert moved.status_code == 202 and moved.json()["account"] == other.account.name
    line = client.get("/api/v1/queue/alternatives", {"account": model.account.name}, headers=headers).json()
    assert line["items"][0]["amount_usd"] == "2.00" and len(line["items"][0]["takes"]) == len(rest)
    body = {"account": model.account.name, "to": other.account.name}
    assert call("post", "queue/failover", {**body, "max_usd": "2"}).json() == {"moved": 2}
    assert call("post", "queue/failover", body).status_code == 409


@pytest.fixture
def empty_and_full(studio: Line, sandbox: SandboxServer) -> Iterator[tuple[VideoModel, VideoModel]]:
    """Seedance 2.0 Fast at an account without a balance, and at another gateway."""
    empty = make_account(
        "token360", base_url=sandbox.url_for("token360"), key=f"sandbox-empty-{uuid4().hex[:6]}"
    )
    full = make_account("elkapi", base_url=sandbox.url_for("elkapi"))
    yield (
        model_of(empty, "seedance-2.0-fast"),
        model_of(full, "doubao-seedance-2-0-fast-260128"),
    )


def test_a_take_without_a_balance_is_run_elsewhere_and_billed_once(
    studio, sandbox, bob, project, empty_and_full
):
    here, there = empty_and_full
    prompt = f"A kite over a dune {uuid4().hex[:8]}"
    small = {"prompt": prompt, "duration_s": 4.0, "resolution": "480p", "aspect_ratio": "16:9"}
    take = studio.finish(make_take(bob, project, here, **small))
    waiting = make_take(bob, project, here, **{**small, "prompt": f"{prompt}, again"})
    assert (take.status, take.failure_class, take.failure_billed) == ("failed", "no_balance", False)
    made = run(bob, fresh(take), there)
    # the refusal has paused the account: what stood in line behind it goes on elsewhere as the same take
    moved = run(bob, fresh(waiting), there)
    for one in (made, moved):
        done = studio.finish(fresh(one))
        assert done.status == Status.COMPLETED, done.failure_message
    bills = [(entry["dialect"], entry["prompt"]) for entry in sandbox.bill() if prompt in entry["prompt"]]
    assert sorted(bills) == [("elkapi", prompt), ("elkapi", f"{prompt}, again")]
    assert not ledger.open_holds().exists()
    settled = LedgerEntry.objects.filter(kind="settle").values_list("account_id", flat=True)
    assert set(settled) == {there.account_id} and len(settled) == 2
