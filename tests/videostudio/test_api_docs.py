"""The OpenAPI page: for signed-in people, under the studio's own CSP, from the studio's own files."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from generations.schemas import EditIn, GenerationIn
from generations.schemas_allow import AllowListIn
from generations.schemas_limits import LimitIn
from generations.schemas_review import CommentIn
from generations.schemas_shots import ShotIn
from generations.services import sketches, webhook_signing
from tests.factories import make_token


def test_page_is_for_signed_in_people(client, alice, signed_in):
    assert client.get("/api/docs").status_code == 302
    page = signed_in(alice).get("/api/docs")
    assert page.status_code == 200 and "<title>Video Studio API</title>" in page.content.decode()


def test_schema_is_for_sessions_and_tokens(client, alice, signed_in):
    token = {"Authorization": f"Bearer {make_token(alice, 'read')}"}
    assert signed_in(alice).get("/api/openapi.json").status_code == 200
    assert client.get("/api/openapi.json", headers=token).json()["openapi"]


def test_schema_tells_strangers_in_json(client, alice, signed_in):
    wrong = {"Authorization": "Bearer vs_wrong"}
    blind = {"Authorization": f"Bearer {make_token(alice, 'write')}"}
    for caller, headers, code in (
        (client, {}, 401),
        (client, wrong, 401),
        (signed_in(alice), wrong, 401),
        (client, blind, 403),
    ):
        answer = caller.get("/api/openapi.json", headers=headers)
        assert answer.status_code == code and answer.json()["error"]["message"]


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


def test_the_examples_of_the_docs_are_bodies_that_the_api_takes(client, alice):
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    told = [body.replace("'$ASSET'", "0") for body in re.findall(r"-d '(\{.*?\})'[ \n]", page, re.DOTALL)]
    take, shot, limit, allow_list, copy, _character, named_take, note = (json.loads(body) for body in told)
    assert GenerationIn.model_validate(take).duration_s == 5
    assert ShotIn.model_validate(shot).duration_s == 4.5
    assert LimitIn.model_validate(limit).role == "member"
    assert AllowListIn.model_validate(allow_list).longest_s == 8
    assert EditIn.model_validate(copy).op == "crop"
    assert GenerationIn.model_validate(named_take).characters == ["Mira"]
    assert CommentIn.model_validate(note).frame_end == 80 and sketches.read(note["drawing"])
    named = set(re.findall(r"\$STUDIO(/api/v1/[^\s\"?]+)", page))
    schema = client.get(
        "/api/openapi.json", headers={"Authorization": f"Bearer {make_token(alice, 'read')}"}
    ).json()
    known = {re.sub(r"\{[^}]+\}", "", path) for path in schema["paths"]}
    assert len(named) == 15 and {re.sub(r"\$(TAKE|ASSET|NOTE|PROJECT)", "", path) for path in named} <= known


def test_the_docs_check_of_a_signature_takes_ours_and_nothing_else():
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    told: dict = {}
    exec(code, told)
    check, now, body = told["is_from_the_studio"], int(time.time()), '{"word":"Über"}'
    old, new = webhook_signing.new_secret(), webhook_signing.new_secret()
    headers = webhook_signing.headers([new, old], "evt_1", now, body)
    assert check(new, headers, body.encode()) and check(old, headers, body.encode())
    assert not check(webhook_signing.new_secret(), headers, body.encode())
    assert not check(new, headers, b"{}") and not check(
        new, {**headers, "webhook-id": "evt_2"}, body.encode()
    )
    assert not check(new, webhook_signing.headers([new], "evt_1", now - 600, body), body.encode())
