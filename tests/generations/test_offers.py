"""Which model the composer offers first."""

from __future__ import annotations

import pytest

from generations.services import offers
from providers.gateways.values import Mode
from tests.factories import CLOSED_PORT, make_account

pytestmark = pytest.mark.django_db


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
