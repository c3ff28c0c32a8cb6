"""The same model at two accounts, and a line at the first of them."""

from __future__ import annotations

from typing import Any

import pytest

from generations.models import Generation
from providers.models import VideoModel
from tests.factories import (
    CLOSED_PORT,
    make_account,
    make_model,
    make_take,
)
from tests.generations.failover.desk import close, twin_of


@pytest.fixture
def model() -> VideoModel:
    return make_model(label="Long", account=make_account("token360", base_url=CLOSED_PORT))


@pytest.fixture
def other(model: VideoModel) -> VideoModel:
    return twin_of(model, "elkapi", wire_id="elk-long")


@pytest.fixture
def waiting(alice: Any, bob: Any, project: Any, model: Any, other: Any) -> list[Generation]:
    """Three of bob's wait for a closed account, and one of alice's."""
    make_take(alice, project, model)
    takes = [make_take(bob, project, model) for _ in range(3)]
    close(model.account)
    return takes
