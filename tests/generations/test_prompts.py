"""The prompt library: one's own history, the team's saved texts, who may change them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from generations.models import PastPrompt, Role, SavedPrompt
from generations.services import past_prompts, saved_prompts
from generations.services.saved_prompts import variables_of
from generations.views import prompts as prompts_view
from tests.factories import add_member, make_model, make_project, make_take, make_token, make_user
from tests.generations.composer.page import HTMX

pytestmark = pytest.mark.both_databases


@pytest.fixture
def carol(project: Any) -> Any:
    person = make_user(username="carol")
    add_member(project, person)
    return person


@pytest.fixture
def bobs(bob: Any, project: Any) -> SavedPrompt:
    return saved_prompts.save(bob, project, "prompt", "Portrait", "A {{ subject }} in {{light}}, {{subject}}")


def send(client: Any, project: Any, address: str = "save", **values: str) -> Any:
    return client.post(f"/p/{project.slug}/prompts/{address}", values, headers=HTMX)


def listed(client: Any, project: Any, tab: str, q: str = "") -> str:
    return client.get(f"/p/{project.slug}/prompts", {"tab": tab, "q": q}, headers=HTMX).content.decode()


def test_places_to_fill_in_are_found_once_in_order():
    assert variables_of("A {{ subject }} in {{light}}, {{subject}} {{}} {{ }} {x}") == ["subject", "light"]
    assert variables_of("{{" * 5000) == []


def test_what_is_generated_stands_in_the_persons_history(bob: Any, alice: Any, project: Any):
    model = make_model()
    for text in ("A fox", "A hare"):
        make_take(bob, project, model, prompt=text)
    make_take(alice, project, model, prompt="Alice's own")
    assert [(row.text, row.sent) for row in past_prompts.find(bob, project)] == [
        ("A hare", True),
        ("A fox", True),
    ]


def test_history_is_searched_and_forgotten(signed_in: Any, bob: Any, carol: Any, project: Any):
    past_prompts.remember(bob, project, ["A red fox", "A hare"], sent=True)
    client, fox = signed_in(bob), PastPrompt.objects.get(text="A red fox")
    page = listed(client, project, "history", "FOX red")
    assert "A red fox" in page and "A hare" not in page
    assert send(signed_in(carol), project, f"past/{fox.pk}/forget").status_code == 404
    assert "A red fox" not in send(client, project, f"past/{fox.pk}/forget").content.decode()


def test_the_walk_by_key_has_the_latest_first(signed_in: Any, bob: Any, project: Any):
    past_prompts.remember(bob, project, ["Newest", "Older"], sent=True)
    assert signed_in(bob).get(f"/p/{project.slug}/prompts/past").json() == {"texts": ["Newest", "Older"]}


def test_the_team_sees_and_improves_what_one_saved(
    signed_in: Any, carol: Any, project: Any, bobs: SavedPrompt
):
    client = signed_in(carol)
    page = listed(client, project, "prompt")
    assert "Portrait" in page and 'data-variable="subject"' in page and 'data-variable="light"' in page
    send(client, project, id=str(bobs.pk), name=" Close  portrait ", text="A {{who}}\r\nsmiles")
    bobs.refresh_from_db()
    assert (bobs.name, bobs.text, bobs.owner.username) == ("Close portrait", "A {{who}}\nsmiles", "bob")


def test_deleting_is_for_who_saved_it_and_for_owners(
    signed_in: Any, alice: Any, bob: Any, carol: Any, project: Any, bobs: SavedPrompt
):
    delete, address = f"prompts/{bobs.pk}/delete", f"{bobs.pk}/delete"
    assert delete not in listed(signed_in(carol), project, "prompt")
    assert send(signed_in(carol), project, address).status_code == 403
    assert SavedPrompt.objects.count() == 1
    for person in (bob, alice):
        assert delete in listed(signed_in(person), project, "prompt")
    send(signed_in(alice), project, address)
    assert SavedPrompt.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "", "text": "x"}, "Give it a name"),
        ({"name": "n" * 81, "text": "x"}, "Give it a name"),
        ({"name": "n", "text": " "}, "Write 1 to"),
        ({"name": "Portrait", "text": "x"}, "one of this name already"),
        ({"name": "n", "text": "x", "kind": "poem"}, "what kind"),
    ],
)
def test_what_cannot_be_saved_is_said_and_stays_typed(
    signed_in: Any, bob: Any, project: Any, bobs: SavedPrompt, values: Any, said: str
):
    reply = send(signed_in(bob), project, **{"kind": "prompt", **values})
    assert reply.status_code == 422 and said in reply.content.decode()
    assert SavedPrompt.objects.count() == 1


def test_another_projects_prompts_are_not_there(signed_in: Any, bob: Any, project: Any, bobs: SavedPrompt):
    other = make_project(bob)
    assert send(signed_in(bob), other, f"{bobs.pk}/delete").status_code == 404
    assert send(signed_in(bob), other, id=str(bobs.pk), name="x", text="y").status_code == 404
    assert "Portrait" not in listed(signed_in(bob), other, "prompt")


def test_hostile_texts_stay_texts(signed_in: Any, bob: Any, project: Any):
    hostile = '"><script>alert(1)</script>{{"><img src=x>}}\x00'
    page = send(signed_in(bob), project, kind="snippet", name=hostile[:60], text=hostile).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page
    assert SavedPrompt.objects.get().text.endswith("}}")


def test_the_panel_is_a_page_without_scripts(signed_in: Any, bob: Any, project: Any, bobs: SavedPrompt):
    page = signed_in(bob).get(f"/p/{project.slug}/prompts?tab=prompt").content.decode()
    assert page.startswith("<!doctype html>") and "Portrait" in page


# --- API ------------------------------------------------------------------------------------------


def call(client: Any, person: Any, method: str, address: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {make_token(person)}"}
    address = f"/api/v1/prompts{address}"
    return getattr(client, method)(address, body, content_type="application/json", headers=headers)


def test_the_api_saves_lists_changes_and_deletes(client: Any, bob: Any, carol: Any, project: Any):
    body = {"project": project.slug, "kind": "negative", "name": "Clean", "text": "text, {{thing}}"}
    made = call(client, bob, "post", "", body)
    assert made.status_code == 201 and made.json()["variables"] == ["thing"]
    one = f"/{made.json()['id']}"
    items = call(client, carol, "get", f"?project={project.slug}&kind=negative&q=clean").json()["items"]
    assert [item["name"] for item in items] == ["Clean"]
    assert call(client, carol, "put", one, {"name": "Cleaner", "text": "text"}).json()["name"] == "Cleaner"
    assert call(client, carol, "delete", one).status_code == 403
    assert call(client, bob, "delete", one).status_code == 204


def test_the_api_tells_strangers_and_viewers_no(
    client: Any, charlie: Any, producer: Any, project: Any, bobs: SavedPrompt
):
    add_member(project, producer, Role.VIEWER)
    body, change = {"project": project.slug, "name": "n", "text": "t"}, {"name": "n", "text": "t"}
    for person, code in ((charlie, 404), (producer, 403)):
        assert call(client, person, "post", "", body).status_code == code
        assert call(client, person, "put", f"/{bobs.pk}", change).status_code == code
        assert call(client, person, "delete", f"/{bobs.pk}").status_code == code
        assert call(client, person, "get", f"/past?project={project.slug}").status_code == code
    assert call(client, charlie, "get", f"/{uuid4()}").status_code in (404, 405)


def test_the_api_gives_ones_own_past_prompts(client: Any, bob: Any, carol: Any, project: Any):
    past_prompts.remember(bob, project, ["A fox"], sent=True)
    answers = [call(client, person, "get", f"/past?project={project.slug}").json() for person in (bob, carol)]
    assert [[item["text"] for item in answer["items"]] for answer in answers] == [["A fox"], []]


def test_as_a_page_it_has_its_own_tabs_beside_those_of_the_project(signed_in: Any, bob: Any, project: Any):
    page = signed_in(bob).get(f"/p/{project.slug}/prompts").content.decode()
    for name in ("history", "prompt", "snippet", "negative"):
        assert f'href="/p/{project.slug}/prompts?tab={name}"' in page
    assert f'href="/p/{project.slug}/gallery"' in page and "?tab=&quot;" not in page and '?tab="' not in page


def saved_by_name(bob: Any, project: Any, names: str) -> None:
    SavedPrompt.objects.bulk_create(
        SavedPrompt(project=project, owner=bob, kind="prompt", name=name, text=f"Text of {name}")
        for name in names
    )


def test_the_api_lists_page_by_page_also_where_the_last_row_has_gone(client: Any, bob: Any, project: Any):
    saved_by_name(bob, project, "ebdac")
    seen, cursor = [], ""
    while cursor is not None:
        page = call(client, bob, "get", f"?project={project.slug}&limit=2&cursor={cursor}".rstrip("=")).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        SavedPrompt.objects.filter(name=seen[-1]).delete()
    assert seen == list("abcde")
    for nonsense in ("x", "W10=", "bnVsbA==", "%00"):
        answer = call(client, bob, "get", f"?project={project.slug}&cursor={nonsense}")
        assert (answer.status_code, answer.json()["error"]["field"]) == (422, "cursor")


def test_the_panel_shows_the_first_ones_and_searches_all(
    signed_in: Any, bob: Any, project: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(prompts_view, "MOST_LISTED", 2)
    saved_by_name(bob, project, "abc")
    page = signed_in(bob).get(f"/p/{project.slug}/prompts?tab=prompt").content.decode()
    assert page.count("data-prompt-pick") == 2 and "Search to find the others." in page
    page = signed_in(bob).get(f"/p/{project.slug}/prompts?tab=prompt&q=text+c").content.decode()
    assert page.count("data-prompt-pick") == 1 and "Text of c" in page and "find the others" not in page
