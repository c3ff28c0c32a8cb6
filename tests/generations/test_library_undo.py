"""What was just done to many files of the library is taken back by one click."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from generations.models import Asset
from generations.services.asset_bulk import INVERSE, Act, act_on
from tests.factories import make_asset

pytestmark = pytest.mark.django_db


def do(client: Any, act: Act, assets: list[Asset]) -> str:
    """What the page says afterwards."""
    sent = {"act": act, "asset": [str(asset.pk) for asset in assets], "tags": "sea"}
    return str(client.post(reverse("assets-many"), sent, follow=True).content.decode())


@pytest.mark.parametrize("act", list(Act))
def test_what_was_done_to_many_is_undone_on_those_alone_that_it_changed(
    project: Any, admin: Any, signed_in: Any, act: Act
) -> None:
    """The second of two files was already so; the third is the first one's opposite: none of them changes."""
    opposite = INVERSE[act]
    files = [make_asset(project=project) for _ in range(3)]
    act_on(admin, [files[0].pk, files[2].pk], opposite, ("sea",))
    act_on(admin, [files[1].pk], act, ("sea", "fog"))

    def facts() -> list[Any]:
        rows = Asset.objects.order_by("pk").prefetch_related("tags")
        return [(bool(a.trashed_at), bool(a.shared_at), {tag.name for tag in a.tags.all()}) for a in rows]

    caller, before = signed_in(admin), facts()
    said = do(caller, act, files[:2])
    (address,) = re.findall(r'action="(/assets/undo/[^"]+)"', said)
    assert facts() != before and facts()[1:] == before[1:]
    assert "Undone: 1 file is as before." in caller.post(address, follow=True).content.decode()
    assert facts() == before
    assert "cannot be undone any more" in caller.post(address, follow=True).content.decode()
    assert "/assets/undo/" not in do(caller, act, files[1:2]), "nothing to undo"
