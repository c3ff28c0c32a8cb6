"""The page of a take: which shot it is in, another one, and whether it is chosen."""

from __future__ import annotations

import pytest

from generations.models import Shot
from generations.services import shot_takes, shots
from generations.services.shots import Words
from tests import factories

from .desk import add, ids, make_takes, where

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_it_names_the_shot_and_leads_there(signed_in, bob, project):
    take, other = make_takes(project, 2)
    client = signed_in(bob)
    assert 'id="h-shot"' not in client.get(f"/t/{take.pk}").content.decode()
    shot = shots.add(bob, project, Words("SH010", "The rope"))
    page = client.get(f"/t/{take.pk}").content.decode()
    assert "In no shot." in page and "data-take-move" in page and "take-chosen" not in page
    shot_takes.move(bob, project, ids([take]), shot)
    page = client.get(f"/t/{take.pk}").content.decode()
    assert f'href="/p/{project.slug}/shots#shot-{shot.pk}">SH010</a>' in page and "The rope" in page
    assert "Choose for SH010" in page and other.pk


def test_a_take_is_chosen_and_no_longer(signed_in, bob, project):
    (shot,) = add(bob, project, "SH010")
    one, two = make_takes(project, 2, shot=shot)
    client = signed_in(bob)

    def press(take, **values):
        return client.post(f"/t/{take.pk}/choose", {"shot": str(shot.pk), **values}, headers=HTMX)

    before = client.get(f"/t/{one.pk}").context["live"]["version"]
    page = press(one, on="1").content.decode()
    assert "Chosen for SH010" in page and 'aria-pressed="true"' in page.split('id="take-chosen"')[1][:80]
    assert client.get(f"/t/{one.pk}/live", {"v": before}).status_code == 200, "others see it"
    press(two, on="1")
    press(one)  # from a page that has not heard of it
    assert Shot.objects.get().chosen_take_id == two.pk
    press(two)
    assert Shot.objects.get().chosen_take_id is None


def test_who_decides_chooses_and_who_looks_does_not(signed_in, bob, charlie, project):
    (shot,) = add(bob, project, "SH010")
    (take,) = make_takes(project, 1, shot=shot)
    member = factories.add_member(project, charlie, "viewer")
    client, given = signed_in(charlie), {"shot": str(shot.pk), "on": "1"}
    assert "take-chosen" not in client.get(f"/t/{take.pk}").content.decode()
    assert client.post(f"/t/{take.pk}/choose", given, headers=HTMX).status_code == 403
    member.role = "reviewer"
    member.save()
    page = client.get(f"/t/{take.pk}").content.decode()
    assert "take-chosen" in page and "data-take-move" not in page
    assert client.post(f"/t/{take.pk}/choose", given, headers=HTMX).status_code == 200
    member.delete()
    assert client.post(f"/t/{take.pk}/choose", given, headers=HTMX).status_code == 404


def test_a_take_that_was_moved_meanwhile_is_not_chosen_for_the_old_shot(signed_in, bob, project):
    one, two = add(bob, project, "SH010", "SH020")
    (take,) = make_takes(project, 1, shot=two)
    reply = signed_in(bob).post(f"/t/{take.pk}/choose", {"shot": str(one.pk), "on": "1"}, headers=HTMX)
    assert reply.status_code == 409 and not Shot.objects.exclude(chosen_take=None).exists()


def test_it_is_moved_from_its_page(signed_in, bob, project):
    add(bob, project, "SH010")
    takes = make_takes(project, 1)
    given = {"act": "move", "take": str(takes[0].pk), "alone": "1", "new_shot": "SH020"}
    reply = signed_in(bob).post(f"/p/{project.slug}/gallery/act", given, headers=HTMX)
    assert "live:refresh" in reply["HX-Trigger"] and "Undo" in reply["HX-Trigger"]
    assert where(takes) == ["SH020"] and "<article" not in reply.content.decode()
