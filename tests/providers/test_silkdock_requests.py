"""What SilkDock is sent: the examples of its page key by key, and what else can be said."""

from __future__ import annotations

import json
from dataclasses import replace
from email.parser import BytesParser
from email.policy import HTTP

import httpx
import pytest

from providers.gateways.capabilities import from_plain, to_plain
from providers.gateways.errors import Unsupported
from providers.gateways.values import Input, Mode, Role, VideoRequest

from .battery import answer, picture
from .silkdock_samples import OCEAN, SITE, SilkDockSamples, at


class TestSilkDockRequests(SilkDockSamples):
    # -- the page's own requests, key by key and in their order -------------------------------------

    def same(self, wish: VideoRequest, body: str) -> None:
        wire = self.gateway.build_submit(wish, self.caps_of(wish.model))
        self.gateway.refuse(wish, self.caps_of(wish.model))
        assert (wire.method, wire.path) == ("POST", "/v1/videos/generations")
        assert json.dumps(wire.json) == json.dumps(json.loads(body))

    def test_example_text_to_video(self) -> None:
        wish = replace(self.bare, prompt=OCEAN, duration_s=10.0, resolution="1080p")
        self.same(
            wish,
            '{ "model": "seedance-2.0", "prompt": "Ocean waves crashing on rocks, sunlight refracting into'
            ' rainbows", "seconds": 10, "extra_body": { "resolution": "1080p", "aspect_ratio": "16:9" }}',
        )

    def test_example_one_picture_at_an_address(self) -> None:
        wish = replace(
            self.bare,
            model="wan-2.7",
            mode=Mode.IMAGE_TO_VIDEO,
            prompt="The subject starts running as the camera slowly pulls back",
            duration_s=10.0,
            resolution="1080p",
            aspect_ratio="4:3",
            inputs=(at(Role.FIRST_FRAME, "reference.jpg"),),
        )
        self.same(
            wish,
            '{ "model": "wan-2.7", "prompt": "The subject starts running as the camera slowly pulls back",'
            ' "input_reference": "https://example.com/reference.jpg", "seconds": 10,'
            ' "extra_body": { "resolution": "1080p", "aspect_ratio": "4:3" }}',
        )

    def test_example_start_and_end_frame(self) -> None:
        wish = replace(
            self.bare,
            mode=Mode.FIRST_LAST_FRAME,
            prompt="The camera slowly pushes in from the front and ends on a night city silhouette",
            duration_s=6.0,
            resolution="1080p",
            inputs=(at(Role.FIRST_FRAME, "first.png"), at(Role.LAST_FRAME, "last.png")),
        )
        self.same(
            wish,
            '{ "model": "seedance-2.0", "prompt": "The camera slowly pushes in from the front and ends on a'
            ' night city silhouette", "seconds": 6, "extra_body": { "resolution": "1080p", "aspect_ratio":'
            ' "16:9", "first_frame_url": "https://example.com/first.png",'
            ' "last_frame_url": "https://example.com/last.png" }}',
        )

    def test_example_sound_track(self) -> None:
        wish = replace(
            self.bare,
            prompt="A dancer spins to the beat",
            duration_s=10.0,
            aspect_ratio="1:1",
            inputs=(at(Role.AUDIO_TRACK, "music.mp3"),),
        )
        self.same(
            wish,
            '{ "model": "seedance-2.0", "prompt": "A dancer spins to the beat", "seconds": 10, "extra_body":'
            ' { "resolution": "720p", "aspect_ratio": "1:1", "audio_url": "https://example.com/music.mp3" }}',
        )

    def test_example_size(self) -> None:
        wish = replace(
            self.bare,
            model="veo-3.1-generate",
            prompt="Birdsong echoes through a forest",
            duration_s=8.0,
            resolution="1080p",
        )
        self.same(
            wish,
            '{ "model": "veo-3.1-generate", "prompt": "Birdsong echoes through a forest", "seconds": 8,'
            ' "size": "1920x1080"}',
        )

    def test_example_form_with_a_file(self) -> None:
        wish = replace(
            self.bare,
            model="wan-2.7",
            mode=Mode.IMAGE_TO_VIDEO,
            prompt="She slowly turns around",
            resolution="1080p",
            inputs=(picture(address="data:image/jpeg;base64,/9j/4AAQ", mime="image/jpeg"),),
        )
        client, wire = self.client(answer(200, self.submitted))
        assert client.submit(wish, self.caps_of("wan-2.7")).id == "video_xxxxxx"
        parts = form_of(wire.sent[0])
        assert [(name, text) for name, text, _file, _mime in parts[:4]] == [
            ("model", b"wan-2.7"),
            ("prompt", b"She slowly turns around"),
            ("seconds", b"5"),
            ("extra_body", b'{"resolution":"1080p","aspect_ratio":"16:9"}'),
        ]
        assert parts[4:] == [("input_reference", b"\xff\xd8\xff\xe0\x00\x10", "input.jpg", "image/jpeg")]
        assert [(file, mime) for _name, _text, file, mime in parts[:4]] == [(None, "text/plain")] * 4

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


def form_of(request: httpx.Request) -> list[tuple[str, bytes, str | None, str]]:
    """Name, content, file name and type of each part, read by another parser than the sandbox's."""
    head = b"Content-Type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + request.read())
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_payload(decode=True),
            part.get_filename(),
            part.get_content_type(),
        )
        for part in message.iter_parts()
    ]
