"""The face hint: looked for after the upload, told only where the model is known to ask or refuse."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image, ImageDraw

from generations import media
from generations.facenotes import note_of
from generations.models import Asset
from generations.services import faces
from generations.services.offers import Offer
from providers.gateways.capabilities import Faces, from_plain
from tests.factories import CAPABILITIES, make_asset, make_model, save_asset
from tests.media_files import make_jpeg
from videostudio.doctor import optional_parts

pytestmark = pytest.mark.django_db
# an optional part, not in the lock of the tests: these run where it is installed
needs_opencv = pytest.mark.skipif(not find_spec("cv2"), reason="OpenCV is not installed")
SEEN = {"count": 1, "boxes": [[0.4, 0.2, 0.2, 0.3]], "detector": "test"}


def offer(**capabilities: Any) -> Offer:
    return Offer(make_model(capabilities={**CAPABILITIES, **capabilities}), "")


def draw_face(path: Path) -> Path:
    """As much of a face as a cascade looks for: a bright oval with eyes under brows, a nose and a mouth."""
    picture = Image.new("RGB", (640, 640), (90, 95, 100))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((190, 120, 450, 480), fill=(225, 190, 165))
    draw.pieslice((185, 95, 455, 330), 180, 360, fill=(60, 40, 30))
    draw.ellipse((205, 150, 435, 470), fill=(225, 190, 165))
    for x in (265, 375):
        draw.ellipse((x - 38, 235, x + 38, 285), fill=(150, 110, 90))
        draw.ellipse((x - 26, 248, x + 26, 276), fill=(250, 250, 250))
        draw.ellipse((x - 13, 249, x + 13, 275), fill=(30, 20, 20))
        draw.rectangle((x - 42, 218, x + 42, 232), fill=(60, 40, 30))
    draw.polygon([(320, 280), (298, 352), (342, 352)], fill=(200, 160, 135))
    draw.ellipse((270, 385, 370, 420), fill=(150, 60, 60))
    picture.save(path, quality=95)
    return path


@needs_opencv
def test_a_face_is_found_with_its_place_as_shares_of_the_picture(tmp_path):
    found = media.faces(draw_face(tmp_path / "face.jpg"), "image/jpeg")
    assert found["count"] == 1 and "frontalface" in found["detector"]
    x, y, width, height = found["boxes"][0]
    assert x < 0.5 < x + width and y < 0.5 < y + height


@needs_opencv
def test_a_picture_without_one_has_none(tmp_path):
    path = make_jpeg(tmp_path / "harbour.jpg", (1280, 720), orientation=1)
    assert media.faces(path, "image/jpeg")["count"] == 0


@needs_opencv
def test_an_upload_is_kept_at_once_and_looked_at_later(
    project, alice, tmp_path, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as bells:
        asset = save_asset(alice, project, draw_face(tmp_path / "face.jpg"))
    assert len(bells) == 1 and "faces" not in asset.facts
    faces.look(asset.pk)
    asset.refresh_from_db()
    assert asset.facts["faces"]["count"] == 1 and asset.facts["colours"] == "RGB"


@needs_opencv
def test_a_file_that_is_gone_or_damaged_is_no_fault(project):
    damaged = make_asset(project=project, content=b"\x89PNG\r\n\x1a\n nothing more")
    faces.look(damaged.pk)
    damaged.refresh_from_db()
    assert damaged.facts == {"faces": {}} and not faces.seen_in(damaged)


def test_switched_off_nothing_is_looked_for_or_said(project, settings, django_capture_on_commit_callbacks):
    settings.FACE_HINT = False
    asset = make_asset(project=project, facts={"faces": SEEN})
    with django_capture_on_commit_callbacks() as bells:
        faces.ask(asset)
    assert not bells and note_of(asset, offer(may_ask_consent=True), "first_frame-0") is None
    assert "switched off" in next(optional_parts())[1]


def test_without_opencv_doctor_says_so_and_nothing_is_asked(
    project, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(faces, "is_installed", lambda: False)
    with django_capture_on_commit_callbacks() as bells:
        faces.ask(make_asset(project=project))
    fine, words = next(optional_parts())
    assert fine and "absent" in words and faces.INSTALL in words and not bells


@pytest.mark.parametrize(
    ("capabilities", "words"),
    [
        ({"may_ask_consent": True}, "will ask you to attest"),
        ({"faces": "refuses"}, "refuses real faces"),
        ({"faces": "may_refuse"}, "may refuse real faces"),
    ],
)
def test_the_note_says_what_the_model_is_known_to_do(project, capabilities, words):
    note = note_of(make_asset(project=project, facts={"faces": SEEN}), offer(**capabilities), "first_frame-0")
    assert note and words in note["words"] and note["words"].startswith("A face seems to be in it: Token360")


def test_nothing_is_said_without_a_face_or_where_nothing_is_known_of_the_model(project):
    without = make_asset(project=project, facts={"faces": {"count": 0}})
    seen = make_asset(project=project, facts={"faces": SEEN})
    assert note_of(without, offer(faces="refuses"), "first_frame-0") is None
    assert note_of(seen, offer(), "first_frame-0") is None


def test_the_slot_shows_the_note_with_its_source(project, alice, signed_in):
    asset = make_asset(project=project, facts={"faces": SEEN})
    model = offer(faces="refuses", faces_source="https://example.com/rules").model
    address = reverse("asset-face", args=[asset.pk])
    html = signed_in(alice).get(address, {"model": model.pk, "slot": "first_frame-0"}).content.decode()
    assert "refuses real faces" in html and "https://example.com/rules" in html
    odd = signed_in(alice).get(address, {"model": "x", "slot": '"><b>', "looks": "-1"})
    assert odd.status_code == 200 and b"<b>" not in odd.content


def test_a_note_is_awaited_only_for_a_moment(project, monkeypatch):
    monkeypatch.setattr(faces, "is_on", lambda: True)
    asset, asks = make_asset(project=project), offer(may_ask_consent=True)
    first = note_of(asset, asks, "first_frame-0")
    assert first and "looks=1" in first["url"]
    assert note_of(asset, asks, "first_frame-0", looks=6) is None
    Asset.objects.filter(pk=asset.pk).update(created_at=asset.created_at - faces.SOON)
    asset.refresh_from_db()
    assert note_of(asset, asks, "first_frame-0") is None


def test_what_the_shipped_models_do_with_faces_has_a_source():
    from providers.catalogue import load
    from providers.gateways.registry import all_gateways

    known = [model for name in all_gateways() for model in load(name) if model.capabilities.faces]
    assert {Faces.ASKS, Faces.MAY_REFUSE, Faces.REFUSES} == {model.capabilities.faces for model in known}
    assert all(model.capabilities.faces_source.startswith("https://") for model in known)
    asks = [model.capabilities for model in known if model.capabilities.faces == Faces.ASKS]
    assert all(caps.may_ask_consent and from_plain({"modes": []}).faces == "" for caps in asks)
