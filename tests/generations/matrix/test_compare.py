"""Clips compared: what differs alone, and the way back."""

from __future__ import annotations

import pytest

from generations.models import Generation
from tests.factories import make_take_row

pytestmark = pytest.mark.django_db


def test_compare_shows_what_differs_alone(signed_in, bob, project, models):
    rows = [
        make_take_row(project=project, model=model, status="completed", prompt="A boat", request={"seed": 7})
        for model in models
    ]
    query = "&".join(f"take={row.pk}" for row in rows)
    page = signed_in(bob).get(f"/p/{project.slug}/compare?{query}").content.decode()
    assert page.count("<video") == 2
    assert '<th scope="row">Model</th>' in page and '<th scope="row">Prompt</th>' not in page


def test_compare_leads_back_to_the_batch_where_there_is_one(made, signed_in, bob, project):
    Generation.objects.update(status="completed")
    takes = list(Generation.objects.all()[:2])
    address = f"/p/{project.slug}/compare?take={takes[0].pk}&take="
    assert f'href="{made}"' in signed_in(bob).get(f"{address}{takes[1].pk}").content.decode()
    other = make_take_row(project=project, status="completed")
    page = signed_in(bob).get(f"{address}{other.pk}").content.decode()
    assert f'href="{made}"' not in page and "To the studio" in page


@pytest.mark.parametrize(
    ("back", "leads"),
    [
        ("/p/{slug}/gallery?mark=pick", True),
        ("http://testserver/p/{slug}/gallery?mark=pick", True),
        ("https://evil.example/p/{slug}/gallery", False),
        ("//evil.example/p/{slug}/gallery", False),
        ("http://testserver//evil.example/p/{slug}/gallery", False),
        ("javascript:alert(1)", False),
        ("/p/{slug}/compare", False),
    ],
)
def test_compare_leads_back_to_where_one_came_from_within_the_studio(back, leads, signed_in, bob, project):
    takes = [make_take_row(project=project, status="completed", hold=False) for _ in range(2)]
    given = {"take": [take.pk for take in takes], "back": back.format(slug=project.slug)}
    page = signed_in(bob).get(f"/p/{project.slug}/compare", given).content.decode()
    assert ("Back to the gallery" in page) is leads
    assert "evil.example" not in page and "javascript:" not in page


def test_compare_shows_nothing_of_another_project(signed_in, bob, project):
    mine, other = make_take_row(project=project, status="completed"), make_take_row(status="completed")
    page = signed_in(bob).get(f"/p/{project.slug}/compare?take={mine.pk}&take={other.pk}&take=x").content
    assert b"Nothing to compare" in page and str(other.pk).encode() not in page
