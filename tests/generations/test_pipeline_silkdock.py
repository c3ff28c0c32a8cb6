"""SilkDock's line over real HTTP: a form with a file, the file by its own call, what was made instead."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation, Output, Status
from generations.services import attempts, compose, decide
from generations.telling import history, made, recipe
from providers import ledger
from providers.gateways.values import Job, Role
from tests.generations.desk import SMALL, Desk
from tests.generations.pipeline import Line
from tests.generations.pipeline_battery import PipelineBattery
from tests.media_files import make_jpeg
from tests.providers.sandbox_server import SandboxServer


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer) -> Desk:
    address = sandbox.url_for("silkdock") + "/v1"
    return Desk(sandbox, "silkdock", "seedance-2.0", SMALL, base_url=address)


class TestSilkDock(PipelineBattery):
    name = "silkdock"
    troubles = (
        *("429", "odd status", "new id", "truncated"),
        *("no content", "json file", "redirect] [moved", "expired link"),
    )
    refusals = (
        ("failed", "provider_down", None),
        ("moderated", "moderation", None),
        ("refused", "moderation", False),
        ("forgotten", "lost", None),
    )

    def check_stored(self, take: Generation) -> None:
        assert made.differences(take) == []


def stored_since(sandbox: SandboxServer, moment: float) -> list[dict[str, Any]]:
    """Fetches by link since then; the sandbox runs on this machine's clock."""
    return [row for row in sandbox.requests() if row["at"] >= moment and "/store/" in row["path"]]


def kinds(take: Generation) -> list[str]:
    return list(take.events.values_list("kind", flat=True))


def test_the_version_in_a_typed_address_is_dropped(desk: Desk, sandbox: SandboxServer) -> None:
    assert desk.account.base_url == sandbox.url_for("silkdock")


def test_a_picture_of_the_studio_goes_out_as_a_form(studio: Line, desk: Desk, tmp_path: Any) -> None:
    still = make_jpeg(tmp_path / "still.jpg", (1280, 720))
    take = desk.take("She turns", model="gen4_turbo", files=[(Role.FIRST_FRAME, still)], duration_s=5.0)
    studio.finish(take)
    assert take.status == Status.COMPLETED, take.failure_message
    assert [line["mode"] for line in desk.bills(take)] == ["image_to_video"]
    sent = take.recipe["sent"]["body"]
    assert sent["input_reference"] == f"sha256:{take.inputs.get().asset.sha256}"
    assert (sent["seconds"], sent["extra_body"]) == ("5", '{"resolution":"720p","aspect_ratio":"16:9"}')


def test_what_goes_by_address_only_is_refused_before_it_is_made(desk: Desk, tmp_path: Any) -> None:
    paths = [make_jpeg(tmp_path / f"{name}.jpg", (1280, 720)) for name in "ab"]
    with pytest.raises(compose.Refused, match="PUBLIC_URL"):
        desk.take("It begins", files=list(zip((Role.FIRST_FRAME, Role.LAST_FRAME), paths, strict=True)))
    with pytest.raises(compose.Refused, match="PUBLIC_URL"):
        desk.take("It begins", files=[(Role.FIRST_FRAME, paths[0])], extra={"picture_is": "first frame"})
    assert not Generation.objects.exists()


def test_a_file_that_is_not_ready_goes_back_to_polling(studio: Line, desk: Desk) -> None:
    take = desk.take("A slow kettle [not ready]")
    studio.send()
    studio.run_until(lambda: take.events.filter(kind="not ready").exists())
    take.refresh_from_db()
    assert (take.status, take.finished_at, take.lease_holder) == (Status.RUNNING, None, None)
    assert take.next_poll_at is not None
    studio.finish(take, seconds=40)
    assert take.status == Status.COMPLETED
    assert kinds(take).count("not ready") == 2
    assert kinds(take).count("finished at the gateway") == 3
    assert "store failed" not in kinds(take)
    assert len(desk.bills(take)) == 1


def test_a_cancelled_take_whose_file_is_not_ready_is_polled_on(studio: Line, desk: Desk) -> None:
    take = desk.take("A cold kettle [not ready]")
    studio.send()
    take.refresh_from_db()
    decide.cancel(take.author, take)
    studio.run_until(lambda: Output.objects.filter(generation=take, kind="video").exists())
    take.refresh_from_db()
    assert (take.status, bool(take.trashed_at)) == (Status.CANCELLED, True)
    assert kinds(take).count("not ready") == 2
    assert not ledger.open_holds().exists()


def test_the_link_is_asked_only_where_the_stream_fails(
    studio: Line, sandbox: SandboxServer, desk: Desk
) -> None:
    began = time.time()
    studio.finish(desk.take("A plain stream"))
    assert not stored_since(sandbox, began)
    studio.finish(desk.take("A broken stream [no content]"))
    fetched = stored_since(sandbox, began)
    assert len(fetched) == 1
    assert not any("authorization" in row["headers"] for row in fetched)


def test_a_link_may_lead_on(studio: Line, sandbox: SandboxServer, desk: Desk) -> None:
    began = time.time()
    take = studio.finish(desk.take(desk.prompt("no content] [moved")))
    assert take.status == Status.COMPLETED, take.wait_reason
    fetched = stored_since(sandbox, began)
    assert len(fetched) == 2 and not any("authorization" in row["headers"] for row in fetched)


@pytest.mark.parametrize(
    ("word", "fetches", "reason"),
    [
        ("moved inside", 1, "lies in a private network"),
        ("moved scheme", 1, "Only http and https"),
        ("moved round", 4, "redirects elsewhere, which is not followed"),
    ],
)
def test_each_address_that_a_link_leads_on_to_is_checked(
    studio: Line, sandbox: SandboxServer, desk: Desk, word: str, fetches: int, reason: str
) -> None:
    began = time.time()
    take = desk.take(desk.prompt(f"no content] [{word}"))
    studio.send()
    studio.run_until(lambda: take.events.filter(kind="store failed").exists())
    assert reason in take.events.filter(kind="store failed")[0].detail["reason"]
    assert len(stored_since(sandbox, began)) == fetches
    take.refresh_from_db()
    assert take.status == Status.STORING and not take.outputs.exists()


def test_a_private_second_address_is_not_fetched(studio: Line, desk: Desk) -> None:
    take = studio.finish(desk.take("A locked door [no content] [private link]"), seconds=60)
    assert (take.status, bool(take.parked_at)) == (Status.STORING, True)
    assert not take.outputs.exists()


@pytest.mark.parametrize("key", ["sandbox-empty", "sandbox-empty-400", "sandbox-empty-429"])
def test_a_spent_budget_stops_the_account_and_is_not_tried_again(studio: Line, desk: Desk, key: str) -> None:
    desk.account.set_key(key)
    desk.account.save()
    take = studio.finish(desk.take("A coin rolls"))
    assert (take.status, take.failure_class, take.failure_billed) == (Status.FAILED, "no_balance", False)
    desk.account.refresh_from_db()
    assert desk.account.is_paused()


def test_a_long_id_is_kept_and_shown_to_nobody(studio: Line, desk: Desk) -> None:
    take = desk.take("A long name")
    studio.send()
    take.refresh_from_db()
    assert len(take.job_id) > 90 and {"+", "/", "="} <= set(take.job_id)
    told = [line.more for line in history.lines_of(take)]
    told += [row.shown for row in recipe.rows(take)] + [str(recipe.document(take))]
    assert not any(take.job_id in text for text in told)


def test_an_id_of_a_thousand_characters_fits(studio: Line, desk: Desk) -> None:
    take = desk.take("The longest name")
    Generation.objects.filter(pk=take.pk).update(status=Status.SUBMITTING, submitted_at=timezone.now())
    take.refresh_from_db()
    assert attempts.accept(take, Job(id="x" * 1024, model="seedance-2.0"))
    take.refresh_from_db()
    assert take.job_id == "x" * 1024


def test_the_cost_that_the_submit_told_is_settled(studio: Line, desk: Desk) -> None:
    take = desk.take("A till rings [cost]")
    assert take.held_usd is None
    studio.finish(take)
    assert (take.status, take.actual_usd, take.actual_basis) == (Status.COMPLETED, Decimal("0.8"), "actual")


def test_the_cost_of_a_failed_take_is_settled_as_told(studio: Line, desk: Desk) -> None:
    take = studio.finish(desk.take("A till breaks [cost] [failed]"))
    take.refresh_from_db()
    assert (take.status, take.failure_billed) == (Status.FAILED, None)
    assert (take.actual_usd, take.actual_basis) == (Decimal("0.8"), "actual")


def test_a_replaced_size_is_told_before_and_after(studio: Line, desk: Desk, client: Any) -> None:
    take = desk.take(
        "A wide plain", duration_s=4.0, resolution="1080p", aspect_ratio="21:9", generate_audio=False
    )
    studio.send()
    take.refresh_from_db()
    assert made.differences(take) == ["Asked for 1080p; SilkDock makes 720p."]
    client.force_login(take.author)
    page = client.get(reverse("take", args=[take.pk])).content.decode()
    assert "Asked for 1080p; SilkDock makes 720p." in page
    studio.finish(take, seconds=120)
    assert made.differences(take) == ["Asked for 1080p 21:9; the clip has 1280 × 720."]
    page = client.get(reverse("take", args=[take.pk])).content.decode()
    assert "Asked for 1080p 21:9; the clip has 1280 × 720." in page


def test_a_clip_without_the_sound_that_was_asked_for(studio: Line, desk: Desk) -> None:
    take = studio.finish(desk.take("A bell [silent]", generate_audio=True))
    assert made.differences(take) == ["Asked for sound; the clip has none."]


def test_a_stuck_job_goes_overdue(studio: Line, desk: Desk) -> None:
    take = desk.take("A stone rolls [stuck]")
    studio.send()
    studio.turn()
    late = timezone.now() - timedelta(seconds=1)
    Generation.objects.filter(pk=take.pk).update(deadline_at=late, next_poll_at=timezone.now())
    studio.turn()
    take.refresh_from_db()
    assert take.status == Status.RUNNING
    assert take.events.filter(kind="overdue").count() == 1
