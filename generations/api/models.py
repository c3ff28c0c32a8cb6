"""/api/v1/models and /api/v1/quotes: what can be asked for, and what it will cost."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from generations.schemas import GenerationIn, Word
from generations.services import allowing, typical
from generations.services.favourites import mark, marked
from generations.services.needs import Need, serves
from generations.services.offers import Offer
from providers.gateways.values import Mode
from providers.models import ProviderAccount, VideoModel
from providers.quotes import quote

from . import answers_models, show_models
from .errors import not_found
from .find import get_project, id_or
from .making import compose_from

router = Router(tags=["models"])
marks = Router(tags=["models"])
quotes = Router(tags=["models"])


@router.get("", response=answers_models.Models)
def list_models(
    request: HttpRequest,
    mode: Mode | None = None,
    account: Word | None = None,
    need: Annotated[list[Need] | None, Query()] = None,
    project: Word | None = None,
) -> dict[str, Any]:
    """Every model on offer, with what it takes, how its price is known and how long it usually takes.

    ``need`` may be given several times; what is left meets them all, in the ``mode`` that is asked for.
    Allow-lists count: ``capabilities`` hold what you may ask for, and ``not_allowed`` says why a model as a
    whole may not be used; those of a ``project`` (slug or id) count where it is named."""
    place = get_project(request.user, project) if project else None
    rows = VideoModel.objects.offered().select_related("account")
    if account:
        rows = rows.filter(account__in=_named(account))
    offers = [Offer(row, row.account.why_closed()) for row in rows]
    offers = allowing.narrowed(allowing.lists_for(request.user, place), offers)
    modes = [mode] if mode else []
    found = [offer for offer in offers if serves(offer, modes, need or [])]
    times, favourites = typical.times(), marked(request.user)
    return {"items": [show_models.model(offer, times, favourites) for offer in found]}


@marks.put("/{uuid:model_id}/favourite", response={204: None})
def mark_favourite(request: HttpRequest, model_id: UUID) -> Status:
    """The model stands first in your picker."""
    mark(request.user, _offered(model_id), on=True)
    return Status(204, None)


@marks.delete("/{uuid:model_id}/favourite", response={204: None})
def unmark_favourite(request: HttpRequest, model_id: UUID) -> Status:
    """For the model in all its modes, where a gateway has an id for each."""
    mark(request.user, _offered(model_id), on=False)
    return Status(204, None)


def _offered(model_id: UUID) -> VideoModel:
    """:raises ApiError: 404."""
    model = VideoModel.objects.offered().filter(pk=model_id).first()
    if model is None:
        raise not_found()
    return model


def _named(word: str) -> Any:
    return ProviderAccount.objects.filter(id_or("name", word))


@quotes.post("", response=answers_models.Quote)
def price(request: HttpRequest, body: GenerationIn) -> dict[str, Any]:
    """The price of a generation with this body; nothing is made, copied or held."""
    item = compose_from(request, body, for_price=True)
    return show_models.quote(quote(item.model, item.request))
