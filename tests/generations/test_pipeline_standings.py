"""A take leaves behind what its gateway told of the key on the way."""

from __future__ import annotations

from generations.models import Status
from providers import standings
from tests.generations.desk import Desk
from tests.generations.pipeline import Line
from tests.providers.sandbox_server import SandboxServer

MODEL = "wan-2.6-text-to-video"


def test_a_take_tells_what_is_left_of_money_and_calls(studio: Line, sandbox: SandboxServer) -> None:
    values = {"duration_s": 5.0, "resolution": "720p", "aspect_ratio": "16:9"}
    desk = Desk(sandbox, "venice", MODEL, values, key="sandbox-standing-line")
    take = desk.take("A paper kite over a pier, standing")
    studio.send()
    desk.account.refresh_from_db()
    calls = desk.account.standing["calls"]
    assert (calls["submit"]["left"], calls["submit"]["most"]) == (39, 40)
    billed = sum(entry["amount_usd"] for entry in desk.bills(take))
    assert billed and standings.money_words(desk.account).startswith(f"${50.23 - billed:.2f} (")
    type(desk.account).objects.filter(pk=desk.account.pk).update(standing_at=None)
    studio.finish(take)
    assert take.status == Status.COMPLETED, take.failure_message
    desk.account.refresh_from_db()
    assert desk.account.standing["calls"]["poll"]["most"] == 120
