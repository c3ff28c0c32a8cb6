"""Venice beside a job: its file, the clean-up, the price, the key and the list of models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from providers.gateways._venice_models import read_model
from providers.gateways.capabilities import from_plain, to_plain
from providers.gateways.errors import BadReply, Lost, Refused, Unsupported
from providers.gateways.listing import laid_over
from providers.gateways.values import FailureClass, Job, Mode, Role, Standing

from .battery import MP4_HEAD, answer, picture
from .venice_requests import ID, caps_of
from .venice_samples import VeniceSamples


class TestVeniceLookUps(VeniceSamples):
    def test_the_file_is_asked_for_as_it_is(self) -> None:
        client, wire = self.client(answer(200, MP4_HEAD))
        with client.result_bytes(self.job()) as response:
            client.raise_for_result(response)
            assert response.read() == MP4_HEAD
        assert wire.sent[0].headers["accept-encoding"] == "identity"
        assert wire.body == self.poll[2]

    def test_a_file_that_is_gone_is_lost(self) -> None:
        client, _ = self.client(answer(404, {"error": "Media not found"}))
        with client.result_bytes(self.job()) as response, pytest.raises(Lost):
            client.raise_for_result(response)

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("Not offered in your region", FailureClass.INVALID_INPUT),
            ("API access is disabled", FailureClass.KEY_REJECTED),
        ],
    )
    def test_a_forbidden_file_is_the_keys_fault_only_where_it_says_so(
        self, text: str, kind: FailureClass
    ) -> None:
        client, _ = self.client(answer(403, {"error": text}))
        with client.result_bytes(self.job()) as response, pytest.raises(Refused) as caught:
            client.raise_for_result(response)
        assert (caught.value.message, caught.value.failure_class) == (text, kind)

    def test_cleans_up_after_the_copy_is_safe(self) -> None:
        client, wire = self.client(answer(400, {"error": "Request ID is invalid."}))
        client.after_store(Job(id=ID, model=self.model))
        assert wire.sent[0].url.path == "/api/v1/video/complete"
        assert wire.body == {"model": self.model, "queue_id": ID}

    def test_a_quote_sends_neither_prompt_nor_pictures(self) -> None:
        client, wire = self.client(answer(200, {"quote": 0.55}))
        assert client.quote(self.full, self.caps) == Decimal("0.55")
        assert wire.body == {
            "model": self.model,
            "duration": "5s",
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "audio": True,
        }

    @pytest.mark.parametrize("quote", ["0.55", None, True, -1, float("1e999")])
    def test_no_price_is_no_quote(self, quote: object) -> None:
        reply = httpx.Response(200, content=str({"quote": quote}).replace("'", '"').replace("inf", "1e999"))
        with pytest.raises(BadReply):
            self.client(reply)[0].quote(self.bare, self.caps)

    def test_the_key_check_tells_the_balance(self) -> None:
        data = {"accessPermitted": True, "balances": {"USD": 50.23, "DIEM": 100.02}, "rateLimits": []}
        client, wire = self.client(answer(200, {"data": data}))
        check = client.check_key()
        assert check.ok and check.standing == Standing(Decimal("50.23"), beside="100.02 DIEM")
        assert wire.sent[0].url.path == "/api/v1/api_keys/rate_limits"
        closed = {"accessPermitted": False, "balances": {}}
        assert not self.client(answer(200, {"data": closed}))[0].check_key().ok

    def test_discovers_models_with_their_limits(self) -> None:
        limits = {
            "model_type": "image-to-video",
            "aspect_ratios": ["auto", "16:9"],
            "resolutions": ["4k", "768P"],
            "durations": ["4s", "5s", "Auto", "1 gen"],
            "audio": True,
            "audio_configurable": True,
            "prompt_character_limit": 10000,
        }
        spec = {"name": "Seedance 2.0", "offline": True, "constraints": limits}
        item = {"id": "new-image-to-video", "model_spec": spec}
        client, wire = self.client(answer(200, {"data": [item, {"id": 5}, {"id": "bare"}]}))
        found, bare = client.discover()
        assert str(wire.sent[0].url).endswith("/models?type=video")
        assert (found.label, found.offline, bare.label) == ("Seedance 2.0", True, "bare")
        caps = from_plain({**found.if_new, **found.capabilities})
        assert caps.durations_s == (4.0, 5.0) and caps.prompt_max_chars == 10000
        assert caps.wire_resolution("768p") == "768P" and caps.wire_ratio("adaptive") == "auto"
        assert caps.modes == (Mode.IMAGE_TO_VIDEO,) and caps.inputs[Role.FIRST_FRAME].min_count == 1

    def test_a_discovery_lies_over_the_catalogue(self) -> None:
        item = {"id": self.model, "model_spec": {"constraints": {"durations": ["3s"]}}}
        found = self.client(answer(200, {"data": [item]}))[0].discover()[0]
        merged = from_plain({**to_plain(self.caps), **found.capabilities})
        assert merged.durations_s == (3.0,) and merged.inputs == self.caps.inputs

    def test_a_listed_limit_of_pictures_is_refused_here(self) -> None:
        limits = {
            "reference_image_min_short_side_pixels": 512,
            "reference_image_min_aspect_ratio": 0.5,
            "reference_image_max_aspect_ratio": 2,
        }
        item = {"id": self.model, "model_spec": {"constraints": limits}}
        found = self.client(answer(200, {"data": [item]}))[0].discover()[0]
        caps = from_plain(laid_over(to_plain(self.caps), found.capabilities))
        assert set(caps.inputs) == set(self.caps.inputs)
        for role in (Role.FIRST_FRAME, Role.LAST_FRAME):
            kept = replace(self.caps.inputs[role], min_side_px=512, min_ratio=0.5, max_ratio=2.0)
            assert caps.inputs[role] == kept

    @pytest.mark.parametrize("odd", [None, "300", True, -1, float("inf"), []])
    def test_a_limit_of_pictures_that_is_no_number_is_not_told(self, odd: object) -> None:
        limits = {"reference_image_min_short_side_pixels": odd, "reference_image_min_aspect_ratio": odd}
        found = read_model({"id": "m", "model_spec": {"constraints": limits}})
        assert "inputs" not in found.capabilities

    @pytest.mark.parametrize(
        ("facts", "told"),
        [
            ({"width": 299, "height": 400}, "300 px or more"),
            ({"width": 1000, "height": 399}, "between 0.4 and 2.5"),
            ({"mime": "image/avif"}, "AVIF is not taken"),
        ],
    )
    def test_a_reference_out_of_bounds_stays_here(self, facts: Mapping[str, Any], told: str) -> None:
        wish = replace(self.references, inputs=(picture(Role.REFERENCE_IMAGE, **facts),))
        with pytest.raises(Unsupported, match=told):
            self.client(answer(200, self.submitted))[0].submit(wish, caps_of(wish.model))
