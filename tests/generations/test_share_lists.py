"""Lists of links ask as much of the database for many as for two, each with a view of its own or not."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generations.models import Guest, SavedView, ShareLink, Tag, Tagging
from generations.services import saved_views, share_views, shares
from generations.services.shares import BadShare, Terms
from tests import factories
from tests.generations.shared import make_take, share_of

pytestmark = pytest.mark.django_db


def links(project: Any, count: int) -> None:
    """Of chosen takes and of views, each view another and by another person, with a guest each."""
    for number in range(count):
        owner = factories.make_user()
        factories.add_member(project, owner, "editor")
        view = saved_views.save(owner, project, f"View {number}", "mark=pick", shared=True)
        of_view = shares.make(owner, project, Terms(f"View {number}"), view=view)[0]
        for share in (of_view, share_of(make_take(project))[0]):
            Guest.objects.create(share=share, name=f"Guest {number}", key_sha256=share.token_sha256)
    SavedView.objects.filter(name="View 0").update(query="tag=gone")


def asked(client: Any, address: str, **headers: Any) -> tuple[int, str]:
    with CaptureQueriesContext(connection) as questions:
        answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return len(questions), answer.content.decode()


def test_a_list_of_many_links_asks_as_little_as_one_of_few(project, alice, signed_in):
    links(project, 2)
    client = signed_in(alice)
    token = {"Authorization": f"Bearer {factories.make_token(alice)}"}
    page, api = f"/p/{project.slug}/shares", f"/api/v1/shares?project={project.slug}"
    client.get(page), client.get(api, headers=token)  # what is kept from now on is kept
    few = asked(client, page)[0], asked(client, api, **token)[0]
    links(project, 6)
    (on_page, html), (by_api, json) = asked(client, page), asked(client, api, **token)
    assert (on_page, by_api) == few
    assert html.count("sharerow") == 16 and html.count("Guests see nothing") == 2
    assert json.count("Guests see nothing") == 2


TROUBLES = {
    "gone": "was deleted",
    "its owner left": "may not share",
    "its tag is gone": "not there any more",
    "it looks for words": "internal notes",
}


@pytest.mark.parametrize("what", TROUBLES)
def test_why_a_view_shows_nothing_is_said_in_the_same_words_before_and_after(what, project, alice, bob):
    take = make_take(project)
    Tagging.objects.create(generation=take, tag=Tag.objects.create(project=project, name="hero"))
    view = saved_views.save(bob, project, "Heroes", "tag=hero", shared=True)
    share, _token = shares.make(alice, project, Terms("Heroes"), view=view)
    assert share_views.troubles([share]) == {}
    if what == "gone":
        view.delete()
    elif what == "its owner left":
        project.memberships.filter(user=bob).delete()
    else:
        query = "q=boat" if what == "it looks for words" else "tag=villain"
        SavedView.objects.update(query=query)
    share = ShareLink.objects.get()
    (told,) = share_views.troubles([share]).values()
    assert TROUBLES[what] in told and told.endswith("Guests see nothing.")
    if share.view:
        with pytest.raises(BadShare, match=TROUBLES[what]):
            shares.make(alice, project, Terms("Again"), view=share.view)


def test_the_answer_with_a_new_link_loaded_again_makes_no_other(project, alice, signed_in):
    caller, url = signed_in(alice), reverse("share-new", args=[project.slug])
    form = {"take": str(make_take(project).pk), "title": "Round 1"}

    def fresh():
        return {**form, "idempotency_key": caller.get(url, {"take": form["take"]}).context["idem_key"]}

    filled = fresh()
    first, again = caller.post(url, filled), caller.post(url, filled)
    share = ShareLink.objects.get()
    assert first.status_code == 200 and "/s/" in first.content.decode()
    assert (again.status_code, again["Location"]) == (302, reverse("share", args=[share.pk]))
    assert "Its address was shown once" in caller.get(again["Location"]).content.decode()
    assert caller.post(url, fresh()).status_code == 200 and ShareLink.objects.count() == 2
