"""Probing: what is taken, what is refused and with which words. Real files, the real helper process."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from generations import media
from generations.media import Kind, NotMedia, TooHeavy, Unplayable
from tests import media_files as make


def test_mp4_with_sound_is_described(tmp_path: Path) -> None:
    facts = media.probe(make.make_mp4(tmp_path / "a.mp4", 2, (320, 180), 24, audio=True), mime="video/mp4")
    assert (facts.kind, facts.mime, facts.width, facts.height) == (Kind.CLIP, "video/mp4", 320, 180)
    assert (facts.duration_s, facts.fps, facts.frames) == (2.0, 24.0, 48)
    assert (facts.video_codec, facts.audio_codec, facts.has_audio, facts.faststart) == (
        "h264",
        "aac",
        True,
        True,
    )


def test_mp4_with_its_index_at_the_end_is_not_faststart(tmp_path: Path) -> None:
    assert media.probe(make.make_mp4(tmp_path / "a.mp4", faststart=False)).faststart is False


def test_turned_clip_has_the_size_people_see(tmp_path: Path) -> None:
    facts = media.probe(make.make_mp4(tmp_path / "a.mov", size=(320, 180), rotation=90))
    assert (facts.mime, facts.width, facts.height) == ("video/quicktime", 180, 320)


def test_webm_and_sounds_are_taken(tmp_path: Path) -> None:
    assert media.probe(make.make_webm(tmp_path / "a.webm")).video_codec == "vp9"
    assert media.probe(make.make_sound(tmp_path / "a.mp3", 2)).mime == "audio/mpeg"
    assert media.probe(make.make_sound(tmp_path / "a.m4a", 2)).mime == "audio/mp4"
    wav = media.probe(make.make_wav(tmp_path / "a.wav", 2))
    assert (wav.kind, wav.duration_s, wav.has_audio) == (Kind.SOUND, 2.0, True)


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "L"])
def test_jpeg_of_every_colour_model_lying_on_its_side(tmp_path: Path, mode: str) -> None:
    facts = media.probe(make.make_jpeg(tmp_path / "a.jpg", (64, 48), orientation=6, mode=mode))
    assert (facts.mime, facts.width, facts.height) == ("image/jpeg", 48, 64)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "1", "I;16"])
def test_png_of_every_depth(tmp_path: Path, mode: str) -> None:
    facts = media.probe(make.make_image(tmp_path / "a.png", (64, 48), mode))
    assert (facts.kind, facts.width, facts.height) == (Kind.IMAGE, 64, 48)


@pytest.mark.parametrize("suffix", ["mp4", "jpg", "mp3", "png", "webm", "wav"])
@pytest.mark.parametrize(
    ("content", "word"),
    [
        (make.PLAYLIST, "playlist"),
        (make.SVG, "SVG"),
        (make.PDF, "PDF"),
        (make.HTML, "web page"),
        (make.ZIP, "archive"),
        (b"", "empty"),
        (b"\x00" * 9000, "send a JPEG"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "send a JPEG"),
    ],
)
def test_what_is_no_media_is_named_whatever_its_name_says(
    tmp_path: Path, suffix: str, content: bytes, word: str
) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(content)
    with pytest.raises(NotMedia, match=word):
        media.sniff_file(path)


def test_a_photo_of_a_phone_is_named_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(400))
    with pytest.raises(NotMedia, match="HEIC photo; export it as JPEG"):
        media.probe(path)


def test_helper_refuses_what_is_no_media_too(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(make.PLAYLIST)
    with pytest.raises(NotMedia, match="playlist"):
        media.probe(path)


def test_playlist_behind_an_mp4_head_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + make.PLAYLIST)
    with pytest.raises(Unplayable):
        media.probe(path)


def test_matroska_is_not_webm(tmp_path: Path) -> None:
    with pytest.raises(NotMedia, match="Matroska"):
        media.probe(make.make_mkv(tmp_path / "a.webm"))


def test_another_container_than_announced_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unplayable, match="announced"):
        media.probe(make.make_webm(tmp_path / "a.mp4"), mime="video/mp4")


@pytest.mark.parametrize(("side", "own"), [(60_000, "3,600"), (8_000, "64"), (7_348, "54"), (7_072, "50.1")])
def test_decompression_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, side: int, own: str) -> None:
    with pytest.raises(TooHeavy, match=f"has {own} million pixels; the studio takes up to 50 million"):
        media.probe(make.make_bomb_png(tmp_path / "a.png", side))


@pytest.mark.parametrize("name", ["a.webp", "a.png", "a.gif"])
def test_animation_is_taken_and_known_for_one(tmp_path: Path, name: str) -> None:
    facts = media.probe(make.make_animated(tmp_path / name))
    assert (facts.kind, facts.animated, facts.width) == (Kind.IMAGE, True, 32)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("faststart", [True, False])
def test_mp4_cut_anywhere_is_refused(tmp_path: Path, share: float, faststart: bool) -> None:
    clip = make.make_mp4(tmp_path / "a.mp4", 2, audio=True, faststart=faststart)
    with pytest.raises(Unplayable):
        media.probe(make.cut(clip, share))


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_cut_files_of_other_kinds_are_refused(tmp_path: Path, share: float) -> None:
    files = [
        make.make_webm(tmp_path / "a.webm", 2),
        make.make_noise_jpeg(tmp_path / "a.jpg", (300, 200)),
        make.make_image(tmp_path / "a.webp", (300, 200), lossless=True),
        make.make_wav(tmp_path / "a.wav"),
        make.make_sound(tmp_path / "a.m4a", 3),
        make.make_sound(tmp_path / "a.mp3", 40),
    ]
    for file in files:
        with pytest.raises(Unplayable):
            media.probe(make.cut(file, share))


def test_tail_of_zeros_is_refused_though_the_length_is_right(tmp_path: Path) -> None:
    path = make.make_mp4(tmp_path / "a.mp4", 2, gop=48)
    data = path.read_bytes()
    keep = len(data) * 2 // 3
    path.write_bytes(data[:keep] + bytes(len(data) - keep))
    with pytest.raises(Unplayable, match="damaged"):
        media.probe(path)


def test_noise_in_the_index_never_escapes_as_another_error(tmp_path: Path) -> None:
    path = make.make_mp4(tmp_path / "a.mp4")
    good = path.read_bytes()
    for at in range(40, 1000, 60):
        path.write_bytes(good[:at] + b"\xff\x00\xff\x7f" + good[at + 4 :])
        try:
            media.probe(path)
        except Unplayable as error:
            assert error.sentence.endswith(".")


def test_names_are_never_addresses(tmp_path: Path) -> None:
    for name in ("concat:a|b.mp4", "http:x.mp4", "-i.mp4", "日本 語%d.mp4"):
        assert media.probe(make.make_mp4(tmp_path / "z.mp4").rename(tmp_path / name)).frames == 24


def test_probe_works_in_a_daemonic_worker_and_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = make.make_mp4(tmp_path / "a.mp4")
    monkeypatch.chdir(tmp_path)
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    worker = context.Process(target=_probe_into, args=(answers, clip), daemon=True)
    worker.start()
    assert answers.get(timeout=30) == 24
    worker.join(10)


def _probe_into(answers: multiprocessing.Queue, clip: Path) -> None:
    answers.put(media.probe(clip).frames)


def test_helper_has_no_secrets_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from generations.media import run

    monkeypatch.setenv("SECRET_KEY", "planted")
    assert "planted" not in run._environment().values()
