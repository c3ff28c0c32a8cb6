"""Store: from *finished at the gateway* to a file that is ours.

Download into a part file, check its length, probe it in a child process, hash it, rename it, and only
then say *completed*. A worker may die between any two of these; the next one goes on from the file.
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.media import Kind, MediaToolError, TooHeavy, Unplayable, probe
from generations.media.facts import MediaFacts
from generations.models import Generation, Output, Status
from generations.storage import media_store
from providers import accounts, former_keys, ledger
from providers.gateways.errors import (
    FetchRefused,
    GatewayError,
    LinkExpired,
    NotReady,
)
from providers.gateways.values import Failure, FailureClass

from . import costs, endings, fixing_notes, polling, transitions, urgent
from .download import SliceOver, TooLarge
from .fetch import LeaseLost, fetch
from .lease import Lease, give_up, pause_until
from .rhythm import back_off_s, step_back_s
from .ring import ring

logger = logging.getLogger(__name__)

MAX_TRIES = 5
MAX_DAMAGED = 3
DAMAGED = "damaged file"
STATUSES = [Status.STORING, Status.CANCELLED]


def answer_bell(take_id: str) -> None:
    """Store this take; if the address of another's result dies sooner, that one, and then ring again."""
    first = urgent.before(take_id)
    store_result(str(first or take_id))
    if first:
        ring("store", UUID(take_id))


def store_result(take_id: str) -> None:
    """Fetch and keep the clip of one take. Returns at once when there is nothing to do."""
    lease = Lease(settings.STUDIO["STORE_LEASE_S"])
    take = lease.claim(take_id, STATUSES, tries=F("tries") + 1)
    if take is None or not take.finished_at or take.completed_at:
        return
    if take.tries > MAX_TRIES:  # its workers died without a word, every time
        _park(take, lease, _("Storing was broken off again and again."), "")
        return
    if urgent.leaves_room(take):
        _go_on_later(take, lease, step_back_s(), tries=F("tries") - 1)
        return
    with lease:
        try:
            _work(take, lease)
        except LeaseLost:
            logger.info("take %s: another worker stores it", take.pk)
        except SliceOver:
            _go_on_later(take, lease, 0.0)
            ring("store", take.pk)
        except (GatewayError, Unplayable, MediaToolError, OSError) as error:
            _trouble(take, lease, error)


def _work(take: Generation, lease: Lease) -> None:
    store = media_store()
    if not store.has_room():
        raise OSError(_("The disk is nearly full; nothing new is stored until there is room."))
    name = store.name_for("takes", take.pk, "clip.mp4")
    final = store.path(name)
    part = store.part(name)
    if not final.exists():
        fetch(take, lease, part)
    source = final if final.exists() else part
    facts = probe(source, mime="video/mp4")
    if facts.kind is not Kind.CLIP:
        raise Unplayable(_("This file holds sound without a picture."))
    digest = _sha256(source, lease)
    if source == part:
        store.commit(part, name)
    part.with_name(f"{part.name}.etag").unlink(missing_ok=True)
    _complete(take, lease, name, facts, digest)


def _sha256(path: Path, lease: Lease) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(1024 * 1024):
            digest.update(chunk)
            if lease.lost.is_set():
                raise LeaseLost
    return digest.hexdigest()


def _complete(take: Generation, lease: Lease, name: str, facts: MediaFacts, digest: str) -> None:
    """The file is in its place: say so, and settle what it cost, in one transaction."""
    now = timezone.now()
    kept = take.status == Status.STORING
    actual, basis = endings.cost_of(take)
    with transaction.atomic():
        done = transitions.move(
            take,
            Status.COMPLETED if kept else Status.CANCELLED,
            frm=[take.status],
            kind="stored" if kept else "stored in the trash",
            guard=lease.mine,
            completed_at=now,
            trashed_at=None if kept else now,
            lease_until=None,
            lease_holder=None,
            parked_at=None,
            wait_reason="",
            tries=0,
            detail={"sha256": digest, "bytes": media_store().path(name).stat().st_size},
        )
        if not done:
            raise LeaseLost
        _save_output(take, name, facts, digest)
        came = "its clip came after all"
        if ledger.settle(take.pk, take.attempt, actual, basis) or ledger.made_after_all(
            take.pk, take.attempt, actual, basis, came
        ):
            Generation.objects.filter(pk=take.pk).update(actual_usd=actual, actual_basis=basis)
        costs.expect(take)
        ring("derive", take.pk)
        # afterwards: whoever sorts holds a stack before its takes
        transaction.on_commit(lambda: fixing_notes.clip_came(take.pk), robust=True)
    _tell_gateway(take)


def _save_output(take: Generation, name: str, facts: MediaFacts, digest: str) -> None:
    Output.objects.update_or_create(
        generation=take,
        kind=Output.Kind.VIDEO,
        defaults={
            "file": name,
            "sha256": digest,
            "mime": facts.mime,
            "size_bytes": media_store().path(name).stat().st_size,
            "width": facts.width,
            "height": facts.height,
            "duration_s": facts.duration_s,
            "fps": facts.fps,
            "facts": facts.of_clip(),
        },
    )


def _tell_gateway(take: Generation) -> None:
    """After the verified copy the gateway may forget its own; whatever it answers, ours is safe."""
    try:
        accounts.client_for(take.account, take.key_no).after_store(take.as_job())
    except GatewayError as error:
        logger.info("take %s: clean-up at the gateway: %s", take.pk, error.message)


def _trouble(take: Generation, lease: Lease, error: Exception) -> None:
    """Wait and try again; a dead address ends it, and tries that got nowhere wait for a person."""
    reason = _reason(error)
    raw = getattr(error, "raw", "")
    if isinstance(error, LinkExpired):
        _expired(take, lease, reason, raw)
        return
    if isinstance(error, NotReady) and polling.not_ready(take, lease.mine):
        return
    if former_keys.fell(take.account_id, take.key_no, error):
        _go_on_later(take, lease, 0.0)
        return
    kind = "store failed"
    if isinstance(error, Unplayable) and not isinstance(error, TooHeavy):
        kind = DAMAGED
        _throw_away(take, lease)
    transitions.record(take.pk, take.project_id, kind, detail={"reason": reason[:300]})
    if isinstance(error, (TooLarge, FetchRefused)) or take.tries >= MAX_TRIES or _damaged_again(take):
        _park(take, lease, reason, raw)
    else:
        asked_s = getattr(error, "retry_after_s", None) or 0.0  # of a gateway that sends its files itself
        _go_on_later(take, lease, max(back_off_s(take.tries), asked_s), wait_reason=reason[:300])


def _reason(error: Exception) -> str:
    if isinstance(error, Unplayable):  # it speaks to who uploads; this file is the gateway's
        return _("The gateway sent a file that the studio cannot use. %(fault)s.") % {"fault": error.fault}
    return getattr(error, "message", None) or str(error)


def _damaged_again(take: Generation) -> bool:
    """The same damage came MAX_DAMAGED times: fetching once more will not mend it."""
    events = take.events.filter(kind__in=[DAMAGED, "resumed"]).order_by("-id")
    last = list(events.values_list("kind", flat=True)[:MAX_DAMAGED])
    return len(last) == MAX_DAMAGED and set(last) == {DAMAGED}


def _park(take: Generation, lease: Lease, reason: str, raw: str) -> None:
    """Wait for a person. Nobody waits for a cancelled one: the gateway made it, so it is paid for."""
    if take.status == Status.CANCELLED:
        _close_discarded(take, lease, reason)
        return
    transitions.touch(
        take,
        "parked",
        guard=lease.mine,
        detail={"reason": reason[:300]},
        parked_at=timezone.now(),
        wait_reason=reason[:300],
        failure_raw=raw,
        lease_until=None,
        lease_holder=None,
    )


def _throw_away(take: Generation, lease: Lease) -> None:
    """A damaged file is fetched again from its beginning, and so is the count of what has come."""
    Generation.objects.filter(lease.mine, pk=take.pk).update(bytes_done=0)
    store = media_store()
    final = store.path(store.name_for("takes", take.pk, "clip.mp4"))
    for path in (final, final.with_name(f"{final.name}.part"), final.with_name(f"{final.name}.part.etag")):
        path.unlink(missing_ok=True)


def _expired(take: Generation, lease: Lease, reason: str, raw: str) -> None:
    failure = Failure(FailureClass.EXPIRED_RESULT, reason, billed=True)
    if take.status == Status.CANCELLED:
        _close_discarded(take, lease, reason, expired=True)
        return
    endings.fail(take, failure, frm=[Status.STORING], raw=raw, guard=lease.mine)


def _close_discarded(take: Generation, lease: Lease, reason: str, *, expired: bool = False) -> None:
    """No file of a cancelled take will come; its money is settled all the same."""
    kind = "result expired" if expired else "not stored"
    with transaction.atomic():
        done = transitions.touch(
            take,
            kind,
            guard=lease.mine,
            detail={"reason": reason[:300]},
            completed_at=timezone.now(),
            lease_until=None,
            lease_holder=None,
        )
        if done:
            endings.close_money(take, True)


def _go_on_later(take: Generation, lease: Lease, seconds: float, **fields: Any) -> None:
    rows = Generation.objects.filter(lease.mine, pk=take.pk)
    if seconds:
        rows.update(**pause_until(seconds), changed_at=timezone.now(), **fields)
    else:
        rows.update(**fields)
        give_up(take, lease)
