"""The gallery: what each filter finds, page after page, for whom, and at what cost."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation, Membership, Role
from generations.services import decide, gallery
from tests import factories

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def model(db: None) -> Any:
    return factories.make_model(label="Seedance 2.0")


def make(project: Any, model: Any, status: str = "completed", **fields: Any) -> Generation:
    return factories.make_take_row(project=project, model=model, status=status, hold=False, **fields)


def look(client: Any, project: Any, htmx: bool = False, **wanted: Any) -> Any:
    return client.get(reverse("gallery", args=[project.slug]), wanted, headers=HTMX if htmx else {})


def shown(reply: Any) -> list[UUID]:
    return [UUID(found) for found in re.findall(r'id="take-([0-9a-f-]{36})"', reply.content.decode())]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_looks_around(project, model, charlie, signed_in, role):
    Membership.objects.create(project=project, user=charlie, role=role)
    take = make(project, model)
    assert shown(look(signed_in(charlie), project)) == [take.pk]


def test_a_stranger_finds_no_page_and_no_fragment(project, charlie, signed_in):
    caller = signed_in(charlie)
    assert look(caller, project).status_code == look(caller, project, htmx=True).status_code == 404


def test_other_projects_stay_out(project, model, bob, signed_in):
    make(factories.make_project(bob), model)
    mine = make(project, model)
    assert shown(look(signed_in(bob), project)) == [mine.pk]


def test_modes_are_those_of_the_takes(project, model, bob, signed_in):
    make(project, model)
    make(project, model, mode="upscale")
    make(factories.make_project(), model, mode="edit")
    form = look(signed_in(bob), project).context["form"]
    assert [name for name, _word in form.fields["mode"].choices] == ["", "text_to_video", "upscale"]


def test_completed_ones_first_and_others_by_filter(project, model, bob, signed_in):
    takes = {
        status: make(project, model, status) for status in ("completed", "failed", "running", "uncertain")
    }
    caller = signed_in(bob)
    assert shown(look(caller, project)) == [takes["completed"].pk]
    assert shown(look(caller, project, status="failed")) == [takes["failed"].pk]
    assert shown(look(caller, project, status="waits")) == [takes["uncertain"].pk]
    assert shown(look(caller, project, status="in_flight")) == [takes["running"].pk]
    assert len(shown(look(caller, project, status="any"))) == 4


def test_words_in_any_order_and_case(project, model, bob, signed_in):
    fog = make(project, model, prompt="Fog over the PIER, dawn")
    make(project, model, prompt="A pier at noon")
    caller = signed_in(bob)
    assert shown(look(caller, project, q="pier fog")) == [fog.pk]
    assert shown(look(caller, project, q="%")) == []


def test_model_gateway_mode_and_person(project, model, alice, bob, signed_in):
    other = factories.make_model(account=factories.make_account("venice"), label="Kling")
    one = make(project, model, author=alice)
    two = make(project, other, author=bob, mode="image_to_video")
    caller = signed_in(bob)
    assert shown(look(caller, project, model="Kling")) == [two.pk]
    assert shown(look(caller, project, gateway="token360")) == [one.pk]
    assert shown(look(caller, project, mode="image_to_video")) == [two.pk]
    assert shown(look(caller, project, person=alice.pk)) == [one.pk]


def test_days_include_both_ends(project, model, bob, signed_in):
    noon = timezone.make_aware(datetime(2026, 3, 10, 12))
    takes = [make(project, model, id=_id_at(noon + timedelta(days=day))) for day in range(3)]
    reply = look(signed_in(bob), project, since="2026-03-10", until="2026-03-11")
    assert shown(reply) == [takes[1].pk, takes[0].pk]


def _id_at(moment: datetime) -> UUID:
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | 5)


def test_the_trash_holds_every_state_and_offers_it_back(project, model, bob, signed_in):
    make(project, model)
    gone = make(project, model, "failed", trashed_at=timezone.now())
    caller = signed_in(bob)
    reply = look(caller, project, trash="on")
    assert shown(reply) == [gone.pk] and b"30 days" in reply.content
    assert reverse("take-restore", args=[gone.pk]) in reply.content.decode()
    back = caller.post(reverse("take-restore", args=[gone.pk]), headers={"Referer": "http://testserver/p/x"})
    assert back.url == "http://testserver/p/x"


def test_the_trash_says_what_lies_there_and_why(project, model, bob, signed_in):
    done = make(project, model, prompt="Fog over the weir")
    decide.trash(bob, done)
    now = timezone.now()
    late = {"completed_at": now, "trashed_at": now, "cancelled_by": bob}
    make(project, model, "cancelled", prompt="A heron waits", **late)
    page = look(signed_in(bob), project, trash="on").content.decode()
    for words in ("Fog over the weir", "Moved here by Bob Baker", "A heron waits", model.label):
        assert words in page
    assert "The clip of a take that Bob Baker cancelled" in page


def test_a_cancelled_take_is_found_whether_its_clip_came_or_not(project, model, bob, signed_in):
    now = timezone.now()
    running = make(project, model, "running")
    decide.cancel(bob, running)
    late = make(project, model, "cancelled", completed_at=now, trashed_at=now)
    purged = make(project, model, "cancelled", completed_at=now, trashed_at=now, purged_at=now)
    thrown = make(project, model, "cancelled", trashed_at=now)
    caller = signed_in(bob)
    assert set(shown(look(caller, project, status="cancelled"))) == {running.pk, late.pk, purged.pk}
    assert set(shown(look(caller, project, trash="on"))) == {late.pk, thrown.pk}
    feed = caller.get(reverse("feed", args=[project.slug])).content.decode()
    assert str(running.pk) in feed and str(late.pk) in feed and str(thrown.pk) not in feed


def test_a_viewer_restores_nothing(project, model, charlie, signed_in):
    Membership.objects.create(project=project, user=charlie, role=Role.VIEWER)
    gone = make(project, model, trashed_at=timezone.now())
    assert (
        reverse("take-restore", args=[gone.pk])
        not in look(signed_in(charlie), project, trash="on").content.decode()
    )


def test_pages_follow_each_other_without_gaps(project, model, bob, signed_in, monkeypatch):
    monkeypatch.setattr(gallery, "PAGE", 3)
    takes = [make(project, model).pk for _ in range(7)]
    caller, seen = signed_in(bob), []
    reply = look(caller, project)
    for _ in range(3):
        seen += shown(reply)
        found = re.search(r'name="before" value="([^"]+)"', reply.content.decode())
        if found:
            reply = look(caller, project, htmx=True, before=found[1])
            assert b"<html" not in reply.content
    assert seen == takes[::-1] and not found


def test_values_of_the_filter_never_stand_in_hx_attributes(project, model, bob, signed_in, monkeypatch):
    monkeypatch.setattr(gallery, "PAGE", 1)
    bad = "'\"><b>"
    for _ in range(2):
        make(project, model, prompt=f"so {bad} it is")
    html = look(signed_in(bob), project, q=bad).content.decode()
    assert "<b>" not in html
    assert not [
        value for value in re.findall(r'hx-[a-z-]+="([^"]*)"', html) if "&gt;" in value or "%3E" in value
    ]


def test_htmx_gets_the_wall_and_a_clean_address(project, model, bob, signed_in):
    reply = look(signed_in(bob), project, htmx=True, q="", status="failed", model="")
    assert b"<html" not in reply.content and b'id="wall"' in reply.content
    assert reply["HX-Push-Url"] == f"/p/{project.slug}/gallery?status=failed"


def test_nonsense_in_the_address_is_left_out_and_said(project, model, bob, signed_in):
    take = make(project, model)
    reply = look(
        signed_in(bob), project, since="soon", status="burnt", person="x", before="1' OR 1=1", model="?"
    )
    assert reply.status_code == 200 and shown(reply) == [take.pk]
    assert b"not understood" in reply.content


def test_empty_pages_say_what_to_do(project, model, bob, signed_in):
    caller = signed_in(bob)
    assert b"No takes yet" in look(caller, project).content
    make(project, model, "failed")
    assert b"Nothing completed yet" in look(caller, project).content
    assert b"Nothing matches" in look(caller, project, q="zzz").content
    assert b"The trash is empty" in look(caller, project, trash="on").content


def test_ten_thousand_takes_cost_sixteen_questions(project, model, bob, signed_in):
    first = make(project, model)
    keep = {f.attname: getattr(first, f.attname) for f in Generation._meta.concrete_fields}
    rows = []
    for number in range(10_000):
        rows.append(
            Generation(**{**keep, "id": _id_at(timezone.now() - timedelta(minutes=number)), "job_id": ""})
        )
    for number, row in enumerate(rows):
        row.id = UUID(int=row.id.int + number)
    Generation.objects.bulk_create(rows, batch_size=1000)
    caller = signed_in(bob)
    look(caller, project)
    for wanted in ({}, {"model": model.label}, {"person": bob.pk}, {"status": "any"}, {"trash": "on"}):
        with CaptureQueriesContext(connection) as asked:
            look(caller, project, **wanted)
        assert len(asked) <= 16, [query["sql"][:120] for query in asked]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
@pytest.mark.parametrize("wanted", [{}, {"models": True}, {"person": True}, {"trash": True}])
def test_the_wall_never_scans_or_sorts_the_table(project, model, bob, wanted):
    values = {"models": (model.pk,), "person": bob.pk, "trash": True}
    rows = gallery.find(project, gallery.Filter(**{name: values[name] for name in wanted}))
    plan = rows.order_by("-id")[:60].explain()
    assert "SEARCH" in plan and "TEMP B-TREE" not in plan, plan
