"""A recipe as a take's page gives it away, read back: its values for a composer, its files found by hash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from generations.models import Asset, Draft, Generation, Project
from generations.telling.recipe import role_word
from generations.voices import present
from providers.gateways.plain import keepable
from providers.gateways.problem import Problem

from . import drafts, naming, offers, shots
from .compose import FIELDS, Refused

MOST_CHARS = 200_000
MOST_INPUTS = 200


@dataclass(frozen=True)
class Filled:
    """The draft with the recipe in it, and one sentence for each thing that did not come along."""

    draft: Draft
    missing: tuple[str, ...]


def fill(user: Any, project: Project, text: str, *, tab: str = "") -> Filled:
    """Put a recipe into the person's composer. What stood there can be taken back.

    :raises NotAllowed, Refused: Refused for a text that is no recipe.
    """
    drafts.require_composer(user, project)
    recipe = _read(text)
    inputs, files, cast = _inputs(user, project, recipe)
    model_id, models = _model(recipe)
    asked = recipe["request"]
    body = {name: asked[name] for name in FIELDS if name in asked}
    body |= {"inputs": inputs, "mode": recipe.get("mode"), **({"cast": cast} if cast else {})}
    before = drafts.of(user, project).body
    body["model"] = model_id or before.get("model", "")
    body["shot"] = _shot(project, recipe) or before.get("shot", "")
    said = _("Filled from a recipe.")
    return Filled(drafts.save_over(user, project, body, tab=tab, words=said), (*models, *files))


def _shot(project: Project, recipe: Mapping[str, Any]) -> str:
    """The shot that the recipe names by its code, where it is of a take of this project; another one's codes
    mean other shots."""
    named = recipe.get("shot")
    code = str(named.get("code") or "") if isinstance(named, dict) else ""
    take = _uuid(recipe.get("take"))
    if not code or take is None or not Generation.objects.filter(project=project, pk=take).exists():
        return ""
    shot = shots.by_code(project, code[: shots.MOST_CODE_CHARS])
    return str(shot.pk) if shot else ""


def _uuid(given: Any) -> UUID | None:
    try:
        return UUID(str(given))
    except ValueError:
        return None


def _read(text: str) -> dict[str, Any]:
    try:
        found = keepable(json.loads(text)) if len(text) <= MOST_CHARS else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("request"), dict) or not found.get("model"):
        raise Refused([Problem("recipe", _("This is no recipe of a take."))])
    return found


def _model(recipe: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The model by its wire id: of the account of that name, of the same gateway, or of any."""
    same = [offer.model for offer in offers.list_offers() if offer.model.wire_id == recipe["model"]]
    if not same:
        words = _("The model %(model)s is not offered here; choose another one.")
        return "", [words % {"model": str(recipe["model"])[:80]}]
    wished = (recipe.get("gateway"), recipe.get("account"))
    best = max(same, key=lambda m: (m.account.gateway == wished[0], m.account.name == wished[1]))
    return str(best.pk), []


def _inputs(
    user: Any, project: Project, recipe: Mapping[str, Any]
) -> tuple[list[dict[str, str]], list[str], list[Any]]:
    """The files that are in this project, in their order and roles; the names of the others; and the
    characters among them."""
    listed = recipe.get("inputs")
    named = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    named = named[:MOST_INPUTS]
    here = _by_hash(user, project, [_hash(item) for item in named])
    roles = [(str(item.get("role")), _hash(item)) for item in named]
    found = [{"role": role, "asset": str(here[sha])} for role, sha in present(roles, here)]
    gone = [_missing(item) for item in named if _hash(item) not in here]
    return found, gone, _cast(recipe, [here.get(_hash(item)) for item in named])


def _cast(recipe: Mapping[str, Any], here: list[UUID | None]) -> list[Any]:
    """The recipe's characters with the files as they are called here; one without any is left out."""
    asked = recipe["request"].get("inputs")
    before = (
        [str(item.get("asset")) for item in asked if isinstance(item, dict)]
        if isinstance(asked, list)
        else []
    )
    now = dict(zip(before, here, strict=False))
    members = [
        replace(member, files=tuple(pk for old in member.files if (pk := now.get(str(old)))))
        for member in naming.read_cast(recipe["request"].get("cast"))
    ]
    return [member.plain() for member in members if member.files]


def _by_hash(user: Any, project: Project, hashes: list[str]) -> dict[str, UUID]:
    """The project's own before one that is shared with the studio."""
    rows = Asset.objects.visible_to(user).usable_in(project).filter(sha256__in=hashes).exclude(file="")
    found = list(rows.order_by("id").values_list("sha256", "pk", "project_id"))
    return {sha: pk for sha, pk, owner in sorted(found, key=lambda row: row[2] == project.pk)}


def _hash(item: Mapping[str, Any]) -> str:
    return str(item.get("sha256"))[:64]


def _missing(item: Mapping[str, Any]) -> str:
    words = _("%(role)s: %(name)s is not in this project (SHA-256 %(hash)s…). Add the file itself.")
    name = str(item.get("name") or _("the file"))[:80]
    role = role_word(str(item.get("role"))[:40])
    return words % {"role": role, "name": name, "hash": _hash(item)[:12]}
