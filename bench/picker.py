"""The model picker's list with 300 models, beside the feed's 204 reply and beside ten models, in one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from bench.table import Row
from bench.world import World

SUBJECT = "picker"
SMALL, LARGE = 10, 300
TAKES = 10_000  # of the last month, which the typical times are reckoned from
MOST_MS, MOST_QUERIES = 100, 8


def measure(world: World) -> Iterator[Row]:
    world.set_up()
    world.collect_static()
    from tests.factories import CLOSED_PORT, make_account, make_project, make_user

    user = make_user()
    project, account = make_project(user), make_account(base_url=CLOSED_PORT)
    account.models.all().delete()
    rounds = 5 if world.quick else 25
    add_models(account, SMALL)
    few = ms(opening(user, project), rounds)
    models = add_models(account, LARGE - SMALL)
    add_takes(project, models, 1000 if world.quick else TAKES)
    ask = opening(user, project)
    first, warm, beat = ms(ask, rounds, cold=True), ms(ask, rounds), ms(beating(user, project), rounds)
    count = queries(ask)
    yield Row(SUBJECT, f"{LARGE} models: queries, typical times included", str(count),
              f"≤ {MOST_QUERIES}", count <= MOST_QUERIES)  # fmt: skip
    yield Row(SUBJECT, f"{LARGE} models: CPU time to open, least of all rounds", f"{warm:.0f} ms",
              f"≤ {MOST_MS} ms", warm <= MOST_MS)  # fmt: skip
    yield Row(SUBJECT, f"{LARGE} models: the same while typical times are reckoned anew", f"{first:.0f} ms")
    yield Row(SUBJECT, f"CPU time with {LARGE} models : with {SMALL}",
              f"{warm / few:.1f} ({warm:.0f} : {few:.0f} ms)")  # fmt: skip
    yield Row(SUBJECT, "CPU time : that of the feed's 204 reply",
              f"{warm / beat:.1f} ({warm:.0f} : {beat:.1f} ms)")  # fmt: skip


def opening(user: Any, project: Any) -> Callable[[], None]:
    client = _client(user)
    settings = {"duration_s": "5", "resolution": "720p", "aspect_ratio": "16:9"}

    def call() -> None:
        assert client.post(f"/p/{project.slug}/models", settings).status_code == 200

    return call


def beating(user: Any, project: Any) -> Callable[[], None]:
    """The smallest signed-in answer there is: what a request costs before it does anything."""
    from generations.services import feed
    from generations.views.opening import open_project

    client = _client(user)
    version = feed.state_of(open_project(user, project.slug)).version

    def call() -> None:
        assert client.get(f"/p/{project.slug}/feed?v={version}").status_code == 204

    return call


def _client(user: Any) -> Any:
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


def ms(call: Callable[[], None], rounds: int, *, cold: bool = False) -> float:
    """CPU time of a call, the least of so many: busy neighbours on the machine say nothing of it.

    :param cold: each without what is kept of the typical times.
    """
    from django.core.cache import cache

    call()
    spans = []
    for _ in range(rounds):
        if cold:
            cache.clear()
        began = time.process_time()
        call()
        spans.append(time.process_time() - began)
    return min(spans) * 1000


def queries(call: Callable[[], None]) -> int:
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cache.clear()
    with CaptureQueriesContext(connection) as caught:
        call()
    return len(caught)


def add_models(account: Any, count: int) -> list[Any]:
    """Each under a name of its own, as capable as the richest that a catalogue has."""
    from providers import prices
    from providers.catalogue import load
    from providers.gateways.capabilities import to_plain
    from providers.models import VideoModel
    from tests.factories import PRICE_RULE

    rich = max(load("venice"), key=lambda model: len(str(to_plain(model.capabilities))))
    plain = {"capabilities": to_plain(rich.capabilities)}
    rule = prices.to_plain(rich.price) or PRICE_RULE
    before = VideoModel.objects.count()
    return VideoModel.objects.bulk_create(
        VideoModel(account=account, wire_id=f"m{n}", label=f"Model {n}", family=f"Family {n % 20}",
                   price_rule=rule, **plain)
        for n in range(before, before + count)
    )  # fmt: skip


def add_takes(project: Any, models: list[Any], count: int) -> None:
    from django.utils import timezone

    from generations.models import Generation

    now = timezone.now()
    Generation.objects.bulk_create(
        (
            Generation(
                project=project, author=project.created_by, account=model.account, model=model,
                mode="text_to_video", prompt="Harbour", request={}, request_sha256="0" * 64,
                status="completed", job_id=f"{n}", accepted_at=now - timedelta(seconds=30 + n % 60),
                completed_at=now - timedelta(minutes=n),
            )
            for n, model in ((n, models[n % len(models)]) for n in range(count))
        ),
        batch_size=500,
    )  # fmt: skip
