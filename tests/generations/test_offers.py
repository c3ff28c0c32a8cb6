"""Which model the composer offers first."""

from __future__ import annotations

from typing import Any

import pytest

from generations.services import offers
from providers.gateways.values import Mode
from providers.models import VideoModel
from tests.factories import CAPABILITIES, CLOSED_PORT, make_account, make_model

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_model_whose_files_need_a_public_address_does_not_come_first() -> None:
    silkdock = make_account("silkdock", name="A", base_url=CLOSED_PORT)
    alone = offers.choose(offers.list_offers(), None)
    assert alone is not None and alone.model.account == silkdock
    make_account("token360", name="B", base_url=CLOSED_PORT)
    first = offers.choose(offers.list_offers(), None)
    assert first is not None
    assert (first.model.account.gateway, first.model.wire_id) == ("token360", "seedance-2.0")


def test_a_studio_of_one_gateway_begins_with_a_model_that_works_from_words() -> None:
    """Venice lists one model once for each mode."""
    make_account("venice", base_url=CLOSED_PORT)
    first = offers.choose(offers.list_offers(), None)
    assert first is not None
    assert Mode.TEXT_TO_VIDEO in first.modes and first.model.label.startswith("Seedance")


def test_what_a_model_takes_is_never_old_and_costs_no_further_query(django_assert_num_queries: Any) -> None:
    """However it was changed: by a row, or past all rows."""
    model = make_model()
    for durations_s in ([5, 10], [6], [5, 10]):
        VideoModel.objects.filter(pk=model.pk).update(
            capabilities={**CAPABILITIES, "durations_s": durations_s}
        )
        with django_assert_num_queries(1):
            (offer,) = (one for one in offers.list_offers() if one.model.pk == model.pk)
            assert list(offer.caps.durations_s) == durations_s
            assert offer.whole().capabilities["durations_s"] == durations_s
            assert offer.modes == (Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO)


def test_models_that_take_the_same_are_read_once() -> None:
    offers.read.cache_clear()
    for _ in range(3):
        make_model()
    assert len({id(offer.caps) for offer in offers.list_offers()}) == offers.read.cache_info().misses
