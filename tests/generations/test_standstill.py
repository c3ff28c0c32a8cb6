"""What the pages say while everything, or the chosen account, sends nothing new."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Generation, Role
from providers import accounts, stopping
from tests.factories import CLOSED_PORT, add_member, make_account, make_model, make_take_row
from tests.generations.composer.page import HTMX

pytestmark = pytest.mark.django_db
STOPPED = "Nothing new is sent."


@pytest.fixture
def model() -> Any:
    return make_model(label="Long")


def banner_in(page: str) -> str:
    """Its words; empty where it has none."""
    found = re.search(r'<div id="stop-banner".*?</div>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(0)).split()) if found else ""


@pytest.mark.parametrize(
    ("address", "then"),
    [
        ("/p/{}/", "Generate makes nothing until sending goes on."),
        ("/p/{}/matrix", "No cell can be made until sending goes on."),
        ("/queue", "Takes in line keep their places and go on when sending does."),
    ],
)
def test_a_stop_of_everything_stands_over_every_page_that_makes_takes(
    signed_in: Any, admin: Any, bob: Any, project: Any, model: Any, address: str, then: str
):
    client, address = signed_in(bob), address.format(project.slug)
    assert STOPPED not in client.get(address).content.decode()
    stopping.stop_all(admin, "Budget <b>meeting</b>")
    page = client.get(address).content.decode()
    told = banner_in(page)
    assert STOPPED in told and f"Stopped by {admin}: Budget &lt;b&gt;meeting&lt;/b&gt;. {then}" in told


def test_who_only_looks_reads_it_too(signed_in: Any, admin: Any, make_person: Any, project: Any, model: Any):
    viewer = make_person("a-viewer")
    add_member(project, viewer, Role.VIEWER)
    stopping.stop_all(admin, "")
    page = signed_in(viewer).get(f"/p/{project.slug}/").content.decode()
    assert STOPPED in banner_in(page) and "Generate" not in banner_in(page)


def test_generate_does_as_the_banner_says(signed_in: Any, admin: Any, bob: Any, project: Any, model: Any):
    stopping.stop_all(admin, "Budget")
    form = {"prompt": "A boat", "model": str(model.pk), "shown_usd": "9", "idempotency_key": "k"}
    reply = signed_in(bob).post(f"/p/{project.slug}/generate", form, headers=HTMX)
    assert reply.status_code == 422 and STOPPED in banner_in(reply.content.decode())
    assert not Generation.objects.exists()


def test_a_paused_account_is_told_where_its_model_is_chosen_and_nowhere_else(
    signed_in: Any, bob: Any, project: Any, model: Any
):
    other = make_model(label="Other", account=make_account(base_url=CLOSED_PORT))
    accounts.pause(model.account_id, 3600, "Invoice is open")
    client = signed_in(bob)
    for chosen, reason in (
        (model, "Invoice is open. Generate makes nothing with it meanwhile"),
        (other, ""),
    ):
        form = {"prompt": "A boat", "model": str(chosen.pk)}
        page = client.post(f"/p/{project.slug}/composer", form, headers=HTMX).content.decode()
        assert reason in banner_in(page) and ("Invoice" in banner_in(page)) is bool(reason)
        assert 'hx-swap-oob="true"' in page.split('id="stop-banner"')[1][:30]


def test_an_account_that_its_gateway_told_to_wait_is_none(signed_in: Any, bob: Any, project: Any, model: Any):
    accounts.rest(model.account_id, 600)
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert 'id="stop-banner"' in page and not banner_in(page)


def test_while_everything_is_stopped_nothing_is_offered_elsewhere(
    signed_in: Any, admin: Any, bob: Any, project: Any, model: Any
):
    make_model(label="Long", account=make_account("elkapi", base_url=CLOSED_PORT))
    fields = {"project": project, "model": model, "author": bob}
    refused = make_take_row(
        **fields, status="failed", failure_billed=False, failure_class="no_balance", failure_message="Empty"
    )
    make_take_row(**fields, status="queued")
    accounts.pause(model.account_id, 3600, "Resting.")
    client, pages = signed_in(bob), (f"/p/{project.slug}/", "/queue", refused.get_absolute_url())
    before = [client.get(address).content.decode() for address in pages]
    assert [f'href="/t/{refused.pk}#elsewhere"' in before[0], "Run mine elsewhere" in before[1]] == [True] * 2
    assert 'id="elsewhere"' in before[2]
    stopping.stop_all(admin, "Budget")
    assert not any("lsewhere" in client.get(address).content.decode() for address in pages)


def test_the_reason_ends_before_the_money_begins(
    signed_in: Any, admin: Any, bob: Any, project: Any, model: Any
):
    model.account.sandbox = True
    model.account.save()
    make_take_row(project=project, model=model, author=bob, status="queued")
    stopping.stop_all(admin, "Budget meeting")
    for address in (f"/p/{project.slug}/", "/queue"):
        page = signed_in(bob).get(address).content.decode()
        assert "Budget meeting. Sandbox: nothing is charged." in page


def test_a_studio_page_that_is_open_hears_of_a_stop_and_of_its_end(
    signed_in: Any, admin: Any, bob: Any, project: Any, model: Any
):
    """The feed's number of closed accounts is what makes the page ask for its composer again."""
    client, path = signed_in(bob), f"/p/{project.slug}/feed"

    def state() -> tuple[str, str]:
        page = client.get(path).content.decode()
        found = re.search(r'data-version="([\w-]+)".*?data-closed="([\w-]+)"', page)
        return found.group(1), found.group(2)

    before = state()
    assert client.get(path, {"v": before[0]}).status_code == 204
    stopping.stop_all(admin, "Budget")
    assert client.get(path, {"v": before[0]}).status_code == 200
    assert (before[1], state()[1].split("-")[0]) == ("0--", "1")
    stopping.go_on(admin)
    assert state() == before
    seen = set()
    for account in (model.account, make_account(name="Another")):  # one closes as another opens
        type(account).objects.update(enabled=True)
        type(account).objects.filter(pk=account.pk).update(enabled=False)
        seen.add(state())
    assert len(seen) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"enabled": False},
        {"sealed_key": ""},
        {"stopped": "Budget"},
        {"paused_until": timezone.now() + timedelta(days=1)},
        {"paused_until": timezone.now() + timedelta(days=1), "pause_cause": "gateway"},
        {"paused_until": timezone.now() - timedelta(days=1)},
        {},
    ],
)
def test_closed_accounts_are_those_that_say_why(model: Any, fields: Any):
    type(model.account).objects.update(**fields)
    account = type(model.account).objects.get()
    assert type(account).objects.closed().exists() == bool(account.why_closed())


def test_the_queue_that_is_open_hears_of_a_stop(signed_in: Any, admin: Any, bob: Any, model: Any):
    client = signed_in(bob)
    seen = re.search(r'data-version="(\w+)"', client.get("/queue").content.decode()).group(1)
    assert client.get("/queue/live", {"v": seen}).status_code == 204
    stopping.stop_all(admin, "Budget")
    assert STOPPED in client.get("/queue/live", {"v": seen}).content.decode()
