"""How SQLite goes about the library's questions; PostgreSQL tells its plans in other words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generations.services import asset_library
from tests.factories import make_asset, make_take_row

pytestmark = pytest.mark.django_db


def test_uses_are_found_by_index(project: Any, alice: Any) -> None:
    original = make_asset(project=project)
    copy = make_asset(project=project, derived_from=original)
    make_take_row(project=project, inputs=[("first_frame", copy), ("last_frame", original)])
    rows = asset_library.rows_for(alice, project)
    with CaptureQueriesContext(connection) as asked:
        asset_library.page(alice, asset_library.narrow(rows, asset_library.Wanted(use="used")))
        asset_library.takes_with(alice, original, 5)
    with connection.cursor() as cursor:
        for query in [one["sql"] for one in asked if "generationinput" in one["sql"]]:
            plan = cursor.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
            scanned = [row[-1] for row in plan if re.match(r"SCAN (U\d|generations_)", row[-1])]
            assert not scanned, (scanned, query)
    assert len(asked) < 12
