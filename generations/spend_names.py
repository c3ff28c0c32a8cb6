"""What the ids and words of the ledger are called, in one query for each kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from generations.models import Client, Project, Shot
from generations.services.spend_scope import NONE
from providers.gateways.registry import all_gateways
from providers.models import ProviderAccount, VideoModel

Key = tuple[Any, ...]


def names_of(by: str, keys: Iterable[Key]) -> dict[Key, tuple[str, str]]:
    """What each line of a table is called, and a second word beside it (a project's client, a model's
    gateway, an account's, a shot's project)."""
    keys = list(keys)
    return {"project": _projects, "client": _clients, "person": _people, "account": _accounts,
            "model": _models, "gateway": _gateways, "shot": _shots, "tag": _tags}[by](keys)  # fmt: skip


def filter_of(by: str, key: Key) -> dict[str, str]:
    """The part of an address that leaves this line alone."""
    if by == "model":
        return {"gateway": key[0], "model": key[1]}
    value = NONE if key[0] is None else key[0]
    return {by: str(value)}


def _gone(pk: Any) -> str:
    return _("No longer here (%s)") % str(pk)[-12:]


def _projects(keys: list[Key]) -> dict[Key, tuple[str, str]]:
    rows = (
        Project.objects.filter(pk__in=[key[0] for key in keys])
        .order_by()
        .values_list("pk", "name", "client__name")
    )
    found = {pk: (name, client or "") for pk, name, client in rows}
    return {key: found.get(key[0], (_gone(key[0]), "")) for key in keys}


def _clients(keys: list[Key]) -> dict[Key, tuple[str, str]]:
    found = dict(Client.objects.filter(pk__in=[key[0] for key in keys if key[0]]).values_list("pk", "name"))
    return {key: (found.get(key[0]) or _("No client"), "") for key in keys}


def _people(keys: list[Key]) -> dict[Key, tuple[str, str]]:
    rows = get_user_model().objects.filter(pk__in=[key[0] for key in keys])
    found = {person.pk: person.get_full_name() for person in rows.only("pk", "display_name", "username")}
    return {key: (found.get(key[0]) or _gone(key[0]), "") for key in keys}


def _accounts(keys: list[Key]) -> dict[Key, tuple[str, str]]:
    rows = ProviderAccount.objects.filter(pk__in=[key[0] for key in keys]).only("pk", "name", "gateway")
    found = {row.pk: (row.name, label(row.gateway)) for row in rows}
    return {key: found.get(key[0], (_gone(key[0]), "")) for key in keys}


def _models(keys: list[Key]) -> dict[Key, tuple[str, str]]:
    rows = VideoModel.objects.filter(wire_id__in=[key[1] for key in keys])
    found = {
        (gateway, wire): name
        for gateway, wire, name in rows.values_list("account__gateway", "wire_id", "label")
    }
    return {key: (found.get(key) or key[1], label(key[0])) for key in keys}


def _gateways(keys: list[Key]) -> dict[Key, tuple[str, str]]:
    return {key: (label(key[0]), "") for key in keys}


def _shots(keys: list[Key]) -> dict[Key, tuple[str, str]]:
    rows = Shot.objects.filter(pk__in=[key[0] for key in keys if key[0]]).order_by()
    found = {pk: (code, project) for pk, code, project in rows.values_list("pk", "code", "project__name")}
    return {key: found.get(key[0], (_gone(key[0]), "")) if key[0] else (_("No shot"), "") for key in keys}


def _tags(keys: list[Key]) -> dict[Key, tuple[str, str]]:
    return {key: (key[0], "") for key in keys}


def label(gateway: str) -> str:
    found = all_gateways().get(gateway)
    return found.label if found else gateway
