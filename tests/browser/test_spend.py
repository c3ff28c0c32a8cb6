"""Journey 9: a producer finds last month's spend by client, and the one take whose actual differed from its
quote; by keyboard too, in both themes and sizes."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from generations.models import Client
from providers.models import LedgerEntry
from tests import factories
from tests.browser.walker import LOOKS, Walker
from tests.generations.spend_rows import spent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROMPTS = "Over the weather, slow drift above a sea of clouds at first light"


@pytest.fixture
def last_month(producer: Any, alice: Any) -> datetime:
    """Two clients' projects with money last month, the producer a viewer of one; one price was corrected."""
    today = datetime.now(UTC)
    noon = datetime.combine(today.date().replace(day=1) - timedelta(days=12), time(12), UTC)
    names = {"Kestrel, First Light": "Kestrel Aerospace", "Halden Coffee, Autumn": "Halden Roasters"}
    venice = factories.make_model(account=factories.make_account("venice", base_url="http://127.0.0.1:9/v1"))
    token360 = factories.make_model(label="Seedance 2.0")
    for number, (name, client) in enumerate(names.items()):
        project = factories.make_project(
            alice, name=name, slug=f"film-{number}", client=Client.objects.create(name=client)
        )
        for day in range(-8, 9):
            model = [venice, token360][day % 2]
            price, review = f"{2 + number}.{20 + abs(day) * 7}", "approved" if day % 3 == 0 else ""
            at = noon + timedelta(days=day)
            take = spent(project, price, at=at, model=model, review=review, prompt=PROMPTS)
            factories.make_output(take, duration_s=5.04)
    factories.add_member(project, producer, "viewer")
    spent(project, "0.96", told="1.12", at=noon, model=token360, prompt="Over the weather, take 3")
    spent(project, "0.50", release="not billed", status="failed", failure_billed=False, at=noon, model=venice)
    spent(project, "0.75", None, status="uncertain", at=noon, model=token360)
    return noon


def look(walker: Walker, name: str) -> None:
    """Nothing sticks out of the page in each size, and axe finds nothing."""
    page = walker.page
    for theme, (width, height) in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        page.wait_for_timeout(60)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert walker.axe() == []
        if folder := os.environ.get("LOOK_AT"):
            page.screenshot(path=str(Path(folder) / f"{name}-{theme}-{width}.png"), full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("document.documentElement.dataset.theme = 'dark'")


def test_last_month_by_client_and_the_one_take_that_cost_something_else(
    page: Any, live_server: Any, producer: Any, signed_in: Any, last_month: datetime
) -> None:
    walker = Walker(page)
    cookies = signed_in(producer).cookies.items()
    page.context.add_cookies(
        [{"name": name, "value": one.value, "url": live_server.url} for name, one in cookies]
    )
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(live_server.url)
    page.locator("#rail").get_by_role("link", name="Spend").click()
    page.get_by_role("heading", name="No take was made in this range").or_(
        page.get_by_text("Nothing here")
    ).wait_for()
    look(walker, "empty")

    page.get_by_role("navigation", name="Range").get_by_role("link", name="Last month").click()
    page.locator("[data-spend-chart] canvas").wait_for()
    look(walker, "by-project")
    page.get_by_role("navigation", name="Grouped by").get_by_role("link", name="Client").click()
    row = page.locator(".spendtable tbody tr", has_text="Kestrel Aerospace")
    assert row.locator("td").nth(0).inner_text() == "17"
    look(walker, "by-client")

    # a number leads to its takes, and back leads back with the same filters
    address = page.url
    row.locator("td a").nth(2).focus()
    page.keyboard.press("Enter")
    page.locator(".taketable tbody tr").first.wait_for()
    assert page.locator(".taketable tbody tr").count() == 17
    look(walker, "takes")
    page.go_back()
    assert page.url == address and "by=client" in address and "range=last_month" in address

    # the chart says of a bar what its takes are, and opens them
    bar = page.locator("[data-spend-chart] .u-over")
    box = bar.bounding_box()
    days = page.locator("details.numbers tbody tr").count()
    page.mouse.move(
        box["x"] + box["width"] * (last_month.day - 0.4) / (days + 0.2), box["y"] + box["height"] - 4
    )
    said = page.locator("[data-spend-at]").inner_text()
    assert said.startswith(f"{last_month.day} {last_month:%b}: $") and "$0.00" not in said
    page.mouse.down()
    page.mouse.up()
    page.locator(".taketable tbody tr").first.wait_for()
    page.go_back()

    page.get_by_role("link", name="Over the weather, take 3").click()
    page.wait_for_url("**/t/*#h-receipt")
    receipt = page.locator("section[aria-labelledby=h-receipt]")
    assert "$0.96" in receipt.inner_text() and "$1.12" in receipt.locator("dd.sum").inner_text()
    page.go_back()
    page.get_by_role("link", name="Reconcile").click()
    page.get_by_text("+$0.16").wait_for()
    look(walker, "reconcile")
    assert "0 disagree" in page.locator("#drift").inner_text()

    page.get_by_role("link", name="Statement").click()
    account = LedgerEntry.objects.get(amount_usd="0.16").account
    page.select_option("select[name=account]", label=account.name)
    bill = f"job,amount,time\n,1.12,{last_month.isoformat()}\nunknown-job,0.40,{last_month.isoformat()}\n"
    file = {"name": "bill.csv", "mimeType": "text/csv", "buffer": bill.encode()}
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("heading", name="Billed there, not known here").get_by_text("1 · $0.40").wait_for()
    assert page.get_by_role("heading", name="The same on both sides").inner_text().endswith("1 · $1.12")
    look(walker, "statement")
    walker.assert_quiet()


def test_days_are_those_of_the_readers_zone(
    chromium: Any, live_server: Any, producer: Any, signed_in: Any, project: Any
) -> None:
    """Late on the last evening of October in UTC it is November in Auckland."""
    spent(project, "3.00", at=datetime(2026, 10, 31, 12, 30, tzinfo=UTC))
    context = chromium.new_context(timezone_id="Pacific/Auckland")
    cookies = signed_in(producer).cookies.items()
    context.add_cookies([{"name": name, "value": one.value, "url": live_server.url} for name, one in cookies])
    page = context.new_page()
    page.goto(f"{live_server.url}/spend?since=2026-11-01&until=2026-11-01")
    page.wait_for_url("**tz=Pacific*")
    assert page.locator(".fig.big b").inner_text() == "$3.00"
    context.close()
