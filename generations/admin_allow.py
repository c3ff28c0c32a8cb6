"""Allow-lists in Django's admin: here, for they name projects."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from generations.models import Project
from generations.services import allow_changes
from generations.services.refusals import BadField
from providers import allow_words, allowing
from providers.admin_bases import Audited, Named
from providers.models import AllowList, ProviderAccount, VideoModel
from providers.seen import SeenForm

Scope = AllowList.Scope


class AllowListForm(SeenForm):
    """What it allows; whom it is for stays."""

    names = forms.CharField(
        label=_("Models"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 60}),
        help_text=_(
            "One a line: a model's name, its family, or its id at the gateway, at every account; * stands "
            "for any letters, as in “Seedance*”. Empty: any model."
        ),
    )
    accounts = forms.MultipleChoiceField(
        label=_("Accounts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: list(ProviderAccount.objects.values_list("pk", "name")),
        help_text=_("None ticked: any, also those that are added later."),
    )
    resolutions = forms.MultipleChoiceField(
        label=_("Resolutions"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: any. Otherwise a model that names no resolution is not allowed."),
    )

    class Meta:
        model = AllowList
        fields = allow_changes.FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["names"] = "\n".join(self.instance.names)
        self.initial["accounts"] = list(self.instance.accounts)
        known = allowing.resolutions_of(VideoModel.objects.only("capabilities"))
        there = [name for name in self.instance.resolutions if name not in known]
        self.fields["resolutions"].choices = [(name, name) for name in (*known, *there)]

    def clean_names(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if self.errors:
            return said
        row = AllowList(**{name: said[name] for name in allow_changes.FIELDS})
        try:
            allow_changes.require_sound(row)
        except BadField as error:
            self.add_error(error.field, error.message)
        return said | row.as_told() | {"longest_s": row.longest_s}


class NewAllowListForm(AllowListForm):
    """One choice instead of a scope and a bare id."""

    applies_to = forms.ChoiceField(label=_("Applies to"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = allow_changes.roles().items()
        studio = [(f"role:{role}", label) for role, label in known if role not in allow_words.IN_PROJECTS]
        in_projects = [(f"role:{role}", label) for role, label in known if role in allow_words.IN_PROJECTS]
        projects = [(f"project:{row.pk}", str(row)) for row in Project.objects.active()]
        self.fields["applies_to"].choices = [
            (_("everybody of a role in the studio"), studio),
            (_("everybody of a role in projects"), in_projects),
            (Scope.PROJECT.label, projects),
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        scope, _colon, which = said.get("applies_to", "").partition(":")
        row = self.instance
        row.scope, row.role, row.project_id = scope, "", None
        if scope == Scope.ROLE:
            row.role = which
        elif which:
            row.project_id = UUID(which)
        if AllowList.objects.filter(scope=scope, role=row.role, project_id=row.project_id).exists():
            raise ValidationError(allow_changes.THERE_IS_ONE)
        return said


def _told(rows: Any) -> list[AllowList]:
    """Each with ``told_name``, and ``told_left``: how many models that are offered it leaves something of."""
    rows = list(rows)
    names = allow_changes.names_of(rows)
    models = list(VideoModel.objects.offered().select_related("account")) if rows else []
    for row in rows:
        row.told_name = names[row.pk]
        left = sum(1 for model in models if not allowing.left_of([row], model).why_not)
        row.told_left = _now("%(n)d of %(all)d") % {"n": left, "all": len(models)}
    return rows


@admin.register(AllowList)
class AllowListAdmin(Audited):
    subject = "allow-list"
    form = AllowListForm
    list_display = ("applies_to", "models", "at_accounts", "sizes", "longest_s", "models_left")
    list_filter = ("scope", ("role", Named))
    search_fields = ("names", "resolutions", "role")  # and by the project's name: see below

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AllowList], search_term: str
    ) -> tuple[QuerySet[AllowList], bool]:
        for word in search_term.split():
            mine = Q(names__icontains=word) | Q(resolutions__icontains=word) | Q(role__icontains=word)
            projects = Project.objects.filter(Q(name__icontains=word) | Q(slug__icontains=word))
            queryset = queryset.filter(mine | Q(project_id__in=projects.values("pk")))
        return queryset, False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        words = _(
            "What is listed is all that is allowed; what is left empty is open. Who is held by several lists "
            "is held by all of them, administrators too. Takes in line that are not allowed any more end "
            "unsent."
        )
        fields = ("applies_to", *allow_changes.FIELDS, *(("models_left", "seen") if obj else ()))
        return [(None, {"fields": fields, "description": words})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("applies_to", "models_left") if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        if obj is None:
            options["form"] = NewAllowListForm
        return super().get_form(request, obj, change, **options)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            told = {name: form.cleaned_data[name] for name in allow_changes.FIELDS}
            allow_changes.change(request.user, obj.pk, told)
        else:
            allow_changes.make(request.user, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        allow_changes.remove(request.user, obj)

    def shown_as(self, obj: Any) -> str:
        return allow_changes.name_of(obj)

    def looked_up(self, rows: list[Any]) -> list[AllowList]:
        return _told(rows)

    @admin.display(description=_("applies to"))
    def applies_to(self, row: Any) -> str:
        return _one(row).told_name

    @admin.display(description=_("models"))
    def models(self, row: AllowList) -> str:
        return ", ".join(row.names) or _now("any")

    @admin.display(description=_("accounts"))
    def at_accounts(self, row: AllowList) -> str:
        return ", ".join(row.account_names) or _now("any")

    @admin.display(description=_("resolutions"))
    def sizes(self, row: AllowList) -> str:
        return ", ".join(row.resolutions) or _now("any")

    @admin.display(description=_("models that are left"))
    def models_left(self, row: Any) -> str:
        return _one(row).told_left


def _one(row: Any) -> Any:
    """A row of a page of its own has not been looked up with others."""
    return row if hasattr(row, "told_name") else _told([row])[0]
