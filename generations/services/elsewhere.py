"""The same model at another account: whether a take may be run there, and as what request.

Only what is known not to have been accepted is offered elsewhere: a take that a gateway refused for its
account or was too busy for, and one in line that nothing was sent of while its account is closed. Never one
whose outcome is unknown, and never by itself: a person sees the price and what differs, and clicks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from generations.models import Event, Generation, Project, Status
from providers import allow_words
from providers.gateways.capabilities import Capabilities
from providers.gateways.sizes import lines_of
from providers.gateways.values import AUTO_S, FailureClass, Mode
from providers.models import AllowList, ProviderAccount, VideoModel

from . import allowing, carry, compose, offers, options

MOST = 4  # accounts that are offered
# what the history says of a take whose first submit may have arrived, whatever became of the second one
_DOUBTED = "submitted again"
# what says something of the account, or of the gateway's day, and nothing of the request
OF_THE_ACCOUNT = frozenset(
    {
        FailureClass.KEY_REJECTED,
        FailureClass.NO_BALANCE,
        FailureClass.RATE_LIMITED,
        FailureClass.PROVIDER_DOWN,
    }
)


@dataclass(frozen=True)
class Way:
    """One account where a take could be run, and the whole request as it would go out there."""

    offer: offers.Offer
    composition: compose.Composition

    @property
    def account(self) -> ProviderAccount:
        return self.offer.model.account


@dataclass(frozen=True)
class Shelf:
    """What a person may choose from in a project."""

    lists: Sequence[AllowList]
    offers: Sequence[offers.Offer]


class Shelves:
    """What a person may choose from: models are read once, the lists of each project once."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self._of: dict[UUID, Shelf] = {}

    @cached_property
    def _listed(self) -> list[offers.Offer]:
        return offers.list_offers()

    def of(self, project: Project) -> Shelf:
        if project.pk not in self._of:
            lists = allowing.lists_for(self.user, project)
            self._of[project.pk] = Shelf(lists, allowing.narrowed(lists, self._listed))
        return self._of[project.pk]


def was_refused(take: Generation) -> bool:
    """It failed, is known to be unbilled, and no gateway has a job of any attempt: for its account, for the
    gateway's day, or because the model is not there any more."""
    return _failed_for_its_account(take) and not is_doubted(take)


def _failed_for_its_account(take: Generation) -> bool:
    if not _failed_unbilled(take):
        return False
    if take.failure_class in OF_THE_ACCOUNT:
        return True
    return take.failure_class == FailureClass.INVALID_INPUT and not _is_offered(take)


def _failed_unbilled(take: Generation) -> bool:
    return take.status == Status.FAILED and take.failure_billed is False and not take.job_id


def is_doubted(take: Generation) -> bool:
    """A submit of it was declared lost: its answer is looked for where it was sent, and it may be billed."""
    return take.events.filter(kind=_DOUBTED).exists()


def _is_offered(take: Generation) -> bool:
    return VideoModel.objects.offered().filter(pk=take.model_id).exists()


def waits_in_vain(take: Generation) -> bool:
    """In line, with nothing of it sent in any attempt, at an account that sends nothing now."""
    if take.status != Status.QUEUED or take.awaits_inputs or take.job_id or take.submitted_at:
        return False
    if not take.account.why_closed() and _is_offered(take):
        return False
    return not is_doubted(take)


def line_in_vain(account: ProviderAccount) -> QuerySet[Generation]:
    """All of a line for which ``waits_in_vain`` holds, but what a person holds back: paused or parked."""
    doubted = Event.objects.filter(generation=OuterRef("pk"), kind=_DOUBTED)
    rows = Generation.objects.filter(
        ~Exists(doubted),
        account=account,
        status=Status.QUEUED,
        ended_at=None,  # as the index of a person's takes has it
        job_id="",
        submitted_at=None,
        awaits_inputs=False,
        paused_at=None,
        parked_at=None,
    )
    return rows if account.why_closed() else rows.exclude(model__in=VideoModel.objects.offered().values("pk"))


def looks_stuck(take: Generation) -> bool:
    """As ``may_go``, without a question to the database: enough for a link to where that is looked at."""
    if take.status == Status.FAILED:
        return _failed_unbilled(take) and take.failure_class in OF_THE_ACCOUNT
    return take.status == Status.QUEUED and not take.awaits_inputs and bool(take.account.why_closed())


def twin_of(take: Generation) -> tuple[bool, str]:
    return take.account.sandbox, take.model.label.casefold()


def twins() -> set[tuple[bool, str]]:
    """The models that several accounts offer, by name, those of sandboxes apart. One query."""
    rows = VideoModel.objects.offered().values_list("account__sandbox", "label", "account_id").distinct()
    accounts: dict[tuple[bool, str], set[UUID]] = {}
    for sandbox, label, account_id in rows:
        accounts.setdefault((sandbox, label.casefold()), set()).add(account_id)
    return {name for name, ids in accounts.items() if len(ids) > 1}


def may_go(take: Generation) -> bool:
    return was_refused(take) or waits_in_vain(take)


def ways_of(shelves: Shelves, take: Generation) -> list[Way]:
    """One an account, the take's own gateway first; whatever state the take is in."""
    shelf = shelves.of(take.project)
    found: dict[UUID, Way] = {}
    for offer in _same_model(take, shelf.offers):
        if offer.model.account_id not in found and (way := _way(shelves.user, take, offer, shelf.lists)):
            found[offer.model.account_id] = way
    near = sorted(found.values(), key=lambda way: way.account.gateway != take.account.gateway)
    return near[:MOST]


def with_a_way(shelves: Shelves, account: ProviderAccount, rows: QuerySet[Generation]) -> Q:
    """Which of these takes of one line have their model at another account that may be used now. Whether it
    takes their files is another question, of each take by itself (``ways_of``)."""
    kinds = list(rows.order_by().values_list("project_id", "model_id", "mode").distinct())
    projects = Project.objects.in_bulk({project for project, _model, _mode in kinds})
    models = VideoModel.objects.in_bulk({model for _project, model, _mode in kinds})
    found = Q(pk__in=[])
    for project, model, mode in kinds:
        one = Generation(account=account, model=models[model], mode=mode)
        if _same_model(one, shelves.of(projects[project]).offers):
            found |= Q(project=project, model=model, mode=mode)
    return found


def why_stays(user: Any, take: Generation) -> str:
    """Why a take for which there is no way may not go elsewhere; empty where nothing forbids it."""
    if take.status in (Status.FAILED, Status.QUEUED) and is_doubted(take):
        return _(
            "A first submit of it was declared lost and may still be billed: it stays where it was sent."
        )
    return why_barred(user, take)


def why_barred(user: Any, take: Generation) -> str:
    """That an allow-list is in the way at other accounts, and whose; empty where none is."""
    barred = [offer for offer in _twins_of(take, allowing.offers_for(user, take.project)) if offer.barred]
    names = dict.fromkeys(allow_words.whose(rule) for offer in barred for rule in offer.cut)
    words = _("Other accounts have this model, but it is not allowed there. %(lists)s.")
    return words % {"lists": "; ".join(names)} if barred else ""


def _same_model(take: Generation, listed: Iterable[offers.Offer]) -> list[offers.Offer]:
    return [offer for offer in _twins_of(take, listed) if offer.usable]


def _twins_of(take: Generation, listed: Iterable[offers.Offer]) -> list[offers.Offer]:
    """By the gateway's id, or by name at another gateway. A sandbox stands in for nothing that is real."""
    its, mode = take.model, Mode(take.mode)
    return [
        offer
        for offer in listed
        if offer.model.account_id != take.account_id
        and offer.model.account.sandbox == take.account.sandbox
        and mode in offer.modes
        and (offer.model.wire_id == its.wire_id or offer.model.label.casefold() == its.label.casefold())
    ]


def _way(user: Any, take: Generation, offer: offers.Offer, lists: Sequence[AllowList]) -> Way | None:
    """None where that model does not take what the take is made of."""
    mode = Mode(take.mode)
    wish = compose.wish_of(take, relation="retry")
    values = adapted(wish.values, offer.caps, mode)
    try:
        made = compose.compose(
            user, take.project, replace(wish, model=offer.whole(), values=values, lists=lists)
        )
    except compose.Refused:
        return None
    return Way(offer, made) if made.request.mode == mode else None


def adapted(values: Mapping[str, Any], caps: Capabilities, mode: Mode) -> dict[str, Any]:
    """The settings for another model: what it lacks is left out, the nearest length and resolution stand for
    one that it does not make. Each of that is told before the click (``telling.elsewhere``)."""
    plain = {name: value for name, value in values.items() if name != "extra"}
    kept, put = carry.carry_over({**plain, **options.found_in(values)}, {}, caps, mode)
    if "duration_s" in put:
        kept["duration_s"] = _nearest_length(put["duration_s"].value, caps)
    if "resolution" in put:
        kept["resolution"] = _nearest_size(str(put["resolution"].value), caps)
    return options.nested(
        {name: value for name, value in kept.items() if value is not None or name in values}
    )


def _nearest_length(asked: Any, caps: Capabilities) -> float | None:
    """Of two that are equally near the shorter one: it costs less."""
    lengths = [value for value in caps.durations_s if value != AUTO_S]
    if not isinstance(asked, (int, float)) or asked == AUTO_S or not lengths:
        return caps.default_duration()
    return min(lengths, key=lambda value: (abs(value - asked), value))


def _nearest_size(asked: str, caps: Capabilities) -> str | None:
    """The largest that is no larger, else the smallest."""
    sizes = sorted((choice.value for choice in caps.resolutions), key=lines_of)
    smaller = [size for size in sizes if lines_of(size) <= lines_of(asked)]
    return next(iter([*reversed(smaller), *sizes]), None)
