"""Making a matrix: all of what was shown and ticked, or nothing."""

from __future__ import annotations

import re
from decimal import Decimal
from uuid import uuid4

import pytest

from generations.models import Generation
from generations.services import matrix_drafts, past_prompts
from providers.models import LedgerEntry
from tests.factories import make_quota
from tests.generations.matrix.page import SHORT, keys_of

pytestmark = pytest.mark.django_db


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
