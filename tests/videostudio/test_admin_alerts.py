"""Alerts and webhooks in the admin panel and the API: who may, what is shown, what is written down."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from generations.models import Alert, Heartbeat, Notification, Webhook, WebhookDelivery
from generations.services import webhook_sending, webhooks
from providers.models import AuditEvent
from tests.factories import make_account, make_token
from tests.generations.receiver import Receiver, listening

pytestmark = pytest.mark.django_db
FACTS = {
    "failing": {"ended": 9, "failed": 7},
    "disk": {"free_bytes": 3 * 10**9, "least_bytes": 2 * 10**9},
    "sweep": {"late_s": 90, "takes": 1},
}
HOOKS = "/admin/generations/webhook/"


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with listening() as here:
        settings.OUTBOUND_ALLOW = {here.place}
        yield here


@pytest.fixture
def desk(admin: Any, signed_in: Any) -> Client:
    return signed_in(admin)


def make_alert(kind: str = "failing", minutes: float = 5, **fields: Any) -> Alert:
    at = timezone.now() - timedelta(minutes=minutes)
    account = fields.pop("account", None)
    facts = {
        "failing": {"ended": 9, "failed": 7},
        "disk": {"free_bytes": 3 * 10**9, "least_bytes": 2 * 10**9},
    }
    told = {"facts": facts.get(kind, {}), "opened_at": at, "last_seen_at": at, **fields}
    return Alert.objects.create(
        kind=kind, subject=str(account.pk) if account else "", account=account, **told
    )


def test_the_first_page_says_what_is_open_and_takes_the_word_that_it_is_known(desk, admin):
    Heartbeat.objects.create(name="alerts", beaten_at=timezone.now())
    assert "board-alerts" not in desk.get("/admin/").content.decode()
    row = make_alert(account=make_account(name="<b>Venice"))
    Notification.objects.create(person=admin, kind="alert", actor_name="", detail={"alert": str(row.pk)})
    page = desk.get("/admin/").content.decode()
    assert (
        "Many takes fail at &lt;b&gt;Venice" in page and "7 of the last 9 takes did not come through." in page
    )
    answer = desk.post(f"/admin/generations/alert/{row.pk}/acknowledge")
    assert answer.url == "/admin/" and "acknowledged by Ada Min" in desk.get("/admin/").content.decode()
    assert Notification.objects.get().seen_at
    desk.post(f"/admin/generations/alert/{row.pk}/acknowledge")
    assert AuditEvent.objects.filter(verb="acknowledged").count() == 1
    Heartbeat.objects.update(beaten_at=timezone.now() - timedelta(hours=1))
    assert "Nobody looks for alerts" in desk.get("/admin/").content.decode()


def test_the_list_is_filtered_exported_and_seen(desk, admin):
    venice = make_account(name="=Venice")
    make_alert(account=venice)
    make_alert("disk", minutes=60.5, closed_at=timezone.now())
    Notification.objects.create(person=admin, kind="over", actor_name="", detail={})
    page = desk.get("/admin/generations/alert/").content.decode()
    assert "Many takes fail" in page and "It lasted 60 minutes." in page
    assert Notification.objects.get().seen_at
    for query, kinds in (("", 2), ("?state=open", 1), ("?kind__exact=disk", 1)):
        assert len(exported(desk, query)) == kinds, query
    (line,) = exported(desk, f"?account__id__exact={venice.pk}")
    assert (line["kind"], line["about"]) == ("failing", "'=Venice")
    assert AuditEvent.objects.filter(verb="exported", subject="alerts").exists()
    row = Alert.objects.get(kind="failing")
    assert "Go there" in desk.get(f"/admin/generations/alert/{row.pk}/change/").content.decode()
    both = [str(one.pk) for one in Alert.objects.all()]
    desk.post("/admin/generations/alert/", {"action": "acknowledge_these", "_selected_action": both})
    assert list(Alert.objects.exclude(acknowledged_at=None)) == [row], "what is over needs nobody's word"


def exported(desk: Client, query: str) -> list[dict[str, str]]:
    sent = desk.get(f"/admin/generations/alert/export.csv{query}")
    return list(csv.DictReader(io.StringIO(b"".join(sent.streaming_content).decode().removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    "path",
    ["", "alert/", "alert/export.csv", "webhook/", "webhook/add/", "webhookdelivery/"],
)
def test_it_is_for_administrators(path, producer, signed_in, client):
    assert signed_in(producer).get(f"/admin/generations/{path}").status_code == 404
    assert client.get(f"/admin/generations/{path}").status_code == 302


def test_what_is_said_of_earlier_secrets(desk, receiver, admin):
    hook, _secret = webhooks.make(admin, "Pager", receiver.url, ["disk"])
    own = f"{HOOKS}{hook.pk}/change/"
    assert " sign until" not in desk.get(own).content.decode()
    words = ["both secrets sign", "this secret and the 2 before", "the 3 before", "the 4 before"]
    assert all(one in desk.post(f"{HOOKS}{hook.pk}/secret").content.decode() for one in words)
    refused = desk.post(f"{HOOKS}{hook.pk}/secret", follow=True).content.decode()
    assert "It was changed several times" in refused and "whsec" not in refused and "4 sign until" in refused
    Webhook.objects.update(before_until=timezone.now())
    assert " sign until" not in desk.get(own).content.decode(), "their time is over"


def test_a_webhook_from_its_making_to_its_end(desk, admin, receiver):
    form = {"name": "Pager", "url": receiver.url, "kinds": ["disk", "key"], "enabled": "on"}
    refused = desk.post(f"{HOOKS}add/", {**form, "url": "http://10.0.0.1/"}).content.decode()
    assert "https://" in refused and re.search(r'<input[^>]*name="url"[^>]* autofocus', refused)
    assert "change_form.js" not in refused and "change_form.js" in desk.get(f"{HOOKS}add/").content.decode()
    assert not Webhook.objects.exists()
    shown = desk.post(f"{HOOKS}add/", form).content.decode()
    hook = Webhook.objects.get()
    (secret,) = re.findall(r'value="(whsec_[^"]+)"', shown)
    assert hook.secrets(timezone.now()) == [secret] and hook.kinds == ["key", "disk"]
    own = f"{HOOKS}{hook.pk}/change/"
    page = desk.get(own)
    assert secret[6:] not in page.content.decode()
    seen = page.context["adminform"].form["seen"].value()

    receiver.will(503, b"<script>alert(1)</script>")
    page = desk.post(f"{HOOKS}{hook.pk}/test", follow=True).content.decode()
    assert "The test was refused: 503" in page and "<script>alert" not in page and "given up" in page
    assert (
        "The test was taken in: 200, ok" in desk.post(f"{HOOKS}{hook.pk}/test", follow=True).content.decode()
    )
    row = WebhookDelivery.objects.order_by("id").first()
    assert "It is sent again." in desk.post(f"{HOOKS}deliveries/{row.pk}/again", follow=True).content.decode()
    assert webhook_sending.deliver(str(hook.pk)) == 1
    assert receiver.got[-1][0]["webhook-id"] == row.event_id
    body = desk.get(f"/admin/generations/webhookdelivery/{row.pk}/change/").content.decode()
    assert "webhook.test" in body and "delivered" in body

    shown = desk.post(f"{HOOKS}{hook.pk}/secret").content.decode()
    (newer,) = re.findall(r'value="(whsec_[^"]+)"', shown)
    assert newer != secret and "both secrets sign" in shown
    changed = {"name": "Pager", "url": receiver.url, "kinds": ["disk"], "seen": seen}
    assert desk.post(own, changed).status_code == 302
    hook.refresh_from_db()
    assert (hook.kinds, hook.enabled) == (["disk"], False)
    assert "changed by somebody else" in desk.post(own, {**changed, "name": "Late"}).content.decode()
    assert desk.post(f"{HOOKS}{hook.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not WebhookDelivery.objects.exists()
    lines = list(AuditEvent.objects.filter(subject="webhook").order_by("pk"))
    assert [line.verb for line in lines] == [
        *("create", "sent a test", "sent a test", "sent again", "changed the secret", "change", "delete")
    ]
    assert lines[5].before == {"kinds": ["key", "disk"], "enabled": True}
    assert "whsec" not in json.dumps([[line.before, line.after] for line in lines])


def test_the_api_tells_administrators_what_is_open_in_pages(admin, producer):
    account = make_account(name="Venice")
    made = [make_alert(account=account, minutes=9), make_alert("disk", minutes=5)]
    old = make_alert("sweep", minutes=90, closed_at=timezone.now())

    def ask(person: Any, query: str = "") -> Any:
        token = {"Authorization": f"Bearer {make_token(person, 'read')}"}
        return Client().get(f"/api/v1/alerts{query}", headers=token)

    assert ask(producer).status_code == 404
    told = ask(admin).json()
    assert [one["id"] for one in told["items"]] == [str(made[1].pk), str(made[0].pk)]
    assert told["items"][1]["account"] == {
        "id": str(account.pk),
        "name": "Venice",
        "gateway": account.gateway,
    }
    assert told["items"][1]["facts"] == {"ended": 9, "failed": 7} and told["looked_at"] is None
    first = ask(admin, "?state=all&limit=2").json()
    rest = ask(admin, f"?state=all&limit=2&cursor={first['next_cursor']}").json()
    assert [one["id"] for one in [*first["items"], *rest["items"]]] == [
        str(row.pk) for row in (old, *reversed(made))
    ]
    assert rest["next_cursor"] is None
    for query, kinds in (("?kind=disk", 1), (f"?account={account.pk}", 1), ("?state=past", 1)):
        assert len(ask(admin, query).json()["items"]) == kinds, query
    for query in ("?kind=rain", "?state=odd", "?cursor=x"):
        assert ask(admin, query).status_code == 422
