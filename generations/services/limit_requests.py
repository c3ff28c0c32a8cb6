"""*Request more*: asking for more than a limit has, and the answer: it is raised, or it is not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import LimitRequest, Notification
from providers import limits as making
from providers import quota_words
from providers.models import Quota, audit

from . import limit_changes, limit_news, limits
from .refusals import BadField, NotAllowed, WrongState

State, Kind, Scope = LimitRequest.State, Notification.Kind, Quota.Scope


def ask(user: Any, quota: Quota, amount: Decimal, words: str) -> LimitRequest:
    """:raises NotAllowed: it does not hold this person.
    :raises BadField, WrongState: asked already, and not answered yet."""
    if not limits.holds(quota, user):
        raise NotAllowed(_("This limit does not hold you."))
    _require(quota, "amount", amount)
    about = f"{limits.name_of(quota)}, {sum_of(quota, quota.limit)}"
    try:
        with transaction.atomic():
            row = LimitRequest.objects.create(
                quota=quota, about=about[:300], asked_by=user, amount=amount, words=words[:500]
            )
            more = _("%(about)s: %(amount)s more") % {"about": about, "amount": _amount(quota, amount)}
            people = set(quota_words.lifters().values_list("pk", flat=True)) - {user.pk}
            limit_news.tell(people, Kind.MORE, str(user), _told(more, words))
            limit_news.tell_webhooks_of(row, quota)
            audit(user, "asked for more", "quota", quota.pk, after={"amount": str(amount), "words": words})
    except IntegrityError:
        words = _("You have asked for more of this limit already; it waits for an answer.")
        raise WrongState(words) from None
    return row


def raise_limit(user: Any, request: LimitRequest, to: Decimal, words: str) -> None:
    """The limit is ``to`` from now on. A limit for a role holds many: whoever asked gets one of their own.

    :raises NotAllowed, BadField, WrongState: answered already, or the limit is gone."""
    require_answer(user, request)
    try:
        _raise_to(user, request, to, words)
    except IntegrityError:  # somebody gave this person a limit of their own at that moment
        raise WrongState(_("The limits have changed meanwhile; look once more.")) from None


def _raise_to(user: Any, request: LimitRequest, to: Decimal, words: str) -> None:
    with transaction.atomic():
        rows = Quota.objects.select_for_update(no_key=True)
        quota = rows.filter(pk=request.quota_id).first() if request.quota_id else None
        if quota is None:
            raise WrongState(_("The limit is gone: nothing stands in the way any more."))
        _require(quota, "to", to)
        _answer(user, request, State.RAISED, words, raised_to=to)
        if to <= quota.limit:
            raise BadField("to", _("That is no more than the limit has now."))
        if quota.soft_limit is not None and quota.soft_limit >= to:
            raise BadField("to", _("People are warned below the limit, not at it."))
        if quota.scope == Scope.ROLE:
            _own_limit(user, request.asked_by, quota, to)
        else:
            limit_changes.write_sums(user, quota, to, quota.soft_limit)


def refuse(user: Any, request: LimitRequest, words: str) -> None:
    """:raises NotAllowed, BadField: without a word, WrongState."""
    require_answer(user, request)
    if not words.strip():
        raise BadField("words", _("Say why, in a few words."))
    with transaction.atomic():
        _answer(user, request, State.REFUSED, words)


def open_ones() -> Any:
    rows = LimitRequest.objects.filter(state=State.OPEN, asked_by__is_active=True)
    return rows.select_related("quota", "asked_by").order_by("id")


def may_answer(user: Any, request: LimitRequest) -> bool:
    """Who looks after limits, but not for themselves; an administrator may, who may be the only one."""
    return bool(user.is_active and user.is_producer) and (
        user.is_administrator or request.asked_by_id != user.pk
    )


def require_answer(user: Any, request: LimitRequest) -> None:
    if not may_answer(user, request):
        raise NotAllowed(_("Another who looks after limits has to answer this."))


def _answer(user: Any, request: LimitRequest, state: LimitRequest.State, words: str, **fields: Any) -> None:
    mine = LimitRequest.objects.filter(pk=request.pk, state=State.OPEN)
    told = {"answered_by": user, "answered_at": timezone.now(), "answer": words[:500]}
    if not mine.update(state=state, **told, **fields):
        raise WrongState(_("Somebody has answered this already."))
    after = {"for": str(request.asked_by)}
    audit(user, f"{state.value} a request", "quota", request.quota_id or "", after=after)
    line = f"{request.about}: {state.label}"
    if fields.get("raised_to") is not None and request.quota:
        line = f"{request.about}: " + _("%(sum)s now") % {"sum": _amount(request.quota, fields["raised_to"])}
    limit_news.tell([request.asked_by_id], Kind.ANSWER, str(user), _told(line, words))


def _own_limit(user: Any, person: Any, role: Quota, to: Decimal) -> None:
    same = {"scope": Scope.PERSON, "scope_id": person.pk, "measure": role.measure, "period": role.period}
    own = Quota.objects.filter(**same).first()
    if own:
        limit_changes.write_sums(user, own, to, own.soft_limit)
    else:
        new = Quota(**same, limit=to, soft_limit=role.soft_limit, time_zone=role.time_zone)
        limit_changes.write_new(user, new)


def _require(quota: Quota, field: str, value: Decimal) -> None:
    """:raises BadField: no sum of this limit's unit that could be."""
    probe = Quota(measure=quota.measure, limit=value, time_zone=quota.time_zone)
    fault = making.faults_of(probe).get("limit") or ("" if value > 0 else _("Name how much."))
    if fault:
        raise BadField(field, fault)


def _amount(quota: Quota, value: Decimal) -> str:
    return quota_words.amount(quota, value, unit=True)


def sum_of(quota: Quota, value: Decimal) -> str:
    """``$20.00 a month``."""
    if quota.measure == Quota.Measure.IN_FLIGHT:
        return _("%(sum)s in flight") % {"sum": _amount(quota, value)}
    return f"{_amount(quota, value)} {quota.get_period_display()}"


def _told(line: str, words: str) -> dict[str, Any]:
    return {"words": line, "said": words, "url": LimitRequest().get_absolute_url()}
