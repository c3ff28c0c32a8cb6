"""The library through the API: lists, what is said of files, trash, sharing; for whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generations.models import Asset, Role
from generations.services import asset_library
from tests.factories import add_member, make_asset, make_project, make_take_row, make_token

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/assets"


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def ask(client: Any) -> Any:
    def send(person: Any, method: str, address: str, body: Any = None, scopes: tuple[str, ...] = ()) -> Any:
        headers = {"Authorization": f"Bearer {make_token(person, *scopes)}"}
        text = "" if body is None else json.dumps(body)
        return client.generic(
            method, f"{ROOT}{address}", text, content_type="application/json", headers=headers
        )

    return send


def listed(reply: Any) -> list[str]:
    return [item["id"] for item in reply.json()["items"]]


def test_lists_go_page_by_page_with_uses(ask: Any, project: Any, bob: Any) -> None:
    made = [make_asset(project=project) for _ in range(3)]
    make_take_row(project=project, status="completed", inputs=[("first_frame", made[2])])
    first = ask(bob, "GET", f"?project={project.slug}&limit=2").json()
    assert [item["uses"] for item in first["items"]] == [1, 0]
    last = ask(bob, "GET", f"?limit=2&cursor={first['next_cursor']}")
    assert listed(last) == [str(made[0].pk)] and last.json()["next_cursor"] is None


def test_filters_are_those_of_the_page(ask: Any, project: Any, bob: Any) -> None:
    sound, copy_of = make_asset(project=project, kind="sound", mime="audio/mpeg"), make_asset(project=project)
    copy = make_asset(project=project, derived_from=copy_of, derivation={"op": "crop"})
    assert ask(bob, "PATCH", f"/{sound.pk}", {"tags": ["Night"], "name": "Hum.mp3"}).status_code == 200
    for query in ("kind=sound", "tag=night", "q=HUM+night"):
        assert listed(ask(bob, "GET", f"?{query}")) == [str(sound.pk)]
    assert str(copy.pk) in listed(ask(bob, "GET", "?copies=true"))
    assert ask(bob, "GET", "?kind=sculpture").status_code == 422


def test_what_is_not_given_stays(ask: Any, project: Any, bob: Any) -> None:
    asset, release = make_asset(project=project), make_asset(project=project)
    ask(bob, "PATCH", f"/{release.pk}", {"tags": ["release"]})
    rights = {"licence": "CC0", "release": str(release.pk)}
    ask(bob, "PATCH", f"/{asset.pk}", {"tags": ["boat"], "notes": "pier", "rights": rights})
    told = ask(bob, "PATCH", f"/{asset.pk}", {"rights": {"source": "own"}}).json()
    assert (told["name"], told["tags"], told["notes"]) == ("still.png", ["boat"], "pier")
    assert told["rights"] == {"source": "own", "likeness": "", **rights}
    assert listed(ask(bob, "GET", "?q=cc0+own")) == [str(asset.pk)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"tags": ["x" * 41]}, "tags"),
        ({"rights": {"release": "0190f3c4-0000-7000-8000-000000000000"}}, "rights.release"),
        ({"name": ""}, "name"),
        ({"sha256": "0"}, "sha256"),
    ],
)
def test_a_refusal_names_the_field(
    ask: Any, project: Any, bob: Any, body: dict[str, Any], field: str
) -> None:
    reply = ask(bob, "PATCH", f"/{make_asset(project=project).pk}", body)
    assert reply.status_code == 422 and reply.json()["error"]["field"] == field


def test_trash_and_restore_need_their_scope_and_role(ask: Any, project: Any, bob: Any, charlie: Any) -> None:
    asset = make_asset(project=project)
    add_member(project, charlie, Role.REVIEWER)
    assert ask(charlie, "POST", f"/{asset.pk}/trash").status_code == 403
    assert ask(bob, "POST", f"/{asset.pk}/trash", scopes=("read", "write")).status_code == 403
    assert ask(bob, "POST", f"/{asset.pk}/trash").json()["trashed_at"]
    assert listed(ask(bob, "GET", "")) == [] and listed(ask(bob, "GET", "?trashed=true")) == [str(asset.pk)]
    assert ask(bob, "POST", f"/{asset.pk}/restore").json()["trashed_at"] is None


def test_a_file_in_use_is_not_trashed(ask: Any, project: Any, bob: Any) -> None:
    asset = make_asset(project=project)
    make_take_row(project=project, status="running", inputs=[("first_frame", asset)])
    assert ask(bob, "POST", f"/{asset.pk}/trash").json()["error"]["code"] == "file_in_use"


def test_a_shared_copy_says_nothing_of_the_project_s_other_files_and_takes(
    ask: Any, project: Any, admin: Any, bob: Any, charlie: Any
) -> None:
    frame = {"op": "last_frame", "take": str(make_take_row(project=project).pk)}
    first = make_asset(project=project, derivation=frame)
    copy = make_asset(project=project, derived_from=first, derivation={"op": "crop", "ratio": "1:1"})
    for asset in (copy, first):
        asset_library.share(admin, asset)
    told = ask(charlie, "GET", f"/{first.pk}").json()
    assert told["derivation"] == {"op": "last_frame"}
    asset_library.unshare(first)
    told = ask(charlie, "GET", f"/{copy.pk}").json()
    assert (told["derived_from"], told["derivation"]) == (None, {"op": "crop", "ratio": "1:1"})
    assert ask(bob, "GET", f"/{copy.pk}").json()["derived_from"] == str(first.pk)
    assert ask(bob, "GET", f"/{first.pk}").json()["derivation"] == frame


def test_shared_files_hide_their_project(ask: Any, project: Any, admin: Any, bob: Any, charlie: Any) -> None:
    asset = make_asset(project=project, content=b"picture")
    assert ask(bob, "POST", f"/{asset.pk}/share").status_code == 403
    assert ask(admin, "POST", f"/{asset.pk}/share").json()["shared"] is True
    told = ask(charlie, "GET", f"/{asset.pk}").json()
    assert told["project"] is None and listed(ask(charlie, "GET", "?shared=true")) == [str(asset.pk)]
    assert ask(charlie, "GET", f"/{asset.pk}/content").getvalue() == b"picture"
    assert ask(charlie, "PATCH", f"/{asset.pk}", {"name": "mine"}).status_code == 403
    assert ask(admin, "POST", f"/{asset.pk}/unshare").json()["shared"] is False
    assert ask(charlie, "GET", f"/{asset.pk}").status_code == 404


def test_a_copy_goes_only_where_its_file_may_be_used(ask: Any, project: Any, bob: Any, admin: Any) -> None:
    asset, mine = make_asset(project=project, content=b"no picture"), make_project(bob)
    body, address = {"op": "crop", "ratio": "1:1"}, f"/{asset.pk}/derive?project={mine.slug}"
    assert ask(bob, "POST", address, body).status_code == 404
    asset_library.share(admin, asset)
    assert ask(bob, "POST", address, body).json()["error"]["code"].startswith("file_"), (
        "tried, and no picture"
    )


def test_strangers_find_nothing(ask: Any, project: Any, charlie: Any) -> None:
    asset = make_asset(project=project)
    assert listed(ask(charlie, "GET", "")) == []
    for method, verb in (
        ("GET", ""),
        ("PATCH", ""),
        ("GET", "/content"),
        ("POST", "/trash"),
        ("POST", "/share"),
    ):
        assert ask(charlie, method, f"/{asset.pk}{verb}", {} if method != "GET" else None).status_code == 404


def test_hundreds_of_files_cost_as_many_queries_as_ten(ask: Any, project: Any, bob: Any) -> None:
    counts = []
    for many in (10, 500):
        rows = [
            Asset(
                project=project,
                owner=bob,
                kind="image",
                name="a",
                file=f"{many}-{n}",
                sha256="0",
                size_bytes=1,
            )
            for n in range(many)
        ]
        Asset.objects.bulk_create(rows)
        with CaptureQueriesContext(connection) as asked:
            ask(bob, "GET", "?limit=100")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
