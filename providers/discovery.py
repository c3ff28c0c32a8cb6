"""What a gateway says it offers, laid over the shipped catalogue and under what an administrator edited."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import accounts, catalogue, model_history
from .gateways.base import DiscoveredModel
from .gateways.capabilities import to_plain
from .gateways.errors import GatewayError
from .gateways.listing import laid_over
from .models import ProviderAccount, VideoModel, audit

log = logging.getLogger(__name__)
EDITED, ADDED = "edited", "added"  # by an administrator: kept from the listing, or never touched at all
_DISCOVERED = ("listed", "deprecation", "discovered", "capabilities", "retired_at")
NO_MODES: Mapping[str, Any] = {"modes": []}  # of a model that no catalogue knows
_SHOWN = 40  # ids in one sentence
MOST_ID_CHARS = VideoModel._meta.get_field("wire_id").max_length or 0


@dataclass
class Changes:
    """Ids at the gateway by what became of them; ``error`` is a sentence where nothing could be asked."""

    new: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)  # id: names of the fields
    retired: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def words(self) -> str:
        """One line for people."""
        if self.error:
            return self.error
        told = [
            (_("new"), self.new),
            (_("changed"), [f"{name} ({', '.join(fields)})" for name, fields in self.changed.items()]),
            (_("retired"), self.retired),
            (_("back again"), self.returned),
        ]
        parts = [f"{word}: {', '.join(ids[:_SHOWN])}" for word, ids in told if ids]
        return "; ".join(parts) or _("Nothing changed.")


@dataclass(frozen=True)
class Listing:
    """A gateway's list beside the shipped catalogue; ids, sorted. ``missing`` are those that the gateway is
    thought to list, ``unlisted`` those that it lists though the catalogue says that it does not."""

    count: int
    missing: tuple[str, ...]
    unlisted: tuple[str, ...]
    new: tuple[str, ...]

    def lines(self, list_name: str) -> list[str]:
        """Sentences for people; ``list_name`` is what the gateway's list is called."""
        told = [_("%(count)d models in %(list)s.") % {"count": self.count, "list": list_name}]
        for word, ids in (
            (_("Of the catalogue, not there"), self.missing),
            (_("Unlisted in the catalogue, yet there"), self.unlisted),
            (_("New there"), self.new),
        ):
            told.append(f"{word}: {', '.join(ids[:_SHOWN]) or _('none')}{_more(ids)}.")
        return told


def _more(ids: Sequence[str]) -> str:
    return _(" and %(n)d more") % {"n": len(ids) - _SHOWN} if len(ids) > _SHOWN else ""


def look(account: ProviderAccount) -> Listing | None:
    """Ask the gateway for its models and hold them against the catalogue; nothing is changed. None where it
    has no list.

    :raises GatewayError: the list cannot be read.
    """
    if not account.adapter.discovers:
        return None
    there = {model.wire_id for model in accounts.client_for(account).discover()}
    shipped = {entry.wire_id: entry.listed for entry in catalogue.load(account.gateway)}
    known = shipped.keys() | set(account.models.filter(source=ADDED).values_list("wire_id", flat=True))
    listed = {wire_id for wire_id, is_listed in shipped.items() if is_listed}
    return Listing(
        len(there),
        missing=tuple(sorted(listed - there)),
        unlisted=tuple(sorted(there & shipped.keys() - listed)),
        new=tuple(sorted(there - known)),
    )


def discover(account: ProviderAccount, *, actor: Any = None) -> Changes:
    """Ask the gateway for its models and lay the answer over ours; what was found is kept on the account.

    An error, or an empty list, changes no model: a gateway's bad hour must not empty the picker.
    """
    if not account.adapter.discovers:
        changes = Changes(error=no_list())
    else:
        try:
            found = _storable(accounts.client_for(account).discover())
            changes = _lay_over(account, found) if found else Changes(error=_("The gateway's list is empty."))
        except GatewayError as error:
            changes = Changes(error=error.message)
    told = {**asdict(changes), "at": timezone.now().isoformat()}
    ProviderAccount.objects.filter(pk=account.pk).update(discovery=told)
    audit(actor, "discover models", "account", account.pk, after={"found": changes.words[:1000]})
    return changes


def discover_all() -> None:
    """The daily look: every usable account whose gateway has a list; a fault at one stops no other."""
    for account in ProviderAccount.objects.usable():
        try:
            if account.adapter.discovers:
                log.info("%s: %s", account, discover(account).words)
        except Exception:
            log.exception("%s: its models could not be asked for", account)


def no_list() -> str:
    return _("This gateway has no list of models; the catalogue is what there is.")


def _storable(found: Sequence[DiscoveredModel]) -> list[DiscoveredModel]:
    """Without the models whose id no row can hold; one of them must not hide the others."""
    for model in found:
        if len(model.wire_id) > MOST_ID_CHARS:
            log.warning("a model is passed over, its id is too long: %s…", model.wire_id[:MOST_ID_CHARS])
    return [model for model in found if len(model.wire_id) <= MOST_ID_CHARS]


@transaction.atomic
def _lay_over(account: ProviderAccount, found: Sequence[DiscoveredModel]) -> Changes:
    ProviderAccount.objects.lock(account.pk)
    changes = Changes()
    bases = {entry.wire_id: to_plain(entry.capabilities) for entry in catalogue.load(account.gateway)}
    rows = {row.wire_id: row for row in VideoModel.objects.select_for_update().filter(account=account)}
    if rows and not rows.keys() & {model.wire_id for model in found}:
        return Changes(error=_("The gateway's list names none of the known models; nothing was changed."))
    for model in {model.wire_id: model for model in found}.values():
        row = rows.get(model.wire_id)
        if row is None:
            _add(account, model, changes)
        elif row.source != ADDED:
            _update(row, model, bases.get(row.wire_id, NO_MODES), changes)
    there = {model.wire_id for model in found}
    for wire_id, row in rows.items():
        if wire_id not in there and row.listed and row.retired_at is None and row.source != ADDED:
            row.retired_at = timezone.now()
            row.save(update_fields=["retired_at", "updated_at"])
            model_history.note(
                row, {**model_history.values_of(row), "retired_at": None}, model_history.GATEWAY
            )
            changes.retired.append(wire_id)
    return changes


def _add(account: ProviderAccount, model: DiscoveredModel, changes: Changes) -> None:
    """A model that we know nothing of but its listing; without modes it waits for an administrator."""
    discovered = {**_told(model), "if_new": dict(model.if_new)}
    capabilities = laid_over({**NO_MODES, **model.if_new}, discovered)
    VideoModel.objects.create(
        account=account,
        wire_id=model.wire_id,
        label=model.label[:120],
        source=accounts.DISCOVERED,
        discovered=discovered,
        capabilities=capabilities,
        allowed=bool(capabilities["modes"]),
        retired_at=timezone.now() if model.offline else None,
        deprecation=dict(model.deprecation),
    )
    changes.new.append(model.wire_id)


def _told(model: DiscoveredModel) -> dict[str, Any]:
    gates = {mode.value: is_open for mode, is_open in model.gates.items()}
    opens = {mode.value: dict(more) for mode, more in model.opens.items()}
    flags = {"gates": gates, "opens": opens}
    return {**model.capabilities, **{name: told for name, told in flags.items() if told}}


def _gated_as(edited: dict[str, Any], shown: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What an administrator edited, with the modes that the gateway's flags leave open now, and the inputs
    and options that come and go with them; all else stays, and so do modes that were edited themselves. What
    has to be at a public address for a mode that came stays when it goes: it says nothing then.

    :param shown: the model without the edits, as the last list had it.
    :param told: the same, as the list has it now.
    """
    if edited.get("modes") != shown["modes"] or shown["modes"] == told["modes"]:
        return edited
    values = {**edited, "modes": told["modes"]}
    for name in ("inputs", "extra"):
        had, has, ours = shown[name], told[name], edited.get(name, {})
        kept = {item: value for item, value in ours.items() if item in has or item not in had}
        values[name] = kept | {item: has[item] for item in has if item not in had and item not in ours}
    public = edited.get("public_when", [])
    values["public_when"] = [*public, *(item for item in told["public_when"] if item not in public)]
    return values


def _update(row: VideoModel, model: DiscoveredModel, base: Mapping[str, Any], changes: Changes) -> None:
    """``base`` is the catalogue's word; where that is ``NO_MODES``, what was guessed stands for it."""
    before, had_been = [getattr(row, name) for name in _DISCOVERED], model_history.values_of(row)
    was_listed, row.listed = row.listed, True
    row.deprecation = dict(model.deprecation)
    shown = laid_over({**base, **row.discovered.get("if_new", {})}, row.discovered)
    row.discovered = _told(model)
    if base is NO_MODES:
        row.discovered["if_new"] = dict(model.if_new)
    told = laid_over({**base, **row.discovered.get("if_new", {})}, row.discovered)
    had = row.capabilities
    row.capabilities = _gated_as(had, shown, told) if row.source == EDITED else told
    names = sorted(name for name in row.capabilities if row.capabilities[name] != had.get(name))
    if names:
        changes.changed[row.wire_id] = names
    if model.offline and row.retired_at is None:
        row.retired_at = timezone.now()
        changes.retired.append(row.wire_id)
    elif row.retired_at is not None and not model.offline:
        row.retired_at = None
        changes.returned.append(row.wire_id)
    if not was_listed:
        changes.changed.setdefault(row.wire_id, []).append("listed")
    if [getattr(row, name) for name in _DISCOVERED] != before:
        row.save(update_fields=[*_DISCOVERED, "updated_at"])
        model_history.note(row, had_been, model_history.GATEWAY)
