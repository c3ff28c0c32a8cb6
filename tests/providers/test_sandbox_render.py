"""What the sandbox renders, probed with PyAV."""

import io
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from PIL import Image, ImageChops, ImageStat

from providers.sandbox.render.film import make_clip
from providers.sandbox.render.order import ClipOrder
from providers.sandbox.render.pictures import cover, open_picture
from providers.sandbox.render.sizes import size_for
from providers.sandbox.render.text import make_drawable, title_font, wrap
from tests.providers import test_sandbox_token360 as token360
from tests.providers import test_sandbox_venice as venice
from tests.providers.conftest import connect
from tests.providers.sandbox_server import SandboxServer


@pytest.fixture
def render(rendering_sandbox: SandboxServer) -> Callable[..., bytes]:
    def make(**changes: Any) -> bytes:
        with connect(rendering_sandbox, "token360") as client:
            row = token360.finish(client, duration=4, **changes)
        return httpx.get(row["url"], trust_env=False).content

    return make


def test_clip_is_what_was_asked(render: Callable[..., bytes]) -> None:
    data = render(aspect_ratio="9:16", generate_audio=True)
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(io.BytesIO(data)) as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert (video.codec.name, video.pix_fmt, video.width, video.height) == ("h264", "yuv420p", 480, 854)
        assert (video.frames, float(video.average_rate), film.duration) == (96, 24.0, 4_000_000)
        assert (audio.codec.name, audio.layout.name) == ("aac", "stereo")


def test_a_key_frame_comes_every_second(render: Callable[..., bytes]) -> None:
    """So that no clip of the sandbox needs a review proxy."""
    with av.open(io.BytesIO(render(aspect_ratio="9:16", generate_audio=True))) as film:
        keys = sorted(packet.pts * packet.time_base for packet in film.demux(video=0) if packet.is_keyframe)
    assert max(after - before for before, after in pairwise(keys)) <= 1


def test_no_sound_when_none_was_asked(render: Callable[..., bytes]) -> None:
    with av.open(io.BytesIO(render(generate_audio=False))) as film:
        assert not film.streams.audio


def test_sound_can_be_heard(render: Callable[..., bytes]) -> None:
    with av.open(io.BytesIO(render(generate_audio=True))) as film:
        loudest = max(max(abs(s) for s in memoryview(f.planes[0]).cast("f")) for f in film.decode(audio=0))
    assert 0.05 < loudest < 0.9


def make_painting(size: tuple[int, int]) -> Image.Image:
    slope = Image.linear_gradient("L").resize(size)
    return Image.merge("RGB", [slope, slope.transpose(Image.Transpose.FLIP_TOP_BOTTOM), slope])


def how_far(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def test_clip_starts_with_the_first_frame(render: Callable[..., bytes], as_data_url: Callable) -> None:
    painting = make_painting((900, 700))
    held = io.BytesIO()
    painting.save(held, "PNG")
    frame = token360.FRAME | {"image_url": {"url": as_data_url(held.getvalue())}}
    with av.open(io.BytesIO(render(frame_images=[frame], aspect_ratio="adaptive"))) as film:
        first = next(film.decode(video=0)).to_image()
    assert first.size == (618, 480)
    assert how_far(first, cover(painting, first.size)) < 4


def test_clip_ends_on_the_last_frame(
    rendering_sandbox: SandboxServer, make_picture: Callable, as_data_url: Callable
) -> None:
    first = as_data_url(make_picture(colour="navy"))
    last = as_data_url(make_picture(colour="orange"))
    frames = [
        token360.FRAME | {"image_url": {"url": first}},
        {"type": "image_url", "frame_type": "last_frame", "image_url": {"url": last}},
    ]
    with connect(rendering_sandbox, "token360") as client:
        row = token360.finish(client, duration=4, frame_images=frames, return_last_frame=True)
    png = httpx.get(row["content"]["last_frame_url"], trust_env=False).content
    end = Image.open(io.BytesIO(png)).convert("RGB")
    assert how_far(end, Image.new("RGB", end.size, "orange")) < 6


def test_venice_renders_size_and_sound(rendering_sandbox: SandboxServer) -> None:
    with connect(rendering_sandbox, "venice") as client:
        job = venice.queue(
            client,
            model="grok-imagine-text-to-video-private",
            duration="1s",
            resolution="480p",
            aspect_ratio="1:1",
        )
        assert venice.wait(client, job.json()).json()["status"] == "COMPLETED"
    data = httpx.get(job.json()["download_url"], trust_env=False).content
    with av.open(io.BytesIO(data)) as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (480, 480)
        assert film.streams.audio


@pytest.mark.parametrize("end", ["", "orange"])
def test_a_rough_clip_is_what_was_asked_in_fewer_frames(
    end: str, make_picture: Callable, tmp_path: Path
) -> None:
    (tmp_path / "orange").write_bytes(make_picture(colour="orange"))
    order = ClipOrder(480, 270, 3, audio=True, title="A boat", caption="x", last=end, rough=True)
    make_clip(order, tmp_path, tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as film:
        video = film.streams.video[0]
        assert (video.width, video.height, video.frames) == (480, 270, 18)
        assert film.duration == 3_000_000 and film.streams.audio
    last = Image.open(tmp_path / "clip.png").convert("RGB")
    assert not end or how_far(last, Image.new("RGB", last.size, end)) < 6


def test_exif_turns_the_picture() -> None:
    held = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(held, "JPEG", exif=exif)
    assert open_picture(held.getvalue()).size == (20, 40)


@pytest.mark.parametrize(
    ("resolution", "ratio", "size"),
    [
        ("720p", "16:9", (1280, 720)), ("1080p", "9:16", (1080, 1920)), ("480p", "21:9", (1120, 480)),
        ("4k", "16:9", (3840, 2160)), ("", "1:1", (720, 720)), ("768P", "4:3", (1024, 768)),
    ],
)  # fmt: skip
def test_sizes_are_even_and_keep_the_ratio(resolution: str, ratio: str, size: tuple[int, int]) -> None:
    assert size_for(resolution, ratio) == size


def test_letters_the_font_lacks_never_show_as_boxes() -> None:
    assert make_drawable("Snow 你好 falls", "model") == "Snow · falls"
    assert make_drawable("你好 🎬", "model") == "model"
    assert make_drawable("Ünïcode Привет Ελλάδα", "model") == "Ünïcode Привет Ελλάδα"


def test_long_text_ends_in_an_ellipsis() -> None:
    font = title_font(20)
    rows = wrap("word " * 80, font, 200, 3)
    assert len(rows) == 3
    assert rows[-1].endswith("…")
    assert all(font.getlength(row) <= 200 for row in [*rows, *wrap("x" * 300, font, 200, 2)])
