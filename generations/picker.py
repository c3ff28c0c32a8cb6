"""The model picker: every model on offer as one row, in groups, with all that a choice hangs on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generations import pick_words as words
from generations.chips import MODE_WORDS, sandbox_word
from generations.desk import Desk
from generations.services import allowing, favourites, typical
from generations.services.needs import Need, needs_met
from generations.services.offers import Offer, under_one_name
from generations.services.travel import is_reachable
from generations.services.unit_prices import settings_for, unit_price
from providers.gateways.capabilities import Travel
from providers.gateways.values import Input, Mode, VideoRequest
from providers.prices import UnitPrice
from providers.quotes import basis_of

MOST_RECENT = 5
NO_ID = UUID(int=0)  # in an address: where a script puts the model's
NEED_WORDS: dict[Need, Any] = {
    Need.SOUND: gettext_lazy("Sound"),
    Need.LAST_FRAME: gettext_lazy("Last frame"),
    Need.HD: gettext_lazy("1080p and up"),
    Need.LONG: gettext_lazy("10 s and longer"),
    Need.SEED: gettext_lazy("Seed"),
    Need.REFERENCES: gettext_lazy("Reference images"),
    Need.NO_ADDRESS: gettext_lazy("No public address"),
}


@dataclass(frozen=True)
class Pick:
    """One model under its name: all its ids, and of these the one that suits what stands in the composer."""

    desk: Desk  # as it would be with ``offer``
    members: tuple[Offer, ...]

    @property
    def offer(self) -> Offer:
        assert self.desk.offer is not None
        return self.desk.offer

    @cached_property
    def why_not(self) -> str:
        return why_not(self.desk)

    @property
    def is_chosen(self) -> bool:
        return self.desk.typed.model_id in self.ids

    @property
    def ids(self) -> list[UUID]:
        return [member.model.pk for member in self.members]

    @property
    def price(self) -> UnitPrice | None:
        return unit_price(self.offer, self.desk.mode, self.desk.typed.values, media_of(self.desk))

    @property
    def settings(self) -> dict[str, Any]:
        return settings_for(self.offer, self.desk.mode, self.desk.typed.values)


def picks_of(desk: Desk) -> list[Pick]:
    return [pick(desk, members) for members in under_one_name(desk.open_offers)]


def pick(desk: Desk, members: tuple[Offer, ...]) -> Pick:
    """The first id that takes the inputs, with the one that stands there in front; else the one that lacks
    the fewest of them: what it lacks is what the model lacks."""
    chosen = desk.offer
    ordered = sorted(members, key=lambda item: chosen is None or item.model.pk != chosen.model.pk)
    desks = [replace(desk, offer=member) for member in ordered]
    nearest = min(desks, key=lambda item: (not item.fits_mode, len(item.untaken)))
    return Pick(nearest, members)


def why_not(desk: Desk) -> str:
    """Why this model does not fit the inputs, in a few words; empty where it does."""
    if desk.untaken:
        return words.takes_no(desk.untaken[0])
    if desk.offer and desk.mode not in desk.offer.modes:
        return words.needs(desk.offer.modes)
    roles = [role for role, _asset in desk.uses]
    for role in dict.fromkeys(roles):
        most = desk.caps.inputs[role].max_count
        if roles.count(role) > most:
            return words.takes_only(most, role)
    return _("Needs a public address for these files") if _cannot_travel(desk) else ""


def _cannot_travel(desk: Desk) -> bool:
    if not desk.uses or desk.offer is None or is_reachable(desk.offer.model.account):
        return False
    asked = VideoRequest(model="", mode=desk.mode, prompt="")
    return any(desk.caps.ways(role, asked) == (Travel.PUBLIC_URL,) for role, _asset in desk.uses)


def media_of(desk: Desk) -> tuple[Input, ...]:
    return tuple(Input(role, asset.as_media()) for role, asset in desk.uses)


def context_of(desk: Desk) -> dict[str, Any]:
    """What templates/generations/_picker.html needs; three queries beside those of the desk, or two."""
    picks, times = picks_of(desk), typical.times()
    marked, recent = favourites.marked(desk.user), favourites.used_last(desk.user)
    if desk.typed.model_id:  # what stands there now is in sight when the list opens
        recent = [desk.typed.model_id, *recent]
    groups = [
        {**group, "rows": [row_of(item, times, marked, mixed=group["mixed"]) for item in group["picks"]]}
        for group in _groups(picks, marked, recent)
    ]
    return {
        "groups": groups,
        "count": len(picks),
        "not_here": allowing.not_here([item for item in desk.offers if item is not desk.offer]),
        "modes": [(mode.value, MODE_WORDS[mode]) for mode in Mode if _any_has(desk.open_offers, mode)],
        "needs": [(need.value, label) for need, label in NEED_WORDS.items()],
        "accounts": _accounts(desk.open_offers),
        "compare_url": reverse("picker-compare", args=[desk.project.slug]),
        "mark_url": reverse("model-favourite", args=[NO_ID]),
    }


def _any_has(offers: Iterable[Offer], mode: Mode) -> bool:
    return any(mode in offer.modes for offer in offers)


def _accounts(offers: Iterable[Offer]) -> list[tuple[str, str]]:
    """None where there is only one to choose from."""
    found = {str(offer.model.account_id): offer.model.account.name for offer in offers}
    return list(found.items()) if len(found) > 1 else []


def _groups(picks: Sequence[Pick], marked: set[UUID], recent: Sequence[UUID]) -> list[dict[str, Any]]:
    """Each model once: among the favourites, else among the last used, else with its account and family.
    Accounts that cannot be used come last."""
    favourite = [item for item in picks if marked.intersection(item.ids)]
    used = [item for item in _in_order(picks, recent) if item not in favourite][:MOST_RECENT]
    first = {id(item) for item in (*favourite, *used)}
    rest = sorted((item for item in picks if id(item) not in first), key=lambda item: not item.offer.usable)
    groups = [
        {"label": _("Favourites"), "note": "", "picks": favourite, "mixed": True},
        {"label": _("Recently used"), "note": "", "picks": used, "mixed": True},
    ]
    for (account, family), items in groupby(
        rest, key=lambda i: (i.offer.model.account, i.offer.model.family)
    ):
        label, note = " · ".join(filter(None, (account.name, family))), words.health(account)
        groups.append({"label": label, "note": note, "picks": list(items), "mixed": False})
    return [group for group in groups if group["picks"]]


def _in_order(picks: Sequence[Pick], recent: Sequence[UUID]) -> list[Pick]:
    by_id = {pk: item for item in picks for pk in item.ids}
    return list({id(by_id[pk]): by_id[pk] for pk in recent if pk in by_id}.values())


def row_of(
    item: Pick, times: Mapping[UUID, typical.Typical], marked: set[UUID], *, mixed: bool
) -> dict[str, Any]:
    """One row in words; what the filters look at stands in ``search`` and ``serves``.

    :param mixed: its group has several accounts, so that the row has to name its own.
    """
    model, account = item.offer.model, item.offer.model.account
    modes, unit, usual = words.modes(item.members), item.price, times.get(model.pk)
    return {
        "id": str(model.pk),
        "css": "pick starred" if marked.intersection(item.ids) else "pick",
        "selected": "true" if item.is_chosen else "false",
        "disabled": not item.offer.usable,
        "account_id": str(account.pk),
        "name": model.label,
        "tags": _tags(item, mixed),
        "modes": modes,
        "notes": _notes(item, mixed),
        "facts": words.facts(item.members),
        "price": words.price(unit, basis_of(model)),
        "price_at": words.settings(item.settings) if unit else "",
        "time": words.time(usual),
        "time_title": words.time_title(usual),
        "search": " ".join((model.label, model.family, account.name, account.adapter.label, modes)).lower(),
        "serves": "|".join(_serves(member) for member in item.members),
    }


def _tags(item: Pick, mixed: bool) -> list[tuple[str, str, str]]:
    """Small words behind the name, each with its class and perhaps what it means."""
    account, ends = item.offer.model.account, item.offer.model.ends_on
    told = (
        ("chosen", _("chosen") if item.is_chosen else ""),
        ("", account.name if mixed else ""),
        ("", sandbox_word(account)),
        ("", words.beta(item.members)),
        ("", *words.privacy(item.members)),
        ("act", _("until %(date)s") % {"date": ends} if ends else ""),
    )
    return [(css, word, "".join(meaning)) for css, word, *meaning in told if word]


def _notes(item: Pick, mixed: bool) -> list[tuple[str, str]]:
    """Lines of their own: why it does not fit, why its account cannot be used."""
    why = ("act" if item.desk.untaken else "", item.why_not)
    health = ("act", words.health(item.offer.model.account) if mixed else "")
    return [(css, word) for css, word in (why, health, ("", words.closed(item.members))) if word]


def _serves(member: Offer) -> str:
    """One id for the filters: itself, its modes (with an @ where files need a public address), its needs."""
    here = member.reachable
    modes = (mode.value if mode in here else f"{mode.value}@" for mode in member.modes)
    needs = (need.value for need in needs_met(member) if need != Need.NO_ADDRESS)
    return " ".join((str(member.model.pk), *modes, *sorted(needs)))
