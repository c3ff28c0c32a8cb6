"""With which accounts a picture may be registered, and who may ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from generations.models import Asset, Registration, Verb
from providers.gateways.capabilities import Capabilities, from_plain
from providers.gateways.file_words import size_words, type_words
from providers.gateways.registry import all_gateways
from providers.gateways.values import Role
from providers.models import ProviderAccount, VideoModel, audit

from . import asset_library, registrations, withdrawn
from .refusals import BadField


class NotRegistrable(BadField):
    """``field`` is account, asset, confirmed or again."""


@dataclass(frozen=True)
class Choice:
    """One account that keeps pictures, and how this one stands there. ``why_not``: it cannot be asked now."""

    account: ProviderAccount
    row: Registration | None
    why_not: str = ""

    @property
    def can_ask(self) -> bool:
        ended = self.row is None or self.row.state in registrations.ENDED
        return not self.why_not and (ended or self.is_stale)

    @property
    def is_stale(self) -> bool:
        """Active as far as was heard, but for another key or address: it is only asked about again."""
        return self.row is not None and self.row.state == Registration.State.ACTIVE and not self.is_usable

    @property
    def can_stop(self) -> bool:
        states = (*registrations.ENDED, Registration.State.SENDING)
        return self.row is not None and self.row.state not in states

    @property
    def is_unsure(self) -> bool:
        return self.row is not None and self.row.state == Registration.State.UNSURE

    @property
    def is_usable(self) -> bool:
        return self.row is not None and registrations.is_usable(self.row, self.account)


def choices(asset: Asset) -> list[Choice]:
    """None for what is no picture, and where no account offers a model that takes one by name."""
    if asset.kind != Asset.Kind.IMAGE or not asset.file:
        return []
    found = []
    for account, caps in _accounts():
        row = registrations.known(account, [asset.sha256]).get(asset.sha256)
        ended = withdrawn.among([asset.sha256], sandbox=account.sandbox)
        why_not = str(withdrawn.WORDS) if ended else account.why_unusable() or _unfit(asset, caps)
        found.append(Choice(account, row, why_not))
    return found


def _accounts() -> list[tuple[ProviderAccount, Capabilities]]:
    """Each with what its first model that goes by names takes."""
    able = [name for name, gateway in all_gateways().items() if gateway.registrar]
    found: dict[Any, tuple[ProviderAccount, Capabilities]] = {}
    for model in VideoModel.objects.offered().filter(account__gateway__in=able).select_related("account"):
        if model.account_id not in found and model.capabilities.get("registered"):
            found[model.account_id] = model.account, from_plain(model.capabilities)
    return list(found.values())


def _unfit(asset: Asset, caps: Capabilities) -> str:
    limits = caps.inputs.get(Role.REFERENCE_IMAGE)
    if limits is None or asset.mime not in limits.mimes:
        return _("%(type)s is not taken.") % {"type": type_words(asset.mime)}
    if limits.max_bytes is not None and asset.size_bytes > limits.max_bytes:
        values = {"size": size_words(asset.size_bytes), "most": size_words(limits.max_bytes)}
        return _("%(size)s; %(most)s at most.") % values
    return ""


def may(user: Any, asset: Asset) -> bool:
    """It leaves the studio under one of its keys, as a take does."""
    rests = asset.trashed_at or asset.project.archived_at
    return asset_library.may(user, asset, Verb.SPEND) and not rests


def ask(user: Any, asset: Asset, account_id: str, *, confirmed: bool, again: bool) -> Registration:
    """Have it registered; what is on its way or active stays as it is. Who may is the caller's question.

    :param confirmed: the person says that nobody real is shown without having agreed.
    :param again: although an earlier try may have arrived.
    :raises NotRegistrable:
    """
    choice = _choice(asset, account_id)
    if choice.row is not None and choice.row.state not in registrations.ENDED and not choice.is_stale:
        return choice.row
    if choice.why_not:
        raise NotRegistrable("asset", choice.why_not)
    if not confirmed:
        raise NotRegistrable("confirmed", _("Confirm that this picture may be given away to be kept."))
    if choice.is_unsure and not again:
        words = _("The last try was not answered: the gateway may have the picture twice then. Say so.")
        raise NotRegistrable("again", words)
    told = {"account": choice.account.name, "sha256": asset.sha256, "confirmed": True, "again": again}
    audit(user, "register picture", "asset", asset.pk, after=told)
    return registrations.ask(user, asset, choice.account)


def stop(user: Any, asset: Asset, account_id: str) -> Registration:
    """No take names it any more, whoever had it registered; what the gateway has, it keeps. Who may is the
    caller's question.

    :raises NotRegistrable: there is nothing to stop.
    """
    choice = _choice(asset, account_id)
    words = _("%(name)s stopped its use.") % {"name": user}
    if choice.row is None or not registrations.stop(choice.row, words):
        raise NotRegistrable("account", _("Nothing is registered there that could be stopped now."))
    told = {"account": choice.account.name, "sha256": asset.sha256}
    audit(user, "stop registered picture", "asset", asset.pk, after=told)
    choice.row.refresh_from_db()
    return choice.row


def _choice(asset: Asset, account_id: str) -> Choice:
    found = next((choice for choice in choices(asset) if str(choice.account.pk) == account_id), None)
    if found is None:
        raise NotRegistrable("account", _("No such account keeps pictures like this one."))
    return found
