"""Token360 through the whole line: its list of jobs, links, clips that are edited, references."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from generations.models import Generation, Status
from generations.services.again import retry
from providers.gateways.values import Role
from tests.generations.desk import SMALL, Desk
from tests.generations.pipeline import Line
from tests.generations.pipeline_battery import PipelineBattery
from tests.media_files import make_mp4, make_wav
from tests.providers.sandbox_server import SandboxServer


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer) -> Desk:
    return Desk(sandbox, "token360", "seedance-2.0-fast", SMALL)


class TestToken360(PipelineBattery):
    name = "token360"
    troubles = ("expired link", "truncated", "429", "odd status", "no url")
    refusals = (
        ("failed", "provider_down", False),
        ("moderated", "moderation", False),
        ("refused", "moderation", False),
        ("forgotten", "lost", None),
    )

    def check_stored(self, take: Generation) -> None:
        assert take.actual_usd == take.held_usd > Decimal(0)

    def after_no_answer(self, studio: Line, desk: Desk, take: Generation) -> None:
        """It is found in the list of jobs."""
        assert studio.finish(take).status == Status.COMPLETED


@pytest.mark.both_databases
def test_four_copies_with_lost_answers_find_four_jobs(studio: Line, desk: Desk) -> None:
    takes = [desk.take("Snow on cedars [lost answer]") for _ in range(4)]
    for take in takes:
        studio.finish(take, seconds=40)
    assert {take.status for take in takes} == {Status.COMPLETED}
    assert len(desk.bills(takes[0])) == 4


def test_a_damaged_file_never_counts_as_completed(studio: Line, desk: Desk) -> None:
    take = studio.finish(desk.take("A clock tower [damaged]"), seconds=60)
    assert take.status == Status.STORING
    assert take.parked_at is not None
    assert not take.outputs.exists()


def test_a_link_to_a_private_address_is_not_fetched(studio: Line, desk: Desk) -> None:
    take = studio.finish(desk.take("A bridge in the rain [private link]"), seconds=40)
    assert take.status != Status.COMPLETED
    assert take.parked_at is not None


def test_a_take_that_says_when_to_give_up_is_overdue_then(studio: Line, desk: Desk) -> None:
    take = desk.take(desk.prompt(), extra={"execution_expires_after": 7200})
    studio.send()
    take.refresh_from_db()
    assert take.deadline_at - take.accepted_at == timedelta(hours=2)


def test_references_go_out_in_the_order_chosen(studio: Line, desk: Desk, tmp_path: Any) -> None:
    clip, sound = make_mp4(tmp_path / "drum.mp4", 3.0), make_wav(tmp_path / "drum.wav", 3.0)
    files = [(Role.REFERENCE_AUDIO, sound), (Role.REFERENCE_VIDEO, clip)]
    take = desk.take("A drum is heard", model=desk.model, files=files)
    studio.send()
    take.refresh_from_db()
    sent = take.recipe["sent"]["body"]["input_references"]
    assert [item["type"] for item in sent] == ["audio_url", "video_url"]


def test_a_refused_sound_names_the_change_with_which_it_may_pass(studio: Line, desk: Desk) -> None:
    loud = studio.finish(desk.take(desk.prompt("moderated"), generate_audio=True))
    assert (loud.status, loud.failure_mend) == (Status.FAILED, {"generate_audio": False})
    quiet = studio.finish(retry(desk.user, loud, key="k", shown_usd=None, mended=True))
    assert quiet.request["generate_audio"] is False and quiet.failure_mend == {}
