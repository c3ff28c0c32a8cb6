"""Members of a project: seen by all of it, changed by owners."""

from __future__ import annotations

from typing import Any

import pytest

from generations.models import Membership, Role
from tests.factories import add_member
from videostudio.models import Invitation, User

pytestmark = pytest.mark.django_db


def path(project: Any, tail: str = "") -> str:
    return f"/p/{project.slug}/members{tail}"


@pytest.mark.parametrize("role", Role.values)
def test_every_member_sees_them_and_owners_see_forms(
    signed_in: Any, make_person: Any, project: Any, role: str
):
    person = make_person("someone")
    add_member(project, person, role)
    page = signed_in(person).get(path(project)).content.decode()
    assert "Alice Archer" in page and ("Make the link" in page) is (role == Role.OWNER)


def test_stranger_gets_404(signed_in: Any, charlie: Any, project: Any):
    client = signed_in(charlie)
    assert client.get(path(project)).status_code == 404
    assert client.post(path(project, "/invite"), {"role": "viewer"}).status_code == 404


@pytest.mark.parametrize("tail", ["/invite", "/add"])
def test_an_editor_gets_403(signed_in: Any, bob: Any, project: Any, tail: str):
    assert signed_in(bob).post(path(project, tail), {"role": "viewer", "username": "bob"}).status_code == 403


def test_an_old_password_is_asked_again(signed_in: Any, alice: Any, project: Any):
    reply = signed_in(alice, fresh=False).post(path(project, "/invite"), {"role": "viewer"})
    assert reply.status_code == 302 and "/confirm" in reply.url and not Invitation.objects.exists()


def test_what_was_typed_waits_while_the_password_is_asked(signed_in: Any, alice: Any, project: Any):
    """Or whoever sends it once more in a hurry invites an editor, who may spend."""
    client = signed_in(alice, fresh=False)
    asked = client.post(path(project, "/invite"), {"role": "reviewer", "email": "otto@example.com"})
    assert asked.status_code == 302 and not Invitation.objects.exists()
    client.post(asked.url, {"password": "correct horse 9", "next": path(project)})
    page = client.get(path(project))
    assert page.context["invite"].initial == {"role": "reviewer", "email": "otto@example.com"}
    assert (
        '<option value="reviewer" selected>' in page.content.decode()
        and "nothing was made yet" in page.content.decode()
    )
    assert "nothing was made yet" not in client.get(path(project)).content.decode()


def test_an_invitation_is_shown_once_and_lets_in(signed_in: Any, client: Any, alice: Any, project: Any):
    owner = signed_in(alice)
    page = owner.post(path(project, "/invite"), {"role": "reviewer"}).content.decode()
    address = page.split('id="shown-once" value="')[1].split('"')[0]
    assert address not in owner.get(path(project)).content.decode()
    fields = {"display_name": "Nia New", "username": "nia", "password": "correct horse 9"}
    client.post("/invite/" + address.rsplit("/", 1)[1], fields)
    nia = User.objects.get(username="nia")
    assert project.role_of(nia) == Role.REVIEWER and not nia.can_create_projects


def test_somebody_of_the_studio_is_added_by_name(signed_in: Any, alice: Any, charlie: Any, project: Any):
    reply = signed_in(alice).post(path(project, "/add"), {"username": "CHARLIE", "role": "viewer"})
    assert reply.status_code == 302 and project.role_of(charlie) == Role.VIEWER


def test_an_unknown_name_is_told(signed_in: Any, alice: Any, project: Any):
    reply = signed_in(alice).post(path(project, "/add"), {"username": "nobody", "role": "viewer"})
    assert reply.status_code == 422 and "Nobody signs in by this name" in reply.content.decode()


def test_a_role_is_changed_and_a_made_up_one_refused(signed_in: Any, alice: Any, bob: Any, project: Any):
    client = signed_in(alice)
    assert client.post(path(project, f"/{bob.pk}/role"), {"role": "viewer"}).status_code == 302
    assert project.role_of(bob) == Role.VIEWER
    assert client.post(path(project, f"/{bob.pk}/role"), {"role": "king"}).status_code == 422


def test_the_last_owner_stays(signed_in: Any, alice: Any, project: Any):
    client = signed_in(alice)
    for tail in ("role", "remove"):
        reply = client.post(path(project, f"/{alice.pk}/{tail}"), {"role": "viewer"})
        assert reply.status_code == 422 and "at least one owner" in reply.content.decode()
    assert project.role_of(alice) == Role.OWNER


def test_who_leaves_lands_on_the_projects(signed_in: Any, alice: Any, bob: Any, project: Any):
    Membership.objects.filter(project=project, user=bob).update(role=Role.OWNER)
    reply = signed_in(alice).post(path(project, f"/{alice.pk}/remove"))
    assert reply.url == "/" and project.role_of(alice) is None


def test_an_invitation_of_another_project_cannot_be_withdrawn(
    signed_in: Any, alice: Any, bob: Any, project: Any
):
    from tests.factories import make_project

    link, _path = Invitation.issue(made_by=bob, project_id=make_project().pk, project_role="viewer")
    assert signed_in(alice).post(path(project, f"/invitations/{link.pk}/withdraw")).status_code == 404
