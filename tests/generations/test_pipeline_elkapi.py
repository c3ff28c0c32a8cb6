"""ElkAPI through the whole line, over real HTTP: every way to ask, every route to the file."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation, Output, Status
from generations.services.compose import Refused
from providers import ledger
from providers.gateways.values import AUTO_S, Role
from providers.models import VideoModel
from tests.generations.desk import SMALL, Desk
from tests.generations.pipeline import Line
from tests.generations.pipeline_battery import PipelineBattery
from tests.media_files import make_jpeg, make_mp4
from tests.providers.sandbox_server import SandboxServer

FAST = "doubao-seedance-2-0-fast-260128"


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer) -> Desk:
    return Desk(sandbox, "elkapi", FAST, SMALL)


class TestElkAPI(PipelineBattery):
    name = "elkapi"
    troubles = (
        *("expired link", "no url", "redirect] [expired link] [moved", "truncated", "no url] [truncated"),
        *("429", "odd status"),
        *("old build", "flat only", "v2", "v3", "v4", "v5", "v6", "v7"),
    )
    refusals = (
        ("failed", "provider_down", False),
        ("moderated", "moderation", False),
        ("refused", "moderation", False),
        ("timed out", "provider_down", False),
        ("expired job", "provider_down", False),
        ("gone", "expired_result", True),
    )


def test_a_take_becomes_a_stored_clip_at_the_cost_of_its_tokens(studio: Line, desk: Desk) -> None:
    take = desk.take("A heron over the reeds, elk")
    assert take.price_basis == "estimated" and take.held_usd == Decimal("0.23")
    studio.finish(take)
    assert take.status == Status.COMPLETED, take.failure_message
    clip = take.outputs.get(kind=Output.Kind.VIDEO)
    assert clip.duration_s == pytest.approx(4.0, abs=0.1) and (clip.width, clip.height) == (864, 496)
    assert (take.actual_usd, take.actual_basis) == (Decimal("0.227327"), "usage")  # 40,594 at 5.60 a million
    assert not ledger.open_holds().exists()
    assert len(desk.bills(take)) == 1
    assert take.recipe["sent"]["body"]["metadata"]["execution_expires_after"] == 7200


@pytest.mark.django_db
def test_4k_is_stored_as_it_comes_and_its_kind_is_told(studio: Line, desk: Desk, signed_in: Any) -> None:
    """Ten bits of HEVC, as the vendor sends 4k: probed, with its pictures, and said on the take's page."""
    model = "doubao-seedance-2-0-260128"
    values = {"duration_s": 4.0, "resolution": "4k", "aspect_ratio": "16:9", "generate_audio": False}
    take = desk.take("A heron in all its lines, elk", model=model, **values)
    assert take.held_usd == Decimal("3.15")  # 785,700 at 4 dollars a million
    studio.finish(take, seconds=240, derived=True)
    assert take.status == Status.COMPLETED, take.failure_message
    clip = take.outputs.get(kind=Output.Kind.VIDEO)
    assert (clip.width, clip.height, clip.facts["video_codec"]) == (3840, 2160, "hevc")
    assert {"poster", "strip", "last_frame"} < set(take.outputs.values_list("kind", flat=True))
    assert take.actual_usd == Decimal("3.142800")
    page = signed_in(desk.user).get(reverse("take", args=[take.pk])).content.decode()
    assert "HEVC; not every browser plays it" in page


def test_another_way_to_ask_is_kept_with_the_take(studio: Line, desk: Desk) -> None:
    take = desk.take("A gull, elk [flat only] [stuck]")
    studio.send()
    Generation.objects.filter(pk=take.pk).update(next_poll_at=timezone.now())
    studio.tick()
    take.refresh_from_db()
    assert take.status == Status.RUNNING and take.job_handle["flat"] is True and take.job_handle["sent_at"]


def test_an_unknown_job_is_lost_after_its_first_minute_only(studio: Line, desk: Desk) -> None:
    take = desk.take("A hare, elk [forgotten]")
    studio.send()
    for _ in range(4):
        Generation.objects.filter(pk=take.pk).update(next_poll_at=timezone.now())
        studio.turn()
    take.refresh_from_db()
    assert (take.status, take.denials) == (Status.RUNNING, 0)
    Generation.objects.filter(pk=take.pk).update(
        job_handle={"sent_at": 1760000000}, next_poll_at=timezone.now()
    )
    studio.finish(take)
    assert (take.status, take.failure_class, take.failure_billed) == (Status.FAILED, "lost", None)


def test_a_key_that_gives_out_later_does_not_fail_the_take(studio: Line, desk: Desk) -> None:
    take = desk.take("A barge, elk [poll 401]")
    studio.send()
    Generation.objects.filter(pk=take.pk).update(next_poll_at=timezone.now())
    studio.turn()
    take.refresh_from_db()
    take.account.refresh_from_db()
    assert take.status == Status.RUNNING and take.account.is_paused()
    type(take.account).objects.update(paused_until=None)
    Generation.objects.filter(pk=take.pk).update(next_poll_at=timezone.now() - timedelta(seconds=1))
    assert studio.finish(take).status == Status.COMPLETED


def test_an_empty_balance_pauses_the_account(studio: Line, sandbox: SandboxServer) -> None:
    desk = Desk(sandbox, "elkapi", FAST, SMALL, key="sandbox-empty-elk")
    take = desk.take("A pier, elk")
    studio.send()
    take.refresh_from_db()
    desk.account.refresh_from_db()
    assert (take.status, take.failure_class, take.failure_billed) == (Status.FAILED, "no_balance", False)
    assert desk.account.is_paused() and not desk.bills(take)


def test_length_and_ratio_may_be_left_to_the_model(studio: Line, desk: Desk) -> None:
    take = desk.take("A kite over dunes, elk", duration_s=AUTO_S, aspect_ratio="adaptive")
    assert take.held_usd > Decimal("0.8")  # fifteen seconds of the largest size
    studio.finish(take)
    assert take.recipe["sent"]["body"]["metadata"]["duration"] == -1
    assert take.outputs.get(kind=Output.Kind.VIDEO).duration_s == pytest.approx(5.0, abs=0.1)
    assert take.actual_usd < take.held_usd


def test_pictures_go_out_with_their_roles(studio: Line, desk: Desk, tmp_path: Any) -> None:
    first, last = make_jpeg(tmp_path / "a.jpg", (1280, 720)), make_jpeg(tmp_path / "b.jpg", (1280, 700))
    for roles in ([Role.FIRST_FRAME, Role.LAST_FRAME], [Role.REFERENCE_IMAGE, Role.REFERENCE_IMAGE]):
        take = desk.take(f"A door opens, elk, {roles[0]}", files=list(zip(roles, (first, last), strict=True)))
        studio.send()
        take.refresh_from_db()
        content = take.recipe["sent"]["body"]["metadata"]["content"]
        assert [item["role"] for item in content] == roles


def test_a_face_is_refused_with_advice(studio: Line, desk: Desk, tmp_path: Any) -> None:
    face = make_jpeg(tmp_path / "face.jpg", (1280, 720))
    take = studio.finish(desk.take("She smiles, elk [face] [masked]", files=[(Role.FIRST_FRAME, face)]))
    assert (take.failure_class, take.failure_billed) == ("moderation", False)
    assert "real person" in take.failure_message and "drawn" in take.failure_hint


def test_a_clip_needs_a_public_address(desk: Desk, tmp_path: Any) -> None:
    clip = make_mp4(tmp_path / "a.mp4", 3.0, (1280, 720))
    with pytest.raises(Refused, match="public address"):
        desk.take("A wave, elk", files=[(Role.REFERENCE_VIDEO, clip)])


def test_flags_in_a_prompt_are_refused_at_once(desk: Desk) -> None:
    with pytest.raises(Refused, match="read as a setting"):
        desk.take("A wave, elk --dur 12")


def test_a_price_that_cannot_be_read_any_more_does_not_stop_the_clip(studio: Line, desk: Desk) -> None:
    take = desk.take("A bell, elk")
    studio.send()
    VideoModel.objects.filter(pk=take.model_id).update(price_rule={"per": "moon"})
    studio.finish(take)
    assert take.status == Status.COMPLETED and take.actual_usd == take.held_usd
