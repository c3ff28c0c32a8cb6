"""The spend page with 100,000 lines of the ledger in its range, beside one with 1,000."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bench.table import Row
from bench.world import World

SUBJECT = "spend"
SMALL, LARGE = 1000, 100_000
MOST_QUERIES, MOST_RATIO = 24, 10  # a hundred times the lines, all of them in the range
PROJECTS, PEOPLE = 8, 10
WAYS = {
    "page, by project": "/spend?range=90",
    "page, by person": "/spend?range=90&by=person",
    "page, by tag": "/spend?range=90&by=tag",
    "this month": "/spend",
    "one project": "/spend?range=90&project={project}",
    "list of takes": "/spend/takes?range=90",
    "what to reconcile": "/spend/reconcile?range=90",
    "usage of the API": "/api/v1/usage?range=90&by=model",
}


def measure(world: World) -> Iterator[Row]:
    world.set_up()
    world.collect_static()
    large = LARGE // 10 if world.quick else LARGE
    rounds = 3 if world.quick else 7
    few, project, person = seed(SMALL)
    before = {name: ms(person, way, project, rounds) for name, way in WAYS.items()}
    more, project, person = seed(large - few)
    for name, way in WAYS.items():
        asked = queries(person, way, project)
        now, then = ms(person, way, project, rounds), before[name]
        yield Row(SUBJECT, f"{name}: queries with {few + more:,} lines", str(asked),
                  f"≤ {MOST_QUERIES}", asked <= MOST_QUERIES)  # fmt: skip
        told = f"{now / then:.1f} ({now:.0f} : {then:.0f} ms)"
        yield Row(SUBJECT, f"{name}: time with {few + more:,} lines : with {few:,}", told,
                  f"≤ {MOST_RATIO}", now / then <= MOST_RATIO)  # fmt: skip


def ms(person: Any, way: str, project: Any, rounds: int) -> float:
    look(person, way, project)
    return statistics.median(_timed(person, way, project) for _ in range(rounds)) * 1000


def _timed(person: Any, way: str, project: Any) -> float:
    began = time.perf_counter()
    look(person, way, project)
    return time.perf_counter() - began


def look(person: Any, way: str, project: Any) -> None:
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    reply = client.get(way.format(project=project.pk))
    assert reply.status_code == 200, f"{way} answered {reply.status_code}"


def queries(person: Any, way: str, project: Any) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    client.get(way.format(project=project.pk))
    with CaptureQueriesContext(connection) as caught:
        client.get(way.format(project=project.pk))
    return len(caught)


def seed(lines: int) -> tuple[int, Any, Any]:
    """About so many lines over the last 90 days, in new projects; how many, one project, and a producer."""
    from bench.feed import _takes
    from generations.models import Generation, Output
    from providers.models import LedgerEntry
    from tests.factories import make_account, make_project, make_user, model_of

    people = [make_user() for _ in range(PEOPLE)]
    projects = [make_project(person) for person in people[:PROJECTS]]
    account = make_account()
    models = [model_of(account, name) for name in ("seedance-2.0-fast", "seedance-2.0")]
    takes = []
    for number in range(PROJECTS):
        for take in _takes(projects[number], models[number % 2], lines * 10 // 21 // PROJECTS):
            take.review = "approved" if len(takes) % 5 == 0 else ""
            takes.append(take)
    Generation.objects.bulk_create(takes, batch_size=500)
    clips = (
        Output(generation=take, kind="video", file=f"takes/{take.pk}.mp4", sha256="0" * 64, mime="video/mp4",
               size_bytes=1000, duration_s=5.04)
        for take in takes
    )  # fmt: skip
    Output.objects.bulk_create(clips, batch_size=1000)
    kept = list(_lines(takes, people))
    LedgerEntry.objects.bulk_create(kept, batch_size=1000)
    _spread(kept)
    _tag(takes[::10])
    _analyze()
    return len(kept), projects[0], make_user(role="producer")


def _lines(takes: list[Any], people: list[Any]) -> Iterator[Any]:
    """Every tenth is told later to have cost something else, every twentieth is released."""
    from providers.models import LedgerEntry

    for number, take in enumerate(takes):
        same = {"take_id": take.pk, "attempt": 1, "account": take.account, "model": take.model.wire_id,
                "project_id": take.project_id, "person_id": people[number % len(people)].pk}  # fmt: skip
        sums = {"hold": "0.756", "release" if number % 20 == 1 else "settle": "0.756"}
        sums |= {"correct": "0.123456"} if number % 10 == 0 else {}
        paid = sum(Decimal(sums.get(kind, 0)) for kind in ("settle", "correct"))
        ends = {"end": "charged" if paid else "back", "charged_micro": int(paid * 1_000_000) or None}
        for kind, amount in sums.items():
            more = ends if kind == "hold" else {}
            yield LedgerEntry(kind=kind, amount_usd=Decimal(amount), basis="estimated", **same, **more)


def _spread(lines: list[Any]) -> None:
    """Their time is set on saving; afterwards the holds lie over 90 days."""
    from django.utils import timezone

    from providers.models import LedgerEntry

    now, holds = timezone.now(), [line.pk for line in lines if line.kind == "hold"]
    for day in range(90):
        some = holds[day::90]
        for start in range(0, len(some), 900):
            rows = LedgerEntry.objects.filter(pk__in=some[start : start + 900])
            rows.update(created_at=now - timedelta(days=day))


def _analyze() -> None:
    """PostgreSQL's plans follow its statistics; a studio's are brought up to date by autovacuum."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _tag(takes: list[Any]) -> None:
    from generations.models import Tag, Tagging

    tags: dict[Any, list[Any]] = {}
    for number, take in enumerate(takes):
        known = tags.setdefault(take.project_id, [])
        if len(known) < 10:
            known.append(Tag.objects.create(project_id=take.project_id, name=f"tag {len(known)}"))
        Tagging.objects.create(tag=known[number % len(known)], generation=take)
