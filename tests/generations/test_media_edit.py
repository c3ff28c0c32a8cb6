"""Copies made by the helper process: cut, padded, trimmed, converted. Real files, real decoders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from generations import media
from generations.media import Edit, Unplayable, edits, track_edit
from tests import media_files as make


def edited(source: Path, **wish: Any) -> tuple[media.MediaFacts, Path]:
    out = source.with_name("copy")
    return media.edit(source, out, Edit(**wish), mime=media.sniff_file(source).mime), out


def colour(path: Path, at: tuple[float, float]) -> tuple[int, int, int]:
    """Of one place of a picture, as shares of its sides."""
    with Image.open(path) as picture:
        place = (int(at[0] * (picture.width - 1)), int(at[1] * (picture.height - 1)))
        found: Any = picture.convert("RGB").getpixel(place)
        return found


def frames(path: Path) -> list[Image.Image]:
    with av.open(str(path)) as container:
        return [frame.to_image() for frame in container.decode(video=0)]


@pytest.mark.parametrize(("x", "light"), [(0.0, False), (1.0, True)])
def test_a_crop_lies_where_it_is_asked_for(tmp_path: Path, x: float, light: bool) -> None:
    facts, out = edited(make.make_jpeg(tmp_path / "a.jpg", (400, 100)), op="crop", ratio="1:1", x=x)
    assert (facts.width, facts.height, facts.mime) == (100, 100, "image/jpeg")
    assert (colour(out, (0.5, 0.5))[0] > 200) == light


def test_a_picture_on_its_side_is_cut_as_it_is_seen(tmp_path: Path) -> None:
    source = make.make_jpeg(tmp_path / "a.jpg", (640, 480), orientation=6)
    assert media.probe(source).turned
    facts, out = edited(source, op="crop", ratio="3:4")
    assert (facts.width, facts.height, facts.turned) == (480, 640, False)
    # dark left and light right, a quarter turn to the right: dark above light
    assert colour(out, (0.5, 0.1))[0] < 60 and colour(out, (0.5, 0.9))[0] > 200
    assert b"Secret Camera" not in out.read_bytes()


@pytest.mark.parametrize(("fill", "black"), [("black", True), ("blur", False)])
def test_a_pad_shows_all_of_the_picture_between_bars(tmp_path: Path, fill: str, black: bool) -> None:
    source = make.make_image(tmp_path / "a.png", (100, 100))
    facts, out = edited(source, op="pad", ratio="16:9", fill=fill)
    assert (facts.width, facts.height, facts.mime) == (178, 100, "image/png")
    assert (colour(out, (1, 0.5)) == (0, 0, 0)) == black
    assert colour(out, (0.6, 0.5)) == (250, 240, 230)


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    source = make.make_jpeg(tmp_path / "a.jpg", mode="CMYK")
    assert media.probe(source).colours == "CMYK"
    facts, out = edited(source, op="convert")
    assert facts.colours == "RGB"
    with Image.open(out) as copy:
        assert (copy.mode, copy.format) == ("RGB", "JPEG")


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
def test_of_an_animation_the_first_picture_is_taken(tmp_path: Path, name: str) -> None:
    facts, out = edited(make.make_animated(tmp_path / name), op="convert", mime="image/jpeg")
    assert (facts.mime, facts.animated, facts.width) == ("image/jpeg", False, 32)
    red, green, blue = colour(out, (0.5, 0.5))
    assert red > 200 and green < 60 and blue < 60


@pytest.mark.parametrize("max_bytes", [1_000_000, 200_000, 20_000])
def test_a_smaller_copy_fits(tmp_path: Path, max_bytes: int) -> None:
    facts, out = edited(make.make_noise_jpeg(tmp_path / "a.jpg"), op="shrink", max_bytes=max_bytes)
    assert out.stat().st_size <= max_bytes
    with Image.open(out) as copy:
        assert copy.size == (facts.width, facts.height)


def test_nothing_useful_fits_in_a_hundred_bytes(tmp_path: Path) -> None:
    with pytest.raises(Unplayable, match="cannot be made to fit"):
        edited(make.make_jpeg(tmp_path / "a.jpg"), op="shrink", max_bytes=100)


def test_what_was_see_through_is_white_in_a_jpeg(tmp_path: Path) -> None:
    Image.new("RGBA", (64, 48), (0, 0, 0, 0)).save(tmp_path / "a.png")
    _facts, out = edited(tmp_path / "a.png", op="convert", mime="image/jpeg")
    assert min(colour(out, (0.5, 0.5))) > 250


def test_a_small_picture_is_enlarged_and_a_tiny_one_is_not(tmp_path: Path) -> None:
    source = make.make_jpeg(tmp_path / "a.jpg", (240, 180))
    facts, _out = edited(source, op="enlarge", min_side_px=300)
    assert (facts.width, facts.height) == (400, 300)
    with pytest.raises(Unplayable, match="too small"):
        edited(source, op="enlarge", min_side_px=400)


def test_a_trim_keeps_its_seconds_of_picture_and_sound(tmp_path: Path) -> None:
    source = make.make_mp4(tmp_path / "a.mp4", 4, (320, 180), 24, audio=True)
    facts, out = edited(source, op="trim", start_s=2.0, end_s=3.5)
    assert (facts.duration_s, facts.frames, facts.video_codec, facts.audio_codec) == (1.5, 36, "h264", "aac")
    middle: Any = frames(out)[0].getpixel((160, 90))
    assert abs(middle[0] - make.frame_colour(48, 96)[0]) < 12  # the frame that was shown at two seconds


def test_hevc_in_mov_becomes_h264_in_mp4(tmp_path: Path) -> None:
    source = make.make_hevc(tmp_path / "a.mov")
    assert media.probe(source).video_codec == "hevc"
    facts, _out = edited(source, op="convert")
    assert (facts.mime, facts.video_codec, facts.frames, facts.faststart) == ("video/mp4", "h264", 24, True)


def test_a_frame_rate_that_varies_becomes_steady(tmp_path: Path) -> None:
    source = make.make_uneven(tmp_path / "a.mp4")
    before = media.probe(source)
    assert before.variable_fps
    facts, _out = edited(source, op="convert", fps=24)
    assert (facts.fps, facts.variable_fps) == (24.0, False)
    assert facts.duration_s == pytest.approx(before.duration_s, abs=0.1)
    assert not media.probe(make.make_webm(tmp_path / "b.webm")).variable_fps  # rounded to milliseconds only


def test_a_turned_clip_is_written_upright(tmp_path: Path) -> None:
    """A white bar marks the top of each frame before the turn."""
    source = make.make_mp4(tmp_path / "a.mov", 0.5, (320, 180), rotation=90)
    facts, out = edited(source, op="convert")
    assert (facts.width, facts.height) == (180, 320)
    with Image.open(_still_of(source, tmp_path)) as seen:
        theirs = [seen.convert("RGB").getpixel(place) for place in ((5, 160), (90, 160), (175, 160))]
    ours = [frames(out)[0].getpixel(place) for place in ((5, 160), (90, 160), (175, 160))]
    assert [min(pixel) > 200 for pixel in ours] == [min(pixel) > 200 for pixel in theirs]
    assert sum(min(pixel) > 200 for pixel in ours) == 1


def _still_of(source: Path, folder: Path) -> Path:
    out = folder / "still.png"
    media.edit(source, out, Edit(op="frame"), mime=media.sniff_file(source).mime)
    return out


def test_a_clip_is_cropped_scaled_and_kept_below_its_bytes(tmp_path: Path) -> None:
    source = make.make_mp4(tmp_path / "a.mp4", 2, (640, 360), noise=True)
    assert source.stat().st_size > 400_000
    facts, out = edited(source, op="crop", ratio="1:1", max_side_px=200, max_bytes=200_000)
    assert (facts.width, facts.height) == (200, 200)
    assert out.stat().st_size <= 200_000


def test_a_picture_out_of_a_clip_is_that_of_its_moment(tmp_path: Path) -> None:
    source = make.make_mp4(tmp_path / "a.mp4", 2, (160, 90), 24)
    for at_s, index in ((0.0, 0), (1.0, 24), (1.99, 47)):
        facts, out = edited(source, op="frame", at_s=at_s)
        assert (facts.mime, facts.width) == ("image/png", 160)
        assert abs(colour(out, (0.5, 0.7))[0] - make.frame_colour(index, 48)[0]) < 10


@pytest.mark.parametrize(("mime", "codec"), [("audio/wav", "pcm_s16le"), ("audio/mpeg", "mp3")])
def test_telephone_sound_is_written_as_others_are(tmp_path: Path, mime: str, codec: str) -> None:
    source = make.make_wav(tmp_path / "a.wav", 3, rate=8000)
    before = media.probe(source)
    assert (before.sample_rate, before.channels) == (8000, 1)
    facts, _out = edited(source, op="trim", start_s=0.5, end_s=2.5, mime=mime)
    assert (facts.mime, facts.audio_codec, facts.sample_rate) == (mime, codec, 48_000)
    assert facts.duration_s == pytest.approx(2.0, abs=0.03)


def test_a_beginning_past_the_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unplayable, match="begin earlier"):
        edited(make.make_wav(tmp_path / "a.wav", 1), op="trim", start_s=2.0)


def test_a_clip_that_would_take_minutes_is_refused() -> None:
    whole = media.MediaFacts(media.Kind.CLIP, "video/mp4", width=3840, height=2160, fps=60.0)
    with pytest.raises(media.TooHeavy, match="too much to convert"):
        track_edit.check_work(whole, 60)


def test_a_sound_of_no_length_is_refused_and_a_clip_of_one_picture_is_as_short_as_that(
    tmp_path: Path,
) -> None:
    with pytest.raises(Unplayable):
        media.probe(make.make_wav(tmp_path / "a.wav", 0))
    clip = media.probe(make.make_mp4(tmp_path / "a.mp4", 1 / 24))
    assert (clip.frames, clip.duration_s, clip.has_audio) == (1, 0.042, False)


@pytest.mark.parametrize(
    ("words", "ratio"), [("16:9", 16 / 9), ("2.39:1", 2.39), ("adaptive", None), ("1:0", None)]
)
def test_a_ratio_is_two_positive_numbers(words: str, ratio: float | None) -> None:
    assert edits.ratio_of(words) == ratio


def test_an_edit_is_written_down_and_read_back() -> None:
    wish = Edit(op="crop", ratio="16:9", x=0.25, max_bytes=9)
    assert wish.plain() == {"op": "crop", "ratio": "16:9", "x": 0.25, "max_bytes": 9}
    assert edits.from_plain({**wish.plain(), "take": "another word"}) == wish
