"""The line from a queued row to a stored clip, over real HTTP, step by step in this process."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from generations.models import ConsentRecord, Generation, Output, Status
from generations.services import attempts, audit, consent, decide
from generations.services.compose import Wish, compose
from generations.services.create import create_generations
from generations.services.outgoing import prepare
from generations.storage import media_store
from providers import accounts, ledger
from providers.gateways.values import Job, Mode, Role
from providers.models import VideoModel
from tests.factories import make_account, make_project, make_take, make_user, model_of, save_asset
from tests.generations.pipeline import Line
from tests.media_files import make_jpeg, make_mp4, make_wav
from tests.providers.sandbox_server import SandboxServer

pytestmark = [pytest.mark.both_databases]


@pytest.fixture
def account(studio: Line, sandbox: SandboxServer) -> Any:
    return make_account("token360", base_url=sandbox.url_for("token360"))


@pytest.fixture
def take_of(account: Any) -> Any:
    user = make_user()
    project = make_project(user)
    model = model_of(account, "seedance-2.0-fast")

    def make(prompt: str, **values: Any) -> Generation:
        values = {"duration_s": 4.0, "resolution": "480p", "aspect_ratio": "16:9", **values}
        return make_take(user, project, model, prompt=prompt, **values)

    return make


def bills(sandbox: SandboxServer, take: Generation) -> list[dict[str, Any]]:
    mine = (take.prompt, take.account.gateway)
    return [entry for entry in sandbox.bill() if (entry["prompt"], entry["dialect"]) == mine]


def test_a_take_becomes_a_stored_clip(studio: Line, sandbox: SandboxServer, take_of: Any) -> None:
    take = studio.finish(take_of("A heron lifts off the reeds"))
    assert take.status == Status.COMPLETED
    clip = take.outputs.get(kind=Output.Kind.VIDEO)
    assert clip.duration_s == pytest.approx(4.0, abs=0.1)
    assert media_store().path(clip.file).stat().st_size == clip.size_bytes
    assert len(bills(sandbox, take)) == 1


def test_derivatives_follow(studio: Line, take_of: Any) -> None:
    take = studio.finish(take_of("A kite over dunes"))
    assert set(take.outputs.values_list("kind", flat=True)) == set(Output.Kind.values)


def test_the_hold_is_settled(studio: Line, take_of: Any) -> None:
    take = take_of("Rain on a tin roof")
    assert [hold.take_id for hold in ledger.open_holds()] == [take.pk]
    studio.finish(take)
    assert not ledger.open_holds().exists()
    assert take.actual_usd == take.held_usd > Decimal(0)


@pytest.mark.parametrize(
    "word", ["expired link", "truncated", "429", "500", "503", "html", "not json", "odd status", "no url"]
)
def test_trouble_on_the_way_is_got_over(
    studio: Line, sandbox: SandboxServer, take_of: Any, word: str
) -> None:
    take = studio.finish(take_of(f"A lighthouse in fog [{word}]"), seconds=40)
    assert take.status == Status.COMPLETED, take.failure_message
    assert len(bills(sandbox, take)) == 1


@pytest.mark.parametrize(
    ("word", "failure_class", "billed"),
    [
        ("failed", "provider_down", False),
        ("moderated", "moderation", False),
        ("refused", "moderation", False),
        ("forgotten", "lost", None),
    ],
)
def test_a_definite_no_ends_it(
    studio: Line, take_of: Any, word: str, failure_class: str, billed: bool | None
) -> None:
    take = studio.finish(take_of(f"A fox crosses a road [{word}]"))
    assert (take.status, take.failure_class, take.failure_billed) == (Status.FAILED, failure_class, billed)
    assert not ledger.open_holds().exists()


def test_a_lost_answer_is_found_in_the_list(studio: Line, sandbox: SandboxServer, take_of: Any) -> None:
    take = take_of("A tram at night [lost answer]")
    studio.send()
    take.refresh_from_db()
    assert take.status == Status.UNCERTAIN
    studio.finish(take)
    assert take.status == Status.COMPLETED
    assert len(bills(sandbox, take)) == 1


def test_four_copies_with_lost_answers_find_four_jobs(
    studio: Line, sandbox: SandboxServer, take_of: Any
) -> None:
    takes = [take_of("Snow on cedars [lost answer]") for _ in range(4)]
    for take in takes:
        studio.finish(take, seconds=40)
    assert {take.status for take in takes} == {Status.COMPLETED}
    assert len(bills(sandbox, takes[0])) == 4


def test_a_damaged_file_never_counts_as_completed(studio: Line, take_of: Any) -> None:
    take = studio.finish(take_of("A clock tower [damaged]"), seconds=60)
    assert take.status == Status.STORING
    assert take.parked_at is not None
    assert not take.outputs.exists()
    assert take.wait_reason.startswith("The gateway sent a file") and "ownload" not in take.wait_reason


def test_a_take_whose_file_is_damaged_is_given_up_and_paid_for(studio: Line, take_of: Any) -> None:
    take = studio.finish(take_of("A clock tower [damaged]"), seconds=60)
    assert ledger.open_holds().exists() and not take.is_final
    decide.cancel(take.author, take)
    studio.turn()
    take.refresh_from_db()
    assert (take.status, take.parked_at, take.trashed_at) == (Status.CANCELLED, None, None)
    assert not ledger.open_holds().exists() and not audit.drift()
    assert ledger.lines_of(take.pk).last().kind == "settle" and take.actual_usd == take.held_usd


def test_a_link_to_a_private_address_is_not_fetched(studio: Line, take_of: Any) -> None:
    take = studio.finish(take_of("A bridge in the rain [private link]"), seconds=40)
    assert take.status != Status.COMPLETED
    assert take.parked_at is not None


@pytest.mark.parametrize("mode", [Mode.EDIT, Mode.EXTEND])
def test_a_clip_is_edited_or_made_longer(
    studio: Line, sandbox: SandboxServer, account: Any, tmp_path: Any, mode: Mode
) -> None:
    user = make_user()
    project = make_project(user)
    source = save_asset(user, project, make_mp4(tmp_path / "source.mp4", 3.0))
    wish = Wish(
        model_of(account, "seedance-2.0-fast"),
        {"prompt": f"The tide comes in, {mode}", "extra": {"execution_expires_after": 7200}},
        [(Role.SOURCE_VIDEO, source.pk)],
        mode=mode,
    )
    take = create_generations(user, [compose(user, project, wish)])[0]
    studio.finish(take)
    assert (take.status, take.mode) == (Status.COMPLETED, mode), take.failure_message
    assert take.deadline_at - take.accepted_at == timedelta(hours=2)
    assert [entry["mode"] for entry in bills(sandbox, take)] == [mode]
    assert take.recipe["sent"]["body"]["input_references"][0]["role"] == f"{mode}_source"


def test_a_clip_and_a_sound_serve_as_references(
    studio: Line, sandbox: SandboxServer, take_of: Any, tmp_path: Any
) -> None:
    take = take_of("A drum answers")
    user, project = take.author, take.project
    clip = save_asset(user, project, make_mp4(tmp_path / "drum.mp4", 3.0))
    sound = save_asset(user, project, make_wav(tmp_path / "drum.wav", 3.0))
    inputs = [(Role.REFERENCE_AUDIO, sound.pk), (Role.REFERENCE_VIDEO, clip.pk)]
    second = make_take(user, project, take.model, prompt="A drum is heard", inputs=inputs)
    studio.finish(second)
    assert second.status == Status.COMPLETED, second.failure_message
    sent = second.recipe["sent"]["body"]["input_references"]
    assert [item["type"] for item in sent] == ["audio_url", "video_url"]
    assert [entry["mode"] for entry in bills(sandbox, second)] == ["reference_to_video"]


# -- Venice: polled by POST, the file as bytes or behind a one-time link ---------------------------


@pytest.fixture
def venice(studio: Line, sandbox: SandboxServer) -> Any:
    return make_account("venice", base_url=sandbox.url_for("venice"))


@pytest.fixture
def venice_take(venice: Any) -> Any:
    user = make_user()
    project = make_project(user)

    def make(model: str, prompt: str, *, inputs: Any = (), **values: Any) -> Generation:
        made = model_of(venice, model)
        # as an administrator does for an unlisted one
        VideoModel.objects.filter(pk=made.pk).update(allowed=True)
        picked = [(role, save_asset(user, project, path).pk) for role, path in inputs]
        return make_take(user, project, made, prompt=prompt, inputs=picked, **values)

    return make


@pytest.mark.parametrize("word", ["", "[truncated]", "[429]", "[500]", "[503]", "[html]", "[expired link]"])
@pytest.mark.parametrize("model", ["wan-2.6-text-to-video", "grok-imagine-text-to-video-private"])
def test_venice_sends_bytes_or_a_link(
    studio: Line, sandbox: SandboxServer, venice_take: Any, model: str, word: str
) -> None:
    take = studio.finish(venice_take(model, f"A paper boat, {model} {word}"), seconds=40)
    assert take.status == Status.COMPLETED, take.failure_message
    assert len(bills(sandbox, take)) == 1
    assert take.price_basis == "quoted"


def test_venice_answer_lost_waits_for_a_person(
    studio: Line, sandbox: SandboxServer, venice_take: Any
) -> None:
    take = venice_take("wan-2.6-text-to-video", "A ferry leaves [lost answer]")
    studio.send()
    studio.turn()
    take.refresh_from_db()
    assert (take.status, take.next_poll_at) == (Status.UNCERTAIN, None)
    assert len(bills(sandbox, take)) == 1
    assert ledger.open_holds().count() == 1


def test_a_person_submits_the_lost_one_again(studio: Line, sandbox: SandboxServer, venice_take: Any) -> None:
    take = venice_take("wan-2.6-text-to-video", "A ferry returns [lost answer]")
    studio.send()
    take.refresh_from_db()
    decide.submit_again(take.author, take)
    assert (take.status, take.attempt) == (Status.QUEUED, 2)
    assert ledger.open_holds().get().attempt == 2


def test_consent_round(studio: Line, sandbox: SandboxServer, venice_take: Any, tmp_path: Any) -> None:
    face = make_jpeg(tmp_path / "face.jpg", (1280, 720))
    take = venice_take(
        "seedance-2-0-fast-image-to-video",
        "She turns to us [face]",
        inputs=[(Role.FIRST_FRAME, face)],
        duration_s=4.0,
        resolution="480p",
    )
    studio.send()
    take.refresh_from_db()
    assert take.status == Status.NEEDS_CONSENT
    assert not ledger.open_holds().exists()
    assert not bills(sandbox, take)
    ticks = dict.fromkeys(take.consent["statements"], True)
    with pytest.raises(consent.NotAttested):
        consent.attest(
            take.author,
            take,
            {**ticks, next(iter(ticks)): False},
            text_sha256=take.consent["text_sha256"],
            address="127.0.0.1",
        )
    consent.attest(take.author, take, ticks, text_sha256=take.consent["text_sha256"], address="127.0.0.1")
    studio.finish(take)
    assert take.status == Status.COMPLETED, take.failure_message
    assert ConsentRecord.objects.get().inputs[0]["sha256"] == take.inputs.get().asset.sha256
    assert len(bills(sandbox, take)) == 1


def test_another_person_is_asked_by_us(
    studio: Line, sandbox: SandboxServer, venice_take: Any, tmp_path: Any
) -> None:
    face = make_jpeg(tmp_path / "face2.jpg", (1280, 700))
    wanted = {"inputs": [(Role.FIRST_FRAME, face)], "duration_s": 4.0, "resolution": "480p"}
    first = venice_take("seedance-2-0-fast-image-to-video", "He smiles [face]", **wanted)
    studio.send()
    first.refresh_from_db()
    ticks = dict.fromkeys(first.consent["statements"], True)
    digest = first.consent["text_sha256"]
    consent.attest(first.author, first, ticks, text_sha256=digest, address=None)
    studio.finish(first)
    colleague = make_user()
    first.project.memberships.create(user=colleague, role="editor")
    second = make_take(
        colleague,
        first.project,
        first.model,
        prompt="He laughs [face]",
        duration_s=4.0,
        resolution="480p",
        inputs=[(Role.FIRST_FRAME, first.inputs.get().asset_id)],
    )
    studio.send()
    second.refresh_from_db()
    assert second.status == Status.NEEDS_CONSENT
    assert second.consent["ours"] is True
    assert not [r for r in sandbox.bill() if r["prompt"] == second.prompt]
    consent.attest(colleague, second, ticks, text_sha256=digest, address=None)
    studio.finish(second)
    assert second.status == Status.COMPLETED
    assert "consents" not in str(second.recipe["sent"]["body"])


# -- SiliconFlow: polled by POST, a link of ten minutes that is never renewed, no list of jobs ------


# Its clips are always five seconds of 720p; one prompt for all lets most tests share one rendering.


@pytest.fixture
def silicon_take(studio: Line, sandbox: SandboxServer) -> Any:
    account = make_account("siliconflow", base_url=sandbox.url_for("siliconflow"), submits_per_min=60)
    user = make_user()
    project = make_project(user)

    def make(prompt: str, *, still: Any = None, **values: Any) -> Generation:
        made = model_of(account, f"Wan-AI/Wan2.2-{'I2V' if still else 'T2V'}-A14B")
        inputs = [(Role.FIRST_FRAME, save_asset(user, project, still).pk)] if still else []
        return make_take(user, project, made, prompt=prompt, inputs=inputs, aspect_ratio="16:9", **values)

    return make


@pytest.mark.parametrize(
    "word",
    ["", "truncated", "429", "500", "503", "html", "not json", "odd status", "503 submit", "top videos"],
)
def test_siliconflow_takes_are_stored(
    studio: Line, sandbox: SandboxServer, silicon_take: Any, word: str
) -> None:
    take = studio.finish(silicon_take(f"A paper boat on a pond [{word}]", seed=123), seconds=120)
    assert take.status == Status.COMPLETED, take.failure_message
    assert take.outputs.get(kind=Output.Kind.VIDEO).duration_s == pytest.approx(5.0, abs=0.1)
    assert take.actual_usd == Decimal("0.29")
    assert len(bills(sandbox, take)) == 1
    assert take.job_handle["seed"] == 123
    assert take.job_request_id.startswith("ti_")
    assert timedelta(0) < take.result_expires_at - take.finished_at <= timedelta(minutes=10)


def test_siliconflow_makes_a_still_move(
    studio: Line, sandbox: SandboxServer, silicon_take: Any, tmp_path: Any
) -> None:
    take = silicon_take("The sail fills", still=make_jpeg(tmp_path / "sail.jpg", (1280, 720)))
    studio.finish(take, seconds=120)
    assert take.status == Status.COMPLETED, take.failure_message
    assert [entry["mode"] for entry in bills(sandbox, take)] == ["image_to_video"]
    assert take.recipe["sent"]["body"]["image"].startswith("sha256:")


@pytest.mark.parametrize(
    ("word", "failure_class", "billed"),
    [
        ("failed", "provider_down", False),
        ("moderated", "provider_down", False),
        ("refused", "invalid_input", False),
        ("forgotten", "lost", None),
        ("no url", "lost", None),
        ("expired link", "expired_result", True),
    ],
)
def test_siliconflow_says_no(
    studio: Line, silicon_take: Any, word: str, failure_class: str, billed: bool | None
) -> None:
    take = studio.finish(silicon_take(f"A paper boat on a pond [{word}]"), seconds=120)
    assert (take.status, take.failure_class, take.failure_billed) == (Status.FAILED, failure_class, billed)
    assert not ledger.open_holds().exists()


@pytest.mark.parametrize("word", ["lost answer", "500 submit", "504 submit"])
def test_siliconflow_submits_of_unknown_end_wait_for_a_person(
    studio: Line, sandbox: SandboxServer, silicon_take: Any, word: str
) -> None:
    take = silicon_take(f"A paper boat on a pond [{word}]")
    studio.send()
    studio.turn()
    take.refresh_from_db()
    assert (take.status, take.next_poll_at) == (Status.UNCERTAIN, None)
    assert len(bills(sandbox, take)) == 1
    assert ledger.open_holds().count() == 1


def due_now(take: Generation) -> None:
    Generation.objects.filter(pk=take.pk).update(not_before=None)


def test_a_no_that_may_be_a_slip_is_asked_once_more(
    studio: Line, sandbox: SandboxServer, silicon_take: Any
) -> None:
    take = silicon_take("A paper boat on a pond [no such model]")
    studio.send()
    take.refresh_from_db()
    assert (take.status, take.attempt) == (Status.QUEUED, 1)
    assert timedelta(seconds=50) < take.not_before - timezone.now() <= timedelta(seconds=60)
    due_now(take)
    studio.finish(take, seconds=120)
    assert take.status == Status.COMPLETED, take.failure_message
    assert len(bills(sandbox, take)) == 1


def test_the_same_no_twice_is_believed(studio: Line, silicon_take: Any) -> None:
    take = silicon_take("A lantern goes out")
    VideoModel.objects.filter(pk=take.model_id).update(wire_id="Wan-AI/Wan1.0")
    studio.send()
    due_now(take)
    studio.send()
    take.refresh_from_db()
    assert (take.status, take.failure_class) == (Status.FAILED, "invalid_input")
    assert take.events.filter(kind="not sent").count() == 1
    assert not ledger.open_holds().exists()


def test_cancelling_an_accepted_take_keeps_its_clip_in_the_trash(studio: Line, take_of: Any) -> None:
    take = take_of("A canal in winter")
    studio.send()
    take.refresh_from_db()
    decide.cancel(take.author, take)
    assert ledger.open_holds().count() == 1
    studio.run_until(lambda: Output.objects.filter(generation=take, kind="video").exists())
    take.refresh_from_db()
    assert (take.status, bool(take.trashed_at)) == (Status.CANCELLED, True)
    assert not ledger.open_holds().exists()
    assert take.actual_usd == take.held_usd


def test_a_stuck_job_goes_overdue_and_can_be_dropped(studio: Line, take_of: Any) -> None:
    take = take_of("A stone rolls [stuck]")
    studio.send()
    studio.turn()
    Generation.objects.filter(pk=take.pk).update(
        deadline_at=timezone.now() - timedelta(seconds=1), next_poll_at=timezone.now()
    )
    studio.turn()
    take.refresh_from_db()
    assert take.status == Status.RUNNING
    assert take.events.filter(kind="overdue").count() == 1
    decide.drop(take.author, take)
    assert take.status == Status.CANCELLED


def test_an_abandoned_submit_becomes_uncertain(studio: Line, take_of: Any) -> None:
    take = take_of("A bell rings once")
    now = timezone.now()
    Generation.objects.filter(pk=take.pk).update(
        status=Status.SUBMITTING, submitted_at=now, lease_until=now - timedelta(seconds=1)
    )
    assert attempts.recover_submitting() == 1
    take.refresh_from_db()
    assert take.status == Status.UNCERTAIN


def test_a_price_above_the_hold_is_not_sent(studio: Line, sandbox: SandboxServer, venice_take: Any) -> None:
    take = venice_take("wan-2.6-text-to-video", "A price goes up")
    Generation.objects.filter(pk=take.pk).update(
        held_usd=Decimal("0.01"), priced_at=timezone.now() - timedelta(minutes=2)
    )
    studio.send()
    take.refresh_from_db()
    assert (take.status, take.failure_class) == (Status.FAILED, "price_moved")
    assert not bills(sandbox, take)
    decide.accept_price(take.author, take, shown=take.failure_code)
    studio.finish(take)
    assert take.status == Status.COMPLETED


def test_a_late_answer_after_the_drop_is_still_collected(studio: Line, take_of: Any) -> None:
    take = take_of("A train passes, late")
    gateway = accounts.client_for(take.account)
    outgoing = prepare(take)
    Generation.objects.filter(pk=take.pk).update(status=Status.UNCERTAIN, submitted_at=timezone.now())
    before = Generation.objects.select_related("account", "model").get(pk=take.pk)
    take.refresh_from_db()
    decide.drop(take.author, take)
    assert not ledger.open_holds().exists()
    assert attempts.accept(before, gateway.submit(outgoing.request, outgoing.capabilities))
    studio.run_until(lambda: Output.objects.filter(generation=take, kind="video").exists())
    assert ledger.lines_of(take.pk).filter(kind="settle").exists()


def test_a_late_answer_beside_a_second_attempt_is_written_down(studio: Line, take_of: Any) -> None:
    take = take_of("A train passes twice")
    Generation.objects.filter(pk=take.pk).update(status=Status.UNCERTAIN, submitted_at=timezone.now())
    before = Generation.objects.select_related("account", "model").get(pk=take.pk)
    take.refresh_from_db()
    decide.submit_again(take.author, take)
    assert not attempts.accept(before, Job(id="job-of-the-first", model="m"))
    assert take.events.get(kind="late answer").detail == {"job": "job-of-the-first"}


def test_a_key_that_cannot_be_read_pauses_its_account_at_the_next_poll(studio: Line, take_of: Any) -> None:
    take = take_of("A gate creaks")
    studio.send()
    type(take.account).objects.filter(pk=take.account_id).update(sealed_key="v1:gone:nothing")
    Generation.objects.filter(pk=take.pk).update(next_poll_at=timezone.now())
    studio.turn()
    take.account.refresh_from_db()
    assert take.account.is_paused()
    assert take.account.pause_reason == accounts.UNREADABLE
    take.refresh_from_db()
    assert take.status == Status.RUNNING
