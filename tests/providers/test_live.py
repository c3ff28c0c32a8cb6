"""The real gateways: run by hand, where keys are in the environment; ``make test`` leaves them out.

    VS_LIVE_VENICE_KEY=… python -m pytest -m live tests/providers/test_live.py

``VS_LIVE_SUBMIT=venice`` also buys the cheapest clip of that gateway, stores it as the studio would and opens
it. ``VS_LIVE_VENICE_URL`` is another address to ask. What these tests do runs against the sandbox in
``tests/generations/test_live_path.py``.
"""

from __future__ import annotations

import os

import pytest

from providers import accounts
from providers.gateways.registry import all_gateways
from tests import live_take

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]
LONGEST_S = 1800.0


@pytest.fixture(params=sorted(all_gateways()))
def account(request: pytest.FixtureRequest):
    account = live_take.find_account(request.param, os.environ)
    if account is None:
        pytest.skip(f"no VS_LIVE_{request.param.upper()}_KEY")
    return account


def test_the_key_is_taken(account):
    found = accounts.check_key(account)
    assert found.ok, found.message


def test_the_list_of_models_names_one_that_we_know(account):
    if not account.adapter.discovers:
        pytest.skip("this gateway has no list")
    listed, known = live_take.list_known(account)
    assert listed & known, sorted(listed)[:40]


def test_the_cheapest_clip_is_made_stored_and_plays(account, settings, tmp_path):
    if os.environ.get("VS_LIVE_SUBMIT") != account.gateway:
        pytest.skip("VS_LIVE_SUBMIT does not name this gateway: nothing is bought")
    with live_take.a_line(settings, tmp_path) as line:
        take = live_take.make_cheapest(line, account, within_s=LONGEST_S, pause_s=1.0)
        live_take.probe_stored(take)
