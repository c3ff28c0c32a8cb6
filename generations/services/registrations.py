"""Give a gateway a picture once, and use the name it gave: for the account that gave it, for those bytes.

The row is the truth. Before the first byte it says *sending*; what was sent and not answered is *unsure* and
never sent again by itself, for no gateway lists what it was given. Whoever asks again may leave a second copy
there, and is told so.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Asset, Registration
from generations.storage import media_store
from providers import accounts
from providers.gateways.errors import Busy, GatewayError, Lost, Refused, Unreachable
from providers.gateways.registering import Registering
from providers.gateways.values import Registered, RegisteredState
from providers.gateways.wire import FilePart
from providers.models import ProviderAccount

from . import rhythm, withdrawn
from .lease import Lease, rung_until
from .ring import ring

logger = logging.getLogger(__name__)
State = Registration.State
# a look at a name that is in use: what the gateway puts out of use must not be sent for long
LOOK_AGAIN = timedelta(days=1)
_MOST_LOOK_S = 300.0
_MOST_PROCESSING_S = 6 * 3600.0
_AT_ONCE = 50
_STATES = {
    RegisteredState.PROCESSING: State.PROCESSING,
    RegisteredState.ACTIVE: State.ACTIVE,
    RegisteredState.FAILED: State.FAILED,
    RegisteredState.REJECTED: State.REJECTED,
    RegisteredState.INACTIVE: State.INACTIVE,
}
ENDED = (State.FAILED, State.REJECTED, State.INACTIVE, State.UNSURE)


class RegistrationLease(Lease):
    def rows(self) -> QuerySet[Any]:
        return Registration.objects.all()

    def claim_registration(self, pk: UUID | str) -> Registration | None:
        now = timezone.now()
        rows = Registration.objects.filter(_free(now), pk=pk, due_at__lte=now)
        if not rows.update(**self.fields()):
            return None
        self._take_id = pk
        return Registration.objects.select_related("account", "asset").get(pk=pk)


def _free(now: datetime) -> Q:
    return Q(lease_holder=None) | Q(lease_until=None) | Q(lease_until__lte=now)


def ask(user: Any, asset: Asset, account: Any) -> Registration:
    """Have a picture registered with an account; what is on its way or active stays as it is. Who may, and
    with which account, is the question of ``registrable``."""
    now = timezone.now()
    asked = {"asset": asset, "asked_by": user, "asked_at": now}
    row, made = Registration.objects.get_or_create(
        account=account, sha256=asset.sha256, defaults={**asked, "due_at": now}
    )
    again = Registration.objects.filter(pk=row.pk, state__in=ENDED)
    fresh = {"state": State.WAITING, "problem": "", "raw": "", "remote_id": "", "due_at": now, "tries": 0}
    fresh["group_id"] = ""  # it may be gone, or another key's
    if made or again.update(**asked, **fresh, attempt=F("attempt") + 1, lease_holder=None):
        row.refresh_from_db()
        ring("register", row.pk)
    else:
        look_again(account, [asset.sha256])
    return row


def look_again(account: Any, hashes: Collection[str]) -> None:
    """Ask now how these stand, instead of tomorrow: the key or the address has changed since, or a take that
    named them was refused."""
    active = Registration.objects.filter(account=account, sha256__in=list(hashes), state=State.ACTIVE)
    for pk in list(active.values_list("pk", flat=True)) if hashes else ():
        if active.filter(pk=pk).update(due_at=timezone.now()):
            ring("register", pk)


def stop(row: Registration, words: str) -> bool:
    """No take names it from now on; what the gateway has, it keeps. False where it had ended already."""
    rows = Registration.objects.filter(pk=row.pk).exclude(state__in=(*ENDED, State.SENDING))
    told = {"state": State.INACTIVE, "problem": words[:500], "due_at": None}
    return bool(rows.update(**told, attempt=F("attempt") + 1, **_FREE))


def ring_due() -> int:
    """:returns: how many were rung: what waits, what a dead worker left, and what is looked at again."""
    now = timezone.now()
    rung = Q(lease_until=None) | Q(lease_until__lte=now)
    # nothing is asked of an account that may not be used; what a dead worker was sending is said anyway
    may = Q(state=State.SENDING) | Q(account__in=ProviderAccount.objects.usable(now).values("pk"))
    rows = Registration.objects.filter(rung & may, due_at__lte=now).order_by("due_at")
    ids = list(rows.values_list("pk", flat=True)[:_AT_ONCE])
    return sum(_ring_once(pk, rung) for pk in ids)


def _ring_once(pk: UUID, rung: Q) -> int:
    again = rung_until(settings.STUDIO["RING_AGAIN_S"])
    if not Registration.objects.filter(rung, pk=pk).update(**again):
        return 0
    ring("register", pk)
    return 1


def work_on(pk: UUID | str) -> None:
    """One step of one row. Returns at once where there is nothing to do, and while another worker has it."""
    lease = RegistrationLease(settings.STUDIO["INPUT_LEASE_S"])
    row = lease.claim_registration(pk)
    if row is None:
        return
    with lease:
        if row.state == State.SENDING:  # a worker died with it: it may have arrived
            _end(row, State.UNSURE, _("No answer came: the gateway may have the picture, or not."))
        elif reason := row.account.why_unusable():
            _later(row, 60.0, reason)
        elif row.state == State.WAITING:
            _send(row)
        else:
            _look(row)


# -- sending -------------------------------------------------------------------------------------------


def _send(row: Registration) -> None:
    if withdrawn.among([row.sha256], sandbox=row.account.sandbox):
        _end(row, State.FAILED, str(withdrawn.WORDS))
        return
    part = _file_of(row)
    if part is None:
        _end(row, State.FAILED, _("The file was thrown away before it could be sent."))
        return
    mine = Registration.objects.filter(pk=row.pk, attempt=row.attempt, state=State.WAITING)
    if not mine.update(state=State.SENDING, base_url=row.account.base_url):
        return
    began = timezone.now()
    try:
        found = _exchange(row, part)
    except GatewayError as error:
        _not_sent(row, error)
    else:
        _keep(row, found, began, remote_id=found.id)


def _exchange(row: Registration, part: FilePart) -> Registered:
    """A group of its own for each picture; one that was made stays for the next try."""
    gateway, name = Registering(accounts.client_for(row.account)), f"studio-{row.pk.hex[-12:]}"
    if not row.group_id:
        row.group_id = gateway.make_group(name)
        Registration.objects.filter(pk=row.pk, attempt=row.attempt).update(group_id=row.group_id)
    return gateway.register(name, row.group_id, part)


def _file_of(row: Registration) -> FilePart | None:
    """None once it was thrown away: then nobody wants it given to anybody."""
    asset = row.asset
    if asset is None or asset.trashed_at or not asset.file:
        return None
    try:
        content = media_store().path(asset.file).read_bytes()
    except OSError:
        return None
    return FilePart(f"picture.{asset.mime.partition('/')[2]}", asset.mime, content)


def _not_sent(row: Registration, error: GatewayError) -> None:
    match error:
        case Busy():
            told_s, adapter = error.retry_after_s, row.account.adapter
            accounts.rest(row.account_id, rhythm.busy_wait_s(adapter, told_s, 0))
            _back(row, error, rhythm.busy_wait_s(adapter, told_s, row.tries))
        case Unreachable():
            _back(row, error, rhythm.back_off_s(row.tries))
        case Refused():
            accounts.note_refusal(row.account_id, error.failure_class)
            _end(row, State.FAILED, error.message, error.raw)
        case _:
            _end(row, State.UNSURE, error.message, error.raw)


def _back(row: Registration, error: GatewayError, wait_s: float) -> None:
    """Nothing was made, for sure: it waits to be sent again."""
    _write(row, state=State.WAITING, problem=error.message[:500], raw=error.raw, **_due(wait_s))


# -- looking -------------------------------------------------------------------------------------------


def _look(row: Registration) -> None:
    began = timezone.now()
    try:
        found = Registering(accounts.client_for(row.account)).look(row.remote_id)
    except Lost as error:
        _end(row, State.FAILED, _("The gateway does not know this picture any more."), error.raw)
    except Busy as error:
        wait_s = rhythm.busy_wait_s(row.account.adapter, error.retry_after_s, row.tries)
        accounts.rest(row.account_id, wait_s)
        _later(row, wait_s, row.problem)
    except GatewayError:
        _later(row, rhythm.back_off_s(row.tries), row.problem)
    else:
        _keep(row, found, began, base_url=row.account.base_url)


def _keep(row: Registration, found: Registered, began: datetime, **fields: Any) -> None:
    """What the gateway says of it now; also the late answer of the attempt that was given up.

    :param began: before the call: a key that was saved during it is not the one that it spoke for."""
    state, now = _STATES[found.state], timezone.now()
    age_s = (now - row.asked_at).total_seconds()
    if state == State.PROCESSING and age_s > _MOST_PROCESSING_S:
        _end(row, State.UNSURE, _("The gateway has looked at it for hours and said nothing."))
        return
    wait_s = min(max(rhythm.interval_s(age_s), age_s / 10), _MOST_LOOK_S)
    due = {
        State.PROCESSING: now + timedelta(seconds=wait_s),
        State.ACTIVE: now + LOOK_AGAIN,
    }.get(state)
    told = {"state": state, "problem": found.reason[:500], "raw": "", "checked_at": began, "tries": 0}
    _write(row, **told, due_at=due, **_FREE, **fields)


_FREE: dict[str, Any] = {"lease_until": None, "lease_holder": None}


def _due(wait_s: float) -> dict[str, Any]:
    later = timezone.now() + timedelta(seconds=wait_s)
    return {"due_at": later, "tries": F("tries") + 1, **_FREE}


def _later(row: Registration, wait_s: float, problem: str) -> None:
    _write(row, problem=problem[:500], **_due(wait_s))


def _end(row: Registration, state: str, problem: str, raw: str = "") -> None:
    _write(row, state=state, problem=problem[:500], raw=raw, due_at=None, **_FREE)


def _write(row: Registration, **fields: Any) -> None:
    """Of this attempt alone: what was asked for anew meanwhile is another one's."""
    Registration.objects.filter(pk=row.pk, attempt=row.attempt).update(**fields)


# -- using ---------------------------------------------------------------------------------------------


def known(account: Any, hashes: Collection[str]) -> dict[str, Registration]:
    """By hash: what this account was given, whatever came of it."""
    if account.adapter.registrar is None or not hashes:
        return {}
    rows = Registration.objects.filter(account=account, sha256__in=hashes)
    return {row.sha256: row for row in rows}


def is_usable(row: Registration, account: Any) -> bool:
    """Active, as far as this host said for this key."""
    if row.state != State.ACTIVE or row.base_url != account.base_url or row.checked_at is None:
        return False
    return account.key_saved_at is None or row.checked_at >= account.key_saved_at


def addresses(account: Any, roles: Sequence[str], uses: Sequence[tuple[Any, Any]]) -> Mapping[int, str]:
    """By place: what stands in a request instead of a file, for those that the account has.

    :param roles: those that the model takes by name.
    :param uses: role and asset of each input; an asset may be missing.
    """
    named = {at: asset.sha256 for at, (role, asset) in enumerate(uses) if asset and role in roles}
    rows = known(account, set(named.values()))
    return {
        at: account.adapter.registrar.address_of(rows[sha256].remote_id)
        for at, sha256 in named.items()
        if sha256 in rows and is_usable(rows[sha256], account)
    }
