"""The library's filter, typed and from the address; and what people say of one file."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from generations.forms_many import ManyIds
from generations.models import Asset
from generations.services import asset_library
from generations.services.asset_bulk import MOST as MOST_AT_ONCE
from generations.services.asset_bulk import Act
from generations.services.asset_library import Description, Wanted

KINDS = [("image", lazy("Pictures")), ("clip", lazy("Clips")), ("sound", lazy("Sounds"))]
KINDS += [("document", lazy("Documents"))]
USES = [("used", lazy("Used")), ("unused", lazy("Unused"))]
MOST_RELEASES = 200
FLAGS = ("shared", "copies", "trash")


class LibraryForm(forms.Form):
    """Fields that are not understood are left out; ``wanted`` has the rest."""

    q = forms.CharField(
        label=lazy("Name, tag, note or rights"),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={
                "class": "input bare",
                "type": "search",
                "autocomplete": "off",
                "placeholder": lazy("Name, tag, note or rights"),
            }
        ),
    )
    kind = forms.ChoiceField(label=lazy("Kind"), choices=[("", lazy("Kind")), *KINDS], required=False)
    tag = forms.ChoiceField(label=lazy("Tag"), required=False)
    person = forms.ModelChoiceField(
        label=lazy("Person"), queryset=None, required=False, empty_label=lazy("Person")
    )
    use = forms.ChoiceField(label=lazy("Use"), choices=[("", lazy("Use")), *USES], required=False)
    shared = forms.BooleanField(label=lazy("Shared"), required=False)
    copies = forms.BooleanField(label=lazy("Copies"), required=False)
    trash = forms.BooleanField(label=lazy("Trash"), required=False)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, rows: QuerySet[Asset]) -> None:
        super().__init__(data, label_suffix="", auto_id="f-%s")
        tags = asset_library.tags_in(rows)
        self.fields["tag"].choices = [("", lazy("Tag")), *((tag, tag) for tag in tags)]
        self.fields["person"].queryset = asset_library.people_in(rows)

    def wanted(self) -> Wanted:
        """What was understood."""
        self.is_valid()
        got = self.cleaned_data
        return Wanted(
            text=got.get("q", ""),
            kinds=(got["kind"],) if got.get("kind") else (),
            tag=got.get("tag", ""),
            person=got["person"].pk if got.get("person") else None,
            use=got.get("use", ""),
            **{name: bool(got.get(name)) for name in FLAGS},
        )

    def given(self) -> list[tuple[str, str]]:
        """Names and values that were chosen, as they belong into the address."""
        names = [name for name in self.fields if name != "before" and name not in self.errors]
        pairs = [(name, self.data.get(name, "").strip()) for name in names]
        return [(name, value) for name, value in pairs if value]

    def query(self) -> str:
        return urlencode(self.given())


class AssetForm(forms.Form):
    """Name, tags, notes and rights of one file.

    ``seen`` goes along as the page showed them: what somebody else has written since, and this person did not
    touch, stays; what both have changed is refused at its field, once."""

    name = forms.CharField(label=lazy("Name"), max_length=200)
    tags = forms.CharField(
        label=lazy("Tags"), max_length=900, required=False, help_text=lazy("Words, with commas between them.")
    )
    notes = forms.CharField(
        label=lazy("Notes"),
        max_length=asset_library.MOST_NOTE_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    source = forms.CharField(label=lazy("Source"), max_length=300, required=False)
    licence = forms.CharField(label=lazy("Licence"), max_length=300, required=False)
    likeness = forms.CharField(
        label=lazy("Whose likeness"),
        max_length=300,
        required=False,
        help_text=lazy("People who can be recognised."),
    )
    release = forms.ModelChoiceField(
        label=lazy("Release"),
        queryset=None,
        required=False,
        empty_label=lazy("None"),
        help_text=lazy("A file of this project that bears the tag “release”."),
    )

    def __init__(self, data: Any, *, asset: Asset, user: Any) -> None:
        super().__init__(data, initial=initial_of(asset), label_suffix="", auto_id="a-%s")
        ids = [row.pk for row in asset_library.releases_for(user, asset)[:MOST_RELEASES]]
        self.fields["release"].queryset = Asset.objects.filter(pk__in=ids)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
        self.now = {name: _text(value) for name, value in self.initial.items()}
        self.seen = json.dumps(self.now)
        self.is_late = False

    def clean_tags(self) -> tuple[str, ...]:
        return _tags(self.cleaned_data["tags"])

    def clean(self) -> None:
        shown = _read_seen(self.data.get("seen", ""))
        for name, now in self.now.items():
            before, typed = shown.get(name, now), _text(self.data.get(name, ""))
            if before == now or typed == now:
                continue
            if typed == before:
                self._keep(name)
            else:
                self.is_late = True
                words = _(
                    "Somebody else wrote here meanwhile: “%(now)s”. Save again to put yours in its place."
                )
                self.add_error(name, words % {"now": self._shown(name, now)})

    def _keep(self, name: str) -> None:
        value = self.fields[name].clean(self.initial[name])
        self.cleaned_data[name] = _tags(value) if name == "tags" else value

    def _shown(self, name: str, now: str) -> str:
        return str(self.fields[name].clean(now) or "") if name == "release" else now

    def description(self) -> Description:
        got = self.cleaned_data
        rights = {name: got[name] for name in asset_library.RIGHTS}
        return Description(got["name"], got["notes"], got["tags"], rights, got["release"])


class ManyForm(forms.Form):
    """What is to be done to which files of the library."""

    asset = ManyIds(error_messages={"required": lazy("Tick the files first.")})
    act = forms.TypedChoiceField(choices=[(act.value, act.value) for act in Act], coerce=Act)
    tags = forms.CharField(max_length=900, required=False)

    def clean_asset(self) -> list[UUID]:
        given: list[UUID] = self.cleaned_data["asset"]
        if len(given) > MOST_AT_ONCE:
            raise forms.ValidationError(_("%(n)d files at most in one go.") % {"n": MOST_AT_ONCE})
        return given

    def clean_tags(self) -> tuple[str, ...]:
        tags = _tags(self.cleaned_data["tags"])
        if not tags and self.cleaned_data.get("act") in (Act.TAG, Act.UNTAG):
            raise forms.ValidationError(_("Type the tag first."))
        return tags


def _tags(typed: str) -> tuple[str, ...]:
    try:
        return asset_library.clean_tags(typed.split(","))
    except ValueError as error:
        most = {"n": asset_library.MOST_TAGS, "chars": asset_library.MOST_TAG_CHARS}
        raise forms.ValidationError(
            _("%(n)d tags at most, each of up to %(chars)d letters.") % most
        ) from error


def _text(value: Any) -> str:
    """As it comes back from a page."""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _read_seen(sent: str) -> dict[str, str]:
    """Empty where a caller sends none, or something else."""
    try:
        found = json.loads(sent)
    except (ValueError, RecursionError):
        return {}
    return {name: _text(value) for name, value in found.items()} if isinstance(found, dict) else {}


def initial_of(asset: Asset) -> dict[str, Any]:
    said = {name: asset.rights.get(name, "") for name in asset_library.RIGHTS}
    tags = ", ".join(tag.name for tag in asset.tags.all())
    return {"name": asset.name, "notes": asset.notes, "tags": tags, "release": asset.release_id, **said}
