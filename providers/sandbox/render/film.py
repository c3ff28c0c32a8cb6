"""From an order to an MP4: H.264 of 8 or HEVC of 10 bits, AAC on demand, index in front.

The camera is FFmpeg's `zoompan` over a still of twice the size, so that its steps of whole
pixels do not show; text lies still above it. Above 1080p the camera rests: a 4K frame that
repeats the last one costs little. So it does in a rough clip.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.filter
from av.video.frame import VideoFrame
from PIL import Image

from providers.sandbox.render import card
from providers.sandbox.render.order import ClipOrder
from providers.sandbox.render.pictures import cover, open_picture
from providers.sandbox.render.sound import RATE, play_chord

_MOVING_PIXELS = 1920 * 1080 * 1.4
_PIXELS = {"h264": "yuv420p", "hevc": "yuv420p10le"}
Node = av.filter.context.FilterContext


def make_clip(order: ClipOrder, inputs: Path, target: Path) -> None:
    """Writes target and, beside it, its last frame as .png. Both appear whole or not at all."""
    part = target.with_suffix(".part")
    with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        last = _encode(film, order, inputs)
    picture = target.with_suffix(".png")
    last.to_image().save(picture.with_suffix(".pngpart"), "PNG", compress_level=3)
    picture.with_suffix(".pngpart").replace(picture)
    part.replace(target)


def _encode(film: av.container.OutputContainer, order: ClipOrder, inputs: Path) -> VideoFrame:
    video = _add_pictures(film, order)
    sound = film.add_stream("aac", rate=RATE, layout="stereo") if order.audio else None
    frame: VideoFrame | None = None
    tick = Fraction(1, order.fps)
    for number, frame in enumerate(_shoot(order, inputs)):
        frame.pts, frame.time_base, frame.pict_type = number, tick, av.video.frame.PictureType.NONE
        film.mux(video.encode(frame))
    film.mux(video.encode(None))
    if sound is not None:
        for tone in play_chord(order.title, order.duration_s):
            film.mux(sound.encode(tone))
        film.mux(sound.encode(None))
    assert frame is not None
    return frame


def _add_pictures(film: av.container.OutputContainer, order: ClipOrder) -> av.VideoStream:
    """HEVC is marked ``hvc1``, as Apple's players want it."""
    if order.codec == "hevc":
        video = film.add_stream("libx265", rate=order.fps)
        video.codec_context.codec_tag = "hvc1"
        threads = "pools=1:frame-threads=1:log-level=none"
        video.options = {"preset": "ultrafast", "crf": "26", "x265-params": threads}
    else:
        video = film.add_stream("libx264", rate=order.fps)
        video.options = {"preset": "ultrafast", "crf": "22", "threads": "1"}
    video.gop_size = FPS  # a key frame a second: players find every frame at once
    video.width, video.height, video.pix_fmt = order.width, order.height, _PIXELS[order.codec]
    return video


def _shoot(order: ClipOrder, inputs: Path) -> Iterator[VideoFrame]:
    graph = av.filter.Graph()
    stills: list[tuple[Node, Image.Image, str]] = []
    scene = _add_scene(graph, order, inputs, stills)
    sink = graph.add("buffersink")
    shape = graph.add("format", f"pix_fmts={_PIXELS[order.codec]}")
    scene.link_to(_add_text(graph, order, stills, scene, shape) or shape)
    shape.link_to(sink)
    graph.configure()
    for source, image, pixels in stills:
        source.push(_to_frame(image, pixels, order))
        source.push(None)
    yield from _pull(sink, order.frames)


def _add_scene(
    graph: av.filter.Graph, order: ClipOrder, inputs: Path, stills: list[tuple[Node, Image.Image, str]]
) -> Node:
    scene = _add_camera(graph, order, _choose_still(order, inputs), stills, inward=True)
    if not order.last:
        return scene
    end = _open(inputs, order.last, order)
    arrival = _add_camera(graph, order, end, stills, inward=False)
    length = min(1.5, order.duration_s / 3)
    # A frame early, so that the clip ends on the end picture itself and not on a mixture.
    offset = order.duration_s - length - 1 / order.fps
    fade = graph.add("xfade", f"transition=fade:duration={length:.3f}:offset={offset:.3f}")
    scene.link_to(fade, 0, 0)
    arrival.link_to(fade, 0, 1)
    return fade


def _scale(order: ClipOrder) -> int:
    return 1 if order.rough or order.width * order.height > _MOVING_PIXELS else 2


def _choose_still(order: ClipOrder, inputs: Path) -> Image.Image:
    size = order.width * _scale(order), order.height * _scale(order)
    if order.first:
        return _open(inputs, order.first, order)
    if order.backdrop:
        return card.dim(_open(inputs, order.backdrop, order))
    return card.paint_backdrop(size, order.title, rough=order.rough)


def _open(inputs: Path, sha256: str, order: ClipOrder) -> Image.Image:
    return cover(open_picture(inputs / sha256), (order.width * _scale(order), order.height * _scale(order)))


def _add_camera(
    graph: av.filter.Graph,
    order: ClipOrder,
    image: Image.Image,
    stills: list[tuple[Node, Image.Image, str]],
    inward: bool,
) -> Node:
    source = _add_still(graph, order, image, "yuv420p", stills)
    camera = graph.add("zoompan", _write_move(order, inward))
    source.link_to(camera)
    return camera


def _write_move(order: ClipOrder, inward: bool) -> str:
    """A push-in that starts on the whole picture, or a pull-out that ends on it, eased at both ends."""
    last = max(1, order.frames - 1)
    way = f"(0.5-0.5*cos(PI*on/{last}))"
    reach = 0.0 if _scale(order) == 1 else 0.12 if order.first else 0.3
    zoom = f"1+{reach}*{way}" if inward else f"1+{reach}*(1-{way})"
    drift = "0.5" if order.first or order.last else f"(0.42+0.16*{way})"
    place = f"x='(iw-iw/zoom)*{drift}':y='(ih-ih/zoom)*0.46'"
    return f"z='{zoom}':{place}:d={order.frames}:s={order.width}x{order.height}:fps={order.fps}"


def _add_text(
    graph: av.filter.Graph,
    order: ClipOrder,
    stills: list[tuple[Node, Image.Image, str]],
    scene: Node,
    shape: Node,
) -> Node | None:
    if min(order.width, order.height) < 64:
        return None
    size = order.width, order.height
    lay = card.lay_lower_third if order.first else card.lay_title
    text = _add_still(graph, order, lay(size, order.title, order.caption), "yuva420p", stills)
    over = graph.add("overlay", "format=yuv420")
    if order.first:
        text = _add_fades(graph, text, order)
    text.link_to(over, 0, 1)
    over.link_to(shape)
    return over


def _add_fades(graph: av.filter.Graph, text: Node, order: ClipOrder) -> Node:
    """The first and the last frame stay bare, so that shots can be joined on them."""
    hold = graph.add("loop", f"loop={order.frames}:size=1:start=0")
    count = graph.add("setpts", f"N/{order.fps}/TB")  # looped frames all carry the first one's time
    rise = graph.add("fade", "t=in:st=0.35:d=0.5:alpha=1")
    length = min(0.6, order.duration_s / 4)
    gone = order.duration_s - length - 2 / order.fps
    fall = graph.add("fade", f"t=out:st={gone:.3f}:d={length:.3f}:alpha=1")
    for before, after in ((text, hold), (hold, count), (count, rise), (rise, fall)):
        before.link_to(after)
    return fall


def _add_still(
    graph: av.filter.Graph,
    order: ClipOrder,
    image: Image.Image,
    pixels: str,
    stills: list[tuple[Node, Image.Image, str]],
) -> Node:
    tick, shape = Fraction(1, order.fps), av.VideoFormat(pixels)
    source = graph.add_buffer(width=image.width, height=image.height, format=shape, time_base=tick)
    stills.append((source, image, pixels))
    return source


def _to_frame(image: Image.Image, pixels: str, order: ClipOrder) -> VideoFrame:
    # `from_image` would drop the alpha of the text layers.
    frame = VideoFrame.from_bytes(image.convert("RGBA").tobytes(), image.width, image.height, "rgba")
    frame = frame.reformat(format=pixels)
    frame.pts, frame.time_base = 0, Fraction(1, order.fps)
    return frame


def _pull(sink: Node, frames: int) -> Iterator[VideoFrame]:
    for _ in range(frames):
        frame = sink.pull()
        assert isinstance(frame, VideoFrame)
        yield frame
