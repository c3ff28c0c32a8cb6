"""Two processes, three doors, twenty clicks at one moment: what a limit has room for is made, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.db.models import Q, Sum
from django.test import Client

from generations.models import Client as ProjectClient
from generations.models import Draft, Generation
from generations.plan import plan_of
from generations.services import audit
from generations.sheet import read_sheet
from generations.views.studio import draft_desk
from providers import ledger
from providers.models import QuotaCounter
from tests.crash.studio import CrashStudio
from tests.factories import make_account, make_model, make_project, make_quota, make_token, make_user
from tests.generations.matrix.page import HTMX
from tests.together import together

pytestmark = [pytest.mark.processes, pytest.mark.both_databases]
CLICKS, ROOM = 20, 10
TWO_DOLLARS = {"per": "video", "rates": [{"usd": "2.00"}]}


class Doors:
    """One person at the composer, at a matrix of one cell and with a token; there and in this process.

    Its account sends nothing, so that no bill gives money back while the others still ask.
    """

    def __init__(self, studio: CrashStudio) -> None:
        self.url, self.port = studio.process.url, studio.process.port
        self.user = make_user()
        self.project = make_project(self.user, client=ProjectClient.objects.create(name=uuid4().hex))
        self.model = make_model(account=make_account(max_in_flight=0), price_rule=TWO_DOLLARS)
        self.token = make_token(self.user)
        wanted = {"model": str(self.model.pk), "prompt": "A boat", "duration_s": 5, "resolution": "720p"}
        Draft.objects.create(user=self.user, project=self.project, body=wanted)
        self.wanted = wanted | {"aspect_ratio": "16:9", "shown_usd": "2.00"}
        self.sheet = {"model": [wanted["model"]], "prompt": ["A boat"], "copies": "1", "shown_usd": "2.00"}
        desk = draft_desk(self.user, self.project)
        self.sheet["layout"] = plan_of(self.user, self.project, desk.typed, read_sheet(self.sheet)).layout
        page = self._browser().get(f"/p/{self.project.slug}/matrix").content.decode()
        self.sheet["base"] = page.partition('name="base" value="')[2].partition('"')[0]

    def _browser(self) -> Client:
        client = Client()
        client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def knock(self, number: int) -> int:
        """:returns: the status of the answer."""
        place, body = self._form(number)
        far = number % 2 == 0
        return self._there(place, body) if far else self._here(place, body)

    def _form(self, number: int) -> tuple[str, dict[str, Any]]:
        key = {"idempotency_key": uuid4().hex}
        match number % 3:
            case 0:
                return f"/p/{self.project.slug}/generate", {**self.wanted, "count": "1", **key}
            case 1:
                return f"/p/{self.project.slug}/matrix/generate", {**self.sheet, **key}
        return "/api/v1/generations", {
            "project": self.project.slug,
            "account": self.model.account.name,
            "model": self.model.wire_id,
            "prompt": "A boat",
        }

    def _cookie(self, name: str) -> str:
        """Of the studio, which has another port than this process would have."""
        return f"vs{self.port}-{name}"

    def _here(self, place: str, body: dict[str, Any]) -> int:
        if place.startswith("/api/"):
            headers = {"Authorization": f"Bearer {self.token}"}
            return Client().post(place, body, "application/json", headers=headers).status_code
        return self._browser().post(place, body, headers=HTMX).status_code

    def _there(self, place: str, body: dict[str, Any]) -> int:
        bearer = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.url, trust_env=False, timeout=60) as web:
            if place.startswith("/api/"):
                return web.post(place, json=body, headers=bearer).status_code
            web.cookies.set(self._cookie("session"), str(self._browser().session.session_key))
            assert web.get(f"/p/{self.project.slug}/matrix").status_code == 200
            csrf = web.cookies[self._cookie("csrf")]
            return web.post(place, data=body, headers={**HTMX, "X-CSRFToken": csrf}).status_code


@pytest.fixture
def doors(studio: CrashStudio) -> Iterator[Doors]:
    made = Doors(studio)
    yield made
    QuotaCounter.objects.all().delete()


def test_twenty_clicks_of_two_dollars_at_twenty_make_ten(doors: Doors) -> None:
    limits = [
        make_quota("20.00", measure="money", scope="client", scope_id=doors.project.client_id),
        make_quota("99.00", measure="money", scope="role", role="member", period="hour"),
        make_quota("99", measure="seconds", scope="model", scope_id=doors.model.pk, period="week"),
    ]
    codes = together(CLICKS, doors.knock)
    refused = {(number % 3 == 2, code) for number, code in enumerate(codes) if code >= 400}
    assert refused <= {(True, 429), (False, 422)}, codes  # of the API, of the pages
    assert sum(code < 400 for code in codes) == ROOM, codes
    assert Generation.objects.filter(project=doors.project).count() == ROOM
    assert ledger.open_holds().filter(project_id=doors.project.pk).count() == ROOM
    mine = QuotaCounter.objects.filter(Q(person_id=None) | Q(person_id=doors.user.pk))
    used = [mine.filter(quota=quota).aggregate(used=Sum("used_micro"))["used"] for quota in limits]
    assert used == [20_000_000, 20_000_000, ROOM * 5_000_000]
    assert not audit.drift()
    for quota in limits:
        quota.delete()
