"""Where takes stand in review: who may say what of which clip, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations.models import Audience, Decision, Notification, Review, Role, Verification
from generations.services import review, stacks, undo
from generations.services.compose import Refused
from generations.services.refusals import NotAllowed, WrongState
from generations.telling import history
from tests import factories
from tests.review_rows import make_clip
from tests.together import together

pytestmark = pytest.mark.django_db


def decide(person, take, wanted=Review.APPROVED, **more):
    return review.decide(person, take, wanted, seen=more.pop("seen", None) or review.seen_of(take), **more)


def test_asked_decided_and_told(project, alice, bob):
    take, due = make_clip(project, author=bob), timezone.localdate() + timedelta(days=2)
    change = review.ask(bob, [take], reviewer=alice, due_on=due)
    take.refresh_from_db()
    assert (take.review, take.reviewer, take.review_due_on) == (Review.IN_REVIEW, alice, due)
    assert change.before == {str(take.pk): {"review": "", "reviewer": "", "due_on": ""}}
    assert not review.ask(bob, [take], reviewer=alice, due_on=due).before
    line = decide(alice, take, Review.CHANGES, words="The hand looks wrong.")
    take.refresh_from_db()
    assert take.review == Review.CHANGES
    assert (line.person_name, line.verified_by) == ("Alice Archer", Verification.MEMBER)
    assert line.file_sha256 == take.outputs.get().sha256
    assert (line.comment.body, line.comment.audience) == ("The hand looks wrong.", Audience.INTERNAL)
    told = Notification.objects.order_by("id").values_list("person", "kind", "actor_name")
    assert list(told) == [(alice.pk, "assigned", "Bob Baker"), (bob.pk, "decision", "Alice Archer")]
    said = [(line.sentence, line.who, line.more) for line in history.lines_of(take)]
    asked = ("Asked for review", "Bob Baker", "Of Alice Archer")
    assert (said[0], said[-1]) == (("Changes requested", "Alice Archer", ""), asked)


@pytest.mark.parametrize(
    ("role", "may_ask", "may_decide"),
    [
        (Role.OWNER, True, True),
        (Role.REVIEWER, True, True),
        (Role.VIEWER, False, False),
        (None, False, False),
    ],
)
def test_who_may_ask_and_decide(project, make_person, role, may_ask, may_decide):
    person, take = make_person("somebody"), make_clip(project)
    if role:
        factories.add_member(project, person, role)
    for may, act in (
        (may_ask, lambda: review.ask(person, [take])),
        (may_decide, lambda: decide(person, take)),
    ):
        if may:
            act()
        else:
            with pytest.raises(NotAllowed):
                act()


@pytest.mark.parametrize(
    "fields", [{"status": "failed"}, {"trashed_at": timezone.now()}, {"signed_at": timezone.now()}, {}]
)
def test_only_a_clip_that_is_here_and_open_is_reviewed(project, alice, fields):
    take = make_clip(project, clip=bool(fields), **fields)
    with pytest.raises(WrongState):
        review.ask(alice, [take])
    with pytest.raises(WrongState):
        decide(alice, take)
    assert not Decision.objects.exists()


def test_of_many_those_that_can_be_reviewed_are(project, alice, bob):
    good, thrown = make_clip(project, author=bob), make_clip(project, trashed_at=timezone.now())
    change = review.ask(bob, [good, thrown], reviewer=alice)
    assert list(change.before) == [str(good.pk)]
    assert list(review.approve_all(alice, project, [good.pk, thrown.pk]).before) == [str(good.pk)]
    assert not review.approve_all(alice, project, [good.pk]).before
    assert Decision.objects.filter(review=Review.APPROVED).count() == 1


def test_nobody_is_asked_who_may_not_decide_nor_for_a_day_gone_by(project, alice, charlie):
    take = make_clip(project)
    with pytest.raises(Refused) as refused:
        review.ask(alice, [take], reviewer=charlie)
    assert refused.value.problems[0].field == "reviewer"
    with pytest.raises(Refused) as refused:
        review.ask(alice, [take], due_on=timezone.localdate() - timedelta(days=3))
    assert refused.value.problems[0].field == "due_on"


def test_an_undone_ask_goes_back_to_each_stand_by_as_many_queries_for_many(project, alice, bob):
    """One for each stand that was there before, however many takes stood so."""
    due = timezone.localdate() + timedelta(days=2)

    def asked(most):
        fresh, known, sent_back = ([make_clip(project) for _ in range(most)] for _ in range(3))
        review.ask(bob, known, reviewer=alice, due_on=due)
        for take in sent_back:
            decide(alice, take, Review.CHANGES)
        change = review.ask(bob, [*fresh, *known, *sent_back])
        with CaptureQueriesContext(connection) as asked:
            assert undo.undo(bob, change) == undo.Undone(2 * most, most)
        return len(asked), fresh, known, sent_back

    few, *_takes = asked(1)
    many, fresh, known, sent_back = asked(3)
    assert few == many
    for takes, stand in (
        (fresh, {"review": "", "reviewer": "", "due_on": ""}),
        (known, {"review": "in_review", "reviewer": str(alice.pk), "due_on": str(due)}),
        (sent_back, {"review": "in_review", "reviewer": "", "due_on": ""}),
    ):
        for take in takes:
            take.refresh_from_db()
            assert review.plain_stand(take) == stand
            last = take.decisions.order_by("id").last()
            assert (last.review, last.person) == (stand["review"], bob)
            assert last.file_sha256 == review.sha256_of(take)
            assert take.events.order_by("id").last().kind == review.EVENTS[stand["review"]]
            assert take.review_no == take.decisions.count()


def test_to_ask_is_no_decision(project, alice):
    with pytest.raises(Refused):
        decide(alice, make_clip(project), Review.IN_REVIEW)


def test_what_waits_for_nobody_is_not_taken_out(project, alice):
    take = make_clip(project)
    review.ask(alice, [take], reviewer=alice)
    assert review.withdraw(alice, take).review == ""
    take.refresh_from_db()
    assert (take.review, take.reviewer) == ("", None)
    with pytest.raises(WrongState):
        review.withdraw(alice, take)


def test_a_decision_is_for_the_version_and_the_file_that_were_seen(project, alice):
    one, two, three = (make_clip(project) for _ in range(3))
    stacks.stack(alice, project, [one.pk, two.pk])
    one.refresh_from_db()
    before = review.seen_of(one)
    assert before.newest == two.pk
    stacks.stack(alice, project, [one.pk, three.pk])
    with pytest.raises(review.VersionReplaced) as refused:
        decide(alice, one, seen=before)
    assert refused.value.by == three and "V3 came" in str(refused.value) and "V1" in str(refused.value)
    decide(alice, one, seen=review.Seen(before.file_sha256, before.newest, anyway=True))
    decide(alice, three, seen=review.Seen(three.outputs.get().sha256))
    three.outputs.update(sha256="0" * 64)
    with pytest.raises(review.VersionReplaced) as refused:
        decide(alice, three, seen=review.Seen(before.file_sha256, anyway=True))
    assert refused.value.by is None
    assert Decision.objects.count() == 2


def test_a_version_that_was_known_and_thrown_away_since_is_no_newer_one(project, alice):
    takes = [make_clip(project) for _ in range(3)]
    stacks.stack(alice, project, [take.pk for take in takes])
    takes[0].refresh_from_db()
    seen = review.seen_of(takes[0])
    type(takes[2]).objects.filter(pk=takes[2].pk).update(trashed_at=timezone.now())
    assert decide(alice, takes[0], seen=seen).review == Review.APPROVED


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_of_two_decisions_at_once_both_are_kept_and_the_later_one_counts(project, alice, bob):
    take = make_clip(project)
    people, wanted = [alice, bob], [Review.APPROVED, Review.CHANGES]
    together(2, lambda n: decide(people[n], take, wanted[n]))
    take.refresh_from_db()
    kept = list(Decision.objects.order_by("id").values_list("review", flat=True))
    assert sorted(kept) == sorted(wanted) and take.review_no == 2
    assert take.review == take.events.order_by("-id").first().kind.replace("changes requested", "changes")


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_while_a_version_is_stacked_the_decision_waits_and_then_says_so(project, alice, bob):
    """Whichever is first: never an approval of what was replaced before it."""
    one, two = make_clip(project), make_clip(project)
    seen = review.seen_of(one)

    def act(number):
        if number:
            return stacks.stack(bob, project, [one.pk, two.pk])
        try:
            return decide(alice, one, seen=seen)
        except review.VersionReplaced as error:
            return error

    said = together(2, act)[0]
    one.refresh_from_db()
    kinds = list(one.events.order_by("id").values_list("kind", flat=True))
    if isinstance(said, Decision):
        assert kinds == ["approved", "stacked"]
    else:
        assert kinds == ["stacked"] and not one.review
