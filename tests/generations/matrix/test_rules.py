"""The rules of a matrix: its combinations, what its takes differ in, and a form read back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from generations.services.compose import Wish, compose
from generations.services.create import price_all
from generations.services.matrix import axes_of, combinations
from generations.sheet import edited, key_of, read_sheet
from providers.gateways.client import GatewayClient
from tests.factories import CLOSED_PORT, make_account, make_take_row, model_of

pytestmark = pytest.mark.django_db


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
