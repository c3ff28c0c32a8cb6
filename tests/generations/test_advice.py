"""What Venice advises after a refusal, from its answer to the composer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse

from generations.models import Draft, Generation, Status
from generations.services import again
from generations.services.refusals import WrongState
from tests.generations.desk import Desk
from tests.generations.pipeline import Line
from tests.providers.sandbox_server import SandboxServer

VALUES = {"duration_s": 5.0, "resolution": "720p", "aspect_ratio": "16:9", "generate_audio": False}


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer) -> Desk:
    return Desk(sandbox, "venice", "wan-2.6-text-to-video", VALUES)


def ways_in(client: Any, take: Generation) -> tuple[str, str]:
    """The take's page, and what its buttons that cost money say."""
    pages = (client.get(reverse(name, args=[take.pk])) for name in ("take", "take-price"))
    page, price = (answer.content.decode() for answer in pages)
    return page, price


def test_a_suggested_prompt_fills_the_composer_and_is_sent_by_nobody(
    studio: Line, desk: Desk, signed_in: Any
) -> None:
    take, client = studio.finish(desk.take(desk.prompt("submit 422 suggestion"))), signed_in(desk.user)
    assert (take.status, take.failure_mend) == (Status.FAILED, {"prompt": "A calm pond"})
    page, price = ways_in(client, take)
    assert "Use the suggested prompt" in page and 'title="A calm pond"' in page
    assert "Retry" in price and 'name="mended"' not in price
    with pytest.raises(WrongState):
        again.retry(desk.user, take, key="k", shown_usd=None, mended=True)
    answer = client.post(reverse("take-edit", args=[take.pk]), {"advised": "prompt"})
    assert answer.status_code == 302 and answer.url.startswith(desk.project.get_absolute_url())
    body = Draft.objects.get(user=desk.user, project=desk.project).body
    assert (body["prompt"], body["model"]) == ("A calm pond", str(take.model_id))
    assert (body["parent"], body["duration_s"]) == (str(take.pk), 5.0)
    assert Generation.objects.count() == 1


def test_a_recommended_model_fills_the_composer_where_an_account_offers_it(
    studio: Line, desk: Desk, signed_in: Any
) -> None:
    take, client = studio.finish(desk.take(desk.prompt("poll 422 policy"))), signed_in(desk.user)
    other = desk.allowed("wan-3-0-text-to-video")
    assert (take.status, take.failure_mend) == (Status.FAILED, {"model": other.wire_id})
    page, price = ways_in(client, take)
    assert f"Try {other.label}" in page and 'name="mended"' not in price
    client.post(reverse("take-edit", args=[take.pk]), {"model": str(other.pk), "advised": "prompt"})
    body = Draft.objects.get(user=desk.user, project=desk.project).body
    assert (body["prompt"], body["model"]) == (take.prompt, str(other.pk))

    desk.account.enabled = False
    desk.account.save()
    page, _price = ways_in(client, take)
    assert f"Try {other.label}" not in page and other.wire_id in page  # the words stay
    told = client.get(f"/api/v1/generations/{take.pk}").json()["failure"]
    assert json.dumps(told["mend"]) == json.dumps({"model": other.wire_id})
