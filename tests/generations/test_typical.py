"""How long a model usually takes, out of the studio's own takes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from generations.services import typical
from tests.factories import make_model, make_take_row

pytestmark = pytest.mark.django_db


def done(model: Any, seconds: float, *, days_ago: float = 0, **overrides: Any) -> None:
    end = timezone.now() - timedelta(days=days_ago)
    fields = {
        "accepted_at": end - timedelta(seconds=seconds),
        "completed_at": end,
        "hold": False,
        **overrides,
    }
    make_take_row(model=model, status="completed", **fields)


def test_half_and_nine_in_ten_of_the_takes_of_a_model() -> None:
    model = make_model()
    for seconds in range(10, 110, 10):
        done(model, seconds)
    assert typical.times() == {model.pk: typical.Typical(55.0, 90.0, 10)}


def test_takes_of_another_month_and_unfinished_ones_do_not_count() -> None:
    model = make_model()
    for _ in range(4):
        done(model, 30)
        done(model, 900, days_ago=31)
        make_take_row(model=model, status="running", hold=False)
        make_take_row(model=model, status="failed", hold=False)
    assert typical.times() == {}


def test_only_the_newest_of_a_model_count(monkeypatch: Any) -> None:
    monkeypatch.setattr(typical, "NEWEST", 5)
    slow, fast = make_model(), make_model()
    for model in (slow, fast):
        for days in range(8):
            done(model, 100 if model == slow or days > 4 else 10, days_ago=days)
    assert {pk: found.p50_s for pk, found in typical.times().items()} == {slow.pk: 100, fast.pk: 10}


def test_a_take_adopted_without_its_acceptance_counts_from_its_submit() -> None:
    model = make_model()
    for _ in range(5):
        submitted = timezone.now() - timedelta(seconds=40)
        done(model, 0, accepted_at=None, submitted_at=submitted)
    assert round(typical.times()[model.pk].p50_s) == 40


def test_it_is_one_question_however_many_models_and_none_while_it_is_fresh(
    django_assert_num_queries: Any,
) -> None:
    for _ in range(3):
        model = make_model()
        for _ in range(5):
            done(model, 20)
    with django_assert_num_queries(1):
        first = typical.times()
        assert typical.times() == first and len(first) == 3
    cache.clear()
    with django_assert_num_queries(1):
        typical.times()
