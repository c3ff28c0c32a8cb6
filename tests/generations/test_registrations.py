"""Pictures that a gateway keeps: registered once, used by name, never sent twice unasked, over real HTTP."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from generations.models import Asset, ConsentedFile, ConsentRecord, Generation, Registration, Status
from generations.services import registrations, submit, withdrawn
from generations.services.outgoing import prepare
from providers import accounts
from providers.gateways.errors import Refused
from providers.models import AuditEvent
from tests.factories import make_asset, make_token
from tests.generations.desk import SMALL, Desk
from tests.generations.pipeline import Line
from tests.generations.test_store_killed import die_at
from tests.media_files import make_noise_jpeg
from tests.providers.sandbox_server import SandboxServer

MODEL = "seedance-2.0-fast"
State = Registration.State


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer) -> Iterator[Desk]:
    yield Desk(sandbox, "token360", MODEL, SMALL)
    sandbox.settings(faults=[])


@pytest.fixture
def portrait(desk: Desk, tmp_path: Path) -> Asset:
    """Larger than a request of this gateway may be."""
    desk.allowed(MODEL)
    content = make_noise_jpeg(tmp_path / "mira.jpg", (1200, 900)).read_bytes()
    assert len(content) > 700_000
    facts = {"mime": "image/jpeg", "width": 1200, "height": 900}
    return make_asset(project=desk.project, owner=desk.user, content=content, name="mira.jpg", **facts)


@pytest.fixture
def call(client: Any, desk: Desk) -> Any:
    def make(method: str, address: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {make_token(desk.user)}"}
        data = "" if body is None else json.dumps(body)
        return client.generic(method, f"/api/v1{address}", data, "application/json", headers=headers)

    return make


def ask(call: Any, desk: Desk, portrait: Asset, **ticks: bool) -> Any:
    body = {"account": str(desk.account.pk), "confirmed": True, **ticks}
    return call("POST", f"/assets/{portrait.pk}/registrations", body)


def settle(studio: Line) -> Registration:
    """Work until nobody has anything to do with it for the next second."""
    ends = time.monotonic() + 20
    while True:
        registrations.ring_due()
        studio.answer(only="register")
        row = Registration.objects.get()
        if row.due_at is None or row.state == State.ACTIVE:
            return row
        assert time.monotonic() < ends, row.state
        time.sleep(0.05)


def posted(sandbox: SandboxServer, desk: Desk) -> int:
    """How often the picture itself was sent with this desk's key."""
    mark = desk.account.key_last4
    rows = [row for row in sandbox.requests() if row["path"].endswith("/token360/v1/assets")]
    return len([row for row in rows if mark in row["headers"].get("authorization", mark)])


def wish(desk: Desk, portrait: Asset, role: str = "reference_image") -> dict[str, Any]:
    inputs = [{"role": role, "asset": str(portrait.pk)}]
    return {
        "project": desk.project.slug,
        "model": MODEL,
        "account": desk.account.name,
        "inputs": inputs,
        **SMALL,
        "prompt": desk.prompt(),
    }


def slot_of(caller: Any, desk: Desk, portrait: Asset) -> tuple[str, str]:
    """Its light in the composer, and what stands there of its registration."""
    data = {"model": str(desk.allowed(MODEL).pk), "reference_image": [str(portrait.pk)], "prompt": "A boat"}
    answer = caller.post(f"/p/{desk.project.slug}/composer", data, headers={"HX-Request": "true"})
    slot = answer.content.decode().split('id="slot-reference_image-0"')[1].split('id="slot-')[0]
    (light,) = re.findall(r'class="light (\w+)"', slot)
    (words,) = re.findall(r'<a [^>]*#registered"[^>]*>([^<]+)<', slot)
    return light, words


def test_a_registered_picture_goes_out_by_its_name(
    studio: Line, sandbox: SandboxServer, desk: Desk, portrait: Asset, call: Any, signed_in: Any
) -> None:
    address = f"/assets/{portrait.pk}/registrations"
    (before,) = call("GET", address).json()["items"]
    assert (before["state"], before["usable"]) == (None, False)
    assert call("POST", "/generations", wish(desk, portrait)).status_code == 422  # no room for it
    refused = call("POST", address, {"account": str(desk.account.pk)})
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "confirmed")
    page = signed_in(desk.user).get(reverse("asset", args=[portrait.pk])).content.decode()
    assert f"Register with Token360 ({desk.account.name})" in page

    assert slot_of(signed_in(desk.user), desk, portrait) == ("fix", "Register …")

    sent = posted(sandbox, desk)
    assert ask(call, desk, portrait).status_code == 202
    looking = signed_in(desk.user).get(reverse("asset", args=[portrait.pk])).content.decode()
    assert 'hx-select="#registered"' in looking  # until it stands, the page asks again by itself
    row = settle(studio)
    assert slot_of(signed_in(desk.user), desk, portrait) == ("fits", "Registered")
    assert (row.state, row.remote_id[:3], row.problem) == (State.ACTIVE, "ta_", "")
    assert ask(call, desk, portrait).json()["usable"] and posted(sandbox, desk) == sent + 1  # once
    told = AuditEvent.objects.get(verb="register picture")
    assert (told.actor_id, told.subject_id) == (desk.user.pk, str(portrait.pk)) and told.after["confirmed"]
    page = signed_in(desk.user).get(reverse("asset", args=[portrait.pk])).content.decode()
    assert 'data-registration="active"' in page and "Register with" not in page
    assert "hx-select" not in page.split('id="registered"')[1].split(">")[0]

    made = call("POST", "/generations", wish(desk, portrait))
    assert made.status_code == 202, made.content
    take = studio.finish(Generation.objects.get(pk=made.json()["id"]))
    assert take.status == Status.COMPLETED, take.failure_message
    assert take.recipe["inputs"][0]["registered"] == f"asset://{row.remote_id}"
    assert f"sha256:{portrait.sha256}" in json.dumps(take.recipe["sent"]["body"])
    framed = call("POST", "/generations", wish(desk, portrait, "first_frame")).json()
    (item,) = prepare(Generation.objects.get(pk=framed["id"])).request.inputs
    assert item.media.address == f"asset://{row.remote_id}"


def test_the_name_is_for_that_account_host_and_key_alone(
    studio: Line, sandbox: SandboxServer, desk: Desk, portrait: Asset, call: Any
) -> None:
    ask(call, desk, portrait)
    row, uses = settle(studio), [("reference_image", portrait)]
    other = Desk(sandbox, "token360", MODEL, SMALL).account
    roles = ("reference_image",)
    assert registrations.addresses(desk.account, roles, uses) == {0: f"asset://{row.remote_id}"}
    assert registrations.addresses(other, roles, uses) == {}
    assert registrations.addresses(desk.account, ("first_frame",), uses) == {}
    desk.account.base_url = "https://elsewhere.example/v1"
    assert registrations.addresses(desk.account, roles, uses) == {}
    desk.account.refresh_from_db()
    desk.account.key_saved_at = timezone.now() + timedelta(seconds=1)  # another key has come since
    assert registrations.addresses(desk.account, roles, uses) == {}


def test_whoever_withdraws_ends_its_use(studio: Line, desk: Desk, portrait: Asset, call: Any) -> None:
    ask(call, desk, portrait)
    settle(studio)
    waiting = Generation.objects.get(pk=call("POST", "/generations", wish(desk, portrait)).json()["id"])
    record = ConsentRecord.objects.create(
        user=desk.user,
        generation=waiting,
        account=desk.account,
        flow="x",
        version="1",
        policy_text="",
        text_sha256="0" * 64,
        statements={},
        inputs=[],
        withdrawn_at=timezone.now(),
    )
    outgoing = prepare(waiting)  # a moment before
    ConsentedFile.objects.create(record=record, sha256=portrait.sha256)
    submit._send(waiting, outgoing, Q())
    waiting.refresh_from_db()
    assert waiting.status == Status.QUEUED and not desk.bills(waiting)
    elsewhere = not desk.account.sandbox
    assert withdrawn.among([portrait.sha256], sandbox=elsewhere) == frozenset()
    refused = call("POST", "/generations", wish(desk, portrait))
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "reference_image")
    with pytest.raises(Refused, match="withdrawn"):
        prepare(waiting)
    Registration.objects.all().delete()
    refused = ask(call, desk, portrait)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "asset")


def test_another_key_or_address_is_asked_about_again(
    studio: Line, desk: Desk, portrait: Asset, call: Any
) -> None:
    ask(call, desk, portrait)
    first = settle(studio)
    account = type(desk.account).objects.get(pk=desk.account.pk)
    accounts.save_key(account, account.get_key())  # the same once more
    Registration.objects.update(base_url="https://elsewhere.example/v1")
    (told,) = call("GET", f"/assets/{portrait.pk}/registrations").json()["items"]
    assert (told["state"], told["usable"]) == ("active", False)
    assert ask(call, desk, portrait).status_code == 202
    studio.answer(only="register")
    (told,) = call("GET", f"/assets/{portrait.pk}/registrations").json()["items"]
    assert told["usable"] and Registration.objects.get().remote_id == first.remote_id

    # neither picture nor group is known there
    accounts.save_key(account, "sandbox-token360-another-workspace")
    ask(call, desk, portrait)
    assert settle(studio).state == State.FAILED
    ask(call, desk, portrait)
    row = settle(studio)
    assert row.state == State.ACTIVE and row.remote_id != first.remote_id


def test_its_use_can_be_stopped(studio: Line, desk: Desk, portrait: Asset, call: Any, signed_in: Any) -> None:
    ask(call, desk, portrait)
    settle(studio)
    caller, page = signed_in(desk.user), reverse("asset", args=[portrait.pk])
    assert "Stop using it" in caller.get(page).content.decode()
    sent = {"account": str(desk.account.pk)}
    assert caller.post(reverse("asset-stop-using", args=[portrait.pk]), sent).status_code == 302
    row = Registration.objects.get()
    assert (row.state, row.due_at) == (State.INACTIVE, None) and str(desk.user) in row.problem
    assert AuditEvent.objects.filter(verb="stop registered picture", actor_id=desk.user.pk).exists()
    assert call("POST", "/generations", wish(desk, portrait)).status_code == 422  # no room for it
    address = f"/assets/{portrait.pk}/registrations/{desk.account.pk}"
    assert call("DELETE", address).status_code == 422
    ask(call, desk, portrait)
    assert settle(studio).state == State.ACTIVE
    assert call("DELETE", address).json()["state"] == "inactive"


def test_a_refused_take_has_its_pictures_looked_at(
    studio: Line, desk: Desk, portrait: Asset, call: Any
) -> None:
    ask(call, desk, portrait)
    before = settle(studio)
    body = {**wish(desk, portrait), "prompt": desk.prompt("refused")}
    take = Generation.objects.get(pk=call("POST", "/generations", body).json()["id"])
    assert studio.finish(take).status == Status.FAILED
    assert settle(studio).checked_at > before.checked_at and before.due_at > timezone.now()


def test_nothing_is_asked_of_an_account_that_is_switched_off(
    studio: Line, desk: Desk, portrait: Asset, call: Any
) -> None:
    ask(call, desk, portrait)
    settle(studio)
    Registration.objects.update(due_at=timezone.now(), lease_until=None)
    type(desk.account).objects.filter(pk=desk.account.pk).update(enabled=False)
    assert registrations.ring_due() == 0
    Registration.objects.update(state=State.SENDING)  # a worker died with it
    assert registrations.ring_due() == 1


@pytest.mark.both_databases
def test_what_was_sent_without_an_answer_is_never_sent_again_by_itself(
    studio: Line, sandbox: SandboxServer, desk: Desk, portrait: Asset, call: Any
) -> None:
    sandbox.settings(faults=["lost answer"])
    sent = posted(sandbox, desk)
    ask(call, desk, portrait)
    assert settle(studio).state == State.UNSURE
    sandbox.settings(faults=[])
    for _ in range(3):
        registrations.ring_due()
        studio.answer()
    assert posted(sandbox, desk) == sent + 1
    refused = ask(call, desk, portrait)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "again")
    assert ask(call, desk, portrait, again=True).status_code == 202
    assert settle(studio).state == State.ACTIVE and posted(sandbox, desk) == sent + 2


@pytest.mark.processes
@pytest.mark.both_databases
@pytest.mark.parametrize(("point", "times"), [("nothing sent", 0), ("answer unsaved", 1)])
def test_a_worker_killed_while_sending_leaves_it_to_a_person(
    studio: Line, sandbox: SandboxServer, desk: Desk, portrait: Asset, call: Any, point: str, times: int
) -> None:
    """By kill -9, in a process of its own, before the picture left and after it had arrived."""
    sent = posted(sandbox, desk)
    ask(call, desk, portrait)
    studio.rung.clear()
    die_at(point, "register", Registration.objects.get(), sandbox.port)
    assert Registration.objects.get().state == State.SENDING
    assert settle(studio).state == State.UNSURE and posted(sandbox, desk) == sent + times


def test_a_late_answer_is_taken_by_its_own_attempt_alone(
    studio: Line, desk: Desk, portrait: Asset, call: Any
) -> None:
    """Another worker thought that the first was dead; then a person had asked anew."""
    exchange = registrations._exchange

    def slowly(row: Any, part: Any) -> Any:
        Registration.objects.update(state=State.UNSURE, due_at=None, lease_holder=None)
        return exchange(row, part)

    ask(call, desk, portrait)
    with mock.patch.object(registrations, "_exchange", slowly):
        studio.answer(only="register")
    assert settle(studio).state == State.ACTIVE

    def replaced(row: Any, part: Any) -> Any:
        Registration.objects.update(state=State.WAITING, attempt=row.attempt + 1, lease_holder=None)
        return exchange(row, part)

    Registration.objects.update(state=State.WAITING, remote_id="", due_at=timezone.now(), lease_until=None)
    with mock.patch.object(registrations, "_exchange", replaced):
        registrations.work_on(Registration.objects.get().pk)
    assert Registration.objects.get().state == State.WAITING


@pytest.mark.parametrize(
    ("faults", "state", "told"),
    [
        (["portrait rejected"], State.REJECTED, "no single portrait"),
        (["portrait code"], State.FAILED, "asset validation failed"),
        (["no job"], State.UNSURE, "broke before its answer"),
    ],
)
def test_it_says_what_came_of_it(
    studio: Line,
    sandbox: SandboxServer,
    desk: Desk,
    portrait: Asset,
    call: Any,
    faults: list[str],
    state: str,
    told: str,
) -> None:
    sandbox.settings(faults=faults)
    ask(call, desk, portrait)
    row = settle(studio)
    (item,) = call("GET", f"/assets/{portrait.pk}/registrations").json()["items"]
    assert (row.state, item["state"], item["usable"]) == (state, state, False) and told in item["problem"]


def test_what_cannot_be_sent_yet_waits(
    studio: Line, sandbox: SandboxServer, desk: Desk, portrait: Asset, call: Any
) -> None:
    """Nobody listens at the address; the account is switched off; then it is there and goes out."""
    address = desk.account.base_url
    ask(call, desk, portrait)
    for change in ({"base_url": "http://127.0.0.1:9/v1"}, {"enabled": False}):
        type(desk.account).objects.filter(pk=desk.account.pk).update(**change)
        Registration.objects.update(due_at=timezone.now(), lease_until=None)
        registrations.work_on(Registration.objects.get().pk)
        row = Registration.objects.get()
        assert row.state == State.WAITING and row.problem and row.due_at > timezone.now()
    type(desk.account).objects.filter(pk=desk.account.pk).update(base_url=address, enabled=True)
    Registration.objects.update(due_at=timezone.now(), lease_until=None)
    assert settle(studio).state == State.ACTIVE


def test_what_was_thrown_away_meanwhile_is_given_to_nobody(
    studio: Line, sandbox: SandboxServer, desk: Desk, portrait: Asset, call: Any
) -> None:
    sent = posted(sandbox, desk)
    ask(call, desk, portrait)
    assert call("POST", f"/assets/{portrait.pk}/trash").status_code == 200
    row = settle(studio)
    assert (row.state, posted(sandbox, desk)) == (State.FAILED, sent) and "thrown away" in row.problem
    assert ask(call, desk, portrait).status_code == 403  # it lies in the trash
