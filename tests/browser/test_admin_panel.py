"""The admin panel looks as the studio does and says first how it stands; axe finds nothing in both themes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from providers import audit_checks
from providers.models import AuditCheck, audit
from tests import factories
from tests.browser.walker import LOOKS, Walker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_first_page_and_tables(page: Any, live_server: Any, admin: Any, signed_in: Any) -> None:
    cookies = signed_in(admin).cookies
    page.context.add_cookies(
        [{"name": name, "value": one.value, "url": live_server.url} for name, one in cookies.items()]
    )
    account = factories.make_account()
    factories.make_take_row(account=account, status="uncertain", prompt="A boat that nobody is sure of")
    factories.make_quota(5)
    audit(admin, "change", "quota", 1, before={"limit": 1}, after={"limit": 2})
    walker = Walker(page)
    tables = (
        "provideraccount/",
        f"provideraccount/{account.pk}/change/",
        "auditevent/",
        "quota/",
        "videomodel/",
        "ledgerentry/",
    )
    takes = "generations/generation/"
    pages = [
        f"{live_server.url}/admin/{name}" for name in ("", *(f"providers/{table}" for table in tables), takes)
    ]
    page.goto(pages[0])
    page.get_by_role("link", name="A boat that nobody is sure of").wait_for()
    page.get_by_role("link", name=account.name).click()
    page.get_by_role("heading", name=account.name).wait_for()
    page.goto(pages[3])
    page.get_by_role("button", name="Check the whole chain").click()
    page.get_by_text("A worker reads the chain").wait_for()
    audit_checks.go_on(AuditCheck.objects.get(running=True).pk)
    page.get_by_text("The chain holds").wait_for()  # the page asks by itself
    walker.assert_quiet()

    walker.expected = ["preload assets", "inline style"]  # axe's own: Django's styles import each other
    for number, address in enumerate(pages):
        page.goto(address)
        # the first page in both looks, the tables in one of them by turns: they share all their styles
        for theme, (width, height) in LOOKS if number == 0 else LOOKS[number % 2 :][:1]:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            assert walker.axe() == [], address
            if folder := os.environ.get("LOOK_AT"):
                page.screenshot(path=str(Path(folder) / f"admin-{number}-{theme}-{width}.png"))
    page.get_by_role("link", name="To the studio").click()
    page.wait_for_url(lambda address: "/admin" not in address)
    walker.assert_quiet()
