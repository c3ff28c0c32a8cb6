"""Make takes: rows, money and history in one transaction, then ring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Character, Generation, GenerationInput, IdempotencyKey, Project, Verb
from providers import ledger, quotas
from providers.gateways.problem import Problem
from providers.ids import new_id
from providers.models import VideoModel
from providers.quotes import Question, Quote, ask_each_once, quote

from . import allowing, fixing_notes, limit_news, lineage, links, past_prompts, seconds, shots, words
from .compose import Composition, Refused
from .refusals import NotAllowed
from .transitions import record

MAX_COUNT = 8
MOST_IN_A_BATCH = 48  # of a matrix


class PriceMoved(Exception):
    """The price is above the one the person saw, or is not known any more; nothing was made."""

    def __init__(self, now: Quote) -> None:
        self.quote = now
        super().__init__(_("The price has gone up since it was shown."))


class KeyReused(Exception):
    """This idempotency key was used before: with another body, or for takes that are gone since."""


@dataclass(frozen=True)
class Once:
    """A caller's idempotency key and the hash of the body it stands for."""

    key: str
    body_sha256: str


def create_generations(
    user: Any,
    compositions: Sequence[Composition],
    *,
    once: Once | None = None,
    shown_usd: Decimal | None = None,
    some_unknown: bool = False,
) -> list[Generation]:
    """All of them or none: saved as queued, money held, inputs named.

    :param shown_usd: the price for all that the person saw when clicking; a higher one stops here.
    :param some_unknown: the person saw that not every price is known; ``shown_usd`` is that of the rest.
    :raises NotAllowed, Refused, PriceMoved, KeyReused, quotas.QuotaExceeded:
    """
    project = compositions[0].project
    if not project.allows(user, Verb.SPEND) or project.archived_at:
        raise NotAllowed(_("You may not generate in this project."))
    if once and (earlier := find_earlier(user, once)):
        return earlier
    compositions = _with_origins(user, compositions)
    quotes = price_all(compositions)
    require_at_most(shown_usd, quotes, some_unknown=some_unknown)
    try:
        return _create(user, compositions, quotes, once)
    except IntegrityError:
        # the same key, saved by a request that ran beside this one
        if once and (earlier := find_earlier(user, once)):
            return earlier
        raise
    except quotas.QuotaExceeded as error:  # one of them had no room: nothing was made, so say it of all
        length = seconds.total([seconds.asked_by(item.model, item.request) for item in compositions])
        asked = quotas.Asked(total_of(quotes), length)
        raise quotas.for_all(error, len(compositions), asked) from error


def find_earlier(user: Any, once: Once) -> list[Generation] | None:
    """What this key made before, or None. A door asks before it composes: what a second sending names
    may have changed since the first.

    :raises KeyReused:
    """
    row = IdempotencyKey.objects.filter(user=user, key=once.key).first()
    if row is None:
        return None
    if row.body_sha256 != once.body_sha256:
        raise KeyReused(_("This idempotency key was used for another request."))
    made = list(Generation.objects.filter(batch_id=row.batch_id).order_by("position"))
    if not made:
        raise KeyReused(_("What this request made was deleted with its project; nothing is made again."))
    return made


def keep_key(user: Any, once: Once, batch_id: UUID) -> None:
    """From now on this key stands for the takes of that batch.

    :raises IntegrityError: it was used meanwhile.
    """
    IdempotencyKey.objects.create(user=user, key=once.key, body_sha256=once.body_sha256, batch_id=batch_id)


def price_all(compositions: Sequence[Composition], ask: Callable[..., Quote] | None = None) -> list[Quote]:
    """:param ask: ``quote`` unless said; ``quote_lately`` for a page that only shows prices."""
    questions = [Question(item.model, item.request, item.fingerprint()) for item in compositions]
    return ask_each_once(questions, ask or quote)


def require_at_most(
    shown_usd: Decimal | None, quotes: Sequence[Quote], *, some_unknown: bool = False
) -> None:
    """:param some_unknown: the person saw that some have no price; what is known counts all the same.
    :raises PriceMoved: they cost more in all than the person saw."""
    if shown_usd is None:
        return
    total = known_of(quotes) if some_unknown else total_of(quotes)
    if total is None or total > shown_usd:  # who saw a sum has not agreed to an unknown one
        raise PriceMoved(Quote(total, quotes[0].basis, quotes[0].detail))


def known_of(quotes: Sequence[Quote]) -> Decimal:
    """The sum of those that are known."""
    return sum((item.amount_usd for item in quotes if item.amount_usd is not None), Decimal(0))


def total_of(quotes: Sequence[Quote]) -> Decimal | None:
    """None where one of them is not known."""
    known = [item.amount_usd for item in quotes if item.amount_usd is not None]
    return sum(known, Decimal(0)) if len(known) == len(quotes) else None


def _with_origins(user: Any, compositions: Sequence[Composition]) -> list[Composition]:
    """Those that name no parent get the take that their inputs came out of, looked up once for equal ones."""
    mine = Generation.objects.visible_to(user).filter(project=compositions[0].project)
    known: dict[Any, tuple[Generation | None, str]] = {}
    found = []
    for item in compositions:
        uses = [(chosen.role, chosen.asset) for chosen in item.inputs if chosen.asset]
        key = (item.request.mode, *((role, asset.pk) for role, asset in uses))
        if item.parent is None and uses:
            if key not in known:
                known[key] = lineage.origin(mine, uses, item.request.mode)
            parent, relation = known[key]
            item = replace(item, parent=parent, relation=relation)
        found.append(item)
    return found


def _create(
    user: Any, compositions: Sequence[Composition], quotes: Sequence[Quote], once: Once | None
) -> list[Generation]:
    batch_id = new_id()
    with transaction.atomic():
        fixed = fixing_notes.hold(item.fixes for item in compositions if item.fixes)
        # a note that was deleted meanwhile asks for nothing any more: what is left is an ordinary take
        compositions = [fixing_notes.still(item, fixed) for item in compositions]
        _require_shots(compositions)
        if once:
            keep_key(user, once, batch_id)
        urls = [chosen.url for item in compositions for chosen in item.inputs if chosen.asset is None]
        links.ask_for_all(compositions[0].project, user, urls, batch_id)
        _require_allowed(user, compositions)
        ledger.line_up(scopes_of(user, item.project, item.model) for item in compositions)
        prompts = [item.prompt for item in compositions]
        past_prompts.remember(user, compositions[0].project, prompts, sent=True)
        takes = [
            _create_one(user, item, price, batch_id, position)
            for position, (item, price) in enumerate(zip(compositions, quotes, strict=True))
        ]
        fixing_notes.join(user, takes, fixed)
        words.keep(take.pk for take in takes)
        return takes


def _require_allowed(user: Any, compositions: Sequence[Composition]) -> None:
    """The allow-lists as they stand at this moment: one may have been tightened since the request
    was checked.

    :raises Refused:
    """
    if lists := allowing.lists_for(user, compositions[0].project):
        problems = [
            problem
            for item in {id(one): one for one in compositions}.values()  # copies are one and the same
            for problem in allowing.problems_with(lists, item.model, item.request)
        ]
        if problems:
            raise Refused(list(dict.fromkeys(problems)))


def _require_shots(compositions: Sequence[Composition]) -> None:
    """:raises Refused: a shot was removed since somebody chose it."""
    there = shots.hold_for_takes(item.shot for item in compositions)
    if any(item.shot and item.shot.pk not in there for item in compositions):
        raise Refused([Problem("shot", str(shots.GONE))])


def _create_one(user: Any, item: Composition, price: Quote, batch_id: UUID, position: int) -> Generation:
    take = Generation.objects.create(
        project=item.project,
        shot=item.shot,
        author=user,
        account=item.model.account,
        model=item.model,
        batch_id=batch_id,
        position=position,
        parent=item.parent,
        relation=item.relation,
        fixes=item.fixes,
        hop=_hop(item),
        mode=item.request.mode,
        prompt=item.prompt,
        request=item.plain(),
        request_sha256=item.fingerprint(),
        awaits_inputs=any(chosen.asset is None for chosen in item.inputs),
        **price_fields(price),
    )
    _attach(user, take, item)
    hold_for(take, user)
    record(
        take.pk,
        take.project_id,
        "created",
        to_status=take.status,
        actor=user,
        detail={
            "held_usd": str(take.held_usd) if take.held_usd is not None else None,
            "basis": take.price_basis,
        },
    )
    return take


def _attach(user: Any, take: Generation, item: Composition) -> None:
    """The files and the characters that it is made of."""
    GenerationInput.objects.bulk_create(
        GenerationInput(generation=take, role=chosen.role, position=index, asset=chosen.asset)
        for index, chosen in enumerate(item.inputs)
        if chosen.asset is not None  # a link becomes an input once its file is here
    )
    if told := [member.character for member in item.cast if member.character]:
        for character in Character.objects.visible_to(user).in_project(item.project).filter(pk__in=told):
            character.takes.add(take)


def _hop(item: Composition) -> int:
    files = [(chosen.role, chosen.asset.pk) for chosen in item.inputs if chosen.asset]
    return lineage.hop_of(item.parent, item.relation, files)


def price_fields(price: Quote) -> dict[str, Any]:
    return {
        "held_usd": price.amount_usd,
        "price_basis": price.basis,
        "price_detail": price.detail,
        "priced_at": timezone.now(),
    }


def hold_for(take: Generation, person: Any) -> None:
    """Hold the price of the present attempt; inside the transaction that makes or changes the take.

    :param person: who clicked: their limits are asked, and the ledger keeps their name.
    :raises quotas.QuotaExceeded: roll back.
    """
    held = ledger.hold(
        ledger.Charge(
            take_id=take.pk,
            attempt=take.attempt,
            model=take.model.wire_id,
            amount_usd=take.held_usd,
            basis=take.price_basis,
            seconds=seconds.asked_by_take(take),
            **asdict(scopes_of(person, take.project, take.model)),
        )
    )
    limit_news.warn_once_saved(held.reached, person)


def scopes_of(person: Any, project: Project, model: VideoModel) -> quotas.Scopes:
    """Whom a take counts against that this person sends now."""
    return quotas.Scopes(model.account_id, project.pk, person.pk, model.pk, project.client_id, person.role)


def last_project_of(user: Any) -> Project | None:
    """Where a person worked last, else the newest project they can see."""
    last = Generation.objects.filter(author=user).order_by("-id").select_related("project").first()
    projects = Project.objects.visible_to(user).active()
    if last and projects.filter(pk=last.project_id).exists():
        return last.project
    return projects.first()
