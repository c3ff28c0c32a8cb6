"""A matrix made by the API."""

from __future__ import annotations

from typing import Any

import pytest

from generations.models import Generation
from tests.factories import make_token

pytestmark = pytest.mark.django_db
HUGE = {name: [f"{n}" for n in range(48)] for name in ("prompt", "model", "resolution", "aspect_ratio")}


@pytest.fixture
def call(client: Any, bob: Any) -> Any:
    token = make_token(bob)

    def post(body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        return client.post("/api/v1/batches", body, content_type="application/json", headers=headers)

    return post


@pytest.fixture
def body(project: Any, models: Any) -> dict[str, Any]:
    return {"project": project.slug, "model": models[0].wire_id, "prompt": "A boat"}


def test_a_matrix_of_the_api_makes_every_cell_but_the_skipped(call, body, models):
    crossed = {"prompt": ["A boat", "A tram"], "duration_s": [5, 10], "skip": [3]}
    answer = call({**body, "matrix": crossed, "count": 2})
    assert answer.status_code == 202
    made = [(take["request"]["prompt"], take["request"]["duration_s"]) for take in answer.json()["takes"]]
    assert made == [
        ("A boat", 5),
        ("A boat", 5),
        ("A boat", 10),
        ("A boat", 10),
        ("A tram", 5),
        ("A tram", 5),
    ]


def test_one_cell_that_cannot_be_made_refuses_all_by_its_number(call, body, models):
    answer = call({**body, "matrix": {"model": [model.wire_id for model in models], "duration_s": [5]}})
    assert answer.status_code == 422 and "Cell 1" in answer.json()["error"]["message"]
    assert not Generation.objects.exists()


@pytest.mark.parametrize(
    "crossed", [{"prompt": ["a"], "skip": [0]}, HUGE, {"seed": list(range(48)), "prompt": ["a", "b"]}]
)
def test_a_matrix_of_no_takes_or_too_many_is_refused(call, body, crossed):
    assert call({**body, "matrix": crossed}).status_code == 422
    assert not Generation.objects.exists()
