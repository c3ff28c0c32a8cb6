"""What a gateway quotes, as it is shown, held and compared later."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Generation, Status
from generations.services import price_check
from providers import accounts, prices
from providers.gateways.values import Mode, VideoRequest
from providers.gateways.wire import as_money
from providers.models import VideoModel
from providers.quotes import Quote, quote
from tests.factories import make_account, make_model, make_take_row

pytestmark = pytest.mark.django_db
ODD = ["NaN", "Infinity", "-Infinity", "-0.01", "1000000.01", "1e20"]


@pytest.fixture
def model() -> VideoModel:
    """A model of a gateway that quotes."""
    return make_model(account=make_account("venice"))


@pytest.fixture
def asks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """``asks(amount)``: from now on the gateway answers so."""

    def now(amount: Any) -> None:
        class Client:
            def quote(self, *_asked: Any) -> Decimal:
                return Decimal(amount)

        monkeypatch.setattr(accounts, "client_for", lambda _account: Client())

    return now


def price(model: VideoModel) -> Quote:
    return quote(model, VideoRequest(model.wire_id, Mode.TEXT_TO_VIDEO, "x", duration_s=5.0))


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (0.1 + 0.2, "0.300001"),  # 0.30000000000000004: never less than what was told
        (0.3, "0.3"),
        (1e-9, "0.000001"),
        (0, "0"),
        (1_000_000, "1000000"),
    ],
)
def test_a_quote_is_rounded_up_to_what_a_row_keeps(
    model: VideoModel, asks: Any, told: float, kept: str
) -> None:
    asks(as_money(told))
    found = price(model)
    assert (str(found.amount_usd), found.basis) == (kept, "quoted")
    assert f"${kept} " in found.detail[0]


@pytest.mark.parametrize("told", ODD)
def test_what_can_be_no_price_is_unknown_and_not_estimated(model: VideoModel, asks: Any, told: str) -> None:
    assert prices.from_plain(model.price_rule)
    asks(told)
    found = price(model)
    assert (found.amount_usd, found.basis) == (None, "unknown") and "cannot be right" in found.detail[0]


def old_take(model: VideoModel, held: Decimal | None) -> Generation:
    take = make_take_row(model=model, held_usd=held, price_basis="quoted")
    long_ago = timezone.now() - timedelta(seconds=price_check.QUOTE_KEEPS_S + 1)
    Generation.objects.filter(pk=take.pk).update(priced_at=long_ago)
    return Generation.objects.select_related("account", "model", "project", "author").get(pk=take.pk)


def test_the_same_quote_asked_again_has_not_moved(model: VideoModel, asks: Any) -> None:
    asks(as_money(0.1 + 0.2))
    take = old_take(model, price(model).amount_usd)
    assert price_check.holds(take)
    asks("0.31")
    assert not price_check.holds(take)


def test_nothing_is_sent_at_a_price_that_cannot_be_right(model: VideoModel, asks: Any) -> None:
    take = old_take(model, Decimal("0.30"))
    asks("1e20")
    assert not price_check.holds(take)
    take.refresh_from_db()
    assert (take.status, take.failure_class) == (Status.FAILED, "price_moved")
    assert (
        take.failure_message
        == "Venice quotes a price that cannot be right. $0.300000 was held. Nothing was sent."
    )
