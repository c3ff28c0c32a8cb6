"""What a take counts against is what was true when it was held, whatever becomes of it while it runs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Client
from generations.services.compose import Wish, compose
from generations.services.create import create_generations, hold_for
from providers import ledger
from providers.gateways.values import AUTO_S
from providers.models import ProviderAccount, QuotaCounter, VideoModel
from tests.factories import make_model, make_project, make_quota, make_take_row
from tests.together import together
from videostudio import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(admin: Any) -> Any:
    project = make_project(client=Client.objects.create(name="Northwind"))
    return make_take_row(project=project)


def move_client(take: Any, _admin: Any) -> None:
    take.project.client = Client.objects.create(name="Southwind")
    take.project.save()


def change_role(take: Any, admin: Any) -> None:
    people.change_role(admin, take.author, "producer")


def remove_person(take: Any, admin: Any) -> None:
    people.deactivate(admin, take.author)


def retire_model(take: Any, _admin: Any) -> None:
    VideoModel.objects.filter(pk=take.model_id).update(retired_at=timezone.now())


def switch_account_off(take: Any, _admin: Any) -> None:
    ProviderAccount.objects.filter(pk=take.account_id).update(enabled=False)


@pytest.mark.parametrize(
    "happens", [move_client, change_role, remove_person, retire_model, switch_account_off]
)
@pytest.mark.parametrize("ends", ["settled", "released"])
def test_a_running_take_goes_on_counting_where_it_was_held(take, admin, happens, ends):
    line = ledger.open_holds().get()
    scopes = {
        "model": take.model_id,
        "client": take.project.client_id,
        "person": take.author_id,
        "account": take.account_id,
    }
    before = [make_quota(9, measure="money", scope=name, scope_id=pk) for name, pk in scopes.items()]
    before.append(make_quota(9, measure="money", scope="role", role=line.role))
    happens(take, admin)
    after = [
        make_quota(9, measure="money", period="day", scope=name, scope_id=pk) for name, pk in scopes.items()
    ]
    if ends == "settled":
        ledger.settle(take.pk, 1, Decimal("0.50"), "billed")
    else:
        ledger.release(take.pk, 1)
    counters = QuotaCounter.objects.filter(quota__in=[*before, *after])
    assert counters.count() == 9
    assert set(counters.values_list("used_micro", flat=True)) == {500_000 if ends == "settled" else 0}
    told = {(one.client_id, one.role, one.video_model_id, one.seconds) for one in ledger.lines_of(take.pk)}
    assert told == {(scopes["client"], "member", take.model_id, line.seconds)}


def test_the_next_take_counts_for_the_new_client(take):
    first = take.project.client_id
    move_client(take, None)
    take.attempt = 2
    hold_for(take, take.author)
    held = ledger.lines_of(take.pk).values_list("client_id", flat=True)
    assert list(held) == [first, take.project.client_id]


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_batches_that_want_the_same_limits_in_another_order_do_not_stop_each_other(monkeypatch):
    monkeypatch.setattr("generations.services.ring.async_task", lambda *_a, **_k: None)
    projects, models = [make_project() for _ in range(8)], [make_model(), make_model()]
    for model in models:
        make_quota(1000, scope="model", scope_id=model.pk)

    def make(number: int) -> int:
        project = projects[number]
        wishes = [Wish(model, {"prompt": "A boat"}) for model in models]
        wanted = [compose(project.created_by, project, wish) for wish in wishes] * 4
        return len(create_generations(project.created_by, wanted[::-1] if number % 2 else wanted))

    assert sum(together(8, make)) == 64
    assert set(QuotaCounter.objects.values_list("used_micro", flat=True)) == {32_000_000}


@pytest.mark.parametrize(
    ("asked", "lengths", "counted"),
    [(5.0, [5, 10], 5), (None, [5, 10], 10), (AUTO_S, [AUTO_S, 4, 12.5], 12.5), (None, [], None)],
)
def test_a_length_left_to_the_gateway_counts_as_the_most_there_is(asked, lengths, counted):
    take = make_take_row(request={"duration_s": asked}, hold=False)
    take.model.capabilities = {**take.model.capabilities, "durations_s": lengths}
    hold_for(take, take.author)
    assert ledger.open_holds().get().seconds == (None if counted is None else Decimal(str(counted)))
