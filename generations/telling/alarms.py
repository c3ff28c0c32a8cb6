"""An alert in words: what is the matter, how bad it is in numbers, what to do about it and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from generations.models import Alert, AlertKind

Kind = AlertKind
Facts = Mapping[str, Any]
GB = 1_000_000_000
_TITLES: Mapping[str, Promise] = {
    Kind.FAILING: lazy("Many takes fail at %(name)s"),
    Kind.KEY: lazy("The key of %(name)s is rejected"),
    Kind.EMPTY: lazy("The balance of %(name)s is used up"),
    Kind.BALANCE: lazy("The balance of %(name)s is low"),
    Kind.GATEWAY: lazy("%(name)s takes nothing at present"),
    Kind.DISK: lazy("The disk is nearly full"),
    Kind.SWEEP: lazy("Takes are asked about too late"),
    Kind.CLUSTER: lazy("The workers “%(name)s” are silent"),
    Kind.EXPIRING: lazy("Results at %(name)s are about to expire"),
    Kind.AUDIT: lazy("The audit log does not hold"),
}
_ADVICE: Mapping[str, Promise] = {
    Kind.FAILING: lazy("Look at what went wrong; pause the account if it is the gateway."),
    Kind.KEY: lazy("Save a key that works, or test this one again: the pause ends with it."),
    Kind.EMPTY: lazy("Pay in at the gateway, then test the key: the pause ends with it."),
    Kind.BALANCE: lazy("Pay in at the gateway, or set another bar at the account."),
    Kind.GATEWAY: lazy("It goes on by itself when the gateway does. Other accounts are not held up."),
    Kind.DISK: lazy("Make room on the disk of the data folder, or move it to a larger one."),
    Kind.SWEEP: lazy("See whether the workers are up and the machine is not overloaded; restart the studio."),
    Kind.CLUSTER: lazy("They are replaced by themselves; if that does not help, restart the studio."),
    Kind.EXPIRING: lazy(
        "See what keeps their files from being fetched. Afterwards they cannot be had again."
    ),
    Kind.AUDIT: lazy(
        "Somebody changed it past the studio, or its disk is at fault: compare it with a backup. It is over "
        "when a check of the whole log finds nothing."
    ),
}
ICONS: Mapping[str, str] = {
    Kind.FAILING: "triangle-alert",
    Kind.KEY: "key-round",
    Kind.EMPTY: "wallet",
    Kind.BALANCE: "wallet",
    Kind.GATEWAY: "unplug",
    Kind.DISK: "server",
    Kind.SWEEP: "hourglass",
    Kind.CLUSTER: "activity",
    Kind.EXPIRING: "hard-drive-download",
    Kind.AUDIT: "circle-x",
}


@dataclass(frozen=True)
class Told:
    title: str
    what: str
    advice: str
    url: str  # of the page where it is mended; empty where none of ours is
    icon: str


def of(row: Alert) -> Told:
    """:param row: with its account."""
    return Told(
        title=title(row.kind, row.about),
        what=what(row.kind, row.facts),
        advice=advice(row.kind),
        url=url_of(row),
        icon=ICONS[row.kind],
    )


def title(kind: str, about: str) -> str:
    return str(_TITLES[kind]) % {"name": about}


def advice(kind: str) -> str:
    return str(_ADVICE[kind])


def what(kind: str, facts: Facts) -> str:
    """In numbers; empty where there are none."""
    return _WHAT[kind](facts) if kind in _WHAT and facts else ""


def lasted(row: Alert) -> str:
    """*It lasted 12 minutes.*"""
    ends = row.closed_at or timezone.now()
    return _("It lasted %(time)s.") % {"time": _time((ends - row.opened_at).total_seconds())}


def url_of(row: Alert) -> str:
    if row.kind in (Kind.KEY, Kind.EMPTY, Kind.BALANCE, Kind.GATEWAY):
        return reverse("admin:providers_provideraccount_change", args=[row.account_id])
    if row.kind == Kind.FAILING:
        return _takes(f"account__id__exact={row.account_id}&status__in=failed,uncertain")
    if row.kind == Kind.EXPIRING:
        late = row.facts.get("takes_ids", [])
        one = reverse("take", args=late) if len(late) == 1 and row.facts.get("takes") == 1 else ""
        return one or _takes(f"account__id__exact={row.account_id}&status__exact=storing")
    if row.kind == Kind.AUDIT:
        return reverse("admin:providers_auditevent_changelist")
    return reverse("health") if row.kind in (Kind.SWEEP, Kind.CLUSTER) else ""


def _takes(query: str) -> str:
    return f"{reverse('admin:generations_generation_changelist')}?{query}"


def _failing(facts: Facts) -> str:
    return _("%(failed)s of the last %(ended)s takes did not come through.") % facts


def _balance(facts: Facts) -> str:
    day = _("$%(a_day_usd)s a day were spent last.") % facts if float(facts["a_day_usd"]) else ""
    return f"{_('$%(left_usd)s are left.') % facts} {day}".strip()


def _gateway(facts: Facts) -> str:
    words = []
    if facts["rested_s"]:
        words.append(_("It has asked to wait for %(time)s.") % {"time": _time(facts["rested_s"])})
    if facts["asked_s"] >= 60:
        words.append(_("It wants %(time)s more.") % {"time": _time(facts["asked_s"])})
    if facts["failing"]:
        words.append(_("%(failing)s of %(polls)s takes at it cannot be asked about.") % facts)
    return " ".join(words)


def _disk(facts: Facts) -> str:
    sizes = {name: f"{facts[f'{name}_bytes'] / GB:.1f} GB" for name in ("free", "least")}
    if facts["free_bytes"] < facts["least_bytes"]:
        return _("%(free)s are free. Nothing new is stored under %(least)s.") % sizes
    return _("%(free)s are free. Under %(least)s nothing new is stored.") % sizes


def _sweep(facts: Facts) -> str:
    words = ngettext(
        "%(n)d take waits to be asked about, since %(time)s.",
        "%(n)d takes wait to be asked about, the first since %(time)s.",
        facts["takes"],
    )
    return words % {"n": facts["takes"], "time": _time(facts["late_s"])}


def _cluster(facts: Facts) -> str:
    return _("They were last heard of %(time)s ago.") % {"time": _time(facts["silent_s"])}


def _expiring(facts: Facts) -> str:
    words = ngettext(
        "%(n)d finished clip is not here yet; the gateway deletes it in %(time)s.",
        "%(n)d finished clips are not here yet; the gateway deletes the first in %(time)s.",
        facts["takes"],
    )
    return words % {"n": facts["takes"], "time": _time(facts["left_s"])}


def _audit(facts: Facts) -> str:
    words = ngettext("%(n)d fault was found", "%(n)d faults were found", facts["faults"])
    words = words % {"n": facts["faults"]}
    return _("%(words)s, the first at line %(first)d.") % {"words": words, "first": facts["first"]}


def _time(seconds: float) -> str:
    """The largest unit that fits, rounded down."""
    if seconds >= 2 * 86400:
        return ngettext("%(n)d day", "%(n)d days", int(seconds // 86400)) % {"n": int(seconds // 86400)}
    if seconds >= 2 * 3600:
        return ngettext("%(n)d hour", "%(n)d hours", int(seconds // 3600)) % {"n": int(seconds // 3600)}
    if seconds >= 60:
        return ngettext("%(n)d minute", "%(n)d minutes", int(seconds // 60)) % {"n": int(seconds // 60)}
    return ngettext("%(n)d second", "%(n)d seconds", int(seconds)) % {"n": int(seconds)}


_WHAT: Mapping[str, Callable[[Facts], str]] = {
    Kind.FAILING: _failing,
    Kind.BALANCE: _balance,
    Kind.GATEWAY: _gateway,
    Kind.DISK: _disk,
    Kind.SWEEP: _sweep,
    Kind.CLUSTER: _cluster,
    Kind.EXPIRING: _expiring,
    Kind.AUDIT: _audit,
}
