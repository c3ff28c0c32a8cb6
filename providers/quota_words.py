"""What a limit says to people: whose it is, how much, when it begins anew, who can lift it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from . import periods
from .models import ProviderAccount, Quota, VideoModel

Measure, Period, Scope = Quota.Measure, Quota.Period, Quota.Scope
MOST_NAMED = 3

# a person's limit is always that of whoever asks
_WHOSE = {
    Scope.PERSON: lazy("Your limit"),
    Scope.PROJECT: lazy("The limit of this project"),
    Scope.CLIENT: lazy("The limit of this project's client"),
    Scope.STUDIO: lazy("The limit of the whole studio"),
}
_NOW = {
    Period.HOUR: lazy("this hour"),
    Period.DAY: lazy("today"),
    Period.WEEK: lazy("this week"),
    Period.MONTH: lazy("this month"),
    Period.LIFETIME: lazy("in all"),
}


def whose(quota: Quota) -> str:
    if quota.scope == Scope.ACCOUNT:
        account = ProviderAccount.objects.filter(pk__in=[quota.scope_id]).first()
        return _("The limit of the account %(name)s") % {"name": account or "?"}
    if quota.scope == Scope.MODEL:
        model = VideoModel.objects.filter(pk__in=[quota.scope_id]).first()
        return _("The limit of the model %(name)s") % {"name": model or "?"}
    if quota.scope == Scope.ROLE:
        return _("Your limit as %(role)s") % {"role": role_label(quota.role)}
    return str(_WHOSE[Scope(quota.scope)])


def roles() -> dict[str, str]:
    """The roles of the studio, with what people call them."""
    choices: Any = get_user_model()._meta.get_field("role").choices
    return {role: str(label) for role, label in choices}


def role_label(role: str) -> str:
    return roles().get(role, role)


def amount(quota: Quota, value: Decimal, *, unit: bool = False) -> str:
    """``$2.50``; of what is no money a number, with its unit where that is wanted."""
    if quota.measure == Measure.MONEY:
        cents = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
        return f"${cents if cents == value else value.normalize():,f}"
    number = f"{value.normalize():,f}"
    if not unit:
        return number
    if quota.measure == Measure.SECONDS:
        return ngettext("%(n)s second", "%(n)s seconds", int(value)) % {"n": number}
    return ngettext("%(n)s take", "%(n)s takes", int(value)) % {"n": number}


def used_of_limit(quota: Quota, used: Decimal) -> str:
    """``$18.00 of $20.00 used this month``."""
    told = {"used": amount(quota, max(used, Decimal(0))), "limit": amount(quota, quota.limit, unit=True)}
    if quota.measure == Measure.IN_FLIGHT:
        return _("%(used)s of %(limit)s in flight") % told
    return _("%(used)s of %(limit)s used %(now)s") % {**told, "now": _NOW[Period(quota.period)]}


def begins_anew(quota: Quota) -> str:
    """``on 1 December (UTC)``, at the clock of the limit; empty where it never does."""
    anew = periods.next_start(quota)
    if anew is None:
        return ""
    there = anew.astimezone(periods.zone_of(quota))
    words = _("at %(time)s (%(zone)s)") if quota.period == Period.HOUR else _("on %(day)s (%(zone)s)")
    return words % {
        "day": date_format(there, "j F"),
        "time": f"{there:%H:%M}",
        "zone": quota.time_zone.replace("_", " "),
    }


def who_lifts() -> str:
    """A sentence; empty where there is nobody."""
    names = [person.get_full_name() for person in lifters()[: MOST_NAMED + 1]]
    if not names:
        return ""
    if len(names) > MOST_NAMED:
        return _("%(names)s or another who looks after limits can lift it.") % {
            "names": ", ".join(names[:MOST_NAMED])
        }
    *first, last = names
    told = _("%(names)s or %(last)s") % {"names": ", ".join(first), "last": last} if first else last
    return _("%(names)s can lift it.") % {"names": told}


def lifters() -> Any:
    """The people who may lift a limit, administrators first: every limit, those of a project too, for an
    owner would lift the one that is to hold them."""
    return get_user_model().objects.who_lift_limits()


class QuotaExceeded(Exception):
    """``quota`` is the limit that tripped; ``left`` what it still has and ``asked`` what was wanted of it, in
    its own unit. ``left`` None: it counts what is not known of this take, its price or its length.
    ``person_id``: whose counter it was, of a limit for a role."""

    def __init__(
        self, quota: Quota, left: Decimal | None, asked: Decimal = Decimal(1), person_id: Any = None
    ) -> None:
        self.quota = quota
        self.left = left
        self.asked = asked
        self.person_id = person_id
        super().__init__(self.sentence())

    @property
    def used(self) -> Decimal | None:
        return None if self.left is None else max(self.quota.limit - self.left, Decimal(0))

    def sentence(self) -> str:
        """Whose limit it is, how much it allows, what is left of it, what was asked for, how much of it is
        used, when that begins anew, and who can lift it."""
        said = self._words() % {
            "whose": whose(self.quota),
            "period": self.quota.get_period_display(),
            "limit": amount(self.quota, self.quota.limit, unit=True),
            "left": amount(self.quota, max(self.left or Decimal(0), Decimal(0))),
            "asked": amount(self.quota, self.asked),
        }
        used = "" if self.used is None else self._used(self.used)
        return " ".join(part for part in (said, used, who_lifts()) if part)

    def _words(self) -> str:
        if self.left is None and self.quota.measure == Measure.SECONDS:
            return _("%(whose)s counts seconds %(period)s, and the length of this take is not known.")
        if self.left is None:
            return _("%(whose)s counts money %(period)s, and the price of this take is not known.")
        if self.quota.measure == Measure.MONEY:
            return _("%(whose)s is %(limit)s %(period)s: %(left)s is left, %(asked)s was asked for.")
        if self.quota.measure == Measure.IN_FLIGHT:
            return _("%(whose)s is %(limit)s in flight: %(left)s free, %(asked)s asked for.")
        return _("%(whose)s is %(limit)s %(period)s: %(left)s left, %(asked)s asked for.")

    def _used(self, used: Decimal) -> str:
        told = {"used": amount(self.quota, used)}
        if self.quota.measure == Measure.IN_FLIGHT:
            return _("%(used)s in flight now; each one that ends makes room.") % told
        anew = begins_anew(self.quota)
        if not anew:
            return _("%(used)s used; it does not begin anew.") % told
        return _("%(used)s used; it begins anew %(anew)s.") % {**told, "anew": anew}
