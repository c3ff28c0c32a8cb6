"""GET /api/v1/models: what the picker's page shows stands here too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import CAPABILITIES, CLOSED_PORT, make_account, make_model, make_take_row, make_token

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/models"


@pytest.fixture
def ask(alice: Any) -> Any:
    headers = {"Authorization": f"Bearer {make_token(alice)}"}

    def call(query: str = "", method: str = "GET", address: str = "") -> Any:
        return Client().generic(method, f"{ROOT}{address}{query}", headers=headers)

    return call


@pytest.fixture
def model() -> Any:
    account = make_account(base_url=CLOSED_PORT, name="House account")
    account.models.all().delete()
    return make_model(account=account, capabilities={**CAPABILITIES, "audio": "optional"})


def test_price_by_the_second_and_typical_time(ask: Any, model: Any) -> None:
    for _ in range(5):
        begin = timezone.now() - timedelta(seconds=60)
        make_take_row(model=model, status="completed", accepted_at=begin, hold=False)
    (told,) = ask().json()["items"]
    assert told["price"]["usual"] == {"amount_usd": "0.15", "per": "second"}
    assert round(told["typical"]["p50_s"]) == 60 and told["typical"]["takes"] == 5


def test_what_is_not_known_is_null(ask: Any, model: Any) -> None:
    model.price_rule = {}
    model.save()
    (told,) = ask().json()["items"]
    assert told["price"]["usual"] is None and told["typical"] is None and told["ends_on"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?need=sound", 1),
        ("?need=sound&need=10s&need=1080p&mode=image_to_video", 1),
        ("?need=last_frame", 0),
        ("?need=sound&mode=upscale", 0),
    ],
)
def test_needs_filter_together_with_the_mode(ask: Any, model: Any, query: str, found: int) -> None:
    assert len(ask(query).json()["items"]) == found


def test_an_unknown_need_is_refused_with_those_that_there_are(ask: Any, model: Any) -> None:
    answer = ask("?need=magic")
    assert answer.status_code == 422 and "no_public_address" in answer.json()["error"]["allowed"]


def test_favourites_go_on_and_off(ask: Any, model: Any) -> None:
    for method, expected in (("PUT", True), ("PUT", True), ("DELETE", False), ("DELETE", False)):
        assert ask(method=method, address=f"/{model.pk}/favourite").status_code == 204
        assert ask().json()["items"][0]["favourite"] is expected


def test_300_models_cost_no_more_questions(ask: Any, model: Any, django_assert_max_num_queries: Any) -> None:
    for _ in range(300):
        make_model(account=model.account)
    ask()
    with django_assert_max_num_queries(5):
        assert len(ask().json()["items"]) == 301
