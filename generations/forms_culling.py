"""What the bar of the gallery and its keys send: which takes, and what to do to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth import get_user_model
from django.http import QueryDict
from django.utils.translation import gettext as _

from generations.forms_gallery import GalleryForm, read_shot
from generations.forms_many import ManyIds
from generations.models import Mark, Shot
from generations.services import shots
from generations.services.acts import Act, With
from generations.services.culling import BadTags, clean_tags
from generations.services.gallery import NO_SHOT
from generations.services.selection import Selection


class SelectionForm(forms.Form):
    """``take`` may come many times; with ``every`` the filter ``of`` counts instead, without ``but``."""

    take = ManyIds(required=False)
    every = forms.BooleanField(required=False)
    of = forms.CharField(required=False, max_length=2000)
    but = ManyIds(required=False)
    seen = forms.UUIDField(required=False)

    def __init__(self, data: Any, *, project: Any) -> None:
        super().__init__(data)
        self.project = project

    def clean(self) -> dict[str, Any]:
        got = super().clean() or {}
        if not got.get("every") and not got.get("take") and not self.errors:
            raise forms.ValidationError(_("Tick at least one take."))
        if got.get("every") and "of" in got:
            shown = GalleryForm(QueryDict(got["of"]), project=self.project)
            got["filter"] = shown.filter()
            if shown.errors:  # a tag that is gone meanwhile, say: without it many more would be meant
                raise forms.ValidationError(
                    _("This filter finds something else by now; load the page again.")
                )
        return got

    def selection(self) -> Selection:
        got = self.cleaned_data
        every = got["filter"] if got["every"] else None
        return Selection(
            self.project, ids=tuple(got["take"]), every=every, but=tuple(got["but"]), seen=got["seen"]
        )


# what a button or a key says -> what is done
SAID: dict[str, tuple[Act, With]] = {
    "pick": (Act.MARK, With(mark=Mark.PICK)),
    "reject": (Act.MARK, With(mark=Mark.REJECT)),
    "unmark": (Act.MARK, With()),
    **{f"star-{stars}": (Act.RATE, With(stars=stars)) for stars in range(6)},
    **{act.value: (act, With()) for act in (Act.TAG, Act.UNTAG, Act.STACK, Act.UNSTACK, Act.TOP)},
    Act.MOVE.value: (Act.MOVE, With()),
    **{act.value: (act, With()) for act in (Act.TRASH, Act.RESTORE, Act.ASK, Act.APPROVE)},
}


class ActForm(SelectionForm):
    act = forms.ChoiceField(choices=[(said, said) for said in SAID])
    tags = forms.CharField(required=False, max_length=1000)
    reviewer = forms.ModelChoiceField(queryset=None, required=False)
    due_on = forms.DateField(required=False)
    shot = forms.CharField(required=False, max_length=40)
    new_shot = forms.CharField(required=False, max_length=200)

    def __init__(self, data: Any, *, project: Any) -> None:
        super().__init__(data, project=project)
        self.fields["reviewer"].queryset = get_user_model().objects.filter(is_active=True)

    def clean(self) -> dict[str, Any]:
        got = super().clean()
        if got.get("act") in (Act.TAG, Act.UNTAG):
            try:
                got["tags"] = clean_tags((got.get("tags") or "").split(","))
            except BadTags as error:
                self.add_error("tags", str(error))
        if got.get("act") == Act.MOVE and not got.get("new_shot") and "shot" in got:
            got["to"] = self._to(got["shot"])
        return got

    def clean_shot(self) -> UUID | str | None:
        return read_shot(self.cleaned_data["shot"])

    def _to(self, given: UUID | str | None) -> Shot | None:
        if given == NO_SHOT:
            return None
        shot = shots.find(self.project, given) if isinstance(given, UUID) else None
        if shot is None:
            self.add_error("shot", _("This shot is not there any more; choose another one."))
        return shot

    @property
    def code_of_new(self) -> str:
        """Of a shot that is yet to be made; empty where they go to one that is there, or to none."""
        got = self.cleaned_data
        return str(got.get("new_shot") or "") if got["act"] == Act.MOVE else ""

    def wanted(self) -> tuple[Act, With]:
        """Of a valid form."""
        act, given = SAID[self.cleaned_data["act"]]
        tags = self.cleaned_data["tags"] if act in (Act.TAG, Act.UNTAG) else ()
        if act == Act.ASK:
            got = self.cleaned_data
            return act, replace(given, reviewer=got.get("reviewer"), due_on=got.get("due_on"))
        if act == Act.MOVE:
            return act, replace(given, shot=self.cleaned_data.get("to"))
        return act, replace(given, tags=tuple(tags))
