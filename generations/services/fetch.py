"""Fetch: the bytes of a finished clip into its part file, from wherever its gateway keeps them.

A link is opened by the guarded fetcher, without the key; a file that the gateway sends itself comes with it.
A dead link is exchanged for a fresh one, once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Generation
from providers import accounts
from providers.fetcher import open_guarded
from providers.gateways.client import GatewayClient
from providers.gateways.errors import (
    FetchRefused,
    FileElsewhere,
    GatewayError,
    LinkExpired,
    NotReady,
    Unavailable,
)
from providers.gateways.values import Job, JobState, Result, ResultKind

from . import polling, urgent
from .download import Download, Limits, SliceOver, TooLarge
from .lease import Lease


class LeaseLost(Exception):
    """Another worker has the row now; nothing more may be written."""


def fetch(take: Generation, lease: Lease, part: Path) -> None:
    """Go on with the part file until the whole clip lies in it.

    :raises LeaseLost, SliceOver, GatewayError:
    """
    clocks = settings.STUDIO
    limits = Limits(int(clocks["MAX_RESULT_BYTES"]), clocks["STORE_SLICE_S"], clocks["STORE_WHOLE_S"])
    teller = _Teller(take, lease)
    download = Download(part, limits, teller)
    client = accounts.client_for(take.account, take.key_no)
    with download.alone() as alone:
        if not alone:
            raise LeaseLost
        try:
            _fetch_from(take, client, download)
        except LinkExpired:
            take.result_url = ""
            _fetch_from(take, client, download)
        finally:
            teller.write_down()


def _fetch_from(take: Generation, client: GatewayClient, download: Download) -> None:
    job = take.as_job()
    if take.result_kind != ResultKind.BYTES and not take.result_url:
        _renew(take, client, job)
    if take.result_kind == ResultKind.BYTES:
        _fetch_bytes(take, client, job, download)
        return
    in_pieces = not client.gateway.counts_fetches
    _fetch_link(take, client, take.result_url, download, in_pieces=in_pieces)


def _fetch_link(
    take: Generation,
    client: GatewayClient,
    url: str,
    download: Download,
    *,
    in_pieces: bool,
    redirected: int = 0,
) -> None:
    """:param redirected: how many redirects led to this address already."""
    url = client.checked_url(url)
    allow, left = outbound_allow(take), max(client.gateway.result_redirects - redirected, 0)
    download.fetch(
        lambda headers: open_guarded(url, headers=headers, allow=allow, max_redirects=left),
        in_pieces=in_pieces,
    )


def _fetch_bytes(take: Generation, client: GatewayClient, job: Job, download: Download) -> None:
    """From the gateway's own stream; where that fails, from the other place that it named, if it did.

    A dead second address is no verdict: the stream may work at the next try, which begins anew.
    """
    try:
        download.fetch(lambda headers: _bytes(client, job, headers), in_pieces=False)
        return
    except (NotReady, TooLarge):
        raise
    except GatewayError as error:
        failed, url, redirected = error, client.gateway.second_place(job), 0
        if isinstance(error, FileElsewhere):
            url, redirected = error.url, int(error.is_redirect)
    if not url:
        raise failed
    try:
        _fetch_link(take, client, url, download, in_pieces=False, redirected=redirected)
    except (LinkExpired, FetchRefused) as error:
        reason = f"{failed.message} {error.message}"
        raise Unavailable(reason, status=failed.status, raw=failed.raw) from error


def outbound_allow(take: Generation) -> frozenset[str]:
    """host:port pairs that may be private: the operator's list, and nothing that a reply names."""
    return frozenset(settings.OUTBOUND_ALLOW)


@contextmanager
def _bytes(client: GatewayClient, job: Job, headers: dict[str, str]) -> Iterator[httpx.Response]:
    """The file out of the gateway's own answer; it has no ranges, so it always comes whole."""
    with client.result_bytes(job) as response:
        client.raise_for_result(response)
        yield response


def _renew(take: Generation, client: GatewayClient, job: Job) -> None:
    """Ask for a new address: by the gateway's own call, else by one more poll. The answer may also be that
    the gateway sends the file itself.

    :raises LinkExpired: when the gateway has none any more.
    """
    result: Result | None = client.fresh_link(job)
    if result is None:
        told = client.poll(job)
        result = told.result if told.state == JobState.FINISHED else None
    if result is None or not (result.url or result.kind == ResultKind.BYTES):
        raise LinkExpired(_("The gateway has no valid address for the result any more."))
    kept = polling.result_fields(Job(id=job.id, model=job.model, result=result, handle=job.handle))
    Generation.objects.filter(pk=take.pk).update(**kept)
    take.result_kind, take.result_url = result.kind, result.url


class _Teller:
    """Write the progress of a download on the row, once a second; stop when the lease is lost.

    A download that loses nothing by it, and has got on, makes room for one whose address dies soon.
    ``bytes_done`` is the most that any try has had: only what goes beyond it is progress, after which the
    tries begin anew. The same first half again and again is none.
    """

    def __init__(self, take: Generation, lease: Lease) -> None:
        self.take, self.lease, self.told = take, lease, 0.0
        self.best, self.got_on = take.bytes_done, False
        self.done, self.total = 0, take.bytes_total

    def __call__(self, done: int, total: int | None, can_stop: bool) -> None:
        if self.lease.lost.is_set():
            raise LeaseLost
        self.done, self.total = done, total
        if time.monotonic() - self.told < 1.0:
            return
        self.told = time.monotonic()
        self.write_down()
        if can_stop and self.got_on and urgent.asks_for_room(self.take):
            raise SliceOver

    def write_down(self) -> None:
        if self.done <= self.best:
            return
        self.best, self.got_on, self.take.tries = self.done, True, 0
        rows = Generation.objects.filter(self.lease.mine, pk=self.take.pk)
        rows.update(bytes_done=self.done, bytes_total=self.total, tries=0, changed_at=timezone.now())
