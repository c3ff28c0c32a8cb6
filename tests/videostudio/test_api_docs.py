"""The OpenAPI page: for signed-in people, under the studio's own CSP, from the studio's own files."""

from __future__ import annotations

import pytest


def test_page_and_schema_are_for_signed_in_people(client, alice, signed_in):
    for address in ("/api/docs", "/api/openapi.json"):
        assert client.get(address).status_code == 302
        assert signed_in(alice).get(address).status_code == 200


def test_schema_names_both_ways_in_and_the_shape_of_errors(alice, signed_in):
    schema = signed_in(alice).get("/api/openapi.json").json()
    assert "/api/v1/generations/{take_id}/consent" in schema["paths"]
    assert {"TokenAuth", "SessionAuth"} <= set(schema["components"]["securitySchemes"])


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_page_renders_in_a_browser_and_sends_a_call(page, live_server, alice, signed_in):
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
    page.on("requestfailed", lambda request: said.append(request.url))
    cookies = signed_in(alice).cookies
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in cookies.items()]
    )
    page.goto(f"{live_server.url}/api/docs")
    page.get_by_text("/api/v1/generations/{take_id}/retry").wait_for()
    page.locator("#operations-projects-generations_api_projects_new_project").click()
    page.get_by_role("button", name="Try it out").click()
    page.locator("textarea.body-param__text").fill('{"name": "From the page"}')
    page.get_by_role("button", name="Execute").click()
    page.get_by_text('"From the page"').first.wait_for()
    page.locator(".live-responses-table .response-col_status", has_text="201").first.wait_for()
    assert said == []
