"""The composer's own addresses: other chips, a price, an upload, and Generate."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from generations import aside, composer, fixing_chip, gone
from generations.desk import (
    Desk,
    carry_to,
    for_new_model,
    lay,
    with_member,
    with_typed,
    without_member,
    without_parent,
)
from generations.forms import MOST_FILES, Typed, read_typed, read_usd
from generations.models import Asset, Character, Generation, Verb
from generations.roles import PLACES
from generations.services import assets, characters, drafts, fixing_notes, lineage, shots
from generations.services.compose import Composition, Refused, compose
from generations.services.create import KeyReused, Once, PriceMoved, create_generations
from generations.services.pricing import Priced, price, price_without_asking
from generations.services.refusals import NotAllowed
from generations.slots import slots_of
from generations.telling.at_limit import AtLimit
from providers.gateways.problem import Problem
from providers.gateways.values import Role
from providers.quotas import QuotaExceeded

from .amounts import agreed
from .drafts import keep
from .once import MADE_BEFORE, posted_key
from .opening import open_project, open_writable
from .studio import render_composer, render_studio, seen_of


@require_POST
def chips(request: HttpRequest, slug: str) -> HttpResponse:
    """The composer for another model or other inputs, with everything that carries over."""
    project = open_writable(request, slug)
    data, refused = posted(request, project)
    typed = read_typed(data)
    typed = fixing_chip.with_frame(request.user, project, typed, data.get("frame_to", ""), refused)
    if data.get("forget_aside"):
        typed = replace(typed, aside={}, rows_aside={})
    typed = aside.without(typed, data.get(aside.OUT, ""))
    desk = _recast(request.user, lay(request.user, project, typed), data, refused)
    if (back := aside.brought_back(desk, data.get(aside.BACK, ""))) != desk.typed:
        desk = lay(request.user, project, back)
    # whatever asked for it: an answer to the choice itself may have been out of date
    if typed.laid_for and typed.model_id != typed.laid_for:
        desk = for_new_model(desk)
    if not request.htmx:
        for words in refused:
            messages.error(request, words)
        drafts.save_over(request.user, project, desk.typed.as_draft(), tab=seen_of(request).tab)
        return redirect("studio", slug)
    return render_composer(request, desk, errors=refused)


def _recast(user: Any, desk: Desk, data: QueryDict, refused: list[str]) -> Desk:
    """With a character more (``cast_add``, its id) or without one (``cast_out``, its name)."""
    if data.get("cast_out"):
        return without_member(desk, data["cast_out"])
    try:
        wanted = UUID(data.get("cast_add") or "")
    except ValueError:
        return desk
    rows = Character.objects.visible_to(user).in_project(desk.project).live()
    character = get_object_or_404(rows, pk=wanted)
    try:
        return with_member(desk, characters.member_of(user, character, desk.project))
    except assets.UploadRefused as error:
        refused.append(f"{character.name}: {error.message}")
        return desk


@require_POST
def quote(request: HttpRequest, slug: str) -> HttpResponse:
    """``amount`` is null where the price is unknown, and empty where the request has none yet; ``why`` says
    what is in its way. ``closed``: it is a limit, and the click would be refused."""
    project = open_writable(request, slug)
    desk = lay(request.user, project, read_typed(request.POST), carried=False)
    if desk.offer is None or not desk.fits_mode:
        return JsonResponse({**NO_PRICE, "basis": _("No price yet") if desk.offer else ""})
    if desk.offer.barred:  # the composer says by whose list
        told = {"basis": _("Not allowed here"), "why": _("This model is not allowed here."), "closed": True}
        return JsonResponse({**NO_PRICE, **told})
    try:
        priced = price(request.user, project, desk.wish(), desk.typed.count)
    except Refused as error:
        kept = price_without_asking(request.user, project, desk.wish(), desk.typed.count)  # a sandbox's
        told = _price_words(kept) if kept else {**NO_PRICE, "basis": _("No price yet")}
        return JsonResponse({**told, "why": composer.no_price_words(error.problems)})
    limit = AtLimit.of(priced.refusal) if priced.refusal else AtLimit()
    told = {"why": limit, "closed": bool(limit), "more_url": limit.more_url}
    return JsonResponse({**_price_words(priced), **told})


@require_POST
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """One file for one slot; answers with the asset and whether the chosen model takes it."""
    project = open_writable(request, slug)
    file, role = request.FILES.get("file"), request.POST.get("slot", "")
    if file is None or role not in PLACES:
        return JsonResponse({"error": _("Choose a file for one of the slots.")}, status=422)
    try:
        asset = _save_input(request.user, project, file, Role(role))
    except assets.UploadRefused as error:
        return JsonResponse({"error": error.message, "code": error.code}, status=422)
    return put_in_slot(request.user, project, request.POST, Role(role), asset)


def put_in_slot(user: Any, project: Any, data: QueryDict, role: Role, asset: Asset) -> JsonResponse:
    """How the asset looks in its slot by itself, for the model in ``data``; the composer that follows sees it
    beside the others."""
    slot = _slot_of(user, project, data, role, asset)
    shown = {"id": str(asset.pk), "label": asset.name, "thumb_url": slot["thumb_url"]}
    return JsonResponse({**shown, "light": slot["light"], "why": slot["why"]})


def _slot_of(user: Any, project: Any, data: QueryDict, role: Role, asset: Asset) -> dict[str, Any]:
    given: dict[str, Any] = {"single": {role: asset.pk}}
    if PLACES[role].many:
        given = {"rows": {role: (asset.pk,)}}
    typed = Typed(model_id=read_typed(data).model_id, **given)
    slots = slots_of(lay(user, project, typed, carried=False))
    return next(slot for slot in slots if slot.get("value"))


@require_POST
def generate(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the takes and answer with a composer for the next; where it cannot, 422 and all is kept."""
    project = open_writable(request, slug, Verb.SPEND)
    data, refused = posted(request, project)
    typed = read_typed(data)
    desk = lay(request.user, project, typed, carried=False)
    parent, note = _parent(request.user, project, desk), fixing_notes.find(project, typed.fixes_id)
    if parent is None:  # what it was made from has been taken out again, or cannot be seen
        desk = without_parent(desk)
    if refused:
        return _again(request, desk, errors=refused)
    if not posted_key(request):  # without it a second click would be a second paid set
        return _again(request, desk, errors=[_("This form was out of date and made nothing. Click again.")])
    try:
        composition = fixing_chip.for_note(_compose(request.user, project, desk, parent), note)
        takes = _create(request, composition, typed.count)
    except Refused as error:
        return _again(request, desk, problems=error.problems)
    except PriceMoved as error:
        return _price_moved(request, desk, error)
    except KeyReused:
        return _again(request, desk, errors=[MADE_BEFORE])
    except QuotaExceeded as error:
        return _again(request, desk, errors=[AtLimit.of(error)])
    except NotAllowed as error:
        return _again(request, desk, errors=[str(error)])
    return _made(request, carry_to(desk), takes, said=fixing_chip.said_of(typed.fixes_id, takes))


def posted(request: HttpRequest, project: Any) -> tuple[QueryDict, list[str]]:
    """The form's fields, and what is wrong with its files: without scripts they come along here.

    A button that offers another model carries it as ``use_model``, one for a length as ``use_length``.
    """
    data, refused = request.POST.copy(), []
    for name, button in (("model", "use_model"), ("duration_s", "use_length")):
        if data.get(button):
            data[name] = data[button]
    files = {} if request.htmx else {role: request.FILES.getlist(f"{role.value}_file") for role in PLACES}
    for role, given in files.items():
        for file in given[:MOST_FILES]:
            try:
                asset = _save_input(request.user, project, file, role)
            except assets.UploadRefused as error:
                refused.append(f"{PLACES[role].label}, {file.name}: {error.message}")
                continue
            _put(data, role, asset)
    return data, refused


def _put(data: QueryDict, role: Role, asset: Asset) -> None:
    if PLACES[role].many:
        data.appendlist(role.value, str(asset.pk))
    else:
        data[role.value] = str(asset.pk)


def _save_input(user: Any, project: Any, file: Any, role: Role) -> Asset:
    """:raises assets.UploadRefused: also for a file of another kind than the slot takes."""
    asset = assets.save_upload(user, project, file, name=file.name or "")
    check_kind(asset.kind, role)
    return asset


def check_kind(kind: str, role: Role) -> None:
    """:raises assets.UploadRefused:"""
    if kind not in PLACES[role].kinds:
        raise assets.UploadRefused(_ONLY[PLACES[role].kinds], "type")


_ONLY: dict[tuple[str, ...], Any] = {
    (Asset.Kind.IMAGE,): gettext_lazy("Only pictures here: JPEG, PNG, WEBP or GIF."),
    (Asset.Kind.CLIP,): gettext_lazy("Only clips here: MP4, MOV or WEBM."),
    (Asset.Kind.SOUND,): gettext_lazy("Only sounds here: MP3, WAV or M4A."),
    (Asset.Kind.DOCUMENT,): gettext_lazy("Only documents here: PDF or plain text."),
    (Asset.Kind.IMAGE, Asset.Kind.CLIP): gettext_lazy("Only pictures and clips here."),
}


def _compose(user: Any, project: Any, desk: Desk, parent: Generation | None) -> Composition:
    """:raises Refused: with what could not be read and what the model does not take, all at once."""
    if desk.offer is None:
        raise Refused(
            [Problem("model", _("There is no model to generate with. An administrator adds an account."))]
        )
    problems = list(desk.typed.problems)
    if desk.typed.model_id and desk.typed.model_id != desk.offer.model.pk:
        problems.append(Problem("model", gone.replaced(desk.typed.model_id, desk.offer).words))
    elif desk.offer.why_not:
        problems.append(Problem("model", desk.offer.why_not))
    if desk.typed.shot_id and desk.shot is None:
        problems.append(Problem("shot", str(shots.GONE)))
    problems += [Problem(role.value, _("This file is not in the project any more.")) for role in desk.missing]
    try:
        composition = compose(user, project, desk.wish(parent))
    except Refused as error:
        raise Refused([*problems, *error.problems]) from error
    if problems:
        raise Refused(problems)
    return composition


def _parent(user: Any, project: Any, desk: Desk) -> Generation | None:
    """The take this one goes on from: from its frame or clip only while that is still there."""
    if not desk.typed.parent_id:
        return None
    mine = Generation.objects.visible_to(user).filter(project=project, pk=desk.typed.parent_id)
    found: Generation | None = lineage.still_from(mine, desk.typed.relation, desk.uses).first()
    return found


def _create(request: HttpRequest, composition: Composition, count: int) -> list[Generation]:
    """The same form sent twice makes one set of takes."""
    body = json.dumps(
        [
            str(composition.project.pk),
            str(composition.model.pk),
            composition.fingerprint(),
            count,
            str(composition.shot.pk) if composition.shot else "",
        ]
    )
    once = Once(f"form-{posted_key(request)}", hashlib.sha256(body.encode()).hexdigest())
    limit, unknown = agreed(request.POST.get("shown_usd"))
    return create_generations(
        request.user, [composition] * count, once=once, shown_usd=limit, some_unknown=unknown
    )


def _price_moved(request: HttpRequest, desk: Desk, error: PriceMoved) -> HttpResponse:
    now, count = error.quote, desk.typed.count
    each = replace(now, amount_usd=None if now.amount_usd is None else now.amount_usd / count)
    told = bool(read_usd(request.POST.get("shown_usd")))
    words = _("The price has changed; it stands on the button now. Click again to go on.")
    first = _("The price stands on the button now. Click again to go on.")
    return _again(request, desk, errors=[words if told else first], priced=Priced(each, count))


def _again(request: HttpRequest, desk: Desk, **said: Any) -> HttpResponse:
    """The composer as it was filled in, with what is wrong at each field."""
    desk = carry_to(desk)
    if request.htmx:
        return render_composer(request, desk, status=422, **said)
    return render_studio(
        request, open_project(request.user, desk.project.slug), desk=desk, status=422, **said
    )


def _made(request: HttpRequest, desk: Desk, takes: list[Generation], *, said: str = "") -> HttpResponse:
    desk = with_typed(without_parent(desk), gone_id=None)
    drafts.settle(request.user, desk.project)
    draft = keep(request, desk.project, desk.typed)
    if not request.htmx:
        if said:
            messages.warning(request, said)
        return redirect("studio", desk.project.slug)
    response = render_composer(request, desk, draft=draft)
    heard: dict[str, Any] = {"live:refresh": {}, "studio:made": {"count": len(takes)}}
    response["HX-Trigger-After-Settle"] = json.dumps(
        heard | ({"studio:toast": {"text": said}} if said else {})
    )
    return response


def _price_words(priced: Priced) -> dict[str, Any]:
    total = priced.total
    words = {
        name: render_to_string(f"generations/_price_{name}.txt", {"priced": priced}).strip() for name in PARTS
    }
    return {
        **words,
        "amount": None if total is None else words["amount"],
        "shown": "unknown" if total is None else str(total),
        "words": "\n".join(priced.each.words(priced.count)),
        "near": priced.near,
    }


PARTS = ("amount", "basis", "left")
NO_PRICE = {"amount": "", "basis": "", "left": "", "shown": ""}
