"""The list of projects, and their settings."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest

from generations.models import Project, Role
from tests.factories import add_member, make_output, make_take_row

pytestmark = pytest.mark.django_db


def test_one_sees_only_ones_own(signed_in: Any, bob: Any, charlie: Any, project: Any):
    assert project.name in signed_in(bob).get("/").content.decode()
    assert project.name not in signed_in(charlie).get("/").content.decode()


def test_an_empty_list_offers_a_project_or_says_who_starts_one(
    signed_in: Any, alice: Any, charlie: Any, admin: Any
):
    assert "Start a project" in signed_in(alice).get("/").content.decode()
    page = signed_in(charlie).get("/").content.decode()
    assert "/p/new" not in page and "An administrator can start one: Ada Min." in page


def test_who_may_not_start_a_project_is_told_so(signed_in: Any, bob: Any, project: Any):
    client = signed_in(bob)
    assert "/p/new" not in client.get("/").content.decode()
    for reply in (client.get("/p/new"), client.post("/p/new", {"name": "Mine"})):
        assert reply.status_code == 403 and "You may not start projects" in reply.content.decode()
    assert Project.objects.count() == 1


def test_the_last_poster_is_the_cover(signed_in: Any, bob: Any, project: Any):
    take = make_take_row(project=project, status="completed")
    make_output(take, kind="poster")
    assert f'src="/t/{take.pk}/poster"' in signed_in(bob).get("/").content.decode()
    make_output(take, kind="small")
    page = signed_in(bob).get("/").content.decode()
    assert f'src="/t/{take.pk}/small"' in page and "/poster" not in page


def test_who_starts_a_project_owns_it(signed_in: Any, alice: Any):
    reply = signed_in(alice).post("/p/new", {"name": "  Küste   und Meer "})
    made = Project.objects.get(name="Küste und Meer")
    assert unquote(reply.url) == made.get_absolute_url() and made.role_of(alice) == Role.OWNER


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_project_needs_a_name(signed_in: Any, alice: Any, name: str):
    assert signed_in(alice).post("/p/new", {"name": name}).status_code == 422
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("role", "code"), [("owner", 302), ("editor", 403), ("reviewer", 403), ("viewer", 403)]
)
@pytest.mark.parametrize("path", ["settings", "archive"])
def test_owners_alone_change_it(
    signed_in: Any, make_person: Any, project: Any, role: str, code: int, path: str
):
    person = make_person("someone")
    add_member(project, person, role)
    assert (
        signed_in(person).post(f"/p/{project.slug}/{path}", {"name": "New", "archived": "1"}).status_code
        == code
    )
    project.refresh_from_db()
    assert (project.name == "New" or project.archived_at is not None) is (code == 302)


@pytest.mark.parametrize("role", ["editor", "reviewer", "viewer"])
def test_settings_are_shown_to_owners_alone(signed_in: Any, make_person: Any, project: Any, role: str):
    person = make_person("someone")
    add_member(project, person, role)
    client, address = signed_in(person), f"/p/{project.slug}/settings"
    assert address not in client.get(f"/p/{project.slug}/").content.decode()
    assert client.get(address).status_code == 403
    assert address in signed_in(project.created_by).get(f"/p/{project.slug}/").content.decode()


@pytest.mark.parametrize("path", ["settings", "archive"])
def test_strangers_get_404(signed_in: Any, charlie: Any, project: Any, path: str):
    assert signed_in(charlie).post(f"/p/{project.slug}/{path}", {"name": "New"}).status_code == 404


def test_archived_and_brought_back(signed_in: Any, alice: Any, project: Any):
    client = signed_in(alice)
    client.post(f"/p/{project.slug}/archive", {"archived": "1"})
    assert "Archived" in client.get("/").content.decode()
    assert 'id="composer"' not in client.get(f"/p/{project.slug}/").content.decode()
    client.post(f"/p/{project.slug}/archive", {"archived": "0"})
    project.refresh_from_db()
    assert project.archived_at is None
