"""Allow-lists and failover in the browser: 1080p is forbidden and its editor sees it; a take that was refused
for its account is run at another one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from generations.models import Draft, Generation
from providers import accounts
from providers.models import AllowList
from tests.browser.test_limits import enter
from tests.browser.walker import LOOKS, Walker
from tests.factories import CAPABILITIES, CLOSED_PORT, make_account, make_model, make_take, make_take_row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS")


def shown(page: Any, name: str, *, is_admin: bool = False) -> None:
    """Nothing serious for axe, on a desk and on a phone, dark and light; pictures where SHOTS says."""
    for scheme, (width, height) in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": height})
        if not is_admin:  # Django's forms scroll sideways on a phone
            rail = page.locator("#rail")
            rail.evaluate_all(
                "all => Promise.all(all.flatMap(r => r.getAnimations()).map(one => one.finished))"
            )
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{scheme}-{width}.png")
        assert Walker(page).axe() == [], (name, scheme)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_an_editor_sees_what_an_administrator_allows(page, live_server, project, bob, admin, signed_in):
    model = make_model(label="Long")
    silent = make_model(
        label="Silent", account=model.account, capabilities={**CAPABILITIES, "resolutions": []}
    )
    enter(page, live_server, signed_in(admin))
    page.goto(f"{live_server.url}/admin/providers/allowlist/add/")
    page.select_option("[name=applies_to]", "role:editor")
    page.fill("[name=names]", "Long\nsilent*")
    page.check("[name=resolutions][value='720p']")
    shown(page, "admin-add", is_admin=True)
    page.click("[name=_save]")
    page.locator("#result_list", has_text="Each editor of a project").wait_for()
    shown(page, "admin-list", is_admin=True)
    assert AllowList.objects.get().resolutions == ["720p"]

    body = {"model": str(model.pk), "prompt": "A boat", "duration_s": 5, "resolution": "1080p"}
    Draft.objects.create(user=bob, project=project, body=body)
    enter(page, live_server, signed_in(bob))
    page.goto(f"{live_server.url}/p/{project.slug}/?focus")
    page.locator("#composer-allow", has_text="Allowed: Long, silent*; 720p.").wait_for()
    assert page.locator("#chip-resolution option").all_text_contents() == ["720p"]
    shown(page, "composer-cut")
    page.locator("#chip-model-open").click()
    page.locator(".barred", has_text="more not allowed here").wait_for()
    shown(page, "picker")
    page.keyboard.press("Escape")
    Draft.objects.update(body={**body, "model": str(silent.pk)})
    page.goto(f"{live_server.url}/p/{project.slug}/?focus")
    page.locator("#composer-allow", has_text="does not have anything that Silent makes").wait_for()
    page.locator("[data-price-basis]", has_text="Not allowed here").wait_for()
    shown(page, "composer-barred")
    page.goto(f"{live_server.url}/p/{project.slug}/matrix")
    page.get_by_role("heading", name="Matrix").wait_for()
    shown(page, "matrix")
    enter(page, live_server, signed_in(project.created_by))
    page.goto(f"{live_server.url}/p/{project.slug}/settings")
    page.get_by_text("Each editor of a project").wait_for()
    shown(page, "project")


def test_what_an_account_refused_is_run_at_another(page, live_server, project, bob, signed_in):
    model = make_model(label="Long", account=make_account("token360", base_url=CLOSED_PORT))
    other = make_model(
        label="Long",
        account=make_account("elkapi", base_url=CLOSED_PORT, name="Second account"),
        capabilities={**CAPABILITIES, "durations_s": [4, 8], "seed": False, "audio": "fixed"},
    )
    take = make_take_row(
        project=project,
        model=model,
        author=bob,
        status="failed",
        hold=False,
        failure_class="no_balance",
        failure_billed=False,
        failure_message="Insufficient balance.",
    )
    waiting = [make_take(bob, project, model) for _ in range(3)]
    accounts.pause(model.account_id, 3600, "The balance at the gateway is used up.")
    enter(page, live_server, signed_in(bob))
    page.goto(f"{live_server.url}/p/{project.slug}/")
    page.get_by_role("link", name="Run elsewhere…").first.wait_for()
    shown(page, "feed")
    page.goto(f"{live_server.url}/t/{take.pk}")
    page.get_by_text("Length 4 s instead of 5 s.").wait_for()
    shown(page, "take-refused")
    page.get_by_role("button", name="Run at Second account").click()
    page.get_by_text("In line at Second account.").wait_for()
    made = Generation.objects.get(parent=take)
    assert (made.account, made.relation, made.request["duration_s"]) == (other.account, "retry", 4)
    page.goto(f"{live_server.url}/t/{waiting[0].pk}")
    page.get_by_role("button", name="Run at Second account").wait_for()
    shown(page, "take-in-line")
    page.goto(f"{live_server.url}/queue")
    shown(page, "queue")
    page.get_by_role("link", name="Run mine elsewhere").click()
    page.get_by_role("button", name="Run all 3 at Second account").wait_for()
    shown(page, "line")
    page.get_by_role("button", name="Run all 3 at Second account").click()
    page.get_by_text("3 takes are in line there.").wait_for()
    assert Generation.objects.filter(account=other.account, attempt=2).count() == 3
