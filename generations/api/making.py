"""What the doors that make takes share: the wish in a body, and one answer for each idempotency key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Header

from generations.models import Asset, Character, Generation, Project, Shot, Verb
from generations.schemas import MOST_CELLS, BatchIn, GenerationIn, Priced, Settings
from generations.services import casting, characters, compose, create, fixing_notes, lineage, matrix
from generations.services.assets import UploadRefused
from generations.services.compose import Composition, Wish
from generations.services.naming import Member
from providers.gateways.values import Mode

from .errors import invalid, not_found, price_moved
from .find import get_character, get_model, get_open_project, get_shot, get_take, takes_of

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


def compose_from(request: HttpRequest, body: GenerationIn, *, for_price: bool = False) -> Composition:
    """``for_price``: nothing is copied or changed, and no take can be made of it.

    :raises ApiError, compose.Refused:"""
    project = get_open_project(request.user, body.project, Verb.COMPOSE if for_price else Verb.SPEND)
    wish = Wish(
        model=get_model(body.model, body.account),
        values=values_of(body),
        inputs=[(item.role, item.asset or str(item.url)) for item in body.inputs or []],
        mode=Mode(body.mode) if body.mode else None,
    )
    if body.characters:
        wish = with_characters(request, project, wish, body.characters, for_price=for_price)
    if body.parent:
        wish.parent = get_take(request, body.parent, field="parent")
        if wish.parent.project_id != project.pk:
            raise not_found("parent")
    if body.fixes:
        wish.fixes = fixing_notes.find(project, body.fixes)
        if wish.fixes is None:
            raise not_found("fixes")
        wish.parent = wish.parent or wish.fixes.generation
    wish.shot = _shot(project, body, wish)
    composition = compose.compose(request.user, project, wish)
    if wish.fixes:
        return replace(composition, relation=fixing_notes.FIX)
    if wish.parent:
        uses = [(item.role, item.asset) for item in composition.inputs if item.asset]
        composition = replace(composition, relation=lineage.relation_of(wish.parent, uses))
    return composition


def _shot(project: Project, body: GenerationIn, wish: Wish) -> Shot | None:
    """:raises ApiError: 422."""
    if body.shot:
        return get_shot(project, body.shot)
    is_said = "shot" in body.model_fields_set
    return wish.parent.shot if wish.parent and not is_said else None


def with_characters(
    request: HttpRequest, project: Project, wish: Wish, names: Sequence[str], *, for_price: bool
) -> Wish:
    """Their files behind the inputs, as many as the model takes.

    :raises ApiError: 422 for a name that nobody has, or whose files could not be brought here.
    """
    files = Asset.objects.visible_to(request.user).usable_in(project)
    assets = files.in_bulk([pk for _role, pk in wish.inputs if isinstance(pk, UUID)])
    uses = [(role, assets[pk]) for role, pk in wish.inputs if pk in assets]
    room, cast, inputs, lent = casting.room_of(wish.model), [], list(wish.inputs), dict(wish.lent)
    for name in dict.fromkeys(names):
        character = get_character(request, name, project)
        if for_price:
            member, mine = characters.member_for_a_price(character, project)
            lent |= mine
        else:
            member = _member(request, project, character)
            mine = files.in_bulk(member.files)
        added, _left = casting.place([mine[pk] for pk in member.files], uses, room)
        uses, cast = [*uses, *added], [*cast, member]
        inputs += [(role, asset.pk) for role, asset in added]
    return replace(wish, inputs=inputs, cast=cast, lent=lent)


def _member(request: HttpRequest, project: Project, character: Character) -> Member:
    try:
        return characters.member_of(request.user, character, project)
    except UploadRefused as error:
        raise invalid("characters", error.message) from error


def compose_cells(request: HttpRequest, body: BatchIn) -> list[Composition]:
    """One for each take, the copies of a cell one after the other.

    :raises ApiError, compose.Refused: of a matrix with the number of the first cell that cannot be made.
    """
    if body.matrix is None:
        return [compose_from(request, body)] * body.count
    axes = body.matrix.dict(exclude_none=True, exclude={"skip"})
    if matrix.size_of(axes) > MOST_CELLS:
        words = _("A matrix has %(most)d cells at most, skipped ones included.")
        raise invalid("matrix", words % {"most": MOST_CELLS})
    wanted, skipped = matrix.combinations(axes), set(body.matrix.skip or ())
    cells = [(number, values) for number, values in enumerate(wanted) if number not in skipped]
    if not 0 < len(cells) * body.count <= create.MOST_IN_A_BATCH:
        message = _("A batch makes 1 to %(most)d takes; this one would make %(n)d.")
        words = {"most": create.MOST_IN_A_BATCH, "n": len(cells) * body.count}
        raise invalid("matrix", message % words)
    made = [_compose_cell(request, body, number, values) for number, values in cells]
    return [item for item in made for _copy in range(body.count)]


def _compose_cell(request: HttpRequest, body: BatchIn, number: int, values: Mapping[str, Any]) -> Composition:
    try:
        return compose_from(request, body.model_copy(update=dict(values)))
    except compose.Refused as error:
        said = _("Cell %(n)d: %(words)s")
        problems = [
            replace(item, message=said % {"n": number, "words": item.message}) for item in error.problems
        ]
        raise compose.Refused(problems) from error


def make(
    request: HttpRequest, key: str | None, body: Priced, build: Callable[[], list[Composition]]
) -> list[Generation]:
    """The takes that this request stands for: made now, or the first time this key was sent.

    :raises ApiError: 409 where they cost more in all than ``max_usd``, or nobody knows what.
    """
    once = once_of(request, key, body.dict(exclude_unset=True)) if key else None
    made = create.find_earlier(request.user, once) if once else None
    made = made or _create(request, build(), once, body.max_usd)
    rows = takes_of(request.user).in_bulk([take.pk for take in made])
    if len(rows) < len(made):
        raise not_found()  # made once, but this person has left the project since
    return [rows[take.pk] for take in made]


def _create(
    request: HttpRequest, items: list[Composition], once: create.Once | None, max_usd: str | None
) -> list[Generation]:
    most = Decimal(max_usd) if max_usd else None
    try:
        return create.create_generations(request.user, items, once=once, shown_usd=most)
    except create.PriceMoved as error:
        words = _("This costs more than max_usd, or its price is not known.")
        raise price_moved(words, error.quote.amount_usd, field="max_usd") from error


def once_of(request: HttpRequest, key: str, body: Mapping[str, Any]) -> create.Once:
    told = json.dumps([request.path, body], sort_keys=True, default=str)
    return create.Once(key, hashlib.sha256(told.encode()).hexdigest())
