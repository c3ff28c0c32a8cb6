"""Token360's list of jobs, its bill and its catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from providers.gateways.base import DiscoveredModel
from providers.gateways.client import GatewayClient
from providers.gateways.errors import BadReply, Unavailable
from providers.gateways.job_list import Candidate

from .battery import KEY, Wire, answer
from .swept import swept
from .token360_samples import Token360Samples


class TestToken360LookUps(Token360Samples):
    def found(self, wire: httpx.MockTransport, since: datetime) -> list[Candidate]:
        return swept(self.gateway, self.gateway.base_url, KEY, lambda here: here.find(since), wire)

    def test_finds_jobs_in_the_list(self) -> None:
        item = {"id": "v1", "model": "m", "prompt": "p", "created_at": 1760000000}
        wire = Wire(answer(200, {"object": "list", "data": [item, {"id": 5}, "x"]}))
        found = self.found(wire, datetime.now(UTC))
        assert str(wire.sent[0].url).endswith("/videos?limit=100&order=desc")
        assert [c.job_id for c in found] == ["v1"]
        assert found[0].created_at == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)

    @pytest.mark.parametrize("older", [False, True])
    def test_looks_as_far_back_as_the_submit(self, older: bool) -> None:
        since = datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)
        at = int(since.timestamp()) - (1 if older else 0)
        items = [{"id": f"v{n}", "model": "m", "prompt": "p", "created_at": at} for n in (1, 2)]
        pages = {
            None: {"data": items[:1], "has_more": True, "last_id": "v1"},
            "v1": {"data": items[1:], "has_more": False, "last_id": "v2"},
        }
        serve = httpx.MockTransport(lambda asked: answer(200, pages[asked.url.params.get("after")]))
        assert [c.job_id for c in self.found(serve, since)] == (["v1"] if older else ["v1", "v2"])

    # -- what it booked ------------------------------------------------------------------------------

    def cost(self, reply: httpx.Response) -> Any:
        return self.client(reply)[0].cost(replace(self.job(), request_id="req/9"))

    def booked(self, data: Any, code: Any = 0) -> Any:
        return self.cost(answer(200, {"code": code, "msg": "success", "data": data, "traceId": "t"}))

    def test_asks_for_the_cost_by_the_request_id(self) -> None:
        client, wire = self.client(answer(200, {"code": 404, "msg": "not found"}))
        assert client.cost(replace(self.job(), request_id="req/9")) is None
        assert str(wire.sent[0].url).endswith("/v1/billing/requests/req%2F9?type=video")
        assert wire.sent[0].method == "GET"

    @pytest.mark.parametrize(
        ("data", "usd"),
        [
            ({"amount": "0.5675", "currency": "USD"}, "0.5675"),
            ({"amount": 0.5675}, "0.5675"),
            ({"totalCost": "1", "currency": ""}, "1"),
            ([{"cost": 0.25}, {"cost": "0.5"}], "0.75"),
        ],
    )
    @pytest.mark.parametrize("code", [0, 200, "0"])
    def test_reads_what_was_booked(self, data: Any, usd: str, code: Any) -> None:
        assert self.booked(data, code) == Decimal(usd)

    def test_what_is_not_booked_yet_is_no_sum(self) -> None:
        assert self.cost(answer(404, "<html>")) is None
        assert self.booked(None, 404) is None and self.booked(None, "404") is None
        assert self.booked({"amount": "0"}) is None  # a finished clip for nothing: not booked, rather

    @pytest.mark.parametrize(
        "data",
        [
            *(None, [], {}, "0.5", {"price": 1}, {"amount": True}, {"amount": "many"}, {"amount": -1}),
            *(
                {"amount": "NaN"},
                {"amount": "1e30"},
                {"amount": {"usd": 1}},
                {"amount": 3, "currency": "CNY"},
            ),
            *([{"amount": 1}, {"status": "pending"}], {"amount": 10**400}),
        ],
    )
    def test_what_cannot_be_read_is_never_a_sum(self, data: Any) -> None:
        with pytest.raises(BadReply):
            self.booked(data)

    def test_a_failing_code_under_200_is_an_error(self) -> None:
        with pytest.raises(BadReply, match="no permission"):
            self.cost(answer(200, {"code": 403, "msg": "no permission", "data": {"amount": "1"}}))
        with pytest.raises(BadReply):
            self.cost(answer(200, {"data": {"amount": "1"}}))
        with pytest.raises(Unavailable):
            self.cost(answer(500, {"code": 0, "data": {"amount": "1"}}))

    # -- its catalogue -------------------------------------------------------------------------------

    def listed(self, *rows: Any, **data: Any) -> httpx.Response:
        return answer(200, {"code": 0, "msg": "success", "data": {"list": list(rows), **data}})

    def test_asks_the_public_catalogue_without_the_key(self) -> None:
        client, wire = self.client(self.listed())
        assert client.discover() == []
        sent = wire.sent[0]
        assert str(sent.url) == "https://api.token360.ai/public/models?size=200&current=1"
        assert sent.method == "GET" and KEY not in str(sent.headers)

    def test_video_models_are_told_from_others_and_nothing_is_guessed_of_them(self) -> None:
        video = {"name": "veo-9", "displayName": "Veo 9", "modelType": "VIDEO_GENERATION"}
        rows = [
            video,
            {"name": "old", "modelOutputTypes": ["VIDEO"]},
            {"name": "gpt", "modelType": "TEXT_GENERATION", "modelOutputTypes": ["VIDEO"]},
            {"name": "", "modelType": "VIDEO_GENERATION"},
            {"name": 5, "modelType": "VIDEO_GENERATION"},
            {"name": "x" * 121, "modelType": "VIDEO_GENERATION"},
            "seedance-2.0",
        ]
        found = self.client(self.listed(*rows))[0].discover()
        assert found == [DiscoveredModel("veo-9", "Veo 9"), DiscoveredModel("old", "old")]

    @pytest.mark.parametrize(
        "reply",
        [
            {"code": 500, "msg": "sorry", "data": {"list": []}},
            *({"code": 0, "data": []}, {"code": 0, "data": {"list": {}}}, {"object": "list", "data": None}),
        ],
    )
    def test_anything_but_the_catalogue_is_a_bad_reply(self, reply: Any) -> None:
        with pytest.raises(BadReply):
            self.client(answer(200, reply))[0].discover()

    def paged(self, count: int, most: int, **told: Any) -> list[str]:
        """Ids that are found when the server sends at most ``most`` of its ``count`` models a page."""
        models = [{"name": f"m{n}", "modelType": "VIDEO_GENERATION"} for n in range(count)]

        def serve(asked: httpx.Request) -> httpx.Response:
            at = (int(asked.url.params["current"]) - 1) * most
            return self.listed(*models[at : at + most], **told)

        client = GatewayClient(self.gateway, self.gateway.base_url, KEY, transport=httpx.MockTransport(serve))
        return [model.wire_id for model in client.discover()]

    @pytest.mark.parametrize(
        ("count", "most", "told"),
        [
            (250, 200, {"total": 250}),
            (250, 100, {"total": 250}),
            (400, 200, {}),
            (250, 200, {}),
            (3, 200, {}),
        ],
    )
    def test_the_whole_catalogue_is_read(self, count: int, most: int, told: dict[str, int]) -> None:
        assert self.paged(count, most, **told) == [f"m{n}" for n in range(count)]

    def test_a_catalogue_without_an_end_is_not_believed(self) -> None:
        with pytest.raises(BadReply, match="no end"):
            self.client(self.listed({"name": "m"}, total=9999))[0].discover()
