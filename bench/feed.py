"""The feed page and its fragment in a project of 10,000 takes, beside one of 100."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from bench.table import Row
from bench.world import World

SUBJECT = "feed"
SMALL, LARGE = 100, 10_000
IN_FLIGHT = 20
COPIES = 4  # takes of one batch


def measure(world: World) -> Iterator[Row]:
    world.set_up()
    world.collect_static()
    from tests.factories import make_account, make_user, model_of

    user = make_user()
    model = model_of(make_account(), "seedance-2.0-fast")
    rounds = 5 if world.quick else 25
    small, large = (Visit(seed(user, model, count), user, rounds) for count in (SMALL, LARGE))
    for name, most in (("page", 12), ("fragment", 12), ("older page of the feed", 12), ("204 reply", 3)):
        queries, before, after = large.queries(name), small.ms(name), large.ms(name)
        told = f"{name}, {LARGE:,} takes: queries"
        yield Row(SUBJECT, told, str(queries), f"≤ {most}", queries <= most)
        yield Row(SUBJECT, f"{name}: time with {LARGE:,} takes : with {SMALL}",
                  f"{after / before:.2f} ({after:.1f} : {before:.1f} ms)")  # fmt: skip


class Visit:
    """A signed-in person who asks for one project's feed in every way there is."""

    def __init__(self, project: Any, user: Any, rounds: int) -> None:
        from django.test import Client

        from generations.services import feed
        from generations.views.opening import open_project

        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(user)
        self.rounds = rounds
        at = f"/p/{project.slug}"
        version = feed.state_of(open_project(user, project.slug)).version
        before = project.takes.filter(status="completed").order_by("-id")[feed.PAGE].pk
        self.ways = {
            "page": (f"{at}/", 200),
            "fragment": (f"{at}/feed?v=0", 200),
            "older page of the feed": (f"{at}/feed?before={before}", 200),
            "204 reply": (f"{at}/feed?v={version}", 204),
        }

    def ask(self, name: str) -> Callable[[], None]:
        address, status = self.ways[name]

        def call() -> None:
            reply = self.client.get(address, headers={"HX-Request": "true"} if "feed" in address else {})
            assert reply.status_code == status, f"{name} answered {reply.status_code}"

        return call

    def queries(self, name: str) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.ask(name)()  # what the process learns once is not counted
        with CaptureQueriesContext(connection) as caught:
            self.ask(name)()
        return len(caught)

    def ms(self, name: str) -> float:
        call = self.ask(name)
        call()
        return statistics.median(_timed(call) for _ in range(self.rounds)) * 1000


def _timed(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def seed(user: Any, model: Any, count: int) -> Any:
    """A project with so many takes, the newest of them in flight, the others with their files and history."""
    from generations.models import Event, Generation, Output
    from tests.factories import make_project

    project = make_project(user)
    takes = list(_takes(project, model, count))
    Generation.objects.bulk_create(takes, batch_size=500)
    stored = [take for take in takes if take.status == "completed"]
    Output.objects.bulk_create((_output(take, kind) for take in stored for kind in _FILES), batch_size=1000)
    kinds = ("created", "sending", "accepted")
    events = (Event(project=project, generation=take, kind=kind) for take in takes for kind in kinds)
    Event.objects.bulk_create(events, batch_size=1000)
    return project


def _takes(project: Any, model: Any, count: int) -> Iterator[Any]:
    from django.utils import timezone

    from generations.models import Generation, Status
    from providers.ids import new_id

    now, batch_id = timezone.now(), new_id()
    for number in range(count):
        flying = number >= count - IN_FLIGHT
        batch_id = new_id() if number % COPIES == 0 else batch_id
        done = {} if flying else {"completed_at": now, "finished_at": now, "ended_at": now}
        yield Generation(
            project=project, author=project.created_by, account=model.account, model=model,
            batch_id=batch_id, position=number % COPIES, mode="text_to_video", prompt=f"Harbour {number}",
            request={"prompt": f"Harbour {number}", "duration_s": 5.0, "aspect_ratio": "16:9",
                     "resolution": "480p", "inputs": []},
            request_sha256="0" * 64, status=Status.RUNNING if flying else Status.COMPLETED,
            job_id=f"{project.slug}-{number}", held_usd=1, price_basis="estimated", submitted_at=now,
            accepted_at=now - timedelta(seconds=60), **done,
        )  # fmt: skip


_FILES = {
    "video": ("clip.mp4", "video/mp4"),
    "poster": ("poster.webp", "image/webp"),
    "strip": ("strip.webp", "image/webp"),
    "last_frame": ("last.png", "image/png"),
}


def _output(take: Any, kind: str) -> Any:
    from generations.models import Output

    name, mime = _FILES[kind]
    return Output(
        generation=take, kind=kind, file=f"takes/{take.pk}/{name}", mime=mime, sha256="0" * 64,
        size_bytes=1_000_000, width=854, height=480, duration_s=5.0 if kind == "video" else None,
    )  # fmt: skip
