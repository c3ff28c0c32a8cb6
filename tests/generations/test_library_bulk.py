"""Many files of the library in one go: tags, trash, sharing, and what is left as it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generations.models import Asset, AssetTag, Role
from generations.services import asset_bulk, asset_library
from tests.factories import add_member, make_asset, make_model, make_project, make_take_row
from tests.generations.asset_pages import describe, ids, look, shown

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def do(client: Any, act: str, *assets: Asset, tags: str = "") -> str:
    """What the page says afterwards."""
    sent = {"act": act, "asset": ids(*assets), "tags": tags, "next": reverse("library")}
    return client.post(reverse("assets-many"), sent, follow=True).content.decode()


def tags_of(asset: Asset) -> set[str]:
    return set(asset.tags.values_list("name", flat=True))


def test_many_files_get_a_tag_and_lose_it(project: Any, bob: Any, signed_in: Any) -> None:
    one, two = make_asset(project=project), make_asset(project=project)
    describe(one, tags=("dawn",), notes="by the quay")
    caller = signed_in(bob)
    assert "2 files have the tag sea, night." in do(caller, "tag", one, two, tags="Sea, night")
    assert tags_of(one) == {"dawn", "night", "sea"} and tags_of(two) == {"night", "sea"}
    assert shown(look(caller, project, q="sea quay")) == ids(one)
    assert "The tag sea is off 2 files." in do(caller, "untag", one, two, tags="sea")
    assert tags_of(one) == {"dawn", "night"} and shown(look(caller, project, q="sea")) == []
    full = ", ".join(f"t{n}" for n in range(asset_library.MOST_TAGS - 1))
    said = do(caller, "tag", one, two, tags=full)
    assert "1 file has the tag" in said and "1 file was left as it is. A file has 20 tags at most." in said
    assert len(tags_of(one)) == 2 and len(tags_of(two)) == 20
    assert "Type the tag first." in do(caller, "tag", one, tags=" , ")


def test_many_go_to_the_trash_and_come_back(project: Any, bob: Any, signed_in: Any) -> None:
    idle, busy = make_asset(project=project), make_asset(project=project)
    make_take_row(project=project, model=make_model(), status="running", inputs=[("first_frame", busy)])
    caller = signed_in(bob)
    said = do(caller, "trash", idle, busy)
    assert "1 file is in the trash." in said and "1 file was left as it is." in said
    assert shown(look(caller, project)) == ids(busy) and shown(look(caller, project, trash="on")) == ids(idle)
    assert "1 file is back." in do(caller, "restore", idle)
    assert len(shown(look(caller, project))) == 2


@pytest.mark.parametrize("act", ["tag", "untag", "trash", "restore", "share", "unshare"])
def test_of_many_only_those_change_that_are_ones_own(
    project: Any, charlie: Any, bob: Any, admin: Any, signed_in: Any, act: str
) -> None:
    """A viewer's, a shared one of elsewhere, and one that a stranger may not even see."""
    add_member(project, charlie, Role.VIEWER)
    watched, unseen = make_asset(project=project), make_asset(project=make_project(bob))
    asset_library.share(admin, shared := make_asset(project=make_project(bob)))
    said = do(signed_in(charlie), act, watched, unseen, shared, tags="x")
    assert "2 files were left as they are. It is not yours to change." in said
    assert not AssetTag.objects.exists() and not Asset.objects.exclude(trashed_at=None).exists()
    assert list(Asset.objects.exclude(shared_at=None)) == [shared]


def test_many_are_shared_by_producers(project: Any, admin: Any, bob: Any, signed_in: Any) -> None:
    one, two = make_asset(project=project), make_asset(project=project)
    assert "Everybody in the studio can use 2 files now." in do(signed_in(admin), "share", one, two)
    assert Asset.objects.filter(shared_by=admin).count() == 2
    assert "data-select" in look(signed_in(bob), project).content.decode()


def test_a_role_is_asked_for_once_for_all_files(project: Any, bob: Any) -> None:
    """What is over for each file is the change itself."""
    counts = []
    for many in (2, 6):
        files = [make_asset(project=project).pk for _ in range(many)]
        with CaptureQueriesContext(connection) as asked:
            assert asset_bulk.act_on(bob, files, asset_bulk.Act.RESTORE).done == many
        counts.append(sum("membership" in one["sql"] for one in asked))
    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"act": "tag", "tags": "x"}, "Tick the files first."),
        ({"act": "tag", "tags": "x", "asset": ["no id"]}, "not understood"),
        (
            {"act": "tag", "tags": "x", "asset": ["00000000-0000-7000-8000-000000000000"]},
            "None of these files",
        ),
    ],
)
def test_an_odd_selection_is_told(bob: Any, signed_in: Any, sent: dict[str, Any], said: str) -> None:
    assert said in signed_in(bob).post(reverse("assets-many"), sent, follow=True).content.decode()
