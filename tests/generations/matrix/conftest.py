"""Two models that differ, a composer over them, and the form of its matrix."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from generations.models import Draft
from generations.plan import plan_of
from generations.sheet import read_sheet
from generations.views.studio import draft_desk
from tests.factories import make_model
from tests.generations.matrix.page import HTMX, SHORT


@pytest.fixture
def models() -> Any:
    return make_model(label="Long"), make_model(label="Short", capabilities=SHORT)


@pytest.fixture
def draft(bob: Any, project: Any, models: Any) -> Draft:
    body = {"model": str(models[0].pk), "prompt": "A boat", "duration_s": 10, "resolution": "1080p"}
    return Draft.objects.create(user=bob, project=project, body=body)


@pytest.fixture
def sheet(signed_in: Any, bob: Any, project: Any, models: Any, draft: Any) -> Any:
    """Post to the matrix page as its form does: with the marks of the present composer and cells."""
    client = signed_in(bob)
    page = client.get(f"/p/{project.slug}/matrix").content.decode()
    base = re.search(r'name="base" value="(\w+)"', page)
    assert base

    def post(verb: str = "plan", **values: Any) -> Any:
        form = {"model": [str(m.pk) for m in models], "prompt": ["A boat"], "base": base[1]}
        form |= {"idempotency_key": uuid4().hex, "shown_usd": "100", "copies": "1", **values}
        if verb == "generate" and "layout" not in form:
            form["layout"] = plan_of(bob, project, draft_desk(bob, project).typed, read_sheet(form)).layout
        return client.post(f"/p/{project.slug}/matrix/{verb}", form, headers=HTMX)

    return post


@pytest.fixture
def made(sheet: Any) -> str:
    return sheet("generate", prompt=["A boat", "A tram"]).headers["HX-Redirect"]
