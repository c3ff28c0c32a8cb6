"""What the team says of a link: the form of a new one and of a change."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from generations.models import ShareLink
from generations.services.share_takes import MOST
from generations.services.shares import MOST_CAPTION, SUGGESTED_DAYS, Terms

ACTS = ("up", "down", "first", "out", "back")


class ShareForm(forms.Form):
    """Everything a link may grant is off unless it is ticked. Days end at midnight here."""

    title = forms.CharField(
        label=lazy("Title"), max_length=120, help_text=lazy("Guests read it, and files are named after it.")
    )
    brand = forms.CharField(
        label=lazy("Line under the title"),
        max_length=120,
        required=False,
        help_text=lazy("Your studio's name, say. Guests read the names of those who write to them, too."),
    )
    passphrase = forms.CharField(
        label=lazy("Passphrase"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=lazy("Hand it over in another way than the link. It is kept as a hash."),
    )
    no_passphrase = forms.BooleanField(label=lazy("Take the passphrase off"), required=False)
    expires_on = forms.DateField(
        label=lazy("Open until the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=lazy("Empty: until you revoke it."),
    )
    most_views = forms.IntegerField(
        label=lazy("How often it can be opened"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=lazy("Each guest's browser counts once. Empty: no limit."),
    )
    may_comment = forms.BooleanField(label=lazy("Guests may write notes"), required=False)
    may_approve = forms.BooleanField(label=lazy("Guests may approve, or ask for changes"), required=False)
    may_download = forms.BooleanField(label=lazy("Guests may download the clips"), required=False)

    def __init__(self, data: Any = None, *, share: ShareLink | None = None, title: str = "") -> None:
        super().__init__(data, initial=_initial(share, title), label_suffix="")
        self.share = share
        if share is None or not share.passphrase:
            del self.fields["no_passphrase"]
        if share is not None and share.passphrase:
            self.fields["passphrase"].label = _("Another passphrase")
            self.fields["passphrase"].help_text = _(
                "There is one. Another sends all guests back to the door."
            )

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        unchanged = self.share is not None and "expires_on" not in self.changed_data
        if day and day < timezone.localdate() and not unchanged:
            raise forms.ValidationError(_("This day is over."))
        return day

    def terms(self) -> Terms:
        """Of a valid form."""
        got = self.cleaned_data
        passphrase = got["passphrase"] or ("" if self.share is None or got.get("no_passphrase") else None)
        names = ("title", "brand", "most_views", "may_comment", "may_approve", "may_download")
        return Terms(
            passphrase=passphrase, expires_at=self._end(got["expires_on"]), **{n: got[n] for n in names}
        )

    def _end(self, day: Any) -> datetime | None:
        """One that was set to the minute, by the API, stays as long as its day does."""
        if self.share is not None and "expires_on" not in self.changed_data:
            return self.share.expires_at
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59))) if day else None


class ItemForm(forms.Form):
    """One take in the list of a link; ``version``: of the list that the person had before them."""

    take = forms.UUIDField()
    act = forms.ChoiceField(choices=[(name, name) for name in ACTS], required=False)
    version = forms.CharField(max_length=16)
    caption = forms.CharField(max_length=MOST_CAPTION, required=False)
    at = forms.IntegerField(min_value=0, max_value=MOST, required=False)


def _initial(share: ShareLink | None, title: str) -> dict[str, Any]:
    if share is None:
        return {"title": title, "expires_on": timezone.localdate() + timedelta(days=SUGGESTED_DAYS)}
    names = ("title", "brand", "most_views", "may_comment", "may_approve", "may_download")
    until = timezone.localtime(share.expires_at).date() if share.expires_at else None
    return {**{name: getattr(share, name) for name in names}, "expires_on": until}
