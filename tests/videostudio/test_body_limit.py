"""Nobody fills the disk with a form that no view asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from videostudio.middleware import BodyLimit

BIG = BodyLimit.STRANGER_BYTES + 10


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were begun on disk."""
    from django.core.files.uploadhandler import TemporaryFileUploadHandler as Handler

    names: list[str] = []
    begin = Handler.new_file

    def new_file(self: Any, field: str, name: str, *args: Any, **kwargs: Any) -> None:
        names.append(name)
        begin(self, field, name, *args, **kwargs)

    monkeypatch.setattr(Handler, "new_file", new_file)
    return names


def send(client: Any, address: str) -> Any:
    return client.post(address, {"file": SimpleUploadedFile("big.mp4", b"0" * BIG)})


def test_a_strangers_file_is_not_even_read(client: Any, db: None, written: list[str]) -> None:
    assert send(client, "/login").status_code == 413
    assert written == []


def test_who_is_signed_in_may_send_one(alice: Any, signed_in: Any, written: list[str]) -> None:
    assert send(signed_in(alice), "/me/theme").status_code == 422
    assert written == ["big.mp4"]


def test_nobody_sends_more_than_the_largest_file(alice: Any, signed_in: Any, settings: Any) -> None:
    settings.STUDIO = {**settings.STUDIO, "MAX_CLIP_BYTES": 5}
    assert send(signed_in(alice), "/me/theme").status_code == 413


def test_the_api_says_so_in_its_own_shape(client: Any, db: None, settings: Any) -> None:
    settings.STUDIO = {**settings.STUDIO, "MAX_CLIP_BYTES": 5}
    answer = send(client, "/api/v1/assets")
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
