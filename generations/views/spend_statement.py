"""A gateway's statement beside the ledger: uploaded, compared, shown; kept nowhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from generations import spend_page
from generations.forms_spend import SpendForm
from generations.services import bill_file, bill_match, spend_scope
from generations.services.spend_scope import Purse, Wanted
from generations.spend_takes import list_named, who
from generations.telling import spend as words
from providers.models import ProviderAccount

from .spend import for_spenders, read

MOST = 200  # lines of each part on the page
_INPUT = {"class": "input"}


class StatementForm(forms.Form):
    account = forms.ModelChoiceField(
        label=gettext_lazy("Account"), queryset=ProviderAccount.objects.none(), widget=forms.Select(_INPUT)
    )
    file = forms.FileField(label=gettext_lazy("Statement (CSV)"), allow_empty_file=True)
    job = forms.CharField(label=gettext_lazy("Column of the job"), required=False, max_length=60)
    amount = forms.CharField(label=gettext_lazy("Column of the amount"), required=False, max_length=60)
    at = forms.CharField(label=gettext_lazy("Column of the time"), required=False, max_length=60)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, label_suffix="")
        account: Any = self.fields["account"]
        account.queryset = ProviderAccount.objects.order_by("name")
        for name in ("job", "amount", "at"):
            self.fields[name].widget.attrs |= {**_INPUT, "placeholder": _("by its head")}

    def rows(self) -> list[bill_file.BillRow]:
        """:raises bill_file.Unreadable:"""
        said = self.cleaned_data
        content = said["file"].read(bill_file.MOST_BYTES + 1)
        return bill_file.read(content, {name: said[name] for name in bill_file.COLUMNS})


@for_spenders
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest) -> HttpResponse:
    """Producers and administrators: a statement is about a whole account, not about one project."""
    if not spend_scope.sees_all(request.user):
        raise PermissionDenied
    asked, status = read(request)
    if request.method != "POST" or status != 200:
        return _page(request, asked, StatementForm(), status=status)
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, asked, form, status=422)
    account = form.cleaned_data["account"]
    wanted = replace(asked.wanted(), account=account.pk, purse=Purse(sandbox=account.sandbox))
    try:
        compared = bill_match.compare(request.user, wanted, form.rows())
    except bill_file.Unreadable as error:
        form.add_error("file", str(error))
        return _page(request, asked, form, status=422)
    return _page(request, asked, form, _told(request.user, wanted, compared))


def _page(
    request: HttpRequest, asked: SpendForm, form: StatementForm, told: Any = None, status: int = 200
) -> HttpResponse:
    head = spend_page.head_of(request.user, asked, at="spend-statement")
    context = {**head, "purses": [], "filters": [], "statement": form, "told": told}
    return render(request, "generations/spend_statement.html", context, status=status)


def _told(user: Any, wanted: Wanted, compared: bill_match.Compared) -> dict[str, Any]:
    """The parts that need a look first, each with its number, its sum and its first lines."""
    pairs = [*compared.other[:MOST], *compared.same[:MOST]]
    ids = {pair.here.take_id for pair in pairs} | {here.take_id for here in compared.missing_there[:MOST]}
    named, purse = list_named(user, ids), wanted.purse

    def pair_rows(some: list[bill_match.Pair]) -> list[dict[str, Any]]:
        return [
            {
                **who(pair.here.take_id, named),
                "lines": ", ".join(str(row.number) for row in pair.there),
                "by": _("job") if pair.by == "job" else _("amount and time"),
                "at": pair.here.at,
                "here": words.amount(pair.here.micro, purse),
                "there": words.amount(pair.billed, purse),
            }
            for pair in some[:MOST]
        ]

    here_rows = [
        {**who(here.take_id, named), "at": here.at, "here": words.amount(here.micro, purse)}
        for here in compared.missing_there[:MOST]
    ]
    there_rows = [
        {"title": row.job or "–", "lines": row.number, "at": row.at, "there": words.amount(row.micro, purse)}
        for row in compared.missing_here[:MOST]
    ]

    def part(title: str, rows: list[dict[str, Any]], sums: list[int]) -> dict[str, Any]:
        count = len(sums)
        more = max(count - MOST, 0)
        return {
            "title": title,
            "rows": rows,
            "sum": words.amount(sum(sums), purse),
            "count": count,
            "more": more,
        }

    other, same = compared.other, compared.same
    gone, extra = compared.missing_there, compared.missing_here
    return {
        "parts": [
            part(_("Another amount"), pair_rows(other), [pair.billed - pair.here.micro for pair in other]),
            part(_("Billed there, not known here"), there_rows, [row.micro for row in extra]),
            part(_("Charged here, not on the statement"), here_rows, [here.micro for here in gone]),
            part(_("The same on both sides"), pair_rows(same), [pair.billed for pair in same]),
        ]
    }
