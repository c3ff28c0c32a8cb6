"""SilkDock against its own page: the battery, and its look-ups."""

from __future__ import annotations

from dataclasses import replace

import pytest

from providers.gateways.base import Step
from providers.gateways.capabilities import Capabilities, ExtraField, from_plain, to_plain
from providers.gateways.check import check
from providers.gateways.errors import BadReply
from providers.gateways.listing import gated, laid_over
from providers.gateways.values import Mode, Role
from providers.gateways.wire import Reply

from .battery import ProviderBattery, answer
from .silkdock_samples import SilkDockSamples


class TestSilkDock(SilkDockSamples, ProviderBattery):
    def test_checks_a_key_for_free(self) -> None:
        client, wire = self.client(answer(200, {"object": "list", "data": [{"id": "wan-2.7"}]}))
        assert client.check_key().ok
        assert (wire.sent[0].method, wire.sent[0].url.path) == ("GET", "/v1/models")

    def test_flags_of_a_model_gate_its_modes(self) -> None:
        flags = {"supports_video_multimodal_reference": True, "supports_video_start_end_frame": False}
        rows = [
            {"model_group": "seedance-2.0", "mode": "video_generation", **flags},
            {"model_group": "bare", "mode": "video_generation"},
            {"model_group": "chatty", "mode": "chat"},
            {"model_group": None, "mode": "video_generation"},
            "odd",
        ]
        client, wire = self.client(answer(200, {"data": rows}))
        flagged, bare = client.discover()
        assert wire.sent[0].url.path == "/model_group/info"
        assert flagged.gates == {Mode.FIRST_LAST_FRAME: False, Mode.REFERENCE_TO_VIDEO: True}
        assert not any(bare.gates.values())
        left = gated(self.caps, flagged.gates)
        assert set(self.caps.modes) - set(left.modes) == {Mode.FIRST_LAST_FRAME}
        assert set(self.caps.inputs) - set(left.inputs) == {Role.LAST_FRAME}
        assert set(self.caps.extra) - set(left.extra) == {"picture_is"}  # the first frame has the same flag
        assert gated(self.caps, {Mode.REFERENCE_TO_VIDEO: False}).extra == self.caps.extra
        assert gated(self.caps, bare.gates).modes == (Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO)
        assert set(gated(self.caps, bare.gates).inputs) == {Role.FIRST_FRAME, Role.AUDIO_TRACK}
        assert bare.if_new["modes"] == ["text_to_video", "image_to_video"]
        assert set(flagged.if_new["inputs"]) == {"first_frame"} and not bare.opens
        (brought,) = flagged.opens.values()
        assert set(brought["inputs"]) == {"reference_image", "reference_video", "reference_audio"}
        with pytest.raises(BadReply):
            self.client(answer(200, {"models": []}))[0].discover()

    def test_the_list_tells_whose_prompts_pixwith_rewrites(self) -> None:
        """Of models that we know and of others; the page gives the other two settings to vendors by name."""
        rows = [
            {"model_group": name, "mode": "video_generation", "providers": providers}
            for name, providers in (
                ("wan-2.7", ["Pixwith"]),
                ("veo-9", ["vertex_ai", "custom_pixwith"]),
                ("seedance-9", ["volcengine"]),
                ("odd-1", [None, 7]),
                ("odd-2", "pixwith"),
            )
        ]
        client, _wire = self.client(answer(200, {"data": rows}))
        known, veo, seedance, *odd = client.discover()
        wan = to_plain(self.caps_of("wan-2.7"))
        assert set(laid_over(wan, known.capabilities)["extra"]) == {"user", "prompt_optimization"}
        assert laid_over(wan, seedance.capabilities) == wan
        caps = from_plain(laid_over(veo.if_new, veo.capabilities))
        assert set(caps.extra) == {"user", "prompt_optimization", "enhance_prompt"} and not caps.watermark
        assert seedance.if_new["watermark"] and set(seedance.if_new["extra"]) == {"user"}
        assert [set(laid_over(m.if_new, m.capabilities)["extra"]) for m in odd] == [{"user"}] * 2

    def test_an_option_of_closed_modes_only_goes_with_them(self) -> None:
        modes = (Mode.IMAGE_TO_VIDEO, Mode.FIRST_LAST_FRAME)
        option = ExtraField("boolean", modes=modes)
        caps = Capabilities(modes, extra={"both": option, "one": replace(option, modes=modes[1:])})
        assert set(gated(caps, {Mode.FIRST_LAST_FRAME: False}).extra) == {"both"}
        assert set(gated(caps, {Mode.REFERENCE_TO_VIDEO: False}).extra) == {"both", "one"}

    def test_what_a_picture_is_can_be_said_of_a_single_picture_only(self) -> None:
        wish = replace(self.references, extra={"picture_is": "first frame"})
        assert [problem.field for problem in check(wish, self.caps, public_urls=True)] == ["extra.picture_is"]

    def test_the_base_address_is_kept_without_its_version(self) -> None:
        for typed in ("https://silkdock.ai", "https://silkdock.ai/v1", "https://silkdock.ai/v1/"):
            assert self.gateway.clean_base_url(typed) == "https://silkdock.ai"

    def test_an_error_is_never_read_from_a_success(self) -> None:
        assert (
            self.gateway.specific_error(Reply(200, {}, b'{"url": "https://a.example/x"}'), Step.POLL) is None
        )
