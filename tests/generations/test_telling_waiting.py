"""What a take that stands still says: why, when it is tried again, and what becomes of its money."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation
from generations.services import attempts, expected, submit
from generations.telling import situation
from providers.gateways.errors import Busy
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 14, 30, tzinfo=UTC)
UNREACHABLE = "Venice cannot be reached."


def waiting(project: Any = None, **fields: Any) -> Generation:
    values = {"status": "queued", "wait_reason": UNREACHABLE, **fields}
    return factories.make_take_row(project=project or factories.make_project(), **values)


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(seconds=20), f"{UNREACHABLE} It is tried again in less than a minute."),
        (timedelta(minutes=2), f"{UNREACHABLE} It is tried again at 14:32 UTC."),
        (timedelta(days=2), f"{UNREACHABLE} It is tried again at 12 Mar, 14:30 UTC."),
        (timedelta(days=3000), UNREACHABLE),
        (timedelta(minutes=-1), UNREACHABLE),
    ],
)
def test_it_says_when_it_is_tried_again(ahead, said):
    assert situation.why_waiting(waiting(not_before=NOW + ahead), NOW) == said


def test_a_pause_of_the_account_counts_and_is_the_reason_where_there_is_no_other():
    take = waiting(wait_reason="", not_before=NOW + timedelta(minutes=1))
    take.account.paused_until, take.account.pause_reason = NOW + timedelta(minutes=5), "It asked to wait."
    assert situation.why_waiting(take, NOW) == "It asked to wait. It is tried again at 14:35 UTC."


def test_card_and_page_say_what_is_held_and_how_to_get_it_back(project, bob, signed_in):
    take = waiting(project, not_before=timezone.now() + timedelta(minutes=9))
    for address in (reverse("feed", args=[project.slug]), take.get_absolute_url()):
        page = signed_in(bob).get(address).content.decode()
        assert UNREACHABLE in page and "It is tried again at" in page
        assert "$0.75 is held; cancelling releases it." in page


def test_a_busy_gateway_is_told_in_our_words_and_kept_in_its_own():
    take = waiting(status="submitting", wait_reason="")
    submit._no_job(take, Busy("429 Too Many Requests", retry_after_s=120))
    take.refresh_from_db()
    assert take.wait_reason == f"{take.account.adapter.label} is busy and asked to wait."
    assert "It is tried again at" in situation.why_waiting(take, timezone.now())
    assert take.events.get(kind="not sent").detail["reason"] == "429 Too Many Requests"


@pytest.mark.parametrize(("takes", "known"), [(4, False), (5, True)])
def test_the_usual_time_is_told_from_five_takes_on(takes, known):
    running = factories.make_take_row(status="running")
    for _ in range(takes):
        fields = {"model": running.model, "hold": False}
        took = timedelta(seconds=30)
        factories.make_take_row(status="completed", accepted_at=timezone.now() - took, **fields)
    assert bool(expected.expected_s([running])) is known


@pytest.mark.parametrize(("elapsed", "told"), [(3, True), (20, False)])
def test_a_usual_time_that_has_gone_by_is_not_told(project, bob, signed_in, elapsed, told):
    began = timezone.now() - timedelta(seconds=elapsed)
    take = factories.make_take_row(project=project, status="running", accepted_at=began, eta_s=8.0)
    page = signed_in(bob).get(reverse("feed", args=[project.slug])).content.decode()
    assert bool(re.search(r"of about 0:08", page)) is told
    assert bool(situation.still_ahead(8.0, elapsed)) is told and take.eta_s


@pytest.mark.parametrize(
    "status", ["queued", "submitting", "running", "storing", "uncertain", "needs_consent"]
)
def test_a_take_that_has_not_ended_shows_what_it_starts_from(project, bob, signed_in, status):
    asset = factories.make_asset(project=project, thumb="assets/thumb.webp")
    take = factories.make_take_row(project=project, status=status, inputs=[("first_frame", asset)])
    thumb = reverse("asset-thumb", args=[asset.pk])
    for address in (reverse("feed", args=[project.slug]), take.get_absolute_url()):
        assert f'src="{thumb}"' in signed_in(bob).get(address).content.decode()


def test_an_attempt_that_goes_on_forgets_why_it_waited():
    take = waiting(status="uncertain")
    with time_machine.travel(NOW, tick=False):
        assert attempts.again(take, frm="uncertain", kind="submitted again", actor=take.author)
    assert situation.why_waiting(take, NOW) == ""
