"""/api/v1/models and /api/v1/quotes: what can be asked for, and what it will cost."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from generations.models import Verb
from generations.schemas import GenerationIn, Word
from providers.gateways.values import Mode
from providers.models import ProviderAccount, VideoModel
from providers.quotes import quote

from . import answers, show
from .find import id_or
from .making import compose_from

router = Router(tags=["models"])
quotes = Router(tags=["models"])


@router.get("", response=answers.Models)
def list_models(
    request: HttpRequest, mode: Mode | None = None, account: Word | None = None
) -> dict[str, Any]:
    """Every model on offer, with what it takes and how its price is known."""
    rows = VideoModel.objects.offered().select_related("account")
    if account:
        rows = rows.filter(account__in=_named(account))
    found = [row for row in rows if mode is None or mode in row.capabilities.get("modes", ())]
    return {"items": [show.model(row) for row in found]}


def _named(word: str) -> Any:
    return ProviderAccount.objects.filter(id_or("name", word))


@quotes.post("", response=answers.Quote)
def price(request: HttpRequest, body: GenerationIn) -> dict[str, Any]:
    """The price of a generation with this body; nothing is made and nothing is held."""
    item = compose_from(request, body, Verb.COMPOSE)
    return show.quote(quote(item.model, item.request))
