"""What the address of a spend page asks for: a range, a purse, filters. Nonsense is said, never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generations.services.span import MOST_DAYS, Span, named
from generations.services.spend import BY
from generations.services.spend_scope import NONE, WHICH, Purse, Wanted
from providers.gateways.registry import all_gateways
from providers.models.money import studio_zone

OWN = "own"
RANGES = {
    "this_month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
    "today": gettext_lazy("Today"),
    "yesterday": gettext_lazy("Yesterday"),
    "7": gettext_lazy("7 days"),
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    OWN: gettext_lazy("Own dates"),
}
FIRST_YEAR = date(2000, 1, 1)
_DAY = forms.DateInput({"type": "date", "class": "input"}, "%Y-%m-%d")
_IDS = ("project", "person", "account")
_OR_NONE = ("client", "shot")
_WORDS = ("gateway", "model", "tag")


def zone_of(name: str) -> ZoneInfo:
    """:raises ValueError: the world has no such zone, or this computer does not know it."""
    try:
        return ZoneInfo(name or studio_zone())
    except (KeyError, ValueError, OSError):  # a folder of zones is an OSError
        raise ValueError(_("This computer knows no time zone “%s”.") % name[:60]) from None


class SpendForm(forms.Form):
    """``wanted()`` is what it asks for once it is valid; ``asked()`` the address that asks for it again."""

    problems: Sequence[str] = ()  # of the address that this one stands in for

    range = forms.ChoiceField(choices=[*RANGES.items()], required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=_DAY)
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=_DAY)
    tz = forms.CharField(required=False, max_length=60)
    money = forms.RegexField(r"\A([A-Z]{3}|sandbox)\Z", required=False)
    by = forms.ChoiceField(choices=[(name, name) for name in BY], required=False)
    which = forms.ChoiceField(choices=[(name, name) for name in WHICH], required=False)
    project = forms.UUIDField(required=False)
    client = forms.CharField(required=False, max_length=40)
    person = forms.UUIDField(required=False)
    account = forms.UUIDField(required=False)
    gateway = forms.ChoiceField(required=False)
    model = forms.CharField(required=False, max_length=120)
    tag = forms.CharField(required=False, max_length=40)
    shot = forms.CharField(required=False, max_length=40)

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")
        gateways: Any = self.fields["gateway"]
        gateways.choices = [(name, found.label) for name, found in all_gateways().items()]

    def stand_in(self) -> SpendForm:
        """This month's, in place of one that makes no sense; its ``problems`` say why."""
        found = SpendForm({"tz": studio_zone()})
        found.is_valid()
        found.problems = [str(error) for errors in self.errors.values() for error in errors]
        return found

    def clean_client(self) -> UUID | str:
        return _id_or_none(self.cleaned_data["client"], _("A client is named by its id, or by “none”."))

    def clean_shot(self) -> UUID | str:
        return _id_or_none(self.cleaned_data["shot"], _("A shot is named by its id, or by “none”."))

    def clean_tz(self) -> ZoneInfo:
        try:
            return zone_of(self.cleaned_data["tz"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if self.errors:
            return said
        name = said["range"] or (OWN if said["since"] or said["until"] else "this_month")
        said["range"], today = name, timezone.localdate(timezone=said["tz"])
        said["span"] = self._own(said, today) if name == OWN else named(name, today, said["tz"])
        return said

    def _own(self, said: dict[str, Any], today: date) -> Span:
        until = said["until"] or max(said["since"] or today, today)
        since = said["since"] or until.replace(day=1)
        if since > until:
            self.add_error("until", _("The last day lies before the first one."))
        elif since < FIRST_YEAR or (until - since).days >= MOST_DAYS or until.year > 9000:
            self.add_error("since", _("Ten years at most, from the year 2000 on."))
        return Span(since, until, said["tz"])

    def wanted(self) -> Wanted:
        said = self.cleaned_data
        purse = Purse(sandbox=True) if said["money"] == "sandbox" else Purse(said["money"] or "USD")
        return Wanted(said["span"], purse, **{name: said[name] or None for name in _IDS + _OR_NONE},
                      **{name: said[name] for name in (*_WORDS, "which")})  # fmt: skip

    def asked(self) -> dict[str, str]:
        """What was said, as an address says it; what stands by itself is left out."""
        said = self.cleaned_data if self.is_valid() else {}
        found = {name: str(said[name]) for name in self.fields if said.get(name)}
        if found.get("range") != OWN:
            found.pop("since", None), found.pop("until", None)
        usual = {"range": "this_month", "tz": studio_zone(), "money": "USD", "by": "project"}
        for name, own in usual.items():
            if found.get(name) == own and not (name == "tz" and self.data.get("tz")):
                del found[name]
        return found


def _id_or_none(said: str, words: str) -> UUID | str:
    """:raises forms.ValidationError: it is neither."""
    try:
        return UUID(said) if said and said != NONE else said
    except ValueError:
        raise forms.ValidationError(words) from None


def query(asked: dict[str, str], **changes: Any) -> str:
    """An address's query, with some of it changed; None or "" takes away."""
    named_ = {**asked, **{name: "" if value is None else str(value) for name, value in changes.items()}}
    return urlencode({name: value for name, value in named_.items() if value})
