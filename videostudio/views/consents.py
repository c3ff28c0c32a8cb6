"""Every consent record of the studio: found, exported, and withdrawn on a person's behalf. Administrators."""

from __future__ import annotations

from itertools import chain
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from generations.models import ConsentRecord
from generations.services import records, withdrawal
from generations.telling import consents as telling
from generations.views.consents import PAGE, find_record
from generations.views.finding import read_id
from providers.cells import csv_of
from providers.gateways.registry import all_gateways

from ..models import User
from .people import administrators_only


class WantedForm(forms.Form):
    """What of ``records.Wanted`` a page can ask for; nonsense in one field leaves that one out."""

    q = forms.CharField(label=gettext_lazy("Name, take or hash"), required=False, max_length=100)
    person = forms.ModelChoiceField(
        label=gettext_lazy("Person"),
        required=False,
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Everybody"),
    )
    gateway = forms.ChoiceField(label=gettext_lazy("Gateway"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("Any state")),
            ("live", gettext_lazy("In force")),
            ("withdrawn", gettext_lazy("Withdrawn")),
        ],
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        people: Any = self.fields["person"]
        people.queryset = User.objects.filter(consents__isnull=False).distinct().order_by("display_name")
        gateways: Any = self.fields["gateway"]
        known = [(name, found.label) for name, found in all_gateways().items()]
        gateways.choices = [("", _("Every gateway")), *known]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def wanted(self) -> records.Wanted:
        self.is_valid()
        said = self.cleaned_data
        return records.Wanted(
            words=said.get("q") or "",
            person=said["person"].pk if said.get("person") else None,
            gateway=said.get("gateway") or "",
            state=said.get("state") or "",
            since=said.get("since"),
            until=said.get("until"),
        )


@administrators_only
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Newest first, by pages; the address is the filter."""
    form = WantedForm(request.GET)
    rows = records.find(request.user, form.wanted())
    before = read_id(request.GET.get("before"))
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    asked = request.GET.copy()
    asked.pop("before", None)
    context = {
        "form": form,
        "records": telling.shown(request.user, found[:PAGE]),
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "filter": asked.urlencode(),
        "filtered": any(asked.values()),
    }
    return render(request, "videostudio/consents.html", context)


@administrators_only
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All that the filter finds, as CSV."""
    rows = records.find(request.user, WantedForm(request.GET).wanted())
    lines = chain([records.COLUMNS], records.lines(rows.iterator(chunk_size=500)))
    answer = StreamingHttpResponse(csv_of(lines), content_type="text/csv; charset=utf-8")
    day = timezone.localdate().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="consent-records-{day}.csv"'
    return answer


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """On behalf of the person, with the reason; one's own goes the same way without one."""
    row = find_record(ConsentRecord.objects.readable_by(request.user), pk)
    if request.method != "POST" and not row.withdrawn_at:
        return _ask(request, row)
    try:
        reason = request.POST.get("reason", "")
        done = request.method == "POST" and withdrawal.withdraw(request.user, row, reason=reason)
    except withdrawal.ReasonNeeded as error:
        return _ask(request, row, str(error), 422)
    words = _("Withdrawn. Nothing more is sent that stands on this statement.")
    messages.info(request, words if done else _("This statement was withdrawn before."))
    return redirect(row)


def _ask(request: HttpRequest, row: ConsentRecord, problem: str = "", status: int = 200) -> HttpResponse:
    context = {**telling.consequences(request.user, row), "problem": problem, "for_person": True}
    return render(request, "generations/consent_withdraw.html", context, status=status)
