"""A real Chromium plays, seeks and reaches the end of what ``serve_file`` answers."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path as route

from generations.serving import serve_file
from tests import media_files as make

pytestmark = pytest.mark.browser

CLIPS: dict[str, Path] = {}
ASKED: list[str] = []


def player(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(f'<video muted preload="metadata" src="/clip/{name}"></video>')


def clip(request: HttpRequest, name: str) -> HttpResponseBase:
    ASKED.append(request.headers.get("Range", ""))
    return serve_file(request, CLIPS[name], mime="video/mp4", etag=name, filename=name)


urlpatterns = [route("page/<str:name>", player), route("clip/<str:name>", clip)]

PLAY_FROM = """async (from) => {
    const video = document.querySelector("video");
    const happened = (name) => new Promise((done, failed) => {
        video.addEventListener(name, done, {once: true});
        video.addEventListener("error", () => failed(video.error.message), {once: true});
    });
    if (video.readyState < 1) await happened("loadedmetadata");
    const sought = happened("seeked");
    video.currentTime = from;
    await sought;
    const ended = happened("ended");
    await video.play();
    await ended;
    return [video.duration, video.currentTime, video.videoWidth, video.videoHeight];
}"""


@pytest.fixture
def server(settings: Any) -> Any:
    """These two views alone, over real HTTP; no middleware, no database. Gives the address."""
    settings.MIDDLEWARE, settings.ROOT_URLCONF, settings.ALLOWED_HOSTS = [], __name__, ["127.0.0.1"]
    request_finished.disconnect(close_old_connections)
    request_started.disconnect(close_old_connections)
    with ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler) as http:
        http.set_app(WSGIHandler())
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.parametrize("faststart", [True, False])
def test_clip_seeks_and_plays_to_its_end(page: Any, server: str, tmp_path: Path, faststart: bool) -> None:
    noisy = make.make_mp4(tmp_path / "a.mp4", 12, (640, 360), audio=True, faststart=faststart, noise=True)
    assert noisy.stat().st_size > 3_000_000  # several open ranges
    CLIPS["a.mp4"] = noisy
    ASKED.clear()
    page.goto(f"{server}/page/a.mp4")
    duration, at, width, height = page.evaluate(PLAY_FROM, 10)
    assert abs(duration - 12) < 0.2
    assert abs(at - duration) < 0.1
    assert (width, height) == (640, 360)
    assert all(asked.startswith("bytes=") for asked in ASKED)


def test_turned_clip_is_shown_as_our_facts_say(page: Any, server: str, tmp_path: Path) -> None:
    from generations import media

    CLIPS["t.mp4"] = make.make_mp4(tmp_path / "t.mp4", 1, (320, 180), rotation=90)
    page.goto(f"{server}/page/t.mp4")
    _, _, width, height = page.evaluate(PLAY_FROM, 0.2)
    facts = media.probe(CLIPS["t.mp4"])
    assert (width, height) == (facts.width, facts.height)
    edge = page.evaluate(WHITE_EDGE)
    media.derive(CLIPS["t.mp4"], tmp_path)
    assert edge == white_edge(tmp_path / "last_frame.png")


WHITE_EDGE = """() => {
    const video = document.querySelector("video"), canvas = document.createElement("canvas");
    canvas.width = video.videoWidth; canvas.height = video.videoHeight;
    const pen = canvas.getContext("2d");
    pen.drawImage(video, 0, 0);
    const green = (x, y) => pen.getImageData(x, y, 1, 1).data[1];
    const w = canvas.width, h = canvas.height;
    const edges = {left: green(4, h / 2), right: green(w - 4, h / 2),
                   top: green(w / 2, 4), bottom: green(w / 2, h - 4)};
    return Object.keys(edges).find((edge) => edges[edge] > 200);
}"""


def white_edge(path: Path) -> str:
    from PIL import Image

    with Image.open(path) as picture:
        w, h = picture.size
        edges = {"left": (4, h // 2), "right": (w - 4, h // 2), "top": (w // 2, 4), "bottom": (w // 2, h - 4)}
        return next(edge for edge, at in edges.items() if picture.getpixel(at)[1] > 200)
