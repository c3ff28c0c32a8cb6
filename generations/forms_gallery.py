"""The gallery's filter: typed, from the address, and back into a short address."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from generations.models import Mark, Review, Shot
from generations.services import shots
from generations.services.gallery import (
    NO_SHOT,
    SIGNED,
    UNMARKED,
    Filter,
    Sort,
    models_used,
    modes_used,
    people_of,
    tags_of,
)
from generations.telling.recipe import MODES
from providers.gateways.registry import all_gateways
from providers.models import VideoModel

STATUS_CHOICES = [
    ("completed", lazy("Completed")),
    ("failed", lazy("Failed")),
    ("cancelled", lazy("Cancelled")),
    ("waits", lazy("Waits for a person")),
    ("in_flight", lazy("In flight")),
    ("any", lazy("Any state")),
]
MARK_CHOICES = [
    ("", lazy("Picks")),
    (Mark.PICK.value, lazy("Picked")),
    (Mark.REJECT.value, lazy("Skipped")),
    (UNMARKED, lazy("Neither")),
]
REVIEW_CHOICES = [
    ("", lazy("Review")),
    *((review.value, review.label) for review in Review),
    (SIGNED, lazy("Signed off")),
]
CLIENT_CHOICES = [
    ("", lazy("Client")),
    (Review.APPROVED.value, lazy("Client approved")),
    (Review.CHANGES.value, lazy("Client wants changes")),
]
STAR_CHOICES = [
    ("", lazy("Rating")),
    *((str(n), format_lazy(lazy("{n} stars up"), n=n)) for n in (5, 4, 3, 2)),
    ("1", lazy("Rated")),
]
SORT_CHOICES = [
    (Sort.NEWEST.value, lazy("Newest first")),
    (Sort.OLDEST.value, lazy("Oldest first")),
    (Sort.RATING.value, lazy("Best rated first")),
    (Sort.COST.value, lazy("Dearest first, where known")),
]
DEFAULTS = {"status": "completed", "sort": Sort.NEWEST.value}


def read_shot(given: str) -> UUID | str | None:
    """An id, ``none`` for no shot, or None where nothing was said.

    :raises ValidationError:
    """
    if given in ("", NO_SHOT):
        return given or None
    try:
        return UUID(given)
    except ValueError:
        raise forms.ValidationError(_("This is no shot.")) from None


def _cost(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=6,
        widget=forms.NumberInput(attrs={"step": "any", "min": "0", "placeholder": "$"}),
    )


@dataclass(frozen=True)
class Choices:
    """What a project has to choose from: a question each, and the same for every form of this project."""

    models: list[VideoModel]
    modes: Collection[str]
    people: list[Any]
    tags: list[str]

    @classmethod
    def of(cls, project: Any) -> Choices:
        return cls(list(models_used(project)), modes_used(project), people_of(project), tags_of(project))


class GalleryForm(forms.Form):
    """Fields that are not understood are left out; ``filter`` has the rest. ``choices`` were read before,
    where several forms of one project are built."""

    q = forms.CharField(
        label=lazy("Prompts, tags, notes, people"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "input bare", "type": "search", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(label=lazy("State"), choices=STATUS_CHOICES, required=False)
    mark = forms.ChoiceField(label=lazy("Picks"), choices=MARK_CHOICES, required=False)
    stars = forms.ChoiceField(label=lazy("Rating"), choices=STAR_CHOICES, required=False)
    tag = forms.ChoiceField(label=lazy("Tag"), required=False)
    model = forms.ChoiceField(label=lazy("Model"), required=False)
    gateway = forms.ChoiceField(label=lazy("Gateway"), required=False)
    mode = forms.ChoiceField(label=lazy("Mode"), required=False)
    person = forms.TypedChoiceField(label=lazy("Person"), required=False, coerce=UUID, empty_value=None)
    review = forms.ChoiceField(label=lazy("Review"), choices=REVIEW_CHOICES, required=False)
    client = forms.ChoiceField(label=lazy("Client"), choices=CLIENT_CHOICES, required=False)
    reviewer = forms.TypedChoiceField(
        label=lazy("Asked to decide"), required=False, coerce=UUID, empty_value=None
    )
    shot = forms.CharField(label=lazy("Shot"), required=False, max_length=40, widget=forms.HiddenInput)
    since = forms.DateField(label=lazy("From"), required=False)
    until = forms.DateField(label=lazy("To"), required=False)
    cost_from = _cost(lazy("Cost from"))
    cost_to = _cost(lazy("Cost to"))
    versions = forms.BooleanField(label=lazy("Each version"), required=False)
    trash = forms.BooleanField(label=lazy("Trash"), required=False)
    sort = forms.ChoiceField(label=lazy("Order"), choices=SORT_CHOICES, required=False)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, project: Any, choices: Choices | None = None) -> None:
        super().__init__(data, label_suffix="", auto_id="f-%s")
        self.project = project
        there = choices or Choices.of(project)
        self.models = there.models  # one name may stand for several rows
        used = {row.account.gateway for row in self.models}
        gateways = [(name, adapter.label) for name, adapter in all_gateways().items() if name in used]
        self._choose("gateway", gateways, lazy("Any"))
        self._choose("model", [(name, name) for name in sorted({row.label for row in self.models})])
        modes = [(name, word) for name, word in MODES.items() if name in there.modes]
        self._choose("mode", modes, lazy("Any"))
        self.deciders = [person for person in there.people if person.decides]
        self._choose("person", [(str(person.pk), str(person)) for person in there.people if person.made])
        named = [(str(person.pk), str(person)) for person in self.deciders]
        self._choose("reviewer", named, lazy("Any"))
        self.fields["q"].widget.attrs["placeholder"] = lazy("Prompts, tags, notes, people")
        self._choose("tag", [(name, name) for name in there.tags])
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def _choose(self, name: str, choices: list[tuple[str, Any]], none: Any = "") -> None:
        """:param none: what stands for no choice; a chip says its label there."""
        field = self.fields[name]
        field.choices = [("", none or field.label), *choices]

    def clean_shot(self) -> UUID | str | None:
        """One that is not there any more stays what is looked for: nothing is in it."""
        return read_shot(self.cleaned_data["shot"])

    @cached_property
    def shot_row(self) -> Shot | None:
        """The shot that is looked for, if there is one; of a form that was read."""
        wanted = self.cleaned_data.get("shot")
        return shots.find(self.project, wanted) if isinstance(wanted, UUID) else None

    def filter(self) -> Filter:
        """What was understood."""
        self.is_valid()
        got = self.cleaned_data
        return Filter(
            text=got.get("q", ""),
            models=tuple(row.pk for row in self.models if row.label == got.get("model")),
            gateway=got.get("gateway", ""),
            mode=got.get("mode", ""),
            status=got.get("status") or "completed",
            person=got.get("person"),
            review=got.get("review", ""),
            client=got.get("client", ""),
            reviewer=got.get("reviewer"),
            shot=got.get("shot"),
            since=got.get("since"),
            until=got.get("until"),
            trash=bool(got.get("trash")),
            tags=(got["tag"],) if got.get("tag") else (),
            mark=got.get("mark", ""),
            stars=int(got.get("stars") or 0),
            cost=(got.get("cost_from"), got.get("cost_to")),
            versions=bool(got.get("versions")),
            sort=Sort(got.get("sort") or Sort.NEWEST),
        )

    def given(self) -> list[tuple[str, str]]:
        """Names and values that were chosen, as they belong into the address."""
        wanted = [name for name in self.fields if name != "before" and name not in self.errors]
        pairs = [(name, self.data.get(name, "").strip()) for name in wanted]
        return [(name, value) for name, value in pairs if value and DEFAULTS.get(name) != value]

    def query(self) -> str:
        return urlencode(self.given())
