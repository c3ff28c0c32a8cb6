"""The take page, its live fragment and the verbs: who may, what is said, and that two clicks make one."""

from __future__ import annotations

import io
import json
import os
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from generations.models import Draft, Generation, Membership, Output, Role, Status
from generations.services import decide
from generations.services.transitions import record
from tests import factories, media_files

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PAGES = ("take", "take-live")
# verb -> (a status that allows it, roles that may)
MAKERS = {Role.OWNER, Role.EDITOR}
VERBS: dict[str, tuple[str, dict[str, Any]]] = {
    "take-cancel": ("running", {}),
    "take-retry": ("failed", {}),
    "take-edit": ("failed", {}),
    "take-use-last-frame": ("completed", {}),
    "take-resume": ("storing", {"parked_at": timezone.now()}),
    "take-resolve": ("uncertain", {}),
    "take-trash": ("failed", {}),
    "take-restore": ("failed", {"trashed_at": timezone.now()}),
}


def make(project: Any, status: str = "completed", **fields: Any) -> Generation:
    return factories.make_take_row(project=project, status=status, **fields)


def post(client: Any, name: str, take: Generation, htmx: bool = False, **data: Any) -> Any:
    return client.post(reverse(name, args=[take.pk]), data, headers=HTMX if htmx else {})


def ready_for(project: Any, name: str) -> Generation:
    status, fields = VERBS[name]
    take = make(project, status, **fields)
    if name == "take-use-last-frame":
        factories.make_output(take, _png(), kind=Output.Kind.LAST_FRAME, mime="image/png")
    return take


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 36), "teal").save(out, "PNG")
    return out.getvalue()


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", list(Role))
def test_every_role_reads(project, charlie, signed_in, name, role):
    Membership.objects.create(project=project, user=charlie, role=role)
    assert signed_in(charlie).get(reverse(name, args=[make(project).pk])).status_code == 200


@pytest.mark.parametrize("name", [*PAGES, "take-price", *VERBS, "consent"])
def test_a_stranger_finds_nothing(project, charlie, signed_in, name):
    take, caller = make(project, "failed"), signed_in(charlie)
    url = reverse(name, args=[take.pk])
    reply = caller.post(url) if name in VERBS else caller.get(url)
    assert reply.status_code == 404


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("role", list(Role))
def test_only_makers_act(project, charlie, signed_in, name, role):
    Membership.objects.create(project=project, user=charlie, role=role)
    sent = {"action": "drop", "once": "one click", "shown": "100"}
    reply = post(signed_in(charlie), name, ready_for(project, name), **sent)
    assert reply.status_code == (302 if role in MAKERS else 403)


@pytest.mark.parametrize("name", VERBS)
def test_verbs_are_never_a_get(project, bob, signed_in, name):
    assert signed_in(bob).get(reverse(name, args=[make(project).pk])).status_code == 405


def test_the_price_is_for_people_who_may_spend(project, charlie, signed_in):
    Membership.objects.create(project=project, user=charlie, role=Role.REVIEWER)
    assert signed_in(charlie).get(reverse("take-price", args=[make(project).pk])).status_code == 403


def test_a_viewer_is_offered_nothing_to_press(project, charlie, signed_in):
    Membership.objects.create(project=project, user=charlie, role=Role.VIEWER)
    html = signed_in(charlie).get(reverse("take", args=[make(project, "failed").pk])).content.decode()
    assert 'method="post"' not in html.split("<main")[1]


# --- state conflicts ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["take-cancel", "take-trash", "take-restore", "take-resume", "take-resolve"])
def test_a_take_that_moved_on_is_409_with_the_fresh_fragment(project, bob, signed_in, name):
    take = make(project, "completed" if name != "take-trash" else "running")
    reply = post(signed_in(bob), name, take, htmx=True, action="submit_again")
    assert reply.status_code == 409
    assert 'id="takepage"' in reply.content.decode() and "<html" not in reply.content.decode()
    assert json.loads(reply["HX-Trigger"])["studio:toast"]["level"] == "error"


def test_without_scripts_a_conflict_is_a_whole_page(project, bob, signed_in):
    reply = post(signed_in(bob), "take-cancel", make(project))
    assert reply.status_code == 409 and b"<html" in reply.content


def test_dropping_an_uncertain_take_does_not_cancel_one_that_was_found(project, bob, signed_in):
    take = make(project, "running")
    assert post(signed_in(bob), "take-resolve", take, action="drop", state="uncertain").status_code == 409
    take.refresh_from_db()
    assert take.status == Status.RUNNING


def test_an_unknown_action_is_422(project, bob, signed_in):
    assert post(signed_in(bob), "take-resolve", make(project, "uncertain"), action="burn").status_code == 422


def test_a_full_limit_is_429_with_its_sentence(project, bob, signed_in):
    take = make(project, "uncertain")
    factories.make_take_row(project=project)
    factories.make_quota(1)
    reply = post(signed_in(bob), "take-resolve", take, htmx=True, action="submit_again")
    assert reply.status_code == 429
    assert "limit" in json.loads(reply["HX-Trigger"])["studio:toast"]["text"]
    take.refresh_from_db()
    assert take.status == Status.UNCERTAIN and take.attempt == 1


# --- verbs --------------------------------------------------------------------------------------


def test_cancel_goes_back_to_where_the_button_stood(project, bob, signed_in):
    caller, here = signed_in(bob), f"/p/{project.slug}/"
    url = reverse("take-cancel", args=[make(project, "queued").pk])
    assert caller.post(url, headers={"Referer": f"http://testserver{here}"}).url.endswith(here)
    other = reverse("take-cancel", args=[(take := make(project, "queued")).pk])
    assert caller.post(other, {"next": "https://evil.example/"}).url == f"/t/{take.pk}"


def test_the_retry_button_carries_price_and_a_key(project, bob, signed_in):
    html = (
        signed_in(bob)
        .get(reverse("take-price", args=[make(project, "failed").pk]), headers=HTMX)
        .content.decode()
    )
    assert "$0.75" in html and 'name="once"' in html and 'value="0.75"' in html


QUIET = {"generate_audio": False}
LOUD = {
    "prompt": "x",
    "duration_s": 5.0,
    "resolution": "720p",
    "aspect_ratio": "16:9",
    "generate_audio": True,
}


def loud_model() -> Any:
    """Sound doubles its price."""
    rates = [{"usd": "0.30", "sound": True}, {"usd": "0.15", "sound": False}]
    caps = {**factories.CAPABILITIES, "audio": "optional"}
    return factories.make_model(capabilities=caps, price_rule={"per": "second", "rates": rates})


def test_a_failure_that_names_a_change_offers_it_at_its_own_price(project, bob, signed_in):
    fields = {"model": loud_model(), "request": LOUD}
    take = make(project, "failed", failure_mend=QUIET, **fields)
    plain = make(project, "failed", **fields)
    asked = {
        t.pk: signed_in(bob).get(reverse("take-price", args=[t.pk])).content.decode() for t in (take, plain)
    }
    assert "Retry without sound" in asked[take.pk] and 'name="mended"' not in asked[plain.pk]
    assert 'value="1.50"' in asked[take.pk] and 'value="0.75"' in asked[take.pk]
    made = {}
    for key, data in {"loud": {"shown": "1.50"}, "quiet": {"shown": "0.75", "mended": "1"}}.items():
        answer = post(signed_in(bob), "take-retry", take, once=key, **data)
        made[key] = Generation.objects.get(pk=answer.url.rpartition("/")[2])
    assert made["loud"].request["generate_audio"] is True
    assert made["quiet"].request["generate_audio"] is False
    assert made["quiet"].held_usd == Decimal("0.75") and made["quiet"].parent == take
    assert post(signed_in(bob), "take-retry", plain, once="k", shown="9", mended="1").status_code == 409


def test_two_clicks_make_one_retry(project, bob, signed_in):
    take, caller = make(project, "failed"), signed_in(bob)
    first = post(caller, "take-retry", take, once="k1", shown="0.75")
    second = post(caller, "take-retry", take, once="k1", shown="0.75")
    assert first.url == second.url
    new = Generation.objects.get(parent=take)
    assert (new.relation, new.author, new.request["prompt"]) == ("retry", bob, take.prompt)


def test_a_retry_above_the_price_shown_is_not_made(project, bob, signed_in):
    take = make(project, "failed")
    for shown in ("0.10", "NaN", "nonsense"):
        assert post(signed_in(bob), "take-retry", take, htmx=True, once=shown, shown=shown).status_code == 409
    assert not Generation.objects.filter(parent=take).exists()


def test_a_retry_of_unknown_price_agrees_to_no_sum(project, bob, signed_in):
    take = make(project, "failed")
    model = type(take.model).objects.filter(pk=take.model_id)
    rule = take.model.price_rule
    model.update(price_rule={})
    asked = signed_in(bob).get(reverse("take-price", args=[take.pk])).content.decode()
    assert 'name="shown" value="unknown"' in asked
    model.update(price_rule=rule)  # it is known by the time of the click
    for shown in ("unknown", ""):
        assert post(signed_in(bob), "take-retry", take, once="k1", shown=shown).status_code == 409
    assert not Generation.objects.filter(parent=take).exists()
    model.update(price_rule={})
    assert post(signed_in(bob), "take-retry", take, once="k1", shown="unknown").status_code == 302


def test_a_take_in_flight_is_not_retried(project, bob, signed_in):
    assert post(signed_in(bob), "take-retry", make(project, "running")).status_code == 409


def test_a_model_that_is_gone_is_said(project, bob, signed_in):
    take = make(project, "failed")
    type(take.model).objects.filter(pk=take.model_id).update(retired_at=timezone.now())
    reply = post(signed_in(bob), "take-retry", take, htmx=True, once="one click")
    assert reply.status_code == 422 and "no longer offered" in reply["HX-Trigger"]


def test_edit_fills_the_composer(project, bob, signed_in):
    take = make(project, "failed", prompt="Fog over the pier")
    reply = post(signed_in(bob), "take-edit", take)
    assert reply.url == f"/p/{project.slug}/?focus=prompt"
    body = Draft.objects.get(user=bob, project=project).body
    assert (body["prompt"], body["model"], body["parent"]) == (
        "Fog over the pier",
        str(take.model_id),
        str(take.pk),
    )


def test_the_last_frame_becomes_a_first_frame(project, bob, signed_in):
    take = ready_for(project, "take-use-last-frame")
    for _ in range(2):  # the same asset when asked again
        post(signed_in(bob), "take-use-last-frame", take)
    asset = project.assets.get()
    assert asset.derivation == {"op": "last_frame", "take": str(take.pk)}
    body = Draft.objects.get(user=bob).body
    assert body["inputs"] == [{"role": "first_frame", "asset": str(asset.pk)}]


def test_a_last_frame_too_large_for_the_gateway_goes_in_as_a_smaller_copy(project, bob, signed_in, tmp_path):
    model = factories.make_model(capabilities={**factories.CAPABILITIES, "max_body_bytes": 700_000})
    take = make(project, "completed", model=model)
    noise = Image.frombytes("RGB", (1280, 720), os.urandom(1280 * 720 * 3))
    noise.save(tmp_path / "last.png")
    content = (tmp_path / "last.png").read_bytes()
    factories.make_output(take, content, kind=Output.Kind.LAST_FRAME, mime="image/png")
    client = signed_in(bob)
    for _ in range(2):
        assert post(client, "take-use-last-frame", take).status_code == 302
    whole, copy = project.assets.order_by("id")
    assert whole.size_bytes > 2_000_000 and copy.derived_from == whole and copy.size_bytes < 500_000
    body = Draft.objects.get(user=bob).body
    assert body["inputs"] == [{"role": "first_frame", "asset": str(copy.pk)}]
    assert (body["parent"], body["relation"]) == (str(take.pk), "last_frame")
    page = client.get(f"/p/{project.slug}/").content.decode()
    assert ">Copy, 0." in page and f"/a/{copy.pk}/original" in page


def test_accepting_a_price_goes_on_with_the_same_take(project, bob, signed_in):
    take = make(project, "failed", failure_class="price_moved", held_usd=Decimal("0.50"), hold=False)
    record(take.pk, project.pk, "failed", to_status="failed", detail={"code": "0.75"})
    html = signed_in(bob).get(reverse("take", args=[take.pk])).content.decode()
    assert "Accept the new price" in html and 'value="0.75"' in html
    assert post(signed_in(bob), "take-resolve", take, action="accept_price", shown="0.75").status_code == 302
    take.refresh_from_db()
    assert (take.status, take.attempt, take.held_usd) == ("queued", 2, Decimal("0.75"))


# --- what is shown ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Status.values)
def test_every_state_has_its_page(project, bob, signed_in, status):
    for sandbox in (False, True):
        model = factories.make_model(account=factories.make_account(sandbox=sandbox))
        reply = signed_in(bob).get(reverse("take", args=[make(project, status, model=model).pk]))
        assert reply.status_code == 200
        assert ("Sandbox: nothing is charged" in reply.content.decode()) is sandbox


def test_an_unknown_price_is_never_nothing(project, bob, signed_in):
    take = make(project, "completed", held_usd=None, price_basis="unknown")
    html = signed_in(bob).get(reverse("take", args=[take.pk])).content.decode()
    receipt = html.split('id="h-receipt"')[1].split("</dl>")[0]
    assert "unknown" in receipt and "$0.00" not in receipt


def test_only_administrators_read_the_raw_reply(project, bob, admin, signed_in):
    take = make(project, "failed", failure_raw='{"code": "blocked-7"}')
    url = reverse("take", args=[take.pk])
    assert b"blocked-7" not in signed_in(bob).get(url).content
    assert b"blocked-7" in signed_in(admin).get(url).content


def test_hostile_words_stay_words(project, admin, signed_in):
    bad = '"><img src=x onerror=alert(1)>{{ 7|add:7 }}'
    take = make(project, "failed", prompt=bad, failure_message=bad, failure_raw=bad, failure_hint=bad)
    record(take.pk, project.pk, "failed", detail={"message": bad})
    html = signed_in(admin).get(reverse("take", args=[take.pk])).content.decode()
    assert "<img src=x" not in html and "&lt;img src=x" in html
    assert " style=" not in html and "<script>" not in html
    assert not any("onerror" in part.split('"')[0] for part in html.split(" hx-")[1:])


def test_the_fragment_is_silent_until_something_changed(project, bob, signed_in):
    take, caller = make(project, "running"), signed_in(bob)
    html = caller.get(reverse("take", args=[take.pk])).content.decode()
    version = html.split('data-version="')[1].split('"')[0]
    url = reverse("take-live", args=[take.pk])
    assert caller.get(url, {"v": version}).status_code == 204
    decide.cancel(bob, take)
    assert caller.get(url, {"v": version}).status_code == 200


def test_the_page_asks_the_database_a_fixed_number_of_times(project, bob, signed_in):
    take, caller, url = (made := make(project)), signed_in(bob), reverse("take", args=[made.pk])
    factories.make_output(take)
    caller.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        caller.get(url)
    for _ in range(5):
        record(take.pk, project.pk, "sending", actor=bob)
        make(project, "failed", parent=take, relation="retry")
    with CaptureQueriesContext(connection) as many:
        caller.get(url)
    assert len(many) == len(few) <= 20


def test_an_archived_project_offers_nothing_that_costs(project, bob, signed_in):
    take = make(project, "failed")
    type(project).objects.filter(pk=project.pk).update(archived_at=timezone.now())
    page = signed_in(bob).get(take.get_absolute_url())
    assert page.status_code == 200
    assert not page.context["can"]["retry"] and not page.context["can"]["edit"]


@pytest.mark.parametrize("kept", [True, False])
def test_the_family_is_told_only_while_the_last_frame_is_in_its_slot(project, bob, signed_in, kept, tmp_path):
    parent = factories.make_take_row(project=project, author=bob, status="completed", hold=False)
    factories.make_output(
        parent,
        media_files.make_image(tmp_path / "f.png", (640, 360), format="PNG").read_bytes(),
        kind="last_frame",
        mime="image/png",
    )
    client = signed_in(bob)
    assert client.post(f"/t/{parent.pk}/use-last-frame").status_code == 302
    draft = Draft.objects.get(user=bob, project=project).body
    values = {
        "prompt": "On it goes",
        "model": draft["model"],
        "parent": str(parent.pk),
        "relation": "last_frame",
    }
    values |= {
        "count": "1",
        "shown_usd": "100",
        "idempotency_key": "one",
        "duration_s": "5",
        "resolution": "720p",
    }
    if kept:
        values["first_frame"] = draft["inputs"][0]["asset"]
    assert client.post(f"/p/{project.slug}/generate", values).status_code == 302
    take = Generation.objects.exclude(pk=parent.pk).get()
    assert (take.parent_id == parent.pk, take.relation) == (kept, "last_frame" if kept else "")
