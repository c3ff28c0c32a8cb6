"""What the tables of Django's admin have in common here: read only, or every change in the audit log."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from . import audit_words
from .admin_export import Exported
from .models import AuditEvent, audit


class Capped(Paginator):
    """Of a table that grows for ever: up to MOST rows are counted and shown page by page, the newest."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.MOST].count())


class ById(admin.ModelAdmin):
    """Found by its whole id, and by what else ``looked_for`` says: a word in any text would read the whole
    table."""

    search_fields = ("id",)
    show_full_result_count = False
    paginator = Capped

    def looked_for(self, word: str) -> Q:
        return Q(pk=uuid_of(word))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for word in search_term.split():
            queryset = queryset.filter(self.looked_for(word))
        return queryset, False


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class Named(admin.AllValuesFieldListFilter):
    """The values that are there, without the empty one: a link needs words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lookup_choices = self.lookup_choices.exclude(**{self.field_path: ""})


class ReadOnly(Exported):
    """Rows that only the pipeline writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Audited(Exported):
    """Every change leaves a line in the audit log, with the values before and after."""

    subject = ""
    object_history_template = "admin/audited_history.html"
    MOST_LINES = 200

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Out of the audit log, which knows also what no form of the admin has done."""
        rows = AuditEvent.objects.filter(subject=self.subject, subject_id=object_id)
        lines = [(row, audit_words.change(row, most=2000)) for row in rows[: self.MOST_LINES]]
        return super().history_view(request, object_id, {"lines": lines, **(extra_context or {})})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Whoever saves holds the row from reading to writing, so that what the form checks still stands."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST" or not transaction.get_connection().in_atomic_block:
            return self._name(found)
        rows = self.get_queryset(request).select_for_update(no_key=True)
        return self._name(rows.filter(pk=found.pk).first())

    def shown_as(self, obj: Any) -> str:
        """What messages and headings call a row whose own words do not say whose it is."""
        return ""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._name(obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._name(obj)
        return super().log_change(request, obj, message)

    def _name(self, obj: Any) -> Any:
        if obj is not None and (name := self.shown_as(obj)):
            obj.shown = name
        return obj

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        names = [name for name in form.changed_data if hasattr(obj, name)]
        before = {name: plain(form.initial.get(name)) for name in names} if change else {}
        self.write(obj, form.changed_data if change else None)
        after = {name: plain(form.cleaned_data.get(name)) for name in names}
        if after or not change:
            audit(
                request.user,
                "change" if change else "create",
                self.subject,
                obj.pk,
                before=before,
                after=after,
            )

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Where somebody saved the same one while this form was being checked, it is checked once more: it
        finds the other row now, and says so."""
        try:
            return super().changeform_view(request, object_id, *args, **kwargs)
        except IntegrityError:
            return super().changeform_view(request, object_id, *args, **kwargs)

    def write(self, obj: Any, names: Collection[str] | None) -> None:
        """A new row (``names`` is None), or only what was changed: of the other columns the row that was read
        may be older than what stands there now."""
        if names is None:
            obj.save()
            return
        stamps = {field.name for field in obj._meta.concrete_fields if getattr(field, "auto_now", False)}
        changed = columns(obj) & set(names)
        obj.save(update_fields=changed | stamps if changed else ())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        audit(request.user, "delete", self.subject, obj.pk, before={"was": str(obj)})
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            self.delete_model(request, obj)


def columns(obj: Any) -> set[str]:
    return {field.name for field in obj._meta.concrete_fields}


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value if isinstance(value, (dict, list, bool, int, str, type(None))) else str(value)
