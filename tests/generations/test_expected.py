"""The usual time of a model, from our own history: half of the takes, and nine of ten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Status
from generations.services import expected
from tests.factories import make_model, make_take_row

pytestmark = pytest.mark.django_db


def took(model: Any, *seconds: float) -> None:
    for one in seconds:
        ended = timezone.now()
        times = {"accepted_at": ended - timedelta(seconds=one), "completed_at": ended}
        make_take_row(model=model, status=Status.COMPLETED, hold=False, **times)


def test_half_and_nine_of_ten_are_told_from_ten_takes_on():
    model = make_model()
    took(model, *range(10, 110, 10))
    found = expected.usual([model.pk])[model.pk]
    assert (found.p50_s, found.p90_s) == (pytest.approx(55), pytest.approx(91))


def test_of_few_takes_only_the_half_is_told_and_of_fewer_nothing():
    few, fewer = make_model(), make_model()
    took(few, *[30] * 5), took(fewer, *[30] * 4)
    assert expected.usual([few.pk, fewer.pk]) == {few.pk: expected.Usual(pytest.approx(30), None)}


def test_a_minute_long_it_is_not_asked_again(django_assert_num_queries: Any):
    model = make_model()
    with django_assert_num_queries(1):
        expected.usual([model.pk])
    with django_assert_num_queries(0):
        expected.usual([model.pk])


def test_the_queue_tells_both(signed_in: Any, alice: Any, project: Any):
    model = make_model()
    took(model, *range(60, 160, 10))
    make_take_row(project=project, author=alice, model=model, status=Status.RUNNING)
    page = signed_in(alice).get("/queue").content.decode()
    assert "of about 1:45" in page and "Usually under 2:21." in page
