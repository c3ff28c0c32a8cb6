"""A refused take that was run at another account says so, and offers the rest behind it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generations.models import Generation, Status
from generations.services import rerun
from tests.factories import CLOSED_PORT, make_account, make_model, make_project, make_take_row

pytestmark = pytest.mark.django_db
REFUSED = {"status": Status.FAILED, "failure_billed": False, "failure_class": "no_balance"}
WORDS = "Run at Key &lt;B&gt; already"


@pytest.fixture
def model() -> Any:
    return make_model(label="Long", account=make_account(name="Key A", base_url=CLOSED_PORT))


@pytest.fixture
def other() -> Any:
    return make_model(label="Long", account=make_account(name="Key <B>", base_url=CLOSED_PORT))


@pytest.fixture
def refused(project: Any, model: Any, other: Any, bob: Any) -> Generation:
    return make_take_row(project=project, model=model, author=bob, hold=False, **REFUSED)


def child_of(take: Generation, model: Any, **fields: Any) -> Generation:
    given = {"status": Status.QUEUED, "relation": "retry", **fields}
    return make_take_row(project=take.project, model=model, author=take.author, parent=take, **given)


def box_of(page: str, take: Generation) -> str:
    """Its card with the buttons below it."""
    return page.split(f'id="box-{take.pk}"')[1].split('class="cardbox"')[0]


@pytest.mark.parametrize(
    ("fields", "stays", "counts"),
    [
        ({}, False, True),
        ({"status": Status.COMPLETED}, False, True),
        ({"status": Status.UNCERTAIN}, False, True),
        ({"relation": "edit"}, False, False),
        ({"status": Status.CANCELLED}, False, False),
        (REFUSED, False, False),  # it is to be run somewhere after all
        ({}, True, False),
    ],
)
def test_what_was_made_of_it_elsewhere_counts_unless_it_ended_badly(
    refused, model, other, fields, stays, counts
):
    made = child_of(refused, model if stays else other, **fields)
    assert rerun.at_other_accounts([refused]) == ({refused.pk: made} if counts else {})


def test_one_that_was_moved_to_another_project_is_not_told_of(refused, other):
    made = child_of(refused, other)
    Generation.objects.filter(pk=made.pk).update(project=make_project())
    assert rerun.at_other_accounts([refused]) == {}


def test_the_newest_is_named_by_one_query_for_all_and_none_without_a_failure(refused, other):
    child_of(refused, other)
    newest = child_of(refused, other)
    with CaptureQueriesContext(connection) as asked:
        found = rerun.at_other_accounts([refused, newest])
        assert found[refused.pk].pk == newest.pk and found[refused.pk].account.name == "Key <B>"
        assert rerun.at_other_accounts([newest]) == {}
    assert len(asked) == 1


def test_the_card_leads_to_the_other_take_and_offers_the_rest_quietly(
    signed_in, bob, project, refused, other
):
    client, address = signed_in(bob), f"/p/{project.slug}/"
    before = box_of(client.get(address).content.decode(), refused)
    assert "Run elsewhere…" in before and '<button class="btn s quiet">' not in before
    made = child_of(refused, other)
    after = box_of(client.get(address).content.decode(), refused)
    assert f'href="{made.get_absolute_url()}">{WORDS}</a>' in after and "Run elsewhere…" not in after
    assert re.findall(r'<button class="btn s quiet">(\w+)', after) == ["Retry", "Edit"]


def test_the_take_page_leads_there_and_its_paid_buttons_step_back(signed_in, bob, refused, other):
    client, page = signed_in(bob), refused.get_absolute_url()
    hx = {"HX-Request": "true"}
    assert "btn primary" in client.get(f"{page}/price", headers=hx).content.decode()
    made = child_of(refused, other)
    shown = client.get(page).content.decode()
    assert re.search(rf'<a class="btn primary l" href="{made.get_absolute_url()}">.*?{WORDS}</a>', shown)
    assert shown.count("btn primary") == 1
    inside = shown.split('<details class="rerun">')[1].split("</details>")[0]
    assert 'id="elsewhere"' in inside and shown.count('id="elsewhere"') == 1
    price = client.get(f"{page}/price", headers=hx).content.decode()
    assert "btn quiet l wide" in price and "btn primary" not in price
