"""Venice through the whole line: bytes or a one-time link, consent, an answer that was lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generations.models import ConsentRecord, Generation, Status
from generations.services import consent, decide
from providers import ledger
from providers.gateways.values import Role
from tests.factories import make_take, make_user
from tests.generations.desk import Desk
from tests.generations.pipeline import Line
from tests.generations.pipeline_battery import PipelineBattery
from tests.media_files import make_jpeg
from tests.providers.sandbox_server import SandboxServer

pytestmark = [pytest.mark.both_databases]

BYTES, LINK = "wan-2.6-text-to-video", "grok-imagine-text-to-video-private"


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer) -> Desk:
    return Desk(sandbox, "venice", BYTES, {})


class TestVenice(PipelineBattery):
    name = "venice"
    troubles = ("truncated", "429", "500", "503", "html", "not json", "odd status", "expired link")
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

    troubles = ("truncated", "429", "500", "503", "html", "expired link")
    refusals = TestVenice.refusals[:1]
    clip_s = 4.0

    @pytest.fixture
    def desk(self, studio: Line, sandbox: SandboxServer) -> Desk:
        return Desk(sandbox, "venice", LINK, {"duration_s": 4.0, "resolution": "480p"})


def test_a_person_submits_the_lost_one_again(studio: Line, desk: Desk) -> None:
    take = desk.take("A ferry returns [lost answer]")
    studio.send()
    take.refresh_from_db()
    decide.submit_again(take.author, take)
    assert (take.status, take.attempt) == (Status.QUEUED, 2)
    assert ledger.open_holds().get().attempt == 2


def wanted(face: Path) -> dict[str, Any]:
    """A model that asks for consent, with this picture."""
    model, files = "seedance-2-0-fast-image-to-video", [(Role.FIRST_FRAME, face)]
    return {"model": model, "files": files, "duration_s": 4.0, "resolution": "480p"}


def test_consent_round(studio: Line, desk: Desk, tmp_path: Any) -> None:
    face = make_jpeg(tmp_path / "face.jpg", (1280, 720))
    take = desk.take("She turns to us [face]", **wanted(face))
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
