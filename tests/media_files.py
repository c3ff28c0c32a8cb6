"""Real media files made for the tests, and hostile ones. Each maker writes ``path`` and returns it."""

from __future__ import annotations

import math
import struct
import wave
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.bitstream import BitStreamFilterContext
from PIL import Image, ImageDraw

PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01"
ZIP = b"PK\x03\x04" + b"\x00" * 60


def frame_colour(index: int, total: int) -> tuple[int, int, int]:
    """The plain colour of one frame of ``make_mp4``: from red to blue, so that a frame tells its place."""
    share = index / max(1, total - 1)
    return round(255 * (1 - share)), 0, round(255 * share)


def make_mp4(
    path: Path,
    seconds: float = 1.0,
    size: tuple[int, int] = (320, 180),
    fps: int = 24,
    audio: bool = False,
    *,
    faststart: bool = True,
    rotation: int = 0,
    gop: int = 12,
    noise: bool = False,
) -> Path:
    """H.264 (and AAC) in MP4 or MOV; MOV if the name says so. A white bar marks the top edge.

    ``noise`` makes a file that hardly compresses, for tests that need many bytes.
    """
    options = {"movflags": "+faststart"} if faststart else {}
    form = "mov" if path.suffix == ".mov" else "mp4"
    with av.open(str(path), "w", format=form, options=options) as out:
        track = out.add_stream("libx264", rate=fps, options={"crf": "20", "preset": "ultrafast"})
        track.width, track.height, track.pix_fmt, track.gop_size = *size, "yuv420p", gop
        if rotation:
            track.set_display_rotation(rotation)
        sound = out.add_stream("aac", rate=48000, layout="mono") if audio else None
        _write_pictures(out, track, round(seconds * fps), size, noise)
        if sound is not None:
            _write_tone(out, sound, seconds)
    return path


def tagged(source: Path, path: Path, words: str) -> Path:
    """The same clip as a gateway may send it: ``words`` in its title, comment and other tags, in those of its
    tracks, and in boxes of its own before and behind all else."""
    with av.open(str(source)) as film, av.open(str(path), "w", format="mp4") as out:
        for name in ("title", "comment", "artist", "description", "copyright", "encoder"):
            out.metadata[name] = f"{name} {words}"
        copies = {}
        for track in film.streams:
            copies[track.index] = out.add_stream_from_template(track)
            copies[track.index].metadata["handler_name"] = f"track {words}"
        for packet in film.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream_index]
                out.mux(packet)
    body = bytes(16) + words.encode()
    with path.open("ab") as file:
        file.write((8 + len(body)).to_bytes(4, "big") + b"uuid" + body)
    return path


def with_user_data(source: Path, path: Path, words: str) -> Path:
    """The same clip in H.264 with ``words`` as user data before each key frame, as encoders write theirs."""
    with av.open(str(source)) as film, av.open(str(path), "w", format="mp4") as out:
        copies = {track.index: out.add_stream_from_template(track) for track in film.streams}
        (pictures,) = film.streams.video
        said = f"h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+{words}"
        writer = BitStreamFilterContext(said, pictures, copies[pictures.index])
        for packet in film.demux():
            if packet.dts is None:
                continue
            for made in writer.filter(packet) if packet.stream is pictures else [packet]:
                made.stream = copies[made.stream_index]
                out.mux(made)
    return path


def make_webm(
    path: Path,
    seconds: float = 1.0,
    size: tuple[int, int] = (160, 90),
    fps: int = 12,
    audio: bool = False,
) -> Path:
    """VP9 (and Opus) in WEBM."""
    with av.open(str(path), "w", format="webm") as out:
        track = out.add_stream("libvpx-vp9", rate=fps, options={"deadline": "realtime", "cpu-used": "8"})
        track.width, track.height, track.pix_fmt = *size, "yuv420p"
        tone = out.add_stream("libopus", rate=48000, layout="mono") if audio else None
        _write_pictures(out, track, round(seconds * fps), size)
        if tone:
            _write_tone(out, tone, seconds)
    return path


def make_hevc(
    path: Path,
    seconds: float = 1.0,
    size: tuple[int, int] = (320, 180),
    fps: int = 24,
    audio: bool = False,
) -> Path:
    """HEVC (and AAC) in MOV, as phones write it."""
    options = {"preset": "ultrafast", "x265-params": "log-level=none"}
    with av.open(str(path), "w", format="mov") as out:
        track = out.add_stream("libx265", rate=fps, options=options)
        track.codec_context.codec_tag = "hvc1"
        track.width, track.height, track.pix_fmt = *size, "yuv420p"
        tone = out.add_stream("aac", rate=48000, layout="stereo") if audio else None
        _write_pictures(out, track, round(seconds * fps), size)
        if tone:
            _write_tone(out, tone, seconds)
    return path


def make_uneven(path: Path, gaps: tuple[float, ...] = (0.02, 0.05, 0.11), total: int = 30) -> Path:
    """An MP4 whose pictures follow each other after these seconds, in turn: its frame rate varies."""
    with av.open(str(path), "w", format="mp4") as out:
        track = out.add_stream("libx264", rate=30, options={"preset": "ultrafast", "bf": "0"})
        track.width, track.height, track.pix_fmt = 160, 90, "yuv420p"
        track.codec_context.time_base = Fraction(1, 1000)
        at = 0
        for index in range(total):
            frame = av.VideoFrame.from_image(Image.new("RGB", (160, 90), frame_colour(index, total)))
            frame.pts, frame.time_base = at, Fraction(1, 1000)
            at += round(1000 * gaps[index % len(gaps)])
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    return path


def make_mkv(path: Path) -> Path:
    with av.open(str(path), "w", format="matroska") as out:
        track = out.add_stream("libx264", rate=12, options={"preset": "ultrafast"})
        track.width, track.height, track.pix_fmt = 64, 64, "yuv420p"
        _write_pictures(out, track, 6, (64, 64))
    return path


def make_sound(path: Path, seconds: float = 1.0) -> Path:
    """A tone; MP3 or M4A by the name."""
    codec, form = ("libmp3lame", "mp3") if path.suffix == ".mp3" else ("aac", "ipod")
    with av.open(str(path), "w", format=form) as out:
        _write_tone(out, out.add_stream(codec, rate=48000, layout="mono"), seconds)
    return path


def make_wav(path: Path, seconds: float = 1.0, rate: int = 16000) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(_tone(round(seconds * rate), rate))
    return path


def make_image(path: Path, size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any) -> Path:
    """A picture by the name's suffix: left half dark, right half light, so that turning shows."""
    picture = Image.new(mode, size)
    light = {"RGB": (250, 240, 230), "RGBA": (250, 240, 230, 128), "CMYK": (0, 20, 40, 0), "I;16": 0xF0F0}
    picture.paste(light.get(mode, 1 if mode == "P" else 200), (size[0] // 2, 0, *size))
    if mode == "P":
        picture.putpalette([0, 0, 0, 250, 240, 230] + [0] * 750)
    picture.save(path, **options)
    return path


def make_jpeg(
    path: Path, size: tuple[int, int] = (64, 48), *, orientation: int = 0, mode: str = "RGB"
) -> Path:
    """A JPEG; ``orientation`` 2..8 is written as EXIF, together with a camera's name."""
    options: dict[str, Any] = {"quality": 90}
    if orientation:
        exif = Image.Exif()
        exif[0x0112], exif[0x010F] = orientation, "Secret Camera"
        options["exif"] = exif
    return make_image(path, size, mode, format="JPEG", **options)


def make_noise_jpeg(path: Path, size: tuple[int, int] = (1600, 1200)) -> Path:
    """A JPEG that hardly compresses."""
    Image.effect_noise(size, 90).convert("RGB").save(path, "JPEG", quality=95)
    return path


def make_bomb_png(path: Path, side: int = 60_000) -> Path:
    """A few bytes that claim ``side`` x ``side`` pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 100_000)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)
    return path


def make_animated(path: Path) -> Path:
    """An animated WEBP, PNG or GIF by the name."""
    pictures = [Image.new("RGB", (32, 32), colour) for colour in ("red", "green", "blue")]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=100)
    return path


def cut(path: Path, share: float) -> Path:
    """Keep only the first ``share`` of the file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _write_pictures(out: Any, track: Any, total: int, size: tuple[int, int], noise: bool = False) -> None:
    grain = Image.effect_noise(size, 120).convert("RGB") if noise else None
    for index in range(total):
        picture = Image.new("RGB", size, frame_colour(index, total))
        if grain is not None:
            picture = Image.blend(picture, grain.rotate(90 * index), 0.4)
        ImageDraw.Draw(picture).rectangle((0, 0, size[0], size[1] // 8), fill="white")
        frame = av.VideoFrame.from_image(picture)
        out.mux(track.encode(frame))
    out.mux(track.encode(None))


def _write_tone(out: Any, track: Any, seconds: float, rate: int = 48000) -> None:
    step, total = 1024, round(seconds * rate)
    samples = _tone(total, rate)
    for at in range(0, total, step):
        data = samples[at * 2 : (at + step) * 2]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(data) // 2)
        frame.planes[0].update(data + bytes(frame.planes[0].buffer_size - len(data)))
        frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
        out.mux(track.encode(frame))
    out.mux(track.encode(None))


def _tone(total: int, rate: int) -> bytes:
    second = [int(9000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(rate)]
    data = struct.pack(f"<{rate}h", *second)
    return (data * (total // rate + 1))[: total * 2]


NUMBERED = (160, 96)  # two rows of five blocks: ten bits, the highest first


def make_numbered(
    path: Path,
    rate: Fraction | int = 24,
    total: int = 48,
    *,
    gop: int = 12,
    bframes: int = 0,
    audio: bool = False,
    shift: int = 0,
    codec: str = "libx264",
) -> Path:
    """An MP4 whose every frame carries its number, as black and white blocks that survive the encoder.

    ``shift`` is by how many frames the first one starts late: the file has no edit list then.
    """
    options = {"movflags": "+faststart", **({"use_editlist": "0"} if shift else {})}
    quick = {"preset": "ultrafast", "crf": "24", "bf": str(bframes), "sc_threshold": "0"}
    if codec == "libx265":
        quick = {"preset": "ultrafast", "x265-params": "log-level=none"}
    with av.open(str(path), "w", format="mp4", options=options) as out:
        track = out.add_stream(codec, rate=rate, options=quick)
        track.width, track.height, track.pix_fmt, track.gop_size = *NUMBERED, "yuv420p", gop
        tone = out.add_stream("aac", rate=48000, layout="mono") if audio else None
        for index in range(total):
            frame = av.VideoFrame.from_image(_blocks(index))
            frame.pts, frame.time_base = index + shift, 1 / Fraction(rate)
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
        if tone is not None:
            _write_tone(out, tone, total / float(rate))
    return path


def _blocks(number: int) -> Image.Image:
    picture = Image.new("L", NUMBERED)
    for bit in range(10):
        left, top = 32 * (bit % 5), 48 * (bit // 5)
        picture.paste(255 if number >> (9 - bit) & 1 else 0, (left, top, left + 32, top + 48))
    return picture


def number_in(picture: Image.Image) -> int:
    """What ``make_numbered`` wrote into this frame."""
    grey = picture.convert("L").resize(NUMBERED)
    bits = (grey.getpixel((32 * (bit % 5) + 16, 48 * (bit // 5) + 24)) > 127 for bit in range(10))
    return sum(one << (9 - bit) for bit, one in enumerate(bits))
