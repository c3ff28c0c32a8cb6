"""Characters through the API, and prompts that name files and characters."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest
from django.apps import apps

from generations.models import Asset, Character, Generation
from generations.services import characters, outgoing
from generations.views import characters as characters_view
from providers.quotes import Quote
from tests.factories import add_member, make_asset, make_model, make_project, make_token, save_asset
from tests.generations.composer.test_mentions import ELEMENTS, REFERRING
from tests.generations.composer.test_voices import SPEAKING, sound
from tests.media_files import make_jpeg

URL = "/api/v1/characters"
UNKNOWN = Quote(None, "unknown")


@pytest.fixture
def call(client: Any) -> Any:
    def make(person: Any, method: str, address: str, body: Any = None, scopes: Any = ()) -> Any:
        headers = {"Authorization": f"Bearer {make_token(person, *scopes)}"}
        data = b"" if body is None else json.dumps(body)
        return client.generic(method, address, data, "application/json", headers=headers)

    return make


@pytest.fixture
def files(project: Any) -> list[str]:
    return [str(make_asset(project=project, name=f"{name}.png").pk) for name in ("front", "side")]


@pytest.fixture
def mira(call: Any, alice: Any, project: Any, files: list[str]) -> Any:
    body = {"project": project.slug, "name": "Mira", "assets": files}
    return call(alice, "POST", URL, body).json()


def test_one_is_made_read_changed_and_archived(call: Any, alice: Any, project: Any, mira: Any, files: Any):
    assert mira["project"] == project.slug and [item["id"] for item in mira["assets"]] == files
    own = mira["links"]["self"]
    changed = call(alice, "PATCH", own, {"notes": "Yellow coat", "assets": files[::-1]}).json()
    assert changed["notes"] == "Yellow coat" and changed["assets"][0]["id"] == files[1]
    late = call(alice, "PATCH", own, {"notes": "Red coat", "version": mira["version"]})
    assert late.status_code == 409 and late.json()["error"]["code"] == "outdated"
    assert call(alice, "PATCH", own, {"notes": "Red coat", "version": changed["version"]}).status_code == 200
    assert call(alice, "DELETE", own).json()["archived_at"]
    assert call(alice, "GET", f"{URL}?project={project.slug}").json()["items"] == []
    assert call(alice, "PATCH", own, {"archived": False}).json()["archived_at"] is None
    listed = call(alice, "GET", f"{URL}?project={project.slug}").json()["items"]
    assert [item["name"] for item in listed] == ["Mira"]


def test_strangers_get_404_and_viewers_403(call: Any, charlie: Any, producer: Any, project: Any, mira: Any):
    add_member(project, producer, "viewer")
    for method, body in (("GET", None), ("PATCH", {"notes": "x"}), ("DELETE", None)):
        assert call(charlie, method, mira["links"]["self"], body).status_code == 404
    assert call(producer, "GET", mira["links"]["self"]).status_code == 200
    assert call(producer, "PATCH", mira["links"]["self"], {"notes": "x"}).status_code == 403
    assert call(charlie, "GET", f"{URL}?project={project.slug}").status_code == 404


def test_only_a_token_that_may_write_makes_one(call: Any, alice: Any, project: Any, files: Any):
    body = {"project": project.slug, "name": "Mira", "assets": files}
    assert call(alice, "POST", URL, body, scopes=["read"]).status_code == 403
    assert call(alice, "POST", URL, {**body, "studio": True}).status_code == 403
    assert not Character.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"), [({"name": " "}, "name"), ({"name": "mira"}, "name"), ({"assets": []}, "assets")]
)
def test_what_is_wrong_is_refused_by_name(
    call: Any, alice: Any, project: Any, mira: Any, files: Any, change: Any, field: str
):
    body = {"project": project.slug, "name": "Otto", "assets": files, **change}
    answer = call(alice, "POST", URL, body)
    assert answer.status_code == 422 and answer.json()["error"]["field"] == field


def test_a_foreign_file_is_refused(call: Any, alice: Any, charlie: Any, project: Any):
    foreign = make_asset(project=make_project(charlie))
    body = {"project": project.slug, "name": "Otto", "assets": [str(foreign.pk)]}
    assert call(alice, "POST", URL, body).json()["error"]["field"] == "assets"


def waving(project: Any, model: Any) -> dict[str, Any]:
    """A take in which Mira waves."""
    told = {"project": project.slug, "model": model.wire_id}
    return {**told, "prompt": "@[Mira] waves", "characters": ["mira"]}


@pytest.mark.parametrize(
    ("caps", "roles", "words"),
    [
        (REFERRING, ["reference_image", "reference_image"], "Mira (<Image 1>, <Image 2>) waves"),
        (ELEMENTS, ["element", "element_reference"], "@Element1 waves"),
    ],
)
def test_a_take_with_a_character_has_its_files_and_names(
    call: Any, alice: Any, project: Any, mira: Any, caps: Any, roles: Any, words: str
):
    model = make_model(capabilities=caps)
    answer = call(alice, "POST", "/api/v1/generations", waving(project, model))
    assert answer.status_code == 202, answer.content
    assert [item["role"] for item in answer.json()["inputs"]] == roles
    take = Generation.objects.get()
    assert take.prompt == "@[Mira] waves" and outgoing.prompt_of(take) == words
    assert call(alice, "GET", mira["links"]["self"]).json()["uses"] == 1


def test_a_character_brings_its_voice_where_the_model_has_voices(
    call: Any, alice: Any, project: Any, files: list[str]
):
    purr = sound(project, "purr")
    cast = {"project": project.slug, "name": "Mira", "assets": [*files, str(purr.pk)]}
    assert call(alice, "POST", URL, cast).status_code == 201
    model = make_model(capabilities=SPEAKING)
    answer = call(alice, "POST", "/api/v1/generations", waving(project, model))
    told = [item["role"] for item in answer.json()["inputs"]]
    assert told == ["reference_image", "reference_voice", "reference_image"]
    assert outgoing.prompt_of(Generation.objects.get()) == "Mira (@Image1, @Image2) waves"


def rows() -> dict[str, int]:
    models = [m for app in ("generations", "providers") for m in apps.get_app_config(app).get_models()]
    return {model._meta.label: model._default_manager.count() for model in models}


def test_a_price_with_a_character_of_the_studio_copies_nothing(
    call: Any, alice: Any, admin: Any, project: Any, tmp_path: Any
):
    """Not even with a token that may write; the take then has copies of its own."""
    home = make_project(admin)
    files = [save_asset(admin, home, make_jpeg(tmp_path / f"{n}.jpg", (640, 480 + n))) for n in range(2)]
    characters.create(admin, home, name="Mira", files=files, studio=True)
    model = make_model(capabilities=REFERRING)
    body = {
        "project": project.slug,
        "model": model.wire_id,
        "prompt": "@[Mira] waves",
        "characters": ["Mira"],
    }
    before = rows()
    for scopes in (["read"], []):
        answer = call(alice, "POST", "/api/v1/quotes", body, scopes=scopes)
        assert answer.status_code == 200, answer.content
        assert rows() == before and not Asset.objects.filter(project=project).exists()
    assert call(alice, "POST", "/api/v1/generations", body, scopes=["read"]).status_code == 403
    assert rows() == before
    assert call(alice, "POST", "/api/v1/generations", body).status_code == 202
    assert Asset.objects.filter(project=project).count() == 2
    assert call(alice, "POST", "/api/v1/quotes", body).status_code == 200
    assert Asset.objects.filter(project=project).count() == 2


def test_a_price_with_more_files_than_fit_is_the_one_of_the_take(
    call: Any, alice: Any, admin: Any, project: Any, tmp_path: Any
):
    """Of the files that are not copied the same ones are left out."""
    home = make_project(admin)
    files = [save_asset(admin, home, make_jpeg(tmp_path / f"{n}.jpg", (640, 480 + n))) for n in range(3)]
    characters.create(admin, home, name="Mira", files=files, studio=True)
    model = make_model(capabilities={**REFERRING, "inputs": {"reference_image": {"max_count": 2}}})
    body = {"project": project.slug, "model": model.wire_id, "prompt": "x", "characters": ["Mira"]}
    seen: list[Any] = []
    with mock.patch("generations.api.models.quote", lambda _model, asked: seen.append(asked) or UNKNOWN):
        assert call(alice, "POST", "/api/v1/quotes", body).status_code == 200
    assert call(alice, "POST", "/api/v1/generations", body).status_code == 202
    take = Generation.objects.get()
    told = [(item.role, item.media.sha256) for item in seen[0].inputs]
    assert told == [(use.role, use.asset.sha256) for use in take.inputs.order_by("position")]
    assert len(told) == 2


def test_a_price_and_a_matrix_read_the_same_names(call: Any, alice: Any, project: Any, files: Any):
    model = make_model(capabilities=REFERRING)
    body = {"project": project.slug, "model": model.wire_id, "prompt": "@[side] waves"}
    body |= {"inputs": [{"role": "reference_image", "asset": pk} for pk in files]}
    assert call(alice, "POST", "/api/v1/quotes", body).status_code == 200
    matrix = {**body, "matrix": {"prompt": ["@[front] waves", "@[side] waves"]}}
    assert call(alice, "POST", "/api/v1/batches", matrix).status_code == 202
    said = {outgoing.prompt_of(take) for take in Generation.objects.all()}
    assert said == {"<Image 1> waves", "<Image 2> waves"}


def test_a_dangling_name_is_refused_everywhere(call: Any, alice: Any, project: Any, mira: Any):
    model = make_model(capabilities=REFERRING)
    body = {"project": project.slug, "model": model.wire_id, "prompt": "@[Mira] waves"}
    for door in ("generations", "quotes", "batches"):
        error = call(alice, "POST", f"/api/v1/{door}", body).json()["error"]
        assert error["field"] == "prompt" and "@[Mira]" in error["message"]
    unknown = call(alice, "POST", "/api/v1/generations", {**body, "characters": ["Otto"]}).json()["error"]
    assert unknown["field"] == "characters" and unknown["allowed"] == ["Mira"]


def test_the_list_goes_page_by_page_its_own_first_and_is_searched(
    call: Any, admin: Any, alice: Any, project: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
):
    for name, studio in (("Zoe", False), ("Ben", False), ("Anna", True), ("Carl", True)):
        files = [make_asset(project=project)]
        characters.create(admin, project, name=name, files=files, studio=studio, notes=f"Of {name}")
    seen, cursor = [], ""
    while cursor is not None:
        page = call(
            alice, "GET", f"{URL}?project={project.slug}&limit=1{cursor and f'&cursor={cursor}'}"
        ).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["Ben", "Zoe", "Anna", "Carl"]
    found = call(alice, "GET", f"{URL}?project={project.slug}&q=of+CARL").json()["items"]
    assert [item["name"] for item in found] == ["Carl"]
    assert call(alice, "GET", f"{URL}?project={project.slug}&cursor=x").status_code == 422
    monkeypatch.setattr(characters_view, "MOST_LISTED", 2)
    page = signed_in(alice).get(f"/p/{project.slug}/characters").content.decode()
    assert "Ben" in page and "Carl" not in page and "Search to find the others." in page
    page = signed_in(alice).get(f"/p/{project.slug}/characters?q=carl").content.decode()
    assert "Carl" in page and "Ben" not in page and "find the others" not in page
