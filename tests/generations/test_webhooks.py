"""Webhooks over real HTTP: signed as the convention says, tried again under one id, only where one may."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from generations import tasks
from generations.models import AlertKind, Webhook, WebhookDelivery
from generations.services import limit_requests, rhythm, webhook_sending, webhooks
from generations.services.refusals import WrongState
from generations.services.webhooks import BadWebhook
from providers import fetcher, keys, secrets
from providers.models import AuditEvent
from tests.crash.studio import database_url
from tests.factories import make_model, make_quota, make_take_row
from tests.generations.receiver import Receiver
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("webhook_bells")]
KIND = AlertKind.DISK


@pytest.fixture
def made(receiver: Receiver, admin: Any) -> tuple[Webhook, str]:
    return webhooks.make(admin, "Pager", receiver.url, [KIND, "limit", "more"])


@pytest.fixture
def hook(made: tuple[Webhook, str]) -> Webhook:
    return made[0]


def signature(secret: str, headers: dict[str, str], body: bytes) -> str:
    """As a receiver makes it, from the convention's page alone."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def due_now() -> None:
    WebhookDelivery.objects.exclude(next_try_at=None).update(next_try_at=timezone.now())


def test_it_fails_twice_and_is_then_delivered_under_the_same_id(made, receiver):
    hook, secret = made
    webhooks.emit(KIND, "alert.opened", {"facts": {"free_bytes": 5}, "word": "Über"})
    receiver.will(500, b"broken")
    receiver.will(302, Location="http://127.0.0.1:9/elsewhere")
    for attempts in (1, 2):
        assert tasks.deliver(str(hook.pk)) is None
        row = WebhookDelivery.objects.get()
        assert (row.attempts, row.delivered_at) == (attempts, None) and row.next_try_at > timezone.now()
        assert webhook_sending.deliver(str(hook.pk)) == 0 and len(receiver.got) == attempts, (
            "it is not due yet"
        )
        due_now()
    assert (row.status, WebhookDelivery.objects.get().answer) == (302, "")
    assert webhook_sending.deliver(str(hook.pk)) == 1
    row.refresh_from_db()
    assert (row.attempts, row.status, row.answer, row.next_try_at) == (3, 200, "ok", None)
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    assert len({body for _headers, body in receiver.got}) == 1 and len(receiver.got) == 3
    for headers, body in receiver.got:
        assert headers["webhook-signature"] == signature(secret, headers, body)
        assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    told = json.loads(receiver.got[0][1])
    assert set(told) == {"type", "id", "at", "studio", "data"} and told["id"] == headers["webhook-id"]
    assert told["data"] == {"facts": {"free_bytes": 5}, "word": "Über"}


def test_waits_grow_to_two_hours_and_end_after_a_day(hook, monkeypatch):
    monkeypatch.setattr(rhythm.random, "uniform", lambda _a, _b: 1.0)
    waits = [rhythm.webhook_wait_s(attempts) for attempts in range(1, 12)]
    assert waits[:4] == [60, 120, 240, 480] and waits[-1] == 7200
    webhooks.emit(KIND, "alert.opened", {})
    assert webhook_sending.ring_due() == 1
    WebhookDelivery.objects.update(wanted_at=timezone.now() - timedelta(hours=25))
    assert webhook_sending.ring_due() == 0
    row = WebhookDelivery.objects.get()
    assert row.given_up_at and row.next_try_at is None


def test_who_is_told_of_what(hook, admin, receiver, webhook_bells):
    other, _secret = webhooks.make(admin, "Chat", receiver.url, [AlertKind.KEY])
    assert webhooks.emit(AlertKind.KEY, "alert.opened", {}) == 1 and webhook_bells == [str(other.pk)]
    webhooks.change(admin, other, enabled=False)
    assert webhooks.emit(AlertKind.KEY, "alert.opened", {}) == 0
    assert webhook_sending.deliver(str(other.pk)) == 0 and not receiver.got, "nor what waited"


def test_for_a_day_both_secrets_sign(made, admin, receiver):
    hook, old = made
    new = webhooks.rotate(admin, hook)
    webhooks.send_test(admin, hook := Webhook.objects.get())
    headers, body = receiver.got[0]
    given = headers["webhook-signature"].split(" ")
    assert given == [signature(new, headers, body), signature(old, headers, body)]
    Webhook.objects.update(before_until=timezone.now())
    webhooks.send_test(admin, Webhook.objects.get())
    headers, body = receiver.got[1]
    assert headers["webhook-signature"] == signature(new, headers, body)
    lines = [(line.verb, json.dumps([line.before, line.after])) for line in AuditEvent.objects.order_by("pk")]
    assert [verb for verb, _told in lines] == ["create", "changed the secret", "sent a test", "sent a test"]
    assert not any(secret[6:] in told for secret in (old, new) for _verb, told in lines)


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_clicks_on_a_new_secret_end_none_that_a_receiver_may_hold(made, admin):
    hook, old = made
    clicked = together(2, lambda _n: webhooks.rotate(admin, hook))
    row, now = Webhook.objects.get(), timezone.now()
    assert set(row.secrets(now)) == {old, *clicked} and row.secrets(now)[-1] == old
    clicked += [webhooks.rotate(admin, hook) for _click in range(2)]
    with pytest.raises(WrongState, match="several times"):
        webhooks.rotate(admin, hook)
    assert set(Webhook.objects.get().secrets(now)) == {old, *clicked}
    Webhook.objects.update(before_until=now)
    newest = webhooks.rotate(admin, hook)
    assert Webhook.objects.get().secrets(now) == [newest, clicked[-1]]


def test_a_secret_that_cannot_be_read_is_left_behind(made, admin, settings):
    settings.FIELD_KEYS = [base64.urlsafe_b64encode(b"x" * 32).decode()]
    new = webhooks.rotate(admin, made[0])
    assert Webhook.objects.get().secrets(timezone.now()) == [new]


def test_secrets_turn_over_with_the_field_keys(made, admin, settings):
    hook, old = made
    new = webhooks.rotate(admin, hook)
    fresh = base64.urlsafe_b64encode(b"k" * 32).decode()
    settings.FIELD_KEYS = [fresh, *settings.FIELD_KEYS]
    assert keys.rotate() == {secrets.key_id(fresh): 2}
    settings.FIELD_KEYS = [fresh]
    assert Webhook.objects.get().secrets(timezone.now()) == [new, old]
    settings.FIELD_KEYS = [base64.urlsafe_b64encode(b"x" * 32).decode()]
    row = webhooks.send_test(admin, Webhook.objects.get())
    assert "FIELD_KEYS" in row.problem and row.given_up_at, "an unreadable one signs nothing"


def test_a_test_is_sent_once_and_of_its_answer_little_is_kept(hook, admin, receiver):
    receiver.will(418, b"x" * 5000)
    row = webhooks.send_test(admin, hook)
    assert (row.status, row.answer, bool(row.given_up_at)) == (418, "x" * 200, True)
    receiver.will(200, b"\x1f\x8b no gzip\x00", **{"Content-Encoding": "gzip"})
    row = webhooks.send_test(admin, hook)
    assert row.delivered_at and "\x00" not in row.answer
    receiver.server.shutdown()
    receiver.server.server_close()
    assert webhooks.send_test(admin, hook).problem.startswith("There was no answer (")


def test_a_webhook_that_goes_while_it_is_told(hook, admin, monkeypatch):
    real = fetcher.post_guarded

    def post(*given: Any, **named: Any) -> Any:
        answer = real(*given, **named)
        Webhook.objects.all().delete()
        return answer

    webhooks.emit(KIND, "alert.opened", {})
    monkeypatch.setattr(fetcher, "post_guarded", post)
    assert webhook_sending.deliver(str(hook.pk)) == 1 and not WebhookDelivery.objects.exists()
    assert webhook_sending.deliver(str(hook.pk)) == 0


def test_sending_again_keeps_the_id(hook, admin, receiver):
    row = webhooks.send_test(admin, hook)
    webhooks.send_again(admin, row)
    with pytest.raises(WrongState):
        webhooks.send_again(admin, row)
    assert webhook_sending.deliver(str(hook.pk)) == 1
    assert receiver.got[0][0]["webhook-id"] == receiver.got[1][0]["webhook-id"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.com/", "https"),
        ("https://127.0.0.1/", "private"),
        ("https://[::1]/", "private"),
        ("https://[::ffff:10.0.0.1]/", "private"),
        ("https://169.254.169.254/latest/meta-data", "private"),
        ("https://localhost/", "private"),
        ("https://Hooks.LOCALHOST./x", "private"),
        ("https://printer.local/", "private"),
        ("https://chat.corp.internal/", "private"),
        ("https://chat/", "private"),
        ("https://user:pass@93.184.216.34/", "password"),
        ("https://93.184.216.34:22/", "Port 22"),
        ("https://", "address"),
        ("ftp://93.184.216.34/", "https"),
        ("javascript:alert(1)", "https"),
        ("https://[::", "address"),
        ("https://93.184.216.34/" + "a" * 500, "long"),
    ],
)
def test_addresses_that_are_refused(admin, url, words):
    with pytest.raises(BadWebhook, match=words) as refused:
        webhooks.make(admin, "Pager", url, [KIND])
    assert refused.value.field == "url" and not Webhook.objects.exists()


def test_a_local_name_that_the_operator_allows_is_taken(admin, settings):
    settings.OUTBOUND_ALLOW = {"chat.internal:443"}
    hook, _secret = webhooks.make(admin, "Chat", "https://chat.internal/hook", [KIND])
    assert hook.url == "https://chat.internal/hook"
    assert webhooks.checked_url("https://localhost.example.com/") and webhooks.checked_url(
        "https://internal.io/"
    )


def test_what_is_not_allowed_any_more_is_not_sent(hook, admin, settings, receiver):
    settings.OUTBOUND_ALLOW = set()
    row = webhooks.send_test(admin, hook)
    assert "https://" in row.problem and not receiver.got


def test_a_name_that_leads_into_the_house_later_is_refused_when_it_is_sent(hook, admin, monkeypatch):
    Webhook.objects.update(url="https://hooks.example/")
    monkeypatch.setattr(fetcher, "_resolve", lambda _host, _port: ["93.184.216.34", "10.0.0.7"])
    row = webhooks.send_test(admin, Webhook.objects.get())
    assert "private network" in row.problem and row.status is None


def test_what_an_address_ends_with_stays_out_of_the_audit_log(hook, admin):
    for path in ("/services/t0k3n", "/services/0th3r"):
        webhooks.change(admin, hook, url=f"https://93.184.216.34{path}")
    line = AuditEvent.objects.first()
    assert line.before["url"].startswith("https://93.184.216.34/… (") and line.before != line.after
    told = [json.dumps([row.before, row.after]) for row in AuditEvent.objects.all()]
    assert not any("t0k3n" in text or "0th3r" in text for text in told)


@pytest.mark.parametrize(
    ("values", "field"), [({"name": " "}, "name"), ({"kinds": []}, "kinds"), ({"kinds": ["rain"]}, "kinds")]
)
def test_what_else_cannot_be(hook, admin, values, field):
    with pytest.raises(BadWebhook) as refused:
        webhooks.change(admin, hook, **values)
    assert refused.value.field == field
    with pytest.raises(BadWebhook):
        webhooks.make(admin, hook.name, hook.url, [KIND])


def test_limits_are_told_without_a_prompt(hook, project, bob, django_capture_on_commit_callbacks):
    quota = make_quota(20, measure="money", scope="person", scope_id=bob.pk, soft_limit=Decimal("0.5"))
    with django_capture_on_commit_callbacks(execute=True):
        make_take_row(project=project, author=bob, model=make_model(), prompt="A secret boat")
    limit_requests.ask(bob, quota, Decimal(5), "For the secret boat")
    told = [json.loads(row.body) for row in WebhookDelivery.objects.order_by("id")]
    assert [one["type"] for one in told] == ["limit.warning", "limit.request"]
    assert told[0]["data"]["limit_id"] == str(quota.pk) and told[0]["data"]["used"] == "0.75"
    assert told[1]["data"]["amount"] == "5.00" or told[1]["data"]["amount"] == "5"
    assert "secret" not in json.dumps(told)


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_it_once(hook, receiver):
    webhooks.emit(KIND, "alert.opened", {})
    assert sum(together(4, lambda _n: webhook_sending.deliver(str(hook.pk)))) == 1
    assert len(receiver.got) == 1


WORKER = """
import os, signal, sys, django
django.setup()
from unittest import mock
from django.conf import settings
from generations import tasks
from generations.services import webhook_sending
settings.OUTBOUND_ALLOW = {sys.argv[2]}
real = webhook_sending.fetcher.post_guarded
def post_and_die(*given, **named):
    real(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
with mock.patch.object(webhook_sending.fetcher, "post_guarded", post_and_die):
    tasks.deliver(sys.argv[1])
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_after_its_post_leaves_it_to_be_sent_again(hook, receiver):
    """At least once, under the same id: the receiver knows it for the same."""
    webhooks.emit(KIND, "alert.opened", {})
    env = {**os.environ, "DATABASE_URL": database_url()}
    died = subprocess.run([sys.executable, "-c", WORKER, str(hook.pk), receiver.place], env=env, check=False)
    assert died.returncode == -signal.SIGKILL
    row = WebhookDelivery.objects.get()
    assert (row.attempts, row.delivered_at) == (1, None) and row.next_try_at > timezone.now()
    assert webhook_sending.deliver(str(hook.pk)) == 0
    due_now()
    assert webhook_sending.ring_due() == 1 and webhook_sending.deliver(str(hook.pk)) == 1
    ids = [headers["webhook-id"] for headers, _body in receiver.got]
    assert len(ids) == 2 and len(set(ids)) == 1
