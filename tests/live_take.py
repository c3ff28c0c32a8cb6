"""One take on a gateway from its price to a clip that plays, as the pipeline makes it: by hand with a real
key (``tests/providers/test_live.py``), and in the tests with one of the sandbox's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from generations import media
from generations.media import Kind, MediaFacts
from generations.models import Generation, Output, Status
from generations.services.cheapest import find_cheapest
from generations.services.compose import compose
from generations.services.create import create_generations
from generations.storage import media_store
from providers import accounts, ledger
from providers.models import ProviderAccount
from tests.factories import make_account, make_project, make_user
from tests.generations.pipeline import Line, line


def find_account(gateway: str, environ: Mapping[str, str]) -> ProviderAccount | None:
    """Of the key and perhaps the address that the environment names; None without a key."""
    name = f"VS_LIVE_{gateway.upper()}"
    key = environ.get(f"{name}_KEY", "")
    return make_account(gateway, key=key, base_url=environ.get(f"{name}_URL", "")) if key else None


@contextmanager
def a_line(settings: Any, folder: Any) -> Iterator[Line]:
    """The queue and the sweep in this process, with the studio's own clocks; files go to ``folder``."""
    settings.MEDIA_ROOT = folder / "media"
    settings.STUDIO = {**settings.STUDIO, "MIN_FREE_BYTES": 0}
    with line() as here:
        yield here


def list_known(account: ProviderAccount) -> tuple[set[str], set[str]]:
    """What the gateway's own list names, and what the studio knows of it."""
    listed = {model.wire_id for model in accounts.client_for(account).discover()}
    return listed, set(account.models.values_list("wire_id", flat=True))


def make_cheapest(here: Line, account: ProviderAccount, *, within_s: float, pause_s: float) -> Generation:
    """Priced, held, sent, polled, fetched and stored by the services that do it in the studio."""
    user = make_user()
    project = make_project(user)
    wish = find_cheapest(account)
    assert wish is not None, "no model of this account makes clips from words"
    (take,) = create_generations(user, [compose(user, project, wish)])
    return here.finish(take, within_s, pause_s=pause_s)


def probe_stored(take: Generation) -> MediaFacts:
    """The facts of the stored file, which are those that the studio kept of it."""
    assert take.status == Status.COMPLETED, f"{take.status}: {take.failure_message}"
    clip = take.outputs.get(kind=Output.Kind.VIDEO)
    path = media_store().path(clip.file)
    assert path.stat().st_size == clip.size_bytes
    facts = media.probe(path, mime=clip.mime)
    assert (facts.kind, facts.duration_s, facts.width) == (Kind.CLIP, clip.duration_s, clip.width)
    assert not ledger.open_holds().exists()
    return facts
