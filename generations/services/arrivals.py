"""Fetch an input that was given as a link, and let the takes go on that waited for it.

A link is worked on by one worker at a time, under a lease; what a dead one held is fetched again. The row
of the link says how it ended, so every step after it can be repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Asset, Generation, GenerationInput, InputLink, Status
from generations.roles import LABELS
from providers import fetcher, ledger, quotas
from providers.gateways.errors import FetchRefused, GatewayError, LinkExpired
from providers.gateways.values import Failure, FailureClass
from providers.gateways.wire import whole_number
from providers.quotes import Quote, quote

from . import attempts, compose, endings, links, rhythm, transitions, urgent
from .assets import CAPS, UploadRefused, save_upload
from .create import hold_for, price_fields
from .lease import Lease
from .links import free

logger = logging.getLogger(__name__)
MAX_TRIES = 5
_REDIRECTS = 3
_WAITS = Q(awaits_inputs=True)


class LinkLease(Lease):
    """The lease of a link; it is renewed as that of a take is."""

    def rows(self) -> QuerySet[Any]:
        return InputLink.objects.all()

    def claim_link(self, link_id: UUID | str) -> InputLink | None:
        now = timezone.now()
        if urgent.needs_the_last_worker(now):
            return None
        rows = InputLink.objects.filter(free(now), pk=link_id, done_at=None)
        alone = ~Exists(links.being_fetched(now).exclude(pk=link_id))
        if not rows.filter(alone).update(**self.fields(), tries=F("tries") + 1):
            return None
        self._take_id = link_id
        return InputLink.objects.select_related("project", "owner").get(pk=link_id)


class _Lost(Exception):
    """Another worker has the link: nothing of this one's is written."""


def fetch_input(link_id: UUID | str) -> None:
    """Fetch one link, or only let go on what waits for one that is here. Returns at once where there is
    nothing to do, and while another one is fetched: a slow address must not keep results from being stored.
    """
    lease = LinkLease(settings.STUDIO["INPUT_LEASE_S"])
    link = lease.claim_link(link_id)
    if link is not None:
        with lease:
            _fetch(link, lease)
        links.ring_next()
    done = InputLink.objects.filter(pk=link_id, done_at__isnull=False).exclude(batch_id=None).first()
    if done is not None:
        _let_go_on(done)


def _fetch(link: InputLink, lease: LinkLease) -> None:
    try:
        if link.tries > MAX_TRIES:  # a worker died of it every time
            raise FetchRefused(_("The studio could not fetch it."))
        asset = _bring_in(link, lease)
    except _Lost:
        return
    except UploadRefused as error:
        _put_off_or_end(link, lease, error.message, final=error.code not in ("no_room", "not_examined"))
    except LinkExpired:
        words = _("There is no file at this address, or not for everybody.")
        _put_off_or_end(link, lease, words, final=True)
    except FetchRefused as error:
        _put_off_or_end(link, lease, error.message, final=True)
    except GatewayError as error:
        _put_off_or_end(link, lease, error.message, final=False)
    else:
        _end(link, lease, asset=asset)


def _bring_in(link: InputLink, lease: LinkLease) -> Asset:
    """The file behind the link as an asset of the project; the one it has already, if the bytes are known.

    :raises GatewayError, UploadRefused, _Lost:
    """
    most = int(max(settings.STUDIO[name] for name in CAPS.values()))
    with _open(link.url, most) as response:
        fetcher.raise_for_link(response)
        return save_upload(link.owner, link.project, _Arriving(response, lease), name=_name_of(link))


def _open(url: str, most: int) -> AbstractContextManager[httpx.Response]:
    return fetcher.open_guarded(
        url,
        allow=frozenset(settings.OUTBOUND_ALLOW),
        max_redirects=_REDIRECTS,
        read_timeout_s=30.0,
        total_s=settings.STUDIO["INPUT_FETCH_S"],
        max_bytes=most,
    )


class _Arriving:
    """The body of an answer, as ``save_upload`` reads a file; stops when the lease is lost."""

    def __init__(self, response: httpx.Response, lease: LinkLease) -> None:
        self.response, self.lease = response, lease
        self.size = whole_number(response.headers.get("content-length", ""))

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for chunk in self.response.iter_bytes(chunk_size):
            if self.lease.lost.is_set():
                raise _Lost
            yield chunk


def _name_of(link: InputLink) -> str:
    """The last part of its path; ``save_upload`` makes a label of it."""
    return unquote(urlsplit(link.url).path.rpartition("/")[2]) or link.host


# -- how it ends ---------------------------------------------------------------------------------------


def _put_off_or_end(link: InputLink, lease: LinkLease, sentence: str, *, final: bool) -> None:
    words = _("The input from %(host)s could not be fetched. %(why)s") % {"host": link.host, "why": sentence}
    if final or link.tries >= MAX_TRIES:
        _end(link, lease, problem=words[:500])
        return
    later = timezone.now() + timedelta(seconds=rhythm.back_off_s(link.tries))
    pause = {"not_before": later, "lease_until": later, "lease_holder": None}
    with transaction.atomic():
        if InputLink.objects.filter(lease.mine, pk=link.pk).update(**pause):
            waiting_for(link).update(wait_reason=words[:300], not_before=later)


def _end(link: InputLink, lease: LinkLease, **fields: Any) -> None:
    closed = {"done_at": timezone.now(), "lease_until": None, "lease_holder": None, **fields}
    InputLink.objects.filter(lease.mine, pk=link.pk).update(**closed)


def waiting_for(link: InputLink) -> QuerySet[Generation]:
    """The takes of its request; none for that of a composer."""
    if link.batch_id is None:
        return Generation.objects.none()
    return Generation.objects.filter(_WAITS, batch_id=link.batch_id, status=Status.QUEUED)


# -- the takes that waited -----------------------------------------------------------------------------


def _let_go_on(link: InputLink) -> None:
    by_url = {row.url: row for row in InputLink.objects.filter(batch_id=link.batch_id)}
    rows = waiting_for(link).select_related("model", "account", "project", "author")
    for take in rows.order_by("position"):
        _look_at(take, by_url)


def _look_at(take: Generation, links: Mapping[str, InputLink]) -> None:
    """What to do with a take whose link has ended: it fails with it, waits for another, or is whole."""
    wish = compose.wish_of(take)
    mine = [links[given] for _role, given in wish.inputs if isinstance(given, str)]
    ended = [link for link in mine if link.done_at]
    missing = [link for link in ended if link.asset_id is None]
    if missing:
        _refuse(take, missing[0].problem)
    elif len(ended) == len(mine):
        inputs = [
            (role, links[given].asset_id or given if isinstance(given, str) else given)
            for role, given in wish.inputs
        ]
        _whole(take, replace(wish, inputs=inputs), mine)


def _refuse(take: Generation, sentence: str) -> bool:
    words = sentence or _("An input that was given as a link is not here any more.")
    failure = Failure(FailureClass.REFUSED_LOCALLY, words, billed=False, code="input")
    return endings.fail(take, failure, frm=[Status.QUEUED], guard=_WAITS)


def _whole(take: Generation, wish: compose.Wish, links: Sequence[InputLink]) -> None:
    """Check the request as if its files had been there from the start, and price it anew."""
    try:
        made = compose.compose(take.author, take.project, wish, fill_in=False)
    except compose.Refused as error:
        _refuse(take, " ".join(_sentence(problem) for problem in error.problems))
        return
    price = quote(made.model, made.request)
    try:
        _Release(take, made, price, links).save()
    except quotas.QuotaExceeded as error:
        take.refresh_from_db()  # as it was before
        _refuse(take, str(error))


def _sentence(problem: compose.Problem) -> str:
    label = LABELS.get(problem.field)
    return f"{label}: {problem.message}" if label else problem.message


@dataclass(frozen=True)
class _Release:
    """One take that goes on with its files, and the money for it, in one transaction."""

    take: Generation
    made: compose.Composition
    price: Quote
    links: Sequence[InputLink]

    def save(self) -> None:
        """:raises quotas.QuotaExceeded: nothing has changed."""
        now, held = self.price.amount_usd, self.take.held_usd
        is_less = now is not None and (held is None or now < held)
        with transaction.atomic():
            if not self._mark(price_fields(self.price) if is_less or now == held else {}, is_less):
                return  # cancelled meanwhile, or another worker was first
            self._add_inputs()
            if now is not None and held is not None and now > held:
                self._stop_at(now, held)

    def _mark(self, price: Mapping[str, Any], hold_anew: bool) -> bool:
        """A clip's length was reckoned at its most: now that it is known, only so much is held."""
        before = self.take.attempt
        moved = transitions.touch(
            self.take,
            "inputs fetched",
            detail={"hosts": sorted({link.host for link in self.links})},
            guard=_WAITS & attempts.this_attempt(self.take),
            attempt=before + int(hold_anew),
            **self._fields(),
            **price,
        )
        if moved and hold_anew:
            ledger.release(self.take.pk, before, "held anew, the inputs are known")
            hold_for(self.take, self.take.author)
        return moved

    def _fields(self) -> dict[str, Any]:
        return {
            "awaits_inputs": False,
            "request": self.made.plain(),
            "request_sha256": self.made.fingerprint(),
            "mode": self.made.request.mode,
            "wait_reason": "",
            "not_before": None,
        }

    def _add_inputs(self) -> None:
        there = set(self.take.inputs.values_list("position", flat=True))
        GenerationInput.objects.bulk_create(
            GenerationInput(generation=self.take, role=item.role, position=place, asset=item.asset)
            for place, item in enumerate(self.made.inputs)
            if place not in there
        )

    def _stop_at(self, now: Any, held: Any) -> None:
        words = _("The price is now $%(now)s; $%(held)s was held. Nothing was sent.")
        message = words % {"now": now, "held": held}
        failure = Failure(FailureClass.PRICE_MOVED, message, billed=False, code=str(now))
        endings.fail(self.take, failure, frm=[Status.QUEUED])
