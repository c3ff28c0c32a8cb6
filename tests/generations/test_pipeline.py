"""The line from a queued row to a stored clip, over real HTTP, step by step in this process."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from generations.models import Generation, Output, Status
from generations.storage import media_store
from providers import ledger
from tests.factories import make_account, make_project, make_take, make_user, model_of
from tests.generations.pipeline import Line
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
    return [entry for entry in sandbox.bill() if entry["prompt"] == take.prompt]


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
    [("failed", "provider_down", False), ("moderated", "moderation", False), ("refused", "moderation", False),
     ("forgotten", "lost", None)],
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


def test_a_link_to_a_private_address_is_not_fetched(studio: Line, take_of: Any) -> None:
    take = studio.finish(take_of("A bridge in the rain [private link]"), seconds=40)
    assert take.status != Status.COMPLETED
    assert take.parked_at is not None
