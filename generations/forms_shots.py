"""What people say of a shot, which cut they want, and a shot list that they bring."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from generations import shot_csv, shot_lengths
from generations.cut import Which
from generations.models import Shot
from generations.services import shots
from generations.services.shots import Words
from providers.gateways.plain import keepable_text

NOTES = {"": lazy("Without notes"), "internal": lazy("Internal notes"), "client": lazy("Notes of the client")}
FORMATS = {
    "otio": lazy("OTIO"),
    "edl": lazy("EDL (CMX 3600)"),
    "fcpxml": lazy("FCP XML"),
    "csv": lazy("CSV, the shot list itself"),
}


class ShotForm(forms.Form):
    """``rate``: of the project's cut, for lengths that are written as timecodes."""

    code = forms.CharField(label=lazy("Code"), max_length=shots.MOST_CODE_CHARS)
    title = forms.CharField(label=lazy("Title"), max_length=shots.MOST_TITLE_CHARS, required=False)
    length = forms.CharField(
        label=lazy("Length"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": lazy("4.5 or 00:00:04:12"), "autocomplete": "off"}),
        help_text=lazy("In seconds, or as a timecode of the project."),
    )
    note = forms.CharField(
        label=lazy("Notes"),
        max_length=shots.MOST_NOTE_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place = forms.IntegerField(
        label=lazy("Place in the order"), min_value=1, max_value=shots.MOST, required=False
    )

    def __init__(self, data: Any = None, *, rate: Fraction, auto_id: str = "shot-%s", **more: Any) -> None:
        super().__init__(data, label_suffix="", auto_id=auto_id, **more)
        self.rate = rate
        for name in ("code", "title"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["code"].widget.attrs["spellcheck"] = "false"

    def clean_length(self) -> Decimal | None:
        try:
            return shot_lengths.read(self.cleaned_data["length"], self.rate)
        except shot_lengths.NoLength as error:
            raise forms.ValidationError(str(error)) from None

    def words(self) -> Words:
        said = self.cleaned_data
        return Words(said["code"], said["title"], said["note"], said["length"])

    def refuse(self, error: shots.ShotRefused) -> None:
        """What the service found stands at its field."""
        field = {"duration_s": "length"}.get(error.field, error.field)
        self.add_error(field if field in self.fields else None, error.message)


def said_of(shot: Shot, place: int) -> dict[str, Any]:
    """A shot as its form shows it."""
    length = "" if shot.duration_s is None else shot_lengths.plain(shot.duration_s)
    return {"code": shot.code, "title": shot.title, "length": length, "note": shot.note, "place": place}


class CutForm(forms.Form):
    """Which takes stand for their shots, and what file becomes of them."""

    format = forms.ChoiceField(choices=list(FORMATS.items()))
    which = forms.ChoiceField(choices=[(one.value, one.value) for one in Which], required=False)
    notes = forms.ChoiceField(choices=list(NOTES.items()), required=False)


class ImportForm(forms.Form):
    """A file, or its text. Both ticks change what the same rows do."""

    file = forms.FileField(label=lazy("File"), required=False, allow_empty_file=True)
    text = forms.CharField(
        label=lazy("Or paste it here"),
        required=False,
        strip=False,
        max_length=2 * shot_csv.MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "input mono"}),
    )
    update = forms.BooleanField(
        label=lazy("Change shots that are there already"),
        required=False,
        help_text=lazy("They become what the list says; what it leaves empty stays."),
    )
    follow = forms.BooleanField(
        label=lazy("Put the shots in the order of the list"),
        required=False,
        help_text=lazy("Shots that it does not name come after them."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="import-%s", **more)
        self.fields["file"].widget.attrs["accept"] = ".csv,.tsv,.txt,text/csv,text/plain"

    def look_at_wrong(self) -> None:
        """The page begins at the first field that is not taken."""
        name = next((name for name in self.fields if name in self.errors), "")
        if name:
            self.fields[name].widget.attrs["autofocus"] = True

    def content(self) -> str:
        """The text of the list.

        :raises shot_csv.Unreadable:
        """
        file = self.cleaned_data["file"]
        if file:
            return shot_csv.decoded(file.read(shot_csv.MOST_BYTES + 1))
        return keepable_text(str(self.cleaned_data["text"]))
