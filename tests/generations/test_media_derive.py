"""Poster, strip, last frame, thumbnails and smaller copies: right place, right way up, no metadata."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageCms

from generations import media
from generations.media import DerivedFile, Unplayable
from tests import media_files as make


def derive(clip: Path, folder: Path) -> dict[str, DerivedFile]:
    folder.mkdir(exist_ok=True)
    return {file.kind: file for file in media.derive(clip, folder)}


def test_four_files_of_the_promised_sizes(tmp_path: Path) -> None:
    files = derive(make.make_mp4(tmp_path / "a.mp4", 1, (1920, 1080)), tmp_path / "out")
    sizes = {kind: (file.width, file.height, file.mime) for kind, file in files.items()}
    assert sizes == {
        "poster": (1280, 720, "image/webp"),
        "small": (480, 270, "image/webp"),
        "strip": (3200, 180, "image/webp"),
        "last_frame": (1920, 1080, "image/png"),
    }
    for file in files.values():
        with Image.open(file.path) as picture:
            assert picture.size == (file.width, file.height)
            assert not {"exif", "icc_profile", "xmp"} & set(picture.info)


@pytest.mark.parametrize("seconds", [0.05, 0.5, 3.0])
def test_last_frame_is_the_last_one(tmp_path: Path, seconds: float) -> None:
    files = derive(make.make_mp4(tmp_path / "a.mp4", seconds, audio=True, gop=250), tmp_path / "out")
    total = round(seconds * 24)
    red, _, blue = pixel(files["last_frame"], (160, 100))
    wanted = make.frame_colour(total - 1, total)
    assert abs(red - wanted[0]) < 12
    assert abs(blue - wanted[2]) < 12


def test_last_frame_of_a_long_clip_read_at_key_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from generations.media import frames

    monkeypatch.setattr(frames, "_WHOLE_PIXELS", 0)
    clip = make.make_mp4(tmp_path / "a.mp4", 2, gop=10)
    made = {file.kind: file for file in frames.derive(clip, "video/mp4", tmp_path)}
    assert pixel(made["last_frame"], (160, 100))[2] > 240
    tiles = [pixel(made["strip"], (320 * n + 160, 100))[2] for n in range(10)]
    assert tiles == sorted(tiles)


def test_strip_runs_from_the_start_to_the_end(tmp_path: Path) -> None:
    strip = derive(make.make_mp4(tmp_path / "a.mp4", 2), tmp_path / "out")["strip"]
    blues = [pixel(strip, (320 * n + 160, 100))[2] for n in range(10)]
    assert blues == sorted(blues)
    assert blues[0] < 30
    assert blues[-1] > 225


@pytest.mark.parametrize("rotation", [90, -90, 180])
def test_turned_clip_stands_upright(tmp_path: Path, rotation: int) -> None:
    """The white bar is stored at the top; turned clockwise by r it must be seen at that edge."""
    clip = make.make_mp4(tmp_path / "a.mp4", 1, (320, 180), rotation=rotation)
    last = derive(clip, tmp_path / "out")["last_frame"]
    w, h = last.width, last.height
    turned = rotation_of(clip)
    where = {90: (4, h // 2), -90: (w - 4, h // 2), 180: (w // 2, h - 4), -180: (w // 2, h - 4)}[turned]
    assert min(pixel(last, where)) > 200


def rotation_of(clip: Path) -> int:
    """Counterclockwise degrees, as the container says."""
    import av

    with av.open(str(clip)) as container:
        return next(container.decode(video=0)).rotation


def test_portrait_tiles_keep_their_shape(tmp_path: Path) -> None:
    strip = derive(make.make_mp4(tmp_path / "a.mp4", 1, (180, 320)), tmp_path / "out")["strip"]
    assert (strip.width, strip.height) == (1800, 320)


def test_webm_is_derived_as_well(tmp_path: Path) -> None:
    assert set(derive(make.make_webm(tmp_path / "a.webm"), tmp_path / "o")) == {
        "poster",
        "small",
        "strip",
        "last_frame",
    }


def test_garbage_and_pictures_have_no_strip(tmp_path: Path) -> None:
    with pytest.raises(Unplayable):
        media.derive(make.make_jpeg(tmp_path / "a.jpg"), tmp_path)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_thumb_is_upright_for_every_orientation(tmp_path: Path, orientation: int) -> None:
    """The light half is stored at the right; these are the edges where each orientation shows it."""
    picture = make.make_jpeg(tmp_path / "a.jpg", (64, 48), orientation=orientation)
    size = media.thumb(picture, tmp_path / "t.webp", "image/jpeg")
    assert size == ((48, 64) if orientation > 4 else (64, 48))
    light = {1: "right", 2: "left", 3: "left", 4: "right", 5: "bottom", 6: "bottom", 7: "top", 8: "top"}
    edge = {"right": (60, 24), "left": (4, 24), "bottom": (24, 60), "top": (24, 4)}[light[orientation]]
    with Image.open(tmp_path / "t.webp") as thumb:
        assert min(thumb.convert("RGB").getpixel(edge)) > 180
        assert "exif" not in thumb.info


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "1", "I;16"])
def test_thumb_keeps_dark_and_light_apart(tmp_path: Path, mode: str) -> None:
    picture = make.make_image(tmp_path / "a.png", (800, 600), mode)
    assert media.thumb(picture, tmp_path / "t.webp", "image/png") == (480, 360)
    with Image.open(tmp_path / "t.webp") as thumb:
        flat = thumb.convert("RGB")
        assert max(flat.getpixel((20, 180))) < 40
        assert min(flat.getpixel((460, 180))) > 180


def test_sixteen_bits_of_grey_are_scaled_not_clipped(tmp_path: Path) -> None:
    Image.new("I;16", (64, 48), 20_000).save(tmp_path / "a.png")
    media.thumb(tmp_path / "a.png", tmp_path / "t.webp", "image/png")
    with Image.open(tmp_path / "t.webp") as thumb:
        assert abs(thumb.convert("L").getpixel((30, 20)) - 20_000 // 256) < 4


def test_cmyk_becomes_the_colour_it_shows(tmp_path: Path) -> None:
    Image.new("CMYK", (64, 48), (0, 255, 255, 0)).save(tmp_path / "a.jpg")
    media.thumb(tmp_path / "a.jpg", tmp_path / "t.webp", "image/jpeg")
    with Image.open(tmp_path / "t.webp") as thumb:
        red, green, blue = thumb.convert("RGB").getpixel((30, 20))
    assert red > 200
    assert max(green, blue) < 60


def test_colour_profile_is_applied_and_dropped(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    make.make_image(tmp_path / "a.jpg", icc_profile=profile)
    media.thumb(tmp_path / "a.jpg", tmp_path / "t.webp", "image/jpeg")
    make.make_image(tmp_path / "b.jpg", icc_profile=b"not a profile")
    media.thumb(tmp_path / "b.jpg", tmp_path / "u.webp", "image/jpeg")
    for name in ("t.webp", "u.webp"):
        with Image.open(tmp_path / name) as thumb:
            assert "icc_profile" not in thumb.info


def test_thumb_of_a_clip(tmp_path: Path) -> None:
    clip = make.make_mp4(tmp_path / "a.mp4", 1, (1280, 720))
    assert media.thumb(clip, tmp_path / "t.webp", "video/mp4") == (480, 270)


def pixel(file: DerivedFile, at: tuple[int, int]) -> tuple[int, int, int]:
    with Image.open(file.path) as picture:
        return picture.convert("RGB").getpixel(at)
