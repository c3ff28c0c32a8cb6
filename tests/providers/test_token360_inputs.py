"""What Token360 is sent beside the words: frames, and pictures, clips and sounds in one list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from providers.gateways.errors import Unsupported
from providers.gateways.values import Input, Mode, Role

from .battery import PICTURE, picture
from .token360_samples import CLIP, SOUND, Token360Samples, clip, sound


class TestToken360Inputs(Token360Samples):
    def test_frames_and_references_never_go_out_together(self) -> None:
        for frames in ((picture(),), (picture(), picture(Role.LAST_FRAME))):
            inputs = (*frames, picture(Role.REFERENCE_IMAGE))
            both = replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=inputs)
            with pytest.raises(Unsupported, match="does not take them together") as caught:
                self.submit(both)
            assert caught.value.field == Role.REFERENCE_IMAGE
            with pytest.raises(Unsupported, match="not both"):  # whatever a catalogue says
                self.gateway.build_submit(both, self.caps)

    def test_nine_references_and_no_more(self) -> None:
        nine = replace(self.references, inputs=(picture(Role.REFERENCE_IMAGE),) * 9)
        assert len(self.submit(nine)[1].body["input_references"]) == 9
        with pytest.raises(Unsupported, match="10 given; this model takes 9"):
            self.submit(replace(nine, inputs=(*nine.inputs, picture(Role.REFERENCE_IMAGE))))

    # -- clips and sounds: three kinds in one list ---------------------------------------------------

    def refer(self, *inputs: Input, mode: Mode = Mode.REFERENCE_TO_VIDEO) -> Any:
        ratio = None if mode in (Mode.EDIT, Mode.EXTEND) else "16:9"
        request = replace(self.bare, mode=mode, aspect_ratio=ratio, inputs=inputs)
        return self.submit(request)[1].body

    def test_the_example_of_a_first_frame(self) -> None:
        at = "https://files.example.com/a.png"
        request = replace(self.bare, mode=Mode.IMAGE_TO_VIDEO, inputs=(picture(address=at),))
        assert self.submit(request)[1].body["frame_images"] == [
            {"type": "image_url", "frame_type": "first_frame", "image_url": {"url": at}}
        ]

    @pytest.mark.parametrize(("mode", "role"), [(Mode.EDIT, "edit_source"), (Mode.EXTEND, "extend_source")])
    def test_the_example_of_a_source_clip(self, mode: Mode, role: str) -> None:
        body = self.refer(clip(Role.SOURCE_VIDEO), mode=mode)
        assert body["input_references"] == [{"type": "video_url", "role": role, "video_url": {"url": CLIP}}]
        assert body["aspect_ratio"] == "adaptive" and "frame_images" not in body

    def test_three_kinds_keep_the_persons_order(self) -> None:
        body = self.refer(sound(), picture(Role.REFERENCE_IMAGE), clip(), picture(Role.REFERENCE_IMAGE))
        assert body["input_references"] == [
            {"type": "audio_url", "audio_url": {"url": SOUND}},
            {"type": "image_url", "image_url": {"url": PICTURE}},
            {"type": "video_url", "video_url": {"url": CLIP}},
            {"type": "image_url", "image_url": {"url": PICTURE}},
        ]

    def test_references_may_stand_beside_a_source(self) -> None:
        body = self.refer(clip(Role.SOURCE_VIDEO), picture(Role.REFERENCE_IMAGE), sound(), mode=Mode.EDIT)
        assert [item.get("role") for item in body["input_references"]] == ["edit_source", None, None]

    def test_at_most_three_clips_and_three_sounds(self) -> None:
        assert len(self.refer(*[clip()] * 3, *[sound()] * 3)["input_references"]) == 6
        with pytest.raises(Unsupported, match="4 given; this model takes 3"):
            self.refer(*[clip(duration_s=2.0)] * 4)
        with pytest.raises(Unsupported, match="4 given; this model takes 3"):
            self.refer(picture(Role.REFERENCE_IMAGE), *[sound(duration_s=2.0)] * 4)

    @pytest.mark.parametrize(
        ("inputs", "words"),
        [
            ([clip(duration_s=1.0)], "at least 2 s"),
            ([clip(duration_s=16.0)], "at most 15 s"),
            ([clip(duration_s=6.0)] * 3, "18.0 s in all"),
            ([picture(Role.REFERENCE_IMAGE), sound(duration_s=16.0)], "at most 15 s"),
            ([picture(Role.REFERENCE_IMAGE), *[sound(duration_s=6.0)] * 3], "18.0 s in all"),
            ([clip(mime="video/webm")], "WEBM is not taken"),
        ],
    )
    def test_lengths_and_kinds_are_checked_here(self, inputs: list[Input], words: str) -> None:
        with pytest.raises(Unsupported, match=words):
            self.refer(*inputs)

    def test_a_sound_never_goes_alone(self) -> None:
        with pytest.raises(Unsupported, match="beside it") as caught:
            self.refer(sound())
        assert caught.value.field == Role.REFERENCE_AUDIO
        alone = replace(self.bare, mode=Mode.REFERENCE_TO_VIDEO, inputs=(sound(),))
        with pytest.raises(Unsupported, match="beside it"):  # whatever a catalogue says
            self.gateway.build_submit(alone, self.caps)

    @pytest.mark.parametrize("other", [picture(), clip()])
    def test_a_source_goes_without_frames_and_other_clips(self, other: Input) -> None:
        with pytest.raises(Unsupported, match="does not take them together"):
            self.refer(clip(Role.SOURCE_VIDEO), other, mode=Mode.EXTEND)

    def test_a_source_without_a_word_on_its_use_is_refused(self) -> None:
        vague = replace(self.bare, mode=Mode.VIDEO_TO_VIDEO, inputs=(clip(Role.SOURCE_VIDEO),))
        with pytest.raises(Unsupported) as caught:
            self.gateway.build_submit(vague, self.caps)
        assert caught.value.field == "mode"

    def test_models_without_references_take_no_clips(self) -> None:
        assert self.caps_of("seedance-1.5-pro").modes == (
            Mode.TEXT_TO_VIDEO,
            Mode.IMAGE_TO_VIDEO,
            Mode.FIRST_LAST_FRAME,
        )
