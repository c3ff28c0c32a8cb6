"""Anything that fits the OpenAPI, and much that does not, is answered without a fault of ours."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.factories import make_asset, make_model, make_output, make_project, make_take_row, make_token
from videostudio.api import api

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema())
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
# what the form and the checks let through is the same on both; PostgreSQL adds which letters it keeps
EXAMPLES = {"sqlite": 12, "postgresql": 4}
STATUSES = ("queued", "needs_consent", "uncertain", "running", "completed", "failed")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A project with a take in each state: most calls have something to work on."""
    monkeypatch.setattr("generations.services.ring.async_task", lambda *_a, **_k: None)
    project, model = make_project(), make_model()
    takes = [make_take_row(project=project, model=model, status=status) for status in STATUSES]
    make_output(takes[4])
    return {
        "takes": [str(take.pk) for take in takes],
        "asset": str(make_asset(project=project).pk),
        "wish": {"project": project.slug, "model": model.wire_id, "prompt": "A boat"},
        "token": make_token(project.created_by),
    }


def aim(case: Any, stage: dict[str, Any], data: Any) -> None:
    """In most calls the ids and names are real, so that the rest of the body is what is tried."""
    if data.draw(st.integers(0, 3)) == 0:
        return
    if "take_id" in case.path_parameters:
        case.path_parameters["take_id"] = data.draw(st.sampled_from(stage["takes"]))
    if "asset_id" in case.path_parameters:
        case.path_parameters["asset_id"] = stage["asset"]
    if isinstance(case.body, dict) and "model" in case.body:
        case.body = {**case.body, **stage["wish"]}


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_input_makes_a_fault(label: str, stage: dict[str, Any], live_server: Any) -> None:
    operation = OPERATIONS[label]
    headers = {"Authorization": f"Bearer {stage['token']}"}

    @settings(
        max_examples=EXAMPLES[connection.vendor],
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of([operation.as_strategy(generation_mode=mode) for mode in MODES]), st.data())
    def try_it(case: Any, data: Any) -> None:
        aim(case, stage, data)
        answer = case.call(base_url=live_server.url, headers=headers)
        assert answer.status_code < 500, (answer.status_code, case.body, case.query, answer.text[:500])
        told = answer.status_code >= 400 and case.method != "HEAD" and answer.status_code != 416
        if told and answer.request.url.startswith(f"{live_server.url}/api/v1/"):
            assert set(answer.json()["error"]) >= {"code", "message"}, answer.text[:300]

    try_it()
