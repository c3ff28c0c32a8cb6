"""How each input file reaches the gateway: in a form, inside the request, or at a signed address."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils import timezone

from generations.models import AT_THE_GATEWAY, Asset, Generation, GenerationInput
from providers.gateways.capabilities import Capabilities, Travel
from providers.gateways.check import inline_room
from providers.gateways.values import Role, VideoRequest
from providers.models import ProviderAccount

_SIGNER = signing.Signer(salt="generations.input")
# gateways may fetch late, from a queue of theirs
LINK_LIVES = timedelta(hours=48)
# some gateways look at the end of the address before they look at the type
_ENDINGS = {"image/jpeg": "jpg", "audio/mpeg": "mp3", "audio/x-wav": "wav", "video/quicktime": "mov"}
_ENDINGS["text/plain"] = "txt"


def is_reachable(account: ProviderAccount) -> bool:
    """Whether this account's gateway can fetch from the studio: the internet over https, or the sandbox
    beside it."""
    if account.sandbox:
        return bool(settings.PUBLIC_URL_IS_LOOPBACK)
    return bool(settings.HTTPS and not settings.PUBLIC_URL_IS_LOOPBACK)


def plan(
    uses: Sequence[tuple[Role, Asset]],
    caps: Capabilities,
    request: VideoRequest,
    *,
    reachable: bool,
    registered: Collection[int] = (),
) -> list[Travel]:
    """The first way that both sides allow, for each file in turn: by the gateway's own name for it, form,
    data URL while there is room, public address. Small files get the room first. What has no way at all is
    left inline, to be refused with its reason.

    :param registered: the places of files that the gateway has."""
    room = inline_room(request, caps)
    ways: dict[int, Travel] = {}
    for place in sorted(range(len(uses)), key=lambda place: uses[place][1].size_bytes):
        role, asset = uses[place]
        allowed, size = caps.ways(role, request), asset.as_media().inline_bytes
        by_address = reachable and Travel.PUBLIC_URL in allowed
        if place in registered:
            ways[place] = Travel.REGISTERED
        elif Travel.MULTIPART in allowed:
            ways[place] = Travel.MULTIPART
        elif by_address and (Travel.DATA_URL not in allowed or size > room):
            ways[place] = Travel.PUBLIC_URL
        else:
            ways[place] = Travel.DATA_URL
            room -= size
    return [ways[place] for place in range(len(uses))]


def address_of(take: Generation, asset: Asset) -> str:
    """The signed address of one file for one take: the same at every submit, so that a gateway that asks
    for consent gets the identical request again."""
    token = _SIGNER.sign_object([take.pk.hex, asset.pk.hex])
    ending = _ENDINGS.get(asset.mime, asset.mime.rpartition("/")[2])
    return f"{settings.PUBLIC_URL}/i/{token}/input.{ending}"


def asset_at(token: str) -> Asset | None:
    """The file behind an address while its take is at the gateway; None afterwards, and for other tokens."""
    try:
        told: Any = _SIGNER.unsign_object(token)
        take_id, asset_id = (UUID(hex=part) for part in told)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    use = (
        GenerationInput.objects.filter(
            generation=take_id,
            asset=asset_id,
            generation__status__in=AT_THE_GATEWAY,
            generation__submitted_at__gt=timezone.now() - LINK_LIVES,
        )
        .select_related("asset")
        .first()
    )
    return use.asset if use else None
