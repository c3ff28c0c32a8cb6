"""The gallery and its search in a project of 100,000 takes, beside one of 1,000."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

from bench.feed import seed
from bench.table import Row
from bench.world import World

SUBJECT = "gallery"
SMALL, LARGE = 1000, 100_000
FEW = 100  # more than a page
MOST_QUERIES, MOST_RATIO = 15, 1.5
# What stands in every take, in as many as fill a page and no more, and in one alone. Each way fills a page in
# both projects, or finds one take in both: else the cards would be measured, not the search.
WAYS = {
    "page": {},
    "a word that all have": {"q": "harbour"},
    "a word that few have": {"q": "rare"},
    "a word that one has": {"q": "alone"},
    "two words, one begun": {"q": "harb rar"},
    "tag on every tenth": {"tag": "tenth"},
    "best rated first": {"sort": "rating"},
    "oldest first": {"sort": "oldest"},
    "picked": {"mark": "pick"},
}


def measure(world: World) -> Iterator[Row]:
    world.set_up()
    world.collect_static()
    from tests.factories import make_account, make_user, model_of

    user = make_user()
    model = model_of(make_account(), "seedance-2.0-fast")
    rounds = 5 if world.quick else 15
    large = LARGE // 10 if world.quick else LARGE
    projects = [seed(user, model, count) for count in (SMALL, large)]
    for project in projects:
        sort_takes(user, project)
    settle()
    visits = [Visit(project, user, rounds) for project in projects]
    worst = max(visits[1].queries(name) for name in WAYS)
    yield Row(SUBJECT, f"{large:,} takes: queries of the dearest way",
              str(worst), f"≤ {MOST_QUERIES}", worst <= MOST_QUERIES)  # fmt: skip
    for name in WAYS:
        before, after = (visit.ms(name) for visit in visits)
        ratio = after / before
        yield Row(SUBJECT, f"{name}: time with {large:,} takes : with {SMALL:,}",
                  f"{ratio:.2f} ({after:.1f} : {before:.1f} ms)", f"≤ {MOST_RATIO}",
                  ratio <= MOST_RATIO)  # fmt: skip


def sort_takes(user: Any, project: Any) -> None:
    """Words, tags, stars and picks, as people would leave them."""
    from generations.models import Generation
    from generations.services import culling, words

    ids = list(Generation.objects.filter(project=project).order_by("pk").values_list("pk", flat=True))
    few = ids[:: len(ids) // FEW]
    for start in range(0, len(few), 500):
        Generation.objects.filter(pk__in=few[start : start + 500]).update(prompt="Harbour, rare")
    Generation.objects.filter(pk=ids[len(ids) // 2]).update(prompt="Harbour, alone")
    words.keep(ids)
    for start in range(0, len(ids) // 10, 5000):
        culling.tag(user, project, ids[::10][start : start + 5000], ["tenth"])
    culling.rate(user, project, ids[::10][:5000], 4)
    culling.mark(user, project, ids[1::10][:5000], "pick")


def settle() -> None:
    """What PostgreSQL does by itself a minute after so many new rows: learn how they are spread."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


class Visit:
    """A signed-in person who asks for one project's wall in every way there is."""

    def __init__(self, project: Any, user: Any, rounds: int) -> None:
        from django.test import Client

        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(user)
        self.address, self.rounds = f"/p/{project.slug}/gallery", rounds

    def look(self, name: str) -> float:
        began = time.perf_counter()
        reply = self.client.get(self.address, WAYS[name])
        assert reply.status_code == 200, f"{name} answered {reply.status_code}"
        assert b"data-take" in reply.content, f"{name} found nothing"
        return time.perf_counter() - began

    def queries(self, name: str) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.look(name)  # what the process learns once is not counted
        with CaptureQueriesContext(connection) as caught:
            self.look(name)
        return len(caught)

    def ms(self, name: str) -> float:
        self.look(name)
        return statistics.median(self.look(name) for _ in range(self.rounds)) * 1000
