"""What the tests of the whole studio share."""

from __future__ import annotations

import pytest

from tests import factories

NO_ID = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def place(alice, charlie, producer):
    """Alice's project with a finished take and a picture; the producer is a viewer there, charlie nobody."""
    project = factories.make_project(alice, slug="harbour")
    factories.add_member(project, producer, "viewer")
    take = factories.make_take_row(project=project, status="completed")
    asset = factories.make_asset(project=project, content=b"picture")
    return {
        "p/<str:slug>": "p/harbour",
        "a/<uuid:pk>": f"a/{asset.pk}",
        "t/<uuid:pk>": f"t/{take.pk}",
        "b/<uuid:pk>": f"b/{take.batch_id}",
        "<output_kind:kind>": "poster",
        "<uuid:pk>": NO_ID,
        "<uuid:asset_id>": NO_ID,
        "<uuid:signed>": NO_ID,
        "<uuid:note>": NO_ID,
        "<uuid:line>": NO_ID,
        "<int:pk>": "1",
        "<str:token>": "nothing-here",
        "<share_key:key>": "0" * 16,
        "<share_key:note>": "0" * 16,
        "<guest_file:kind>": "poster",
        "<path:rest>": "nothing/here",
    }
