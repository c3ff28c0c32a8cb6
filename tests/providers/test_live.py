"""The real gateways: run by hand, where keys are in the environment; ``make test`` leaves them out.

    VS_LIVE_VENICE_KEY=… python -m pytest -m live tests/providers/test_live.py

``VS_LIVE_SUBMIT=venice`` also buys the cheapest clip of that gateway. ``VS_LIVE_VENICE_URL`` is another
address to ask, a sandbox's for one.
"""

from __future__ import annotations

import os
import time

import pytest

from generations.services.cheapest import find_cheapest
from generations.services.compose import request_of
from providers import accounts
from providers.gateways.capabilities import from_plain
from providers.gateways.registry import all_gateways
from providers.gateways.values import Job, JobState, Mode
from tests.factories import make_account

pytestmark = [pytest.mark.live, pytest.mark.django_db]
LONGEST_S = 1800.0


@pytest.fixture(params=sorted(all_gateways()))
def account(request: pytest.FixtureRequest):
    key = os.environ.get(f"VS_LIVE_{request.param.upper()}_KEY", "")
    if not key:
        pytest.skip(f"no VS_LIVE_{request.param.upper()}_KEY")
    address = os.environ.get(f"VS_LIVE_{request.param.upper()}_URL", "")
    return make_account(request.param, key=key, base_url=address)


def test_the_key_is_taken(account):
    found = accounts.check_key(account)
    assert found.ok, found.message


def test_the_list_of_models_names_one_that_we_know(account):
    if not account.adapter.discovers:
        pytest.skip("this gateway has no list")
    listed = {model.wire_id for model in accounts.client_for(account).discover()}
    assert listed & set(account.models.values_list("wire_id", flat=True)), sorted(listed)[:40]


def test_the_cheapest_clip_is_made(account):
    if os.environ.get("VS_LIVE_SUBMIT") != account.gateway:
        pytest.skip("VS_LIVE_SUBMIT does not name this gateway: nothing is bought")
    wish, client = find_cheapest(account), accounts.client_for(account)
    request = request_of(wish.model.wire_id, Mode.TEXT_TO_VIDEO, (), wish.values)
    job = client.submit(request, from_plain(wish.model.capabilities))
    assert isinstance(job, Job)
    ends = time.monotonic() + LONGEST_S
    while job.state not in (JobState.FINISHED, JobState.FAILED, JobState.CANCELLED):
        assert time.monotonic() < ends, f"{job.id} is still {job.state}"
        time.sleep(10)  # a real job: there is no quicker way to learn of its end
        job = client.poll(job)
    assert job.state == JobState.FINISHED, job.failure
    assert job.result
