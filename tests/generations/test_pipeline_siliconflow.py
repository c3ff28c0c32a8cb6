"""SiliconFlow through the whole line: a link of ten minutes that is never renewed, no list of jobs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from generations.models import Generation, Status
from tests.generations.desk import Desk
from tests.generations.pipeline import Line
from tests.generations.pipeline_battery import PipelineBattery
from tests.providers.sandbox_server import SandboxServer


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer) -> Desk:
    """Its clips are always five seconds of 720p."""
    values = {"aspect_ratio": "16:9", "seed": 123}
    return Desk(sandbox, "siliconflow", "Wan-AI/Wan2.2-T2V-A14B", values, submits_per_min=60)


class TestSiliconFlow(PipelineBattery):
    name = "siliconflow"
    troubles = ("truncated", "429", "odd status", "top videos")
    refusals = (
        ("failed", "provider_down", False),
        ("moderated", "provider_down", False),
        ("refused", "invalid_input", False),
        ("forgotten", "lost", None),
        ("no url", "lost", None),
        ("expired link", "expired_result", True),
    )
    clip_s, within_s = 5.0, 120

    def check_stored(self, take: Generation) -> None:
        assert take.actual_usd == Decimal("0.29")
        assert take.job_handle["seed"] == 123
        assert take.job_request_id.startswith("ti_")
        assert timedelta(0) < take.result_expires_at - take.finished_at <= timedelta(minutes=10)


def due_now(take: Generation) -> None:
    Generation.objects.filter(pk=take.pk).update(not_before=None)


def test_a_no_that_may_be_a_slip_is_asked_once_more(studio: Line, desk: Desk) -> None:
    take = desk.take(desk.prompt("submit 400 model once"))
    studio.send()
    take.refresh_from_db()
    assert (take.status, take.attempt) == (Status.QUEUED, 1)
    assert timedelta(seconds=50) < take.not_before - timezone.now() <= timedelta(seconds=60)
    due_now(take)
    studio.finish(take, seconds=120)
    assert take.status == Status.COMPLETED, take.failure_message
    assert len(desk.bills(take)) == 1
