"""What a gateway quotes, as it is shown, held and compared later."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Generation, Status
from generations.services import price_check
from providers import accounts, prices, quotes
from providers.gateways.errors import Refused, Unavailable, Unreachable
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


# -- a page does not wait for ever --------------------------------------------------------------------


class Slow:
    """Gateways that take ``seconds`` for an answer, on a clock of their own; ``asked``: how often."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: float, error: Exception | None = None):
        self.now, self.asked, self.seconds, self.error = 1000.0, 0, seconds, error
        monkeypatch.setattr(quotes.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(accounts, "client_for", lambda _account: self)

    def quote(self, _request: Any, _caps: Any, within_s: float | None) -> Decimal:
        self.asked, within_s = self.asked + 1, within_s or 30.0
        self.now += min(self.seconds, within_s)
        if self.error or self.seconds > within_s:
            raise self.error or Unavailable("Venice did not answer.")
        return Decimal("0.40")


def page_of(model: VideoModel, count: int) -> list[Quote]:
    until = quotes.patience()
    asked = [
        VideoRequest(model.wire_id, Mode.TEXT_TO_VIDEO, "x", duration_s=float(n)) for n in range(1, count)
    ]
    return [quotes.quote_lately(model, request, until) for request in asked]


@pytest.fixture
def unpriced(model: VideoModel) -> VideoModel:
    model.price_rule = {}
    return model


def test_all_prices_of_a_page_share_one_deadline(unpriced: VideoModel, monkeypatch: Any) -> None:
    gateway = Slow(monkeypatch, 3.0)
    found = page_of(unpriced, 49)
    assert gateway.now <= 1000 + quotes.PATIENCE_S and gateway.asked == 3
    assert [one.basis for one in found] == ["quoted"] * 2 + ["unknown"] * 46
    assert "told no price" in found[-1].detail[0]
    page_of(unpriced, 49)  # the next look goes on where the first stopped
    assert gateway.asked == 6


def test_a_gateway_that_is_silent_is_left_alone_for_a_while(unpriced: VideoModel, monkeypatch: Any) -> None:
    gateway = Slow(monkeypatch, 2.0, Unreachable("Venice cannot be reached."))
    for _look in range(3):
        assert {one.detail[0] for one in page_of(unpriced, 49)} == {
            "Venice told no price: Venice cannot be reached."
        }
    assert gateway.asked == 1
    gateway.error = None
    request = VideoRequest(unpriced.wire_id, Mode.TEXT_TO_VIDEO, "x", duration_s=1.0)
    assert quote(unpriced, request).amount_usd == Decimal("0.40")  # who clicks is asked for anew


def test_a_question_that_was_refused_is_not_asked_again_but_others_are(
    unpriced: VideoModel, monkeypatch: Any
) -> None:
    gateway = Slow(monkeypatch, 0.1, Refused("No such length."))
    page_of(unpriced, 4)
    page_of(unpriced, 4)
    assert gateway.asked == 3
