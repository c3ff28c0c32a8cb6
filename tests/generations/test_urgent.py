"""A result whose address dies soon is fetched first, and an account never rests past a result's life."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from generations import tasks
from generations.models import Generation, Status
from generations.services import fetch, urgent
from generations.services import store as storing
from generations.services.lease import Lease, pause_until, rung_until
from generations.services.round import ring_waiting_results
from generations.telling import recipe
from providers import accounts
from providers.gateways.errors import Unavailable
from tests.factories import (
    make_account,
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


@pytest.fixture
def row(db: None) -> Any:
    project, model = make_project(), make_model()

    def make(minutes: float | None = None, **fields: Any) -> Generation:
        ends = None if minutes is None else timezone.now() + timedelta(minutes=minutes)
        fields = {"status": Status.STORING, "result_expires_at": ends, **fields}
        return make_take_row(project=project, model=model, **fields)

    return make


def test_the_soonest_goes_before_all_others(row: Any) -> None:
    plain, later, soon = row(), row(9), row(4)
    assert urgent.before(plain.pk) == soon.pk
    assert urgent.before(later.pk) == soon.pk
    assert urgent.before(soon.pk) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"minutes": 60},  # an hour is no hurry
        {"minutes": -1},  # too late for hurry
        {"minutes": None},
        {"minutes": 4, **Lease(3600).fields()},
        {"minutes": 4, **pause_until(3600)},  # it failed
        {"minutes": 4, **pause_until(3600), **rung_until(0)},  # a stray bell ends no pause
        {"minutes": 4, "parked_at": timezone.now()},
        {"minutes": 4, "status": Status.COMPLETED},
    ],
)
def test_these_do_not_push_in(row: Any, fields: dict[str, Any]) -> None:
    row(**fields)
    assert urgent.before(row().pk) is None


@pytest.mark.parametrize(
    "fields", [rung_until(3600), {"tries": 1, **pause_until(0)}, {"bytes_done": 9, **Lease(0).fields()}]
)
def test_neither_a_bell_nor_an_earlier_failure_takes_its_turn_away(row: Any, fields: dict[str, Any]) -> None:
    soon = row(4, **fields)
    assert urgent.before(row().pk) == soon.pk


def test_one_that_keeps_failing_leaves_room_for_others(
    row: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Its first bytes come and then no more: each bell of another take must not be spent on it."""
    served: list[Any] = []

    def work(take: Generation, lease: Lease) -> None:
        served.append(take.pk)
        fetch._Teller(take, lease)(7, 9, False)
        raise Unavailable("The connection broke.")

    monkeypatch.setattr(storing, "_work", work)
    monkeypatch.setattr(storing, "ring", lambda *_bell: None)
    soon, plain = row(4), row()
    tasks.store(str(plain.pk))
    tasks.store(str(plain.pk))
    tasks.store(str(soon.pk))
    assert served == [soon.pk, plain.pk]
    Generation.objects.filter(pk=soon.pk).update(not_before=timezone.now())
    tasks.store(str(plain.pk))
    assert served == [soon.pk, plain.pk, soon.pk]


def test_only_one_that_was_kept_waiting_breaks_off_another(row: Any) -> None:
    busy = row()
    row(4, finished_at=timezone.now())
    assert not urgent.asks_for_room(busy)
    waits = row(4, finished_at=timezone.now() - timedelta(seconds=10))
    assert not urgent.asks_for_room(waits)
    assert urgent.asks_for_room(busy)
    assert not urgent.asks_for_room(row()), "once is enough"
    assert waits.events.get().kind == "went first"


def test_a_bell_serves_the_urgent_one_and_rings_again(
    row: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    served: list[str] = []
    rung: list[Any] = []
    monkeypatch.setattr(storing, "store_result", served.append)
    monkeypatch.setattr(storing, "ring", lambda *bell: rung.append(bell))
    plain, soon = row(), row(4)
    tasks.store(str(plain.pk))
    assert (served, rung) == ([str(soon.pk)], [("store", plain.pk)])
    Generation.objects.filter(pk=soon.pk).update(**pause_until(60))
    tasks.store(str(plain.pk))
    assert served[1:] == [str(plain.pk)] and len(rung) == 1


def test_lost_bells_are_rung_again_by_what_dies_first(row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[Any] = []
    monkeypatch.setattr("generations.services.round.ring", lambda _task, take_id: rung.append(take_id))
    plain, later, soon = row(), row(9), row(4)
    assert ring_waiting_results() == 3
    assert rung == [soon.pk, later.pk, plain.pk]


def test_a_long_download_makes_room_and_goes_on(studio: Line, sandbox: SandboxServer, row: Any) -> None:
    user = make_user()
    model = model_of(make_account("token360", base_url=sandbox.url_for("token360")), "seedance-2.0-fast")
    values = {"duration_s": 4.0, "resolution": "480p", "aspect_ratio": "16:9"}
    take = make_take(user, make_project(user), model, prompt="A long river [big]", **values)
    studio.send()

    def is_storing() -> bool:
        if not any(bell[0] == "store" for bell in studio.rung):
            studio.tick()
        take.refresh_from_db()
        return take.status == Status.STORING

    ends = timezone.now() + timedelta(seconds=30)
    while not is_storing():
        assert timezone.now() < ends
    studio.rung.clear()
    hasty = row(4, finished_at=timezone.now() - timedelta(seconds=10))
    storing.store_result(str(take.pk))
    take.refresh_from_db()
    assert (take.status, take.lease_holder, take.tries) == (Status.STORING, None, 0)
    assert list(studio.rung) == [("store", (str(take.pk),))]
    Generation.objects.filter(pk=hasty.pk).update(status=Status.COMPLETED)
    studio.answer()
    take.refresh_from_db()
    assert take.status == Status.COMPLETED


@pytest.mark.parametrize(
    ("gateway", "minutes", "rests"),
    [("siliconflow", 7, True), ("siliconflow", 9, False), ("token360", 9, True), ("token360", 70, False)],
)
def test_polls_go_on_through_a_pause_that_would_outlast_the_result(
    db: None, gateway: str, minutes: int, rests: bool
) -> None:
    account = make_account(gateway)
    accounts.pause(account.pk, minutes * 60, "The gateway asked to wait.")
    account.refresh_from_db()
    assert account.is_paused() and account.rests(timezone.now()) is rests


def test_the_recipe_tells_the_seed_that_was_used_and_the_name_of_the_call(row: Any) -> None:
    take = row(job_handle={"seed": 0}, job_request_id="ti_1")
    told = {entry.label: entry.shown for entry in recipe.rows(take)}
    assert (told["Seed used"], told["Request id"]) == ("0", "ti_1")
    assert "Seed used" not in {entry.label for entry in recipe.rows(row())}
