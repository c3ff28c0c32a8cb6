"""Requests that no page sends: each is answered, none is a fault of ours."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from generations.services import assets, characters, chunks, drafts
from generations.storage import media_store
from generations.views import remix as remix_views
from tests.factories import make_asset, make_model, make_project, make_take_row, make_token, save_asset
from tests.media_files import make_jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DEEP = "[" * 30_000
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


@pytest.fixture
def api(client: Any, bob: Any) -> Any:
    """``api("post", "/prompts", {…})`` as bob, by token."""
    told = {"Authorization": f"Bearer {make_token(bob)}"}

    def ask(method: str, path: str, body: Any = None) -> Any:
        sent = body if isinstance(body, str) else json.dumps(body)
        more = {} if body is None else {"data": sent, "content_type": "application/json"}
        return getattr(client, method)(f"/api/v1{path}", headers=told, **more)

    return ask


@pytest.mark.parametrize("name", ["cast", "aside"])
def test_brackets_in_brackets_in_a_hidden_field_count_as_nothing(
    signed_in: Any, bob: Any, project: Any, name: str
) -> None:
    reply = signed_in(bob).post(f"/p/{project.slug}/composer/draft", {"prompt": "Fog", name: DEEP})
    assert reply.status_code == 200 and drafts.of(bob, project).body["prompt"] == "Fog"


@pytest.mark.parametrize(("depth", "status"), [(21, {422}), (400, {422}), (900, {400, 422})])
def test_options_nested_deep_are_refused_by_name(
    api: Any, project: Any, depth: int, status: set[int]
) -> None:
    """At the last, what reads the body may say no before us: how deep it goes depends on what called it."""
    wish = json.dumps({"project": project.slug, "model": make_model().wire_id, "prompt": "Fog"})
    reply = api("post", "/generations", f'{wish[:-1]}, "extra": {{"a": {"[" * depth}{"]" * depth}}}}}')
    assert reply.status_code in status
    assert reply.status_code == 400 or "nested" in reply.json()["error"]["message"]


def test_a_number_of_hundreds_of_digits_is_refused_by_name(api: Any, project: Any) -> None:
    path = f"/assets/{make_asset(project=project).pk}/derive"
    for field in ("max_bytes", "min_side_px"):
        reply = api("post", path, {"op": "shrink", field: 10**400})
        assert (reply.status_code, reply.json()["error"]["field"]) == (422, field)


@pytest.mark.parametrize(
    "path", ["/prompts?project={0}&q=%00", "/prompts/past?project={0}&q=%00", "/consents?q=%00"]
)
def test_a_search_for_what_no_database_keeps_is_refused(api: Any, project: Any, path: str) -> None:
    assert api("get", path.format(project.slug)).status_code == 422


@pytest.mark.parametrize("asked", ["until=9999-12-31", "since=9999-12-31", "since=0001-01-01"])
def test_the_gallery_knows_the_first_and_the_last_day(
    signed_in: Any, bob: Any, project: Any, asked: str
) -> None:
    take = make_take_row(project=project, status="completed")
    page = signed_in(bob).get(f"/p/{project.slug}/gallery?{asked}")
    assert page.status_code == 200
    assert (f"take-{take.pk}" in page.content.decode()) == (asked != "since=9999-12-31")


def test_the_feed_goes_back_from_an_id_of_no_date(signed_in: Any, bob: Any, project: Any) -> None:
    take = make_take_row(project=project, status="completed")
    page = signed_in(bob).get(f"/p/{project.slug}/feed?before={LAST_ID}")
    assert page.status_code == 200 and str(take.pk) in page.content.decode()


def test_a_last_frame_put_in_twice_at_once_keeps_what_came_last(
    signed_in: Any, bob: Any, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, frame = make_take_row(project=project, status="completed"), make_asset(project=project)
    monkeypatch.setattr(assets, "from_output", lambda *_given: frame)

    def slowly(desk: Any) -> Any:
        drafts.save_over(bob, project, {"prompt": "Of the second click"})
        return replace(desk, typed=replace(desk.typed, values={"prompt": "Of the first"}))

    monkeypatch.setattr(remix_views.composer, "fit_first_frame", slowly)
    reply = signed_in(bob).post(f"/t/{take.pk}/use-last-frame")
    assert reply.status_code == 302 and drafts.of(bob, project).prompt == "Of the second click"


def test_an_upload_dropped_while_it_is_looked_at_is_gone_and_its_asset_stays(
    bob: Any, project: Any, tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    data = make_jpeg(tmp_path / "a.jpg", (64, 64)).read_bytes()
    row = chunks.begin(bob, project, name="a.jpg", size_bytes=len(data))
    look = chunks.save_or_find

    def slowly(*given: Any, **more: Any) -> Any:
        found = look(*given, **more)
        chunks.drop(row)
        return found

    monkeypatch.setattr(chunks, "save_or_find", slowly)
    with pytest.raises(chunks.Gone):
        chunks.append(row, 0, [data])
    assert project.assets.count() == 1


def test_a_character_whose_file_is_lost_is_said_so(
    signed_in: Any, admin: Any, bob: Any, project: Any, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    home = make_project(admin)
    file = save_asset(admin, home, make_jpeg(tmp_path / "a.jpg", (64, 64)))
    row = characters.create(admin, home, name="Mira", files=[file], studio=True)
    media_store().path(file.file).unlink()
    wish = {"prompt": "Fog", "cast_add": str(row.pk)}
    page = signed_in(bob).post(f"/p/{project.slug}/composer", wish, headers={"HX-Request": "true"})
    assert page.status_code == 200 and "not kept any more" in page.content.decode()
