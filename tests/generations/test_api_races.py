"""What happens at once: two sendings of one key, and a hundred takes for the last ten places.

Real HTTP, real threads and a real database; on both databases.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from generations.models import Event, Generation, GenerationInput
from generations.services.compose import Wish, compose
from generations.services.create import create_generations
from providers import ledger
from providers.models import LedgerEntry, QuotaCounter
from providers.quotas import QuotaExceeded
from tests.factories import make_model, make_project, make_quota, make_take_row, make_token, make_user
from tests.together import together

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generations.services.ring.async_task", lambda *_a, **_k: None)


def sender(live_server: Any, body: dict[str, Any], token: str) -> Any:
    def send(_number: int) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "one-click"}
        with httpx.Client(trust_env=False, timeout=60) as client:
            return client.post(f"{live_server.url}/api/v1/generations", json=body, headers=headers)

    return send


def test_one_key_sent_at_once_makes_one_take(live_server, no_bells):
    project, model = make_project(), make_model()
    body = {"project": project.slug, "model": model.wire_id, "prompt": "A boat"}
    answers = together(8, sender(live_server, body, make_token(project.created_by)))
    assert [answer.status_code for answer in answers] == [202] * 8, [answer.text for answer in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Generation.objects.count() == 1 and LedgerEntry.objects.count() == 1


def test_key_of_a_request_that_was_refused_is_free_again(live_server, no_bells):
    project, model = make_project(), make_model()
    quota = make_quota(0)
    body = {"project": project.slug, "model": model.wire_id, "prompt": "A boat"}
    send = sender(live_server, body, make_token(project.created_by))
    assert send(0).status_code == 429
    quota.delete()
    assert send(0).status_code == 202


@pytest.mark.parametrize("measure", ["count", "in_flight", "money"])
def test_hundred_at_once_get_the_ten_places_there_are(no_bells, measure):
    user, model = make_user(), make_model()
    project = make_project(user)
    make_quota("7.50" if measure == "money" else 10, measure=measure)
    make_quota(50, scope="person", scope_id=user.pk)
    composition = compose(user, project, Wish(model=model, values={"prompt": "A boat"}))

    def submit(_number: int) -> bool:
        try:
            return bool(create_generations(user, [composition]))
        except QuotaExceeded:
            return False

    assert sum(together(100, submit)) == 10
    assert Generation.objects.count() == ledger.open_holds().count() == Event.objects.count() == 10
    assert GenerationInput.objects.count() == 0
    used = sorted(QuotaCounter.objects.values_list("used_micro", flat=True))
    assert used == sorted([7_500_000 if measure == "money" else 10_000_000, 10_000_000])


def test_places_given_back_at_once_are_all_there_again(no_bells):
    from generations.services.decide import cancel
    from generations.services.refusals import WrongState

    make_quota(10, measure="in_flight")
    project, model = make_project(), make_model()
    takes = [make_take_row(project=project, model=model) for _ in range(10)]

    def stop(number: int) -> bool:
        try:
            cancel(project.created_by, Generation.objects.get(pk=takes[number % 10].pk))
        except WrongState:
            return False
        return True

    assert sum(together(20, stop)) == 10
    assert list(QuotaCounter.objects.values_list("used_micro", flat=True)) == [0]


def test_two_clicks_on_consent_make_one_submit(no_bells):
    from generations.services.consent import attest
    from tests.factories import CONSENT

    take = make_take_row(status="needs_consent", hold=False)

    def click(_number: int) -> bool:
        row = Generation.objects.select_related("project", "account", "model").get(pk=take.pk)
        ticks = dict.fromkeys(CONSENT["statements"], True)
        return attest(take.author, row, ticks, text_sha256=CONSENT["text_sha256"], address=None)

    assert sum(together(4, click)) == 1
    assert ledger.open_holds().count() == 1 and take.consents.count() == 1
