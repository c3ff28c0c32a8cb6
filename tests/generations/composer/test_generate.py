"""What the composer makes, and what it refuses to make."""

from __future__ import annotations

import re
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from generations.models import Draft, Generation, Role, Status
from providers import accounts
from providers.models import Quota
from tests.factories import add_member, make_asset, make_model, make_quota
from tests.generations.composer.page import HTMX

pytestmark = pytest.mark.django_db


def test_generate_makes_the_takes_and_a_composer_with_a_fresh_key(send: Any, project: Any):
    reply = send(count="3", idempotency_key="one")
    page = reply.content.decode()
    assert reply.status_code == 200 and "live:refresh" in reply["HX-Trigger-After-Settle"]
    assert Generation.objects.filter(project=project).count() == 3
    assert ">A quiet harbour</textarea>" in page and 'name="idempotency_key" value="one"' not in page


def test_without_scripts_it_goes_back_to_the_page(send: Any, project: Any):
    reply = send(headers={})
    assert reply.status_code == 302 and reply.url == f"/p/{project.slug}/"


def test_the_same_form_twice_makes_one_set(send: Any):
    assert send(idempotency_key="k", count="2").status_code == 200
    assert send(idempotency_key="k", count="2").status_code == 200
    assert Generation.objects.count() == 2


@pytest.mark.parametrize("key", [None, "", "  "])
def test_a_form_without_its_key_makes_nothing(send: Any, key: str | None):
    for _click in range(2):
        reply = send(idempotency_key=key)
        assert reply.status_code == 422 and "made nothing" in reply.content.decode()
    assert not Generation.objects.exists()
    assert re.search(r'name="idempotency_key" value="[0-9a-f]{32}"', reply.content.decode())


def test_an_old_form_with_other_words_is_refused(send: Any):
    send(idempotency_key="k")
    assert send(idempotency_key="k", prompt="Other words").status_code == 422
    assert Generation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_set(signed_in: Any, bob: Any, project: Any, model: Any):
    from django.db import connection

    clients, codes = [signed_in(bob), signed_in(bob)], []
    body = {
        "prompt": "A harbour",
        "model": str(model.pk),
        "count": "2",
        "shown_usd": "100",
        "idempotency_key": "k",
    }

    def click(client: Any) -> None:
        codes.append(client.post(f"/p/{project.slug}/generate", body, headers=HTMX).status_code)
        connection.close()

    threads = [threading.Thread(target=click, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200, 200] and Generation.objects.count() == 2


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"prompt": "   "}, "Write what the clip should show."),
        ({"prompt": "x" * 3000}, "3,000 characters; this model takes 2,500."),
        ({"duration_s": "7"}, "7 is not offered; choose 5, 10."),
        ({"duration_s": "soon"}, "soon is not offered; choose 5, 10."),
        ({"duration_s": "nan"}, "choose 5, 10."),
        ({"resolution": "8k"}, "8k is not offered; choose 720p, 1080p."),
        ({"aspect_ratio": "2:1"}, "2:1 is not offered; choose 16:9, 9:16."),
        ({"seed": "-1"}, "A seed is a whole number from 0 to"),
        ({"seed": "lucky"}, "A seed is a whole number"),
        ({"count": "9"}, "Choose 1 to 8 takes."),
        ({"count": "0"}, "Choose 1 to 8 takes."),
        ({"model": str(uuid4())}, "The chosen model is no longer offered"),
        ({"first_frame": str(uuid4())}, "This file is not in the project any more."),
    ],
)
def test_what_cannot_be_made_is_named_and_nothing_typed_is_lost(send: Any, values: Any, said: str):
    reply = send(**values)
    page = reply.content.decode()
    assert reply.status_code == 422 and said in page
    assert values.get("prompt", "A quiet harbour") + "</textarea>" in page
    assert Generation.objects.count() == 0


def test_a_model_that_was_retired_is_named(send: Any):
    was = make_model(label="Old master", retired_at=timezone.now())
    words = f"Old master at {was.account} is no longer offered."
    assert words in send(model=str(was.pk)).content.decode()


def test_a_value_the_model_lacks_is_set_aside_not_lost(send: Any):
    page = send(duration_s="7", resolution=None).content.decode()
    assert "Length 7 s" in page


def test_a_higher_price_is_shown_and_asks_for_another_click(send: Any):
    reply = send(shown_usd="0.10", count="2")
    page = reply.content.decode()
    assert reply.status_code == 422 and "The price has changed" in page and "$1.50" in page
    assert 'name="shown_usd" value="1.50"' in page and Generation.objects.count() == 0
    assert send(shown_usd="1.50", count="2").status_code == 200


def test_a_form_that_showed_no_price_agrees_to_none(send: Any):
    assert send(shown_usd="").status_code == 422
    assert Generation.objects.count() == 0


def test_a_limit_is_named(send: Any):
    make_quota("1.00", measure=Quota.Measure.MONEY)
    reply = send(count="2")
    assert reply.status_code == 422 and "The limit of the whole studio" in reply.content.decode()
    assert Generation.objects.count() == 0


def test_an_account_that_is_paused_says_why(send: Any, model: Any):
    model.account.sealed_key = ""
    model.account.save()
    assert "This account has no key." in send().content.decode()
    assert Generation.objects.count() == 0


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
@pytest.mark.parametrize("name", ["generate", "composer", "composer/price", "composer/draft", "upload"])
def test_a_member_who_may_not_compose_is_refused(
    signed_in: Any, make_person: Any, project: Any, model: Any, role: str, name: str
):
    person = make_person("looker")
    add_member(project, person, role)
    body = {"prompt": "A boat", "model": str(model.pk), "shown_usd": "9"}
    assert signed_in(person).post(f"/p/{project.slug}/{name}", body).status_code == 403
    assert Generation.objects.count() == 0 and Draft.objects.count() == 0


@pytest.mark.parametrize("name", ["generate", "composer", "composer/price", "composer/draft", "upload"])
def test_strangers_get_404_and_get_is_not_allowed(
    signed_in: Any, charlie: Any, bob: Any, project: Any, name: str
):
    assert signed_in(charlie).post(f"/p/{project.slug}/{name}", {}).status_code == 404
    assert signed_in(bob).get(f"/p/{project.slug}/{name}").status_code == 405


def test_an_archived_project_takes_nothing_new(send: Any, project: Any):
    from django.utils import timezone

    project.archived_at = timezone.now()
    project.save()
    assert send().status_code == 404


def test_a_foreign_file_is_not_taken(send: Any):
    foreign = make_asset()
    assert send(first_frame=str(foreign.pk)).status_code == 422


def test_who_saw_no_price_has_agreed_to_no_sum(send: Any, model: Any):
    reply = send(shown_usd="unknown")
    assert reply.status_code == 422 and "$0.75" in reply.content.decode()
    assert not Generation.objects.exists()
    model.price_rule = {}
    model.save()
    assert send(shown_usd="unknown").status_code == 200


def test_while_the_gateway_rests_a_take_is_made_and_waits(send: Any, model: Any):
    accounts.rest(model.account_id, 600)
    assert send().status_code == 200
    assert Generation.objects.get().status == Status.QUEUED


def test_a_paused_account_makes_nothing_and_keeps_every_place(send: Any, model: Any):
    open_slots = send("composer").content.decode().count("data-slot=")
    accounts.pause(model.account_id, 600, "The key was rejected.")
    reply = send()
    assert reply.status_code == 422 and "The key was rejected." in reply.content.decode()
    assert reply.content.decode().count("data-slot=") == open_slots and not Generation.objects.exists()
