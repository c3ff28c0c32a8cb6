"""Venice through the whole line: bytes or a one-time link, consent, an answer that was lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import ConsentRecord, Generation, Status
from generations.services import again, consent
from generations.services.round import Round
from generations.services.tickets import Ticket
from generations.telling.made import differences
from providers import ledger
from providers.gateways.errors import Refused
from providers.gateways.values import FailureClass, Job, Mode, Role
from providers.ids import new_id
from tests.factories import make_take, make_user
from tests.generations.desk import Desk
from tests.generations.pipeline import Line
from tests.generations.pipeline_battery import PipelineBattery
from tests.media_files import make_jpeg
from tests.providers.sandbox_server import SandboxServer

BYTES, LINK = "wan-2.6-text-to-video", "grok-imagine-text-to-video-private"


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer) -> Desk:
    sandbox.revoke_consent()  # other modules' people attested to the same bytes at the same server
    return Desk(sandbox, "venice", BYTES, {})


class TestVenice(PipelineBattery):
    name = "venice"
    troubles = ("truncated", "429", "odd status", "expired link")
    refusals = (
        ("failed", "provider_down", False),
        ("moderated", "moderation", False),
        ("refused", "moderation", False),
        ("forgotten", "lost", None),
    )
    clip_s = 5.0

    def check_stored(self, take: Generation) -> None:
        assert take.price_basis == "quoted"


class TestVeniceByLink(TestVenice):
    """Models whose file lies behind an address; how they refuse is the same."""

    troubles = ("truncated", "429", "expired link")
    refusals = TestVenice.refusals[:1]
    clip_s = 4.0

    @pytest.fixture
    def desk(self, studio: Line, sandbox: SandboxServer) -> Desk:
        return Desk(sandbox, "venice", LINK, {"duration_s": 4.0, "resolution": "480p"})


@pytest.mark.both_databases
def test_a_person_submits_the_lost_one_again(studio: Line, desk: Desk) -> None:
    take = desk.take("A ferry returns [lost answer]")
    studio.send()
    take.refresh_from_db()
    again.submit_again(take.author, take)
    assert (take.status, take.attempt) == (Status.QUEUED, 2)
    assert ledger.open_holds().get().attempt == 2


def test_a_model_closed_to_a_region_rests_no_account(studio: Line, desk: Desk) -> None:
    take = studio.finish(desk.take(desk.prompt("poll 403 region")), hurry=True)
    desk.account.refresh_from_db()
    assert not desk.account.is_paused()
    assert "region" in take.failure_message and "account for a charge" in take.failure_hint


def test_a_fault_that_passes_ends_no_job(studio: Line, desk: Desk) -> None:
    """One less than what ends it, then an answer: the count begins anew."""
    take = desk.take(desk.prompt("500"))
    studio.send()
    Generation.objects.filter(pk=take.pk).update(poll_faults=7)
    studio.run_until(lambda: Generation.objects.get(pk=take.pk).poll_errors == 1)
    assert Generation.objects.get(pk=take.pk).poll_faults == 8
    take = studio.finish(take)
    assert (take.status, take.failure_class) == (Status.COMPLETED, "")


def test_what_never_reached_venice_ends_no_job(studio: Line, desk: Desk) -> None:
    take = desk.take(desk.prompt("500 always"))
    studio.send()
    desk.account.base_url = "http://127.0.0.1:9/venice/api/v1"
    desk.account.save()
    studio.run_until(lambda: Generation.objects.get(pk=take.pk).poll_errors > 9, hurry=True)
    take.refresh_from_db()
    assert (take.status, take.poll_faults) == (Status.RUNNING, 0)
    assert ledger.open_holds().count() == 1


def test_a_403_about_the_key_is_never_counted_as_a_jobs_end(desk: Desk) -> None:
    here = Round()
    here.accounts = {desk.account.pk: desk.account}
    ticket = Ticket(
        new_id(), 1, Status.RUNNING, desk.account.pk, Job("q", BYTES), timezone.now(), None, faults=8
    )
    closed = Refused("API access is disabled", FailureClass.KEY_REJECTED, status=403)
    assert not here._is_over(ticket, closed) and ticket.faults == 8
    assert here._is_over(ticket, Refused("Not available in your region", status=403))


def test_a_clip_that_may_be_a_placeholder_is_said_to_be_one(studio: Line, desk: Desk) -> None:
    """It is a file that plays and was paid for, so it is kept; a person looks."""
    take = studio.finish(desk.take(desk.prompt("placeholder")))
    assert take.status == Status.COMPLETED, take.failure_message
    assert [line for line in differences(take) if "blank clip" in line]
    whole = studio.finish(desk.take(desk.prompt("")))
    assert not [line for line in differences(whole) if "blank clip" in line]


def wanted(face: Path) -> dict[str, Any]:
    """A model that asks for consent, with this picture."""
    model, files = "seedance-2-0-fast-image-to-video", [(Role.FIRST_FRAME, face)]
    return {"model": model, "files": files, "duration_s": 4.0, "resolution": "480p"}


@pytest.mark.both_databases
def test_consent_round(studio: Line, desk: Desk, tmp_path: Any) -> None:
    face = make_jpeg(tmp_path / "face.jpg", (1280, 720))
    take = desk.take("She turns to us, round [face]", **wanted(face))
    studio.send()
    take.refresh_from_db()
    assert take.status == Status.NEEDS_CONSENT
    assert not ledger.open_holds().exists()
    assert not desk.bills(take)
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
    assert len(desk.bills(take)) == 1


@pytest.mark.parametrize(
    ("model", "mode", "roles"),
    [
        (LINK, Mode.TEXT_TO_VIDEO, []),
        ("pixverse-c1-transition", Mode.FIRST_LAST_FRAME, [Role.FIRST_FRAME, Role.LAST_FRAME]),
        ("grok-imagine-reference-to-video-private", Mode.REFERENCE_TO_VIDEO, [Role.REFERENCE_IMAGE]),
        (
            "kling-o3-standard-reference-to-video",
            Mode.REFERENCE_TO_VIDEO,
            [Role.ELEMENT, Role.SCENE_IMAGE],
        ),
    ],
)
def test_any_model_that_asks_waits_for_a_person_and_goes_out_with_the_ticks(
    studio: Line, desk: Desk, tmp_path: Any, signed_in: Any, model: str, mode: Mode, roles: list[Role]
) -> None:
    """None of these is known to ask; the words and their version are the answer's own."""
    files = [(role, make_jpeg(tmp_path / f"{n}.jpg", (1280, 720 + 8 * n))) for n, role in enumerate(roles)]
    assert not desk.allowed(model).capabilities.get("may_ask_consent")
    prompt = f"A paper boat, asked about, {model} [consent]"
    take = desk.take(prompt, model=model, files=files, **desk.least(model, mode))
    studio.send()
    take.refresh_from_db()
    assert take.status == Status.NEEDS_CONSENT, take.failure_message
    assert take.consent["version"] == "v2.0" and "Terms of Service" in take.consent["policy_text"]
    assert not desk.bills(take) and not ledger.open_holds().exists()
    page = signed_in(take.author).get(reverse("consent", args=[take.pk])).content.decode()
    assert "depicted person is me" in page
    ticks = dict.fromkeys(take.consent["statements"], True)
    consent.attest(take.author, take, ticks, text_sha256=take.consent["text_sha256"], address=None)
    studio.send()
    take.refresh_from_db()
    assert take.status == Status.RUNNING, take.failure_message
    assert set(take.recipe["sent"]["body"]["consents"]) == {"seedance"}
    assert len(desk.bills(take)) == 1 and ConsentRecord.objects.count() == 1


@pytest.mark.both_databases
def test_another_person_is_asked_by_us(studio: Line, desk: Desk, tmp_path: Any) -> None:
    face = make_jpeg(tmp_path / "face2.jpg", (1280, 700))
    first = desk.take("He smiles [face]", **wanted(face))
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
    assert not desk.bills(second)
    consent.attest(colleague, second, ticks, text_sha256=digest, address=None)
    studio.finish(second)
    assert second.status == Status.COMPLETED
    assert "consents" not in str(second.recipe["sent"]["body"])
