"""The last frame as the gateway keeps it, where a person asked for it: it has not been through the clip's
compression. Whatever goes wrong with it, the studio's own frame out of the clip stands in its place."""

from __future__ import annotations

import logging
from pathlib import Path

from django.conf import settings

from generations import media
from generations.media import DerivedFile, Kind
from generations.models import Generation, Output
from providers import accounts
from providers.fetcher import open_guarded, raise_for_link
from providers.gateways.errors import GatewayError

log = logging.getLogger(__name__)
_TOTAL_S = 60.0  # the clip is stored already; its pictures wait no longer for this one


def of_gateway(take: Generation, folder: Path) -> DerivedFile | None:
    """Fetch it into ``folder`` and look at it as at any file from outside; None where there is none."""
    url = take.as_job().last_frame_url
    if not url:
        return None
    path = folder / "last_frame_of_gateway"
    try:
        _fetch(take, accounts.client_for(take.account, take.key_no).checked_url(url), path)
        return _looked_at(path)
    except (GatewayError, media.Unplayable, media.MediaToolError, OSError) as error:
        log.warning("take %s: the gateway's last frame: %s", take.pk, error)
        return None


def _fetch(take: Generation, url: str, path: Path) -> None:
    allow, most = frozenset(settings.OUTBOUND_ALLOW), int(settings.STUDIO["MAX_IMAGE_BYTES"])
    with open_guarded(url, allow=allow, total_s=_TOTAL_S, max_bytes=most) as response:
        raise_for_link(response)
        with path.open("wb") as file:
            for chunk in response.iter_bytes(65_536):
                file.write(chunk)


def _looked_at(path: Path) -> DerivedFile | None:
    found = media.sniff_file(path)
    facts = media.probe(path, mime=found.mime)
    if facts.kind is not Kind.IMAGE:
        return None
    named = path.rename(path.with_suffix(media.SUFFIXES[found.mime]))
    size = facts.width or 0, facts.height or 0
    return DerivedFile(Output.Kind.LAST_FRAME.value, named, found.mime, *size)
