"""A gateway's key is looked for wherever something leaves the studio: every page and answer, the admin with
its exports, the database as it is dumped, logs, and what a crash writes. The key is used meanwhile."""

from __future__ import annotations

import base64
import io
import logging
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from generations.models import Webhook
from generations.services import submit as submitting
from generations.services import webhook_signing, webhooks
from providers import accounts, audit_chain
from providers.models import AuditEvent, FormerKey, ProviderAccount
from tests import factories
from tests.videostudio.test_routes import TABLE, address
from videostudio.api import api
from videostudio.redaction import RedactingFormatter

pytestmark = pytest.mark.django_db
KEY = "sk-Zq81kPlantedX93mmQ7Lw"
PARTS = (KEY, KEY[3:], KEY[:12])
HOOK = "whsec_" + base64.b64encode(b"planted-secret-of-a-webhook-0001").decode()
PARTS += (HOOK, HOOK[6:], HOOK[6:24])
ADMIN = (
    *("", "providers/provideraccount/", "providers/provideraccount/add/", "providers/videomodel/"),
    *("providers/ledgerentry/", "providers/quota/", "providers/auditevent/", "generations/generation/"),
    *("providers/auditevent/export.csv", "providers/auditevent/export.jsonl"),
    *("generations/alert/", "generations/alert/export.csv", "generations/webhookdelivery/"),
    *("generations/webhook/", "generations/webhook/add/"),
)


@pytest.fixture
def log() -> Any:
    """All that is written, down to the last word, as production would write it."""
    target = io.StringIO()
    handler = logging.StreamHandler(target)
    handler.setFormatter(RedactingFormatter())
    root, was = logging.getLogger(), logging.root.manager.disable
    logging.disable(logging.NOTSET)
    before, root.level = root.level, logging.DEBUG
    root.addHandler(handler)
    yield target
    root.removeHandler(handler)
    root.level = before
    logging.disable(was)


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{answer.headers}{body.decode(errors='replace')}"


def pages(client: Client, place: dict[str, str]) -> dict[str, str]:
    read = [route for route, (method, *_codes) in TABLE.items() if method == "GET"]
    return {route: text_of(client.get(address(route, place))) for route in read}


def answers(token: str, ids: dict[str, Any]) -> dict[str, str]:
    found = {}
    for path, methods in api.get_openapi_schema()["paths"].items():
        if "get" in methods:
            url = path
            for name, value in ids.items():
                url = url.replace("{" + name + "}", str(value))
            if "{" not in url:
                found[path] = text_of(Client().get(url, headers={"Authorization": f"Bearer {token}"}))
    return found


def make_webhook(admin: Any, monkeypatch: Any) -> Webhook:
    """One that has signed with the planted secret, was turned over, and could not be reached."""
    with monkeypatch.context() as patch:
        patch.setattr(webhook_signing, "new_secret", lambda: HOOK)
        patch.setattr(webhooks, "checked_url", str)
        hook, _secret = webhooks.make(admin, "Pager", "https://127.0.0.1/", ["disk"])
        webhooks.rotate(admin, hook)
    webhooks.send_test(admin, Webhook.objects.get())
    return hook


def test_the_key_is_nowhere(place, producer, admin, signed_in, project, monkeypatch, log):
    hook = make_webhook(admin, monkeypatch)
    for account in ProviderAccount.objects.all():
        accounts.save_key(account, "sk-old-0123456789", actor=admin)
        accounts.save_key(account, KEY, actor=admin)
    take = factories.make_take_row(project=project, status="queued")
    ProviderAccount.objects.filter(pk=take.account_id).update(base_url="http://127.0.0.1:9/v1")
    account = ProviderAccount.objects.get(pk=take.account_id)
    accounts.save_key(account, KEY, actor=admin)
    accounts.check_key(account)
    submitting.submit_generation(str(take.pk))  # nobody listens there: what it says of that is kept

    def crash(*_args: Any, **_more: Any) -> Any:
        raise RuntimeError("in the middle of a submit")

    again = factories.make_take_row(project=project, status="queued", model=take.model)
    monkeypatch.setattr("generations.services.submit.accounts.client_for", crash)
    with pytest.raises(RuntimeError) as crashed:
        submitting.submit_generation(str(again.pk))
    logging.getLogger("studio").error("crashed", exc_info=crashed.value)
    monkeypatch.undo()
    audit_chain.link_new()

    desk, found = signed_in(admin), {}
    found |= pages(desk, place) | {"spend": text_of(desk.get("/spend"))}
    found |= {f"admin/{name}": text_of(desk.get(f"/admin/{name}")) for name in ADMIN}
    of_account = f"/admin/providers/provideraccount/{account.pk}"
    found |= {name: text_of(desk.get(f"{of_account}/{name}/")) for name in ("change", "history", "keys")}
    ids = {"take_id": take.pk, "project": project.slug}
    found |= answers(factories.make_token(admin), ids)
    found["webhook"] = text_of(desk.get(f"/admin/generations/webhook/{hook.pk}/change/"))
    found["webhook/history"] = text_of(desk.get(f"/admin/generations/webhook/{hook.pk}/history/"))
    dumped = io.StringIO()
    call_command("dumpdata", stdout=dumped)
    found |= {"database": dumped.getvalue(), "log": log.getvalue()}
    hits = [(name, part) for name, text in found.items() for part in PARTS if part in text]
    assert hits == []
    assert len(found) > 80 and KEY[-4:] in found["change"] and "crashed" in found["log"]
    assert str(account.former_keys.get()) in found["keys"] and FormerKey.objects.count() > 1
    assert AuditEvent.objects.filter(verb="save key").exists() and account.get_key() == KEY
    assert "private network" in found["webhook"] and hook.secrets(timezone.now())[0] == HOOK
