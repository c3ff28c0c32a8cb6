"""The people page: administrators alone, fresh password, never without an administrator."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from generations.api import ROUTERS
from providers.models import AuditEvent
from videostudio.models import SCOPES, ApiToken, User


def test_stranger_and_producer_get_404(producer, signed_in):
    assert signed_in(producer).get("/people/").status_code == 404
    assert signed_in(producer).get("/admin/").status_code == 404


def test_stale_password_is_asked_again(admin, signed_in):
    client = signed_in(admin, fresh=False)
    answer = client.get("/people/")
    assert answer.url == "/confirm?next=%2Fpeople%2F"
    assert client.get("/admin/").url.startswith("/confirm")
    assert client.post("/confirm", {"password": "wrong", "next": "/people/"}).status_code == 422
    assert client.post("/confirm", {"password": "correct horse 9", "next": "/people/"}).url == "/people/"
    assert client.get("/people/").status_code == 200 and client.get("/admin/").status_code == 200


def test_last_administrator_stays(admin, signed_in):
    client = signed_in(admin)
    assert client.post(f"/people/{admin.pk}/role", {"role": "member"}).status_code == 422
    assert client.post(f"/people/{admin.pk}/deactivate").status_code == 422
    admin.refresh_from_db()
    assert admin.is_administrator and admin.is_active


def test_role_change_is_kept_in_the_audit_log(admin, alice, signed_in):
    assert signed_in(admin).post(f"/people/{alice.pk}/role", {"role": "producer"}).status_code == 302
    alice.refresh_from_db()
    event = AuditEvent.objects.get(verb="changed role")
    assert alice.is_producer
    assert (event.actor_id, event.before, event.after) == (admin.pk, {"role": "member"}, {"role": "producer"})


def test_an_administrator_says_who_starts_projects(admin, bob, signed_in):
    boss, asks = signed_in(admin), signed_in(bob)
    assert asks.get("/p/new").status_code == 403
    assert boss.post(f"/people/{bob.pk}/projects", {"allowed": "1"}).status_code == 302
    assert asks.post("/p/new", {"name": "Mine"}).status_code == 302
    boss.post(f"/people/{bob.pk}/projects", {"allowed": "0"})
    assert asks.post("/p/new", {"name": "Another"}).status_code == 403
    told = AuditEvent.objects.filter(verb__endswith="projects").order_by("id")
    assert [event.after for event in told] == [{"may_create_projects": True}, {"may_create_projects": False}]


@pytest.mark.parametrize(("ticked", "allowed"), [({"may_create_projects": "on"}, True), ({}, False)])
def test_an_invitation_to_the_studio_says_who_starts_projects(admin, signed_in, client, ticked, allowed):
    page = signed_in(admin).post("/people/invite", {"role": "member", "project_role": "editor", **ticked})
    path = "/invite/" + page.content.decode().split("/invite/")[1].split('"')[0]
    client.post(path, {"display_name": "New", "username": "new", "password": "correct horse 9"})
    assert User.objects.get(username="new").can_create_projects is allowed


def test_invitation_link_is_shown_once_and_can_be_withdrawn(admin, signed_in, client):
    boss = signed_in(admin)
    page = boss.post("/people/invite", {"role": "member", "project_role": "editor"})
    path = "/invite/" + page.content.decode().split("/invite/")[1].split('"')[0]
    assert client.get(path).status_code == 200
    assert "/invite/" not in boss.get("/people/").content.decode()
    boss.post(f"/people/invitations/{page.context['invitations'][0].pk}/withdraw")
    assert client.get(path).status_code == 410


def test_reset_link_from_the_people_page_works(admin, alice, signed_in, client):
    page = signed_in(admin).post(f"/people/{alice.pk}/reset-link").content.decode()
    path = "/reset/" + page.split("/reset/")[1].split('"')[0]
    assert client.post(path, {"password": "another horse 10"}).status_code == 302


def test_deactivated_person_cannot_sign_in(admin, alice, signed_in, client):
    signed_in(admin).post(f"/people/{alice.pk}/deactivate")
    answer = client.post("/login", {"username": "alice", "password": "correct horse 9"})
    assert answer.status_code == 422


def test_token_is_shown_once_and_only_with_a_fresh_password(alice, signed_in):
    form = {"label": "script", "days": "30", "scopes": ["read"]}
    assert signed_in(alice, fresh=False).post("/me/tokens", form).status_code == 302
    client = signed_in(alice)
    page = client.post("/me/tokens", form).content.decode()
    row = ApiToken.objects.get()
    token = page.split('value="vs_')[1].split('"')[0]
    assert ApiToken.find(f"vs_{token}") == row
    assert token not in client.get("/me").content.decode()


def test_an_invitation_to_the_studio_waits_while_the_password_is_asked(admin, signed_in):
    client = signed_in(admin, fresh=False)
    client.post("/people/invite", {"role": "producer", "email": "otto@example.com"})
    client.post("/confirm", {"password": "correct horse 9", "next": "/people/"})
    form = client.get("/people/").context["invite"]
    assert (form["role"].value(), form["email"].value()) == ("producer", "otto@example.com")
    assert not form["may_create_projects"].value()


def test_the_token_form_waits_while_the_password_is_asked(alice, signed_in):
    client = signed_in(alice, fresh=False)
    asked = client.post("/me/tokens", {"label": "Night renders", "days": "365", "scopes": ["read", "write"]})
    assert asked.url == "/confirm?next=%2Fme%23tokens" and not ApiToken.objects.exists()
    back = client.post("/confirm", {"password": "correct horse 9", "next": "/me#tokens"})
    assert back.url == "/me#tokens"
    page = client.get("/me")
    form = page.context["token_form"]
    assert (form["label"].value(), form["days"].value()) == ("Night renders", "365")
    assert form["scopes"].value() == ["read", "write"] and "<details open>" in page.content.decode()
    assert "<details open>" not in client.get("/me").content.decode(), "kept once"


def test_stranger_cannot_revoke_a_token(alice, charlie, signed_in):
    row, _ = ApiToken.issue(alice, "script")
    assert signed_in(charlie).post(f"/me/tokens/{row.pk}/revoke").status_code == 404
    assert signed_in(alice).post(f"/me/tokens/{row.pk}/revoke").status_code == 302
    assert not ApiToken.objects.usable().exists()


def test_theme_follows_the_system_until_one_is_chosen_and_is_kept(alice, signed_in, client):
    assert 'data-theme="auto"' in client.get("/login").content.decode()
    client = signed_in(alice)
    assert 'data-theme="auto"' in client.get("/me").content.decode()
    assert client.post("/me/theme", {"theme": "light"}).status_code == 204
    assert client.post("/me/theme", {"theme": "pink"}).status_code == 422
    assert User.objects.get(pk=alice.pk).theme == "light"
    assert 'data-theme="light"' in client.get("/me").content.decode()


def test_own_role_cannot_be_raised_by_the_profile_form(alice, signed_in):
    form = {"display_name": "A", "email": "", "theme": "dark", "role": "administrator", "is_staff": "1"}
    assert signed_in(alice).post("/me/profile", form).status_code == 302
    assert not User.objects.get(pk=alice.pk).is_administrator


@pytest.mark.parametrize(("name", "letters"), [("Ada Min Lovelace", "AL"), ("mono", "M"), ("Zoë", "Z")])
def test_initials(name, letters):
    assert User(username="x", display_name=name).initials == letters


def test_strangers_do_not_see_each_other(project, alice, bob, charlie, admin):
    see = {who.username: set(User.objects.visible_to(who)) for who in (alice, charlie, admin)}
    assert see == {
        "alice": {alice, bob},
        "charlie": {charlie},
        "admin": {alice, bob, charlie, admin},
    }


def test_link_is_valid_a_week(admin):
    from videostudio.models import Invitation

    link, _ = Invitation.issue(made_by=admin)
    assert link.expires_at - link.created_at > timedelta(days=6, hours=23)


def test_an_invitation_says_who_invites_to_what_and_afterwards_that_it_is_over(
    alice, project, signed_in, client, admin
):
    form = {"role": "member", "project": str(project.pk), "project_role": "reviewer"}
    page = signed_in(admin).post("/people/invite", form)
    path = "/invite/" + page.content.decode().split("/invite/")[1].split('"')[0]
    asked = client.get(path).content.decode()
    assert "Ada Min" in asked and "Harbour film" in asked and "reviewer" in asked.lower()
    client.post(path, {"display_name": "New", "username": "new", "password": "correct horse 9"})
    again = Client().get(path)
    assert again.status_code == 410 and "used already" in again.content.decode()


def test_a_token_is_offered_only_what_the_api_asks_for(alice, signed_in):
    assert set(SCOPES) == {"read", *(scope for _prefix, _router, scope in ROUTERS)}
    page = signed_in(alice).get("/me").content.decode()
    assert all(f'name="scopes" value="{scope}"' in page for scope in SCOPES)
    assert re.findall(r'name="scopes" value="(\w+)"[^>]* checked', page) == ["read"]


def test_whoever_takes_another_name_is_found_by_it(
    alice, signed_in, monkeypatch, django_capture_on_commit_callbacks
):
    rung: list[tuple[str, ...]] = []
    monkeypatch.setattr("generations.services.ring.async_task", lambda *args, **_fields: rung.append(args))
    caller = signed_in(alice)
    for name in (alice.display_name, "Alice Baker"):
        with django_capture_on_commit_callbacks(execute=True):
            caller.post("/me/profile", {"display_name": name, "email": "", "theme": "dark"})
    assert rung == [("generations.tasks.reword", str(alice.pk))]
