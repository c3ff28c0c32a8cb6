"""A gateway's call at the end of a job: it hastens a poll, once in a while, and is believed for nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from generations.models import Generation, Output, Status
from generations.services import hooks, travel
from generations.services.outgoing import prepare
from generations.services.tickets import Later, Tickets
from tests.factories import (
    make_account,
    make_asset,
    make_model,
    make_project,
    make_take,
    make_take_row,
    make_user,
    model_of,
)
from tests.generations.pipeline import Line
from tests.providers.sandbox_server import SandboxServer

pytestmark = [pytest.mark.both_databases]
FAR = timedelta(hours=1)


@pytest.fixture
def account(db: None) -> Any:
    return make_account("token360", base_url="http://127.0.0.1:9/v1", sandbox=True)


def polled(account: Any, **values: Any) -> Generation:
    """A take at the gateway that is asked about in an hour."""
    fields = {"status": Status.RUNNING, "next_poll_at": timezone.now() + FAR, **values}
    return make_take_row(model=model_of(account, "seedance-2.0-fast"), **fields)


def path_of(take: Generation) -> str:
    return urlsplit(hooks.address_for(take)).path


def is_due(take: Generation) -> bool:
    take.refresh_from_db()
    return take.next_poll_at is not None and take.next_poll_at <= timezone.now()


def call(path: str, body: Any = None) -> int:
    """The status of one call, by somebody without cookies who was never here before."""
    data = body if isinstance(body, (bytes, str)) else json.dumps(body)
    strict = Client(enforce_csrf_checks=True)
    return strict.post(path, data, content_type="application/json").status_code


# -- the address --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gateway", "sandbox", "public_url", "given"),
    [
        ("token360", True, "http://127.0.0.1:8000", True),
        ("token360", True, "https://studio.example.com", False),  # the sandbox calls loopback alone
        ("token360", False, "http://127.0.0.1:8000", False),
        ("token360", False, "http://studio.example.com", False),
        ("token360", False, "https://studio.example.com", True),
        ("venice", False, "https://studio.example.com", False),  # takes no such address
    ],
)
def test_an_address_goes_out_only_where_the_gateway_can_call_it(
    db: None, settings: Any, gateway: str, sandbox: bool, public_url: str, given: bool
) -> None:
    settings.PUBLIC_URL = public_url
    settings.PUBLIC_URL_IS_LOOPBACK = "127.0.0.1" in public_url
    settings.HTTPS = public_url.startswith("https")
    take = make_take_row(model=make_model(account=make_account(gateway, sandbox=sandbox)))
    sent = prepare(take).request.callback_url
    assert sent.startswith(f"{public_url}/hooks/") if given else sent == ""


def test_the_address_is_the_same_at_every_submit_and_no_part_of_the_recipe(
    account: Any, settings: Any
) -> None:
    take = polled(account, status=Status.QUEUED)
    first = prepare(take)
    take.attempt += 1
    assert prepare(take).request == first.request
    shown = first.recipe["sent"]["body"]["callback_url"]
    assert shown == f"{settings.PUBLIC_URL}/hooks/…"
    assert first.request.callback_url.rpartition("/")[2] not in json.dumps(first.recipe)
    assert hooks.address_for(polled(account)) != first.request.callback_url


# -- the door -----------------------------------------------------------------------------------------


def test_a_call_makes_its_take_due_and_no_other(account: Any) -> None:
    take, other = polled(account), polled(account)
    assert call(path_of(take), {"id": take.job_id, "status": "completed"}) == 200
    assert is_due(take) and not is_due(other)
    assert take.status == Status.RUNNING and not take.events.exists()


def test_a_flood_of_calls_makes_one_poll_in_a_while(account: Any) -> None:
    take = polled(account)
    for _ in range(5):
        assert call(path_of(take), {}) == 200
        if is_due(take):  # the sweep asks and puts it off
            Generation.objects.filter(pk=take.pk).update(next_poll_at=timezone.now() + FAR)
            first = take.hooked_at
    take.refresh_from_db()
    assert take.hooked_at == first and not is_due(take)
    rested = timezone.now() - timedelta(seconds=hooks.NOT_AGAIN_S)
    Generation.objects.filter(pk=take.pk).update(hooked_at=rested)
    call(path_of(take), {})
    assert is_due(take)


def test_calls_for_many_takes_stay_within_the_accounts_polls(account: Any) -> None:
    account.polls_per_min = 2
    account.save()
    take, _other = polled(account), polled(account)
    for ago_s, due in ((59, False), (61, True)):  # two takes at two polls a minute: one each a minute
        Generation.objects.filter(pk=take.pk).update(hooked_at=timezone.now() - timedelta(seconds=ago_s))
        call(path_of(take), {})
        assert is_due(take) is due


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.RUNNING, Status.UNCERTAIN)])
def test_a_take_that_is_not_polled_stays_as_it_is(account: Any, status: Status) -> None:
    take = polled(account, status=status, next_poll_at=None)
    assert call(path_of(take), {"status": "completed"}) == 200
    take.refresh_from_db()
    assert (take.status, take.next_poll_at, take.hooked_at, take.version) == (status, None, None, 0)


def test_a_lost_answer_is_looked_for_at_once(account: Any) -> None:
    take = polled(account, status=Status.UNCERTAIN)
    call(path_of(take), {"id": "a job that nobody here knows yet"})
    assert is_due(take)


def test_a_call_about_another_job_is_ignored(account: Any, caplog: pytest.LogCaptureFixture) -> None:
    take = polled(account)
    assert call(path_of(take), {"data": {"id": "another"}, "status": "completed"}) == 200
    assert not is_due(take) and take.hooked_at is None
    assert "names another job" in caplog.text


@pytest.mark.parametrize("body", ["", "{", "[1]", "[" * 60_000, b"\xff\xfe", '{"id": 5}', "null"])
def test_whatever_the_body_is_the_token_alone_counts(account: Any, body: Any) -> None:
    take = polled(account)
    assert call(path_of(take), body) == 200
    assert is_due(take)


def test_unknown_tokens_get_the_same_answer_and_cost_no_query(
    account: Any, django_assert_num_queries: Any, client: Client
) -> None:
    take = polled(account)
    known = path_of(take)
    forged = f"/hooks/{polled(account).pk.hex}:{known.rpartition(':')[2]}"
    wrong = [known[:-1] + ("A" if known[-1] != "A" else "B"), "/hooks/x", forged]
    for path in wrong:
        with django_assert_num_queries(0):
            answer = client.post(path, "{}", content_type="application/json")
        assert (answer.status_code, answer.content, answer.cookies) == (200, b"", {})
    right = client.post(known, "{}", content_type="application/json")
    assert (right.status_code, right.content, right.cookies) == (200, b"", {})
    assert is_due(take)


def test_a_signature_for_something_else_opens_nothing(account: Any) -> None:
    asset = make_asset()
    take = polled(account, project=asset.project, inputs=[("first_frame", asset)])
    token = urlsplit(travel.address_of(take, asset)).path.split("/")[2]
    assert call(f"/hooks/{token}", {}) == 200
    assert not is_due(take)


@pytest.mark.parametrize("known", [True, False])
def test_a_long_body_is_refused(account: Any, known: bool) -> None:
    take = polled(account)
    path = path_of(take) if known else "/hooks/x"
    assert call(path, "{" + " " * 64 * 1024) == 413
    assert not is_due(take)


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_only_a_post_is_a_call(account: Any, client: Client, method: str) -> None:
    take = polled(account)
    assert getattr(client, method)(path_of(take)).status_code == 405
    assert not is_due(take)


# -- beside the sweep ---------------------------------------------------------------------------------


def test_a_call_during_a_poll_is_not_lost(account: Any) -> None:
    """The answer on its way was perhaps given before the job ended."""
    take, tickets = polled(account, next_poll_at=timezone.now()), Tickets()
    ticket = tickets.claim([])[0]
    call(path_of(take), {})
    tickets.write_back([Later(ticket, timezone.now() + FAR)])
    assert is_due(take)
    again = tickets.claim([])[0]
    tickets.write_back([Later(again, timezone.now() + FAR)])
    assert not is_due(take)


@pytest.fixture
def take_of(studio: Line, sandbox: SandboxServer, live_server: Any, settings: Any) -> Any:
    """A take through the sandbox, which calls the studio as it runs; its next poll is an hour away."""
    settings.PUBLIC_URL = live_server.url
    settings.STUDIO = {**settings.STUDIO, "POLL_SCALE": 1200}
    user = make_user()
    project = make_project(user)
    account = make_account("token360", base_url=sandbox.url_for("token360"), sandbox=True)
    model = model_of(account, "seedance-2.0-fast")

    def make(prompt: str) -> Generation:
        take = make_take(user, project, model, prompt=prompt, duration_s=4.0, resolution="480p")
        studio.send()
        take.refresh_from_db()
        return take

    return make


def polls(sandbox: SandboxServer, take: Generation) -> int:
    return [row["path"] for row in sandbox.requests()].count(f"/token360/v1/videos/{take.job_id}")


@pytest.mark.parametrize("word", ["", "[flat webhook]", "[double webhook]"])
def test_a_call_brings_the_clip_though_the_next_poll_is_far(
    studio: Line, sandbox: SandboxServer, take_of: Any, word: str
) -> None:
    take = studio.finish(take_of(f"A heron calls {word}"), seconds=20)
    assert take.status == Status.COMPLETED and take.outputs.filter(kind=Output.Kind.VIDEO).exists()
    assert polls(sandbox, take) == 1 and take.hooked_at


def test_a_call_brings_a_failure_too(studio: Line, take_of: Any) -> None:
    assert studio.finish(take_of("A heron falls [failed]"), seconds=20).status == Status.FAILED


def test_a_lying_call_changes_nothing_but_the_time_of_the_poll(
    studio: Line, sandbox: SandboxServer, take_of: Any
) -> None:
    take = take_of("A heron that never comes [stuck]")
    before = (take.status, take.version, take.events.count())
    lie = {"status": "completed", "data": {"id": take.job_id, "url": f"{sandbox.origin}/anything.mp4"}}
    assert call(path_of(take), lie) == 200
    assert is_due(take)
    studio.turn()
    take.refresh_from_db()
    assert polls(sandbox, take) == 1
    assert (take.status, take.version, take.events.count()) == before
    assert take.result_url == "" and not take.outputs.exists() and not is_due(take)
