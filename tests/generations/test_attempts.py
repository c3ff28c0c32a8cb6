"""What becomes of one paid attempt."""

from __future__ import annotations

from generations.services import attempts
from providers.gateways.values import Job
from tests.factories import make_take_row


def test_late_answer_ends_the_doubt_and_its_reason(db):
    take = make_take_row(status="uncertain", wait_reason="The connection broke.")
    assert attempts.accept(take, Job(id="job-late", model=take.model.wire_id), kind="found")
    take.refresh_from_db()
    assert take.status == "running" and take.wait_reason == "" and take.next_poll_at


def test_answer_of_an_earlier_attempt_changes_nothing(db):
    take = make_take_row(status="uncertain")
    type(take).objects.filter(pk=take.pk).update(attempt=2)
    assert not attempts.accept(take, Job(id="job-late", model=take.model.wire_id))
