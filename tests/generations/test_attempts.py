"""What becomes of one paid attempt."""

from __future__ import annotations

import pytest

from generations.services import attempts
from providers.gateways.values import Job
from tests.factories import CLOSED_PORT, make_account, make_model, make_take_row


def test_late_answer_ends_the_doubt_and_its_reason(db):
    take = make_take_row(status="uncertain", wait_reason="The connection broke.")
    assert attempts.accept(take, Job(id="job-late", model=take.model.wire_id), kind="found")
    take.refresh_from_db()
    assert take.status == "running" and take.wait_reason == "" and take.next_poll_at


def test_answer_of_an_earlier_attempt_changes_nothing(db):
    take = make_take_row(status="uncertain")
    type(take).objects.filter(pk=take.pk).update(attempt=2)
    assert not attempts.accept(take, Job(id="job-late", model=take.model.wire_id))


@pytest.mark.parametrize(("gateway", "told"), [("token360", {"job": "job-late"}), ("silkdock", {})])
def test_the_job_of_a_late_answer_is_told_only_where_its_name_may_be_seen(db, gateway, told):
    model = make_model(account=make_account(gateway, base_url=CLOSED_PORT))
    take = make_take_row(status="uncertain", model=model)
    type(take).objects.filter(pk=take.pk).update(attempt=2)
    attempts.accept(take, Job(id="job-late", model=take.model.wire_id))
    assert take.events.get(kind="late answer").detail == told
