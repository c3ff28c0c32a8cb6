"""What the tests of shots make and read."""

from __future__ import annotations

from typing import Any

from generations.models import Generation, Shot
from generations.services import shots
from generations.services.shots import Words
from tests import factories


def add(user: Any, project: Any, *codes: str) -> list[Shot]:
    return shots.add_all(user, project, [Words(code) for code in codes])


def codes(project: Any) -> list[str]:
    return [shot.code for shot in shots.in_order(project)]


def make_takes(project: Any, count: int, **fields: Any) -> list[Generation]:
    model = factories.make_model()
    fields = {"status": "completed", "hold": False, **fields}
    return [factories.make_take_row(project=project, model=model, **fields) for _ in range(count)]


def ids(takes: Any) -> list[Any]:
    return [take.pk for take in takes]


def where(takes: Any) -> list[str]:
    """The code of each one's shot."""
    rows = Generation.objects.select_related("shot").in_bulk(ids(takes))
    return [rows[take.pk].shot.code if rows[take.pk].shot else "" for take in takes]
