"""What is set aside is seen one by one, taken out alone, and brought back by hand to where it fits."""

from __future__ import annotations

from typing import Any

import pytest

from generations.aside import MOST_PLACES
from generations.models import Asset
from tests.factories import CAPABILITIES, make_account, make_asset, make_model
from tests.generations.composer.page import REFERENCES, places_in, slots_in, waiting_in
from tests.generations.composer.test_voices import CLIP, PICTURE, SPEAKING, VOICE, form_of, sound
from tests.generations.test_views_elements import CAPABILITIES as ELEMENTS
from tests.generations.test_views_elements import fields_of

pytestmark = pytest.mark.django_db


def test_each_has_its_picture_its_name_and_why_it_waits(send: Any, project: Any, model: Any) -> None:
    model.capabilities = {**CAPABILITIES, "modes": ["text_to_video"], "inputs": {}, "seed": False}
    model.save()
    cat = make_asset(project=project, name="cat <b>.png", thumb="assets/cat.webp")
    held = {"reference_image_aside": [str(cat.pk)], "aside": '{"seed": [7, null]}', "aspect_ratio": ""}
    page = send("composer", **held).content.decode()
    assert waiting_in(page) == ["value:seed", f"reference_image:{cat.pk}"] and "2 set aside" in page
    assert "cat &lt;b&gt;.png" in page and "Takes no references" in page and "Seed 7" in page
    assert f"/a/{cat.pk}/thumb" in page and not places_in(page)


def test_one_is_taken_out_and_the_others_stay(send: Any, model: Any, pictures: list[str]) -> None:
    cat, hat, mat, _bat = pictures
    held = {"reference_image_aside": [cat, hat, hat, mat], "aside": '{"upscale_factor": [2, null]}'}
    for key, left in (
        (f"reference_image:{hat}", [cat, hat, mat]),  # of two of one file one
        ("value:upscale_factor", [cat, hat, hat, mat]),
        (f"last_frame:{hat}", [cat, hat, hat, mat]),  # not there
        ("reference_image:nonsense", [cat, hat, hat, mat]),
    ):
        page = send("composer", aside_out=key, laid_for=str(model.pk), **held).content.decode()
        assert slots_in(page, "reference_image_aside") == left
        assert ("value:upscale_factor" in waiting_in(page)) == (key != "value:upscale_factor")
    gone = send("composer", aside_out=f"reference_image:{cat}", reference_image_aside=[cat])
    assert "set aside" not in gone.content.decode()


def test_a_place_that_was_made_free_is_filled_by_hand(
    send: Any, referring: Any, model: Any, pictures: list[str]
) -> None:
    cat, hat, mat, bat = pictures
    told = {"laid_for": str(model.pk), "reference_image_aside": [bat]}
    full = send("composer", reference_image=[cat, hat, mat], **told).content.decode()
    assert not places_in(full) and "Reference: 3 at most" in full
    held = {"reference_image": [cat, hat], **told}
    back = f"reference_image:{bat}:reference_image"
    assert places_in(send("composer", **held).content.decode()) == {back: "Bring back"}
    page = send("composer", aside_back=back, **held).content.decode()
    assert slots_in(page) == [cat, hat, bat] and not waiting_in(page)
    late = send("composer", aside_back=back, reference_image=[cat, hat, mat], **told).content.decode()
    assert slots_in(late) == [cat, hat, mat] and waiting_in(late) == [f"reference_image:{bat}"]


def test_where_its_own_place_is_not_there_it_goes_to_another_of_its_kind(
    send: Any, model: Any, pictures: list[str]
) -> None:
    cat, hat = pictures[:2]
    model.capabilities = REFERENCES
    model.save()
    held = {"last_frame_aside": cat, "laid_for": str(model.pk)}
    offered = places_in(send("composer", **held).content.decode())
    assert list(offered.values()) == ["Use as First frame", "Use as Reference"][:MOST_PLACES]
    page = send("composer", aside_back=f"last_frame:{cat}:first_frame", **held).content.decode()
    assert slots_in(page, "first_frame") == [cat] and not slots_in(page, "last_frame_aside")
    beside = places_in(send("composer", reference_image=[hat], **held).content.decode())
    assert list(beside.values()) == ["Use as Reference"], "a frame beside references is no mode of this model"
    forged = send("composer", aside_back=f"last_frame:{cat}:audio_track", **held).content.decode()
    assert waiting_in(forged) == [f"last_frame:{cat}"]


def test_an_element_goes_and_comes_with_its_views(send: Any, project: Any) -> None:
    lion, mane, hat, brim = (str(make_asset(project=project).pk) for _ in range(4))
    model = make_model(account=make_account("venice"), capabilities=ELEMENTS)
    waits = {"element_aside": [lion, hat], "element_reference_aside": [mane, brim]}
    other = {"model": str(model.pk), "laid_for": str(model.pk), "resolution": "", "aspect_ratio": ""}
    held = {**waits, "element_reference_of": [lion, hat], **other}
    page = send("composer", aside_out=f"element:{lion}", **held).content.decode()
    assert waiting_in(page) == [f"element:{hat}", f"element_reference:{brim}"]
    assert list(places_in(page).values()) == ["Bring back"], "a view alone has no element here"
    assert "View of still.png" in page
    page = send("composer", aside_back=f"element:{lion}:element", **held).content.decode()
    here = [(role, value) for role, value in fields_of(page) if role in ("element", "element_reference")]
    assert [pair for pair in here if pair[1]] == [("element", lion), ("element_reference", mane)]
    assert waiting_in(page) == [f"element:{hat}", f"element_reference:{brim}"]


@pytest.mark.parametrize(
    ("kinds", "offered"),
    [("", 1), ("iic", 1), ("iii", 0), ("iiic", 0)],
)
def test_a_view_is_offered_back_only_where_its_element_has_room_for_its_kind(
    send: Any, project: Any, kinds: str, offered: int
) -> None:
    """One that was full when it was opened, and a picture beside three others and a clip."""
    made = {"i": {}, "c": {"kind": Asset.Kind.CLIP, "mime": "video/mp4"}}
    lion, mane = (str(make_asset(project=project).pk) for _ in range(2))
    views = [str(make_asset(project=project, **made[kind]).pk) for kind in kinds]
    model = make_model(account=make_account("venice"), capabilities=ELEMENTS)
    order = ["element", *("element_reference" for _ in views)]
    held = {"model": str(model.pk), "laid_for": str(model.pk), "resolution": "", "aspect_ratio": ""}
    held |= {"element": [lion], "element_reference": views, "element_order": order}
    held |= {"element_reference_aside": [mane], "element_reference_of": [lion]}
    page = send("composer", **held).content.decode()
    assert waiting_in(page) == [f"element_reference:{mane}"]
    assert len(places_in(page)) == offered
    back = {"aside_back": f"element_reference:{mane}:element_reference"}
    after = send("composer", **held, **back).content.decode()
    assert len(waiting_in(after)) == 1 - offered


def test_a_voice_comes_back_to_the_reference_it_belongs_to(send: Any, project: Any, model: Any) -> None:
    model.capabilities = SPEAKING
    model.save()
    cat, hat = (str(make_asset(project=project).pk) for _ in range(2))
    purr, step = (str(sound(project, name).pk) for name in ("purr", "step"))
    slots = [(PICTURE, cat), (VOICE, ""), (PICTURE, ""), (CLIP, "")]
    waits = {"reference_voice_aside": [purr, step], "voice_of": [cat, hat], "laid_for": str(model.pk)}
    page = send("composer", **form_of(slots), **waits).content.decode()
    assert list(places_in(page)) == [f"reference_voice:{purr}:reference_voice"], (
        "the other's owner is not here"
    )
    assert "Voice of still.png" in page
    back = {"aside_back": f"reference_voice:{purr}:reference_voice"}
    page = send("composer", **form_of(slots), **waits, **back).content.decode()
    assert slots_in(page, VOICE) == [purr]
    assert waiting_in(page) == [f"reference_voice:{step}"]
    page = send("composer", **form_of(slots), **waits, aside_out=f"reference_voice:{step}").content.decode()
    assert waiting_in(page) == [f"reference_voice:{purr}"]
