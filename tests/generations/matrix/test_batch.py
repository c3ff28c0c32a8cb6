"""The page of a batch: a grid that can be turned."""

from __future__ import annotations

import re

import pytest

from generations.models import Generation

pytestmark = pytest.mark.django_db


def test_the_batch_stands_in_a_grid_that_can_be_turned(made, signed_in, bob):
    page = signed_in(bob).get(made).content.decode()
    assert "2 prompts × 2 models" in page and page.count('scope="row"') == 2
    assert "Left out" not in page
    turned = signed_in(bob).get(f"{made}?rows=model").content.decode()
    assert re.findall(r'scope="row"><span class="words" title="(\w+)', turned) == ["Long", "Short"]
    assert signed_in(bob).get(f"{made}?rows=none").content.decode().count('scope="row"') == 0


def test_lengths_that_differ_by_model_stand_in_one_row_and_turn(sheet, signed_in, bob):
    made = sheet("generate", duration_s=["4", "5", "10"]).headers["HX-Redirect"]
    client = signed_in(bob)
    for rows, across, down, gaps in (("", 3, 0, 0), ("model", 3, 2, 3), ("duration_s", 2, 3, 3)):
        page = client.get(f"{made}?rows={rows or 'none'}").content.decode()
        found = (page.count('scope="col"'), page.count('scope="row"'), page.count("Left out"))
        assert found == (across, down, gaps), rows
    rows = re.findall(r'scope="row"><span class="words" title="([^"]+)', page)
    assert rows == ["4 s", "5 s", "10 s"], "by length, though the first model has no 4 s"


def test_a_prompt_that_several_columns_share_stands_once_above_them(sheet, signed_in, bob):
    made = sheet("generate", prompt=["A boat", "A tram"], duration_s=["4", "5"]).headers["HX-Redirect"]
    page = signed_in(bob).get(f"{made}?rows=none").content.decode()
    heads = re.findall(r'<th scope="(\w+)"(?: colspan="(\d)")?>.*?title="(.*?)"', page)
    assert heads == [
        *[("colgroup", "2", "A boat"), ("colgroup", "2", "A tram")],
        *[("col", "", "Long"), ("col", "", "Short")] * 2,
    ], "each model has one length, which is no axis"


def test_nothing_new_is_204_and_a_change_is_not(made, signed_in, bob):
    client = signed_in(bob)
    version = re.search(r'data-version="([^"]+)"', client.get(made).content.decode())[1]
    assert client.get(f"{made}/live?v={version}").status_code == 204
    Generation.objects.filter(position=0).update(version=7)
    assert client.get(f"{made}/live?v={version}").status_code == 200


def test_a_stranger_sees_no_batch(made, signed_in, charlie):
    assert signed_in(charlie).get(made).status_code == 404
    assert signed_in(charlie).get(f"{made}/live").status_code == 404


def test_the_grid_takes_few_queries_whatever_it_holds(sheet, signed_in, bob, django_assert_max_num_queries):
    address = sheet("generate", prompt=[f"Shot {n}" for n in range(6)], copies="4").headers["HX-Redirect"]
    client = signed_in(bob)
    assert Generation.objects.count() == 48
    client.get(address)  # the usual times are reckoned once
    with django_assert_max_num_queries(15):
        client.get(address)


def test_the_feed_says_what_a_batch_differs_in_and_leads_to_its_grid(made, signed_in, bob, project):
    Generation.objects.update(status="failed", failure_class="internal")
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert "2 prompts × 2 models" in page and f'href="{made}"' in page
