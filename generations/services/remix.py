"""Fill a person's composer from a take: all of it, one part, its last frame as first frame, or its clip to go
on from. What is not named stays as it stands; what was replaced can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from generations import elements, voices
from generations.models import Asset, Comment, Draft, Generation, Status
from generations.roles import MANY
from generations.telling.recipe import short_id
from providers.gateways.problem import Problem
from providers.gateways.values import Mode, Role

from . import allowing, drafts, fixing_notes, lineage, links, naming, offers, options
from .carry import FIELDS
from .compose import Refused

ALL, INPUTS, MODEL = "all", "inputs", "model"


def use(user: Any, take: Generation, part: str, *, tab: str = "") -> Draft:
    """Put a part of the take into the composer: ``all``, ``inputs``, ``model``, or one value by the name it
    has in a request (``prompt``, ``seed``, ``duration_s``, ``extra.camera``).

    :param tab: the page that shows the composer, if it is one.
    :raises NotAllowed, Refused: Refused where the take has no such value.
    """
    drafts.require_composer(user, take.project)
    if part == ALL:
        return edit_take(user, take, tab=tab)
    changes = _changes(take, part)
    body = _without(drafts.of(user, take.project).body, part) | changes
    words = {"prompt": _("The prompt of take %(take)s."), "seed": _("The seed of take %(take)s.")}
    words |= {INPUTS: _("The inputs of take %(take)s."), MODEL: _("The model of take %(take)s.")}
    said = words.get(part, _("A setting of take %(take)s.")) % {"take": short_id(take)}
    if part == INPUTS:
        said = _with_missing(said, take)
    return drafts.save_over(user, take.project, body, tab=tab, words=said)


def has(take: Generation, part: str) -> bool:
    """Whether the take has such a part at all."""
    return part in (ALL, MODEL) or _value(take, part) not in (None, "", [])


def _changes(take: Generation, part: str) -> dict[str, Any]:
    if part == MODEL:
        return {"model": str(take.model_id)}
    if not (part in (*FIELDS, INPUTS) or options.is_option(part)) or not has(take, part):
        raise Refused([Problem("part", _("This take has no such value."))])
    if part == INPUTS:
        cast = {"cast": take.request["cast"]} if take.request.get("cast") else {}
        return {"inputs": take.request["inputs"], "mode": take.mode, **cast}
    return {part: _value(take, part)}


def _value(take: Generation, part: str) -> Any:
    """As it was asked for; the seed that the gateway took where nobody asked for one."""
    if options.is_option(part):
        return (take.request.get("extra") or {}).get(part.removeprefix(options.PREFIX))
    if part == "seed" and take.request.get("seed") is None:
        return take.job_handle.get("seed")
    return take.request.get(part)


def _without(body: Mapping[str, Any], part: str) -> dict[str, Any]:
    """What stands in the way of the part: what was set aside under its name, and files of every role."""
    aside = {name: pair for name, pair in (body.get("aside") or {}).items() if name != part}
    files = {elements.OWNERS, voices.OWNERS, *(f"{role.value}_aside" for role in MANY)}
    gone = files if part == INPUTS else set()
    return {name: value for name, value in body.items() if name not in gone} | {"aside": aside}


def edit_take(
    user: Any, take: Generation, model_id: UUID | None = None, *, prompt: str = "", tab: str = ""
) -> Draft:
    """Everything that the take asked for, ready to be changed; for another model or with another prompt where
    one is named.

    :raises NotAllowed:
    """
    drafts.require_composer(user, take.project)
    body = {**take.request, "model": str(model_id or take.model_id), "mode": take.mode}
    body |= _shot(take) | {
        "parent": str(take.pk),
        "relation": "edit",
        **({"prompt": prompt} if prompt else {}),
    }
    body |= {"fixes": str(take.fixes_id)} if take.fixes_id and not has_clip(take) else {}  # still to be fixed
    said = _("Filled from take %(take)s, with another prompt.") if prompt else _("Filled from take %(take)s.")
    words = said % {"take": short_id(take)}
    return drafts.save_over(user, take.project, body, tab=tab, words=_with_missing(words, take))


def has_clip(take: Generation) -> bool:
    return take.status == Status.COMPLETED


def fix(user: Any, take: Generation, note: Comment, *, tab: str = "") -> Draft:
    """All that the take asked for, to be made anew for a note on it: the note stands beside the composer, and
    what is made becomes the next version.

    :raises NotAllowed:
    """
    drafts.require_composer(user, take.project)
    body = {**take.request, "model": str(take.model_id), "mode": take.mode}
    body |= _shot(take) | {"parent": str(take.pk), "relation": fixing_notes.FIX, "fixes": str(note.pk)}
    words = _("Filled from take %(take)s, to fix what a note says.") % {"take": short_id(take)}
    return drafts.save_over(user, take.project, body, tab=tab, words=_with_missing(words, take))


def _with_missing(words: str, take: Generation) -> str:
    """A draft holds files alone: what was given as a link and is not here yet, or never came, is named."""
    hosts = ", ".join(links.hosts_of(take.request))
    if not hosts:
        return words
    missing = _("Not here: what it was given by link from %(hosts)s. Add it anew.")
    return f"{words} {missing % {'hosts': hosts}}"


def start_from(user: Any, take: Generation, frame: Asset, *, tab: str = "") -> Draft:
    """Put ``frame`` in as the first frame. The words and settings that stand in the draft stay; an empty
    draft gets the take's model and settings, without its other inputs and its seed. What begins where the
    take ends is likely the next shot: that of the take is left open, another one that was chosen stays.

    :raises NotAllowed:
    """
    body = {"model": str(take.model_id), **_going_on(user, take)}
    body |= _made_from(take, lineage.LAST_FRAME, Role.FIRST_FRAME, frame)
    chosen = drafts.of(user, take.project).body.get("shot", "")
    body["shot"] = "" if chosen == str(take.shot_id) else chosen
    words = _("The last frame of take %(take)s is the first frame now.") % {"take": short_id(take)}
    return drafts.save_over(user, take.project, body, tab=tab, words=words)


@dataclass(frozen=True)
class Onward:
    """What a clip can be the source of: the mode, how the new take stands to the old one, and the words."""

    mode: Mode
    relation: str
    said: Any
    nobody: Any


ONWARD = {
    "extend": Onward(
        Mode.EXTEND,
        lineage.EXTEND,
        lazy("The clip of take %(take)s is the source to go on from."),
        lazy("No model that is offered now extends a clip."),
    ),
    "upscale": Onward(
        Mode.UPSCALE,
        lineage.UPSCALE,
        lazy("The clip of take %(take)s is the source to enlarge."),
        lazy("No model that is offered now enlarges a clip."),
    ),
}


def go_on(user: Any, take: Generation, clip: Asset, verb: str, *, tab: str = "") -> Draft:
    """Put ``clip`` in as the source, with a model that does it: the take's own, one of its name, one of its
    family, or the first that does. Words and settings as for a first frame.

    :param verb: one of ``ONWARD``.
    :raises NotAllowed, Refused: Refused where no model does it.
    """
    onward, model = ONWARD[verb], able_to(user, take, verb).model
    body = {**_going_on(user, take), "model": str(model.pk), "mode": onward.mode.value}
    body |= _shot(take) | _made_from(take, onward.relation, Role.SOURCE_VIDEO, clip)
    words = str(onward.said) % {"take": short_id(take)}
    if (model.account_id, model.label) != (take.model.account_id, take.model.label):
        words += " " + _("The model is %(model)s now.") % {"model": model.label}
    return drafts.save_over(user, take.project, body, tab=tab, words=words)


def able_to(user: Any, take: Generation, verb: str) -> offers.Offer:
    """:raises Refused:"""
    onward = ONWARD[verb]
    able = [
        offer
        for offer in allowing.offers_for(user, take.project)
        if offer.usable and onward.mode in offer.modes
    ]
    if not able:
        raise Refused([Problem("model", str(onward.nobody))])
    return max(able, key=lambda offer: _nearness(offer, take))


def _nearness(offer: offers.Offer, take: Generation) -> tuple[bool, bool, bool, bool, bool]:
    model, its = offer.model, take.model
    near = model.account_id == its.account_id
    family = bool(its.family) and model.family == its.family
    return model.pk == its.pk, near and model.label == its.label, near and family, near, family


def _going_on(user: Any, take: Generation) -> dict[str, Any]:
    """The draft without its files, and their names as plain words; where no words stand in it, what the take
    was made of."""
    drafts.require_composer(user, take.project)
    draft = drafts.of(user, take.project)
    left_out = ("inputs", "seed", "aspect_ratio")
    made_of = {name: value for name, value in take.request.items() if name not in left_out}
    body = _without(draft.body if draft.prompt else made_of, INPUTS)
    # the cast would be placed anew with its files, for the model that follows
    kept = {name: value for name, value in body.items() if name not in ("cast", "cast_for")}
    return kept | {"prompt": naming.as_words(str(body.get("prompt") or ""))}


def _shot(take: Generation) -> dict[str, str]:
    return {"shot": str(take.shot_id or "")}


def _made_from(take: Generation, relation: str, role: Role, asset: Asset) -> dict[str, Any]:
    files = [{"role": role.value, "asset": str(asset.pk)}]
    return {"inputs": files, "parent": str(take.pk), "relation": relation}
