"""A whole studio for a subject: its processes, a person with a token, and the API as they see it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from bench.world import World
from tests.studio_process import StudioProcess, wait_until

MODEL = "seedance-2.0-fast"


class Api:
    """One person's requests to one project."""

    def __init__(self, url: str, token: str, project: Any, account: Any) -> None:
        self.project, self.account = project, account
        self.client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False
        )

    def generate(self, prompt: str) -> str:
        body = {
            "project": self.project.slug, "account": self.account.name, "model": MODEL, "prompt": prompt,
            "duration_s": 4, "resolution": "480p", "aspect_ratio": "16:9",
        }  # fmt: skip
        reply = self.client.post("/api/v1/generations", json=body)
        assert reply.status_code == 202, reply.text
        return str(reply.json()["id"])

    def takes(self) -> list[dict[str, Any]]:
        reply = self.client.get("/api/v1/generations", params={"project": self.project.slug, "limit": 100})
        found: list[dict[str, Any]] = reply.raise_for_status().json()["items"]
        return found

    def play(self, take_id: str) -> None:
        """The first bytes, as a player asks for them."""
        reply = self.client.get(f"/api/v1/generations/{take_id}/content", headers={"Range": "bytes=0-65535"})
        assert reply.status_code in (200, 206), reply.text
        assert reply.content[4:8] == b"ftyp"


@contextmanager
def running(world: World, **env: str) -> Iterator[StudioProcess]:
    """Every process of the studio, over this world's data folder and database."""
    kept = {name: os.environ[name] for name in ("DATABASE_URL", "OUTBOUND_ALLOW") if name in os.environ}
    with StudioProcess(world.folder, **kept, **env) as studio:
        wait_until(lambda: studio.health()["ok"], 60)
        try:
            yield studio
        except Exception:
            print(studio.said[-4000:], file=sys.stderr)
            raise


def sign_up(url: str, account: Any) -> Api:
    """A new person with a project, and room at the gateway for all that is to come."""
    from tests.factories import make_project, make_token, make_user

    account.max_in_flight, account.submits_per_min = 1000, 100_000
    account.save()
    user = make_user()
    return Api(url, make_token(user), make_project(user), account)
