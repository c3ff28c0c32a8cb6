"""When a take in line is likely to start: told from history and place, or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from generations.models import Generation
from generations.services import line, starts
from tests.factories import make_model, make_take_row

pytestmark = pytest.mark.django_db


def test_each_starts_when_a_place_is_free_and_nothing_is_said_without_history(
    signed_in: Any, alice: Any, bob: Any, project: Any
) -> None:
    model, now = make_model(), timezone.now()
    other = make_model(account=model.account, label="Nobody has used it")
    model.account.max_in_flight, model.account.submits_per_min = 1, 60
    model.account.save()

    def take(author: Any = alice, of: Any = model, **values: Any) -> Any:
        return make_take_row(project=project, model=of, author=author, **values)

    take(status="running", accepted_at=now - timedelta(seconds=20))
    first, second, unknown, last = take(), take(bob), take(of=other), take()
    waits = line.lines({model.account_id})
    takes = [first, second, unknown, last]
    assert starts.expected_s(takes, waits) == {}
    for _ in range(5):
        begun = now - timedelta(seconds=60)
        make_take_row(model=model, status="completed", accepted_at=begun, completed_at=now, hold=False)
    cache.clear()
    found = starts.expected_s(takes, waits)
    line_up = waits[model.account_id].takes
    assert line_up == [second.pk, first.pk, unknown.pk, last.pk], "who has none at work comes first"
    assert [found.get(pk) for pk in line_up] == pytest.approx([40, 100, 160, None], abs=5), "then none knows"
    page = signed_in(alice).get("/queue").content.decode()
    assert page.count("Starts in about 1:") == 1 and page.count("Starts in about 2:") == 1
    model.account.max_in_flight, model.account.submits_per_min = 9, 1
    model.account.save()
    Generation.objects.filter(status="running").update(submitted_at=now - timedelta(seconds=90))
    Generation.objects.filter(status="completed").update(submitted_at=timezone.now() - timedelta(seconds=5))
    second.refresh_from_db()
    found = starts.expected_s([second], line.lines({model.account_id}))
    assert found[second.pk] == pytest.approx(55, abs=5), "those sent this minute count, ended or not"
    first.account.paused_until = now + timedelta(hours=1)
    assert starts.expected_s([first], waits) == {}


@pytest.mark.parametrize(
    ("starts_at", "sent", "a_minute", "expected"),
    [
        ([0, 0, 0], [], 2, [0, 0, 60]),
        ([0, 0, 90], [-40], 2, [0, 20, 90]),
        ([0, 5], [-50, -10], 1, [50, 110]),
    ],
)
def test_no_more_are_sent_a_minute_than_the_account_allows(
    starts_at: list[float], sent: list[float], a_minute: int, expected: list[float]
) -> None:
    assert starts._at_rate(starts_at, sent, a_minute) == expected
