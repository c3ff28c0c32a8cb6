"""The inputs of a composer as slots: one for each single file, a row for those of which there are several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from generations.desk import Desk
from generations.elements import owners_of
from generations.facenotes import note_of
from generations.fixes import done_words, fix_words, sums_of
from generations.models import Asset
from generations.roles import MANY, PLACES, SINGLE
from generations.services.derived import original_of
from generations.voices import ORDER
from providers.gateways.capabilities import WITH_A_CLIP
from providers.gateways.check_inputs import MOST_VIEWS
from providers.gateways.values import SPEAKERS, Role

_MOST_VIEWS = sum(MOST_VIEWS.values())


def slots_of(desk: Desk, wrong: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Where there is a use for it: a first frame always, for a sibling may take it, except on a model that
    works on clips; and of what there may be several as many as there are, with an open slot for one more."""
    wrong = wrong or {}
    filled: dict[Role, list[dict[str, Any]]] = {}
    for place, (role, _asset) in enumerate(desk.uses):
        filled.setdefault(role, []).append(_filled(desk, place))
    shown = (role for role in SINGLE if role in filled or _is_shown(desk, role))
    slots = [_single(role, filled.get(role, []), wrong.get(role, "")) for role in shown]
    for role in MANY:
        if role == Role.ELEMENT:
            slots += _elements(desk, filled, wrong)
        elif role not in (Role.ELEMENT_REFERENCE, Role.REFERENCE_VOICE):
            row = _row(role, filled.get(role, []), desk.most(role), wrong.get(role, ""))
            row = _voiced(desk, role, row, filled.get(Role.REFERENCE_VOICE, []), wrong)
            slots += _with_sums(row, sums_of(desk.uses, role, desk.caps, desk.asked))
    slots += filled.get(Role.REFERENCE_VOICE, [])  # of nobody
    return slots


def _with_sums(row: list[dict[str, Any]], sums: list[str]) -> list[dict[str, Any]]:
    """After the last slot of the row stands how much of its limits is used."""
    return [*row[:-1], row[-1] | {"sums": sums}] if row and sums else row


def _single(role: Role, slots: list[dict[str, Any]], said: str) -> dict[str, Any]:
    """What the check said stands there too, unless the light says that the file fits."""
    slot = next(iter(slots), None) or _open(role, said)
    slot["why"] = slot["why"] or (said if slot["light"] != "fits" else "")
    return slot


def _elements(
    desk: Desk, filled: Mapping[Role, list[dict[str, Any]]], wrong: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Each element, then its views and an open slot for one more view of it."""
    row = _row(Role.ELEMENT, filled.get(Role.ELEMENT, []), desk.most(Role.ELEMENT), wrong.get("element", ""))
    views = iter(filled.get(Role.ELEMENT_REFERENCE, []))
    owners = owners_of([(role, None) for role, _asset in desk.uses])
    most, slots, count = desk.most(Role.ELEMENT_REFERENCE), [], 0
    for number, element in enumerate(row):
        mine = [next(views) for owner in owners if owner == number]
        if element.get("value") and len(mine) < _MOST_VIEWS and len(owners) < most:
            mine.append(_open(Role.ELEMENT_REFERENCE))
        for place, view in enumerate(mine, 1):
            words = _("View %(view)d of %(element)d") % {"view": place, "element": number + 1}
            view |= {
                "label": words,
                "id": f"{view['name']}-{count}",
                "most": most,
                "of": element["file_name"],
            }
            count += 1
        slots += [element, *mine]
    return [slot | {"order": slot["name"]} for slot in [*slots, *views]]


def _voiced(
    desk: Desk,
    role: Role,
    row: list[dict[str, Any]],
    voices: list[dict[str, Any]],
    wrong: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Behind each reference the voice it speaks with, or an open slot for one; ``voices`` are used up."""
    if role not in SPEAKERS or not (voices or desk.most(Role.REFERENCE_VOICE)):
        return row
    speaking, slots = _speaking(desk, role), []
    for number, slot in enumerate(row):
        slots.append(slot)
        if not slot.get("value"):
            continue
        voice = voices.pop(0) if number in speaking else _open(Role.REFERENCE_VOICE)
        voice |= {
            "label": _("Voice of %(reference)s") % {"reference": slot["label"]},
            "of": slot["file_name"],
        }
        voice["why"] = voice["why"] or (wrong.get(voice["name"], "") if voice.get("value") else "")
        slots.append(voice | {"id": f"{voice['name']}-{slot['id']}"})
    return [slot | {"order": slot["name"], "order_name": ORDER} for slot in slots]


def _speaking(desk: Desk, wanted: Role) -> set[int]:
    """Which references of one kind have a voice, counted from 0."""
    found, number, speaker = set(), -1, None
    for role, _asset in desk.uses:
        number += role == wanted
        if role in SPEAKERS:
            speaker = role
        elif role == Role.REFERENCE_VOICE and speaker == wanted:
            found.add(number)
    return found


def _is_shown(desk: Desk, role: Role) -> bool:
    works_on_clips = bool(desk.caps.modes) and set(desk.caps.modes) <= set(WITH_A_CLIP)
    return role in desk.caps.inputs or (role == Role.FIRST_FRAME and not works_on_clips)


def _row(role: Role, slots: list[dict[str, Any]], most: int, said: str) -> list[dict[str, Any]]:
    """They share one name in the form, so each has an id of its own; their order is their number."""
    for number, slot in enumerate(slots, 1):
        slot["label"] = f"{PLACES[role].label} {number}"
    if len(slots) < most:
        slots = [*slots, _open(role, "" if slots else said)]
    for number, slot in enumerate(slots):
        slot |= {"id": f"{slot['name']}-{number}", "most": most, "rule": number == 0}
    return slots


def _open(role: Role, said: str = "") -> dict[str, Any]:
    place = PLACES[role]
    slot = {"id": role.value, "name": role.value, "label": place.label, "file_name": ""}
    shown = {"icon": place.icon, "accept": place.accept, "kind": place.kind.value}
    return {**slot, **shown, "why": said, "light": "error" if said else ""}


def _filled(desk: Desk, place: int) -> dict[str, Any]:
    role, asset = desk.uses[place]
    fit, original = desk.fit(place), original_of(asset)
    back = original if original and original.kind in PLACES[role].kinds else None  # a slot for it too
    to = {"args": [desk.project.slug, asset.pk]}
    moves = asset.kind in (Asset.Kind.CLIP, Asset.Kind.SOUND) and fit.light == "fits"
    return {
        **_open(role),
        "value": str(asset.pk),
        "many": PLACES[role].many and role != Role.REFERENCE_VOICE,  # that one goes where its reference goes
        "file_name": asset.name,
        "thumb_url": reverse("asset-thumb", args=[asset.pk]) if asset.thumb else "",
        "light": fit.light,
        "why": fit.why,
        "face": note_of(asset, desk.offer, f"{role.value}-{place}"),
        "note": done_words(asset) if original and fit.light == "fits" else "",
        "fix": fix_words(fit),
        "fix_url": reverse("asset-fix", **to) if fit.light == "fix" else "",
        "ways_url": reverse("asset-ways", **to) if asset.kind != Asset.Kind.DOCUMENT else "",
        "changes": bool(original or moves),
        "original_url": reverse("asset-original", **to) if back else "",
        **_registered(desk, role, asset, fit.light),
    }


def _registered(desk: Desk, role: Role, asset: Asset, light: str) -> dict[str, Any]:
    """Where the model takes this picture by a name: the way to ask for one, and in words how it stands there
    where it was asked for, or where a name would help."""
    if role not in desk.caps.registered or asset.kind != Asset.Kind.IMAGE:
        return {}
    row = desk.registered.get(asset.sha256)
    words = row.get_state_display() if row else (_("Register …") if light != "fits" else "")
    if row and asset.sha256 in desk.asked.registered:
        words = _("Registered")
    return {"registered": words, "registered_url": reverse("asset", args=[asset.pk]) + "#registered"}
