"""NUL, half a surrogate pair and NaN through every door that keeps JSON or text, on both databases."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from generations.models import Draft, Generation, Status
from generations.services import consent
from providers.gateways.plain import keepable
from providers.gateways.values import ConsentNeeded
from providers.gateways.wire import Reply
from tests.factories import make_model, make_take_row, make_token

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ODD = ['"a\\u0000b"', '"a\\ud800b"', "NaN", "-Infinity", "1e999", '{"a\\u0000": [NaN]}']


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("field", ["negative_prompt", "seed"])
def test_a_draft_with_odd_values_set_aside_is_kept(project, bob, signed_in, value, field):
    body = {
        "prompt": "A harbour\x00",
        "model": str(make_model().pk),
        "aside": f'{{"{field}": [{value}, null]}}',
    }
    assert signed_in(bob).post(f"/p/{project.slug}/composer/draft", body).status_code == 200
    kept = Draft.objects.get().body
    assert keepable(kept) == kept and kept["prompt"] == "A harbour"
    assert signed_in(bob).get(f"/p/{project.slug}/").status_code == 200


@pytest.mark.parametrize("name", ["key\x00", "form\x00key"])
def test_a_key_of_a_form_may_hold_anything(project, bob, signed_in, name):
    model = make_model()
    body = {"prompt": "A harbour", "model": str(model.pk), "shown_usd": "9", "idempotency_key": name}
    assert signed_in(bob).post(f"/p/{project.slug}/generate", body).status_code in (200, 302)
    assert Generation.objects.count() == 1


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("field", ["prompt", "extra", "resolution", "duration_s", "project", "account"])
def test_the_api_refuses_them_with_a_reason(project, alice, field, value):
    wish = {"project": project.slug, "model": make_model().wire_id, "prompt": "A boat"}
    given = f'{{"nested": [{value}]}}' if field == "extra" else value
    body = json.dumps(wish)[:-1] + f', "{field}": {given}}}'
    headers = {"Authorization": f"Bearer {make_token(alice)}"}
    for address in ("/api/v1/generations", "/api/v1/quotes"):
        answer = Client().generic("POST", address, body, "application/json", headers=headers)
        assert answer.status_code == 422, answer.content
    assert not Generation.objects.exists()


@pytest.mark.parametrize("address", ["/p/%00/", "/p/a%00b/gallery", "/p/a%00b/members", "/api/v1/assets/%00"])
def test_no_address_holds_a_nul(alice, signed_in, address):
    assert signed_in(alice).get(address).status_code == 404


@pytest.mark.parametrize("value", ODD)
def test_what_a_gateway_says_can_be_kept(value):
    body = f'{{"a": [{value}], "b": "\\u00fc"}}'.encode()
    told = Reply(200, {}, body).json()
    assert told["b"] == "ü"
    take = make_take_row(job_handle=keepable(told))
    Generation.objects.get(pk=take.pk)
    if value != "1e999":  # read as a number by ``as_number``, which refuses it
        make_take_row(job_handle=told)


def test_words_of_a_gateway_with_a_nul_are_asked_about():
    reply = Reply(409, {}, b'{"policy_text": "I may.\\u0000 \\ud800"}').json()
    take = make_take_row(status=Status.SUBMITTING)
    assert consent.gateway_asks(
        take, ConsentNeeded("face", "1", reply["policy_text"], (), {"rights": "Mine."})
    )
    assert Generation.objects.get().consent["policy_text"] == "I may. "


def test_raw_halves_of_surrogates_go_as_well():
    assert Reply(200, {}, b'{"a": "x\xed\xa0\x80y \xed\x95\x9c"}').json() == {"a": "xy 한"}
