"""What a prompt can name: the attached files and the characters, as the list behind ``@`` shows them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations.asset_cards import ICONS
from generations.desk import Desk
from generations.models import Asset, Character, CharacterFile
from generations.roles import PLACES
from generations.services import naming
from generations.services.naming import Member
from providers.gateways.tags import tags_of
from providers.gateways.values import Input, Role, VideoRequest

MOST_LISTED = 100


def mentions_of(desk: Desk) -> dict[str, Any]:
    """``names``: attached files and characters, each {name, also, label, icon, thumb_url, tag, wants} and for
    a character that is not attached ``add``, its id; ``members``: the attached ones {name, count, left};
    ``tag_forms`` how the model's own tags look; ``cast_json`` and ``cast_for`` go back with the form."""
    tags = tags_of([role for role, _asset in desk.uses], desk.caps.prompt_tags)
    typed = desk.typed
    return {
        "names": [*_attached(desk, tags), *_characters(desk, tags)],
        "members": [_member(desk, member) for member in typed.cast],
        "tag_forms": json.dumps(naming.tag_forms(desk.caps)),
        "cast_json": json.dumps([member.plain() for member in typed.cast]),
        "cast_for": typed.cast_for or "",
    }


def names_here(desk: Desk) -> list[dict[str, Any]]:
    """What a prompt can name without anything more being attached; its tags are those of each model."""
    members = (_named_member(desk, member, [""] * len(desk.uses)) for member in desk.typed.cast)
    named = [*_attached(desk, [""] * len(desk.uses)), *members]
    return [{**item, "wants": False} for item in named if not item.get("lost")]


def _attached(desk: Desk, tags: Sequence[str]) -> list[dict[str, Any]]:
    labels, wanting = _labels(desk), _wanting(desk)
    mine = {pk for member in desk.typed.cast for pk in member.files}
    found = []
    for at, name in enumerate(naming.names_of(desk.uses, desk.typed.cast)):
        asset = desk.uses[at][1]
        shown = {"name": name, "label": labels[at], "tag": tags[at], "icon": ICONS[Asset.Kind(asset.kind)]}
        also = naming.name_of(asset.derived_from) if asset.derived_from else ""
        quiet = at not in wanting or asset.pk in mine
        found.append({**shown, "also": also, "thumb_url": _thumb(asset), "wants": not quiet})
    return found


def _labels(desk: Desk) -> list[str]:
    """As the slots call them: *Reference 2*."""
    roles = [role for role, _asset in desk.uses]
    counted: Counter[Role] = Counter()
    labels = []
    for role in roles:
        counted[role] += 1
        number = f" {counted[role]}" if PLACES[role].many else ""
        labels.append(f"{PLACES[role].label}{number}")
    return labels


def _wanting(desk: Desk) -> set[int]:
    """Those that a prompt has to name here: the form that it goes out in does not name them for it."""
    if not desk.offer or not desk.uses:
        return set()
    inputs = tuple(Input(role, asset.as_media()) for role, asset in desk.uses)
    spoken = naming.spoken(desk.typed.prompt or "…", desk.uses, desk.typed.cast, desk.caps)
    request = VideoRequest(model="", mode=desk.mode, prompt=spoken, inputs=inputs)
    in_form = desk.caps.worded(request) != spoken
    form = desk.caps.worded(replace(request, prompt="…")) if in_form else ""
    return set(naming.unnamed(form, desk.uses, desk.caps))


def _thumb(asset: Asset) -> str:
    return reverse("asset-thumb", args=[asset.pk]) if asset.thumb else ""


def _characters(desk: Desk, tags: Sequence[str]) -> list[dict[str, Any]]:
    members = {member.name.casefold(): member for member in desk.typed.cast}
    return [
        *(_named_member(desk, member, tags) for member in desk.typed.cast),
        *(_offered(row) for row in _rows(desk) if row.name.casefold() not in members),
    ]


def _rows(desk: Desk) -> Iterable[Character]:
    if not getattr(desk.project, "has_characters", True):  # as open_project found out beside the rest
        return []
    rows = Character.objects.visible_to(desk.user).in_project(desk.project).live()
    return rows.prefetch_related(CharacterFile.prefetched())[:MOST_LISTED]


def _named_member(desk: Desk, member: Member, tags: Sequence[str]) -> dict[str, Any]:
    places = naming.places_of(member.name, desk.uses, [member])
    told = ", ".join(dict.fromkeys(tags[at] for at in places))
    thumb = next((url for at in places if (url := _thumb(desk.uses[at][1]))), "")
    shown = {"name": member.name, "label": _("Character"), "tag": told, "icon": "circle-user"}
    # one whose files found no place can be named by nobody: it dangles
    return {**shown, "thumb_url": thumb, "lost": not places}


def _offered(row: Character) -> dict[str, Any]:
    main = next((asset for asset in row.assets if asset.thumb), None)
    thumb = reverse("character-thumb", args=[row.pk, main.pk]) if main else ""
    shown = {"name": row.name, "label": _("Character"), "tag": "", "icon": "circle-user"}
    return {**shown, "thumb_url": thumb, "add": str(row.pk)}


def _member(desk: Desk, member: Member) -> dict[str, Any]:
    here = naming.attached([replace(member, left=())], desk.uses)
    return {
        "name": member.name,
        "count": len(here[0].files) if here else 0,
        "left": _left_words(desk, member.left),
    }


def _left_words(desk: Desk, left: Sequence[UUID]) -> str:
    """*2 pictures and 1 sound* that found no place."""
    if not left:
        return ""
    counted = Counter(desk.project.assets.filter(pk__in=left).values_list("kind", flat=True))
    words = {
        Asset.Kind.IMAGE: ngettext("%(n)d picture", "%(n)d pictures", counted[Asset.Kind.IMAGE]),
        Asset.Kind.CLIP: ngettext("%(n)d clip", "%(n)d clips", counted[Asset.Kind.CLIP]),
        Asset.Kind.SOUND: ngettext("%(n)d sound", "%(n)d sounds", counted[Asset.Kind.SOUND]),
    }
    return ", ".join(words[kind] % {"n": counted[kind]} for kind in words if counted[kind])
