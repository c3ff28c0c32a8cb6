"""Put a saved take back into a request: files fetched from the store and given an address."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from generations.models import Asset, Generation, GenerationInput
from generations.storage import media_store
from providers.gateways.capabilities import Capabilities, Travel, from_plain
from providers.gateways.errors import Refused
from providers.gateways.values import FailureClass, Input, Media, Mode, Role, VideoRequest
from providers.gateways.wire import WireRequest

from . import attested, hooks, naming, registrations, travel, withdrawn
from .compose import Chosen, media_of, request_of


class Withdrawn(Exception):
    """No live record stands behind the ticks of this take; nothing may be sent with them."""


@dataclass(frozen=True)
class Outgoing:
    """``request`` with addresses, and the recipe: the same with files named by their hash."""

    request: VideoRequest
    capabilities: Capabilities
    recipe: dict[str, Any]

    @property
    def registered(self) -> list[str]:
        """Hashes of the files that go out by the name that the gateway gave them."""
        return registered_in(self.recipe)


def prepare(take: Generation, *, with_files: bool = True) -> Outgoing:
    """The request of a take, built from its rows alone: twice the same rows, twice the same bytes.

    :raises Refused: when an input's file is gone, or may not be used any more.
    :raises Unsupported: when the adapter cannot express it.
    :raises Withdrawn: when nobody stands behind its ticks any more.
    """
    caps = from_plain(take.model.capabilities)
    uses = _uses(take)
    prompt = _prompt(take, caps, uses)
    named = _request(take, caps, [Input(Role(u.role), _named(u.asset)) for u in uses], prompt)
    if not with_files:  # for a price: nothing is attested to
        return Outgoing(replace(named, inputs=(*named.inputs, *_awaited(take, caps))), caps, {})
    consents, callback_url = _consents(take), hooks.address_for(take)
    named = replace(named, consents=consents, callback_url=hooks.without_token(callback_url))
    known = _registered(take, caps, uses)
    request = _request(take, caps, _addressed(take, named, caps, uses, known), prompt)
    request = replace(request, consents=consents, callback_url=callback_url)
    return Outgoing(request, caps, recipe_of(take, named, caps, uses, known))


def prompt_of(take: Generation) -> str:
    """As the gateway reads it: with its own names for the files."""
    if not naming.may_name(take.prompt):
        return take.prompt
    return _prompt(take, from_plain(take.model.capabilities), _uses(take))


def _uses(take: Generation) -> list[GenerationInput]:
    return list(take.inputs.select_related("asset__derived_from__derived_from").order_by("position"))


def _prompt(take: Generation, caps: Capabilities, uses: list[GenerationInput]) -> str:
    cast = naming.read_cast(take.request.get("cast"))
    return naming.spoken(take.prompt, [(Role(use.role), use.asset) for use in uses], cast, caps)


def _request(take: Generation, caps: Capabilities, inputs: list[Input], prompt: str) -> VideoRequest:
    # a take saved by an older release may hold a value that its caller gave
    extra = {**(take.request.get("extra") or {}), **_pseudonyms(take, caps)}
    values = {**take.request, "prompt": prompt, "extra": extra}
    asked = request_of(take.model.wire_id, Mode(take.mode), tuple(inputs), values)
    return replace(asked, reference=str(take.pk))


def _pseudonyms(take: Generation, caps: Capabilities) -> dict[str, str]:
    """Where a gateway wants to tell people apart: 64 characters that stand for one person of this studio
    and say nothing about them, so that a refusal can be about a person and not about the key."""
    names = [name for name, spec in caps.extra.items() if spec.names_person]
    if not names:
        return {}
    person = salted_hmac("generations.pseudonym", str(take.author_id), algorithm="sha256").hexdigest()
    return dict.fromkeys(names, person)


def _registered(take: Generation, caps: Capabilities, uses: list[GenerationInput]) -> Mapping[int, str]:
    """By place: what the gateway calls the files that it was given before.

    :raises Refused: for one about which somebody has withdrawn.
    """
    pairs = [(use.role, use.asset) for use in uses]
    known = registrations.addresses(take.account, caps.registered, pairs)
    if withdrawn.among({uses[at].asset.sha256 for at in known}, sandbox=take.account.sandbox):
        raise Refused(str(withdrawn.WORDS), FailureClass.REFUSED_LOCALLY)
    return known


def _addressed(
    take: Generation,
    named: VideoRequest,
    caps: Capabilities,
    uses: list[GenerationInput],
    known: Mapping[int, str],
) -> list[Input]:
    chosen = [(Role(use.role), use.asset) for use in uses]
    reachable = travel.is_reachable(take.account)
    ways = travel.plan(chosen, caps, named, reachable=reachable, registered=known)
    found = []
    for at, ((role, asset), way) in enumerate(zip(chosen, ways, strict=True)):
        if way == Travel.REGISTERED:
            found.append(Input(role, asset.as_media().at(known[at])))
        else:
            found.append(Input(role, _linked(take, asset) if way == Travel.PUBLIC_URL else _inline(asset)))
    return found


def _linked(take: Generation, asset: Asset) -> Media:
    if not media_store().path(asset.file).exists():
        raise _gone(asset)
    return asset.as_media().at(travel.address_of(take, asset))


def _consents(take: Generation) -> Mapping[str, Mapping[str, bool]]:
    """The ticks of a person, once they were given for the gateway's question.

    :raises Withdrawn:
    """
    if not take.consent.get("attested") or take.consent.get("ours"):
        return {}
    if attested.record_of(take) is None:
        raise Withdrawn
    return {take.consent["flow"]: dict.fromkeys(take.consent["statements"], True)}


def _awaited(take: Generation, caps: Capabilities) -> tuple[Input, ...]:
    """What stands for the inputs that were given as links and never came."""
    given = [item for item in take.request.get("inputs", ()) if "url" in item]
    return media_of([Chosen(Role(item["role"]), url=item["url"]) for item in given], caps)


def _named(asset: Asset) -> Media:
    return asset.as_media().at(f"sha256:{asset.sha256}")


def _inline(asset: Asset) -> Media:
    try:
        data = media_store().path(asset.file).read_bytes()
    except OSError as error:
        raise _gone(asset) from error
    return asset.as_media().at(f"data:{asset.mime};base64,{base64.b64encode(data).decode()}")


def _gone(asset: Asset) -> Refused:
    message = _("The file “%(name)s” is missing from the media store.") % {"name": asset.name}
    return Refused(message, FailureClass.REFUSED_LOCALLY)


def _body_of(wire: WireRequest) -> Mapping[str, Any] | None:
    if not wire.files:
        return wire.json
    return {**wire.form, **{name: part.name for name, part in wire.files.items()}}


def registered_in(recipe: Mapping[str, Any]) -> list[str]:
    return [item["sha256"] for item in recipe.get("inputs", ()) if item.get("registered")]


def recipe_of(
    take: Generation,
    named: VideoRequest,
    caps: Capabilities,
    uses: list[GenerationInput],
    known: Mapping[int, str],
) -> dict[str, Any]:
    """Everything needed to make this take again, and what was really sent; never a key, never a file."""
    wire = take.account.adapter.build_submit(named, caps)
    return {
        "gateway": take.account.gateway,
        "account": take.account.name,
        "sandbox": take.account.sandbox,
        "model": take.model.wire_id,
        "mode": take.mode,
        "request": take.request,
        "sent": {"method": wire.method, "path": wire.path, "body": _body_of(wire)},
        "inputs": [
            {
                "role": use.role,
                "name": use.asset.name,
                "sha256": use.asset.sha256,
                "mime": use.asset.mime,
                "size_bytes": use.asset.size_bytes,
                "width": use.asset.width,
                "height": use.asset.height,
                # it went out by the name that the gateway had given it
                **({"registered": known[at]} if at in known else {}),
            }
            for at, use in enumerate(uses)
        ],
        "consent": {k: take.consent[k] for k in ("flow", "version", "text_sha256") if k in take.consent},
        "attempt": take.attempt,
    }
