"""A limit in the browser: it warns beside the price, says no with a way to ask for more, and is raised."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from generations.models import Draft, LimitRequest
from providers.models import Quota, QuotaCounter
from tests.browser.walker import Walker
from tests.factories import make_model, make_quota

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS")


def shown(page: Any, name: str) -> None:
    """Nothing serious for axe, on a desk and on a phone; a picture of each where SHOTS says so."""
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.locator("#rail").evaluate("rail => Promise.all(rail.getAnimations().map(one => one.finished))")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png")
    page.set_viewport_size({"width": 1440, "height": 900})
    assert Walker(page).axe() == [], name


def enter(page: Any, live_server: Any, client: Any) -> None:
    page.context.clear_cookies()
    jar = client.cookies.items()
    page.context.add_cookies(
        [{"name": name, "value": one.value, "url": live_server.url} for name, one in jar]
    )


def test_from_the_warning_to_more(page, live_server, project, bob, admin, signed_in):
    model = make_model()
    quota = make_quota(
        20, measure="money", period="month", scope="project", scope_id=project.pk, soft_limit=18
    )
    make_quota(40, measure="seconds", period="hour", scope="role", role="member", time_zone="Asia/Kolkata")
    QuotaCounter.objects.filter(quota=quota).update(used_micro=18_000_000)
    body = {"model": str(model.pk), "prompt": "A boat", "duration_s": 5, "resolution": "720p"}
    Draft.objects.create(user=bob, project=project, body=body)
    enter(page, live_server, signed_in(bob))
    page.goto(f"{live_server.url}/p/{project.slug}/?focus")
    page.locator("[data-price-near]", has_text="$18.00 of $20.00 used this month").wait_for()
    shown(page, "composer-near")
    QuotaCounter.objects.filter(quota=quota).update(used_micro=19_900_000)
    page.reload()
    page.locator("[data-price-why]", has_text="$0.10 is left").wait_for()
    shown(page, "composer-refused")
    page.locator("[data-price-more] a").click()
    page.get_by_role("heading", name="Project Harbour film").wait_for()
    shown(page, "ask")
    page.fill("[name=amount]", "5")
    page.fill("[name=words]", "For the second cut, <b>please</b>; " + "very long words " * 12)
    page.get_by_role("button", name="Request more").click()
    page.get_by_text("You hear of the answer in the bell").wait_for()
    shown(page, "limits-of-bob")
    enter(page, live_server, signed_in(admin))
    page.goto(f"{live_server.url}/news")
    page.get_by_text("Bob Baker asks for more than a limit has").click()
    page.get_by_role("heading", name="Asked for").wait_for()
    shown(page, "limits-of-admin")
    assert page.input_value("[name=to]") == "25.00"
    page.get_by_role("button", name="Raise").click()
    page.get_by_text("Bob Baker hears of it").wait_for()
    assert Quota.objects.get(pk=quota.pk).limit == 25 and LimitRequest.objects.get().state == "raised"
    if SHOTS:
        for name, path in (("admin-list", ""), ("admin-add", "add/"), ("admin-row", f"{quota.pk}/change/")):
            page.goto(f"{live_server.url}/admin/providers/quota/{path}")
            page.screenshot(path=Path(SHOTS) / f"{name}.png")
