"""The composer as its templates expect it: chips, slots, what was set aside, the price."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from generations import aside, gone, voices
from generations.chips import LABELS, chips_of
from generations.desk import Desk, with_another
from generations.elements import BOTH, OWNER_ASIDE, items_of
from generations.fixing_chip import fixing_of
from generations.forms import Typed, aside_name
from generations.mentions import mentions_of
from generations.models import Generation, Project
from generations.more import more_of
from generations.roles import LABELS as LABELS_OF_ROLES
from generations.services import lineage, offers, options
from generations.services.assets import UploadRefused
from generations.services.create import MAX_COUNT
from generations.services.derived import derive_asset
from generations.services.pricing import Priced, price_without_asking
from generations.shot_chip import shot_of
from generations.slots import slots_of
from generations.telling.hops import drift_words, hop_words
from generations.workflows import workflows_of
from providers import allow_words
from providers.gateways.capabilities import WITH_A_CLIP
from providers.gateways.problem import Problem
from providers.gateways.values import Mode, Role

MOST_REASONS = 4  # below the slots, whole; at each slot stands its own, which may be cut


def fit_first_frame(desk: Desk) -> Desk:
    """A first frame that is only too large gives way to a smaller copy; any other stays and says why not."""
    place = next((at for at, (role, _asset) in enumerate(desk.uses) if role == Role.FIRST_FRAME), None)
    fit = desk.fit(place) if place is not None else None
    if place is None or fit is None or not (fit.source and fit.edit and fit.edit.op == "shrink"):
        return desk
    try:
        copy = derive_asset(desk.user, fit.source, fit.edit, desk.project)
    except UploadRefused:
        return desk
    return with_another(desk, desk.uses[place][1].pk, copy.pk)


def context_of(
    desk: Desk, *, problems: Sequence[Problem] = (), errors: Sequence[str] = (), priced: Priced | None = None
) -> dict[str, Any]:
    """What templates/generations/_composer.html needs; with a fresh one-time key each time."""
    if priced is None and desk.offer and desk.fits_mode:
        priced = price_without_asking(desk.user, desk.project, desk.wish(), desk.typed.count)
    wrong = _by_field(desk, problems)
    slots = slots_of(desk, wrong)
    return {
        **_addresses(desk.project),
        **_written(desk),
        **_origin(desk),
        "shot": shot_of(desk, wrong),
        "slots": slots,
        "reasons": _said_below(slots, wrong),
        **mentions_of(desk),
        **_settings(desk, wrong),
        **_set_aside(desk),
        "errors": [*errors, *_sentences(_not_said_at(slots, wrong))],
        "mismatch": mismatch(desk),
        "allowing": _allowing(desk),
        "no_model": desk.offer is None,
        **_gone(desk, wrong),
        "wrong": wrong,
        **_priced(priced),
    }


def _written(desk: Desk) -> dict[str, Any]:
    """The words, how often, and for which model all of it was laid out."""
    return {
        "prompt": desk.typed.prompt,
        "takes_prompt": desk.caps.prompt_max_chars > 0,
        "count": desk.typed.count,
        "count_max": MAX_COUNT,
        "laid_for": desk.offer.model.pk if desk.offer else "",
        "sandbox": bool(desk.offer and desk.offer.model.account.sandbox),
    }


def _origin(desk: Desk) -> dict[str, Any]:
    """What the take comes out of, and the note that it is made for."""
    typed = desk.typed
    return {
        "parent_id": typed.parent_id or "",
        "relation": typed.relation,
        "fixing": fixing_of(desk),
        **_hop(desk),
    }


def _settings(desk: Desk, wrong: Mapping[str, str]) -> dict[str, Any]:
    """The chips, what stands behind *More*, and the buttons for what is done with a clip."""
    more, workflows = more_of(desk.caps, desk.mode, desk.typed, wrong), workflows_of(desk)
    clip_modes = () if workflows else desk.modes
    return {
        "workflows": workflows,
        "chips": chips_of(desk.open_offers, desk.offer, desk.typed, desk.mode, wrong, clip_modes),
        "more": more,
        "more_set": sum(item["value"] not in ("", None) for item in more),
    }


def _gone(desk: Desk, wrong: Mapping[str, str]) -> dict[str, Any]:
    """That the model took the place of one that is not offered any more; a refused click says so itself."""
    was = desk.typed.gone_id
    return {
        "gone_id": was or "",
        "gone": gone.replaced(was, desk.offer) if was and "model" not in wrong else None,
    }


def _allowing(desk: Desk) -> dict[str, Any] | None:
    """What allow-lists take away from the chosen model, and whose they are; ``barred``: all of it."""
    if desk.offer is None or not desk.offer.cut:
        return None
    if desk.offer.barred:
        return {"barred": True, "words": [desk.offer.why_not, allow_words.who_changes()]}
    return {"barred": False, "words": allow_words.cuts(desk.offer.cut)}


def _set_aside(desk: Desk) -> dict[str, Any]:
    return {
        "rows_aside": _rows_aside(desk.typed),
        "set_aside": aside.rows_of(desk),
        "aside_json": json.dumps(desk.typed.as_draft()["aside"]),
    }


def _hop(desk: Desk) -> dict[str, str]:
    """Which hop the take would be, while it goes on from another one."""
    typed = desk.typed
    takes, relation = Generation.objects.visible_to(desk.user).filter(project=desk.project), typed.relation
    named = takes.filter(pk=typed.parent_id) if typed.parent_id else takes.none()
    parent = lineage.still_from(named, relation, desk.uses).first()
    if parent is None:
        parent, relation = lineage.origin(takes, desk.uses, desk.mode)
    hop = lineage.hop_of(parent, relation, typed.inputs)
    return {"hop": hop_words(hop), "drift": drift_words(hop)}


def _rows_aside(typed: Typed) -> list[tuple[str, str]]:
    """Hidden fields of the form; beside the voices who speaks with them, beside the views whose they are."""
    away = typed.rows_aside
    plain = [role for role in away if role not in BOTH and role != voices.VOICE]
    fields = [(aside_name(role), str(pk)) for role in plain for pk in away[role]]
    fields += [(name, str(pk)) for name, pks in typed.voices_aside().items() for pk in pks]
    owner = None
    for role, pk, waits in items_of(typed.rows, away, typed.owners):
        owner = pk if role == Role.ELEMENT else owner
        fields += [(aside_name(role), str(pk))] if waits else []
        fields += [(OWNER_ASIDE, str(owner))] if waits and role == Role.ELEMENT_REFERENCE else []
    return fields


def mismatch(desk: Desk) -> dict[str, Any] | None:
    """The model cannot start from these inputs: say so, and offer the one that can."""
    if desk.offer is None or desk.fits_mode or desk.typed.mode in desk.caps.prompt_forms:
        return None  # a workflow that was chosen says itself what it lacks
    name, roles = {"model": desk.offer.model.label}, _roles_wanted(desk)
    other = offers.sibling_for(desk.offers, desk.offer, roles)
    return {
        "words": _mismatch_words(desk) % name,
        "to": other.model if other else None,
        "use": _use_words(desk, other, other.caps.mode_for(roles) if other else desk.mode),
    }


def _roles_wanted(desk: Desk) -> list[Role]:
    """Of frames beside references on a model that takes no frame, the frames: they were put there last."""
    roles = [role for role, _asset in desk.uses]
    frames = [role for role in roles if role in (Role.FIRST_FRAME, Role.LAST_FRAME)]
    return frames if set(frames) & set(desk.untaken) else roles


def _mismatch_words(desk: Desk) -> str:
    modes = desk.offer.modes if desk.offer else ()
    if modes and set(modes) <= set(WITH_A_CLIP) and desk.mode not in WITH_A_CLIP:
        return _("%(model)s works on a source clip. Add one here.")
    if Role.SOURCE_VIDEO in desk.untaken:
        return _("%(model)s takes no source clip.")
    if Role.AUDIO_TRACK in desk.untaken:
        return _("%(model)s follows no sound track.")
    if modes == (Mode.REFERENCE_TO_VIDEO,):
        return _words_of_references(desk)
    if Mode.REFERENCE_TO_VIDEO in modes and Role.FIRST_FRAME in desk.untaken:
        return _("%(model)s works from words or references and takes no frame.")
    if desk.mode == Mode.REFERENCE_TO_VIDEO:
        return _("%(model)s takes no references.")
    if desk.mode == Mode.TEXT_TO_VIDEO:
        return _words_of_beginning(modes)
    if desk.mode == Mode.FIRST_LAST_FRAME and Mode.IMAGE_TO_VIDEO in modes:
        return _("%(model)s takes a first frame, but no last frame.")
    if modes == (Mode.FIRST_LAST_FRAME,):
        return _("%(model)s needs a last frame beside the first.")
    return _("%(model)s works from words alone and takes no frame.")


def _words_of_beginning(modes: Sequence[Mode]) -> str:
    if {Mode.IMAGE_TO_VIDEO, Mode.FIRST_LAST_FRAME}.intersection(modes):
        return _("%(model)s starts from a first frame. Add one here, or work from words alone.")
    return _("%(model)s starts from references or a source clip. Add one here, or work from words alone.")


def _words_of_references(desk: Desk) -> str:
    if desk.mode == Mode.TEXT_TO_VIDEO:
        return _("%(model)s starts from references. Add one here, or work from words alone.")
    return _("%(model)s works from references and takes no frame.")


def _use_words(desk: Desk, other: offers.Offer | None, mode: Mode) -> str:
    if other is None or desk.offer is None:
        return ""
    if other.model.label != desk.offer.model.label:
        return _("Use %(model)s") % {"model": other.model.label}
    return {
        Mode.TEXT_TO_VIDEO: _("Switch to its version for words"),
        Mode.IMAGE_TO_VIDEO: _("Switch to its version for a first frame"),
        Mode.REFERENCE_TO_VIDEO: _("Switch to its version for references"),
        **dict.fromkeys(WITH_A_CLIP, _("Switch to its version for a source clip")),
    }.get(mode, _("Switch to its version for two frames"))


def _said_below(slots: Sequence[dict[str, Any]], wrong: Mapping[str, str]) -> list[dict[str, Any]]:
    """The slots whose file has something in its way, those first that no click mends; of those what a check
    of the request says instead is told with the errors."""
    told = [slot for slot in slots if slot.get("value") and slot["why"] and slot["light"] in ("fix", "no")]
    told = [slot for slot in told if slot["fix_url"] or slot["name"] not in wrong]
    return sorted(told, key=lambda slot: bool(slot["fix_url"]))[:MOST_REASONS]


def _not_said_at(slots: Sequence[Mapping[str, Any]], wrong: Mapping[str, str]) -> dict[str, str]:
    """Without what the row of fixes says already; there it stands with the way out."""
    said = {slot["name"] for slot in slots if slot.get("fix_url")}
    told = {field: words for field, words in wrong.items() if field not in said}
    if said & set(wrong):
        told.setdefault("prompt", _("Mend the file that is marked, or take it out."))
    return told


def _by_field(desk: Desk, problems: Sequence[Problem]) -> dict[str, str]:
    """The first sentence for each field. What the offer of another model says already is not said twice."""
    said_already = () if desk.fits_mode else ("mode", *LABELS_OF_ROLES)
    found: dict[str, str] = {}
    for problem in problems:
        if problem.field not in said_already:
            found.setdefault(problem.field, problem.message)
    return found


def _sentences(wrong: Mapping[str, str]) -> list[str]:
    """Each with the name of its field where the sentence alone would not tell."""
    plain = ("prompt", "model", "mode", "count", "shot")
    return [message if name in plain else f"{_name_of(name)}: {message}" for name, message in wrong.items()]


def _name_of(field: str) -> Any:
    if options.is_option(field):
        return options.label_of(field)
    return LABELS.get(field, LABELS_OF_ROLES.get(field, field))


def no_price_words(problems: Sequence[Problem]) -> str:
    """Why nothing stands on the button, or what will be refused at what stands there; what is wrong with a
    file by itself is said at its slot."""
    said = [problem for problem in problems if not problem.rule]
    return _told(said[:2])


def refusal_words(problems: Sequence[Problem]) -> str:
    """Why a request cannot be made, where no slot stands beside it to say what is wrong with a file."""
    return no_price_words(problems) or _told(problems[:2])


def _told(problems: Sequence[Problem]) -> str:
    """One sentence after the other, each with its full stop where there are two."""
    words = _sentences({problem.field: problem.message for problem in problems})
    return words[0] if len(words) == 1 else " ".join(f"{one.rstrip('.')}." for one in words)


def _priced(priced: Priced | None) -> dict[str, Any]:
    """``shown`` is what the form sends back: the sum that the person saw, or that it was unknown."""
    if priced is None:
        return {"price": None, "shown": ""}
    total: Decimal | None = priced.total
    price = {"amount": total, "basis": priced.each.basis, "left": priced.left}
    return {"price": price, "shown": "unknown" if total is None else str(total)}


def _addresses(project: Project) -> dict[str, str]:
    names = {"url": "generate", "quote_url": "composer-quote", "draft_url": "composer-draft"}
    names |= {"upload_url": "upload", "chips_url": "composer-chips", "picker_url": "picker"}
    names |= {"matrix_url": "matrix", "links_url": "links"}
    names |= {"prompts_url": "prompts", "past_url": "prompts-past"}
    names |= {"aside_url": "draft-aside", "undo_url": "draft-undo", "recipe_url": "composer-recipe"}
    names["put_url"] = "assets-put"
    urls = {key: reverse(name, args=[project.slug]) for key, name in names.items()}
    return {**urls, "project": project.slug}
