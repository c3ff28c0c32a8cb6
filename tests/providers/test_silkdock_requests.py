"""What SilkDock is sent: the examples of its page key by key, and what else can be said."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from providers.gateways.capabilities import from_plain, to_plain
from providers.gateways.errors import Unsupported
from providers.gateways.values import Input, Mode, Role

from .battery import answer, picture
from .silkdock_samples import SITE, SilkDockSamples, at


class TestSilkDockRequests(SilkDockSamples):
    # -- the page's own requests; those that submit are in tests/generations/test_examples.py ------------

    def test_all_models_are_asked_for_where_the_example_asks_for_one(self) -> None:
        """The page's example has ``?model_group=``; without it the same address lists every model."""
        wire = self.gateway.build_discover()
        assert (wire.method, wire.path, dict(wire.query)) == ("GET", "/model_group/info", {})

    def test_example_download(self) -> None:
        wire = self.gateway.build_bytes(self.job())
        assert (wire.method, wire.path) == ("GET", "/v1/videos/video_xxxxxx/content")
        assert wire.read_timeout_s >= 600

    # -- what else can be said -----------------------------------------------------------------------

    def test_a_recipe_names_the_file_by_its_hash(self) -> None:
        wish = replace(self.bare, mode=Mode.IMAGE_TO_VIDEO, inputs=(picture(address="sha256:abc"),))
        wire = self.gateway.build_submit(wish, self.caps)
        part = wire.files["input_reference"]
        assert (part.name, part.content) == ("sha256:abc", b"")
        frames = replace(
            self.full, inputs=tuple(replace(i, media=i.media.at("sha256:abc")) for i in self.full.inputs)
        )
        body = self.gateway.build_submit(frames, self.caps).json
        assert body is not None and body["extra_body"]["last_frame_url"] == "sha256:abc"

    def test_a_picture_becomes_the_first_frame_only_when_that_is_said(self) -> None:
        wish = replace(self.bare, mode=Mode.IMAGE_TO_VIDEO, inputs=(at(Role.FIRST_FRAME, "a.png"),))
        assert self.send(wish)["input_reference"] == f"{SITE}/a.png"
        assert "first_frame_url" not in self.send(wish)["extra_body"]
        framed = self.send(replace(wish, extra={"picture_is": "first frame"}))
        assert framed["extra_body"]["first_frame_url"] == f"{SITE}/a.png"
        assert "input_reference" not in framed and "picture_is" not in str(framed)

    def test_what_an_administrator_adds_goes_out_as_the_page_has_it(self) -> None:
        """The words of docs/gateways/silkdock.md, *What an administrator may add*."""
        plain = to_plain(self.caps_of("wan-2.7"))
        plain["extra"] |= {"prompt_optimization": {"kind": "boolean", "label": "Rewrite"}}
        plain["resolutions"] += ["4k"]
        wish = replace(self.bare, model="wan-2.7", resolution="4k", extra={"prompt_optimization": False})
        client, wire = self.client(answer(200, self.submitted))
        client.submit(wish, from_plain(plain))
        sent = json.loads(wire.sent[0].content)["extra_body"]
        assert sent == {"resolution": "4k", "aspect_ratio": "16:9", "prompt_optimization": False}
        plain = to_plain(self.caps_of("veo-3.1-generate"))
        plain["resolutions"] += [{"value": "4k", "wire": "3840x2160"}]
        wish = replace(wish, model="veo-3.1-generate", duration_s=8.0, extra={})
        body = self.gateway.build_submit(wish, from_plain(plain)).json
        assert body is not None and body["size"] == "3840x2160"

    def test_frames_and_lists_go_by_address_only(self) -> None:
        first = replace(
            self.bare, mode=Mode.IMAGE_TO_VIDEO, inputs=(picture(),), extra={"picture_is": "first frame"}
        )
        for wish in (
            first,
            replace(self.full, inputs=(picture(), at(Role.LAST_FRAME, "last.png"))),
            replace(self.references, inputs=(picture(Role.REFERENCE_IMAGE),)),
            replace(self.bare, inputs=(picture(Role.AUDIO_TRACK, address="data:audio/mpeg;base64,AAAA"),)),
        ):
            with pytest.raises(Unsupported, match="public address"):
                self.gateway.build_submit(wish, self.caps)
        with pytest.raises(Unsupported, match="PUBLIC_URL") as caught:  # and the check says it earlier
            self.submit(replace(self.references, inputs=(picture(Role.REFERENCE_IMAGE),)))
        assert caught.value.field == Role.REFERENCE_IMAGE

    def test_clips_and_sounds_are_references_too(self) -> None:
        inputs = (
            at(Role.REFERENCE_VIDEO, "a.mp4"),
            at(Role.REFERENCE_AUDIO, "a.mp3"),
            at(Role.REFERENCE_VIDEO, "b.mp4"),
        )
        body = self.send(replace(self.references, inputs=inputs))["extra_body"]
        assert body["reference_video_urls"] == [f"{SITE}/a.mp4", f"{SITE}/b.mp4"]
        assert body["reference_audio_urls"] == [f"{SITE}/a.mp3"]
        assert "video_url" not in body and "reference_image_urls" not in body

    def test_the_one_mix_that_the_page_names(self) -> None:
        inputs = (at(Role.FIRST_FRAME, "main.png"), *self.references.inputs)
        body = self.send(replace(self.references, inputs=inputs))
        assert body["input_reference"] == f"{SITE}/main.png"
        assert len(body["extra_body"]["reference_image_urls"]) == 2
        local = replace(self.references, inputs=(picture(), *self.references.inputs))
        wire = self.gateway.build_submit(local, self.caps)
        assert list(wire.files) == ["input_reference"]
        assert json.loads(wire.form["extra_body"])["reference_image_urls"] == [
            f"{SITE}/a.png",
            f"{SITE}/b.png",
        ]

    @pytest.mark.parametrize(
        "inputs",
        [
            (at(Role.FIRST_FRAME, "a.png"), at(Role.REFERENCE_VIDEO, "a.mp4")),
            (at(Role.FIRST_FRAME, "a.png"), at(Role.REFERENCE_AUDIO, "a.mp3")),
            (at(Role.FIRST_FRAME, "a.png"), at(Role.LAST_FRAME, "b.png"), at(Role.REFERENCE_IMAGE, "c.png")),
            (at(Role.REFERENCE_AUDIO, "a.mp3"), at(Role.AUDIO_TRACK, "b.mp3")),
        ],
    )
    def test_two_families_never_go_out_together(self, inputs: tuple[Input, ...]) -> None:
        both = replace(self.references, inputs=inputs)
        with pytest.raises(Unsupported, match="does not take them together"):
            self.submit(both)
        with pytest.raises(Unsupported, match="SilkDock takes"):  # whatever a catalogue says
            self.gateway.build_submit(both, self.caps)

    def test_a_last_frame_never_goes_alone(self) -> None:
        alone = replace(self.full, inputs=(at(Role.LAST_FRAME, "last.png"),))
        for call in (self.submit, lambda wish: self.gateway.build_submit(wish, self.caps)):
            with pytest.raises(Unsupported):
                call(alone)

    def test_resolution_and_ratio_go_together_or_not_at_all(self) -> None:
        for missing in ("resolution", "aspect_ratio"):
            with pytest.raises(Unsupported) as caught:
                self.gateway.build_submit(replace(self.bare, **{missing: None}), self.caps)
            assert caught.value.field == missing
        neither = self.gateway.build_submit(replace(self.bare, resolution=None, aspect_ratio=None), self.caps)
        assert neither.json is not None and "extra_body" not in neither.json

    def test_sound_is_said_when_somebody_chose_and_never_beside_a_track(self) -> None:
        for chosen in (True, False):
            assert (
                self.send(replace(self.bare, generate_audio=chosen))["extra_body"]["generate_audio"] is chosen
            )
        track = replace(self.bare, inputs=(at(Role.AUDIO_TRACK, "music.mp3"),))
        with pytest.raises(Unsupported) as caught:
            self.submit(replace(track, generate_audio=True))
        assert caught.value.field == "generate_audio"

    def test_an_upright_size_is_turned(self) -> None:
        veo = replace(self.bare, model="veo-3.1-generate", duration_s=8.0, aspect_ratio="9:16")
        body = self.send(veo)
        assert body["size"] == "720x1280" and "extra_body" not in body
        with pytest.raises(Unsupported):
            self.gateway.build_submit(replace(veo, aspect_ratio="1:1"), self.caps_of("veo-3.1-generate"))

    def test_options_of_one_vendor_lie_in_the_extra_body(self) -> None:
        wish = replace(self.bare, model="veo-3.1-generate", duration_s=8.0)
        wish = replace(wish, generate_audio=True, extra={"enhance_prompt": False})
        body = self.send(wish)
        assert body["extra_body"] == {"generate_audio": True, "enhance_prompt": False}
        with pytest.raises(Unsupported):
            self.submit(replace(self.bare, extra={"enhance_prompt": False}))

    def test_refuses_half_seconds(self) -> None:
        with pytest.raises(Unsupported):
            self.gateway.build_submit(replace(self.bare, duration_s=5.5), self.caps)
