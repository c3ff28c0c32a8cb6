"""Money where two things happen at once or in an unusual order; rows and ledger alone, no gateway."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Generation, Status
from generations.services import again, audit, consent, decide, endings, polling, reconcile, store, submit
from generations.services.compose import Wish, compose
from generations.services.create import PriceMoved, create_generations, hold_for
from generations.services.lease import Lease
from generations.services.refusals import WrongState
from generations.services.round import Round
from providers import accounts, ledger
from providers.gateways.errors import Busy, FetchRefused, GatewayError, LinkExpired, Refused
from providers.gateways.job_list import Candidate
from providers.gateways.values import ConsentNeeded, Failure, FailureClass, Job, JobState, Result, ResultKind
from providers.quotas import QuotaExceeded
from providers.quotes import Quote
from tests.factories import add_member, make_model, make_project, make_quota, make_take_row, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generations.services.ring.async_task", lambda *_a, **_k: None)


@pytest.fixture
def no_clean_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_tell_gateway", lambda _take: None)
    monkeypatch.setattr(store, "_save_output", lambda *_a: None)
    size = SimpleNamespace(st_size=1)
    there = SimpleNamespace(path=lambda _n: SimpleNamespace(stat=lambda: size))
    monkeypatch.setattr(store, "media_store", lambda: there)


def again_from_db(take: Generation) -> Generation:
    return Generation.objects.select_related("account", "model", "project", "author").get(pk=take.pk)


def store_now(take: Generation) -> Generation:
    """The last step of the store task, as if the file were in its place."""
    finished = Job(take.job_id, "m", JobState.FINISHED, result=Result(ResultKind.ASK))
    assert polling.finished(again_from_db(take), finished)
    lease = Lease(60)
    claimed = lease.claim(take.pk, store.STATUSES)
    assert claimed is not None
    store._complete(claimed, lease, "clip.mp4", None, "0" * 64)  # type: ignore[arg-type]
    return again_from_db(take)


# -- a job that comes back after its money was closed ------------------------------------------------


def fail_with(take: Generation, failure_class: FailureClass, billed: bool | None) -> None:
    assert endings.fail(take, Failure(failure_class, "No.", billed=billed), frm=[take.status])


def test_a_resumed_take_is_charged_although_its_hold_was_released(no_clean_up: None) -> None:
    take = make_take_row(status=Status.RUNNING)
    fail_with(take, FailureClass.PROVIDER_DOWN, billed=False)
    decide.resume(take.author, again_from_db(take))
    take = store_now(take)
    settled = ledger.lines_of(take.pk).get(kind="settle")
    assert (settled.amount_usd, settled.basis) == (Decimal("0.75"), "estimated")
    assert (take.status, take.actual_usd, take.actual_basis) == (
        Status.COMPLETED,
        Decimal("0.75"),
        "estimated",
    )


def test_a_resumed_take_keeps_what_its_receipt_says(no_clean_up: None) -> None:
    take = make_take_row(status=Status.RUNNING)
    fail_with(take, FailureClass.LOST, billed=None)
    decide.resume(take.author, again_from_db(take))
    take = store_now(take)
    settled = ledger.lines_of(take.pk).get(kind="settle")
    assert settled.basis == "unknown"
    assert (take.actual_usd, take.actual_basis) == (Decimal("0.75"), "unknown")


def test_what_the_gateway_told_is_charged_as_told(no_clean_up: None) -> None:
    take = make_take_row(status=Status.RUNNING)
    told = polling.result_fields(Job(take.job_id, "m", JobState.FINISHED, cost_usd=Decimal("0.60")))
    Generation.objects.filter(pk=take.pk).update(**told)
    take = store_now(take)
    assert ledger.lines_of(take.pk).get(kind="settle").amount_usd == Decimal("0.60")
    assert take.actual_basis == "actual"


def test_a_take_that_failed_since_it_was_looked_at_is_not_resumed() -> None:
    overdue = timezone.now() - timedelta(minutes=1)
    take = make_take_row(status=Status.RUNNING, deadline_at=overdue)
    seen = again_from_db(take)
    fail_with(take, FailureClass.INVALID_INPUT, billed=False)
    with pytest.raises(WrongState):
        decide.resume(seen.author, seen)
    assert again_from_db(take).status == Status.FAILED
    assert not audit.drift()


def test_a_take_that_failed_once_more_is_not_resumed_as_the_failure_before() -> None:
    take = make_take_row(status=Status.RUNNING)
    fail_with(take, FailureClass.LOST, billed=None)
    seen = again_from_db(take)
    decide.resume(seen.author, again_from_db(take))
    fail_with(again_from_db(take), FailureClass.MODERATION, billed=False)
    with pytest.raises(WrongState):
        decide.resume(seen.author, seen)
    assert again_from_db(take).failure_class == FailureClass.MODERATION


# -- the attempt that a person looked at is not the one that is there now -----------------------------


def a_newer_attempt(take: Generation) -> None:
    """What somebody else did since: the first attempt was closed, a second one has a hold of its own."""
    ledger.release(take.pk, take.attempt)
    newer = again_from_db(take)
    newer.attempt = 2
    newer.save(update_fields=["attempt"])
    hold_for(newer, newer.author)


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        (Status.QUEUED, decide.cancel),
        (Status.UNCERTAIN, decide.drop),
    ],
)
def test_a_verb_on_an_older_attempt_leaves_the_newer_one_alone(status: Status, verb: Any) -> None:
    take = make_take_row(status=status)
    seen = again_from_db(take)
    a_newer_attempt(take)
    with pytest.raises(WrongState):
        verb(seen.author, seen)
    assert not audit.drift()


def test_a_failure_of_an_older_attempt_leaves_the_newer_one_alone() -> None:
    take = make_take_row(status=Status.QUEUED)
    seen = again_from_db(take)
    a_newer_attempt(take)
    assert not endings.fail(seen, Failure(FailureClass.PRICE_MOVED, "Dearer."), frm=[Status.QUEUED])
    assert not audit.drift()


# -- a definite answer that comes after the take was given up as uncertain ----------------------------


def late(take: Generation) -> Generation:
    """As the worker knows it, that was slow to answer; the row has become uncertain meanwhile."""
    Generation.objects.filter(pk=take.pk).update(status=Status.UNCERTAIN, next_poll_at=timezone.now())
    take.status = Status.SUBMITTING
    return take


def test_a_late_refusal_ends_an_uncertain_take() -> None:
    take = make_take_row(status=Status.SUBMITTING)
    submit._no_job(late(take), Refused("No such ratio."))
    take = again_from_db(take)
    assert (take.status, take.failure_billed) == (Status.FAILED, False)
    assert not ledger.open_holds().exists()


def test_a_late_busy_brings_an_uncertain_take_back_into_line() -> None:
    take = make_take_row(status=Status.SUBMITTING)
    submit._no_job(late(take), Busy("Wait.", retry_after_s=1))
    take = again_from_db(take)
    assert (take.status, take.attempt, take.next_poll_at) == (Status.QUEUED, 1, None)
    assert not audit.drift()


def test_a_late_question_is_still_asked() -> None:
    take = make_take_row(status=Status.SUBMITTING)
    consent.gateway_asks(late(take), ConsentNeeded("face", "1", "I may.", (), {"rights": "I hold them."}))
    take = again_from_db(take)
    assert (take.status, take.next_poll_at) == (Status.NEEDS_CONSENT, None)
    assert not ledger.open_holds().exists()


# -- whose job is it? --------------------------------------------------------------------------------


def test_a_job_is_not_adopted_while_another_take_of_these_words_waits() -> None:
    """The list tells words and model only: five seconds or ten, the job may be either take's."""
    project, model = make_project(), make_model()
    made = {"project": project, "model": model, "status": Status.UNCERTAIN}
    short = make_take_row(**made)
    make_take_row(**made, request_sha256="f" * 64)
    found = Candidate("job-of-one-of-them", model.wire_id, short.prompt, timezone.now())
    assert not reconcile.adopt(again_from_db(short), [found])
    assert again_from_db(short).status == Status.UNCERTAIN


def test_copies_still_share_their_jobs_out() -> None:
    project, model = make_project(), make_model()
    takes = [make_take_row(project=project, model=model, status=Status.UNCERTAIN) for _ in range(2)]
    found = [Candidate(f"j{n}", model.wire_id, takes[0].prompt, timezone.now()) for n in range(2)]
    assert all(reconcile.adopt(again_from_db(take), found[n:]) for n, take in enumerate(takes))
    assert {again_from_db(take).job_id for take in takes} == {"j0", "j1"}


# -- holds that nobody would ever close -----------------------------------------------------------------


def test_a_cancelled_take_whose_file_cannot_be_kept_is_settled() -> None:
    take = make_take_row(status=Status.CANCELLED, job_id="job-x", finished_at=timezone.now())
    lease = Lease(60)
    claimed = lease.claim(take.pk, store.STATUSES)
    assert claimed is not None
    store._trouble(claimed, lease, FetchRefused("Not from there."))
    assert not ledger.open_holds().exists()
    assert not audit.drift()


@pytest.mark.parametrize("basis", ["actual", "usage"])
@pytest.mark.parametrize("status", [Status.STORING, Status.CANCELLED])
@pytest.mark.parametrize("error", [LinkExpired("Gone."), FetchRefused("Not from there.")])
def test_a_cost_that_was_told_outlives_a_file_that_cannot_be_had(
    status: Status, basis: str, error: GatewayError
) -> None:
    told = {"actual_usd": Decimal("0.61"), "actual_basis": basis}
    take = make_take_row(status=status, job_id="job-x", finished_at=timezone.now(), **told)
    lease = Lease(60)
    claimed = lease.claim(take.pk, store.STATUSES)
    assert claimed is not None
    store._trouble(claimed, lease, error)
    take = again_from_db(take)
    assert (take.actual_usd, take.actual_basis) == (Decimal("0.61"), basis)
    lines = ledger.lines_of(take.pk).filter(kind="settle").values_list("amount_usd", "basis")
    parked = status == Status.STORING and isinstance(error, FetchRefused)
    assert list(lines) == ([] if parked else [(Decimal("0.61"), basis)])


def test_a_store_that_kills_its_worker_each_time_is_parked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_work", lambda *_a: pytest.fail("it would be killed again"))
    take = make_take_row(status=Status.STORING, tries=store.MAX_TRIES)
    store.store_result(str(take.pk))
    take = again_from_db(take)
    assert take.parked_at is not None
    assert take.lease_holder is None


# -- the price that was shown ------------------------------------------------------------------------------


def test_a_price_that_became_unknown_is_not_taken_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    project, model = make_project(), make_model(price_rule={})
    settings = {"duration_s": 5.0, "resolution": "720p", "aspect_ratio": "16:9"}
    item = compose(project.created_by, project, Wish(model, {"prompt": "A boat", **settings}))
    with pytest.raises(PriceMoved) as moved:
        create_generations(project.created_by, [item], shown_usd=Decimal("0.75"))
    assert moved.value.quote.amount_usd is None
    assert not Generation.objects.exists()


def test_submitting_again_stops_at_a_price_above_the_shown_one(monkeypatch: pytest.MonkeyPatch) -> None:
    take = make_take_row(status=Status.UNCERTAIN)
    monkeypatch.setattr(again, "fresh_price", lambda _take: Quote(Decimal("9.00"), "quoted"))
    with pytest.raises(PriceMoved):
        again.submit_again(take.author, take, shown="0.75")
    assert again_from_db(take).status == Status.UNCERTAIN
    assert ledger.open_holds().count() == 1


@pytest.mark.parametrize("nonsense", ["NaN", "sNaN", "Infinity", "much"])
def test_nonsense_is_no_price(nonsense: str, monkeypatch: pytest.MonkeyPatch) -> None:
    take = make_take_row(status=Status.FAILED, failure_class=FailureClass.PRICE_MOVED, hold=False)
    monkeypatch.setattr(again, "fresh_price", lambda _take: Quote(Decimal("9.00"), "quoted"))
    with pytest.raises(PriceMoved):
        again.accept_price(take.author, take, shown=nonsense)


# -- whoever clicks is charged, whoever made the take ---------------------------------------------------


def colleague_of(take: Generation) -> Any:
    return add_member(take.project, make_user()).user


@pytest.fixture
def price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "fresh_price", lambda _take: Quote(Decimal("0.75"), "estimated"))


def waiting_take(verb: str) -> Generation:
    """A take of its author that this verb sends out again."""
    if verb == "submit_again":
        return make_take_row(status=Status.UNCERTAIN)
    if verb == "accept_price":
        return make_take_row(status=Status.FAILED, failure_class=FailureClass.PRICE_MOVED, hold=False)
    return make_take_row(status=Status.NEEDS_CONSENT, hold=False)


def click(verb: str, person: Any, take: Generation) -> None:
    if verb == "submit_again":
        again.submit_again(person, take)
    elif verb == "accept_price":
        again.accept_price(person, take, shown="0.75")
    else:
        ticks = dict.fromkeys(take.consent["statements"], True)
        consent.attest(person, take, ticks, text_sha256=take.consent["text_sha256"], address=None)


VERBS = ("submit_again", "accept_price", "attest")


@pytest.mark.parametrize("verb", VERBS)
def test_who_sends_a_take_out_again_is_charged_for_it(verb: str, price: None) -> None:
    take = waiting_take(verb)
    colleague = colleague_of(take)
    click(verb, colleague, take)
    assert ledger.open_holds().get().person_id == colleague.pk != take.author_id
    assert ledger.settle(take.pk, 2, Decimal("0.75"), "estimated")
    assert ledger.lines_of(take.pk).get(kind="settle").person_id == colleague.pk


@pytest.mark.parametrize("verb", VERBS)
def test_the_limit_of_who_clicks_counts_and_not_the_authors(verb: str, price: None) -> None:
    take = waiting_take(verb)
    colleague = colleague_of(take)
    make_quota(0, scope="person", scope_id=take.author_id)
    make_quota(1, scope="person", scope_id=colleague.pk)
    click(verb, colleague, take)
    other = waiting_take(verb)
    add_member(other.project, colleague)
    with pytest.raises(QuotaExceeded):
        click(verb, colleague, other)


# -- an archived project takes no new work -----------------------------------------------------------------


@pytest.mark.parametrize("verb", ["submit_again", "accept_price", "attest"])
def test_nothing_more_is_spent_in_an_archived_project(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "fresh_price", lambda _take: Quote(Decimal("0.75"), "estimated"))
    status = {"submit_again": Status.UNCERTAIN, "accept_price": Status.FAILED}.get(verb, Status.NEEDS_CONSENT)
    take = make_take_row(status=status, hold=status == Status.UNCERTAIN)
    take.failure_class = FailureClass.PRICE_MOVED if verb == "accept_price" else ""
    take.project.archived_at = timezone.now() - timedelta(days=1)
    with pytest.raises(decide.NotAllowed):
        if verb == "attest":
            ticks = dict.fromkeys(take.consent["statements"], True)
            consent.attest(take.author, take, ticks, text_sha256=take.consent["text_sha256"], address=None)
        elif verb == "accept_price":
            again.accept_price(take.author, take, shown="0.75")
        else:
            again.submit_again(take.author, take)
    assert again_from_db(take).status == status


# -- a pause --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "asked"), [(600, 0), (10 * 365 * 86400, 1)])
def test_a_long_pause_stops_what_is_new_but_collects_what_is_paid(seconds: int, asked: int) -> None:
    take = make_take_row(status=Status.RUNNING)
    accounts.pause(take.account_id, seconds, "Paused by Mara.")
    assert len(Round().begin()) == asked
