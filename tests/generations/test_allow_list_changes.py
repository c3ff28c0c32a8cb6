"""Allow-lists made, changed and removed: by API and in the admin, with a trace; what cannot be is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from generations.services import allow_changes
from providers.models import AllowList, AuditEvent, VideoModel
from tests.factories import make_model, make_project, make_token
from tests.generations.test_allow_lists import make_list
from tests.providers.admin_pages import opened, page_of

pytestmark = pytest.mark.django_db
LIST = "/admin/providers/allowlist/"
GOOD: dict[str, Any] = {"scope": "role", "role": "member", "names": ["Long*"]}


@pytest.fixture
def call() -> Any:
    def ask(person: Any, method: str, address: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {make_token(person)}"}
        return getattr(Client(), method)(f"/api/v1/{address}", body, "application/json", headers=headers)

    return ask


@pytest.fixture
def model() -> Any:
    """The one model that is offered, with another that is retired."""
    made = make_model(label="Long one", family="Longs")
    VideoModel.objects.exclude(pk=made.pk).update(retired_at=timezone.now())
    return made


def test_a_list_is_made_changed_and_removed_with_a_trace(call, admin, bob, project, model):
    body = {"scope": "project", "project": project.slug, "resolutions": ["720p"], "longest_s": "5"}
    made = call(admin, "post", "allow-lists", body)
    told = made.json()
    assert made.status_code == 201 and told["applies_to"] == "Project Harbour film" and told["models"] == 1
    assert call(admin, "post", "allow-lists", body).status_code == 409
    assert call(bob, "get", "allow-lists").json()["items"][0]["holds_you"] is True
    place = f"allow-lists/{told['id']}"
    changed = call(admin, "patch", place, {"longest_s": None, "names": ["Long one"]}).json()
    assert (changed["longest_s"], changed["names"], changed["resolutions"]) == (None, ["Long one"], ["720p"])
    assert call(admin, "delete", place).status_code == 204 and not AllowList.objects.exists()
    assert call(admin, "patch", place, {"names": []}).status_code == 404
    lines = AuditEvent.objects.filter(subject="allow-list").order_by("pk")
    assert [line.verb for line in lines] == ["create", "change", "delete"]
    assert lines[0].after["for"] == "Project Harbour film"
    assert lines[1].before == {"names": [], "longest_s": "5"}
    assert lines[1].after == {"names": ["Long one"], "longest_s": None}
    assert lines[2].before["resolutions"] == ["720p"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"names": []}, "names"),  # forbids nothing
        ({"names": ["Longer"]}, "names"),  # no such model
        ({"names": ["Seedance*"]}, "names"),  # retired ones alone: nothing would be left
        ({"names": ["x" * 121]}, "names"),
        ({"resolutions": ["8k"]}, "resolutions"),
        ({"longest_s": "-1"}, "longest_s"),
        ({"longest_s": "0"}, "longest_s"),
        ({"longest_s": "4"}, "longest_s"),  # shorter than all that is offered
        ({"longest_s": "NaN"}, "longest_s"),
        ({"accounts": ["01a2037e-2e14-7722-b528-51a78c99f577"]}, "accounts"),
        ({"role": "viewer"}, "role"),  # they make nothing
        ({"role": ""}, "role"),
        ({"scope": "project"}, "role"),
        ({"scope": "project", "role": ""}, "project"),
        ({"scope": "studio"}, "scope"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(call, admin, model, wrong, field):
    refused = call(admin, "post", "allow-lists", {**GOOD, **wrong})
    error = refused.json()["error"]
    assert refused.status_code == 422 and (error["field"] or "").split(".")[0] == field, error
    assert not AllowList.objects.exists() and not AuditEvent.objects.filter(subject="allow-list").exists()


def test_a_retired_model_may_stay_on_a_list(call, admin, model):
    row = make_list(admin, names=["Long one", "Longs", "Seedance*"])
    assert call(admin, "patch", f"allow-lists/{row.pk}", {"longest_s": "10"}).status_code == 200


def test_an_archived_project_gets_no_list_and_a_deleted_one_keeps_nobody(call, admin, alice, model):
    project = make_project(alice, archived_at=timezone.now())
    body = {"scope": "project", "project": str(project.pk), "names": ["Long*"]}
    assert call(admin, "post", "allow-lists", body).status_code == 422
    row = AllowList.objects.create(scope="project", project_id=project.pk, names=["Long*"])
    assert allow_changes.name_of(row).endswith("(archived)")
    project.delete()
    assert str(row.project_id) in allow_changes.name_of(row)
    assert call(admin, "get", "allow-lists").status_code == 200


@pytest.fixture
def desk(signed_in: Any, admin: Any) -> Any:
    return signed_in(admin)


def test_the_admin_makes_changes_finds_exports_and_removes(desk, admin, project, model):
    said = {"applies_to": f"project:{project.pk}", "names": "Long one\r\n\r\n  longs ", "longest_s": "5"}
    assert desk.post(f"{LIST}add/", said).status_code == 302
    row = AllowList.objects.get()
    assert (row.project_id, row.names, row.longest_s) == (project.pk, ["Long one", "longs"], 5)
    again = desk.post(f"{LIST}add/", said).content.decode()
    assert "such an allow-list already" in again and AllowList.objects.count() == 1
    assert "1 of 1" in desk.get(page_of(row)).content.decode()
    changed = desk.post(page_of(row), {**opened(desk, row), "resolutions": ["720p"], "longest_s": ""})
    assert changed.status_code == 302
    row.refresh_from_db()
    assert (row.resolutions, row.longest_s, row.names) == (["720p"], None, ["Long one", "longs"])
    for word, found in (("harbour", True), ("longs", True), ("nobody", False)):
        assert ("Project Harbour film" in desk.get(LIST, {"q": word}).content.decode()) is found
    table = b"".join(desk.get(f"{LIST}export.csv")).decode("utf-8-sig").splitlines()
    assert table[0].startswith("id,applies_to,models")
    assert table[1].startswith(f"{row.pk},Project Harbour film,")
    assert desk.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 302
    verbs = AuditEvent.objects.filter(subject__startswith="allow-list").order_by("pk")
    assert [line.verb for line in verbs] == ["create", "change", "exported", "delete"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"names": "Longer"}, "No model goes by “Longer”"),
        ({"longest_s": "-1"}, "A length is more than 0 s"),
        ({"names": ""}, "this list forbids nothing"),
    ],
)
def test_a_bad_list_is_refused_in_words(desk, model, wrong, words):
    page = desk.post(f"{LIST}add/", {"applies_to": "role:member", "names": "Long*", **wrong})
    assert page.status_code == 200 and words in page.content.decode() and not AllowList.objects.exists()


def test_the_project_says_what_may_be_made_in_it(signed_in, admin, alice, project, model):
    make_list(admin, role="editor", resolutions=["720p"])
    page = signed_in(alice).get(f"/p/{project.slug}/settings").content.decode()
    assert "Each editor of a project" in page and "Allowed: 720p." in page and "Allow only some" not in page
