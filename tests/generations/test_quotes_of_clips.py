"""Prices that hang on the source clip: on the button, when the take is made and before it is sent, over real
HTTP to the sandbox's quote."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation, Status
from generations.services import again, audit
from generations.services.compose import Wish, compose
from generations.services.outgoing import prepare
from generations.services.pricing import price
from providers import asking, ledger
from providers.gateways.capabilities import from_plain
from providers.gateways.values import Input, Role
from providers.ids import new_id
from providers.models import ProviderAccount, Quota
from providers.quotas import QuotaExceeded
from providers.quotes import Quote, quote
from providers.stand_in import stand_in_for
from tests.factories import CLOSED_PORT, make_quota
from tests.generations.pipeline import Line
from tests.generations.test_pipeline_venice_modes import GROK, RESTYLE, UPSCALE, ModesDesk
from tests.media_files import make_mp4
from tests.providers.sandbox_server import SandboxServer

pytestmark = [pytest.mark.django_db(transaction=True)]
BY_CLIP = [
    (UPSCALE, {"upscale_factor": 2}),
    (RESTYLE, {"prompt": "As a woodcut"}),
    (GROK, {"prompt": "As a woodcut"}),
    ("happyhorse-1-0-video-to-video", {"prompt": "As a woodcut"}),
    ("gemini-omni-flash-1-1-video-to-video", {"prompt": "As a woodcut"}),
]


class LargeDesk(ModesDesk):
    """Its source clips have a short side that every model takes."""

    def file(self, role: Role) -> Path:
        self.files += 1
        return make_mp4(self.folder / f"{self.files}.mp4", 3.0, (640, 360))


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer, tmp_path: Path) -> ModesDesk:
    folder = tmp_path / "made"
    folder.mkdir()
    return LargeDesk(sandbox, folder)


def wish_of(desk: ModesDesk, model: str, **values: Any) -> Wish:
    clip = desk.keep(desk.file(Role.SOURCE_VIDEO))
    return Wish(desk.allowed(model), values, [(Role.SOURCE_VIDEO, clip)])


def is_shown(desk: ModesDesk, model: str, **values: Any) -> Quote:
    """What stands on the button."""
    return price(desk.user, desk.project, wish_of(desk, model, **values), 1).each


def make(desk: ModesDesk, model: str = RESTYLE, **values: Any) -> Generation:
    own = {"prompt": f"As a woodcut, {new_id()}"}  # the sandbox's bill is that of all tests
    return desk.take_in(model, [Role.SOURCE_VIDEO], **(own | values))


def make_without_a_quote(desk: ModesDesk) -> Generation:
    """While the gateway is away: no price is known, and it comes back before the take is sent."""
    here = ProviderAccount.objects.filter(pk=desk.account.pk)
    here.update(base_url=CLOSED_PORT)
    take = make(desk)
    here.update(base_url=desk.account.base_url)
    return take


def asked_of(sandbox: SandboxServer, path: str) -> list[dict[str, Any]]:
    return [line for line in sandbox.requests() if line["path"].endswith(path)]


def reload(take: Generation) -> Generation:
    return Generation.objects.select_related("author", "account", "model", "project").get(pk=take.pk)


@pytest.mark.parametrize(("model", "values"), BY_CLIP)
def test_the_button_carries_a_quote(desk: ModesDesk, model: str, values: dict[str, Any]) -> None:
    told = is_shown(desk, model, **values)
    assert told.basis == "quoted" and told.amount_usd
    assert "blank clip" in told.detail[1]


def test_an_upscale_is_quoted_by_what_comes_out(desk: ModesDesk) -> None:
    """A clip of three seconds and 360 lines."""
    told = {factor: is_shown(desk, UPSCALE, upscale_factor=factor).amount_usd for factor in (1, 2, 4)}
    assert told == {1: Decimal("0.04"), 2: Decimal("0.04"), 4: Decimal("0.3")}


def test_nothing_of_the_clip_leaves_for_a_quote(desk: ModesDesk, sandbox: SandboxServer) -> None:
    """The body that the sandbox got is the one with the blank clip."""
    take = make(desk)
    caps = from_plain(take.model.capabilities)
    blank = stand_in_for(take.inputs.get().asset.as_media())
    request = prepare(take, with_files=False).request
    request = replace(request, inputs=(Input(Role.SOURCE_VIDEO, blank),))
    wire = desk.account.adapter.build_quote(request, caps)
    body = httpx.Request("POST", "http://x", json=wire.json).content
    assert asked_of(sandbox, "/video/quote")[-1]["body_sha256"] == hashlib.sha256(body).hexdigest()


def test_a_page_asks_once_a_minute_for_the_same_clip(desk: ModesDesk, sandbox: SandboxServer) -> None:
    wish, before = wish_of(desk, UPSCALE), len(asked_of(sandbox, "/video/quote"))
    told = [price(desk.user, desk.project, wish, 1).each.amount_usd for _ in range(3)]
    assert len(set(told)) == 1 and len(asked_of(sandbox, "/video/quote")) == before + 1


def test_the_composers_price_is_answered(desk: ModesDesk, signed_in: Callable[..., Client]) -> None:
    wish = wish_of(desk, UPSCALE, upscale_factor=4)
    form = {"model": wish.model.pk, "upscale_factor": "4", "source_video": wish.inputs[0][1], "count": "2"}
    answer = signed_in(desk.user).post(reverse("composer-quote", args=[desk.project.slug]), form).json()
    assert (answer["amount"], answer["shown"], answer["basis"]) == ("$0.60", "0.6", "Quoted · $0.30 each")


def test_a_limit_counts_the_quote(desk: ModesDesk) -> None:
    make_quota("0.35", measure=Quota.Measure.MONEY)
    take = make(desk)
    assert (take.price_basis, take.held_usd) == ("quoted", Decimal("0.33"))
    with pytest.raises(QuotaExceeded):
        make(desk)


def test_a_quote_above_the_hold_stops_the_take(studio: Line, desk: ModesDesk) -> None:
    take = make(desk)
    old = timezone.now() - timedelta(minutes=2)
    Generation.objects.filter(pk=take.pk).update(held_usd=Decimal("0.20"), priced_at=old)
    studio.send()
    take = reload(take)
    assert (take.status, take.failure_class, take.failure_code) == (Status.FAILED, "price_moved", "0.33")
    assert not desk.bills(take)
    again.accept_price(take.author, take, shown="0.33")
    assert reload(take).held_usd == Decimal("0.33")


def test_a_price_that_becomes_known_is_held_before_the_first_byte(studio: Line, desk: ModesDesk) -> None:
    take = make_without_a_quote(desk)
    assert (take.price_basis, take.held_usd) == ("unknown", None)
    assert "Venice told no price" in take.price_detail[0]
    studio.send()
    take = reload(take)
    assert (take.status, take.attempt, take.held_usd) == (Status.QUEUED, 2, Decimal("0.33"))
    assert ledger.open_holds().get().amount_usd == Decimal("0.33") and not desk.bills(take)
    assert studio.finish(take).status == Status.COMPLETED
    assert [line.kind for line in ledger.lines_of(take.pk)] == ["hold", "release", "hold", "settle"]
    assert not audit.drift()


def test_a_price_that_becomes_known_and_breaks_a_limit_stops_the_take(studio: Line, desk: ModesDesk) -> None:
    take = make_without_a_quote(desk)
    make_quota("0.10", measure=Quota.Measure.MONEY)
    studio.send()
    take = reload(take)
    assert (take.status, take.failure_class) == (Status.FAILED, "price_moved")
    assert "$0.33" in take.failure_message and "$0.10" in take.failure_message
    assert not desk.bills(take) and not ledger.open_holds().exists() and not audit.drift()


def test_who_pays_stays_who_paid(studio: Line, desk: ModesDesk) -> None:
    take = make_without_a_quote(desk)
    studio.send()
    assert {line.person_id for line in ledger.lines_of(take.pk)} == {desk.user.pk}
    event = take.events.get(kind="price found")
    assert event.actor is None and event.detail["held_usd"] == "0.33"


def test_an_estimate_gives_way_to_a_higher_quote(studio: Line, desk: ModesDesk) -> None:
    """It was reckoned while the gateway told nothing."""
    take = desk.take("A mill", model="wan-2.6-text-to-video")
    Generation.objects.filter(pk=take.pk).update(held_usd=Decimal("0.01"), price_basis="estimated")
    studio.send()
    assert reload(take).failure_class == "price_moved"


def test_a_refused_question_says_why_and_asks_for_the_models(
    desk: ModesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[Any] = []
    monkeypatch.setattr(asking, "async_task", lambda *told, cluster: rung.append(told))
    ProviderAccount.objects.update(discovery_rung_at=None)
    wish = wish_of(desk, RESTYLE, resolution="720p", prompt="x")
    wish.model.capabilities["resolutions"] = [{"value": "720p", "wire": "721p"}]
    wish.model.save()
    told = price(desk.user, desk.project, wish, 1).each
    assert told.basis == "unknown" and "received '721p'" in told.detail[0]
    assert [line[1] for line in rung] == [str(desk.account.pk)]


def test_a_sandbox_account_costs_nothing_and_says_what_it_would(desk: ModesDesk) -> None:
    ProviderAccount.objects.filter(pk=desk.account.pk).update(sandbox=True)
    wish = wish_of(desk, RESTYLE, prompt="x")
    told = quote(desk.allowed(RESTYLE), compose(desk.user, desk.project, wish).request)
    assert (told.amount_usd, told.basis) == (0, "sandbox") and "$0.33" in told.detail[0]
