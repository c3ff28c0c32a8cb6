"""The composer with fifty files attached: its lights and chips after each change, and the price."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.calls import beating, least_ms, p95_ms, posting, queries
from bench.table import Row
from bench.world import World

SUBJECT = "composer"
FEW, MANY = 2, 50
MOST_MS = 300  # at p95, on the server


def measure(world: World) -> Iterator[Row]:
    world.set_up()
    world.collect_static()
    from tests.factories import CLOSED_PORT, make_account, make_model, make_project, make_user

    user = make_user()
    project, account = make_project(user), make_account(base_url=CLOSED_PORT)
    model = make_model(account=account, capabilities=taking(MANY))
    files = pictures(project, MANY)
    rounds = 20 if world.quick else 100
    few, many = ({"reference_image": files[:count]} for count in (FEW, MANY))
    body = {"prompt": "Fifty views of a harbour", "model": str(model.pk), "duration_s": "5"}
    body |= {"resolution": "720p", "aspect_ratio": "16:9", "count": "1"}
    for words, name in (("lights and chips", "composer"), ("the price", "composer/price")):
        address = f"/p/{project.slug}/{name}"
        ask, small = posting(user, address, body | many), posting(user, address, body | few)
        slowest, least = p95_ms(ask, rounds), least_ms(small, rounds)
        yield Row(SUBJECT, f"{words} of {MANY} files: CPU time, p95", f"{slowest:.0f} ms",
                  f"≤ {MOST_MS} ms", slowest <= MOST_MS)  # fmt: skip
        yield Row(SUBJECT, f"{words}: with {MANY} files : with {FEW}",
                  f"{slowest / least:.1f} ({slowest:.0f} : {least:.0f} ms)")  # fmt: skip
        counts = f"{queries(ask)}, {queries(small)}"
        yield Row(SUBJECT, f"{words}: queries with {MANY} files, with {FEW}", counts)
    beat = least_ms(beating(user, project), rounds)
    yield Row(SUBJECT, "the feed's 204 reply beside them, in the same run", f"{beat:.1f} ms")


def taking(count: int) -> dict[str, Any]:
    """A model that takes so many references, with the limits that the gateways' own have."""
    from tests.factories import CAPABILITIES

    limits = {"max_count": count, "max_bytes": 30_000_000, "mimes": ["image/jpeg", "image/png"]}
    limits |= {"min_side_px": 300, "max_side_px": 6000, "min_ratio": 0.4, "max_ratio": 2.5}
    modes = ["text_to_video", "reference_to_video"]
    return {**CAPABILITIES, "modes": modes, "inputs": {"reference_image": limits}}


def pictures(project: Any, count: int) -> list[str]:
    from tests.factories import make_asset

    named = ({"name": f"view {n}.jpg", "width": 1280, "height": 720} for n in range(count))
    return [str(make_asset(project=project, **told).pk) for told in named]
