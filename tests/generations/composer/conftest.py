"""A member's composer on a model of words and one frame."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.factories import make_asset, make_model
from tests.generations.composer.page import HTMX, REFERENCES


@pytest.fixture
def model() -> Any:
    return make_model()


@pytest.fixture
def send(signed_in: Any, bob: Any, project: Any, model: Any) -> Any:
    client = signed_in(bob)

    def post(name: str = "generate", headers: Any = HTMX, **values: Any) -> Any:
        body = {"prompt": "A quiet harbour", "model": str(model.pk), "duration_s": "5", "resolution": "720p"}
        body |= {
            "aspect_ratio": "16:9",
            "count": "1",
            "shown_usd": "100",
            "idempotency_key": uuid4().hex,
            **values,
        }
        body = {key: value for key, value in body.items() if value is not None}
        return client.post(f"/p/{project.slug}/{name}", body, headers=headers)

    return post


@pytest.fixture
def referring(model: Any) -> Any:
    model.capabilities = REFERENCES
    model.save()
    return model


@pytest.fixture
def pictures(project: Any) -> list[str]:
    return [str(make_asset(project=project, name=f"{name}.png").pk) for name in ("cat", "hat", "mat", "bat")]
