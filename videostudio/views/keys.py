"""A person's own keys."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from generations.keys import KEYS, PLACES, KeyTable, NoKey, conflicts, read


@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """One field for each thing to do; an empty one has the key of the table. Conflicts save nothing."""
    person: Any = request.user
    if request.method != "POST":
        return _shown(request, {row["name"]: row["typed"] for row in _rows(KeyTable(person.keys))}, {})
    typed = {key.name: request.POST.get(key.name, "").strip()[:100] for key in KEYS}
    if "reset" in request.POST:
        typed = dict.fromkeys(typed, "")
    found, wrong = _read(typed)
    wrong = wrong or conflicts(found)
    if wrong:
        return _shown(request, typed, wrong, status=422)
    person.keys = {key.name: found[key.name] for key in KEYS if found[key.name] != list(key.keys)}
    person.save(update_fields=["keys"])
    messages.success(request, _("Your keys are saved."))
    return redirect("account-keys")


def _read(typed: dict[str, str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    found: dict[str, list[str]] = {}
    wrong: dict[str, str] = {}
    for key in KEYS:
        try:
            found[key.name] = read(typed[key.name], typing=key.typing) or list(key.keys)
        except NoKey as error:
            wrong[key.name] = str(error)
    return found, wrong


def _rows(table: KeyTable) -> list[dict[str, Any]]:
    return [row for group in table.groups for row in group["keys"]]


def _shown(
    request: HttpRequest, typed: dict[str, str], wrong: dict[str, str], *, status: int = 200
) -> HttpResponse:
    groups = [
        {"label": label, "fields": [_field(key, typed, wrong) for key in KEYS if key.place == place]}
        for place, label in PLACES.items()
    ]
    context = {"groups": groups, "wrong": bool(wrong)}
    return render(request, "videostudio/keys.html", context, status=status)


def _field(key: Any, typed: dict[str, str], wrong: dict[str, str]) -> dict[str, Any]:
    usual = " ".join(key.keys)
    shown = {"name": key.name, "label": key.words, "usual": usual}
    return {**shown, "value": typed[key.name] or usual, "error": wrong.get(key.name, "")}
