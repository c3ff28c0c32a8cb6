"""What is thrown away disappears for guests, and whoever does it is told so; what comes back as well."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from generations.models import SavedView, ShareLink
from generations.services import shares
from generations.services.shares import Terms
from tests.generations.shared import make_take, share_of
from tests.generations.test_views_culling import ids, post, told

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_the_trash_says_which_links_lose_a_take_and_the_way_back_that_they_have_it(
    project: Any, alice: Any, signed_in: Any
) -> None:
    caller, (first, second, third) = signed_in(alice), (make_take(project) for _ in range(3))
    plain = told(post(caller, project, "act", act="trash", take=ids([third])))
    assert plain["text"] == "1 take is in the trash."
    share_of(first, second)
    view = SavedView.objects.create(project=project, owner=alice, name="All", query="", shared=True)
    shares.make(alice, project, Terms(title="Live"), view=view)
    over, _token = share_of(first, title="Over")
    ShareLink.objects.filter(pk=over.pk).update(expires_at=timezone.now() - timedelta(minutes=1))

    said = told(post(caller, project, "act", act="trash", take=ids([first, second])))
    assert said["text"] == (
        "2 takes are in the trash. 2 were shown to guests by the link “Live”, “First Light”; "
        "they have disappeared there."
    )
    back = caller.post(said["action"]["url"], said["action"]["values"], headers=HTMX)
    assert back.status_code == 200
    for verb, words in (
        ("trash", "Moved to the trash. It was shown to guests by the link “Live”, “First Light” and has"),
        ("restore", "Restored. Guests of the link “Live”, “First Light” see it again."),
    ):
        reply = caller.post(f"/t/{first.pk}/{verb}", headers=HTMX)
        assert json.loads(reply.headers["HX-Trigger"])["studio:toast"]["text"].startswith(words)
