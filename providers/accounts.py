"""Verbs on gateway accounts: make, key, check, pause, fill with models, talk through."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import asking, catalogue, former_keys, ledger, model_history, prices, standings, stopping
from .gateways.capabilities import to_plain
from .gateways.client import AsyncGatewayClient, GatewayClient
from .gateways.errors import GatewayError, Refused
from .gateways.listing import laid_over
from .gateways.registry import all_gateways, get_gateway
from .gateways.values import FailureClass, KeyCheck
from .models import BadKey, FormerKey, ProviderAccount, VideoModel, audit, refuse_bad_key
from .models.account import PauseCause
from .secrets import Unreadable

CATALOGUE, DISCOVERED = "catalogue", "discovered"
FROM_OUTSIDE = (CATALOGUE, DISCOVERED)  # models that no administrator edited or added
_KEY = (
    *("sealed_key", "key_last4", "key_saved_at", "key_no", "keys_saved"),
    *("standing", "standing_at", "health"),
)
_NO_PAUSE = {"paused_until": None, "pause_reason": "", "pause_cause": ""}
KEY_PAUSE_S = 600.0
A_YEAR_S = 365 * 86400.0
UNREADABLE = "The saved key cannot be read with the present FIELD_KEYS."
_REASONS: Mapping[str, tuple[str, PauseCause]] = {
    FailureClass.KEY_REJECTED: ("The gateway rejected the key.", PauseCause.KEY),
    FailureClass.NO_BALANCE: ("The balance at the gateway is used up.", PauseCause.BALANCE),
}


def create_account(
    gateway: str, name: str, key: str, *, base_url: str = "", sandbox: bool = False, actor: Any = None
) -> ProviderAccount:
    """A new account with the models of the shipped catalogue; soon its gateway is asked for its own list. The
    sandbox is not: it lists this catalogue, and may not listen yet. Whoever gives its address gets a sandbox
    account.

    :raises KeyError: when no such gateway exists.
    """
    adapter = get_gateway(gateway)
    address = adapter.clean_base_url(base_url or adapter.base_url)
    sandbox = sandbox or is_sandbox(address)
    with transaction.atomic():
        account = ProviderAccount(
            gateway=gateway,
            name=name,
            base_url=address,
            sandbox=sandbox,
            max_in_flight=adapter.max_in_flight,
            submits_per_min=adapter.submits_per_min,
            polls_per_min=adapter.polls_per_min,
        )
        account.set_key(key)
        stopping.for_new(account)
        account.save()
        sync_catalogue(account)
        audit(
            actor,
            "create",
            "account",
            account.pk,
            after={
                "gateway": gateway,
                "name": name,
                "base_url": account.base_url,
                "key": account.masked_key,
                **({"sandbox": True} if sandbox else {}),
            },
        )
        if not sandbox:
            asking.ask_soon(account)
    return account


def is_sandbox(address: str) -> bool:
    """Whether it is of the studio's own sandbox, by whichever name of this computer. What is made there costs
    nothing, so it must not stand among real money."""
    if not settings.SANDBOX_URL:
        return False
    own, other = urlsplit(settings.SANDBOX_URL), urlsplit(address)
    try:
        same_port = own.port == other.port
    except ValueError:
        return False
    hosts = {_host(own.hostname), _host(other.hostname)}
    return same_port and len(hosts) == 1


_HERE = "localhost"


def _host(name: str | None) -> str:
    """One spelling of a host's name; no name is looked up. A computer that is asked for its *unspecified*
    address answers as itself, and numbers have more spellings: 127.1 and 2130706433 are 127.0.0.1."""
    plain = (name or "").rstrip(".").lower()
    try:
        number = ipaddress.ip_address(plain)
    except ValueError:
        try:
            number = ipaddress.ip_address(socket.inet_aton(plain))
        except (OSError, ValueError):
            return _HERE if plain.endswith(".localhost") else plain
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped:
        number = number.ipv4_mapped
    return _HERE if number.is_loopback or number.is_unspecified else str(number)


class AddressInUse(Exception):
    """Takes are at the old address, where alone they are known; or it would make real money of play money."""


def refuse_address_in_use(account: ProviderAccount, base_url: str) -> None:
    """:raises AddressInUse: while a hold is open through this account and the address would change; or from a
    gateway to the sandbox, or back: what was spent would be counted as the other from then on."""
    base_url = account.adapter.clean_base_url(base_url)
    changes = base_url.rstrip("/") != account.base_url.rstrip("/")
    if changes and is_sandbox(base_url) != account.sandbox:
        words = _("The sandbox's money is kept apart from real money: make another account for this address.")
        raise AddressInUse(words)
    if changes and ledger.open_holds().filter(account=account).exists():
        raise AddressInUse(
            _("Takes are still in flight through this address. Switch the account off and wait for them.")
        )


def change_address(account: ProviderAccount, base_url: str, *, actor: Any = None) -> None:
    """A key belongs to the host it was saved for: another address clears it, and what it had before.

    :raises AddressInUse: while takes are in flight through the present one.
    """
    before, base_url = account.base_url, account.adapter.clean_base_url(base_url)
    if base_url.rstrip("/") == before.rstrip("/"):
        return
    refuse_address_in_use(account, base_url)
    account.base_url = base_url
    account.set_key("")
    with transaction.atomic():
        account.save(update_fields=["base_url", *_KEY])
        former_keys.end_all(account, "the address changed", actor=actor)
        after = {"base_url": base_url, "key": "cleared"}
        audit(actor, "change address", "account", account.pk, before={"base_url": before}, after=after)


def save_key(account: ProviderAccount, key: str, *, actor: Any = None, leaked: bool = False) -> None:
    """Seal a new key; a pause that the old one caused ends. The old one is still used for the jobs that it
    made, unless it has ``leaked``. Nothing else of the row is written: it may have been read before somebody
    changed it.

    :raises BadKey: no request could carry it; nothing changes.
    """
    refuse_bad_key(key.strip())
    with transaction.atomic():
        there = ProviderAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        if leaked:
            refuse_leaked(there, key)
        former = None if leaked or _is_same(there, key) else former_keys.keep(there)
        account.key_no, account.keys_saved = _number(there, key)
        account.set_key(key)
        account.health = {}  # what the last check found was of another key
        account.save(update_fields=_KEY)
        if leaked:
            former_keys.end_all(account, "leaked", actor=actor)
        _end_pause_of_key(account)
        after = {"key": account.masked_key, **({"for its jobs still": str(former)} if former else {})}
        audit(actor, "save key", "account", account.pk, before={"key": there.masked_key}, after=after)
    account.refresh_from_db(fields=list(_NO_PAUSE))


def _number(there: ProviderAccount, key: str) -> tuple[int, int]:
    """Of a key that takes the place of the present one, and the highest that was given. One that was kept
    for its jobs has its own number again, and is kept no longer."""
    if _is_same(there, key):
        return there.key_no, there.keys_saved
    again = former_keys.same_as(there, key)
    if again is None:
        return there.keys_saved + 1, there.keys_saved + 1
    again.delete()
    return again.no, there.keys_saved


def refuse_leaked(account: ProviderAccount, key: str) -> None:
    """:raises BadKey: what takes the place of a key that has leaked is no other one."""
    if not key.strip() or _is_same(account, key):
        raise BadKey(_("Enter the key that takes the place of the one that has leaked."))


def _is_same(account: ProviderAccount, key: str) -> bool:
    try:
        return account.get_key() == key.strip()
    except Unreadable:
        return False


def take_back(row: FormerKey, *, actor: Any = None) -> bool:
    """The former key is the present one again; the one that had come after it is kept for its jobs.

    :returns: whether it was still there.
    :raises Refused: it cannot be read.
    """
    try:
        key = row.get_key()
    except Unreadable as error:
        raise Refused(_(UNREADABLE), FailureClass.KEY_REJECTED, raw=str(error)) from error
    with transaction.atomic():
        ProviderAccount.objects.lock(row.account_id)
        if not FormerKey.objects.filter(pk=row.pk).exists():
            return False
        save_key(row.account, key, actor=actor)
    return True


@transaction.atomic
def sync_catalogue(account: ProviderAccount) -> int:
    """Lay the shipped catalogue under this account; what an administrator edited stays.

    :returns: how many models are new or changed.
    """
    ProviderAccount.objects.lock(account.pk)
    rows = {row.wire_id: row for row in VideoModel.objects.select_for_update().filter(account=account)}
    changed, new = 0, []
    for entry in catalogue.load(account.gateway):
        row = rows.get(entry.wire_id)
        if row is None:
            # what a gateway does not list is there to be allowed, but not offered unasked
            allowed = entry.listed or account.sandbox
            new.append(VideoModel(account=account, wire_id=entry.wire_id, allowed=allowed, **_shipped(entry)))
        elif row.source in FROM_OUTSIDE:
            changed += _renew(row, _laid_under(entry, row))
    return changed + len(VideoModel.objects.bulk_create(new))


def _shipped(entry: catalogue.CatalogueModel) -> dict[str, Any]:
    return {
        "label": entry.label,
        "family": entry.family,
        "listed": entry.listed,
        "capabilities": to_plain(entry.capabilities),
        "price_rule": prices.to_plain(entry.price),
    }


def _laid_under(entry: catalogue.CatalogueModel, row: VideoModel) -> dict[str, Any]:
    """The catalogue's word under the gateway's. A model that was discovered becomes the catalogue's: what
    had been guessed of it goes, and one that waited for its modes is offered like any other."""
    values = _shipped(entry)
    if row.discovered:
        values["capabilities"] = laid_over(values["capabilities"], row.discovered)
    if row.discovered or row.source == DISCOVERED:
        values["listed"] = row.listed
    if row.source == DISCOVERED:
        told = {name: value for name, value in row.discovered.items() if name != "if_new"}
        values |= {"source": CATALOGUE, "discovered": told}
        values["allowed"] = row.allowed or not row.capabilities.get("modes")
    return values


def _renew(row: VideoModel, values: dict[str, Any]) -> bool:
    """Whether anything changed."""
    if all(getattr(row, name) == new for name, new in values.items()):
        return False
    before = model_history.values_of(row)
    VideoModel.objects.filter(pk=row.pk).update(**values, updated_at=timezone.now())
    for name, new in values.items():
        setattr(row, name, new)
    model_history.note(row, before, model_history.CATALOGUE)
    return True


def client_for(account: ProviderAccount, key_no: int | None = None) -> GatewayClient:
    """The workers' client with this account's key. What its answers tell of the key is kept on the account,
    but of a former one; after a submit the caller does that.

    :param key_no: of the key that made the job that is asked about, which is used while it lives.
    :raises Refused: when the key cannot be read; it is then never sent as it stands.
    """
    if former := former_keys.opened(former_keys.of_job(account, key_no)):
        return GatewayClient(account.adapter, account.base_url, former)
    return GatewayClient(
        account.adapter,
        account.base_url,
        readable_key(account),
        hear=lambda told: standings.keep(account.pk, told),
    )


def async_client_for(
    account: ProviderAccount, connections: int = 12, former: FormerKey | None = None
) -> AsyncGatewayClient:
    """As ``client_for``, for the sweep; call it inside a running event loop.

    Nothing may be written there, so whoever gets the error calls ``readable_key`` elsewhere, which pauses.
    """
    key = former_keys.opened(former) or _opened(account)
    return AsyncGatewayClient(account.adapter, account.base_url, key, connections=connections)


def readable_key(account: ProviderAccount) -> str:
    """:raises Refused: an unreadable key pauses its account."""
    try:
        return _opened(account)
    except Refused as error:
        pause(account.pk, A_YEAR_S, error.message, PauseCause.KEY)
        raise


def _opened(account: ProviderAccount) -> str:
    try:
        return account.get_key()
    except Unreadable as error:
        raise Refused(_(UNREADABLE), FailureClass.KEY_REJECTED, raw=str(error)) from error


def pause(account_id: Any, seconds: float, reason: str, cause: PauseCause = PauseCause.PERSON) -> None:
    """Stop sending through this account for a while; a longer pause that already stands is kept."""
    until = timezone.now() + timedelta(seconds=seconds)
    rows = ProviderAccount.objects.filter(pk=account_id).exclude(paused_until__gte=until)
    rows.update(paused_until=until, pause_reason=reason[:300], pause_cause=cause)


def rest(account_id: Any, seconds: float) -> None:
    """A pause that the gateway asked for."""
    pause(account_id, seconds, _("The gateway asked to wait."), PauseCause.GATEWAY)


def resume(account: ProviderAccount, *, actor: Any = None) -> None:
    ProviderAccount.objects.filter(pk=account.pk).update(**_NO_PAUSE)
    audit(actor, "end pause", "account", account.pk, before={"reason": account.pause_reason})


def note_refusal(account_id: Any, failure_class: FailureClass) -> None:
    """A rejected key or an empty balance stops the whole account for KEY_PAUSE_S seconds."""
    if failure_class in _REASONS:
        reason, cause = _REASONS[failure_class]
        pause(account_id, KEY_PAUSE_S, _(reason), cause)


def check_key(account: ProviderAccount) -> KeyCheck:
    """Ask the gateway, at no cost, whether the key works; keep the answer on the account."""
    try:
        if not account.sealed_key:
            raise Refused(_("This account has no key."), FailureClass.KEY_REJECTED)
        found = client_for(account).check_key()
    except GatewayError as error:
        found = KeyCheck(ok=False, message=error.message)
    health = {
        "ok": found.ok,
        "message": found.message,
        "checked_at": timezone.now().isoformat(),
    }
    ProviderAccount.objects.filter(pk=account.pk).update(health=health)
    standings.keep(account.pk, found.standing, at_once=True)
    if found.ok:
        _end_pause_of_key(account)
    return found


def _end_pause_of_key(account: ProviderAccount) -> None:
    """A pause that a person set, or that the gateway asked for, is none of the key's business."""
    causes = (PauseCause.KEY, PauseCause.BALANCE)
    ProviderAccount.objects.filter(pk=account.pk, pause_cause__in=causes).update(**_NO_PAUSE)


def attach_sandbox_accounts() -> list[ProviderAccount]:
    """One account per gateway that points at the sandbox server, labelled as such.

    An existing one follows the server's port. Does nothing where the sandbox is switched off.
    """
    if not settings.SANDBOX_URL:
        return []
    return [_attach(name) for name in all_gateways()]


def _attach(gateway: str) -> ProviderAccount:
    adapter = get_gateway(gateway)
    base_url = settings.SANDBOX_URL.rstrip("/") + f"/{gateway}{urlsplit(adapter.base_url).path}"
    account = ProviderAccount.objects.filter(gateway=gateway, sandbox=True).first()
    if account is None:
        return create_account(
            gateway, f"{adapter.label} sandbox", f"sandbox-{gateway}-key", base_url=base_url, sandbox=True
        )
    sync_catalogue(account)
    if account.base_url != base_url:  # the same server at another port
        account.base_url = base_url
        account.save(update_fields=["base_url"])
        account.former_keys.update(base_url=base_url)
    return account
