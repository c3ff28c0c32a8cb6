"""What a receiver that is down or slow costs: one worker at a time, and a wait a minute whatever happens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from generations.models import AlertKind, Webhook, WebhookDelivery
from generations.services import webhook_sending, webhooks
from providers import fetcher
from tests.generations.receiver import Receiver
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("webhook_bells")]
KIND = AlertKind.DISK


@pytest.fixture
def hook(receiver: Receiver, admin: Any) -> Webhook:
    return webhooks.make(admin, "Pager", receiver.url, [KIND])[0]


@pytest.fixture
def other(receiver: Receiver, admin: Any) -> Webhook:
    return webhooks.make(admin, "Chat", receiver.url, [AlertKind.KEY])[0]


def answer_all(webhook_bells: list[str]) -> int:
    """Every bell, those that it brings about included. Returns how many were delivered."""
    done = 0
    while webhook_bells:
        done += webhook_sending.deliver(webhook_bells.pop(0))
    return done


def a_minute_later() -> None:
    """As if all that was tried or planned had been a minute ago."""
    minute = timedelta(seconds=75)
    for row in WebhookDelivery.objects.exclude(next_try_at=None):
        row.next_try_at -= minute
        row.tried_at = row.tried_at and row.tried_at - minute
        row.save()


def test_a_receiver_that_is_down_costs_one_wait_a_minute(hook, receiver, webhook_bells):
    for number in range(6):
        webhooks.emit(KIND, "alert.opened", {"n": number})
    receiver.will(503)
    assert answer_all(webhook_bells) == 0 and len(receiver.got) == 1
    webhooks.emit(KIND, "alert.opened", {"n": 6})  # what happens meanwhile costs nothing either
    assert answer_all(webhook_bells) == 0 and len(receiver.got) == 1
    assert webhook_sending.ring_due() == 0, "nothing is due before the minute is over"
    a_minute_later()
    assert webhook_sending.ring_due() == 1 and answer_all(webhook_bells) == 7
    assert sorted(WebhookDelivery.objects.values_list("attempts", flat=True)) == [1] * 6 + [2]


def test_one_event_that_is_never_taken_holds_up_the_others_for_a_minute(hook, receiver, webhook_bells):
    webhooks.emit(KIND, "alert.opened", {})
    WebhookDelivery.objects.update(attempts=8)  # its own next try is two hours away
    receiver.will(422)
    assert answer_all(webhook_bells) == 0
    webhooks.emit(KIND, "alert.closed", {})
    assert answer_all(webhook_bells) == 0
    a_minute_later()
    webhook_sending.ring_due()
    assert answer_all(webhook_bells) == 1 and WebhookDelivery.objects.get(delivered_at=None).attempts == 9


def test_sending_again_waits_for_no_minute(hook, admin, receiver, webhook_bells):
    receiver.will(500)
    row = webhooks.send_test(admin, hook)
    webhooks.send_again(admin, row)
    assert answer_all(webhook_bells) == 1


def test_while_one_worker_sends_no_other_does(hook, other, receiver, webhook_bells, monkeypatch):
    """The other worker of its cluster is for takes; what waits is rung for when the first is done."""
    real, meanwhile = fetcher.post_guarded, []

    def post(*given: Any, **named: Any) -> Any:
        if not meanwhile:
            meanwhile.append([webhook_sending.deliver(str(one.pk)) for one in (hook, other)])
        return real(*given, **named)

    for kind in (KIND, KIND, AlertKind.KEY):
        webhooks.emit(kind, "alert.opened", {})
    monkeypatch.setattr(fetcher, "post_guarded", post)
    webhook_bells.clear()
    assert webhook_sending.deliver(str(hook.pk)) == 2 and meanwhile == [[0, 0]]
    assert webhook_bells == [str(other.pk)] and answer_all(webhook_bells) == 1 and len(receiver.got) == 3


def test_a_slow_receiver_keeps_a_worker_for_a_short_while(hook, other, receiver, webhook_bells, monkeypatch):
    for kind in (KIND, KIND, KIND, AlertKind.KEY):
        webhooks.emit(kind, "alert.opened", {})
    webhook_bells.clear()
    monkeypatch.setattr(webhook_sending, "LONGEST_S", 0.0)
    assert webhook_sending.deliver(str(hook.pk)) == 1
    assert webhook_bells == [str(other.pk), str(hook.pk)], "the rest is rung for, its own last"
    assert answer_all(webhook_bells) == 3 and len(receiver.got) == 4


def test_what_a_dead_worker_held_stops_no_other_for_long(hook, other, receiver, webhook_bells):
    for kind in (KIND, AlertKind.KEY):
        webhooks.emit(kind, "alert.opened", {})
    assert webhook_sending._claim(hook)
    assert answer_all(webhook_bells) == 0 and not receiver.got
    WebhookDelivery.objects.filter(webhook=hook).update(next_try_at=timezone.now())
    now = timezone.now()  # another of its events has just failed
    WebhookDelivery.objects.create(
        webhook=hook, attempts=1, wanted_at=now, tried_at=now, next_try_at=now + timedelta(seconds=50)
    )
    assert webhook_sending.ring_due() == 2 and answer_all(webhook_bells) == 1
    a_minute_later()
    assert webhook_sending.ring_due() == 1 and answer_all(webhook_bells) == 2


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rests", [False, True])
def test_a_webhook_is_deleted_while_a_bell_claims_what_it_is_told(
    hook, receiver, webhook_bells, monkeypatch, rests
):
    """The one has locked the deliveries, the other the webhook: neither waits for the other."""
    pool, deleted = ThreadPoolExecutor(1), []

    def delete() -> int:
        try:
            return Webhook.objects.get(pk=hook.pk).delete()[0]
        finally:
            connection.close()

    def in_the_middle(_hook: Any, now: Any) -> Any:
        deleted.append(pool.submit(delete))
        wait(deleted, 0.5)  # it gets as far as it can
        return now + timedelta(minutes=1) if rests else None

    webhooks.emit(KIND, "alert.opened", {})
    monkeypatch.setattr(webhook_sending, "_rests_until", in_the_middle)
    webhook_sending._claim(hook)
    assert deleted[0].result(10) == 2 and not Webhook.objects.exists()
    pool.shutdown()


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_bells_at_once_for_two_webhooks_send_one_after_the_other(
    hook, other, receiver, webhook_bells, monkeypatch
):
    real, at_once, most = fetcher.post_guarded, [], []

    def post(*given: Any, **named: Any) -> Any:
        at_once.append(1)
        most.append(len(at_once))
        try:
            return real(*given, **named)
        finally:
            at_once.pop()

    monkeypatch.setattr(fetcher, "post_guarded", post)
    for kind in (KIND, AlertKind.KEY) * 3:
        webhooks.emit(kind, "alert.opened", {})
    webhook_bells.clear()
    together(4, lambda number: webhook_sending.deliver(str((hook, other)[number % 2].pk)))
    answer_all(webhook_bells)
    assert max(most) == 1 and len(receiver.got) == 6
    assert not WebhookDelivery.objects.filter(delivered_at=None).exists()
