"""What the doors that make takes share: the wish in a body, and one answer for each idempotency key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header

from generations.models import Generation, Verb
from generations.schemas import GenerationIn, Settings, Strict
from generations.services import compose, create
from generations.services.compose import Composition, Wish
from providers.gateways.values import Mode

from .errors import not_found
from .find import get_model, get_project, get_take, takes_of

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Chosen by the caller. The same key with the same body answers with the same takes, "
        "also while the first request is running; with another body it is refused with 409.",
    ),
]


def values_of(body: Settings) -> dict[str, Any]:
    """The settings that a body names, in plain words; ``inputs`` as a take keeps them."""
    values = body.dict(exclude_unset=True, include={*compose.FIELDS, "inputs"})
    if "inputs" in values:
        values["inputs"] = [item.plain() for item in body.inputs or []]
    return values


def compose_from(request: HttpRequest, body: GenerationIn, verb: Verb = Verb.SPEND) -> Composition:
    """:raises ApiError, compose.Refused:"""
    project = get_project(request.user, body.project, verb)
    wish = Wish(
        model=get_model(body.model, body.account),
        values=values_of(body),
        inputs=[(item.role, item.asset or str(item.url)) for item in body.inputs or []],
        mode=Mode(body.mode) if body.mode else None,
    )
    if body.parent:
        wish.parent, wish.relation = get_take(request, body.parent, field="parent"), "edit"
        if wish.parent.project_id != project.pk:
            raise not_found("parent")
    return compose.compose(request.user, project, wish)


def make(
    request: HttpRequest, key: str | None, body: Strict, build: Callable[[], list[Composition]]
) -> list[Generation]:
    """The takes that this request stands for: made now, or the first time this key was sent."""
    once = once_of(request, key, body.dict(exclude_unset=True)) if key else None
    made = create.find_earlier(request.user, once) if once else None
    made = made or create.create_generations(request.user, build(), once=once)
    rows = takes_of(request.user).in_bulk([take.pk for take in made])
    if len(rows) < len(made):
        raise not_found()  # made once, but this person has left the project since
    return [rows[take.pk] for take in made]


def once_of(request: HttpRequest, key: str, body: Mapping[str, Any]) -> create.Once:
    told = json.dumps([request.path, body], sort_keys=True, default=str)
    return create.Once(key, hashlib.sha256(told.encode()).hexdigest())
