"""Inputs given as links: fetched once into assets while the take is queued, checked, and only then sent."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from generations.models import Asset, Generation, InputLink, Status
from generations.services import again, arrivals, decide, links
from generations.services.audit import drift
from generations.services.compose import Wish, compose
from generations.services.create import create_generations
from generations.services.dispatch import dispatch
from generations.telling import history, situation
from providers import ledger
from providers.gateways.values import ResultKind, Role
from tests import media_files as make
from tests.factories import (
    CAPABILITIES,
    make_model,
    make_quota,
    make_take_row,
    make_token,
    model_of,
)
from tests.generations.desk import SMALL, Desk
from tests.generations.link_server import LinkServer, serving
from tests.generations.pipeline import Line
from tests.generations.test_store_killed import environment
from tests.providers.sandbox_server import SandboxServer
from tests.studio_process import ROOT


@pytest.fixture
def web(studio: Line, settings: Any) -> Iterator[LinkServer]:
    with serving() as server:
        settings.OUTBOUND_ALLOW = [*settings.OUTBOUND_ALLOW, f"127.0.0.1:{server.port}"]
        settings.STUDIO = {**settings.STUDIO, "INPUT_LEASE_S": 5, "RENEW_S": 1}
        yield server


@pytest.fixture
def still(web: LinkServer, tmp_path: Path) -> str:
    return web.put("/pics/gull.png", make.make_image(tmp_path / "gull.png", (800, 450)).read_bytes())


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer) -> Desk:
    return Desk(sandbox, "token360", "seedance-2.0-fast", SMALL)


def takes_of(desk: Desk, *inputs: tuple[Role, Any], count: int = 1, model: Any = None) -> list[Generation]:
    """Made through the services, as form and API do."""
    wish = Wish(model or desk.allowed(desk.model), {**SMALL, "prompt": desk.prompt("linked")}, list(inputs))
    return create_generations(desk.user, [compose(desk.user, desk.project, wish)] * count)


def take_of(desk: Desk, *inputs: tuple[Role, Any], **more: Any) -> Generation:
    return takes_of(desk, *inputs, **more)[0]


def events_of(take: Generation) -> list[str]:
    return list(take.events.order_by("id").values_list("kind", flat=True))


# -- the straight line ---------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_take_waits_for_its_input_and_goes_on_with_it(studio: Line, desk: Desk, still: str) -> None:
    take = take_of(desk, (Role.FIRST_FRAME, still))
    assert (take.status, take.awaits_inputs, take.inputs.count()) == (Status.QUEUED, True, 0)
    assert dispatch() == 0
    assert situation.of(take).sentence == "Fetching the input from 127.0.0.1…"
    studio.finish(take)
    asset = take.inputs.get().asset
    assert take.status == Status.COMPLETED and take.mode == "image_to_video"
    assert (asset.name, asset.mime, asset.width, asset.owner) == ("gull.png", "image/png", 800, desk.user)
    assert take.request["inputs"] == [{"role": "first_frame", "asset": str(asset.pk)}]
    assert events_of(take)[:3] == ["created", "inputs fetched", "sending"]
    assert "From 127.0.0.1" in [line.more for line in history.lines_of(take)]


@pytest.mark.both_databases
def test_the_same_link_is_fetched_once_for_a_whole_request(
    studio: Line, desk: Desk, web: LinkServer, still: str
) -> None:
    takes = takes_of(desk, (Role.FIRST_FRAME, still), (Role.LAST_FRAME, still), count=3)
    for take in takes:
        assert studio.finish(take).status == Status.COMPLETED
    assert web.hits["/pics/gull.png"] == 1 and Asset.objects.count() == 1
    assert {take.inputs.count() for take in takes} == {2}


def test_files_and_links_keep_their_order(studio: Line, desk: Desk, still: str, tmp_path: Path) -> None:
    mine = desk.keep(make.make_image(tmp_path / "mine.png", (640, 360)))
    take = take_of(desk, (Role.REFERENCE_IMAGE, still), (Role.REFERENCE_IMAGE, mine))
    assert [use.position for use in take.inputs.all()] == [1]
    studio.answer(only="fetch_input")
    take.refresh_from_db()
    assert [use.asset.name for use in take.inputs.all()] == ["gull.png", "mine.png"]
    assert [item["asset"] for item in take.request["inputs"]][1] == str(mine)


def test_known_bytes_are_no_second_asset(studio: Line, desk: Desk, still: str) -> None:
    for _ in range(2):
        take_of(desk, (Role.FIRST_FRAME, still))
        studio.answer(only="fetch_input")
    assert Asset.objects.count() == 1 and InputLink.objects.count() == 2


def test_a_redirect_is_followed(studio: Line, desk: Desk, web: LinkServer, still: str) -> None:
    web.moved["/old"] = still
    take = take_of(desk, (Role.FIRST_FRAME, web.url("/old")))
    studio.answer(only="fetch_input")
    take.refresh_from_db()
    assert not take.awaits_inputs and take.inputs.get().asset.name == "old"


# -- what ends badly -----------------------------------------------------------------------------------


def ended(studio: Line, take: Generation) -> Generation:
    studio.answer(only="fetch_input")
    take.refresh_from_db()
    assert (take.status, take.failure_class) == (Status.FAILED, "refused_locally")
    assert take.failure_billed is False and not ledger.open_holds().exists() and not drift()
    return take


def test_a_dead_link_ends_the_take_with_a_sentence(studio: Line, desk: Desk, web: LinkServer) -> None:
    take = ended(studio, take_of(desk, (Role.FIRST_FRAME, web.url("/gone.png"))))
    said = "The input from 127.0.0.1 could not be fetched. There is no file at this address"
    assert take.failure_message == f"{said}, or not for everybody." and take.submitted_at is None


def test_what_is_no_media_is_refused(studio: Line, desk: Desk, web: LinkServer) -> None:
    take = ended(studio, take_of(desk, (Role.FIRST_FRAME, web.put("/a.png", b"<html>no</html>" * 20))))
    assert "could not be fetched" in take.failure_message and not Asset.objects.exists()


def test_a_file_that_the_model_does_not_take_is_refused_by_name(
    studio: Line, desk: Desk, web: LinkServer, tmp_path: Path
) -> None:
    film = web.put("/film.mp4", make.make_mp4(tmp_path / "film.mp4", 1.0, (160, 90)).read_bytes())
    take = ended(studio, take_of(desk, (Role.FIRST_FRAME, film)))
    assert take.failure_message.startswith("First frame: MP4 is not taken")


def test_a_file_that_is_too_large_is_not_kept(studio: Line, desk: Desk, still: str, settings: Any) -> None:
    settings.STUDIO = {**settings.STUDIO, "MAX_IMAGE_BYTES": 100}
    take = ended(studio, take_of(desk, (Role.FIRST_FRAME, still)))
    assert "larger than" in take.failure_message


def test_a_private_address_is_never_asked(studio: Line, desk: Desk, web: LinkServer) -> None:
    web.moved["/in"] = "http://169.254.169.254/latest/meta-data/"
    take = ended(studio, take_of(desk, (Role.FIRST_FRAME, web.url("/in"))))
    assert "private network" in take.failure_message
    other = ended(studio, take_of(desk, (Role.FIRST_FRAME, "https://127.0.0.1/a.png")))
    assert "private network" in other.failure_message


def test_trouble_of_the_server_is_waited_out(studio: Line, desk: Desk, web: LinkServer, still: str) -> None:
    web.answers["/pics/gull.png"] = [503, 503]
    take = take_of(desk, (Role.FIRST_FRAME, still))
    studio.answer(only="fetch_input")
    take.refresh_from_db()
    assert take.status == Status.QUEUED and "answered 503" in situation.of(take).sentence
    assert studio.finish(take).status == Status.COMPLETED
    assert web.hits["/pics/gull.png"] == 3 and take.wait_reason == ""


def test_trouble_without_end_ends_the_take(studio: Line, desk: Desk, web: LinkServer, still: str) -> None:
    web.answers["/pics/gull.png"] = [503] * 50
    take = studio.finish(take_of(desk, (Role.FIRST_FRAME, still)))
    assert take.failure_class == "refused_locally" and web.hits["/pics/gull.png"] == 5


def test_one_bad_link_of_two_ends_it(studio: Line, desk: Desk, web: LinkServer, still: str) -> None:
    both = (Role.FIRST_FRAME, still), (Role.LAST_FRAME, web.url("/gone.png"))
    ended(studio, take_of(desk, *both))


@pytest.mark.both_databases
def test_a_cancelled_take_stays_so(studio: Line, desk: Desk, still: str) -> None:
    take = take_of(desk, (Role.FIRST_FRAME, still))
    decide.cancel(desk.user, take)
    studio.answer(only="fetch_input")
    take.refresh_from_db()
    assert take.status == Status.CANCELLED and take.inputs.count() == 0 and not drift()


def test_a_retry_fetches_what_never_came(studio: Line, desk: Desk, web: LinkServer, tmp_path: Path) -> None:
    take = ended(studio, take_of(desk, (Role.FIRST_FRAME, web.url("/late.png"))))
    web.put("/late.png", make.make_image(tmp_path / "late.png", (800, 450)).read_bytes())
    second = again.retry(desk.user, take, key="k", shown_usd=again.price_now(desk.user, take).amount_usd)
    assert second.awaits_inputs and studio.finish(second).status == Status.COMPLETED


# -- two at once, and a worker that dies ---------------------------------------------------------------


@pytest.mark.both_databases
def test_a_stray_bell_sends_nothing_and_fetches_nothing_twice(
    studio: Line, desk: Desk, web: LinkServer, still: str
) -> None:
    take = take_of(desk, (Role.FIRST_FRAME, still))
    studio.hear("generations.tasks.submit", str(take.pk))
    studio.answer(only="submit")
    take.refresh_from_db()
    assert (take.status, take.tries) == (Status.QUEUED, 0)
    link = InputLink.objects.get()
    for _ in range(3):
        studio.hear("generations.tasks.fetch_input", str(link.pk))
    studio.answer(only="fetch_input")
    assert web.hits["/pics/gull.png"] == 1 and events_of(take).count("inputs fetched") == 1


@pytest.mark.both_databases
@pytest.mark.processes
def test_a_killed_worker_loses_nothing(
    studio: Line, desk: Desk, web: LinkServer, still: str, sandbox: SandboxServer
) -> None:
    web.stalls.add("/pics/gull.png")
    take, link = take_of(desk, (Role.FIRST_FRAME, still)), InputLink.objects.get()
    studio.rung.clear()
    surroundings = environment(sandbox.port) | {"VS_INPUT_LEASE_S": "0.3"}
    surroundings["OUTBOUND_ALLOW"] += f",127.0.0.1:{web.port}"
    code = f"import django; django.setup(); from generations import tasks; tasks.fetch_input('{link.pk}')"
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=surroundings)
    assert web.half_sent.wait(30)
    worker.kill()
    worker.wait()
    web.stalls.clear()
    take.refresh_from_db()
    assert take.awaits_inputs and not Asset.objects.exists()
    assert studio.finish(take).status == Status.COMPLETED
    assert web.hits["/pics/gull.png"] == 2 and Asset.objects.count() == 1


@pytest.mark.both_databases
def test_a_worker_that_died_after_the_fetch_is_made_up_for(studio: Line, desk: Desk, still: str) -> None:
    take = take_of(desk, (Role.FIRST_FRAME, still))
    studio.answer(only="fetch_input")
    Generation.objects.filter(pk=take.pk).update(awaits_inputs=True, request=take.request)  # as if unsaved
    take.inputs.all().delete()
    InputLink.objects.update(lease_until=None)
    assert links.ring_waiting() == 1
    assert studio.finish(take).status == Status.COMPLETED and take.inputs.count() == 1


# -- the money -----------------------------------------------------------------------------------------

CLIPS = {**CAPABILITIES, "modes": ["reference_to_video"]}
CLIPS["inputs"] = {"reference_video": {"max_count": 2, "mimes": ["video/mp4"], "max_s": 15, "total_s": 15}}
BY_CLIPS = {"per": "second", "rates": [{"usd": "0.10"}], "with_clips": True}


def clip_model(desk: Desk, **limits: Any) -> Any:
    caps = {**CLIPS, "inputs": {"reference_video": {**CLIPS["inputs"]["reference_video"], **limits}}}
    model = make_model(capabilities=caps, price_rule=BY_CLIPS)
    model.account.sandbox = False
    model.account.save()
    return model


def made(desk: Desk, model: Any, url: str) -> Generation:
    values = {"prompt": "A", "duration_s": 5.0, "resolution": "720p", "aspect_ratio": "16:9"}
    wish = Wish(model, values, [(Role.REFERENCE_VIDEO, url)])
    return create_generations(desk.user, [compose(desk.user, desk.project, wish)])[0]


@pytest.fixture
def film(web: LinkServer, tmp_path: Path, settings: Any) -> str:
    settings.HTTPS, settings.PUBLIC_URL_IS_LOOPBACK = True, False
    return web.put("/film.mp4", make.make_mp4(tmp_path / "film.mp4", 3.0, (640, 360)).read_bytes())


def test_a_clip_to_come_is_held_at_its_longest_and_then_as_it_is(studio: Line, desk: Desk, film: str) -> None:
    take = made(desk, clip_model(desk), film)
    assert take.held_usd == Decimal("2.00")  # 5 s and at most 15 s
    studio.answer(only="fetch_input")
    take.refresh_from_db()
    assert take.held_usd == Decimal("0.80") and ledger.open_holds().get().amount_usd == Decimal("0.80")
    assert not take.awaits_inputs and not drift()


def test_a_clip_of_any_length_has_no_price_before_it_is_here(studio: Line, desk: Desk, film: str) -> None:
    take = made(desk, clip_model(desk, max_s=None, total_s=None), film)
    assert take.held_usd is None
    studio.answer(only="fetch_input")
    take.refresh_from_db()
    assert take.held_usd == Decimal("0.80") and not drift()


def test_a_price_that_no_limit_allows_ends_it_unsent(studio: Line, desk: Desk, film: str) -> None:
    take = made(desk, clip_model(desk, max_s=None, total_s=None), film)
    make_quota("0.50", measure="money")
    assert ended(studio, take).attempt == 1


def test_a_dearer_price_stops_before_sending(studio: Line, desk: Desk, film: str) -> None:
    model = clip_model(desk)
    take = made(desk, model, film)
    model.price_rule = {**BY_CLIPS, "rates": [{"usd": "1.00"}]}
    model.save()
    studio.answer(only="fetch_input")
    take.refresh_from_db()
    assert take.failure_class == "price_moved" and "$8.00" in take.failure_message and not drift()
    again.accept_price(desk.user, take, shown="8.00")
    assert take.status == Status.QUEUED and take.inputs.count() == 1 and not take.awaits_inputs


# -- the API -------------------------------------------------------------------------------------------


def post(client: Any, desk: Desk, *inputs: dict[str, str], path: str = "generations", **more: Any) -> Any:
    body = {"project": desk.project.slug, "model": desk.model, "account": desk.account.name}
    body |= {**SMALL, "prompt": "A", "inputs": list(inputs), **more}
    headers = {"Authorization": f"Bearer {make_token(desk.user)}"}
    return client.post(f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)


def test_the_api_takes_links(client: Any, studio: Line, desk: Desk, still: str) -> None:
    answer = post(client, desk, {"role": "first_frame", "url": still})
    take = answer.json()
    assert answer.status_code == 202 and take["status"] == "queued"
    assert take["inputs"] == [{"role": "first_frame", "asset": None, "url": still}]
    studio.answer(only="fetch_input")
    row = Generation.objects.get()
    headers = {"Authorization": f"Bearer {make_token(desk.user)}"}
    now = client.get(take["links"]["self"], headers=headers).json()
    assert now["inputs"] == [{"role": "first_frame", "asset": str(row.inputs.get().asset_id), "url": None}]


def test_a_batch_and_a_quote_take_links_too(client: Any, desk: Desk, still: str) -> None:
    given = {"role": "first_frame", "url": still}
    assert post(client, desk, given, path="quotes").json()["basis"] == "estimated"
    assert not InputLink.objects.exists()
    assert len(post(client, desk, given, path="batches", count=2).json()["takes"]) == 2
    assert InputLink.objects.count() == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png",
        "ftp://example.com/a.png",
        "https:///a.png",
        "https://me:pass@example.com/a.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "//example.com/a.png",
        "https://exa mple.com/a.png",
        "https://example.com:port/",
        "https://[::1/a.png",
    ],
)
def test_what_is_no_https_address_is_refused_at_the_door(client: Any, desk: Desk, url: str) -> None:
    answer = post(client, desk, {"role": "first_frame", "url": url})
    assert answer.status_code == 422 and answer.json()["error"]["field"] == "first_frame"
    assert not Generation.objects.exists()


@pytest.mark.parametrize("given", [{}, {"asset": "0" * 32, "url": "https://example.com/a.png"}])
def test_an_input_is_a_file_or_a_link(client: Any, desk: Desk, given: dict[str, str]) -> None:
    answer = post(client, desk, {"role": "first_frame", **given})
    assert answer.status_code == 422 and "asset or url" in answer.json()["error"]["message"]


def test_how_many_and_in_which_role_is_checked_before_fetching(client: Any, desk: Desk) -> None:
    frames = [{"role": "first_frame", "url": f"https://example.com/{n}.png"} for n in range(2)]
    answer = post(client, desk, *frames)
    assert answer.status_code == 422 and "2 given" in answer.json()["error"]["message"]


# -- beside results that have to be stored ----------------------------------------------------------------


@pytest.mark.both_databases
def test_while_one_link_is_fetched_another_waits_and_then_has_its_turn(
    studio: Line, desk: Desk, still: str, web: LinkServer
) -> None:
    first, second = (take_of(desk, (Role.FIRST_FRAME, f"{still}?n={n}")) for n in (1, 2))
    held, waits = InputLink.objects.order_by("id")
    lease = arrivals.LinkLease(60)
    assert lease.claim_link(held.pk)
    arrivals.fetch_input(waits.pk)
    waits.refresh_from_db()
    assert (waits.tries, waits.done_at) == (0, None)
    InputLink.objects.filter(pk=held.pk).update(lease_holder=None, lease_until=None)
    studio.finish(first)
    studio.finish(second)
    assert {first.status, second.status} == {Status.COMPLETED}


def test_a_link_leaves_the_last_worker_to_a_result_that_lives_minutes(
    studio: Line, desk: Desk, still: str, sandbox: SandboxServer
) -> None:
    take_of(desk, (Role.FIRST_FRAME, still))
    link = InputLink.objects.get()
    hasty = Desk(sandbox, "siliconflow", "Wan-AI/Wan2.2-T2V-A14B", {"resolution": "1280x720"})
    running = make_take_row(project=hasty.project, model=model_of(hasty.account, hasty.model))
    Generation.objects.filter(pk=running.pk).update(status=Status.RUNNING)
    storing = make_take_row(project=desk.project, model=model_of(desk.account, desk.model))
    soon = timezone.now() + timedelta(seconds=60)
    held = {"lease_until": soon, "lease_holder": uuid4(), "result_kind": ResultKind.BYTES}
    Generation.objects.filter(pk=storing.pk).update(status=Status.STORING, **held)
    arrivals.fetch_input(link.pk)
    link.refresh_from_db()
    assert link.tries == 0
    Generation.objects.filter(pk=storing.pk).update(lease_until=None)
    arrivals.fetch_input(link.pk)
    link.refresh_from_db()
    assert link.tries == 1 and link.done_at
