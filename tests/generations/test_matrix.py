"""A matrix: which cells it has, what each would send and cost, and that all are made or none."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from generations.matrix import fingerprint
from generations.models import Draft, Generation
from generations.plan import plan_of
from generations.services import matrix_drafts, past_prompts
from generations.services.compose import Wish, compose
from generations.services.create import price_all
from generations.services.matrix import axes_of, combinations
from generations.sheet import edited, key_of, read_sheet
from generations.views.studio import draft_desk
from providers.gateways.client import GatewayClient
from providers.models import LedgerEntry
from tests.factories import (
    CAPABILITIES,
    CLOSED_PORT,
    add_member,
    make_account,
    make_asset,
    make_model,
    make_quota,
    make_take_row,
    make_token,
    model_of,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
HUGE = {name: [f"{n}" for n in range(48)] for name in ("prompt", "model", "resolution", "aspect_ratio")}
SHORT = {**CAPABILITIES, "durations_s": [4], "seed": False}


@pytest.fixture
def models() -> Any:
    return make_model(label="Long"), make_model(label="Short", capabilities=SHORT)


@pytest.fixture
def draft(bob: Any, project: Any, models: Any) -> Draft:
    body = {"model": str(models[0].pk), "prompt": "A boat", "duration_s": 10, "resolution": "1080p"}
    return Draft.objects.create(user=bob, project=project, body=body)


@pytest.fixture
def sheet(signed_in: Any, bob: Any, project: Any, models: Any, draft: Any) -> Any:
    """Post to the matrix page as its form does: with the marks of the present composer and cells."""
    client = signed_in(bob)
    page = client.get(f"/p/{project.slug}/matrix").content.decode()
    base = re.search(r'name="base" value="(\w+)"', page)
    assert base

    def post(verb: str = "plan", **values: Any) -> Any:
        form = {"model": [str(m.pk) for m in models], "prompt": ["A boat"], "base": base[1]}
        form |= {"idempotency_key": uuid4().hex, "shown_usd": "100", "copies": "1", **values}
        if verb == "generate" and "layout" not in form:
            form["layout"] = plan_of(bob, project, draft_desk(bob, project).typed, read_sheet(form)).layout
        return client.post(f"/p/{project.slug}/matrix/{verb}", form, headers=HTMX)

    return post


def keys_of(page: str) -> list[str]:
    return re.findall(r'name="shown" value="(\w+)"', page)


# -- rules --------------------------------------------------------------------------------------------


def test_every_combination_is_a_cell_with_prompts_outermost():
    cells = combinations({"duration_s": [5, 10], "prompt": ["a", "b"], "seed": []})
    assert [(cell["prompt"], cell["duration_s"]) for cell in cells] == [
        ("a", 5),
        ("a", 10),
        ("b", 5),
        ("b", 10),
    ]


def test_the_same_value_twice_is_one():
    assert len(combinations({"prompt": ["a", "a"], "seed": [7, 7]})) == 1


def test_a_length_that_follows_from_the_model_is_no_axis(project, models):
    first, second = models
    takes = [
        make_take_row(project=project, model=first, request={"duration_s": 10}),
        make_take_row(project=project, model=second, request={"duration_s": 4}),
    ]
    assert list(axes_of(takes)) == ["model"]
    takes.append(make_take_row(project=project, model=first, request={"duration_s": 5}))
    assert list(axes_of(takes)) == ["model", "duration_s"]


@pytest.mark.parametrize("typed", ["1, x", "-3", "1.5", "٣"])
def test_what_is_no_seed_is_said(typed):
    assert read_sheet({"seeds": typed}).problems


def test_a_form_read_back_from_its_draft_is_the_same():
    filled = read_sheet({"prompt": ["a", "b\r\nc"], "seeds": "1 2", "duration_s": ["5", "10"], "copies": "3"})
    assert read_sheet(filled.as_draft()) == filled
    assert filled.seeds == (1, 2) and filled.duration_s == (5, 10) and filled.prompts[1] == "b\nc"


def test_an_unticked_cell_stays_skipped_when_another_row_is_added():
    skipped, made = key_of({"prompt": "a"}), key_of({"prompt": "b"})
    filled = read_sheet({"prompt": ["a", "b"], "shown": [skipped, made], "make": [made]})
    assert filled.skipped == {skipped}
    assert edited(filled, {"add_prompt": "1"}).skipped == {skipped}


# -- the page -----------------------------------------------------------------------------------------


def test_it_begins_with_what_stands_in_the_composer(signed_in, bob, project, draft):
    page = signed_in(bob).get(f"/p/{project.slug}/matrix").content.decode()
    assert ">A boat</textarea>" in page and len(keys_of(page)) == 1
    assert "$1.50" in page and "10 s · 1080p" in page


def test_each_cell_has_its_own_price_and_the_button_the_sum(sheet):
    page = sheet(duration_s=["4", "5", "10"]).content.decode()
    assert len(keys_of(page)) == 3, "two lengths of one model, one of the other"
    assert "Generate 3" in page and "$2.85" in page
    assert "cell no" not in page and page.count('scope="col"') == 3
    told = re.sub(r"\s+", " ", page)
    assert "<strong>Long</strong> without 4 s" in told and "<strong>Short</strong> without 5 s, 10 s" in told
    assert '<span>4 s</span> <span class="t3 small" title="Short">1 of 2<' in told


def test_a_length_that_a_model_lacks_is_refused_and_never_rounded(sheet):
    page = sheet(duration_s=["5", "10"]).content.decode()
    assert len(keys_of(page)) == 2 and "4 s · 1080p" not in page
    assert "<strong>Short</strong> has no cell: it makes no 5 s, 10 s, but 4 s." in page
    none = sheet(duration_s=["7"])
    assert not keys_of(none.content.decode()) and "but 5 s, 10 s." in none.content.decode()
    assert sheet("generate", duration_s=["7"]).status_code == 422 and not Generation.objects.exists()


def test_a_model_that_leaves_no_choice_of_a_setting_keeps_its_cell(sheet, models, draft, bob, project):
    models[1].capabilities = {**SHORT, "ratio_from_input": ["image_to_video"], "resolutions": []}
    models[1].save()
    frame = make_asset(project=project, width=1280, height=720)
    draft.body = {**draft.body, "inputs": [{"role": "first_frame", "asset": str(frame.pk)}]}
    draft.save()
    ticked = {"base": fingerprint(draft_desk(bob, project).typed), "aspect_ratio": ["16:9", "9:16"]}
    page = sheet(**ticked).content.decode()
    assert len(keys_of(page)) == 3 and "<strong>Short</strong> leaves no choice of ratio here" in page
    sheet("generate", **ticked)
    made = [(take.model.label, take.request.get("aspect_ratio")) for take in Generation.objects.all()]
    assert sorted(made, key=str) == [("Long", "16:9"), ("Long", "9:16"), ("Short", None)]
    page = sheet(**ticked, resolution=["720p"]).content.decode()
    assert len(keys_of(page)) == 3 and "no choice of resolution, ratio here" in page
    none = sheet(**ticked, duration_s=["5"]).content.decode()
    assert len(keys_of(none)) == 2 and "has no cell: it makes no 5 s, but 4 s." in none
    assert "leaves no choice" not in none, "it has no cell that could take its own"


def test_a_model_that_is_no_longer_offered_is_judged_and_named_as_no_other(sheet, models):
    models[1].allowed = False
    models[1].save()
    page = sheet(duration_s=["4", "5"]).content.decode()  # the best other one has 5 s, not 4 s
    assert len(keys_of(page)) == 1 and page.count("<span>This model is no longer offered.") == 2
    assert re.findall(r"<strong>(.*?)</strong> (without .*?),", page) == [("Long", "without 4 s")]
    assert page.count('class="strong">Gone<') == 3 and page.count('class="strong">Long<') == 2
    assert 'title="Long"' not in page, "5 s is of all that are offered"


def test_cells_that_no_model_makes_count_for_nothing_in_the_limit(sheet):
    shots = [f"Shot {n}" for n in range(12)]
    page = sheet(prompt=shots, duration_s=["4", "5", "10"]).content.decode()  # 72 places, 36 cells
    assert len(keys_of(page)) == 36 and "too many" not in page
    assert "too many" in sheet(prompt=shots, duration_s=["4", "5", "10"], copies="2").content.decode()


def test_what_the_composer_holds_is_set_aside_for_a_model_that_lacks_it(sheet):
    page = sheet().content.decode()
    assert "Without: Length 10 s" in re.sub(r"\s+", " ", page)
    assert "Without:" not in sheet(duration_s=["4", "5"]).content.decode(), "an axis stands in its place"
    assert "4 s · 1080p" in page


def test_every_ticked_cell_becomes_a_take_of_one_batch(sheet, models, bob):
    page = sheet(duration_s=["4", "5"], prompt=["A boat", "A tram"]).content.decode()
    shown = keys_of(page)
    answer = sheet("generate", duration_s=["4", "5"], prompt=["A boat", "A tram"], shown=shown, make=shown)
    takes = list(Generation.objects.order_by("position"))
    assert answer.headers["HX-Redirect"] == f"/b/{takes[0].batch_id}"
    assert [(t.prompt, t.model.label, t.request["duration_s"]) for t in takes] == [
        ("A boat", "Long", 5),
        ("A boat", "Short", 4),
        ("A tram", "Long", 5),
        ("A tram", "Short", 4),
    ]
    assert sum(entry.amount_usd for entry in LedgerEntry.objects.all()) == Decimal("2.70")


def test_a_skipped_cell_is_neither_made_nor_paid(sheet):
    shown = keys_of(sheet().content.decode())
    answer = sheet(shown=shown, make=shown[:1]).content.decode()
    assert "Generate 1" in answer and "$1.50" in answer
    sheet("generate", shown=shown, make=shown[:1])
    assert [take.model.label for take in Generation.objects.all()] == ["Long"]


def test_copies_are_made_of_each_cell(sheet):
    sheet("generate", copies="3")
    assert Generation.objects.count() == 6
    assert len(set(Generation.objects.values_list("batch_id"))) == 1


def test_the_same_form_sent_twice_makes_one_batch(sheet):
    key = uuid4().hex
    first, second = sheet("generate", idempotency_key=key), sheet("generate", idempotency_key=key)
    assert first.headers["HX-Redirect"] == second.headers["HX-Redirect"]
    assert Generation.objects.count() == 2


def test_a_limit_without_room_for_all_makes_none(sheet, project):
    make_quota(scope="project", scope_id=project.pk, measure="money", limit=Decimal("2.00"))
    answer = sheet("generate")
    assert answer.status_code == 422 and "limit" in answer.content.decode().lower()
    assert not Generation.objects.exists() and not LedgerEntry.objects.exists()


def test_a_price_above_the_one_that_was_shown_makes_nothing(sheet):
    answer = sheet("generate", shown_usd="2.09")
    assert answer.status_code == 409 and not Generation.objects.exists()
    assert "$2.10" in answer.content.decode()


@pytest.mark.parametrize("shown", ["", "unknown", "nonsense"])
def test_a_price_that_nobody_has_seen_yet_is_agreed_to_by_nobody(sheet, shown):
    assert sheet("generate", shown_usd=shown).status_code == 409
    assert not Generation.objects.exists()


def test_beside_a_cell_without_a_price_the_others_still_cost_what_was_shown(sheet, models):
    models[1].price_rule = {}
    models[1].save()
    page = sheet().content.decode()
    assert 'name="shown_usd" value="1.50"' in page and 'name="some_unknown"' in page
    assert sheet("generate", shown_usd="1.49", some_unknown="1").status_code == 409
    assert sheet("generate", shown_usd="1.50").status_code == 409, "an unknown price was not seen"
    assert sheet("generate", shown_usd="1.50", some_unknown="1").status_code == 204
    assert Generation.objects.count() == 2


def test_cells_that_were_not_shown_are_agreed_to_by_nobody(sheet, models):
    for model in models:
        model.price_rule = {}  # no sum stands in the way
        model.save()
    seen = re.search(r'name="layout" value="(\w+)"', sheet().content.decode())[1]
    given = {"layout": seen, "shown_usd": "0", "some_unknown": "1"}
    answer = sheet("generate", prompt=["A boat", "A tram"], **given)
    assert answer.status_code == 422 and "other cells" in answer.content.decode()
    assert sheet("generate", copies="2", **given).status_code == 422
    assert not Generation.objects.exists()
    ticked = keys_of(sheet().content.decode())
    assert sheet("generate", shown=ticked, make=ticked[:1], **given).status_code == 204
    assert Generation.objects.count() == 1, "ticks are no other cells"


@pytest.mark.parametrize(
    "given",
    [
        {"durations_s": [4, 5]},  # a column that the page did not show
        {"durations_s": [4, 10], "resolutions": ["480p"]},  # another value of its own in a cell that it did
        {"durations_s": [5]},  # one that the page has shown is gone
    ],
)
def test_what_a_model_was_given_meanwhile_is_looked_at_first(sheet, models, given):
    ticked = {"duration_s": ["4", "5"], "shown_usd": "100"}
    seen = re.search(r'name="layout" value="(\w+)"', sheet(**ticked).content.decode())[1]
    before = models[1].capabilities
    models[1].capabilities = {**SHORT, **given}
    models[1].save()
    answer = sheet("generate", **ticked, layout=seen)
    assert answer.status_code == 422 and "other cells" in answer.content.decode()
    assert not Generation.objects.exists()
    models[1].capabilities = before
    models[1].save()
    assert sheet("generate", **ticked, layout=seen).status_code == 204
    assert Generation.objects.count() == 2


def test_what_another_page_had_filled_in_stays_in_the_history(sheet, bob, project):
    one, two = uuid4().hex, uuid4().hex
    sheet(prompt=["A boat", "A tram"], tab=one)
    sheet(prompt=["A boat", "A tram at night"], tab=one)
    assert not past_prompts.find(bob, project), "its own words are no other page's"

    def kept() -> list[str]:
        return list(matrix_drafts.of(bob, project)["prompt"])

    asked = sheet(prompt=["A boat", "A kite"], tab=two, version="1").content.decode()
    assert "Changed in another tab" in asked and "A kite</textarea>" in asked
    assert kept() == ["A boat", "A tram at night"], "nothing is saved until somebody says"
    again = sheet(prompt=["A boat", "A tram at night"], tab=two, version="1").content.decode()
    assert "Changed in another tab" not in again, "the same words are no conflict"
    sheet(prompt=["A boat", "A kite"], tab=two, version="1", keep="mine")
    assert kept() == ["A boat", "A kite"]
    assert [row.text for row in past_prompts.find(bob, project)] == ["A tram at night"]
    theirs = sheet(prompt=["A hut"], tab=one, version="2", keep="theirs").content.decode()
    assert "A kite</textarea>" in theirs and 'name="version" value="3"' in theirs
    assert kept() == ["A boat", "A kite"]
    assert {row.text for row in past_prompts.find(bob, project)} == {"A tram at night", "A hut"}
    seen = sheet(prompt=["A boat", "A barge"], tab=one, version="3").content.decode()
    assert 'name="version" value="4"' in seen and kept() == ["A boat", "A barge"]


def test_a_composer_that_changed_in_another_tab_makes_nothing(sheet, draft):
    draft.body = {**draft.body, "resolution": "720p"}
    draft.save()
    answer = sheet("generate")
    assert answer.status_code == 422 and not Generation.objects.exists()


def test_more_than_a_batch_holds_is_refused_by_number(sheet):
    answer = sheet("generate", prompt=[f"Shot {n}" for n in range(12)], copies="3").content.decode()
    assert "72 takes at once are too many; 48 at most" in answer
    assert not Generation.objects.exists()


def test_files_of_the_composer_go_into_every_cell(sheet, draft, project, signed_in, bob):
    frame = make_asset(project=project, width=1280, height=720)
    draft.body = {**draft.body, "inputs": [{"role": "first_frame", "asset": str(frame.pk)}]}
    draft.save()
    page = signed_in(bob).get(f"/p/{project.slug}/matrix").content.decode()
    base = re.search(r'name="base" value="(\w+)"', page)
    sheet("generate", base=base[1])
    assert [take.inputs.get().asset_id for take in Generation.objects.all()] == [frame.pk, frame.pk]


def test_a_hostile_form_is_only_a_form(sheet):
    answer = sheet(model=["x", str(uuid4())], prompt=["<script>\x00"], seeds="9" * 500, copies="-1")
    assert answer.status_code == 200 and b"<script>\\x00" not in answer.content


# -- the page of the batch ----------------------------------------------------------------------------


@pytest.fixture
def made(sheet: Any) -> str:
    return sheet("generate", prompt=["A boat", "A tram"]).headers["HX-Redirect"]


def test_the_batch_stands_in_a_grid_that_can_be_turned(made, signed_in, bob):
    page = signed_in(bob).get(made).content.decode()
    assert "2 prompts × 2 models" in page and page.count('scope="row"') == 2
    assert "Left out" not in page
    turned = signed_in(bob).get(f"{made}?rows=model").content.decode()
    assert re.findall(r'scope="row"><span class="words" title="(\w+)', turned) == ["Long", "Short"]
    assert signed_in(bob).get(f"{made}?rows=none").content.decode().count('scope="row"') == 0


def test_lengths_that_differ_by_model_stand_in_one_row_and_turn(sheet, signed_in, bob):
    made = sheet("generate", duration_s=["4", "5", "10"]).headers["HX-Redirect"]
    client = signed_in(bob)
    for rows, across, down, gaps in (("", 3, 0, 0), ("model", 3, 2, 3), ("duration_s", 2, 3, 3)):
        page = client.get(f"{made}?rows={rows or 'none'}").content.decode()
        found = (page.count('scope="col"'), page.count('scope="row"'), page.count("Left out"))
        assert found == (across, down, gaps), rows
    rows = re.findall(r'scope="row"><span class="words" title="([^"]+)', page)
    assert rows == ["4 s", "5 s", "10 s"], "by length, though the first model has no 4 s"


def test_nothing_new_is_204_and_a_change_is_not(made, signed_in, bob):
    client = signed_in(bob)
    version = re.search(r'data-version="([^"]+)"', client.get(made).content.decode())[1]
    assert client.get(f"{made}/live?v={version}").status_code == 204
    Generation.objects.filter(position=0).update(version=7)
    assert client.get(f"{made}/live?v={version}").status_code == 200


def test_a_stranger_sees_no_batch(made, signed_in, charlie):
    assert signed_in(charlie).get(made).status_code == 404
    assert signed_in(charlie).get(f"{made}/live").status_code == 404


def test_the_grid_takes_few_queries_whatever_it_holds(sheet, signed_in, bob, django_assert_max_num_queries):
    address = sheet("generate", prompt=[f"Shot {n}" for n in range(6)], copies="4").headers["HX-Redirect"]
    client = signed_in(bob)
    assert Generation.objects.count() == 48
    client.get(address)  # the usual times are reckoned once
    with django_assert_max_num_queries(15):
        client.get(address)


def test_the_feed_says_what_a_batch_differs_in_and_leads_to_its_grid(made, signed_in, bob, project):
    Generation.objects.update(status="failed", failure_class="internal")
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert "2 prompts × 2 models" in page and f'href="{made}"' in page


# -- compare ------------------------------------------------------------------------------------------


def test_compare_shows_what_differs_alone(signed_in, bob, project, models):
    rows = [
        make_take_row(project=project, model=model, status="completed", prompt="A boat", request={"seed": 7})
        for model in models
    ]
    query = "&".join(f"take={row.pk}" for row in rows)
    page = signed_in(bob).get(f"/p/{project.slug}/compare?{query}").content.decode()
    assert page.count("<video") == 2
    assert '<th scope="row">Model</th>' in page and '<th scope="row">Prompt</th>' not in page


def test_compare_leads_back_to_the_batch_where_there_is_one(made, signed_in, bob, project):
    Generation.objects.update(status="completed")
    takes = list(Generation.objects.all()[:2])
    address = f"/p/{project.slug}/compare?take={takes[0].pk}&take="
    assert f'href="{made}"' in signed_in(bob).get(f"{address}{takes[1].pk}").content.decode()
    other = make_take_row(project=project, status="completed")
    page = signed_in(bob).get(f"{address}{other.pk}").content.decode()
    assert f'href="{made}"' not in page and "To the studio" in page


@pytest.mark.parametrize(
    ("back", "leads"),
    [
        ("/p/{slug}/gallery?mark=pick", True),
        ("http://testserver/p/{slug}/gallery?mark=pick", True),
        ("https://evil.example/p/{slug}/gallery", False),
        ("//evil.example/p/{slug}/gallery", False),
        ("http://testserver//evil.example/p/{slug}/gallery", False),
        ("javascript:alert(1)", False),
        ("/p/{slug}/compare", False),
    ],
)
def test_compare_leads_back_to_where_one_came_from_within_the_studio(back, leads, signed_in, bob, project):
    takes = [make_take_row(project=project, status="completed", hold=False) for _ in range(2)]
    given = {"take": [take.pk for take in takes], "back": back.format(slug=project.slug)}
    page = signed_in(bob).get(f"/p/{project.slug}/compare", given).content.decode()
    assert ("Back to the gallery" in page) is leads
    assert "evil.example" not in page and "javascript:" not in page


def test_the_picker_of_the_matrix_sees_the_composers_files(sheet, draft, project, signed_in, bob):
    frame = make_asset(project=project, width=1280, height=720)
    words = make_model(label="Words alone", capabilities={**SHORT, "modes": ["text_to_video"], "inputs": {}})
    draft.body = {**draft.body, "inputs": [{"role": "first_frame", "asset": str(frame.pk)}]}
    draft.save()
    page = signed_in(bob).post(f"/p/{project.slug}/models", {"layout": "x", "prompt": "A boat"})
    assert "Words alone" in page.content.decode() and "Takes no first frame" in page.content.decode()
    assert words.pk


def test_compare_shows_nothing_of_another_project(signed_in, bob, project):
    mine, other = make_take_row(project=project, status="completed"), make_take_row(status="completed")
    page = signed_in(bob).get(f"/p/{project.slug}/compare?take={mine.pk}&take={other.pk}&take=x").content
    assert b"Nothing to compare" in page and str(other.pk).encode() not in page


# -- the API ------------------------------------------------------------------------------------------


@pytest.fixture
def call(client: Any, bob: Any) -> Any:
    token = make_token(bob)

    def post(body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        return client.post("/api/v1/batches", body, content_type="application/json", headers=headers)

    return post


@pytest.fixture
def body(project: Any, models: Any) -> dict[str, Any]:
    return {"project": project.slug, "model": models[0].wire_id, "prompt": "A boat"}


def test_a_matrix_of_the_api_makes_every_cell_but_the_skipped(call, body, models):
    crossed = {"prompt": ["A boat", "A tram"], "duration_s": [5, 10], "skip": [3]}
    answer = call({**body, "matrix": crossed, "count": 2})
    assert answer.status_code == 202
    made = [(take["request"]["prompt"], take["request"]["duration_s"]) for take in answer.json()["takes"]]
    assert made == [
        ("A boat", 5),
        ("A boat", 5),
        ("A boat", 10),
        ("A boat", 10),
        ("A tram", 5),
        ("A tram", 5),
    ]


def test_one_cell_that_cannot_be_made_refuses_all_by_its_number(call, body, models):
    answer = call({**body, "matrix": {"model": [model.wire_id for model in models], "duration_s": [5]}})
    assert answer.status_code == 422 and "Cell 1" in answer.json()["error"]["message"]
    assert not Generation.objects.exists()


@pytest.mark.parametrize(
    "crossed", [{"prompt": ["a"], "skip": [0]}, HUGE, {"seed": list(range(48)), "prompt": ["a", "b"]}]
)
def test_a_matrix_of_no_takes_or_too_many_is_refused(call, body, crossed):
    assert call({**body, "matrix": crossed}).status_code == 422
    assert not Generation.objects.exists()


def test_a_viewer_makes_no_matrix(signed_in, charlie, project, models):
    add_member(project, charlie, "viewer")
    assert signed_in(charlie).get(f"/p/{project.slug}/matrix").status_code == 403


def test_prompts_that_cost_the_same_are_one_question_to_the_gateway(bob, project, monkeypatch):
    model = model_of(make_account("venice", base_url=CLOSED_PORT), "wan-2.6-text-to-video")
    asked = []

    def told(_client: Any, request: Any, *_more: Any) -> Decimal:
        asked.append(request.duration_s)
        return Decimal("0.10") * Decimal(str(request.duration_s))

    monkeypatch.setattr(GatewayClient, "quote", told)
    wishes = [{"prompt": text, "duration_s": length} for length in (5, 10) for text in ("a", "b", "c")]
    prices = price_all([compose(bob, project, Wish(model, values)) for values in wishes])
    assert asked == [5, 10]
    assert [price.amount_usd for price in prices] == [Decimal("0.5")] * 3 + [Decimal("1.0")] * 3
