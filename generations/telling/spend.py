"""Sums of the spend pages in words. Exact numbers stay in the files; a page shows cents, and what is less
than half of one as it is."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generations.services.span import Span
from generations.services.spend_scope import Purse
from providers.spending import units

from . import CENT

COLUMNS = {
    "takes": gettext_lazy("Takes"),
    "quoted": gettext_lazy("Quoted"),
    "actual": gettext_lazy("Actual"),
    "released": gettext_lazy("Released"),
    "held": gettext_lazy("Still held"),
    "refused": gettext_lazy("Refused"),
    "approved": gettext_lazy("Approved"),
}
BY = {
    "project": gettext_lazy("Project"),
    "client": gettext_lazy("Client"),
    "person": gettext_lazy("Person"),
    "model": gettext_lazy("Model"),
    "gateway": gettext_lazy("Gateway"),
    "account": gettext_lazy("Account"),
    "shot": gettext_lazy("Shot"),
    "tag": gettext_lazy("Tag"),
}
BY_HEADING = {
    "project": gettext_lazy("By project"),
    "client": gettext_lazy("By client"),
    "person": gettext_lazy("By person"),
    "model": gettext_lazy("By model"),
    "gateway": gettext_lazy("By gateway"),
    "account": gettext_lazy("By account"),
    "shot": gettext_lazy("By shot"),
    "tag": gettext_lazy("By tag"),
}
WHICH = {
    "actual": gettext_lazy("Charged"),
    "released": gettext_lazy("Released"),
    "held": gettext_lazy("Still held"),
    "refused": gettext_lazy("Refused, not charged"),
    "approved": gettext_lazy("Approved"),
    "differs": gettext_lazy("Actual differs from its quote"),
    "unknown": gettext_lazy("Price unknown"),
    "late": gettext_lazy("Charged after the money had come back"),
    "guessed": gettext_lazy("Charged on a guess"),
}
STEPS = {"day": gettext_lazy("By day"), "week": gettext_lazy("By week"), "month": gettext_lazy("By month")}


def amount(micro: int, purse: Purse) -> str:
    """``$1,234.50``, ``−$0.02``, ``CNY 12.00``, and ``$0.0014`` where a cent would be too coarse."""
    return money(units(micro), purse)


def money(value: Decimal, purse: Purse, *, full: bool = False) -> str:
    sign, value = "−" if value < 0 else "", abs(value)
    cents = value.quantize(CENT, ROUND_HALF_UP)
    enough = cents == value if full else cents or not value
    shown = f"{cents:,.2f}" if enough else f"{value.normalize():,f}"
    return f"{sign}${shown}" if purse.currency == "USD" else f"{sign}{purse.currency} {shown}"


def full(micro: int, purse: Purse) -> str:
    """To the last digit, as receipts have it: where two sums stand beside each other to be compared."""
    return money(units(micro), purse, full=True)


def exact(micro: int) -> str:
    """For files and the API: every digit, two after the point at least."""
    return plain(units(micro))


def plain(value: Decimal | None) -> str:
    if value is None:
        return ""
    cents = value.quantize(CENT, ROUND_HALF_UP)
    return f"{cents:f}" if cents == value else f"{value.normalize():f}"


def purse_words(purse: Purse) -> str:
    if purse.sandbox:
        return _("Sandbox")
    return _("US dollars") if purse.currency == "USD" else purse.currency


def seconds(ms: int) -> str:
    value = (Decimal(ms) / 1000).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return _("%(n)s s") % {"n": f"{value.normalize():f}"}


def percent(value: Decimal | None) -> str:
    return "–" if value is None else f"{value.normalize():f} %"


def takes(count: int) -> str:
    return ngettext("%(n)d take", "%(n)d takes", count) % {"n": count}


def days(span: Span) -> str:
    """``1 to 21 November 2026``; what both days share is said once."""
    first, last = span.first, span.last
    if first == last:
        return date_format(last, "j F Y")
    start = "j" if (first.year, first.month) == (last.year, last.month) else "j F"
    start = "j F Y" if first.year != last.year else start
    words = {"first": date_format(first, start), "last": date_format(last, "j F Y")}
    return _("%(first)s to %(last)s") % words


def tick(first: Any, name: str) -> str:
    """What stands under a bar: the day on which it begins."""
    return date_format(first, "M Y" if name == "month" else "j M")


def step(first: Any, last: Any, name: str) -> str:
    """The days of a bar."""
    if name == "month":
        return date_format(first, "M Y")
    if first == last:
        return date_format(first, "j M")
    return f"{date_format(first, 'j M')} – {date_format(last, 'j M')}"
