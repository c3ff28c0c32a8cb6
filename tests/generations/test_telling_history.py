"""The history of a take: every kind of event that is written has its sentence, whatever its detail."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.urls import reverse

from generations.services.transitions import record
from generations.telling import history
from tests.factories import make_take_row

pytestmark = pytest.mark.django_db


def kinds_written() -> set[str]:
    """Every kind of event that the services name, read from their source."""
    found: set[str] = set()
    for path in Path("generations/services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and (name := _name(node)) in WRITERS:
                found |= _kinds(node, WRITERS[name])
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in (
                "kind",
                "DAMAGED",
                "MARKED",
                "EVENTS",
                "NOT_YET",
                "CAME",
                "MOVED",
                "CHOSEN",
                "NOT_CHOSEN",
                "TAKEN_BACK",
            ):
                found |= {str(c.value) for c in ast.walk(node.value) if isinstance(c, ast.Constant)}
            elif isinstance(node, ast.FunctionDef):
                found |= {
                    str(d.value) for a, d in _defaults(node) if a == "kind" and isinstance(d, ast.Constant)
                }
    return found - {""}


WRITERS = {
    "move": None,
    "claim_by_move": None,
    "again": None,
    "clearance": None,
    "_stop": None,
    "_end": None,
    "_note": None,
    "accept": None,
    "create": None,
    "touch": 1,
    "record": 2,
    "note": 3,
    "put": None,
    "_changed": 6,
}


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _kinds(call: ast.Call, place: int | None) -> set[str]:
    values = [word.value for word in call.keywords if word.arg == "kind"]
    if place is not None and len(call.args) > place:
        values.append(call.args[place])
    constants = [node for value in values for node in ast.walk(value) if isinstance(node, ast.Constant)]
    return {node.value for node in constants if isinstance(node.value, str)}


def _defaults(function: ast.FunctionDef) -> list[tuple[str, ast.expr]]:
    named = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return [(argument.arg, default) for argument, default in named if default is not None]


def test_every_kind_of_event_has_its_sentence():
    written = kinds_written()
    assert {"created", "sending", "accepted", "stored in the trash", "derive_failed", "trashed"} <= written
    assert written - set(history.TOLD) == set()
    assert set(history.TOLD) - written == set(), "told, but never written"


def test_every_line_of_history_survives_any_detail(project, bob, signed_in):
    take = make_take_row(project=project, status="completed")
    for kind in history.TOLD:
        record(take.pk, project.pk, kind, actor=bob)
        record(
            take.pk,
            project.pk,
            kind,
            detail={"reason": "r", "job": "j", "attempt": 2, "billed": True, "kinds": ["x"]},
        )
    assert len(history.lines_of(take)) == 2 * len(history.TOLD)
    assert signed_in(bob).get(reverse("take", args=[take.pk])).status_code == 200
